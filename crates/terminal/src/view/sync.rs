//! The strip.

use serde::{Deserialize, Serialize};
use specta::Type;

/// The strip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SyncView {
    /// The worst state that holds.
    pub state: SyncState,
    /// Entries waiting.
    pub waiting: u64,
    /// In words.
    pub sentence: String,
    /// Seconds until the next try by itself, when offline.
    pub retry_in_s: Option<u64>,
    /// What needs attention, in words with what to do.
    pub attention: Vec<String>,
    /// Where this till can be enrolled again, because its server does not know it; none: there is no need.
    pub enrol_at: Option<String>,
    /// Seconds since the server last spoke.
    pub last_contact_s: Option<u64>,
}

/// States of the strip, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// Everything is on the server and back.
    UpToDate,
    /// Work is under way.
    Sending,
    /// No connection; sales are kept.
    Offline,
    /// A person has to do something.
    NeedsAttention,
}
