//! Two records of one person become one account.

use chrono::NaiveDate;
use uuid::Uuid;

use super::lot;
use super::moving::Taking;
use super::posting::{Book, Postings};
use super::{Account, EXPIRED_LOTS_KEPT, count};

impl Account {
    /// Empties this account for `survivor` and names it, so that facts that arrive late find their
    /// way. Returns what it had, for [`super::Fact::Merge`] on the survivor's side; the postings of
    /// both sides cancel in [`Book::Merged`].
    pub fn hand_over(&mut self, survivor: Uuid) -> (Self, Postings) {
        let had = std::mem::take(self);
        self.merged_into = Some(survivor);
        let mut postings = Postings::default();
        for lot in &had.lots {
            postings.transfer(Book::Lot(lot.days), Book::Merged, lot.points);
        }
        postings.transfer(Book::Merged, Book::Debt, had.debt);
        (had, postings)
    }

    /// Adds everything the other record had: its lots pay what is owed here, and what it owed is
    /// taken from the lots that are then there.
    pub(super) fn absorb(&mut self, day: NaiveDate, other: Self, postings: &mut Postings) {
        for lot in other.lots {
            self.give(lot, Book::Merged, postings);
        }
        let owed = Taking {
            day,
            first: &[],
            points: other.debt,
            into: Book::Merged,
        };
        self.take(&owed, postings);
        for lot in other.expired {
            lot::add(&mut self.expired, lot.days, lot.points);
        }
        while self.expired.len() > EXPIRED_LOTS_KEPT {
            self.expired.remove(0);
        }
        for (day, points) in other.earned_by_day {
            self.remember_earning(day, points);
        }
        for (day, visit) in other.visits {
            self.remember_visit(day, visit.sales, visit.spent);
        }
        self.purchases = self.purchases.saturating_add(other.purchases);
        self.spent = self.spent.saturating_add(other.spent);
        let firsts = [self.first_purchase_ms, other.first_purchase_ms];
        self.first_purchase_ms = firsts.into_iter().flatten().min();
        self.last_purchase_ms = self.last_purchase_ms.max(other.last_purchase_ms);
        for (code, uses) in other.code_uses {
            count(&mut self.code_uses, code, uses);
        }
        for (reward, uses) in other.rewards {
            count(&mut self.rewards, reward, uses);
        }
        self.coupons.extend(other.coupons);
        self.forget_coupons();
        self.referral.absorb(other.referral);
        self.tier = self.tier.take().max(other.tier);
        self.remember_categories(other.categories);
        for (badge, day) in other.badges {
            self.remember_badge(badge, day);
        }
    }
}
