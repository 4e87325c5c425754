//! When each customer was last here: orders search results.

use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::Error;

/// Writes the last visit, milliseconds since the epoch.
pub(crate) fn set(tx: &Connection, customer_id: Uuid, last_ms: Option<i64>) -> Result<(), Error> {
    match last_ms {
        Some(last_ms) => tx
            .prepare_cached(
                "insert into visit (customer_id, last_ms) values (?, ?)
                 on conflict (customer_id) do update set last_ms = excluded.last_ms
                 where last_ms <> excluded.last_ms",
            )?
            .execute(params![customer_id.as_bytes(), last_ms])?,
        None => tx
            .prepare_cached("delete from visit where customer_id = ?")?
            .execute([customer_id.as_bytes()])?,
    };
    Ok(())
}
