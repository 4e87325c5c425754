//! The rules in force: versioned, immutable once published.

mod codes;
mod resolve;

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::badge::Badge;
use crate::code::Benefit;
use crate::code::series::SeriesKey;
use crate::money::{Amount, BasisPoints, Currency};
use crate::score::ScoreRules;
pub use codes::Codes;
pub use resolve::Resolved;

/// How several percents meet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stacking {
    /// Each works on the gross of its own lines: 10% + 5% = 15%.
    #[default]
    Additive,
    /// Each works on what the earlier ones left.
    Compounding,
}

/// A named factor of the points formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Stable name, shown through the message catalogue: `tier`, `first_purchase`, `weekend`, or the
    /// slug of a campaign or code.
    pub name: String,
    /// What the points are multiplied by.
    pub multiplier: Decimal,
}

/// How points are earned and how long they live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointsRules {
    /// Points for one major unit of money really paid.
    pub per_unit: Decimal,
    /// Days after the local day of earning through whose end a lot is usable.
    pub lifetime_days: u32,
    /// Days after the local day of earning before which a lot is pending; 0: usable at once.
    pub pending_days: u32,
    /// The fewest points that can be redeemed at once.
    pub minimum_redeem: i64,
    /// Money that one redeemed point pays, minor units; zero: points cannot pay.
    pub point_value: Amount,
    /// Factor of a customer's first purchase.
    pub first_purchase: Option<Decimal>,
    /// Factor on the store's local Saturday and Sunday.
    pub weekend: Option<Decimal>,
    /// Factors that always hold (campaigns in force).
    pub campaigns: Vec<Factor>,
}

/// A level of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// Stable slug.
    pub slug: String,
    /// What a person reads.
    pub name: String,
    /// From what on it holds, inclusive: points earned in the window, or the score, as the
    /// [`TierBasis`] says.
    pub from_points: i64,
    /// Factor of the points formula.
    pub multiplier: Decimal,
    /// Percent off every basket.
    pub discount: BasisPoints,
    /// What else it brings, in words of the program's author.
    pub benefits: Vec<String>,
}

/// What tiers are made of (PRICING section 9).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TierBasis {
    /// Points earned in the rolling window.
    #[default]
    Points,
    /// The score of the day.
    Score(ScoreRules),
}

impl TierBasis {
    /// Whether tiers are made of the score.
    pub const fn is_score(&self) -> bool {
        matches!(self, Self::Score(_))
    }
}

/// How tiers are held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierRules {
    /// Ascending by `from_points`; the first begins at 0.
    pub tiers: Vec<Tier>,
    /// What `from_points` of each is held against.
    pub basis: TierBasis,
    /// Length of the rolling window, days.
    pub window_days: u32,
    /// Days of grace before a tier goes down.
    pub grace_days: u32,
}

/// What bringing a new customer is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferralRules {
    /// Points for the customer who brought the new one, once.
    pub bonus_points: i64,
    /// Points for the new customer.
    pub welcome_points: i64,
    /// What the first paid sale must reach, inclusive, minor units.
    pub min_purchase: Amount,
}

/// Something that points buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reward {
    /// Stable slug.
    pub slug: String,
    /// What a person reads.
    pub name: String,
    /// Price in points.
    pub points: i64,
    /// Slug of the lowest tier that may have it.
    pub tier: Option<String>,
    /// What it gives.
    pub benefit: Benefit,
    /// Products that it works on, as a code's do; empty: any.
    pub products: BTreeSet<String>,
    /// Categories that it works on, as a code's do; empty: any.
    pub categories: BTreeSet<String>,
    /// Days through whose end the reward coupon can be used; none: no end.
    pub valid_days: Option<u32>,
    /// The last local day on which it can be redeemed.
    pub valid_until: Option<chrono::NaiveDate>,
    /// How often one customer may have it.
    pub per_customer: Option<u64>,
    /// How many there are in all.
    pub stock: Option<u64>,
}

impl TierRules {
    /// The tier with this slug.
    pub fn tier(&self, slug: &str) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.slug == slug)
    }

    /// How high the tier with this slug stands, 0 for the lowest.
    pub fn rank(&self, slug: &str) -> Option<usize> {
        self.tiers.iter().position(|tier| tier.slug == slug)
    }
}

/// A whole program. `protocol::program` reads and checks its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Version, ascending with each publication.
    pub version: u32,
    /// The currency of every amount in it.
    pub currency: Currency,
    /// How several percents meet.
    pub stacking: Stacking,
    /// The most codes on one basket, tracking codes included, the tier discount not.
    pub max_codes: usize,
    /// All discounts together are at most this share of the gross.
    pub basket_cap: BasisPoints,
    /// Points, if the program has them.
    pub points: Option<PointsRules>,
    /// Tiers, if the program has them.
    pub tiers: Option<TierRules>,
    /// How customers are scored, if they are.
    pub score: Option<ScoreRules>,
    /// What customers can be awarded.
    pub badges: Vec<Badge>,
    /// What points buy.
    pub rewards: Vec<Reward>,
    /// Referral bonuses, if the program has them.
    pub referral: Option<ReferralRules>,
    /// How many signs generated codes have, check sign included. A text of so many signs of
    /// `code::generated::ALPHABET` that is no code is then `bad_check_sign` if its check sign is wrong.
    pub generated_length: Option<usize>,
    /// The secret that makes the members of series; without it no text is one.
    pub series_key: Option<SeriesKey>,
    /// Every code by its text.
    pub codes: Codes,
}

impl Program {
    /// A program without codes, points and tiers: additive stacking of at most five codes, no basket
    /// cap below the gross.
    pub fn bare(currency: Currency) -> Self {
        Self {
            version: 0,
            currency,
            stacking: Stacking::Additive,
            max_codes: 5,
            basket_cap: BasisPoints::WHOLE,
            points: None,
            tiers: None,
            score: None,
            badges: Vec::new(),
            rewards: Vec::new(),
            referral: None,
            generated_length: None,
            series_key: None,
            codes: Codes::new(),
        }
    }
}
