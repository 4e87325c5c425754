//! Programs as the server published them.
//!
//! Every version that arrived is kept for good: sales name the version that priced them, their receipts
//! are printed again in its words, and a version that this software cannot read today is what a later
//! software sells by. A version is some kilobytes; one with 100,000 codes of its own some 20 MB.

use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::UnreadProgram;
use rusqlite::{Connection, OptionalExtension, params};

use crate::Error;

/// The numbers of every version, the newest first.
pub fn versions(connection: &Connection) -> Result<Vec<u32>, Error> {
    let mut statement =
        connection.prepare_cached("select version from program order by version desc")?;
    let versions = statement.query_map([], |row| row.get(0))?;
    Ok(versions.collect::<Result<_, _>>()?)
}

/// The newest version that arrived, cheap to ask: tells whether a compiled program is still current.
pub fn newest_version(connection: &Connection) -> Result<Option<u32>, Error> {
    let version = connection
        .prepare_cached("select max(version) from program")?
        .query_row([], |row| row.get(0))?;
    Ok(version)
}

/// The newest program that this software can read. `None` before the first page of the feed.
pub fn current(connection: &Connection) -> Result<Option<ProgramDocument>, Error> {
    for version in versions(connection)? {
        if let Some(document) = by_version(connection, version)? {
            return Ok(Some(document));
        }
    }
    Ok(None)
}

/// A published version; `None` when it never arrived or is of a format that this software does not know.
pub fn by_version(connection: &Connection, version: u32) -> Result<Option<ProgramDocument>, Error> {
    let document: Option<String> = connection
        .prepare_cached("select document from program where version = ?")?
        .query_row([version], |row| row.get(0))
        .optional()?;
    Ok(document.and_then(|text| serde_json::from_str(&text).ok()))
}

/// A published version never changes, so the first one stays.
pub(crate) fn put(tx: &Connection, program: &ProgramDocument) -> Result<(), Error> {
    keep(tx, program.version, &serde_json::to_string(program)?)
}

/// Keeps a version for the day on which a later software reads it.
pub(crate) fn put_unread(tx: &Connection, program: &UnreadProgram) -> Result<(), Error> {
    keep(tx, program.version(), &program.document()?)
}

fn keep(tx: &Connection, version: u32, document: &str) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into program (version, document) values (?, ?) on conflict (version) do nothing",
    )?
    .execute(params![version, document])?;
    Ok(())
}
