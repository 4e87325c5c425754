//! Programs as the server published them, every version that a sale may name.

use mostrador_protocol::program::ProgramDocument;
use rusqlite::{Connection, OptionalExtension, params};

use crate::{Error, column};

/// The program in force: the latest version. `None` before the first page of the feed.
pub fn current(connection: &Connection) -> Result<Option<ProgramDocument>, Error> {
    let document = connection
        .prepare_cached("select document from program order by version desc limit 1")?
        .query_row([], |row| column::document(row, 0))
        .optional()?;
    Ok(document)
}

/// Version of the program in force, cheap to ask: tells whether a compiled program is still current.
pub fn current_version(connection: &Connection) -> Result<Option<u32>, Error> {
    let version = connection
        .prepare_cached("select max(version) from program")?
        .query_row([], |row| row.get(0))?;
    Ok(version)
}

/// A published version.
pub fn by_version(connection: &Connection, version: u32) -> Result<Option<ProgramDocument>, Error> {
    let document = connection
        .prepare_cached("select document from program where version = ?")?
        .query_row([version], |row| column::document(row, 0))
        .optional()?;
    Ok(document)
}

/// A published version never changes, so the first one stays.
pub(crate) fn put(tx: &Connection, program: &ProgramDocument) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into program (version, document) values (?, ?) on conflict (version) do nothing",
    )?
    .execute(params![program.version, serde_json::to_string(program)?])?;
    Ok(())
}
