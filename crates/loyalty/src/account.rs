//! Facts into balances: the one fold that the till and the server share.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::code::CodeText;
use crate::money::Amount;

/// Points of one day of earning with their own expiry. Lots with the same two days are one lot,
/// however often somebody buys on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lot {
    /// The store's local day of earning.
    pub earned_on: NaiveDate,
    /// The last local day on which they can be spent.
    pub expires_on: NaiveDate,
    /// Points left in it, at least 1.
    pub points: i64,
}

/// What a customer has. Built by [`Account::apply`] from facts in any order of arrival.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Lots that still hold points, soonest expiry first, then oldest. May contain expired lots:
    /// [`Account::available`] knows.
    pub lots: Vec<Lot>,
    /// Points owed after a claw-back, at least 0; the next earnings pay it first.
    pub debt: i64,
    /// Points earned by local day, reversals subtracted, redemptions not; what tiers are made of. Only
    /// the latest [`EARNING_DAYS_KEPT`] days with earnings are kept.
    pub earned_by_day: BTreeMap<NaiveDate, i64>,
    /// Completed purchases.
    pub purchases: u64,
    /// Paid in all purchases, minor units.
    pub spent: Amount,
    /// Milliseconds since the epoch of the first purchase.
    pub first_purchase_ms: Option<i64>,
    /// Milliseconds since the epoch of the latest purchase.
    pub last_purchase_ms: Option<i64>,
    /// Uses of each code.
    pub code_uses: BTreeMap<CodeText, u64>,
}

/// How many days with earnings an account remembers: the longest tier window plus grace that a
/// program may ask for. Days are counted, not dated, so that one entry from a till whose clock is
/// years ahead cannot push out everybody's history.
pub const EARNING_DAYS_KEPT: usize = 731;

/// One thing that happened to a customer's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A paid sale.
    Purchase {
        /// When, milliseconds since the epoch.
        at_ms: i64,
        /// The store's local day.
        day: NaiveDate,
        /// What was paid, minor units.
        total: Amount,
        /// Points earned, at least 0.
        points: i64,
        /// Last local day on which these points can be spent.
        expires_on: NaiveDate,
        /// Codes consumed.
        codes: Vec<CodeText>,
    },
    /// Points given or taken by hand.
    Adjustment {
        /// The store's local day.
        day: NaiveDate,
        /// Points: above zero given, below zero taken. They do not count for tiers.
        points: i64,
        /// Last local day on which given points can be spent.
        expires_on: NaiveDate,
    },
}

impl Account {
    /// Folds one fact in. Purchases give the same account in whatever order they arrive, as long as
    /// nothing is owed; a debt is paid by the earnings that arrive first.
    pub fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::Purchase {
                at_ms,
                day,
                total,
                points,
                expires_on,
                codes,
            } => {
                self.purchases = self.purchases.saturating_add(1);
                self.spent = self.spent.saturating_add(*total);
                self.first_purchase_ms =
                    Some(self.first_purchase_ms.map_or(*at_ms, |ms| ms.min(*at_ms)));
                self.last_purchase_ms = self.last_purchase_ms.max(Some(*at_ms));
                for code in codes {
                    let uses = self.code_uses.entry(code.clone()).or_default();
                    *uses = uses.saturating_add(1);
                }
                self.remember_earning(*day, *points);
                self.give(*day, *expires_on, *points);
            }
            Fact::Adjustment {
                day,
                points,
                expires_on,
            } => {
                if *points < 0 {
                    self.take(*day, points.saturating_neg());
                } else {
                    self.give(*day, *expires_on, *points);
                }
            }
        }
    }

    /// Points that can be spent on `day`: never those of an expired lot, whether or not its expiry
    /// was entered. At least 0; what is owed stands apart in [`Account::debt`].
    pub fn available(&self, day: NaiveDate) -> i64 {
        self.lots
            .iter()
            .filter(|lot| lot.expires_on >= day)
            .fold(0, |sum, lot| sum.saturating_add(lot.points))
    }

    /// The available points that go soonest: their number and their last day, if there are any.
    pub fn next_to_expire(&self, day: NaiveDate) -> Option<(i64, NaiveDate)> {
        let soonest = self
            .lots
            .iter()
            .find(|lot| lot.expires_on >= day)?
            .expires_on;
        let points = self
            .lots
            .iter()
            .filter(|lot| lot.expires_on == soonest)
            .fold(0, |sum: i64, lot| sum.saturating_add(lot.points));
        Some((points, soonest))
    }

    fn remember_earning(&mut self, day: NaiveDate, points: i64) {
        if points == 0 {
            return;
        }
        let earned = self.earned_by_day.entry(day).or_default();
        *earned = earned.saturating_add(points);
        while self.earned_by_day.len() > EARNING_DAYS_KEPT {
            self.earned_by_day.pop_first();
        }
    }

    fn give(&mut self, earned_on: NaiveDate, expires_on: NaiveDate, points: i64) {
        let paid = points.min(self.debt).max(0);
        self.debt = self.debt.saturating_sub(paid);
        let points = points.saturating_sub(paid);
        if points <= 0 {
            return;
        }
        let key = |lot: &Lot| (lot.expires_on, lot.earned_on);
        match self
            .lots
            .binary_search_by_key(&(expires_on, earned_on), key)
        {
            Ok(index) => {
                if let Some(lot) = self.lots.get_mut(index) {
                    lot.points = lot.points.saturating_add(points);
                }
            }
            Err(index) => {
                let lot = Lot {
                    earned_on,
                    expires_on,
                    points,
                };
                self.lots.insert(index, lot);
            }
        }
    }

    /// Takes points from the lots usable on `day`, soonest expiry first, then oldest; what they do
    /// not hold becomes debt.
    fn take(&mut self, day: NaiveDate, points: i64) {
        let mut owed = points;
        for lot in self.lots.iter_mut().filter(|lot| lot.expires_on >= day) {
            let taken = lot.points.min(owed);
            lot.points = lot.points.saturating_sub(taken);
            owed = owed.saturating_sub(taken);
        }
        self.lots.retain(|lot| lot.points > 0);
        self.debt = self.debt.saturating_add(owed);
    }
}

