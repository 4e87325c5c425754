//! Programs as the server published them.
//!
//! Every version that arrived is kept for good: sales name the version that priced them, their receipts
//! are printed again in its words, and a version that this software cannot read today is what a later
//! software sells by. A version is some kilobytes; one with 100,000 codes of its own some 20 MB.

use std::collections::BTreeMap;

use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::UnreadProgram;
use mostrador_protocol::seal::SealedProgram;
use rusqlite::{Connection, OptionalExtension, params};

use crate::{Error, column};

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
///
/// # Errors
/// [`Error::Document`] when what is kept is no JSON at all: a format that is not known yet still is.
pub fn by_version(connection: &Connection, version: u32) -> Result<Option<ProgramDocument>, Error> {
    let document: Option<String> = connection
        .prepare_cached("select document from program where version = ?")?
        .query_row([version], |row| row.get(0))
        .optional()?;
    let Some(text) = document else {
        return Ok(None);
    };
    match serde_json::from_str(&text) {
        Ok(document) => Ok(Some(document)),
        Err(error) if error.is_data() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Seals of the server, by version.
pub(crate) type Seals = BTreeMap<u32, String>;

/// A published version never changes, so the first one stays; unless the server was restored and
/// published its number again.
pub(crate) fn put(tx: &Connection, program: &ProgramDocument, seals: &Seals) -> Result<(), Error> {
    let document = serde_json::to_string(program)?;
    keep(tx, (program.version, &document), seals)
}

/// Keeps a version for the day on which a later software reads it.
pub(crate) fn put_unread(
    tx: &Connection,
    program: &UnreadProgram,
    seals: &Seals,
) -> Result<(), Error> {
    keep(tx, (program.version(), &program.document()?), seals)
}

fn keep(tx: &Connection, (version, document): (u32, &str), seals: &Seals) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into program (version, document, seal, confirmed_epoch)
         values (?, ?, ?, (select epoch from feed where only = 1))
         on conflict (version) do update set document = excluded.document, seal = excluded.seal,
             confirmed_epoch = excluded.confirmed_epoch, to_push = 0, refused = 0
         where confirmed_epoch < excluded.confirmed_epoch or to_push = 1 or refused = 1",
    )?
    .execute(params![version, document, seals.get(&version)])?;
    Ok(())
}

/// How many of those that the server has lost and sealed wait to go back.
pub(crate) fn waiting(connection: &Connection) -> Result<u64, Error> {
    let waiting = connection
        .prepare_cached("select count(*) from program where to_push = 1 and seal is not null")?
        .query_row([], |row| column::count(row, 0))?;
    Ok(waiting)
}

/// The versions that the server lost and does not take back.
pub fn refused(connection: &Connection) -> Result<Vec<u32>, Error> {
    let mut statement = connection
        .prepare_cached("select version from program where refused = 1 order by version")?;
    let versions = statement.query_map([], |row| row.get(0))?;
    Ok(versions.collect::<Result<_, _>>()?)
}

/// What the server has lost and sealed.
pub(crate) fn to_push(connection: &Connection, limit: u32) -> Result<Vec<SealedProgram>, Error> {
    let mut statement = connection.prepare_cached(
        "select document, seal from program
         where to_push = 1 and seal is not null order by version limit ?",
    )?;
    let programs = statement.query_map([limit], |row| {
        Ok(SealedProgram {
            document: row.get(0)?,
            seal: row.get(1)?,
        })
    })?;
    Ok(programs.collect::<Result<_, _>>()?)
}

pub(crate) fn pushed(tx: &Connection, programs: &[SealedProgram]) -> Result<(), Error> {
    for program in programs {
        tx.prepare_cached("update program set to_push = 0 where seal = ?")?
            .execute([&program.seal])?;
    }
    Ok(())
}

/// The server does not take these back: they are sent no more until its feed shows them again.
pub(crate) fn refuse(tx: &Connection, programs: &[SealedProgram]) -> Result<(), Error> {
    for program in programs {
        tx.prepare_cached("update program set to_push = 0, refused = 1 where seal = ?")?
            .execute([&program.seal])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_json_is_an_error_and_an_unknown_format_is_none() {
        let connection = Connection::open_in_memory().expect("memory");
        let table = "create table program (version integer primary key, document text not null,
                         seal text, to_push integer default 0, refused integer default 0,
                         confirmed_epoch integer default 0);
                     create table feed (only integer, epoch integer);
                     insert into feed values (1, 0)";
        connection.execute_batch(table).expect("a table");
        let kept = [(1, r#"{"format":"of tomorrow"}"#), (2, r#"{"name":"torn"#)];
        for version in kept {
            keep(&connection, version, &Seals::default()).expect("kept");
        }
        assert!(matches!(by_version(&connection, 1), Ok(None)));
        assert!(matches!(
            by_version(&connection, 2),
            Err(Error::Document(_))
        ));
        assert!(matches!(by_version(&connection, 3), Ok(None)));
    }
}
