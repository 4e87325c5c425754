//! How large a batch is: less after what was too slow or too large, more after what was taken.

use mostrador_protocol::message::{MAX_BATCH_BYTES, MAX_BATCH_ENTRIES};

/// The bytes that belong to the smallest batch.
const SMALLEST_BATCH_BYTES: usize = 16 << 10;

/// How large the next batch may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Entries, at least 1.
    pub entries: usize,
    /// Bytes of entries; a single larger entry is sent alone.
    pub bytes: usize,
}

impl Limit {
    pub(super) const LARGEST: Self = Self {
        entries: MAX_BATCH_ENTRIES,
        bytes: MAX_BATCH_BYTES,
    };

    pub(super) const fn is_smallest(self) -> bool {
        self.entries == 1
    }

    pub(super) fn halved(self) -> Self {
        Self {
            entries: (self.entries / 2).max(1),
            bytes: (self.bytes / 2).max(SMALLEST_BATCH_BYTES),
        }
    }

    pub(super) fn doubled(self) -> Self {
        Self {
            entries: (self.entries * 2).min(MAX_BATCH_ENTRIES),
            bytes: (self.bytes * 2).min(MAX_BATCH_BYTES),
        }
    }
}
