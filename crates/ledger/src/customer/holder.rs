//! Who has a phone, an e-mail, a document or a card already: nobody is enrolled twice by accident.

use mostrador_loyalty::account::MOST_MERGES;
use mostrador_protocol::row::Customer;
use rusqlite::{Connection, ToSql, params};
use uuid::Uuid;

use super::{COLUMNS, customer_of};
use crate::{Error, account};

/// What only one customer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unique {
    /// Digits of the phone.
    Phone,
    /// E-mail.
    Email,
    /// Number of the identity document.
    Document,
    /// The token of the card.
    Card,
}

/// A customer who has it already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// What they have.
    pub what: Unique,
    /// Who.
    pub customer: Customer,
}

/// Whoever else has one of the unique things of `profile`, looked for in the order of [`Unique`].
/// `phones` are the ways in which its number may be kept; empty: it has none.
pub fn holder(
    connection: &Connection,
    profile: &Customer,
    phones: &[String],
) -> Result<Option<Holder>, Error> {
    for phone in phones {
        if let Some(customer) = other(connection, profile.id, ("digits = ?", phone))? {
            let what = Unique::Phone;
            return Ok(Some(Holder { what, customer }));
        }
    }
    let others = [
        (Unique::Email, "email = ? collate nocase", &profile.email),
        (Unique::Document, "document = ?", &profile.document),
        (Unique::Card, "card = ?", &profile.card),
    ];
    for (what, condition, value) in others {
        let Some(value) = value else { continue };
        if let Some(customer) = other(connection, profile.id, (condition, value))? {
            return Ok(Some(Holder { what, customer }));
        }
    }
    Ok(None)
}

/// Somebody else: records that were merged with this one are the same person.
fn other(
    connection: &Connection,
    id: Uuid,
    (condition, value): (&str, &dyn ToSql),
) -> Result<Option<Customer>, Error> {
    let sql = format!(
        "select {COLUMNS} from customer where {condition} and id <> ? order by number limit ?"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let most = i64::try_from(MOST_MERGES + 1).unwrap_or(i64::MAX);
    let found = statement.query_map(params![value, id.as_bytes(), most], customer_of)?;
    let (own, _) = account::held(connection, id)?;
    for customer in found {
        let customer = customer?;
        if account::held(connection, customer.id)?.0 != own {
            return Ok(Some(customer));
        }
    }
    Ok(None)
}
