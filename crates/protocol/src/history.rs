//! What the server's entries say of one customer, a page at a time, the latest first.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entry::RawEntry;
use crate::message::Disposition;

/// The most entries of one page.
pub const MAX_HISTORY_ENTRIES: u32 = 100;

/// `GET /v1/customers/{id}/history?before=PLACE&limit=N`: entries that name the customer, of every
/// terminal of every store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryReply {
    /// The latest first, by effective time.
    pub entries: Vec<HistoryEntry>,
    /// Where the next page begins; none: this is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<HistoryPlace>,
    /// The server's clock.
    pub server_time_ms: i64,
}

/// An entry as the server keeps it. It holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Where it stands.
    pub place: HistoryPlace,
    /// What became of it.
    pub disposition: Disposition,
    /// Why, for `adjusted` and `held`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its bytes.
    pub entry: RawEntry,
}

/// A place in a customer's history: entries of one moment are told apart by stream and position.
///
/// ```
/// use mostrador_protocol::history::HistoryPlace;
/// let place = HistoryPlace { effective_ms: 7, stream: uuid::Uuid::nil(), seq: 2 };
/// assert_eq!(place.to_string().parse(), Ok(place));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct HistoryPlace {
    /// Effective time, milliseconds since the epoch.
    pub effective_ms: i64,
    /// The stream.
    pub stream: Uuid,
    /// The position in it.
    pub seq: u64,
}

/// Not a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no place in a history")]
pub struct NoPlace(String);

impl fmt::Display for HistoryPlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.effective_ms, self.stream, self.seq)
    }
}

impl FromStr for HistoryPlace {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let read = || {
            let mut parts = text.splitn(3, '.');
            Some(Self {
                effective_ms: parts.next()?.parse().ok()?,
                stream: parts.next()?.parse().ok()?,
                seq: parts.next()?.parse().ok()?,
            })
        };
        read().ok_or_else(|| NoPlace(text.to_owned()))
    }
}

impl From<HistoryPlace> for String {
    fn from(place: HistoryPlace) -> Self {
        place.to_string()
    }
}

impl TryFrom<String> for HistoryPlace {
    type Error = NoPlace;

    fn try_from(text: String) -> Result<Self, NoPlace> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_no_place() {
        for text in ["", "7", "7.x.2", "x.00000000-0000-0000-0000-000000000000.2"] {
            assert!(text.parse::<HistoryPlace>().is_err(), "{text}");
        }
    }
}
