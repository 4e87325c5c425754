//! The steps of the open basket, so that the last one can be taken back.

use crate::Error;
use crate::message::say;
use crate::session::OpenBasket;
use crate::till::Till;
use crate::view::CounterView;

/// The most steps that are kept.
const MAX_STEPS: usize = 50;

/// How the open basket was before each step, and as it was shown last.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    before: Vec<OpenBasket>,
    shown: OpenBasket,
}

impl Steps {
    /// Notes the basket that is shown now: another one than before was a step.
    pub(crate) fn note(&mut self, open: &OpenBasket) {
        let is_same = same(&self.shown, open);
        let before = std::mem::replace(&mut self.shown, open.clone());
        if is_same {
            return;
        }
        if self.before.len() >= MAX_STEPS {
            self.before.remove(0);
        }
        self.before.push(before);
    }

    /// Begins with another basket, which no step has led to.
    pub(crate) fn begin(&mut self, open: &OpenBasket) {
        self.before.clear();
        self.shown = open.clone();
    }

    /// Whether there is a step to take back.
    pub(crate) fn can_undo(&self) -> bool {
        !self.before.is_empty()
    }

    /// The basket before the last step.
    fn undo(&mut self) -> Option<OpenBasket> {
        let before = self.before.pop()?;
        self.shown = before.clone();
        Some(before)
    }
}

/// Whether nobody would see a difference: ids and what was told of a payment are not on the screen.
fn same(one: &OpenBasket, other: &OpenBasket) -> bool {
    let seen = |open: &OpenBasket| OpenBasket {
        id: uuid::Uuid::nil(),
        reached: Vec::new(),
        ..open.clone()
    };
    seen(one) == seen(other)
}

impl Till {
    /// Takes the last step of the open basket back.
    ///
    /// # Errors
    /// [`Error::NothingToUndo`].
    pub fn undo_step(&self) -> Result<CounterView, Error> {
        let (mut session, _) = self.at_work()?;
        let before = session.steps.undo().ok_or(Error::NothingToUndo)?;
        // A basket that is the same sale keeps what was told of it.
        let (id, reached) = (session.open.id, session.open.reached.clone());
        session.open = if before.id == id || before.id.is_nil() {
            OpenBasket {
                id,
                reached,
                ..before
            }
        } else {
            before
        };
        session.said = say(self.language(), "said.undone", &[]);
        self.show(session)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn basket(codes: &[&str]) -> OpenBasket {
        OpenBasket {
            id: Uuid::from_u128(1),
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            ..OpenBasket::default()
        }
    }

    #[test]
    fn each_step_is_taken_back_once_and_looking_is_no_step() {
        let mut steps = Steps::default();
        for codes in [&[][..], &["A"], &["A"], &["A", "B"]] {
            steps.note(&basket(codes));
        }
        assert_eq!(steps.undo(), Some(basket(&["A"])));
        steps.note(&basket(&["A"]));
        assert_eq!(steps.undo(), Some(basket(&[])));
        assert_eq!(steps.undo(), None);
    }

    #[test]
    fn another_basket_has_no_steps_and_only_so_many_are_kept() {
        let mut steps = Steps::default();
        for number in 0..=MAX_STEPS {
            steps.note(&basket(&[&number.to_string()]));
        }
        assert_eq!(steps.before.len(), MAX_STEPS);
        steps.begin(&basket(&[]));
        assert!(!steps.can_undo());
    }
}
