//! The wire form of `loyalty::account::Account`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// An account as it travels and as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDocument {
    /// Lots that still hold points.
    #[serde(default)]
    pub lots: Vec<LotDocument>,
    /// Points owed.
    #[serde(default)]
    pub debt: i64,
    /// Points earned by local day.
    #[serde(default)]
    pub earned_by_day: BTreeMap<NaiveDate, i64>,
    /// Completed purchases.
    #[serde(default)]
    pub purchases: u64,
    /// Paid in all purchases, minor units.
    #[serde(default)]
    pub spent: i64,
    /// Milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_purchase_ms: Option<i64>,
    /// Milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_purchase_ms: Option<i64>,
    /// Uses of each code by this customer.
    #[serde(default)]
    pub code_uses: BTreeMap<String, u64>,
}

/// A lot on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotDocument {
    /// The store's local day of earning.
    pub earned_on: NaiveDate,
    /// The last local day on which the points can be spent.
    pub expires_on: NaiveDate,
    /// Points left.
    pub points: i64,
}
