//! The customer as the counter shows them.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{BadgeView, ChallengeView, ReferralForm};

/// The customer on the left pane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CustomerCard {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Last four digits of the phone.
    pub phone_last4: Option<String>,
    /// Name of the tier.
    pub tier: Option<String>,
    /// Slug of the tier, for its colour.
    pub tier_slug: Option<String>,
    /// Points that can be spent now.
    pub balance: i64,
    /// Points owed.
    pub debt: i64,
    /// Age of the balance: seconds since the server last spoke; none: never.
    pub balance_age_s: Option<u64>,
    /// Whether own entries on this till are in the balance that the server has not seen.
    pub balance_has_pending: bool,
    /// How far the next tier is, "340 points to Gold" in words.
    pub progress: Option<ProgressView>,
    /// Until when the tier holds by grace alone and what would keep it, in words; empty while the points
    /// or the score are there.
    pub grace: String,
    /// Completed purchases.
    pub purchases: u64,
    /// Local day of the last visit, ISO.
    pub last_visit: Option<String>,
    /// Who brought them, or that it can still be said; none: the program has no referrals.
    pub referral: Option<ReferralForm>,
    /// Badges won, the latest first.
    pub badges: Vec<BadgeView>,
    /// The badge on the way that is nearest; a challenge of these days goes first.
    pub challenge: Option<ChallengeView>,
}

/// Distance to the next tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProgressView {
    /// The next tier's name.
    pub next: String,
    /// Points missing, or what is missing in the score.
    pub missing: i64,
    /// Share of the way from this tier to the next, in basis points.
    pub progress_bp: u32,
    /// In words.
    pub sentence: String,
}
