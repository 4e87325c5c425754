//! Streams: the gapless series of entries that this till writes, one after the other.

use mostrador_protocol::entry::{CLOCK_SUSPECT_MS, EntryHash};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::{Error, column, entry};

/// Where a stream ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Which stream.
    pub stream: Uuid,
    /// Its last entry; 0 before `stream_opened`.
    pub seq: u64,
    /// The chain up to it.
    pub hash: EntryHash,
    /// Hybrid logical clock of the last entry, of this stream or the one before.
    pub hlc: u64,
    /// Effective time of the last entry, of this stream or the one before.
    pub effective_ms: i64,
    /// The last entry that a server ever acknowledged.
    pub acknowledged: u64,
    /// The last entry up to which the server of this generation is known to hold this very chain.
    pub confirmed: u64,
    /// How far the feed held here includes this stream.
    pub included: u64,
    /// Why it takes no more entries: `rewound`, `fork` or `continued`.
    pub sealed: Option<String>,
    /// The last entry that counts here; those after it were written again in a later stream. None: all
    /// of them count.
    pub kept: Option<u64>,
}

impl Head {
    /// The last entry that counts here.
    pub fn end(&self) -> u64 {
        self.kept.unwrap_or(self.seq)
    }
}

const COLUMNS: &str =
    "id, seq, hash, hlc, effective_ms, acknowledged, included, sealed, confirmed, kept";

fn head_of(row: &Row<'_>) -> rusqlite::Result<Head> {
    Ok(Head {
        stream: column::id(row, 0)?,
        seq: column::count(row, 1)?,
        hash: column::hash(row, 2)?,
        hlc: column::count(row, 3)?,
        effective_ms: row.get(4)?,
        acknowledged: column::count(row, 5)?,
        included: column::count(row, 6)?,
        sealed: row.get(7)?,
        confirmed: column::count(row, 8)?,
        kept: row
            .get::<_, Option<i64>>(9)?
            .and_then(|kept| u64::try_from(kept).ok()),
    })
}

/// The stream that is written now: the one that was opened last. `None` before enrolment.
pub fn head(connection: &Connection) -> Result<Option<Head>, Error> {
    let sql = format!("select {COLUMNS} from stream order by opened desc limit 1");
    let head = connection
        .prepare_cached(&sql)?
        .query_row([], head_of)
        .optional()?;
    Ok(head)
}

/// Every stream of this till in the order of opening; only the last one may take entries.
pub fn all(connection: &Connection) -> Result<Vec<Head>, Error> {
    let sql = format!("select {COLUMNS} from stream order by opened");
    let mut statement = connection.prepare_cached(&sql)?;
    let heads = statement
        .query_map([], head_of)?
        .collect::<Result<_, _>>()?;
    Ok(heads)
}

/// Opens a stream; the one before it takes no more entries. Clocks go on where that one ended. The
/// first entry, `stream_opened`, goes through [`crate::record::record`] in the same transaction.
pub fn open(tx: &Connection, stream: Uuid) -> Result<(), Error> {
    let before = head(tx)?;
    if let Some(before) = before.as_ref().filter(|before| before.sealed.is_none()) {
        seal(tx, before.stream, "continued")?;
    }
    let (hlc, effective_ms) = before.map_or((0, 0), |head| (head.hlc, head.effective_ms));
    tx.prepare_cached(
        "insert into stream (opened, id, seq, hash, hlc, effective_ms)
         values ((select coalesce(max(opened), 0) + 1 from stream), ?, 0, ?, ?, ?)",
    )?
    .execute(params![
        stream.as_bytes(),
        EntryHash::ZERO.0,
        column::integer(hlc),
        effective_ms
    ])?;
    Ok(())
}

/// Closes a stream for good. `reason`: `rewound`, `fork` or `continued`.
pub fn seal(tx: &Connection, stream: Uuid, reason: &str) -> Result<(), Error> {
    tx.prepare_cached("update stream set sealed = ? where id = ? and sealed is null")?
        .execute(params![reason, stream.as_bytes()])?;
    Ok(())
}

/// The server told its time, `now_ms` in milliseconds since the epoch: what a wrong clock wrote before, further
/// ahead than [`CLOCK_SUSPECT_MS`], holds the times of the next entries up no longer.
pub fn let_go_of_the_future(tx: &Connection, now_ms: i64) -> Result<(), Error> {
    tx.prepare_cached("update stream set effective_ms = ?1 where effective_ms > ?2")?
        .execute(params![now_ms, now_ms.saturating_add(CLOCK_SUSPECT_MS)])?;
    Ok(())
}

/// Verifies the whole chain of a stream from its first entry to its head.
pub fn verify(connection: &Connection, stream: Uuid) -> Result<(), Error> {
    let head = all(connection)?
        .into_iter()
        .find(|head| head.stream == stream)
        .ok_or(Error::NoStream)?;
    let mut before = EntryHash::ZERO;
    let mut seq = 0;
    entry::walk(connection, stream, |found, raw, stored| {
        seq += 1;
        before = raw.hash(&before);
        let fits = found == seq && stored == before;
        fits.then_some(()).ok_or(Error::ChainBroken { stream, seq })
    })?;
    if seq == head.seq && before == head.hash {
        Ok(())
    } else {
        Err(Error::ChainBroken { stream, seq })
    }
}

pub(crate) fn seq_of(connection: &Connection, stream: Uuid) -> Result<Option<u64>, Error> {
    let seq = connection
        .prepare_cached("select seq from stream where id = ?")?
        .query_row([stream.as_bytes()], |row| column::count(row, 0))
        .optional()?;
    Ok(seq)
}
