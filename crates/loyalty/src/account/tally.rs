//! Uses of one code by everybody.

use chrono::NaiveDate;

use crate::money::Amount;

/// Uses of one code by everybody, folded from the same sales.
///
/// The figures are signed so that uses and returns give the same tally in whatever order they arrive;
/// below zero only while a return is known whose use is not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CodeTally {
    /// Uses, less those that came back.
    pub total: i64,
    /// Discount given, less what came back with its use, minor units.
    pub discount: i64,
    /// The latest local day with a use or a return of one.
    pub day: Option<NaiveDate>,
    /// Uses of that day, less those of them that came back.
    pub on_day: i64,
}

/// The sums of many uses of one code and of returns of such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UseSum {
    /// Uses, less those that came back.
    pub uses: i64,
    /// Discount given, less what came back, minor units.
    pub discount: i64,
    /// The latest local day among them.
    pub day: NaiveDate,
    /// Uses of that day, less those of them that came back.
    pub on_day: i64,
}

impl CodeTally {
    /// Counts one use that took off `discount` on `day`; uses of a day before the latest count in the
    /// total only.
    pub fn apply(&mut self, day: NaiveDate, discount: Amount) {
        self.count(day, 1, discount.minor());
    }

    /// Gives one use back that had taken off `discount` on `day`, the day of its sale.
    pub fn give_back(&mut self, day: NaiveDate, discount: Amount) {
        self.count(day, -1, discount.minor().saturating_neg());
    }

    /// Counts many uses at once, as one by one in whatever order.
    pub fn apply_sum(&mut self, sum: &UseSum) {
        self.count(sum.day, sum.on_day, sum.discount);
        self.total = self
            .total
            .saturating_add(sum.uses.saturating_sub(sum.on_day));
    }

    /// Uses that count against a limit.
    pub fn uses(&self) -> u64 {
        u64::try_from(self.total).unwrap_or(0)
    }

    /// Discount that counts against a budget.
    pub fn discount_given(&self) -> Amount {
        Amount::clamped(self.discount.into())
    }

    /// Uses on `day`, as far as the tally remembers: the latest day and later ones.
    pub fn used_on(&self, day: NaiveDate) -> u64 {
        if self.day == Some(day) {
            u64::try_from(self.on_day).unwrap_or(0)
        } else {
            0
        }
    }

    fn count(&mut self, day: NaiveDate, uses: i64, discount: i64) {
        self.total = self.total.saturating_add(uses);
        self.discount = self.discount.saturating_add(discount);
        if self.day < Some(day) {
            self.day = Some(day);
            self.on_day = 0;
        }
        if self.day == Some(day) {
            self.on_day = self.on_day.saturating_add(uses);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_tally_counts_the_latest_day_whatever_arrives_first() {
        let mut tally = CodeTally::default();
        for on in ["2026-01-02", "2026-01-01", "2026-01-02"] {
            tally.apply(day(on), Amount::from_minor(7).unwrap());
        }
        assert_eq!((tally.uses(), tally.discount_given().minor()), (3, 21));
        assert_eq!(tally.used_on(day("2026-01-02")), 2);
        assert_eq!(tally.used_on(day("2026-01-03")), 0);
    }

    #[test]
    fn a_sum_counts_as_its_uses_one_by_one_do() {
        let seven = Amount::from_minor(7).unwrap();
        let uses = ["2026-01-03", "2026-01-01", "2026-01-03", "2026-01-02"];
        let sum = UseSum {
            uses: 2,
            discount: 14,
            day: day("2026-01-03"),
            on_day: 1,
        };
        for known in ["2026-01-01", "2026-01-03", "2026-01-05"] {
            let mut one_by_one = CodeTally::default();
            one_by_one.apply(day(known), seven);
            let mut at_once = one_by_one;
            for on in &uses[..3] {
                one_by_one.apply(day(on), seven);
            }
            one_by_one.give_back(day("2026-01-03"), seven);
            at_once.apply_sum(&sum);
            assert_eq!(at_once, one_by_one, "{known}");
        }
    }

    #[test]
    fn a_use_that_comes_back_counts_no_more_even_before_it_is_known() {
        let seven = Amount::from_minor(7).unwrap();
        let mut tally = CodeTally::default();
        tally.give_back(day("2026-01-02"), seven);
        assert_eq!((tally.uses(), tally.used_on(day("2026-01-02"))), (0, 0));
        tally.apply(day("2026-01-02"), seven);
        tally.apply(day("2026-01-02"), seven);
        assert_eq!((tally.uses(), tally.used_on(day("2026-01-02"))), (1, 1));
        assert_eq!(tally.discount_given(), seven);
    }
}
