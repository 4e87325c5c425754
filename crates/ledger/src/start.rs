//! The check at start-up: does the file still hold what it held.

use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::witness::Testimony;
use crate::{Error, column, entry, stream};

/// The file is older than its witness: somebody put back a copy, or the disk lost commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewound {
    /// The stream that the witness remembers.
    pub stream: Uuid,
    /// Its last entry in the file; 0 when the file does not know the stream.
    pub held_seq: u64,
    /// Its last entry as the witness remembers it.
    pub witnessed_seq: u64,
}

/// Compares with the witness. A rewound stream is sealed, durably: the entries
/// it lost may be on the server, so nothing may ever be written at their positions again.
pub(crate) fn check(
    connection: &mut Connection,
    testimony: Option<&Testimony>,
) -> Result<Option<Rewound>, Error> {
    let Some(head) = stream::head(connection)? else {
        // A file without entries that once had some was refused before this.
        return Ok(None);
    };
    let Some(testimony) = testimony.filter(|testimony| testimony.seq > 0) else {
        return Ok(None);
    };
    let held_seq = stream::seq_of(connection, testimony.stream)?.unwrap_or(0);
    let held_hash = entry::hash_at(connection, testimony.stream, testimony.seq)?;
    if held_hash == Some(testimony.hash) {
        return Ok(None);
    }
    let transaction = connection.transaction()?;
    stream::seal(&transaction, head.stream, "rewound")?;
    transaction.commit()?;
    tracing::error!(
        held_seq,
        witnessed_seq = testimony.seq,
        "the ledger is older than its witness: its stream takes no more entries"
    );
    Ok(Some(Rewound {
        stream: testimony.stream,
        held_seq,
        witnessed_seq: testimony.seq,
    }))
}

/// Recomputes the head, before anything is written: only columns that every version has are read.
pub(crate) fn check_head(connection: &Connection) -> Result<(), Error> {
    let sql = "select id, seq, hash from stream order by opened desc limit 1";
    let head = connection
        .prepare(sql)?
        .query_row([], |row| {
            let (stream, seq) = (column::id(row, 0)?, column::count(row, 1)?);
            Ok((stream, seq, column::hash(row, 2)?))
        })
        .optional()?;
    let Some((stream, seq, hash)) = head.filter(|(_, seq, _)| *seq > 0) else {
        return Ok(());
    };
    let previous = entry::hash_at(connection, stream, seq - 1)?;
    let last = entry::at(connection, stream, seq)?;
    match (previous, last) {
        (Some(previous), Some(last)) if last.hash(&previous) == hash => Ok(()),
        _ => Err(Error::ChainBroken { stream, seq }),
    }
}
