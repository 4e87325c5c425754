//! Facts into balances: the one fold that the till and the server share.
//!
//! Double entry: [`Account::apply`] returns [`Postings`] that sum to zero. Points come from a book that
//! says why (earned, returned, adjusted, referral, merged) into lots or into what is owed, and leave to
//! one (redeemed, reversed, expired, adjusted, merged). The balance is the sum of the postings to the
//! customer's own books, so nothing comes from nowhere.
//!
//! Entries of one customer may arrive in another order than they happened. Every fact can be folded in
//! at any time and keeps every point; counts, days, uses and sums of money come out the same in any
//! order. Lots do too as long as what a fact takes is there when it arrives, expiry included: what
//! happened on a lot before its last day was over takes precedence over its expiry. Where more is taken
//! than there is, the order decides: a debt is paid by the points that arrive first, so the same balance
//! may lie in other lots.

mod fact;
mod holding;
mod lot;
mod merge;
mod moving;
mod posting;
mod referral;
mod tally;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::code::CodeText;

pub use fact::{
    Fact, HeldCoupon, HeldTier, Purchase, Redemption, ReferralGain, ReferralRole, Referrer, Undo,
};
pub use holding::{Accounts, MOST_MERGES, Merged};
pub use lot::{Lot, LotDays, RETURN_DAYS, sum as lots_sum};
pub use posting::{Book, Posting, Postings};
pub use referral::ReferralState;
pub use tally::{CodeTally, UseSum};

use moving::Taking;

/// How many days with earnings an account remembers: the longest tier window plus grace that a
/// program may ask for. Days are counted, not dated, so that one entry from a till whose clock is
/// years ahead cannot push out everybody's history.
pub const EARNING_DAYS_KEPT: usize = 731;
/// How many days with purchases an account remembers, for scores and badges.
pub const VISIT_DAYS_KEPT: usize = 120;
/// How many expired lots an account remembers, for entries that were made before the expiry.
pub const EXPIRED_LOTS_KEPT: usize = 64;
/// How many reward coupons an account holds. Used ones go first, then the oldest.
pub const COUPONS_KEPT: usize = 100;
/// How many categories an account remembers as tried.
pub const CATEGORIES_KEPT: usize = 100;

/// What a customer has. Built by [`Account::apply`] from facts in any order of arrival.
///
/// Its size grows with the codes and rewards that the customer used and is bounded by days otherwise,
/// whatever the number of entries. Counts are signed: they are below zero only while the undoing of a
/// sale is known and the sale is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Lots that still hold points, soonest expiry first, then oldest. May contain lots that are over
    /// or not usable yet: [`Account::available`] knows.
    pub lots: Vec<Lot>,
    /// Points owed after a claw-back, at least 0; the next gains pay it first.
    pub debt: i64,
    /// What expiry entries took, latest last; at most [`EXPIRED_LOTS_KEPT`] lots.
    pub expired: Vec<Lot>,
    /// Points earned by local day of the earning, reversals subtracted there, redemptions not; what
    /// tiers are made of. Only the latest [`EARNING_DAYS_KEPT`] days with earnings are kept.
    pub earned_by_day: BTreeMap<NaiveDate, i64>,
    /// Purchases by local day; the latest [`VISIT_DAYS_KEPT`] days with one.
    pub visits: BTreeMap<NaiveDate, Visit>,
    /// Purchases completed and not fully undone.
    pub purchases: i64,
    /// Paid in all purchases less what was given back, minor units.
    pub spent: i64,
    /// Milliseconds since the epoch of the first purchase, also when it was undone.
    pub first_purchase_ms: Option<i64>,
    /// Milliseconds since the epoch of the latest purchase, also when it was undone.
    pub last_purchase_ms: Option<i64>,
    /// Uses of each code, less those that came back; codes without uses are absent.
    pub code_uses: BTreeMap<CodeText, i64>,
    /// How often each reward was redeemed, less returns, by slug.
    pub rewards: BTreeMap<String, i64>,
    /// Reward coupons made for the customer, used ones too; [`Account::usable_coupons`] knows.
    pub coupons: BTreeSet<HeldCoupon>,
    /// Own code, referrer, and what came of them.
    pub referral: ReferralState,
    /// The tier that was announced last.
    pub tier: Option<HeldTier>,
    /// Categories bought at least once.
    pub categories: BTreeSet<String>,
    /// Badges with the day on which each was awarded.
    pub badges: BTreeMap<String, NaiveDate>,
    /// The account that took this one over; this one is empty then.
    pub merged_into: Option<Uuid>,
}

