//! The program as a document: TOML in a file, JSON on the wire, checked into `loyalty::program`.
//!
//! One idea: there is one set of keys. [`ProgramDocument`] is what both forms hold; a file is read by
//! [`ProgramDocument::parse`], which finds every fault at once and says where it is and what to write;
//! a document that came over the wire is checked by the same rules in [`ProgramDocument::check`].
//! Amounts are whole minor units of `currency`, rates are basis points, multipliers are decimals in
//! quotes, days are `"2026-11-21"`, hours `"08:30"`. `docs/program.md` explains every key.

mod adjustments;
mod badge;
mod bracket;
mod check;
mod compile;
mod consent;
mod default;
mod derived;
mod fault;
#[cfg(test)]
mod fault_test;
mod label;
mod near;
mod read;
mod refunds;
mod shape;
mod text;
mod warn;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use adjustments::AdjustmentsDocument;
pub use badge::{BadgeDocument, ScoreDocument, WeightsDocument};
pub use consent::ConsentDocument;
pub use derived::{SeriesDocument, VariantDocument};
pub use fault::Fault;
pub use label::{LabelDocument, Labelled};
pub use near::nearest;
pub use refunds::{ReasonDocument, RefundsDocument, VoidByDocument};
pub use text::Findings;
pub use warn::{Around, Catalogue, Warning};

/// A whole program as its author writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgramDocument {
    /// At least 1, ascending with each publication.
    pub version: u32,
    /// What the shop calls itself.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// IANA name of the zone whose days, weekends and hours count.
    pub time_zone: String,
    /// `es` or `en`: the language a till starts in.
    #[serde(default = "default::language")]
    pub language: String,
    /// Whether this is a demo, whose PIN screen shows the PINs.
    #[serde(default)]
    pub demo: bool,
    /// How several percents meet.
    #[serde(default)]
    pub stacking: StackingDocument,
    /// The most codes on one basket.
    #[serde(default = "default::max_codes")]
    pub max_codes: u32,
    /// All discounts together are at most this share of the gross.
    #[serde(default = "default::basket_cap_bp")]
    pub basket_cap_bp: u32,
    /// Signs of generated codes, check sign included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated_length: Option<u32>,
    /// The secret that makes the members of series: 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series_key: Option<String>,
    /// How points are earned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<PointsDocument>,
    /// The levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiers: Option<TiersDocument>,
    /// How customers are scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<ScoreDocument>,
    /// What customers are awarded for what they did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub badges: Vec<BadgeDocument>,
    /// What points buy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rewards: Vec<RewardDocument>,
    /// What bringing a new customer is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<ReferralDocument>,
    /// Country code of phone numbers that are typed without one: `"57"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calling_code: Option<String>,
    /// What a new customer agrees to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentDocument>,
    /// What is asked before money goes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunds: Option<RefundsDocument>,
    /// Points by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjustments: Option<AdjustmentsDocument>,
    /// What people read for slugs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelDocument>,
    /// Every code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<CodeDocument>,
}

/// `stacking`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StackingDocument {
    /// Each percent works on the gross of its own lines.
    #[default]
    Additive,
    /// Each percent works on what the earlier ones left.
    Compounding,
}

/// `[points]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsDocument {
    /// Points for one major unit really paid.
    pub per_unit: Decimal,
    /// Days after the day of earning on which points can still be spent.
    #[serde(default = "default::year_days")]
    pub lifetime_days: u32,
    /// Days after the day of earning before which points cannot be spent; 0: at once.
    #[serde(default)]
    pub pending_days: u32,
    /// The fewest points that can be redeemed at once.
    #[serde(default = "default::minimum_redeem")]
    pub minimum_redeem: i64,
    /// What one redeemed point pays, minor units; 0: points cannot pay.
    #[serde(default)]
    pub point_value: i64,
    /// The most points of a customer that a till may spend that does not hold the customer's rights, until
    /// the server has heard of them; none: as many as it knows of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline_points: Option<i64>,
    /// Factor of a customer's first purchase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_purchase: Option<Decimal>,
    /// Factor on Saturday and Sunday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekend: Option<Decimal>,
    /// Factors that always hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub campaigns: Vec<CampaignDocument>,
}

