//! Whether the tenders pay the sale, and what is given back.

use mostrador_loyalty::money::{Amount, MAX_MINOR};
use mostrador_protocol::entry::Tender;

use crate::Error;
use crate::error::shortened;
use crate::view::TenderInput;
use crate::words::Money;

/// The means of payment of a till, in the order in which a sale keeps them.
pub(crate) const KINDS: [&str; 4] = ["cash", "card", "transfer", GIFT_CARD];

/// Pays, but earns no points.
pub(crate) const GIFT_CARD: &str = "gift_card";

/// Points that pay; what they pay is settled before the other tenders.
const POINTS: &str = "points";

/// A paid total.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// One of each kind used; they sum to the total and the change.
    pub(crate) tenders: Vec<Tender>,
    /// Given back in cash, minor units.
    pub(crate) change: i64,
}

/// What tenders come to against what is due: the only place that says what is missing and what is change.
#[derive(Debug)]
pub(crate) struct Weighed {
    /// By [`KINDS`].
    sums: [i128; KINDS.len()],
    due: i128,
}

impl Weighed {
    /// Sums `tenders` by kind.
    ///
    /// # Errors
    /// [`Error::UnknownTender`], and an amount that is zero, below or larger than amounts can be.
    pub(crate) fn of(due: Amount, tenders: &[TenderInput]) -> Result<Self, Error> {
        let mut sums = [0_i128; KINDS.len()];
        for tender in tenders {
            let kind = KINDS.iter().position(|kind| *kind == tender.kind);
            let kind = kind.ok_or_else(|| Error::UnknownTender {
                kind: shortened(&tender.kind),
            })?;
            match tender.amount {
                ..=0 => return Err(Error::AmountZero),
                1..=MAX_MINOR => sums[kind] += i128::from(tender.amount),
                _ => return Err(Error::AmountTooLarge),
            }
        }
        let due = due.minor().into();
        Ok(Self { sums, due })
    }

    const fn cash(&self) -> i128 {
        self.sums[0]
    }

    fn beside_cash(&self) -> i128 {
        self.sums[1..].iter().sum()
    }

    /// What cash has to pay; below zero: the others pay too much.
    fn cash_due(&self) -> i128 {
        self.due - self.beside_cash()
    }

    /// All of it together.
    pub(crate) fn given(&self) -> Amount {
        Amount::clamped(self.cash() + self.beside_cash())
    }

    /// What is still to pay.
    pub(crate) fn missing(&self) -> Amount {
        Amount::clamped(self.cash_due() - self.cash())
    }

    /// What is given back: out of cash only.
    pub(crate) fn change(&self) -> Amount {
        Amount::clamped(self.cash() - self.cash_due().max(0))
    }

    /// What other means pay too much: nothing is given back of those.
    fn excess(&self) -> Amount {
        Amount::clamped(-self.cash_due())
    }
}

/// Pays `total` with what the cashier entered. Change comes out of cash only; a total of zero needs
/// no tender.
pub(crate) fn settle(
    total: Amount,
    entered: &[TenderInput],
    money: Money,
) -> Result<Settled, Error> {
    let weighed = Weighed::of(total, entered)?;
    let (excess, missing) = (weighed.excess(), weighed.missing());
    if !excess.is_zero() {
        return Err(Error::Overpaid { excess, money });
    }
    if !missing.is_zero() {
        return Err(Error::Underpaid {
            missing,
            total,
            money,
        });
    }
    if weighed.cash() > i128::from(MAX_MINOR) {
        return Err(Error::AmountTooLarge);
    }
    let used = KINDS.iter().zip(weighed.sums).filter(|(_, sum)| *sum > 0);
    let tenders = used.map(|(kind, sum)| Tender {
        kind: (*kind).to_owned(),
        amount: Amount::clamped(sum).minor(),
    });
    Ok(Settled {
        tenders: tenders.collect(),
        change: weighed.change().minor(),
    })
}

impl Settled {
    /// What gift cards pay, minor units.
    pub(crate) fn by_gift_card(&self) -> Amount {
        let mut tenders = self.tenders.iter();
        let found = tenders.find(|tender| tender.kind == GIFT_CARD);
        found.map_or(Amount::ZERO, |tender| Amount::clamped(tender.amount.into()))
    }

    /// The same with the part that points paid.
    pub(crate) fn with_points(mut self, amount: Amount) -> Self {
        if !amount.is_zero() {
            self.tenders.push(Tender {
                kind: POINTS.to_owned(),
                amount: amount.minor(),
            });
        }
        self
    }
}

/// Exactly `total` in cash; nothing for a total of zero.
pub(crate) fn exact_cash(total: Amount) -> Settled {
    let tender = Tender {
        kind: KINDS[0].to_owned(),
        amount: total.minor(),
    };
    Settled {
        tenders: (!total.is_zero()).then_some(tender).into_iter().collect(),
        change: 0,
    }
}

#[cfg(test)]
mod tests {
    use mostrador_loyalty::money::Currency;

    use super::*;

    fn pay(total: i64, entered: &[(&str, i64)]) -> Answer {
        let entered: Vec<TenderInput> = entered
            .iter()
            .map(|(kind, amount)| TenderInput {
                kind: (*kind).to_owned(),
                amount: *amount,
            })
            .collect();
        let money = Money {
            currency: Currency::from_code("MXN").expect("a currency"),
        };
        let total = Amount::from_minor(total).expect("an amount");
        let settled = settle(total, &entered, money).map_err(|error| error.to_string())?;
        let tenders = settled.tenders.into_iter();
        Ok((
            tenders.map(|tender| (tender.kind, tender.amount)).collect(),
            settled.change,
        ))
    }

    type Answer = Result<(Vec<(String, i64)>, i64), String>;

    #[allow(clippy::unnecessary_wraps)] // It is compared with the answer of `pay`.
    fn paid(tenders: &[(&str, i64)], change: i64) -> Answer {
        let tenders = tenders
            .iter()
            .map(|(kind, amount)| ((*kind).to_owned(), *amount));
        Ok((tenders.collect(), change))
    }

    #[test]
    fn change_comes_out_of_cash_only() {
        assert_eq!(pay(100, &[("cash", 150)]), paid(&[("cash", 150)], 50));
        assert_eq!(
            pay(100, &[("card", 60), ("cash", 30), ("cash", 20)]),
            paid(&[("cash", 50), ("card", 60)], 10)
        );
        assert!(pay(100, &[("card", 101)]).is_err_and(|error| error.contains("too much")));
        assert_eq!(pay(0, &[]), paid(&[], 0));
    }

    #[test]
    fn what_does_not_pay_says_what_is_missing() {
        let missing = |error: String| error.starts_with("40 minor units");
        assert!(pay(100, &[("transfer", 60)]).is_err_and(missing));
        assert!(pay(100, &[]).is_err());
        assert!(pay(100, &[("cheque", 100)]).is_err());
        for amount in [0, -100, i64::MAX, i64::MIN, MAX_MINOR + 1] {
            assert!(pay(100, &[("cash", amount)]).is_err(), "{amount}");
        }
        assert!(pay(1, &[("cash", MAX_MINOR), ("cash", MAX_MINOR)]).is_err());
    }
}
