//! Opening the file: what is looked at before anything is written.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::migration::{self, Trouble};
use crate::witness::Testimony;
use crate::{DatabaseKey, Error, start, witness};

/// `Most` in ASCII: marks the file as a Mostrador ledger.
const APPLICATION_ID: i32 = 0x4d6f_7374;

/// What an unencrypted SQLite file begins with.
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// Pages up to which the whole file is checked at every start: 32 MiB, some 0.2 s.
const CHECKED_PAGES: i64 = 8_192;

/// Opens the writing connection: checks file, key and health, then brings the schema up to date.
pub(crate) fn writer(
    path: &Path,
    key: &DatabaseKey,
    testimony: Option<&Testimony>,
) -> Result<Connection, Error> {
    look_at_file(path, testimony)?;
    let mut connection = Connection::open(path)?;
    // Until the file has passed, closing it must not move what the log beside it still holds.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    unlock(&connection, path, key)?;
    let tables =
        match connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0)) {
            Ok(tables) => tables,
            Err(error) => return Err(unreadable(path, key, testimony, error)),
        };
    let held = testimony.map_or(0, |testimony| testimony.seq);
    if held > 0 && !holds_entries(&connection).map_err(|error| damaged(path, error))? {
        return Err(corrupt(
            path,
            &format!("it lost all of the {held} entries that it held"),
        ));
    }
    prepare(&mut connection, path, tables).map_err(|error| damaged(path, error))?;
    Ok(connection)
}

/// The file has passed: what the log beside it holds goes into it, now and at every close, so that a
/// copy of the file alone is as complete as it can be.
pub(crate) fn settle(connection: &Connection) -> Result<(), Error> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
    Ok(())
}

fn holds_entries(connection: &Connection) -> Result<bool, Error> {
    let has_table: bool = connection.query_row(
        "select exists (select 1 from sqlite_schema where type = 'table' and name = 'entry')",
        [],
        |row| row.get(0),
    )?;
    Ok(has_table
        && connection.query_row("select exists (select 1 from entry)", [], |row| row.get(0))?)
}

/// Opens a connection that reads.
pub(crate) fn reader(path: &Path, key: &DatabaseKey) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    unlock(&connection, path, key)?;
    connection.execute_batch(
        "pragma query_only = on; pragma busy_timeout = 5000; pragma cache_size = -32000;",
    )?;
    keep_statements(&connection, 64)?;
    Ok(connection)
}

fn look_at_file(path: &Path, testimony: Option<&Testimony>) -> Result<(), Error> {
    let trouble = |source| Error::File {
        path: path.to_owned(),
        source,
    };
    let held = testimony.map_or(0, |testimony| testimony.seq);
    let mut start = [0; 16];
    let length = match File::open(path) {
        Ok(mut file) => {
            let length = file.metadata().map_err(trouble)?.len();
            if length >= 16 {
                file.read_exact(&mut start).map_err(trouble)?;
            }
            length
        }
        Err(source) if source.kind() == std::io::ErrorKind::NotFound && held == 0 => return Ok(()),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::Missing {
                path: path.to_owned(),
                witness: witness::beside(path),
                seq: held,
            });
        }
        Err(source) => return Err(trouble(source)),
    };
    match length {
        0 if held > 0 => Err(corrupt(path, "the file is empty")),
        1..512 => Err(corrupt(path, "the file is too short to be a database")),
        _ if &start == PLAIN_HEADER => Err(Error::NotEncrypted {
            path: path.to_owned(),
        }),
        _ => Ok(()),
    }
}

fn unlock(connection: &Connection, path: &Path, key: &DatabaseKey) -> Result<(), Error> {
    // Where temporary rows stand is said first: SQLite forgets the tables that it knows when that changes.
    connection.execute_batch("pragma temp_store = memory; pragma cipher_log_level = none")?;
    connection.execute_batch(&key.pragma())?;
    let cipher: Result<String, _> =
        connection.query_row("pragma cipher_version", [], |row| row.get(0));
    match cipher {
        Ok(version) if !version.is_empty() => Ok(()),
        _ => Err(Error::NoCipher {
            path: path.to_owned(),
        }),
    }
}

/// Keeps so many statements ready. Without the guarantee of stable plans SQLite prepares each that has a bound
/// limit again at every use.
fn keep_statements(connection: &Connection, statements: usize) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(statements);
    Ok(())
}

fn prepare(connection: &mut Connection, path: &Path, tables: i64) -> Result<(), Error> {
    if tables == 0 {
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    } else {
        let owner: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        if owner != APPLICATION_ID {
            return Err(Error::Foreign {
                path: path.to_owned(),
            });
        }
        quick_check_at_start(connection, path)?;
        if holds_entries(connection)? {
            start::check_head(connection)?;
        }
    }
    let _: String = connection.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
    connection.execute_batch(
        "pragma synchronous = full; pragma foreign_keys = on; pragma recursive_triggers = on;
         pragma trusted_schema = off; pragma secure_delete = on; pragma busy_timeout = 5000;
         pragma cache_size = -32000;",
    )?;
    keep_statements(connection, 256)?;
    migration::run(connection).map_err(|trouble| match trouble {
        Trouble::Newer => Error::Newer {
            path: path.to_owned(),
        },
        Trouble::Other(error) => error,
    })
}

/// Checks the whole file while that takes an eyeblink. In a larger one the pages of the ledger's own
/// small tables are checked here, every other page proves itself when it is read (each carries its
/// own authentication code), and [`crate::Ledger::quick_check`] checks the rest when there is time.
fn quick_check_at_start(connection: &Connection, path: &Path) -> Result<(), Error> {
    let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    if pages <= CHECKED_PAGES {
        return quick_check(connection, path, "1");
    }
    for table in ["stream", "identity", "setting", "feed"] {
        let known: bool = connection.query_row(
            "select exists (select 1 from sqlite_schema where type = 'table' and name = ?)",
            [table],
            |row| row.get(0),
        )?;
        if known {
            quick_check(connection, path, table)?;
        }
    }
    Ok(())
}

/// `what` is a table, or `1` for the whole file up to the first fault.
pub(crate) fn quick_check(connection: &Connection, path: &Path, what: &str) -> Result<(), Error> {
    let answer: Result<String, _> =
        connection.query_row(&format!("pragma quick_check({what})"), [], |row| row.get(0));
    match answer {
        Ok(answer) if answer == "ok" => Ok(()),
        Ok(answer) => Err(corrupt(path, answer.trim())),
        Err(error) => Err(damaged(path, error.into())),
    }
}

/// A first page that cannot be read: by the wrong key, or because it is damaged. The witness knows
/// which key the file was made with.
fn unreadable(
    path: &Path,
    key: &DatabaseKey,
    testimony: Option<&Testimony>,
    error: rusqlite::Error,
) -> Error {
    let key_is_right = testimony.is_some_and(|testimony| testimony.fits(key));
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) if key_is_right => {
            corrupt(path, "its first page cannot be decrypted")
        }
        Some(ErrorCode::NotADatabase) => Error::WrongKey {
            path: path.to_owned(),
        },
        _ => damaged(path, error.into()),
    }
}

fn damaged(path: &Path, error: Error) -> Error {
    match error {
        Error::Sql(error)
            if matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            ) =>
        {
            corrupt(path, &error.to_string())
        }
        other => other,
    }
}

fn corrupt(path: &Path, detail: &str) -> Error {
    Error::Corrupt {
        path: path.to_owned(),
        detail: detail.to_owned(),
    }
}