/// What was bought on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Visit {
    /// Purchases not fully undone.
    pub sales: i64,
    /// Paid less given back, minor units.
    pub spent: i64,
}

impl Account {
    /// Folds one fact in and says which points it moved.
    pub fn apply(&mut self, fact: &Fact) -> Postings {
        let mut postings = Postings::default();
        match fact {
            Fact::Purchase(purchase) => self.purchase(purchase, &mut postings),
            Fact::Refund(undo) | Fact::Void(undo) => self.undo(undo, &mut postings),
            Fact::Redemption(redemption) => self.redeem(redemption, &mut postings),
            Fact::RewardReturned(returned) => self.return_reward(returned, &mut postings),
            Fact::Expiry { day, lot } => self.expire(*day, *lot, &mut postings),
            Fact::ReferralRegistered(referrer) => self.referral.learn_referrer(*referrer),
            Fact::OwnCode { at_ms, code } => self.referral.learn_code(*at_ms, code),
            Fact::ReferralBonus(gain) => self.gain_by_referral(*gain, &mut postings),
            Fact::ReferralTakenBack { day, gain } => {
                self.take_referral_back(*day, *gain, &mut postings);
            }
            Fact::Adjustment { day, points, lot } => {
                self.adjust(*day, *points, *lot, &mut postings);
            }
            Fact::Merge { day, absorbed } => {
                self.absorb(*day, Self::clone(absorbed), &mut postings);
            }
            Fact::TierMoved(moved) => {
                self.tier = self.tier.take().max(Some(moved.clone()));
            }
            Fact::BadgeAwarded { day, badge } => self.remember_badge(badge.clone(), *day),
        }
        postings
    }

    /// Points that can be spent on `day`: never those of a lot that is over, whether or not its expiry
    /// was entered, nor pending ones, nor what is owed. At least 0; a debt stands apart in
    /// [`Account::debt`].
    pub fn available(&self, day: NaiveDate) -> i64 {
        self.points_where(|days| days.is_usable(day))
            .saturating_sub(self.debt)
            .max(0)
    }

    /// Points that cannot be spent on `day` yet.
    pub fn pending(&self, day: NaiveDate) -> i64 {
        self.points_where(|days| !days.is_usable(day) && !days.is_over(day))
    }

    /// All points less what is owed: the sum of the postings to the customer's books. It includes lots
    /// that are over until their expiry is entered, and may be below zero.
    pub fn balance(&self) -> i64 {
        self.points_where(|_| true).saturating_sub(self.debt)
    }

    /// Lots that are over on `day` and still hold points: what expiry entries are due for.
    pub fn due_to_expire(&self, day: NaiveDate) -> impl Iterator<Item = Lot> {
        self.lots
            .iter()
            .copied()
            .filter(move |lot| lot.days.is_over(day))
    }

    /// The available points that go soonest: their number and their last day, if there are any.
    pub fn next_to_expire(&self, day: NaiveDate) -> Option<(i64, NaiveDate)> {
        let usable = self.lots.iter().find(|lot| lot.days.is_usable(day))?;
        let soonest = usable.days.expires_on;
        let points = self.points_where(|days| days.is_usable(day) && days.expires_on == soonest);
        Some((points, soonest))
    }

    /// Purchases completed and not fully undone: the first purchase is the one made when there is none.
    pub fn completed_purchases(&self) -> u64 {
        u64::try_from(self.purchases).unwrap_or(0)
    }

