//! The keys of a case file. `fixtures/vectors/README.md` says what they mean.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use serde::Deserialize;

/// `[[case]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    #[serde(rename = "name")]
    pub(super) _name: String,
    #[serde(default, rename = "source")]
    pub(super) _source: String,
    #[serde(default)]
    pub(super) program: ProgramKeys,
    pub(super) lines: Vec<LineKeys>,
    #[serde(default)]
    pub(super) codes: Vec<CodeKeys>,
    #[serde(default)]
    pub(super) rewards: Vec<RewardKeys>,
    #[serde(default)]
    pub(super) scan: Vec<String>,
    pub(super) now: Option<NaiveDateTime>,
    #[serde(default)]
    pub(super) store: String,
    pub(super) customer: Option<CustomerKeys>,
    #[serde(default)]
    pub(super) non_earning_tender: i64,
    pub(super) expect: Expect,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProgramKeys {
    pub(super) currency: Option<String>,
    pub(super) stacking: Option<String>,
    pub(super) max_codes: Option<usize>,
    pub(super) basket_cap_bp: Option<u32>,
    pub(super) generated_length: Option<usize>,
    #[serde(default)]
    pub(super) tier_discount_bp: u32,
    pub(super) points: Option<PointsKeys>,
    #[serde(default)]
    pub(super) tiers: Vec<TierKeys>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PointsKeys {
    pub(super) per_unit: Decimal,
    #[serde(default)]
    pub(super) multipliers: Vec<Decimal>,
    pub(super) first_purchase: Option<Decimal>,
    pub(super) weekend: Option<Decimal>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TierKeys {
    pub(super) slug: String,
    #[serde(default)]
    pub(super) discount_bp: u32,
    pub(super) multiplier: Option<Decimal>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomerKeys {
    #[serde(default)]
    pub(super) id: u64,
    pub(super) tier: Option<String>,
    #[serde(default)]
    pub(super) purchases: u64,
    #[serde(default)]
    pub(super) badges: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LineKeys {
    pub(super) sku: String,
    #[serde(default)]
    pub(super) name: Option<String>,
    pub(super) price: i64,
    pub(super) quantity: Option<Decimal>,
    pub(super) product: Option<String>,
    #[serde(default)]
    pub(super) categories: Vec<String>,
    pub(super) partner: Option<String>,
    #[serde(default)]
    pub(super) floor: i64,
    pub(super) discountable: Option<bool>,
    pub(super) earns_points: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RewardKeys {
    pub(super) text: String,
    pub(super) percent_bp: Option<u32>,
    pub(super) fixed: Option<i64>,
    pub(super) free_product: Option<FreeProductKeys>,
    #[serde(default)]
    pub(super) products: Vec<String>,
    #[serde(default)]
    pub(super) categories: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeKeys {
    pub(super) text: String,
    pub(super) kind: Option<String>,
    pub(super) percent_bp: Option<u32>,
    pub(super) fixed: Option<i64>,
    pub(super) tiers: Option<Vec<(i64, u32)>>,
    pub(super) fixed_tiers: Option<Vec<(i64, i64)>>,
    pub(super) free_product: Option<FreeProductKeys>,
    pub(super) points_multiplier: Option<Decimal>,
    pub(super) bonus_points: Option<i64>,
    #[serde(default)]
    pub(super) stackable: bool,
    #[serde(default)]
    pub(super) priority: i32,
    #[serde(default)]
    pub(super) min_purchase: i64,
    pub(super) max_discount: Option<i64>,
    #[serde(default)]
    pub(super) products: Vec<String>,
    #[serde(default)]
    pub(super) categories: Vec<String>,
    #[serde(default)]
    pub(super) partners: Vec<String>,
    #[serde(default)]
    pub(super) stores: Vec<String>,
    #[serde(default)]
    pub(super) customers: Vec<u64>,
    #[serde(default)]
    pub(super) customer_tiers: Vec<String>,
    pub(super) badge: Option<String>,
    #[serde(default)]
    pub(super) windows: Vec<WindowKeys>,
    #[serde(default)]
    pub(super) first_purchase_only: bool,
    pub(super) owner_customer: Option<u64>,
    pub(super) total_limit: Option<u64>,
    #[serde(default)]
    pub(super) total_used: u64,
    pub(super) per_customer_limit: Option<u64>,
    #[serde(default)]
    pub(super) customer_used: u64,
    pub(super) per_day_limit: Option<u64>,
    #[serde(default)]
    pub(super) day_used: u64,
    pub(super) budget: Option<i64>,
    #[serde(default)]
    pub(super) budget_used: i64,
    pub(super) valid_from: Option<NaiveDate>,
    pub(super) valid_until: Option<NaiveDate>,
    pub(super) active: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FreeProductKeys {
    pub(super) product: String,
    pub(super) units: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WindowKeys {
    #[serde(default)]
    pub(super) weekdays: Vec<chrono::Weekday>,
    pub(super) from: chrono::NaiveTime,
    pub(super) to: chrono::NaiveTime,
}

/// What must come out; a key that is left out is not compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    pub(super) gross: Option<i64>,
    pub(super) discount: Option<i64>,
    pub(super) total: Option<i64>,
    pub(super) codes: Option<BTreeMap<String, i64>>,
    pub(super) lines: Option<Vec<i64>>,
    pub(super) refused: Option<BTreeMap<String, String>>,
    pub(super) notes: Option<BTreeMap<String, String>>,
    pub(super) best_set: Option<Vec<String>>,
    pub(super) points: Option<i64>,
    pub(super) gain: Option<i64>,
    pub(super) tier_discount: Option<i64>,
    pub(super) missing: Option<BTreeMap<String, i64>>,
    pub(super) lost: Option<BTreeMap<String, i64>>,
    pub(super) with: Option<BTreeMap<String, String>>,
    pub(super) needs: Option<BTreeMap<String, String>>,
    pub(super) meant: Option<BTreeMap<String, String>>,
    pub(super) capped: Option<Vec<String>>,
    pub(super) consumed: Option<Vec<String>>,
    pub(super) order: Option<Vec<String>>,
    pub(super) factors: Option<Vec<String>>,
}
