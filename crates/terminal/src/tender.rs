//! What the tenders entered so far come to, before anybody confirms the payment.
//!
//! The screen shows this and adds nothing; [`crate::view::TendersView`] is recomputed at every
//! keystroke. Whether the tenders may pay the sale is decided by the payment itself.

use crate::view::{TenderInput, TendersView};

/// How many amounts of cash are offered, beside the exact one.
const QUICK_AMOUNTS: usize = 4;

/// Sums `tenders` against `total` (minor units). Change comes out of cash only: a card that pays
/// more than is asked gives nothing back, and the payment refuses it.
pub fn preview(total: i64, currency: &str, tenders: &[TenderInput]) -> TendersView {
    let sum = |wanted: fn(&str) -> bool| {
        tenders
            .iter()
            .filter(|tender| wanted(&tender.kind))
            .fold(0_i64, |sum, tender| {
                sum.saturating_add(tender.amount.max(0))
            })
    };
    let cash = sum(|kind| kind == "cash");
    let other = sum(|kind| kind != "cash");
    let given = cash.saturating_add(other);
    let missing = total.saturating_sub(given).max(0);
    let cash_needed = total.saturating_sub(other).max(0);
    TendersView {
        total,
        given,
        missing,
        change: cash.saturating_sub(cash_needed).max(0),
        quick: quick_amounts(total.saturating_sub(other), currency),
    }
}

/// The amounts a customer is likely to hand over for `amount`: rounded up to the notes in use,
/// smallest first, without the exact amount.
fn quick_amounts(amount: i64, currency: &str) -> Vec<i64> {
    if amount <= 0 {
        return Vec::new();
    }
    let mut quick: Vec<i64> = notes(currency)
        .iter()
        .filter_map(|note| amount.checked_add(note - 1).map(|up| up / note * note))
        .filter(|rounded| *rounded > amount)
        .collect();
    quick.sort_unstable();
    quick.dedup();
    quick.truncate(QUICK_AMOUNTS);
    quick
}

/// Bank notes in minor units (both currencies of the demo have two digits of them); other
/// currencies get the 1-2-5 series.
fn notes(currency: &str) -> &'static [i64] {
    match currency {
        "COP" => &[
            200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000,
        ],
        "MXN" => &[2_000, 5_000, 10_000, 20_000, 50_000, 100_000],
        _ => &[500, 1_000, 2_000, 5_000, 10_000, 20_000],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tender(kind: &str, amount: i64) -> TenderInput {
        TenderInput {
            kind: kind.to_owned(),
            amount,
        }
    }

    #[test]
    fn nothing_given_misses_everything() {
        let view = preview(3_740_000, "COP", &[]);
        assert_eq!((view.given, view.missing, view.change), (0, 3_740_000, 0));
        assert_eq!(view.quick, [3_800_000, 4_000_000, 5_000_000, 10_000_000]);
    }

    #[test]
    fn cash_above_the_total_gives_change() {
        let view = preview(15_950, "MXN", &[tender("cash", 20_000)]);
        assert_eq!((view.given, view.missing, view.change), (20_000, 0, 4_050));
    }

    #[test]
    fn a_card_gives_no_change() {
        let view = preview(10_000, "MXN", &[tender("card", 12_000)]);
        assert_eq!((view.missing, view.change), (0, 0));
    }

    #[test]
    fn cash_beside_a_card_gives_change_over_the_rest() {
        let view = preview(
            10_000,
            "MXN",
            &[tender("card", 6_000), tender("cash", 5_000)],
        );
        assert_eq!((view.missing, view.change), (0, 1_000));
        assert_eq!(view.quick, [5_000, 10_000, 20_000, 50_000]);
    }

    #[test]
    fn amounts_of_any_size_do_not_overflow() {
        let view = preview(
            i64::MAX,
            "COP",
            &[tender("cash", i64::MAX), tender("card", i64::MAX)],
        );
        assert_eq!(view.missing, 0);
        assert!(view.quick.iter().all(|amount| *amount > 0));
    }

    #[test]
    fn a_free_basket_offers_no_notes() {
        assert!(preview(0, "COP", &[]).quick.is_empty());
    }
}
