//! How points come into an account and leave it.

use chrono::NaiveDate;

use super::lot::{self, Lot, LotDays};
use super::posting::{Book, Postings};
use super::{Account, EXPIRED_LOTS_KEPT};

/// Points to be taken.
pub(super) struct Taking<'a> {
    /// The day of the fact.
    pub(super) day: NaiveDate,
    /// The lots to take from first, and how much of each.
    pub(super) first: &'a [Lot],
    /// Points in all.
    pub(super) points: i64,
    /// Where they go.
    pub(super) into: Book,
}

impl Account {
    /// Points come in: what is owed is paid first, the rest makes a lot or joins it.
    pub(super) fn give(&mut self, lot: Lot, from: Book, postings: &mut Postings) {
        let paid = lot.points.min(self.debt).max(0);
        self.debt = self.debt.saturating_sub(paid);
        postings.transfer(from, Book::Debt, paid);
        let rest = lot.points.saturating_sub(paid);
        if rest > 0 {
            lot::add(&mut self.lots, lot.days, rest);
            postings.transfer(from, Book::Lot(lot.days), rest);
        }
    }

    /// Points leave: from the lots named first, then from the others that can be spent on the day,
    /// then from those that cannot be spent yet; what is missing is owed. A lot that is over pays for
    /// nothing, but what it gave is taken back from it, expired or not: points that went unused are not
    /// taken a second time. Of a named lot whose expiry was entered meanwhile, although the fact happened
    /// before, the expiry gives way: the points were gone already.
    pub(super) fn take(&mut self, taking: &Taking<'_>, postings: &mut Postings) {
        let Taking { day, into, .. } = *taking;
        let mut missing = taking.points.max(0);
        for share in taking.first {
            if share.days.is_over(day) && into == Book::Redeemed {
                continue;
            }
            let wanted = share.points.min(missing).max(0);
            let held = lot::remove(&mut self.lots, share.days, wanted);
            postings.transfer(Book::Lot(share.days), into, held);
            let rest = wanted.saturating_sub(held);
            let expired = lot::remove(&mut self.expired, share.days, rest);
            postings.transfer(Book::Expired, into, expired);
            missing = missing.saturating_sub(held).saturating_sub(expired);
        }
        let is_usable = |days: &LotDays| days.is_usable(day);
        let is_pending = |days: &LotDays| !days.is_usable(day) && !days.is_over(day);
        for days in self
            .days(is_usable)
            .into_iter()
            .chain(self.days(is_pending))
        {
            if missing == 0 {
                break;
            }
            let held = lot::remove(&mut self.lots, days, missing);
            postings.transfer(Book::Lot(days), into, held);
            missing = missing.saturating_sub(held);
        }
        self.debt = self.debt.saturating_add(missing);
        postings.transfer(Book::Debt, into, missing);
    }

    /// What is left of a lot goes, at most what the fact says, if the lot is over on `day`.
    pub(super) fn expire(&mut self, day: NaiveDate, rest: Lot, postings: &mut Postings) {
        if !rest.days.is_over(day) {
            return;
        }
        let taken = lot::remove(&mut self.lots, rest.days, rest.points);
        postings.transfer(Book::Lot(rest.days), Book::Expired, taken);
        if taken > 0 {
            lot::add(&mut self.expired, rest.days, taken);
            while self.expired.len() > EXPIRED_LOTS_KEPT {
                self.expired.remove(0);
            }
        }
    }

    fn days(&self, are_meant: impl Fn(&LotDays) -> bool) -> Vec<LotDays> {
        let days = self.lots.iter().map(|lot| lot.days);
        days.filter(are_meant).collect()
    }
}
