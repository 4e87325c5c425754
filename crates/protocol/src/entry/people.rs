//! The payloads about customers and staff: referrals, merges, tiers, badges and approvals. Ids only:
//! names and phones never stand in an entry.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::LotDocument;

/// The customer's own referral code was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralCodeMade {
    /// Whose.
    pub customer_id: Uuid,
    /// Its text.
    pub code: String,
}

/// A customer was brought by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralRegistered {
    /// Who was brought.
    pub customer_id: Uuid,
    /// Who brought them.
    pub referrer_id: Uuid,
    /// The referral code that was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Who registered it.
    pub cashier_id: Uuid,
    /// The store's wall clock.
    pub local_time: NaiveDateTime,
}

/// The bonus of a referral, or its taking back. Its cause is the sale and whether it is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralBonus {
    /// Who was brought.
    pub customer_id: Uuid,
    /// Who brought them.
    pub referrer_id: Uuid,
    /// The sale that earned it.
    pub sale_id: Uuid,
    /// The local day of the entry.
    pub day: NaiveDate,
    /// The lot for who brought; 0 points where the program gives none.
    pub bonus: LotDocument,
    /// The lot for who was brought; 0 points where the program gives none.
    pub welcome: LotDocument,
    /// Whether the two are taken back, because the sale was undone.
    #[serde(default)]
    pub taken_back: bool,
}

/// Two records of one person become one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerLinked {
    /// The record that stays.
    pub survivor_id: Uuid,
    /// The record that is empty afterwards.
    pub absorbed_id: Uuid,
    /// Who did it.
    pub cashier_id: Uuid,
    /// The store's wall clock.
    pub local_time: NaiveDateTime,
    /// The manager's approval, if one was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<Uuid>,
}

/// A customer moved to another tier. Its cause is the customer, the day and the tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierMoved {
    /// Who.
    pub customer_id: Uuid,
    /// The tier before, if one was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The tier now.
    pub to: String,
    /// The local day of the move.
    pub day: NaiveDate,
    /// What the window held on that day.
    pub window_points: i64,
}

/// A customer got a badge. Its cause is the customer and the badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadgeAwarded {
    /// Who.
    pub customer_id: Uuid,
    /// Slug of the badge.
    pub badge: String,
    /// The local day.
    pub day: NaiveDate,
    /// The lot of points that came with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus: Option<LotDocument>,
}

/// A manager allowed something with the PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalGiven {
    /// UUIDv7 by which the entry that it allows names it.
    pub approval_id: Uuid,
    /// Who allowed.
    pub manager_id: Uuid,
    /// Who asked.
    pub cashier_id: Uuid,
    /// Slug of what was allowed, as `points_adjusted`.
    pub action: String,
    /// The customer, sale or code it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Points or minor units it was allowed for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// The store's wall clock.
    pub local_time: NaiveDateTime,
}
