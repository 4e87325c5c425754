//! The feed: every change of a tenant in the order of commits, dense.
//!
//! A page is cut where a transaction ends, so that a terminal never sees half of one, and says how
//! far the terminal's own stream is included in it, so that own entries are neither counted twice nor
//! missed. Every row carries the chain of all rows up to it: a terminal that holds another chain at its
//! position read the feed of a server that was restored since.

use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::row::FeedRow;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The most rows that one page aims at; a longer transaction is still one page.
pub const MAX_LIMIT: u32 = 5000;

/// Rows of a page when nobody says.
pub const DEFAULT_LIMIT: u32 = 500;

/// The bytes of rows that one page aims at; a longer transaction is still one page.
pub const PAGE_BYTES: u64 = 8 << 20;

/// The most bytes of rows in one page: with what stands around them a till reads 64 MiB. A transaction that
/// is longer travels not at all and is named.
pub const MAX_PAGE_BYTES: u64 = 60 << 20;

/// The most bytes of a program, which is one row: a larger one would stand before every till's next page for
/// good, because no version is ever taken out.
pub const MAX_PROGRAM_BYTES: u64 = 50 << 20;

/// What a terminal asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// Its tenant.
    pub tenant: String,
    /// The position it holds.
    pub cursor: u64,
    /// The chain of the feed that it read up to there; none from a terminal that does not say.
    pub hash: Option<EntryHash>,
    /// Rows wanted, at least 1; exceeded only to end with a transaction.
    pub limit: u32,
    /// Whose `own_through` is answered.
    pub stream: Option<Uuid>,
}

/// Rows after a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// In order of position.
    pub rows: Vec<FeedRow>,
    /// The position to ask from next: the last row's, or the cursor when there are none.
    pub next_cursor: u64,
    /// How far the stream is included up to `next_cursor`.
    pub own_through: u64,
    /// Whether there is more after this page.
    pub more: bool,
    /// The chain of the feed up to `next_cursor`; none at a row from before there was one.
    pub next_hash: Option<EntryHash>,
    /// Whether the terminal read another feed than this one: then there are no rows for it.
    pub is_other: bool,
    /// Whether rows after the cursor are gone, see [`crate::compaction`]: then there are none for it here,
    /// and it begins with a snapshot.
    pub is_compacted: bool,
}

/// The chain of the feed after a row:
/// `SHA-256("mostrador/feed/1" || previous || row)`.
pub fn chain(previous: &EntryHash, row: &str) -> EntryHash {
    let mut hasher = Sha256::new();
    hasher.update(b"mostrador/feed/1");
    hasher.update(previous.0);
    hasher.update(row.as_bytes());
    EntryHash(hasher.finalize().into())
}
