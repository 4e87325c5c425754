//! What can go wrong with the till's file, and what to do about it.

use std::io::ErrorKind;
use std::path::PathBuf;

use mostrador_protocol as protocol;
use rusqlite::ErrorCode;
use thiserror::Error;
use uuid::Uuid;

/// Everything that the ledger can answer instead of what was asked.
///
/// The file is never overwritten, truncated or replaced by any of these.
#[derive(Debug, Error)]
pub enum Error {
    /// Another instance holds the file.
    #[error("{} is in use by another Mostrador on this machine: use that window, or close it first", path.display())]
    AlreadyOpen {
        /// The ledger file.
        path: PathBuf,
    },
    /// An entry spends more of a lease than is left of it.
    #[error("lease {lease} has {left} left and {wanted} were to be spent: nothing was recorded")]
    LeaseSpent {
        /// Which.
        lease: Uuid,
        /// What is left of it; 0 when it ended or is not here.
        left: i64,
        /// What the entry spends.
        wanted: i64,
    },
    /// The file is readable without a key.
    #[error("{} is a database without encryption and not this till's: move it away, nothing was changed", path.display())]
    NotEncrypted {
        /// The ledger file.
        path: PathBuf,
    },
    /// This build has no encryption, so it must not write anything.
    #[error("this build of SQLite cannot encrypt {}: install a build with SQLCipher", path.display())]
    NoCipher {
        /// The ledger file.
        path: PathBuf,
    },
    /// The key does not open the file.
    #[error(
        "the key does not open {}: put back the key it was made with, or move the file away if it is \
         not this till's; nothing was changed", path.display()
    )]
    WrongKey {
        /// The ledger file.
        path: PathBuf,
    },
    /// The file opens with the key and is somebody else's.
    #[error("{} is not a Mostrador ledger: move it away, nothing was changed", path.display())]
    Foreign {
        /// The ledger file.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error(
        "{} is damaged ({detail}): keep the file, restore the latest copy of it or enrol this till again; \
         what the server acknowledged is safe there", path.display()
    )]
    Corrupt {
        /// The ledger file.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// The file is gone although the witness remembers entries.
    #[error(
        "{} is gone, and it held {seq} entries: put it back, or remove {} to begin again", path.display(), witness.display()
    )]
    Missing {
        /// The ledger file.
        path: PathBuf,
        /// The file that remembers.
        witness: PathBuf,
        /// Entries it held.
        seq: u64,
    },
    /// A later version of the program wrote the file.
    #[error("{} was written by a later version: update Mostrador, nothing was changed", path.display())]
    Newer {
        /// The ledger file.
        path: PathBuf,
    },
    /// The stored head is not the hash of the last entry, or the chain does not verify.
    #[error(
        "entry {seq} of stream {stream} does not fit the chain: keep the file and call support"
    )]
    ChainBroken {
        /// Which stream.
        stream: Uuid,
        /// The first entry that does not fit.
        seq: u64,
    },
    /// There is no stream to write to.
    #[error("this till has no stream yet: enrol it first")]
    NoStream,
    /// The stream can take no more entries.
    #[error("stream {stream} was closed ({reason}): open a new stream first")]
    StreamSealed {
        /// Which stream.
        stream: Uuid,
        /// `rewound`, `fork` or `continued`.
        reason: String,
    },
    /// A stream begins with `stream_opened`, and only there.
    #[error("entry {seq} of a stream cannot be {kind}: a stream begins with stream_opened, once")]
    Opening {
        /// Position in the stream.
        seq: u64,
        /// The kind that was to be recorded.
        kind: &'static str,
    },
    /// The basket of this number is sold already.
    #[error("the basket {reference} was sold already: show its receipt instead")]
    ReferenceSold {
        /// The other system's number.
        reference: String,
    },
    /// A sale was voided or a reward given back before.
    #[error("{id} was undone already: nothing is left of it to undo")]
    AlreadyUndone {
        /// The sale, the refund, or the redemption.
        id: Uuid,
    },
    /// What is to be recorded does not add up, or a refund does not follow from its sale.
    #[error("refusing to record what does not add up")]
    Sale(#[from] protocol::entry::Fault),
    /// A reply acknowledges what this till never wrote.
    #[error("the server acknowledges entry {through} of stream {stream}, which ends at {head}")]
    AcknowledgedTooFar {
        /// Which stream.
        stream: Uuid,
        /// What the reply says.
        through: u64,
        /// The last entry there.
        head: u64,
    },
    /// A reply acknowledges entries of a copy of this till.
    #[error("the server holds another entry {through} of stream {stream} than this till wrote")]
    AcknowledgedOther {
        /// Which stream.
        stream: Uuid,
        /// What the reply says.
        through: u64,
    },
    /// A commit could not be made durable; nothing more is acknowledged by this process.
    #[error(
        "the disk refused to keep a commit: free space or replace the disk, then start Mostrador again"
    )]
    Halted,
    /// Bytes of an entry cannot be read.
    #[error("reading an entry of the ledger")]
    Entry(#[from] protocol::Error),
    /// A row cannot be written as JSON, or what is kept of one is none.
    #[error("writing or reading a replicated row")]
    Document(#[from] serde_json::Error),
    /// The schema cannot be brought up to date.
    #[error("bringing the ledger's tables up to date")]
    Migration(#[source] Box<refinery::Error>),
    /// A file beside the ledger cannot be read or written.
    #[error("using {}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// SQLite refused.
    #[error("asking the ledger")]
    Sql(#[from] rusqlite::Error),
}

impl Error {
    /// A stable code, the key of this error's sentence in the message catalogue.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadyOpen { .. } => "ledger_already_open",
            Self::NotEncrypted { .. } => "ledger_not_encrypted",
            Self::NoCipher { .. } => "ledger_no_cipher",
            Self::WrongKey { .. } => "ledger_wrong_key",
            Self::Foreign { .. } => "ledger_foreign",
            // SQLCipher hands out zeros for a page of a long value that fails its authentication, and says
            // nothing. What is long here is JSON, in which a zero byte cannot stand: reading it fails.
            Self::Corrupt { .. } | Self::Entry(_) | Self::Document(_) => "ledger_corrupt",
            Self::Missing { .. } => "ledger_missing",
            Self::Newer { .. } => "ledger_newer",
            Self::ChainBroken { .. } => "ledger_chain_broken",
            Self::NoStream => "ledger_no_stream",
            Self::StreamSealed { .. } => "ledger_stream_sealed",
            Self::Opening { .. } => "ledger_opening",
            Self::ReferenceSold { .. } => "ledger_reference_sold",
            Self::LeaseSpent { .. } => "ledger_lease_spent",
            Self::AlreadyUndone { .. } => "ledger_already_undone",
            Self::Sale(_) => "ledger_sale",
            Self::AcknowledgedTooFar { .. } => "ledger_acknowledged_too_far",
            Self::AcknowledgedOther { .. } => "ledger_acknowledged_other",
            Self::Halted => "ledger_halted",
            Self::Migration(_) => "ledger_migration",
            Self::File { source, .. } if source.kind() == ErrorKind::StorageFull => "ledger_full",
            Self::File { .. } => "ledger_file",
            Self::Sql(error) => sql_code(error),
        }
    }
}

/// A page that fails its authentication while the till is open is the damage that opening would have found.
fn sql_code(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => "ledger_corrupt",
        Some(ErrorCode::DiskFull) => "ledger_full",
        _ => "ledger_sql",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_and_a_full_disk_have_their_names_whenever_they_are_found() {
        let code = |result: i32| {
            let error = rusqlite::ffi::Error::new(result);
            Error::Sql(rusqlite::Error::SqliteFailure(error, None)).code()
        };
        assert_eq!(code(rusqlite::ffi::SQLITE_CORRUPT), "ledger_corrupt");
        assert_eq!(code(rusqlite::ffi::SQLITE_NOTADB), "ledger_corrupt");
        assert_eq!(code(rusqlite::ffi::SQLITE_FULL), "ledger_full");
        assert_eq!(code(rusqlite::ffi::SQLITE_BUSY), "ledger_sql");
        let zeros = serde_json::from_slice::<String>(b"\"long\0\0\0");
        let zeros = zeros.expect_err("no JSON has a zero byte");
        assert_eq!(Error::Document(zeros).code(), "ledger_corrupt");
        let full = Error::File {
            path: PathBuf::new(),
            source: ErrorKind::StorageFull.into(),
        };
        assert_eq!(full.code(), "ledger_full");
    }
}
