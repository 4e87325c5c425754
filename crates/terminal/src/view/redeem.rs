//! What a customer's points buy.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::counter::CounterView;
use super::customer::ProgressView;

/// Points on the open basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RedemptionView {
    /// Points that pay; 0: none of those asked for can.
    pub points: i64,
    /// What they pay, minor units.
    pub amount: i64,
    /// Why they are fewer than asked for, in words; may be empty.
    pub note: String,
}

/// What the customer's points can do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RedeemView {
    /// Name of the customer; none: nobody is identified, and there is nothing else.
    pub customer: Option<String>,
    /// Where the customer stands, if the program has tiers.
    pub tier: Option<TierView>,
    /// Points as money.
    pub points: PointsOffer,
    /// What the program offers, in its order.
    pub rewards: Vec<RewardView>,
    /// Coupons that the customer holds and has not used.
    pub coupons: Vec<CouponView>,
}

/// A tier with what it brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TierView {
    /// Name.
    pub name: String,
    /// Slug, for its colour.
    pub slug: String,
    /// What it brings, each in words of the program.
    pub benefits: Vec<String>,
    /// Points to the next tier.
    pub progress: Option<ProgressView>,
    /// Until when it holds by grace and what would keep it, in words; empty while the points are there.
    pub grace: String,
}

/// Points as money.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PointsOffer {
    /// What the customer can spend and what that is worth, in words.
    pub sentence: String,
    /// The most that can pay for the open basket; 0: none can.
    pub most: i64,
    /// What that pays, minor units.
    pub most_amount: i64,
    /// What the open basket asked for; 0: none.
    pub asked: i64,
    /// Why none can pay, in words; empty when some can.
    pub refusal: String,
}

/// What an amount of points would do, as typed so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PointsPreview {
    /// Points.
    pub points: i64,
    /// What they pay, minor units.
    pub amount: i64,
    /// Still to pay with them, minor units.
    pub due: i64,
    /// Points that the customer keeps.
    pub left: i64,
    /// Why not, in words; empty when it can be.
    pub refusal: String,
}

/// A reward of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RewardView {
    /// Slug.
    pub slug: String,
    /// Name.
    pub name: String,
    /// What it gives, in words; may say no more than the name.
    pub gives: String,
    /// Price.
    pub points: i64,
    /// Tier needed, stock and uses left, last day: each in words.
    pub facts: Vec<String>,
    /// Why it cannot be had, in a few words; empty when it can.
    pub refusal: String,
    /// What it would take off the open basket, minor units.
    pub gain: i64,
    /// Why it cannot be used on the open basket, in a few words; empty when it can.
    pub not_now: String,
}

/// A reward coupon of the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CouponView {
    /// Its text.
    pub code: String,
    /// Name of the reward.
    pub name: String,
    /// Until when it can be used, in words; may be empty.
    pub until: String,
    /// Whether it is on the open basket.
    pub on_basket: bool,
    /// Why its points cannot come back here, in a few words; empty when they can.
    pub kept: String,
}

/// A reward coupon that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CouponMade {
    /// What is printed; none: nothing was bought, and the counter says why.
    pub slip: Option<SlipView>,
    /// The counter with the balance as it is now.
    pub counter: CounterView,
}

/// A reward coupon on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SlipView {
    /// The coupon's text, to be scanned.
    pub code: String,
    /// The slip as monospaced text, 42 columns, in the session's language.
    pub text: String,
    /// What happened, in words.
    pub said: String,
}

/// A sale that took its customer up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TierUpView {
    /// The tier reached.
    pub tier: TierView,
    /// What to say to the customer, in words.
    pub sentence: String,
}
