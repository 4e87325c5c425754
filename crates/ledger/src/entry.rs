//! Entries as rows: bytes that are read back exactly as they were made.

use mostrador_protocol::entry::{EntryHash, Header, RawEntry};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::{Error, column};

/// The entry at a position.
pub fn at(connection: &Connection, stream: Uuid, seq: u64) -> Result<Option<RawEntry>, Error> {
    let raw = connection
        .prepare_cached("select header, payload from entry where stream = ? and seq = ?")?
        .query_row(params![stream.as_bytes(), column::integer(seq)], |row| {
            Ok(RawEntry {
                header: row.get(0)?,
                payload: row.get(1)?,
            })
        })
        .optional()?;
    Ok(raw)
}

/// The chain up to a position; `None` where the stream does not reach it.
pub(crate) fn hash_at(
    connection: &Connection,
    stream: Uuid,
    seq: u64,
) -> Result<Option<EntryHash>, Error> {
    if seq == 0 {
        return Ok(Some(EntryHash::ZERO));
    }
    let hash = connection
        .prepare_cached("select hash from entry where stream = ? and seq = ?")?
        .query_row(params![stream.as_bytes(), column::integer(seq)], |row| {
            column::hash(row, 0)
        })
        .optional()?;
    Ok(hash)
}

/// Visits every entry of a stream in order: position, bytes, stored hash.
pub fn walk(
    connection: &Connection,
    stream: Uuid,
    mut visit: impl FnMut(u64, &RawEntry, EntryHash) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(
        "select seq, header, payload, hash from entry where stream = ? order by seq",
    )?;
    let mut rows = statement.query([stream.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let raw = RawEntry {
            header: row.get(1)?,
            payload: row.get(2)?,
        };
        visit(column::count(row, 0)?, &raw, column::hash(row, 3)?)?;
    }
    Ok(())
}

/// An entry to append.
pub(crate) struct Appended<'a> {
    /// What the row repeats of its header.
    pub(crate) header: &'a Header,
    /// Its bytes.
    pub(crate) raw: &'a RawEntry,
    /// The chain up to it.
    pub(crate) hash: EntryHash,
}

/// Writes the entry and moves the head; the triggers refuse anything but the next position.
pub(crate) fn append(tx: &Connection, entry: &Appended<'_>) -> Result<(), Error> {
    let header = entry.header;
    tx.prepare_cached(
        "insert into entry (stream, seq, entry_id, kind, header, payload, hash)
         values (?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        header.stream.as_bytes(),
        column::integer(header.seq),
        header.entry_id.as_bytes(),
        header.kind,
        entry.raw.header,
        entry.raw.payload,
        entry.hash.0
    ])?;
    tx.prepare_cached(
        "update stream
         set seq = ?, hash = ?, hlc = max(hlc, ?), effective_ms = max(effective_ms, ?)
         where id = ?",
    )?
    .execute(params![
        column::integer(header.seq),
        entry.hash.0,
        column::integer(header.hlc),
        header.effective_ms,
        header.stream.as_bytes()
    ])?;
    Ok(())
}
