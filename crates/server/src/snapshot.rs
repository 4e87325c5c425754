//! The rows of a tenant as they stand at one position of its feed, handed out in parts.
//!
//! No copy of them is made: the latest row of every key up to a position is read from the feed, by key, so
//! that parts can be asked for at any time, again, and of any server of the same data. There is nothing
//! to encrypt, to replace or to delete; what is erased is in no snapshot. [`crate::compaction`] keeps
//! exactly the rows that a snapshot needs.

use std::collections::BTreeMap;

use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::row::{FeedRow, Row};
use mostrador_protocol::seal::seal;
use mostrador_protocol::signature::SecretKey;
use mostrador_protocol::snapshot::SnapshotPlace;
use uuid::Uuid;

/// From so many positions on, a terminal that holds nothing is told to begin with a snapshot: below, it
/// has read the feed before anybody looks.
pub const WORTH_ROWS: u64 = 20_000;

/// Bytes of rows after which a part ends, however many rows were asked for.
pub const PART_BYTES: usize = 4 << 20;

/// Where a terminal can begin: the end of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot {
    /// The position.
    pub position: u64,
    /// The chain up to there.
    pub hash: EntryHash,
    /// The generation of the feed.
    pub generation: Uuid,
    /// Customers in it.
    pub customers: u64,
    /// Accounts in it.
    pub accounts: u64,
}

/// What a terminal asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRequest {
    /// Its tenant.
    pub tenant: String,
    /// The position that it was told, and the chain up to there.
    pub at: (u64, EntryHash),
    /// Where the part before ended.
    pub after: Option<SnapshotPlace>,
    /// The most rows, at least 1.
    pub limit: u32,
}

/// What there is of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Rows by kind and key, and where the next part begins; none: these are the last.
    Rows(Vec<Row>, Option<SnapshotPlace>),
    /// The feed is another one at that position: the server was restored.
    Other,
    /// Rows that it needs are gone: the feed was compacted beyond its position since.
    Gone,
}

/// The seal under each program among `rows`: what a server that was restored needs to take one back.
pub(crate) fn seals<'a>(
    key: &SecretKey,
    tenant: &str,
    rows: impl Iterator<Item = &'a Row>,
) -> BTreeMap<u32, String> {
    let programs = rows.filter_map(|row| match row {
        Row::Program(program) => Some(program),
        _ => None,
    });
    let sealed = programs.filter_map(|program| {
        let document = serde_json::to_string(program).ok()?;
        Some((program.version, seal(key, tenant, &document).ok()?))
    });
    sealed.collect()
}

/// The rows of a page, without their positions.
pub(crate) fn rows_of(page: &[FeedRow]) -> impl Iterator<Item = &Row> {
    page.iter().map(|row| &row.row)
}
