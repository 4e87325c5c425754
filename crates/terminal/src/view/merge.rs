//! Two records of one person.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::CounterView;

/// Two records side by side, and what they would be as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MergeView {
    /// Id of the record that would stay.
    pub survivor_id: String,
    /// Id of the record that would be part of it.
    pub absorbed_id: String,
    /// Name of the record that would stay.
    pub survivor: String,
    /// Name of the other.
    pub absorbed: String,
    /// What is compared.
    pub rows: Vec<MergeRow>,
    /// What else follows, each in words.
    pub notes: Vec<String>,
    /// Why they cannot be one, with what to do and the stable code; empty: they can.
    pub refusal: String,
}

/// One thing of both records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MergeRow {
    /// What, in words.
    pub name: String,
    /// Of the record that stays; may be empty.
    pub survivor: String,
    /// Of the other; may be empty.
    pub absorbed: String,
    /// Of the one record afterwards.
    pub after: String,
    /// Whether both have it and it is the same: a sign that they are one person.
    pub same: bool,
}

/// What came of merging.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum MergeSaved {
    /// It is recorded; the customer is on the open basket.
    Merged {
        /// The counter with them.
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