    /// How often this customer used `code`, less uses that came back.
    pub fn uses_of(&self, code: &CodeText) -> u64 {
        let uses = self.code_uses.get(code).copied().unwrap_or(0);
        u64::try_from(uses).unwrap_or(0)
    }

    /// How often this customer redeemed the reward with this slug, less returns.
    pub fn redemptions_of(&self, reward: &str) -> u64 {
        let uses = self.rewards.get(reward).copied().unwrap_or(0);
        u64::try_from(uses).unwrap_or(0)
    }

    /// The reward coupons that can be used on `day`.
    pub fn usable_coupons(&self, day: NaiveDate) -> impl Iterator<Item = &HeldCoupon> {
        self.coupons.iter().filter(move |coupon| {
            coupon.valid_until.is_none_or(|until| day <= until) && self.uses_of(&coupon.code) == 0
        })
    }

    fn points_where(&self, are_meant: impl Fn(LotDays) -> bool) -> i64 {
        self.lots
            .iter()
            .filter(|lot| are_meant(lot.days))
            .fold(0, |sum: i64, lot| sum.saturating_add(lot.points))
    }

    fn purchase(&mut self, purchase: &Purchase, postings: &mut Postings) {
        let day = purchase.lot.earned_on;
        self.purchases = self.purchases.saturating_add(1);
        self.spent = self.spent.saturating_add(purchase.total.minor());
        self.remember_visit(day, 1, purchase.total.minor());
        let at_ms = purchase.at_ms;
        self.first_purchase_ms = Some(self.first_purchase_ms.map_or(at_ms, |ms| ms.min(at_ms)));
        self.last_purchase_ms = self.last_purchase_ms.max(Some(at_ms));
        self.count_uses(&purchase.codes, &purchase.rewards, 1);
        self.remember_categories(purchase.categories.iter().cloned());
        self.take_shares(day, &purchase.redeemed, postings);
        let points = purchase.points.max(0);
        self.remember_earning(day, points);
        let days = purchase.lot;
        self.give(Lot { days, points }, Book::Earned, postings);
    }

    /// Claws the earning back before it gives spent points back, so that what the customer owes for the
    /// one is paid by the other.
    fn undo(&mut self, undo: &Undo, postings: &mut Postings) {
        let sold_on = undo.lot.earned_on;
        let undone = i64::from(undo.is_full);
        self.purchases = self.purchases.saturating_sub(undone);
        self.spent = self.spent.saturating_sub(undo.money.minor());
        let money = undo.money.minor().saturating_neg();
        self.remember_visit(sold_on, undone.saturating_neg(), money);
        self.count_uses(&undo.codes, &undo.rewards, -1);
        let points = undo.points_taken_back.max(0);
        self.remember_earning(sold_on, points.saturating_neg());
        let days = undo.lot;
        let taking = Taking {
            day: undo.day,
            first: &[Lot { days, points }],
            points,
            into: Book::Reversed,
        };
        self.take(&taking, postings);
        self.give_shares_back(undo.day, &undo.given_back, postings);
    }

    fn redeem(&mut self, redemption: &Redemption, postings: &mut Postings) {
        count(&mut self.rewards, redemption.reward.clone(), 1);
        self.coupons.extend(redemption.coupon.clone());
        self.forget_coupons();
        self.take_shares(redemption.day, &redemption.lots, postings);
    }

    fn return_reward(&mut self, returned: &Redemption, postings: &mut Postings) {
        count(&mut self.rewards, returned.reward.clone(), -1);
        if let Some(coupon) = &returned.coupon {
            self.coupons.remove(coupon);
        }
        self.give_shares_back(returned.day, &returned.lots, postings);
    }

    fn adjust(&mut self, day: NaiveDate, points: i64, days: LotDays, postings: &mut Postings) {
        if points >= 0 {
            self.give(Lot { days, points }, Book::Adjusted, postings);
            return;
        }
        let taking = Taking {
            day,
            first: &[],
            points: points.saturating_neg(),
            into: Book::Adjusted,
        };
        self.take(&taking, postings);
    }

