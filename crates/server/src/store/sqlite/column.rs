//! Values in columns: numbers, ids, hashes and documents.

use mostrador_protocol::entry::EntryHash;
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{Answer, attempt};
use crate::Error;

/// A position or count as SQL keeps it. Positions count rows, clocks count from 1970: both stay far
/// below 2^63.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A position or count from SQL, which checks that it is not negative.
pub(super) fn uint(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(index)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, number))
}

pub(super) fn id(row: &Row<'_>, index: usize) -> rusqlite::Result<Uuid> {
    let text: String = row.get(index)?;
    text.parse().map_err(|error| conversion(index, error))
}

pub(super) fn maybe_id(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Uuid>> {
    let text: Option<String> = row.get(index)?;
    text.map(|text| text.parse().map_err(|error| conversion(index, error)))
        .transpose()
}

pub(super) fn hash(row: &Row<'_>, index: usize) -> rusqlite::Result<EntryHash> {
    let text: String = row.get(index)?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|error| conversion(index, error))?;
    Ok(EntryHash(bytes))
}

pub(super) fn hash_text(hash: &EntryHash) -> String {
    hex::encode(hash.0)
}

/// A column that holds JSON.
pub(super) fn document<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    let text: String = row.get(index)?;
    serde_json::from_str(&text).map_err(|error| conversion(index, error))
}

/// A column that holds JSON or nothing.
pub(super) fn maybe_document<T: DeserializeOwned>(
    row: &Row<'_>,
    index: usize,
) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(index)?;
    text.map(|text| serde_json::from_str(&text).map_err(|error| conversion(index, error)))
        .transpose()
}

/// A value as JSON for a column.
pub(super) fn json<T: Serialize>(what: &'static str, value: &T) -> Answer<String> {
    serde_json::to_string(value).map_err(|error| Error::Stored {
        what,
        found: error.to_string(),
    })
}

/// All rows of a query.
pub(super) fn rows<T>(
    conn: &rusqlite::Connection,
    what: &'static str,
    (sql, params): (&str, &[&dyn rusqlite::ToSql]),
    map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Answer<Vec<T>> {
    let mut statement = conn.prepare_cached(sql).map_err(attempt(what))?;
    let found = statement
        .query_map(params, map)
        .map_err(attempt(what))?
        .collect::<Result<Vec<T>, _>>();
    found.map_err(attempt(what))
}

/// The row of a query, if there is one.
pub(super) fn row<T>(
    conn: &rusqlite::Connection,
    what: &'static str,
    (sql, params): (&str, &[&dyn rusqlite::ToSql]),
    map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Answer<Option<T>> {
    use rusqlite::OptionalExtension;
    let mut statement = conn.prepare_cached(sql).map_err(attempt(what))?;
    let found = statement.query_row(params, map).optional();
    found.map_err(attempt(what))
}

/// Runs a statement; how many rows it changed.
pub(super) fn run(
    conn: &rusqlite::Connection,
    what: &'static str,
    (sql, params): (&str, &[&dyn rusqlite::ToSql]),
) -> Answer<usize> {
    let mut statement = conn.prepare_cached(sql).map_err(attempt(what))?;
    statement.execute(params).map_err(attempt(what))
}

fn conversion(
    index: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, Box::new(error))
}
