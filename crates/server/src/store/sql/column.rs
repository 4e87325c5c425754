//! Values in columns: numbers, ids, hashes and documents; and one statement at a time.

use mostrador_protocol::entry::EntryHash;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::Answer;
use super::session::{Connection, Fault, Statement, Transaction};
use crate::Error;

/// What a column was read as.
pub(super) type Found<T> = Result<T, Fault>;

/// A value for a place of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// A number; 0 or 1 for what is true or not.
    Int(i64),
    /// Text, or bytes that are text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl Value<'_> {
    /// What sort of value it is; what it says may be personal.
    const fn kind(self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Int(_) => "another number",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
        }
    }
}

/// What can be a value for a place of a statement.
pub trait Param {
    /// It as a value.
    fn value(&self) -> Value<'_>;
}

impl<T: Param + ?Sized> Param for &T {
    fn value(&self) -> Value<'_> {
        T::value(self)
    }
}

impl<T: Param> Param for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, Param::value)
    }
}

impl Param for str {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Param for String {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Param for [u8; 32] {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

/// Numbers that fit.
macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Param for $number {
            fn value(&self) -> Value<'_> {
                Value::Int(i64::from(*self))
            }
        }

        impl Column for $number {
            fn read(value: Value<'_>) -> Option<Self> {
                match value {
                    Value::Int(number) => number.try_into().ok(),
                    _ => None,
                }
            }
        })*
    };
}

numbers!(i64, u32, u16);

impl Param for bool {
    fn value(&self) -> Value<'_> {
        Value::Int(i64::from(*self))
    }
}

/// What a column can be read as.
pub trait Column: Sized {
    /// It, unless the column holds something else.
    fn read(value: Value<'_>) -> Option<Self>;
}

impl Column for bool {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Int(number) => Some(number != 0),
            _ => None,
        }
    }
}

impl Column for String {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.to_owned()),
            Value::Bytes(bytes) => Self::from_utf8(bytes.to_vec()).ok(),
            _ => None,
        }
    }
}

impl Column for [u8; 32] {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => bytes.try_into().ok(),
            _ => None,
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

/// The columns of a row, by their place.
pub trait Cells {
    /// What stands in a column.
    ///
    /// # Errors
    /// [`Fault`] when the database gives something that no column of ours holds.
    fn cell(&self, index: usize) -> Result<Value<'_>, Fault>;
}

/// A row of an answer.
#[derive(Clone, Copy)]
pub struct Row<'a>(&'a dyn Cells);

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Row")
    }
}

impl<'a> Row<'a> {
    /// These columns.
    pub const fn of(cells: &'a dyn Cells) -> Self {
        Self(cells)
    }

    /// What stands in a column.
    ///
    /// # Errors
    /// [`Fault::Column`] when it holds something else.
    pub fn get<T: Column>(&self, index: usize) -> Result<T, Fault> {
        let value = self.0.cell(index)?;
        T::read(value).ok_or_else(|| Fault::column(index, &value.kind()))
    }
}

/// A position or count as SQL keeps it. Positions count rows, clocks count from 1970: both stay far
/// below 2^63.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A position or count from SQL, which checks that it is not negative.
pub(super) fn uint(row: &Row<'_>, index: usize) -> Found<u64> {
    let number: i64 = row.get(index)?;
    u64::try_from(number).map_err(|error| Fault::column(index, &error))
}

pub(super) fn id(row: &Row<'_>, index: usize) -> Found<Uuid> {
    let text: String = row.get(index)?;
    text.parse()
        .map_err(|error: uuid::Error| Fault::column(index, &error))
}

pub(super) fn maybe_id(row: &Row<'_>, index: usize) -> Found<Option<Uuid>> {
    let text: Option<String> = row.get(index)?;
    text.map(|_| id(row, index)).transpose()
}

pub(super) fn hash(row: &Row<'_>, index: usize) -> Found<EntryHash> {
    let text: String = row.get(index)?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|error| Fault::column(index, &error))?;
    Ok(EntryHash(bytes))
}

pub(super) fn hash_text(hash: &EntryHash) -> String {
    hex::encode(hash.0)
}

/// A column that holds JSON.
pub(super) fn document<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> Found<T> {
    let text: String = row.get(index)?;
    serde_json::from_str(&text).map_err(|error| Fault::column(index, &error))
}

/// A column that holds JSON or nothing.
pub(super) fn maybe_document<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> Found<Option<T>> {
    let text: Option<String> = row.get(index)?;
    text.map(|_| document(row, index)).transpose()
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
    conn: &dyn Connection,
    what: &'static str,
    statement: Statement<'_>,
    mut map: impl FnMut(&Row<'_>) -> Found<T>,
) -> Answer<Vec<T>> {
    let mut found = Vec::new();
    conn.each(statement, &mut |row| {
        found.push(map(row)?);
        Ok(())
    })
    .map_err(attempt(what))?;
    Ok(found)
}

/// The row of a query, if there is one.
pub(super) fn row<T>(
    conn: &dyn Connection,
    what: &'static str,
    statement: Statement<'_>,
    map: impl FnMut(&Row<'_>) -> Found<T>,
) -> Answer<Option<T>> {
    Ok(rows(conn, what, statement, map)?.into_iter().next())
}

/// All rows of a query that is asked once for each set of values, by set.
pub(super) fn rows_of<T, const N: usize>(
    conn: &dyn Connection,
    what: &'static str,
    (sql, many): (&str, &[[&dyn Param; N]]),
    mut map: impl FnMut(&Row<'_>) -> Found<T>,
) -> Answer<Vec<Vec<T>>> {
    let mut found: Vec<Vec<T>> = many.iter().map(|_| Vec::new()).collect();
    let many: Vec<&[&dyn Param]> = many.iter().map(<[_; N]>::as_slice).collect();
    conn.each_of((sql, &many), &mut |number, row| {
        found[number].push(map(row)?);
        Ok(())
    })
    .map_err(attempt(what))?;
    Ok(found)
}

/// Runs a statement once for each set of values; how many rows each changed.
pub(super) fn run_each<const N: usize>(
    tx: &dyn Transaction,
    what: &'static str,
    (sql, many): (&str, &[[&dyn Param; N]]),
) -> Answer<Vec<u64>> {
    let many: Vec<&[&dyn Param]> = many.iter().map(<[_; N]>::as_slice).collect();
    tx.run_each((sql, &many)).map_err(attempt(what))
}

/// Runs a statement whose answer nobody needs, see [`Transaction::send`].
pub(super) fn send(
    tx: &dyn Transaction,
    what: &'static str,
    statement: Statement<'_>,
) -> Answer<()> {
    tx.send(what, statement).map_err(attempt(what))
}

/// Runs a statement; how many rows it changed.
pub(super) fn run(
    tx: &dyn Transaction,
    what: &'static str,
    statement: Statement<'_>,
) -> Answer<u64> {
    tx.run(statement).map_err(attempt(what))
}

/// Gives a failed statement the name of what was attempted.
fn attempt(attempt: &'static str) -> impl FnOnce(Fault) -> Error {
    move |source| Error::Database { attempt, source }
}
