//! Statements on one SQLite connection.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ToSql, params_from_iter};

use crate::store::sql::{Cells, Connection, Fault, Param, SqlRow, Statement, Transaction, Value};

/// A connection inside a transaction. What holds the transaction commits it.
pub(super) struct Session<'a>(pub(super) &'a rusqlite::Connection);

impl Connection for Session<'_> {
    fn each(
        &self,
        (sql, values): Statement<'_>,
        take: &mut dyn FnMut(&SqlRow<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(bound(values)))?;
        while let Some(row) = rows.next()? {
            take(&SqlRow::of(row))?;
        }
        Ok(())
    }
}

impl Transaction for Session<'_> {
    fn run(&self, (sql, values): Statement<'_>) -> Result<u64, Fault> {
        let mut statement = self.0.prepare_cached(sql)?;
        let changed = statement.execute(params_from_iter(bound(values)))?;
        Ok(changed as u64)
    }

    fn send(&self, _: &'static str, statement: Statement<'_>) -> Result<(), Fault> {
        self.run(statement).map(|_| ())
    }

    fn for_update(&self) -> &'static str {
        ""
    }
}

fn bound<'a>(values: &'a [&'a dyn Param]) -> impl Iterator<Item = Value<'a>> {
    values.iter().map(|value| value.value())
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Cells for rusqlite::Row<'_> {
    fn cell(&self, index: usize) -> Result<Value<'_>, Fault> {
        Ok(match self.get_ref(index)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Int(number),
            ValueRef::Text(text) => Value::Text(
                std::str::from_utf8(text).map_err(|error| Fault::column(index, &error))?,
            ),
            ValueRef::Blob(bytes) => Value::Bytes(bytes),
            ValueRef::Real(_) => return Err(Fault::column(index, &"a number with a fraction")),
        })
    }
}
