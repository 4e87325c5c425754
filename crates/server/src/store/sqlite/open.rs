//! Opening the file: settings of each connection, the check, the migrations.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{Answer, attempt};
use crate::Error;

mod embedded {
    refinery::embed_migrations!("migrations/sqlite");
}

/// How long a statement waits for another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);

/// The connection that writes; makes the file and its tables when they are missing.
pub(super) fn writer(path: &Path) -> Answer<Connection> {
    make_folder(path)?;
    make_private(path)?;
    let mut conn = Connection::open(path).map_err(|source| unreadable(path, source))?;
    settings(&conn).map_err(|source| unreadable(path, source))?;
    check(&conn, path)?;
    embedded::migrations::runner()
        .run(&mut conn)
        .map_err(|source| Error::Migration {
            of: path.display().to_string(),
            source: Box::new(source),
        })?;
    Ok(conn)
}

/// Makes the folder of the file.
pub(super) fn make_folder(path: &Path) -> Answer<()> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).map_err(|source| Error::File {
        attempt: "making the folder",
        path: folder.to_owned(),
        source,
    })
}

/// Whether the file is there and its tables are of this version, as far as one look tells.
pub(super) fn is_current(path: &Path) -> bool {
    let newest = embedded::migrations::runner()
        .get_migrations()
        .iter()
        .map(|migration| i64::from(migration.version()))
        .max();
    let sql = "select max(version) from refinery_schema_history";
    let found = reader(path).and_then(|conn| {
        conn.query_row(sql, [], |row| row.get::<_, Option<i64>>(0))
            .map_err(attempt("reading which version made the file"))
    });
    found.is_ok_and(|found| found.is_some() && found == newest)
}

/// A connection that only reads.
pub(super) fn reader(path: &Path) -> Answer<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn =
        Connection::open_with_flags(path, flags).map_err(attempt("opening a second connection"))?;
    conn.busy_timeout(BUSY_TIMEOUT)
        .and_then(|()| keep_statements(&conn))
        .map_err(attempt("setting up a second connection"))?;
    Ok(conn)
}

/// Makes an empty file that only its owner reads, unless there is one: the server's key is in it.
/// SQLite gives its log the same permissions.
fn make_private(path: &Path) -> Answer<()> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(source) if source.kind() != std::io::ErrorKind::AlreadyExists => Err(Error::File {
            attempt: "making",
            path: path.to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}

fn settings(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.pragma_update(None, "journal_mode", "wal")?;
    conn.pragma_update(None, "synchronous", "full")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // What is deleted leaves nothing in the file: people ask for that.
    conn.query_row("pragma secure_delete = on", [], |_| Ok(()))?;
    keep_statements(conn)
}

/// Keeps every statement ready. Without the guarantee of stable plans SQLite prepares each that has a bound
/// limit again at every use.
fn keep_statements(conn: &Connection) -> rusqlite::Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(256);
    Ok(())
}

fn check(conn: &Connection, path: &Path) -> Answer<()> {
    let found: String = conn
        .query_row("pragma quick_check(1)", [], |row| row.get(0))
        .map_err(|source| unreadable(path, source))?;
    if found == "ok" {
        return Ok(());
    }
    Err(Error::Corrupt {
        path: path.to_owned(),
        found,
    })
}

fn unreadable(path: &Path, source: rusqlite::Error) -> Error {
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Error::Corrupt {
            path: path.to_owned(),
            found: source.to_string(),
        },
        _ => attempt("opening the file")(source),
    }
}
