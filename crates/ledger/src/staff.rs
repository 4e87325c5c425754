//! The people of the store, replicated from the server.

use mostrador_protocol::row::Staff;
use rusqlite::{Connection, params};

use crate::{Error, column};

/// Everybody who works here, by name.
pub fn all(connection: &Connection) -> Result<Vec<Staff>, Error> {
    let mut statement =
        connection.prepare_cached("select document from staff order by name, id")?;
    let people: Vec<Staff> = statement
        .query_map([], |row| column::document(row, 0))?
        .collect::<Result<_, _>>()?;
    Ok(people.into_iter().filter(|person| person.active).collect())
}

pub(crate) fn put(tx: &Connection, person: &Staff) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into staff (id, name, document) values (?, ?, ?)
         on conflict (id) do update set name = excluded.name, document = excluded.document",
    )?
    .execute(params![
        person.id.as_bytes(),
        person.name,
        serde_json::to_string(person)?
    ])?;
    Ok(())
}
