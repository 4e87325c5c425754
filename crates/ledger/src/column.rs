//! Columns and the types they stand for.

use chrono::{NaiveDate, NaiveDateTime};
use mostrador_protocol::entry::EntryHash;
use rusqlite::Row;
use rusqlite::types::Type;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// How a local time is stored: sortable text without a zone.
pub(crate) const LOCAL_TIME: &str = "%Y-%m-%dT%H:%M:%S%.3f";

/// A count or position as SQLite stores it. Counts beyond 2^63 do not exist.
pub(crate) fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count or position, at least 0.
pub(crate) fn count(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(index)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, value))
}

/// An id of 16 bytes.
pub(crate) fn id(row: &Row<'_>, index: usize) -> rusqlite::Result<Uuid> {
    Ok(Uuid::from_bytes(row.get(index)?))
}

/// An id of 16 bytes, or none.
pub(crate) fn optional_id(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Uuid>> {
    Ok(row.get::<_, Option<[u8; 16]>>(index)?.map(Uuid::from_bytes))
}

/// A hash of the chain.
pub(crate) fn hash(row: &Row<'_>, index: usize) -> rusqlite::Result<EntryHash> {
    Ok(EntryHash(row.get(index)?))
}

/// A local day as ISO text.
pub(crate) fn day(row: &Row<'_>, index: usize) -> rusqlite::Result<NaiveDate> {
    let text: String = row.get(index)?;
    text.parse().map_err(|source| unreadable(index, source))
}

/// A local day as ISO text, or none.
pub(crate) fn optional_day(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<NaiveDate>> {
    let text: Option<String> = row.get(index)?;
    text.map(|text| text.parse().map_err(|source| unreadable(index, source)))
        .transpose()
}

/// A local time as text of [`LOCAL_TIME`].
pub(crate) fn local_time(row: &Row<'_>, index: usize) -> rusqlite::Result<NaiveDateTime> {
    let text: String = row.get(index)?;
    NaiveDateTime::parse_from_str(&text, LOCAL_TIME).map_err(|source| unreadable(index, source))
}

/// A JSON document.
pub(crate) fn document<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    let value = row.get_ref(index)?;
    let text = value.as_str().map_err(|source| unreadable(index, source))?;
    serde_json::from_str(text).map_err(|source| unreadable(index, source))
}

/// A JSON document, or none.
pub(crate) fn optional_document<T: DeserializeOwned>(
    row: &Row<'_>,
    index: usize,
) -> rusqlite::Result<Option<T>> {
    match row.get_ref(index)? {
        rusqlite::types::ValueRef::Null => Ok(None),
        _ => document(row, index).map(Some),
    }
}

/// A value that is not what it should be.
pub(crate) fn unreadable(
    index: usize,
    source: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(source))
}