impl Default for PointsDocument {
    /// A point for each major unit, and what a file may leave out as it is then.
    fn default() -> Self {
        Self {
            per_unit: Decimal::ONE,
            lifetime_days: default::year_days(),
            pending_days: 0,
            minimum_redeem: default::minimum_redeem(),
            point_value: 0,
            offline_points: None,
            first_purchase: None,
            weekend: None,
            campaigns: Vec::new(),
        }
    }
}

/// `[[points.campaigns]]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignDocument {
    /// What the receipt calls it.
    pub name: String,
    /// What the points are multiplied by.
    pub multiplier: Decimal,
}

/// `[tiers]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TiersDocument {
    /// What `from_points` of the levels is held against.
    #[serde(default)]
    pub basis: BasisDocument,
    /// Length of the rolling window.
    #[serde(default = "default::year_days")]
    pub window_days: u32,
    /// Days of grace before a tier goes down.
    #[serde(default = "default::grace_days")]
    pub grace_days: u32,
    /// From the lowest to the highest.
    pub levels: Vec<TierDocument>,
}

/// `basis`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BasisDocument {
    /// Points earned in the window.
    #[default]
    Points,
    /// The score of the day.
    Score,
}

/// `[[tiers.levels]]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierDocument {
    /// Stable slug.
    pub slug: String,
    /// What a person reads.
    pub name: String,
    /// Points earned in the window, or the score, from which it holds.
    pub from_points: i64,
    /// Factor of the points formula.
    #[serde(default = "default::one")]
    pub multiplier: Decimal,
    /// Percent off every basket.
    #[serde(default)]
    pub discount_bp: u32,
    /// What else it brings, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub benefits: Vec<String>,
}

/// `[[rewards]]`. At most one of `percent_bp`, `fixed`, `free_product`; none: something that is handed over,
/// which the name says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewardDocument {
    /// Stable slug.
    pub slug: String,
    /// What a person reads.
    pub name: String,
    /// Price in points.
    pub points: i64,
    /// Slug of the lowest tier that may have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Gives a share of the basket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_bp: Option<u32>,
    /// Gives an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<i64>,
    /// Gives units of a product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_product: Option<FreeProductDocument>,
    /// Product ids that it works on; empty: any. As a code's `products`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    /// Category slugs that it works on; empty: any. As a code's `categories`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Days through whose end its coupon can be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_days: Option<u32>,
    /// The last day on which it can be redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// How often one customer may have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_customer_limit: Option<u64>,
    /// How many there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<u64>,
}

/// `[referral]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferralDocument {
    /// Points for who brought the new customer.
    pub bonus_points: i64,
    /// Points for the new customer.
    #[serde(default)]
    pub welcome_points: i64,
    /// What the first paid sale must reach, minor units.
    #[serde(default)]
    pub min_purchase: i64,
}

/// `[[codes]]`. At most one of `percent_bp`, `fixed`, `spend_tiers`, `free_product`,
/// `points_multiplier`, `bonus_points`; none of them: tracking only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeDocument {
    /// What is typed or scanned.
    pub text: String,
    /// Referral code, coupon or reward coupon.
    #[serde(default)]
    pub kind: CodeKindDocument,
    /// The agent it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The customer whose own referral code it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_customer: Option<Uuid>,
    /// A share of the eligible gross.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_bp: Option<u32>,
    /// A fixed amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<i64>,
    /// Percent or amount by threshold of eligible gross.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spend_tiers: Vec<SpendTierDocument>,
    /// Units of a product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_product: Option<FreeProductDocument>,
    /// Factor of the points of the sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_multiplier: Option<Decimal>,
    /// Points on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus_points: Option<i64>,
    /// Whether it may meet other discounting codes.
    #[serde(default)]
    pub stackable: bool,
    /// Higher goes first inside its step.
    #[serde(default)]
    pub priority: i32,
    /// Eligible gross needed.
    #[serde(default)]
    pub min_purchase: i64,
    /// The most it can take off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_discount: Option<i64>,
    /// Product ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    /// Category slugs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Partner slugs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partners: Vec<String>,
    /// Store slugs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<String>,
    /// Customer ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<Uuid>,
    /// Tier slugs of which the customer needs one, or a higher one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub customer_tiers: Vec<String>,
    /// Slug of the badge that the customer needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub badge: Option<String>,
    /// Weekdays and hours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<WindowDocument>,
    /// Only on a customer's first purchase.
    #[serde(default)]
    pub first_purchase_only: bool,
    /// Uses by everybody together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_limit: Option<u64>,
    /// Uses by one customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_customer_limit: Option<u64>,
    /// Uses in one local day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day_limit: Option<u64>,
    /// Discount by everybody together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<i64>,
    /// First day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// Whether it may be used at all.
    #[serde(default = "default::yes")]
    pub active: bool,
    /// When an undone sale gives the use back.
    #[serde(default)]
    pub reinstate: ReinstateDocument,
    /// What a till does that holds no right to it; none: `block`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline: Option<OfflineDocument>,
    /// With `offline = "home_store"`: the slug of that store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_store: Option<String>,
    /// With `offline = "approval"`: the most that it may take off then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline_max: Option<i64>,
    /// Codes of an experiment that override something of this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<VariantDocument>,
    /// Generated codes that are priced like this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesDocument>,
}

