//! The payload of `sale_completed`, and what it does to accounts and codes.

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::LotDocument;
use crate::lease::{LeaseSpend, OverLimit};

/// A paid basket. Amounts are minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleCompleted {
    /// UUIDv7 of the sale.
    pub sale_id: Uuid,
    /// What is printed: short, unique within the store.
    pub receipt: String,
    /// Slug of the store.
    pub store: String,
    /// The till.
    pub terminal_id: Uuid,
    /// Who sold.
    pub cashier_id: Uuid,
    /// Who bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Uuid>,
    /// The other system's number of this basket; one reference is sold once on a till.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// The store's wall clock at the sale.
    pub local_time: NaiveDateTime,
    /// The lines as sold.
    pub lines: Vec<SaleLine>,
    /// What the tier took off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier_discount: Option<SaleTierDiscount>,
    /// The codes that were accepted.
    pub codes: Vec<SaleCode>,
    /// The codes that were not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<SaleRefusal>,
    /// Sum of the lines' gross.
    pub gross: i64,
    /// Sum of all discounts.
    pub discount: i64,
    /// `gross - discount`.
    pub total: i64,
    /// How it was paid; they sum to `total + change`.
    pub tenders: Vec<Tender>,
    /// Cash given back.
    pub change: i64,
    /// Points earned, when a customer was identified and the program has points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<SalePoints>,
    /// Points that paid a part of it; the tender of kind `points` is their amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_redeemed: Option<PointsRedeemed>,
    /// Rewards that points bought for this basket.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rewards: Vec<SaleReward>,
    /// What it spends of leases, each at most once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leases: Vec<LeaseSpend>,
}

/// Points used as money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsRedeemed {
    /// How many; the sum of `lots`.
    pub points: i64,
    /// What they paid, minor units.
    pub amount: i64,
    /// The lots as the till took them.
    pub lots: Vec<LotDocument>,
}

/// A reward applied to the basket at once. What it took off stands in `codes` under `code`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleReward {
    /// Slug of the reward.
    pub reward: String,
    /// The code made for it.
    pub code: String,
    /// What it cost; the sum of `lots`.
    pub points: i64,
    /// The lots as the till took them.
    pub lots: Vec<LotDocument>,
}

/// One line of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleLine {
    /// Product id.
    pub product: String,
    /// Stock keeping unit.
    pub sku: String,
    /// What the receipt says.
    pub name: String,
    /// Price of one unit.
    pub unit_price: i64,
    /// Units, a decimal string.
    pub quantity: Decimal,
    /// Category slugs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Whose product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// Unit price x quantity.
    pub gross: i64,
    /// All shares on this line.
    pub discount: i64,
    /// `gross - discount`.
    pub net: i64,
    /// Whether it earned.
    pub earns_points: bool,
}

/// The tier's percent row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleTierDiscount {
    /// Slug of the tier.
    pub tier: String,
    /// What it took off.
    pub amount: i64,
    /// Per line.
    pub shares: Vec<i64>,
}

/// An accepted code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleCode {
    /// Normalised text; the variant's, where one was assigned.
    pub text: String,
    /// The code that it is a variant or a series member of: the use counts for both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Whether the parent was scanned and this variant assigned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub assigned: bool,
    /// `referral`, `coupon` or `reward`.
    pub kind: String,
    /// The agent it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What it took off.
    pub amount: i64,
    /// Per line.
    pub shares: Vec<i64>,
    /// Whether this sale used it up.
    pub consumed: bool,
    /// That the till had no right left to it, and why it was let by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_limit: Option<OverLimit>,
}

impl SaleCode {
    /// What the customer brought: the parent's text where a variant was assigned.
    pub fn scanned(&self) -> &str {
        let parent = self.parent.as_deref().filter(|_| self.assigned);
        parent.unwrap_or(&self.text)
    }
}

/// A refused code, for the reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleRefusal {
    /// Normalised text.
    pub text: String,
    /// `loyalty::refusal::Refusal::code`.
    pub refusal: String,
}

/// A means of payment used. Never card data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tender {
    /// `cash`, `card`, `transfer`, `gift_card` or `points`.
    pub kind: String,
    /// Minor units handed over.
    pub amount: i64,
}

/// How the points came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalePoints {
    /// Money that earned.
    pub base: i64,
    /// Points for one major unit.
    pub per_unit: Decimal,
    /// Each factor other than 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<PointsFactor>,
    /// Points added after the floor.
    #[serde(default)]
    pub bonus: i64,
    /// What the customer earned.
    pub earned: i64,
    /// Last local day on which they can be spent.
    pub expires_on: NaiveDate,
    /// First local day on which they can be spent; none: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usable_from: Option<NaiveDate>,
}

/// A named factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsFactor {
    /// Stable name.
    pub name: String,
    /// A decimal string.
    pub multiplier: Decimal,
}
