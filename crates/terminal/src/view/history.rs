//! What is known of one customer, and why.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::MeritView;

/// A customer's history, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HistoryView {
    /// Whose.
    pub customer_id: String,
    /// Name.
    pub name: String,
    /// Balance, tier, own code, consent: each with its name, in words.
    pub facts: Vec<HistoryFact>,
    /// Badges, challenges, score.
    pub merit: MeritView,
    /// What happened.
    pub events: Vec<HistoryEvent>,
    /// Whether the server answered: entries of every store. Otherwise this till's own.
    pub is_whole: bool,
    /// Where this comes from and until when, in words.
    pub said: String,
    /// What to ask for to get more; none: there is no more.
    pub next: Option<String>,
}

/// A name and a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HistoryFact {
    /// In words.
    pub name: String,
    /// In words.
    pub value: String,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HistoryEvent {
    /// Different for each.
    pub key: String,
    /// Local day, ISO.
    pub day: String,
    /// Local time, `HH:MM`.
    pub time: String,
    /// Name of the store; may be empty.
    pub place: String,
    /// What, in words.
    pub what: String,
    /// Paid, minor units.
    pub amount: Option<i64>,
    /// Points that came or went.
    pub points: i64,
    /// Why, each in words.
    pub reasons: Vec<String>,
}
