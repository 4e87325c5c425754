//! The people of the store, replicated from the server.

use mostrador_loyalty::referral::{self, Colleague};
use mostrador_protocol::row::{Customer, Staff};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

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

/// A person of the store, at work or not any more.
pub(crate) fn get(connection: &Connection, id: Uuid) -> Result<Option<Staff>, Error> {
    let person = connection
        .prepare_cached("select document from staff where id = ?")?
        .query_row([id.as_bytes()], |row| column::document(row, 0))
        .optional()?;
    Ok(person)
}

/// Whether a customer works here, see [`referral::is_employee`].
pub fn is_employee(connection: &Connection, customer: &Customer) -> Result<bool, Error> {
    let staff = all(connection)?;
    let colleagues = staff.iter().map(|person| Colleague {
        name: &person.name,
        phone: person.phone.as_deref(),
    });
    let who = (customer.name.as_str(), customer.phone.as_deref());
    Ok(referral::is_employee(who, colleagues))
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
