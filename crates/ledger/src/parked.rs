//! Baskets put aside until their customer comes back.

use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::{Error, column};

/// A parked basket. The body belongs to the terminal crate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_field_names,
    reason = "at_ms alone would not say what happened then"
)]
pub struct Parked {
    /// Made when it was parked.
    pub id: Uuid,
    /// Milliseconds since the epoch.
    pub parked_at_ms: i64,
    /// Who parked it.
    pub cashier_id: Uuid,
    /// What the list shows; no personal data.
    pub label: String,
    /// The basket as JSON.
    pub body: String,
}

/// Parks a basket.
pub fn put(tx: &Connection, parked: &Parked) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into parked (id, parked_at_ms, cashier_id, label, body) values (?, ?, ?, ?, ?)",
    )?
    .execute(params![
        parked.id.as_bytes(),
        parked.parked_at_ms,
        parked.cashier_id.as_bytes(),
        parked.label,
        parked.body
    ])?;
    Ok(())
}

/// Takes a basket out: the one named, or the one that has waited longest.
pub fn take(tx: &Connection, id: Option<Uuid>) -> Result<Option<Parked>, Error> {
    let parked = match id {
        Some(id) => all(tx)?.into_iter().find(|parked| parked.id == id),
        None => all(tx)?.into_iter().next(),
    };
    if let Some(parked) = &parked {
        tx.prepare_cached("delete from parked where id = ?")?
            .execute([parked.id.as_bytes()])?;
    }
    Ok(parked)
}

/// Every parked basket, the one that has waited longest first.
pub fn all(connection: &Connection) -> Result<Vec<Parked>, Error> {
    let mut statement = connection.prepare_cached(
        "select id, parked_at_ms, cashier_id, label, body
         from parked order by parked_at_ms, id",
    )?;
    let parked = statement
        .query_map([], |row| {
            Ok(Parked {
                id: column::id(row, 0)?,
                parked_at_ms: row.get(1)?,
                cashier_id: column::id(row, 2)?,
                label: row.get(3)?,
                body: row.get(4)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(parked)
}

/// How many baskets are parked.
pub fn count(connection: &Connection) -> Result<u64, Error> {
    let count = connection
        .prepare_cached("select count(*) from parked")?
        .query_row([], |row| column::count(row, 0))?;
    Ok(count)
}