/// `kind`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeKindDocument {
    /// Belongs to an agent or a customer.
    Referral,
    /// Given to customers.
    #[default]
    Coupon,
    /// Bought with points.
    Reward,
}

/// `reinstate`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReinstateDocument {
    /// Only when the sale is voided before the day closes.
    #[default]
    Void,
    /// Also on a full return.
    FullReturn,
}

/// `offline`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfflineDocument {
    /// The code is refused.
    Block,
    /// The tills of `home_store` take it.
    HomeStore,
    /// A manager may allow it.
    Approval,
}

/// One of `spend_tiers`. Exactly one of `percent_bp`, `fixed`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpendTierDocument {
    /// Eligible gross from which it holds.
    pub from: i64,
    /// A share of the eligible gross.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_bp: Option<u32>,
    /// A fixed amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<i64>,
}

/// `free_product`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreeProductDocument {
    /// Product id.
    pub product: String,
    /// How many units.
    #[serde(default = "default::one_unit")]
    pub units: u32,
}

/// One of `windows`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowDocument {
    /// `monday` to `sunday`; none: every day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<String>,
    /// `HH:MM`, inside.
    #[serde(default = "default::midnight")]
    pub from: String,
    /// `HH:MM`, outside; at or before `from` it closes on the next day.
    #[serde(default = "default::midnight")]
    pub to: String,
}

impl Default for CodeDocument {
    /// A coupon without text that only counts its uses.
    fn default() -> Self {
        Self {
            text: String::new(),
            kind: CodeKindDocument::default(),
            owner: None,
            owner_customer: None,
            percent_bp: None,
            fixed: None,
            spend_tiers: Vec::new(),
            free_product: None,
            points_multiplier: None,
            bonus_points: None,
            stackable: false,
            priority: 0,
            min_purchase: 0,
            max_discount: None,
            products: Vec::new(),
            categories: Vec::new(),
            partners: Vec::new(),
            stores: Vec::new(),
            customers: Vec::new(),
            customer_tiers: Vec::new(),
            badge: None,
            windows: Vec::new(),
            first_purchase_only: false,
            total_limit: None,
            per_customer_limit: None,
            per_day_limit: None,
            budget: None,
            valid_from: None,
            valid_until: None,
            active: true,
            reinstate: ReinstateDocument::default(),
            offline: None,
            home_store: None,
            offline_max: None,
            variants: Vec::new(),
            series: None,
        }
    }
}

impl ProgramDocument {
    /// An empty program in this currency and time zone: a start for tests and imports.
    pub fn bare(name: &str, currency: &str, time_zone: &str) -> Self {
        Self {
            version: 1,
            name: name.to_owned(),
            currency: currency.to_owned(),
            time_zone: time_zone.to_owned(),
            language: default::language(),
            demo: false,
            stacking: StackingDocument::default(),
            max_codes: default::max_codes(),
            basket_cap_bp: default::basket_cap_bp(),
            generated_length: None,
            series_key: None,
            points: None,
            tiers: None,
            score: None,
            badges: Vec::new(),
            rewards: Vec::new(),
            referral: None,
            calling_code: None,
            consent: None,
            refunds: None,
            adjustments: None,
            labels: Vec::new(),
            codes: Vec::new(),
        }
    }
}
