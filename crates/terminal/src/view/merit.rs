//! What a customer has won, is on the way to, and is worth to the shop.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Badges, challenges and the score of a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MeritView {
    /// What was won, the latest first.
    pub badges: Vec<BadgeView>,
    /// What can be won now, in the order of [`CustomerCard::challenge`](super::CustomerCard::challenge).
    pub challenges: Vec<ChallengeView>,
    /// The score; none: the program has none.
    pub score: Option<ScoreView>,
}

/// A badge that was won.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BadgeView {
    /// Slug.
    pub slug: String,
    /// Name.
    pub name: String,
    /// Since when, or what to say to the customer, in words.
    pub sentence: String,
    /// Whether it was won after the customer was here last, or by the sale just paid: nobody has told
    /// them yet.
    pub is_new: bool,
}

/// A badge on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChallengeView {
    /// Slug.
    pub slug: String,
    /// Name.
    pub name: String,
    /// Share of the way, in basis points.
    pub progress_bp: u32,
    /// "2 of 3 purchases this week".
    pub sentence: String,
    /// Points that come with it and codes that it opens, in words; may be empty.
    pub gives: String,
}

/// A score and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScoreView {
    /// 0 to 100.
    pub total: i64,
    /// What depends on it, in words; may be empty.
    pub note: String,
    /// The parts that count for something.
    pub parts: Vec<ScorePartView>,
}

/// A part of a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScorePartView {
    /// Stable code: `frequency`, `amount`, `recency`, `variety`, `referrals`.
    pub kind: String,
    /// Name.
    pub name: String,
    /// 0 to 100.
    pub score: i64,
    /// What was found and what would be enough, in words.
    pub sentence: String,
    /// "counts 30 %".
    pub weight: String,
}
