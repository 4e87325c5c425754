//! The server's rows at one position of its feed, part by part: how a terminal begins that has none, or
//! none that the feed still leads on from.
//!
//! A snapshot at position P is the latest row of every key up to P. Rows of the feed never change, so it
//! is the same however often and by which server of several it is asked for: a part that is asked for
//! again, an hour later, is the same part. Leases are not in it: a terminal is told its own by
//! `POST /v1/leases`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entry::EntryHash;
use crate::row::Row;

/// The kinds of rows in the order in which they come: first how far streams are included, which decides
/// how a terminal takes the others; then what a counter needs to sell; then customers, to be found; then
/// their accounts.
pub const KINDS: [&str; 8] = [
    "stream",
    "disposition",
    "program",
    "staff",
    "product",
    "code_use",
    "customer",
    "account",
];

/// The most rows of one part.
pub const MAX_PART_ROWS: u32 = 4_000;

/// `GET /v1/snapshot`: where a terminal can begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotReply {
    /// The position of the feed.
    pub position: u64,
    /// The chain of the feed up to there.
    pub hash: EntryHash,
    /// The server's generation.
    pub generation: Uuid,
    /// Customers in it.
    pub customers: u64,
    /// Accounts in it.
    pub accounts: u64,
    /// The server's clock.
    pub server_time_ms: i64,
}

/// `GET /v1/snapshot/rows?position=P&hash=H&after=PLACE&limit=N`: a part of the snapshot at P.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotPart {
    /// In the order of [`KINDS`], within a kind by key.
    pub rows: Vec<Row>,
    /// Where the next part begins; none: this is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<SnapshotPlace>,
    /// The server's seal under each program among the rows, by version, see [`crate::seal`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seals: BTreeMap<u32, String>,
    /// The server's clock.
    pub server_time_ms: i64,
}

/// A place in a snapshot: after this row.
///
/// ```
/// use mostrador_protocol::snapshot::SnapshotPlace;
/// let place = SnapshotPlace { kind: "product".to_owned(), key: "café 3/4".to_owned() };
/// assert_eq!(place.to_string(), "product.636166c3a920332f34");
/// assert_eq!(place.to_string().parse(), Ok(place));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SnapshotPlace {
    /// One of [`KINDS`].
    pub kind: String,
    /// The row's key.
    pub key: String,
}

impl SnapshotPlace {
    /// The place after a row.
    pub fn after(row: &Row) -> Self {
        let (kind, key) = row.key();
        Self {
            kind: kind.to_owned(),
            key,
        }
    }
}

/// Not a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a place in a snapshot is a kind of rows, a dot, and a key in hex")]
pub struct NoPlace;

impl fmt::Display for SnapshotPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind, hex::encode(&self.key))
    }
}

impl FromStr for SnapshotPlace {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (kind, key) = text.split_once('.').ok_or(NoPlace)?;
        if !KINDS.contains(&kind) {
            return Err(NoPlace);
        }
        let key = hex::decode(key).map_err(|_| NoPlace)?;
        Ok(Self {
            kind: kind.to_owned(),
            key: String::from_utf8(key).map_err(|_| NoPlace)?,
        })
    }
}

impl From<SnapshotPlace> for String {
    fn from(place: SnapshotPlace) -> Self {
        place.to_string()
    }
}

impl TryFrom<String> for SnapshotPlace {
    type Error = NoPlace;

    fn try_from(text: String) -> Result<Self, NoPlace> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_place_is_refused() {
        for text in [
            "",
            "customer",
            "lease.61",
            "customer.6",
            "customer.zz",
            "customer.ff",
            "🎉.61",
        ] {
            assert_eq!(SnapshotPlace::from_str(text), Err(NoPlace), "{text}");
        }
    }
}
