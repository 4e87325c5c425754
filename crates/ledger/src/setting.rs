//! Settings of this till by name: language, when the server last spoke, and the like.

use rusqlite::{Connection, OptionalExtension, params};

use crate::Error;

/// The value of `key`, if it was ever set.
pub fn get(connection: &Connection, key: &str) -> Result<Option<String>, Error> {
    let value = connection
        .prepare_cached("select value from setting where key = ?")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    Ok(value)
}

/// Sets `key` to `value`; what stands there already is not written again.
pub fn set(tx: &Connection, key: &str, value: &str) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into setting (key, value) values (?, ?)
         on conflict (key) do update set value = excluded.value
         where value <> excluded.value",
    )?
    .execute(params![key, value])?;
    Ok(())
}

/// Forgets `key`.
pub fn remove(tx: &Connection, key: &str) -> Result<(), Error> {
    tx.prepare_cached("delete from setting where key = ?")?
        .execute([key])?;
    Ok(())
}
