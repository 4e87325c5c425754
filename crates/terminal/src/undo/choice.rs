//! What the cashier chose to give back, read from the screen.

use mostrador_loyalty::basket::Quantity;
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::refund::ReturnedLine;
use mostrador_protocol::entry::{SaleCompleted, SaleRefunded, Tender};

use crate::Error;
use crate::basket::read_count;
use crate::error::shortened;
use crate::rules::Rules;
use crate::settle::{GIFT_CARD, KINDS};
use crate::view::RefundInput;
use crate::words::Money;

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

/// The means in which the money of a sale can come back. A gift card is not turned into money: where one
/// paid a part, the money goes back to it or as the rest was paid. A till sells no gift cards, so nothing
/// else comes back as one.
pub(super) fn kinds(sale: &SaleCompleted) -> Vec<&'static str> {
    let kept = kept(sale);
    let paid_by = |kind: &str| kept.iter().any(|it| it.kind == kind && it.amount > 0);
    let by_gift_card = paid_by(GIFT_CARD);
    let kinds = KINDS.into_iter();
    kinds
        .filter(|kind| {
            if by_gift_card {
                paid_by(kind)
            } else {
                *kind != GIFT_CARD
            }
        })
        .collect()
}

/// The means in which money goes back: the one that was asked for, else how most of it was paid, else
/// cash.
///
/// # Errors
/// [`Error::UnknownTender`] where it is none of [`kinds`].
pub(super) fn tender(sale: &SaleCompleted, asked: &str) -> Result<&'static str, Error> {
    let known = kinds(sale);
    let find = |kind: &str| known.iter().copied().find(|known| *known == kind);
    if !asked.is_empty() {
        return find(asked).ok_or_else(|| Error::UnknownTender {
            kind: shortened(asked),
        });
    }
    let kept = kept(sale);
    let most = kept.iter().max_by_key(|tender| tender.amount);
    Ok(most.and_then(|it| find(&it.kind)).unwrap_or(KINDS[0]))
}

/// Whether `money` (minor units) may go back by `kind` after `refunds`: where a gift card paid a part,
/// other means give back what they have paid and no more.
///
/// # Errors
/// [`Error::GiftCardPaid`].
pub(super) fn check_gift_card(
    sale: &SaleCompleted,
    refunds: &[SaleRefunded],
    (kind, value): (&str, i64),
    money: Money,
) -> Result<(), Error> {
    let kept = kept(sale);
    let paid_by = |kind: &str| {
        kept.iter()
            .find(|it| it.kind == kind)
            .map_or(0, |it| it.amount)
    };
    if kind == GIFT_CARD || paid_by(GIFT_CARD) == 0 {
        return Ok(());
    }
    let back = refunds.iter().flat_map(|refund| &refund.tenders);
    let back: i64 = back.filter(|it| it.kind == kind).map(|it| it.amount).sum();
    let most = Amount::clamped(i128::from(paid_by(kind)) - i128::from(back));
    if value > most.minor() {
        return Err(Error::GiftCardPaid { most, money });
    }
    Ok(())
}

/// What the shop kept by means of payment: change was given back in cash.
pub(super) fn kept(sale: &SaleCompleted) -> Vec<Tender> {
    let kept = sale.tenders.iter().map(|tender| {
        let change = if tender.kind == KINDS[0] {
            sale.change
        } else {
            0
        };
        Tender {
            kind: tender.kind.clone(),
            amount: tender.amount - change,
        }
    });
    kept.collect()
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

    /// The same where it has to say enough for money to go back.
    pub(super) fn needed(rules: &Rules, slug: &str, note: &str) -> Result<Self, Error> {
        let reason = Self::read(rules, slug, note)?;
        if !reason.is_enough(rules) {
            return Err(Error::ReasonNeeded);
        }
        Ok(reason)
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
