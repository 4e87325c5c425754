//! What the cashier chose to give back, read from the screen.

use mostrador_loyalty::basket::Quantity;
use mostrador_loyalty::refund::ReturnedLine;
use mostrador_protocol::entry::SaleCompleted;

use crate::Error;
use crate::basket::read_count;
use crate::rules::Rules;
use crate::settle::KINDS;
use crate::view::RefundInput;

/// The longest note.
const MAX_NOTE_CHARS: usize = 120;

/// The fewest signs of a note that stand for a reason.
const FEWEST_NOTE_CHARS: usize = 3;

/// The units that were typed for each line; a line without any is not there.
pub(super) fn units(input: &RefundInput) -> Vec<(usize, Result<Quantity, Error>)> {
    let lines = input.lines.iter().enumerate();
    let typed = lines.filter(|(_, text)| !text.trim().is_empty());
    typed
        .filter_map(|(line, text)| match read_count(text) {
            Ok(None) => None,
            Ok(Some(quantity)) => Some((line, Ok(quantity))),
            Err(error) => Some((line, Err(error))),
        })
        .collect()
}

/// The same as lines to take back.
///
/// # Errors
/// The first text that is no quantity.
pub(super) fn lines(input: &RefundInput) -> Result<Vec<ReturnedLine>, Error> {
    let units = units(input).into_iter();
    units
        .map(|(line, quantity)| {
            Ok(ReturnedLine {
                line,
                quantity: quantity?,
            })
        })
        .collect()
}

/// The means in which money goes back: the one that was asked for, else how most of it was paid, else
/// cash.
///
/// # Errors
/// [`Error::UnknownTender`].
pub(super) fn tender(sale: &SaleCompleted, asked: &str) -> Result<&'static str, Error> {
    let known = |kind: &str| KINDS.into_iter().find(|known| *known == kind);
    if !asked.is_empty() {
        return known(asked).ok_or_else(|| Error::UnknownTender {
            kind: crate::error::shortened(asked),
        });
    }
    let kept = sale.tenders.iter().map(|tender| {
        let change = if tender.kind == "cash" {
            sale.change
        } else {
            0
        };
        (tender.amount - change, tender)
    });
    let most = kept.filter_map(|(kept, tender)| Some((kept, known(&tender.kind)?)));
    Ok(most
        .max_by_key(|(kept, _)| *kept)
        .map_or(KINDS[0], |(_, kind)| kind))
}

/// Why, as the entry keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) slug: Option<String>,
    pub(super) note: Option<String>,
}

impl Reason {
    /// What was chosen and written.
    ///
    /// # Errors
    /// [`Error::NoteTooLong`]; [`Error::UnknownReason`] for a slug that the program does not have.
    pub(super) fn read(rules: &Rules, slug: &str, note: &str) -> Result<Self, Error> {
        let note = note.trim();
        if note.chars().count() > MAX_NOTE_CHARS {
            return Err(Error::NoteTooLong {
                max: MAX_NOTE_CHARS,
            });
        }
        let mut reasons = rules.document.refunds.iter().flat_map(|it| &it.reasons);
        if !slug.is_empty() && !reasons.any(|reason| reason.slug == slug) {
            return Err(Error::UnknownReason);
        }
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Ok(Self {
            slug: some(slug),
            note: some(note),
        })
    }

    /// Whether it says enough for money to go back: one of the program's, or words.
    pub(super) fn is_enough(&self, rules: &Rules) -> bool {
        let has_list = rules
            .document
            .refunds
            .as_ref()
            .is_some_and(|refunds| !refunds.reasons.is_empty());
        let words = self.note.as_ref().map_or(0, |note| note.chars().count());
        !has_list || self.slug.is_some() || words >= FEWEST_NOTE_CHARS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_line_by_line_and_nothing_is_none() {
        let input = RefundInput {
            lines: ["", "2", "0", "x", " 0,5 "].map(str::to_owned).to_vec(),
            ..RefundInput::default()
        };
        let read: Vec<(usize, Option<String>)> = units(&input)
            .into_iter()
            .map(|(line, quantity)| (line, quantity.ok().map(|it| it.value().to_string())))
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read, [(1, some("2")), (3, None), (4, some("0.5"))]);
        assert_eq!(
            lines(&input).map_err(|error| error.code()),
            Err("quantity_unreadable")
        );
    }
}
