//! What the tenders entered so far come to, before anybody confirms the payment.
//!
//! The screen shows this, adds nothing and reads no amount; [`TendersView`] is made anew at every
//! keystroke. Whether the tenders may pay the sale is decided by the payment itself.

use mostrador_loyalty::money::{Amount, MAX_MINOR};

use crate::Error;
use crate::error::shortened;
use crate::settle::Weighed;
use crate::till::Till;
use crate::view::{Language, TenderInput, TendersView, TypedTender};
use crate::words::Money;

/// How many amounts of cash are offered, beside the exact one.
const QUICK_AMOUNTS: usize = 4;

impl Till {
    /// What `kept` and the tender that is being typed come to against what the open basket costs now.
    /// Text that is no amount is said in the view; nothing is changed or written.
    pub fn preview_tenders(
        &self,
        kept: &[TenderInput],
        typed: &TypedTender,
    ) -> Result<TendersView, Error> {
        let (session, _) = self.at_work()?;
        let open = session.open.clone();
        drop(session);
        let language = self.language();
        self.with_price(&open, |_, priced| {
            let due = (priced.due(), priced.rules.money);
            preview(language, due, (kept, typed))
        })
    }
}

fn preview(
    language: Language,
    (due, money): (Amount, Money),
    (kept, typed): (&[TenderInput], &TypedTender),
) -> Result<TendersView, Error> {
    // Nobody means a second tender of the same kind by leaving the field empty.
    let rest = if kept.iter().all(|tender| tender.kind != typed.kind) {
        Weighed::of(due, kept)?.missing()
    } else {
        Amount::ZERO
    };
    let (given, wrong) = match read(money, &typed.text) {
        Ok(given) => (given.unwrap_or(rest), String::new()),
        Err(error) => {
            let trouble = error.trouble(language);
            (
                Amount::ZERO,
                format!("{} {}", trouble.message, trouble.hint),
            )
        }
    };
    let mut entered = kept.to_vec();
    if !given.is_zero() {
        entered.push(TenderInput {
            kind: typed.kind.clone(),
            amount: given.minor(),
        });
    }
    let all = Weighed::of(due, &entered)?;
    Ok(TendersView {
        total: due.minor(),
        given: all.given().minor(),
        missing: all.missing().minor(),
        change: all.change().minor(),
        // What is noted already is in the drawer: the notes are for what is still to be handed over.
        quick: quick_amounts(
            Weighed::of(due, kept)?.missing().minor(),
            money.currency.code(),
        ),
        rest: rest.minor(),
        entered,
        wrong,
    })
}

/// What is typed as an amount; none: the field is empty.
fn read(money: Money, text: &str) -> Result<Option<Amount>, Error> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let minor = money.parse(text).ok_or_else(|| Error::AmountUnreadable {
        text: shortened(text),
        money: Some(money),
    })?;
    if minor > i128::from(MAX_MINOR) {
        return Err(Error::AmountTooLarge);
    }
    Ok(Some(Amount::clamped(minor)))
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
    use mostrador_loyalty::money::Currency;

    use super::*;

    fn tender(kind: &str, amount: i64) -> TenderInput {
        TenderInput {
            kind: kind.to_owned(),
            amount,
        }
    }

    fn view(total: i64, code: &str, (kept, typed): (&[TenderInput], (&str, &str))) -> TendersView {
        let due = Amount::from_minor(total).expect("an amount");
        let currency = Currency::from_code(code).expect("a currency");
        let typed = TypedTender {
            kind: typed.0.to_owned(),
            text: typed.1.to_owned(),
        };
        let view = preview(Language::Es, (due, Money { currency }), (kept, &typed));
        view.expect("known tenders")
    }

    #[test]
    fn an_empty_field_stands_for_all_that_is_missing() {
        let all = view(3_740_000, "COP", (&[], ("card", "")));
        assert_eq!(
            (all.given, all.missing, all.rest),
            (3_740_000, 0, 3_740_000)
        );
        assert_eq!(all.entered, [tender("card", 3_740_000)]);
        let cash = [tender("cash", 1_000_000)];
        let rest = view(3_740_000, "COP", (&cash, ("card", "")));
        assert_eq!((rest.rest, rest.missing), (2_740_000, 0));
        let same = view(3_740_000, "COP", (&cash, ("cash", "")));
        assert_eq!((same.rest, same.missing), (0, 2_740_000));
        assert_eq!(same.entered, cash);
    }

    #[test]
    fn cash_above_the_total_gives_change_and_a_card_none() {
        let cash = view(15_950, "MXN", (&[], ("cash", "$ 200")));
        assert_eq!((cash.given, cash.missing, cash.change), (20_000, 0, 4_050));
        let card = view(10_000, "MXN", (&[], ("card", "120")));
        assert_eq!((card.missing, card.change), (0, 0));
        let beside = view(10_000, "MXN", (&[tender("card", 6_000)], ("cash", "50")));
        assert_eq!((beside.missing, beside.change), (0, 1_000));
        assert_eq!(beside.quick, [5_000, 10_000, 20_000, 50_000]);
    }

    #[test]
    fn what_is_typed_is_read_as_everywhere_in_the_till_and_else_said() {
        let given = |text: &str| {
            let view = view(1_000_000, "COP", (&[], ("cash", text)));
            assert_eq!(
                view.wrong.is_empty(),
                view.rest == view.total && view.given > 0
            );
            view.given
        };
        for (text, minor) in [
            (".50", 50),
            ("1'234", 123_400),
            ("12.000", 1_200_000),
            ("1.234,5", 123_450),
            ("1.234,567", 0),
            ("doce", 0),
            ("-5", 0),
            ("999999999999999999", 0),
        ] {
            assert_eq!(given(text), minor, "{text}");
        }
        let three = view(1_000, "KWD", (&[], ("cash", "1,500")));
        assert_eq!((three.given, three.change), (1_500, 500));
        let wrong = view(1_000_000, "COP", (&[], ("cash", "doce")));
        assert!(
            wrong.wrong.starts_with("«doce» no es un valor."),
            "{}",
            wrong.wrong
        );
        assert_eq!((wrong.missing, wrong.rest), (1_000_000, 1_000_000));
        let zero = view(1_000_000, "COP", (&[], ("cash", "0")));
        assert_eq!((zero.missing, zero.wrong.as_str()), (1_000_000, ""));
    }

    #[test]
    fn notes_are_offered_for_what_cash_has_to_pay() {
        let view_of = |total| view(total, "COP", (&[], ("cash", ""))).quick;
        assert_eq!(
            view_of(3_740_000),
            [3_800_000, 4_000_000, 5_000_000, 10_000_000]
        );
        assert!(view_of(0).is_empty(), "a free basket needs none");
        // What was handed over before counts: $ 67,70 are missing of $ 567,70.
        let rest = view(56_770, "MXN", (&[tender("cash", 50_000)], ("cash", "")));
        assert_eq!(rest.quick, [8_000, 10_000, 20_000, 50_000]);
        assert!(
            quick_amounts(i64::MAX, "COP")
                .iter()
                .all(|amount| *amount > 0)
        );
    }
}