    /// Points of a referral are earned on their day, as PRICING section 10 says, and count for tiers.
    fn gain_by_referral(&mut self, gain: ReferralGain, postings: &mut Postings) {
        self.count_referral(gain.role, 1);
        let points = gain.lot.points.max(0);
        self.remember_earning(gain.lot.days.earned_on, points);
        self.give(gain.lot, Book::Referral, postings);
    }

    fn take_referral_back(&mut self, day: NaiveDate, gain: ReferralGain, postings: &mut Postings) {
        self.count_referral(gain.role, -1);
        let points = gain.lot.points.max(0);
        self.remember_earning(gain.lot.days.earned_on, points.saturating_neg());
        let taking = Taking {
            day,
            first: &[gain.lot],
            points,
            into: Book::Referral,
        };
        self.take(&taking, postings);
    }

    fn count_referral(&mut self, role: ReferralRole, change: i64) {
        let counted = match role {
            ReferralRole::Referrer => &mut self.referral.brought,
            ReferralRole::Referred => &mut self.referral.bonuses,
        };
        *counted = counted.saturating_add(change);
    }

    fn take_shares(&mut self, day: NaiveDate, shares: &[Lot], postings: &mut Postings) {
        let taking = Taking {
            day,
            first: shares,
            points: lots_sum(shares),
            into: Book::Redeemed,
        };
        self.take(&taking, postings);
    }

    fn give_shares_back(&mut self, day: NaiveDate, shares: &[Lot], postings: &mut Postings) {
        for share in shares {
            let days = share.days.given_back_on(day);
            self.give(Lot { days, ..*share }, Book::Returned, postings);
        }
    }

    fn count_uses(&mut self, codes: &[CodeText], rewards: &[String], change: i64) {
        for code in codes {
            count(&mut self.code_uses, code.clone(), change);
        }
        for reward in rewards {
            count(&mut self.rewards, reward.clone(), change);
        }
    }

    fn remember_earning(&mut self, day: NaiveDate, points: i64) {
        count(&mut self.earned_by_day, day, points);
        while self.earned_by_day.len() > EARNING_DAYS_KEPT {
            self.earned_by_day.pop_first();
        }
    }

    fn remember_visit(&mut self, day: NaiveDate, sales: i64, spent: i64) {
        let visit = self.visits.entry(day).or_default();
        visit.sales = visit.sales.saturating_add(sales);
        visit.spent = visit.spent.saturating_add(spent);
        if *visit == Visit::default() {
            self.visits.remove(&day);
        }
        while self.visits.len() > VISIT_DAYS_KEPT {
            self.visits.pop_first();
        }
    }

    fn remember_categories(&mut self, categories: impl IntoIterator<Item = String>) {
        self.categories.extend(categories);
        while self.categories.len() > CATEGORIES_KEPT {
            self.categories.pop_last();
        }
    }

    /// Keeps [`COUPONS_KEPT`]: a coupon that was paid for and not used goes last.
    pub(super) fn forget_coupons(&mut self) {
        while self.coupons.len() > COUPONS_KEPT {
            let used = self
                .coupons
                .iter()
                .find(|coupon| self.uses_of(&coupon.code) > 0);
            match used.cloned() {
                Some(used) => self.coupons.remove(&used),
                None => self.coupons.pop_first().is_some(),
            };
        }
    }

    fn remember_badge(&mut self, badge: String, day: NaiveDate) {
        let awarded = self.badges.entry(badge).or_insert(day);
        *awarded = day.min(*awarded);
    }
}

/// Adds to a count, and forgets it at zero.
fn count<K: Ord>(counts: &mut BTreeMap<K, i64>, key: K, change: i64) {
    use std::collections::btree_map::Entry;
    match counts.entry(key) {
        Entry::Vacant(vacant) => {
            if change != 0 {
                vacant.insert(change);
            }
        }
        Entry::Occupied(mut occupied) => {
            let counted = occupied.get().saturating_add(change);
            if counted == 0 {
                occupied.remove();
            } else {
                occupied.insert(counted);
            }
        }
    }
}

#[cfg(test)]
mod tests;