/// Uses of one code by everybody, folded from the same sales.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CodeTally {
    /// Uses.
    pub total: u64,
    /// Discount given, minor units.
    pub discount: Amount,
    /// The latest local day on which it was used.
    pub day: Option<NaiveDate>,
    /// Uses on that day.
    pub on_day: u64,
}

impl CodeTally {
    /// Counts one use that took off `discount` on `day`. The tally is the same in whatever order the
    /// uses arrive; uses of a day before the latest count in the total only.
    pub fn apply(&mut self, day: NaiveDate, discount: Amount) {
        self.total = self.total.saturating_add(1);
        self.discount = self.discount.saturating_add(discount);
        if self.day < Some(day) {
            self.day = Some(day);
            self.on_day = 0;
        }
        if self.day == Some(day) {
            self.on_day = self.on_day.saturating_add(1);
        }
    }

    /// Uses on `day`, as far as the tally remembers: the latest day and later ones.
    pub fn used_on(&self, day: NaiveDate) -> u64 {
        if self.day == Some(day) {
            self.on_day
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn purchase(on: &str, points: i64) -> Fact {
        Fact::Purchase {
            at_ms: 0,
            day: day(on),
            total: Amount::ZERO,
            points,
            expires_on: day(on) + chrono::Days::new(365),
            codes: Vec::new(),
        }
    }

    fn account(facts: &[Fact]) -> Account {
        let mut account = Account::default();
        for fact in facts {
            account.apply(fact);
        }
        account
    }

    #[test]
    fn a_lot_can_be_spent_through_its_last_day() {
        let account = account(&[purchase("2026-01-01", 40), purchase("2026-03-01", 2)]);
        assert_eq!(account.available(day("2027-01-01")), 42);
        assert_eq!(account.available(day("2027-01-02")), 2);
        assert_eq!(account.available(day("2027-03-02")), 0);
        let next = account.next_to_expire(day("2027-01-02"));
        assert_eq!(next, Some((2, day("2027-03-01"))));
    }

    #[test]
    fn purchases_of_one_day_share_a_lot() {
        let account = account(&[purchase("2026-01-01", 40), purchase("2026-01-01", 2)]);
        assert_eq!(account.lots.len(), 1);
        assert_eq!(account.purchases, 2);
    }

    #[test]
    fn what_was_taken_beyond_the_balance_is_debt_that_earnings_pay_first() {
        let taken = Fact::Adjustment {
            day: day("2026-01-02"),
            points: -100,
            expires_on: day("2026-01-02"),
        };
        let mut account = account(&[purchase("2026-01-01", 40), taken]);
        assert_eq!(
            (account.available(day("2026-01-02")), account.debt),
            (0, 60)
        );
        account.apply(&purchase("2026-01-03", 75));
        assert_eq!(
            (account.available(day("2026-01-03")), account.debt),
            (15, 0)
        );
        assert_eq!(account.earned_by_day.values().sum::<i64>(), 115);
    }

    #[test]
    fn points_are_taken_from_the_soonest_expiry_and_never_from_an_expired_lot() {
        let taken = Fact::Adjustment {
            day: day("2027-01-02"),
            points: -1,
            expires_on: day("2027-01-02"),
        };
        let account = account(&[purchase("2026-03-01", 5), purchase("2026-01-01", 40), taken]);
        let points: Vec<i64> = account.lots.iter().map(|lot| lot.points).collect();
        assert_eq!(points, [40, 4]);
    }

    #[test]
    fn a_tally_counts_the_latest_day_whatever_arrives_first() {
        let mut tally = CodeTally::default();
        for on in ["2026-01-02", "2026-01-01", "2026-01-02"] {
            tally.apply(day(on), Amount::from_minor(7).unwrap());
        }
        assert_eq!((tally.total, tally.discount.minor()), (3, 21));
        assert_eq!(tally.used_on(day("2026-01-02")), 2);
        assert_eq!(tally.used_on(day("2026-01-03")), 0);
    }
}
