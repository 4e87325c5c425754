//! Missed PINs, kept in the file so that a restart forgives nothing.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{Error, column};

/// How often a PIN was missed in a row, and until when no other is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lockout {
    /// Misses in a row.
    pub misses: u64,
    /// Milliseconds since the epoch until which PINs are refused unseen; 0: none.
    pub until_ms: i64,
}

/// The misses of `subject`: a staff id, or `till` where a PIN names nobody.
pub fn get(connection: &Connection, subject: &str) -> Result<Lockout, Error> {
    let lockout = connection
        .prepare_cached("select misses, until_ms from lockout where subject = ?")?
        .query_row([subject], |row| {
            Ok(Lockout {
                misses: column::count(row, 0)?,
                until_ms: row.get(1)?,
            })
        })
        .optional()?;
    Ok(lockout.unwrap_or_default())
}

/// Writes the misses of `subject`.
pub fn set(tx: &Connection, subject: &str, lockout: Lockout) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into lockout (subject, misses, until_ms) values (?, ?, ?)
         on conflict (subject) do update
         set misses = excluded.misses, until_ms = excluded.until_ms",
    )?
    .execute(params![
        subject,
        column::integer(lockout.misses),
        lockout.until_ms
    ])?;
    Ok(())
}

/// Forgets the misses of `subject`, after the right PIN.
pub fn clear(tx: &Connection, subject: &str) -> Result<(), Error> {
    tx.prepare_cached("delete from lockout where subject = ?")?
        .execute([subject])?;
    Ok(())
}
