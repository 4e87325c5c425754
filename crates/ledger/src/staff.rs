//! The people of the store, replicated from the server.

use mostrador_protocol::row::{Customer, Staff};
use rusqlite::{Connection, params};

use crate::{Error, column, words};

/// The fewest names that can be taken for somebody's of the staff.
const FEWEST_NAMES: usize = 2;

/// Everybody who works here, by name.
pub fn all(connection: &Connection) -> Result<Vec<Staff>, Error> {
    let mut statement =
        connection.prepare_cached("select document from staff order by name, id")?;
    let people: Vec<Staff> = statement
        .query_map([], |row| column::document(row, 0))?
        .collect::<Result<_, _>>()?;
    Ok(people.into_iter().filter(|person| person.active).collect())
}

/// Whether a customer works here: by the phone that the list of staff has, and for whoever has none in
/// it, by the name. `phones` are the ways in which the customer's number may be kept.
pub fn is_employee(
    connection: &Connection,
    customer: &Customer,
    phones: &[String],
) -> Result<bool, Error> {
    let staff = all(connection)?;
    Ok(staff.iter().any(|person| match &person.phone {
        Some(phone) => phones.contains(phone),
        None => is_same_name(&person.name, &customer.name),
    }))
}

/// Whether every name of the shorter is one of the longer.
fn is_same_name(one: &str, other: &str) -> bool {
    let (one, other) = (words::fold(one), words::fold(other));
    let (shorter, longer) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    shorter.len() >= FEWEST_NAMES && shorter.iter().all(|name| longer.contains(name))
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

#[cfg(test)]
mod tests {
    use super::is_same_name;

    #[test]
    fn a_name_is_the_same_with_a_surname_more_or_less_and_without_accents() {
        assert!(is_same_name("Rosa Ibarra", "rosa ibarra gómez"));
        assert!(is_same_name("Mónica Gil Peña", "Monica Gil"));
        assert!(!is_same_name("Rosa", "Rosa Ibarra"));
        assert!(!is_same_name("Rosa Ibarra", "Rosa Gómez"));
    }
}
