//! The payloads that move points outside a sale: adjusted, expired, spent on a reward and given back.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::{CouponDocument, LotDocument};

/// Points given or taken by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsAdjusted {
    /// Whose.
    pub customer_id: Uuid,
    /// Slug of the store.
    pub store: String,
    /// Who did it.
    pub cashier_id: Uuid,
    /// Above zero given, below zero taken.
    pub points: i64,
    /// Slug of the reason.
    pub reason: String,
    /// What was written beside it. Never who somebody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The store's wall clock.
    pub local_time: NaiveDateTime,
    /// Last local day on which given points can be spent.
    pub expires_on: NaiveDate,
    /// The manager's approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<Uuid>,
}

/// The rest of a lot whose last day went by. Its cause is the customer and the days of the lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsExpired {
    /// Whose.
    pub customer_id: Uuid,
    /// The local day of the entry, after the lot's last one.
    pub day: NaiveDate,
    /// The lot and what it held.
    pub lot: LotDocument,
}

/// A reward bought with points outside a sale (`reward_redeemed`), or given back (`reward_returned`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardRedeemed {
    /// UUIDv7 of the redemption; the same when it comes back.
    pub redemption_id: Uuid,
    /// Whose points.
    pub customer_id: Uuid,
    /// Slug of the store.
    pub store: String,
    /// Who did it.
    pub cashier_id: Uuid,
    /// The store's wall clock.
    pub local_time: NaiveDateTime,
    /// Slug of the reward.
    pub reward: String,
    /// What it cost; the sum of `lots`.
    pub points: i64,
    /// The lots as the till took them.
    pub lots: Vec<LotDocument>,
    /// The reward coupon that was made for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<CouponDocument>,
}
