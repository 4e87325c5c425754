//! Points by hand.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{CounterView, ReasonView};

/// What may be adjusted, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdjustmentForm {
    /// Whose points.
    pub customer_id: String,
    /// Name.
    pub name: String,
    /// Points that can be spent now.
    pub balance: i64,
    /// How many points at once and by whom, in words.
    pub rules: String,
    /// What to choose from.
    pub reasons: Vec<ReasonView>,
}

/// What is to be adjusted, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdjustmentInput {
    /// Whose points.
    pub customer_id: String,
    /// Whether points are taken; otherwise given.
    pub takes: bool,
    /// How many, as typed.
    pub points: String,
    /// Slug of the reason.
    pub reason: String,
    /// What there is to say beside it; may be empty.
    pub note: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum AdjustmentSaved {
    /// It is recorded, with both people.
    Adjusted {
        /// The counter, which says so.
        counter: Box<CounterView>,
    },
    /// It cannot be, and nothing was written.
    Refused {
        /// Stable code of the refusal.
        refusal: String,
        /// Why, and what to do, in words with the stable code in brackets.
        sentence: String,
    },
}
