//! What can happen to an account. A fact carries everything: no program is asked when it is folded.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::code::CodeText;
use crate::money::Amount;

use super::Account;
use super::lot::{Lot, LotDays};

/// One thing that happened to a customer's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A paid sale.
    Purchase(Purchase),
    /// A sale came back, whole or in part.
    Refund(Undo),
    /// A sale was voided: everything it did is undone.
    Void(Undo),
    /// Points bought a reward outside a sale.
    Redemption(Redemption),
    /// Such a reward came back, with the points it had cost.
    RewardReturned(Redemption),
    /// The rest of a lot whose last day went by before `day`.
    Expiry {
        /// The store's local day of the entry.
        day: NaiveDate,
        /// The lot and what it held; if it holds less by now, that is what expires.
        lot: Lot,
    },
    /// The customer was brought by somebody.
    ReferralRegistered(Referrer),
    /// The customer's own referral code was made.
    OwnCode {
        /// Milliseconds since the epoch; of two codes the first is the customer's, the other an alias.
        at_ms: i64,
        /// The code.
        code: CodeText,
    },
    /// Points for having brought a customer, or for having been brought.
    ReferralBonus(ReferralGain),
    /// The same taken back, because the sale that earned it was undone on `day`.
    ReferralTakenBack {
        /// The store's local day of the taking back.
        day: NaiveDate,
        /// What is taken back.
        gain: ReferralGain,
    },
    /// Points given or taken by hand.
    Adjustment {
        /// The store's local day.
        day: NaiveDate,
        /// Points: above zero given, below zero taken. They do not count for tiers.
        points: i64,
        /// The lot that given points make.
        lot: LotDays,
    },
    /// Another record of the same person becomes part of this one. The state comes from
    /// [`Account::hand_over`] of that record, which is empty from then on.
    Merge {
        /// The store's local day.
        day: NaiveDate,
        /// What the other record had.
        absorbed: Box<Account>,
    },
    /// The customer moved to another tier.
    TierMoved(HeldTier),
    /// The customer got a badge. Of two awards of one badge the earlier stands.
    BadgeAwarded {
        /// The store's local day.
        day: NaiveDate,
        /// Slug of the badge.
        badge: String,
    },
}

/// A paid sale as the account sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// What was paid, minor units.
    pub total: Amount,
    /// Points earned, at least 0.
    pub points: i64,
    /// The lot that they make; its day of earning is the day of the sale.
    pub lot: LotDays,
    /// Points spent on the sale, as tender or on rewards: the lots as the till took them.
    pub redeemed: Vec<Lot>,
    /// Codes consumed.
    pub codes: Vec<CodeText>,
    /// Slugs of rewards applied to the basket, each as often as it was.
    pub rewards: Vec<String>,
    /// Categories that were bought.
    pub categories: Vec<String>,
}

impl Purchase {
    /// A purchase that only earns: the start of a test or an import.
    pub const fn earning(at_ms: i64, total: Amount, points: i64, lot: LotDays) -> Self {
        Self {
            at_ms,
            total,
            points,
            lot,
            redeemed: Vec::new(),
            codes: Vec::new(),
            rewards: Vec::new(),
            categories: Vec::new(),
        }
    }

    /// What undoes all of it on `day`: the inverse that a void or a full refund in one go applies.
    pub fn undone_on(&self, day: NaiveDate) -> Undo {
        Undo {
            day,
            lot: self.lot,
            money: self.total,
            points_taken_back: self.points,
            given_back: self.redeemed.clone(),
            codes: self.codes.clone(),
            rewards: self.rewards.clone(),
            is_full: true,
        }
    }
}

/// The undoing of a sale, whole or in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// The store's local day on which it was undone.
    pub day: NaiveDate,
    /// The lot that the sale made; its day of earning is the day of the sale.
    pub lot: LotDays,
    /// Money given back, minor units.
    pub money: Amount,
    /// Points taken back of those that the sale earned, at least 0.
    pub points_taken_back: i64,
    /// Points given back of those spent on the sale, with the lots they were taken from.
    pub given_back: Vec<Lot>,
    /// Codes whose use comes back.
    pub codes: Vec<CodeText>,
    /// Rewards whose use comes back.
    pub rewards: Vec<String>,
    /// Whether nothing of the sale is left: it is no purchase any more.
    pub is_full: bool,
}

/// Points that bought a reward outside a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redemption {
    /// The store's local day; of the return, when it came back.
    pub day: NaiveDate,
    /// Slug of the reward.
    pub reward: String,
    /// The lots as the till took them; given back to them, when it came back.
    pub lots: Vec<Lot>,
    /// The reward coupon that it made.
    pub coupon: Option<HeldCoupon>,
}

/// A reward coupon that a customer holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldCoupon {
    /// The local day on which it was made.
    pub made_on: NaiveDate,
    /// Its own text.
    pub code: CodeText,
    /// Slug of the reward it gives.
    pub reward: String,
    /// The last local day on which it can be used; none: no end.
    pub valid_until: Option<NaiveDate>,
}

/// Who brought a customer, and when it was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Referrer {
    /// Milliseconds since the epoch; of two registrations the first stands.
    pub at_ms: i64,
    /// The customer who brought this one.
    pub customer: Uuid,
}

/// On which side of a referral a customer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReferralRole {
    /// Brought somebody.
    Referrer,
    /// Was brought.
    Referred,
}

/// Points of a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferralGain {
    /// For which side.
    pub role: ReferralRole,
    /// The lot they make and how many they are; 0 when the program gives this side nothing.
    pub lot: Lot,
}

/// The tier that was announced to a customer last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldTier {
    /// The local day of the move.
    pub since: NaiveDate,
    /// Milliseconds since the epoch; of two moves the later stands.
    pub at_ms: i64,
    /// Slug of the tier.
    pub tier: String,
}
