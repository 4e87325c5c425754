//! Whom a customer brought, as far as accounts are here.

use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::{Error, column};

/// Customers whom one customer brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    /// How many.
    pub count: usize,
    /// Some of them, the one registered last first.
    pub latest: Vec<Uuid>,
}

/// Whom the customer with this record brought, with at most `limit` of them by id.
pub fn brought_by(
    connection: &Connection,
    referrer_id: Uuid,
    limit: usize,
) -> Result<Brought, Error> {
    let mut statement = connection.prepare_cached(
        "select customer_id, json_extract(document, '$.referral.referred_ms') as registered_ms
         from account_shown
         where json_extract(document, '$.referral.referred_by') = ?1
         union all
         select a.customer_id, json_extract(a.document, '$.referral.referred_ms')
         from account a
         where json_extract(a.document, '$.referral.referred_by') = ?1
             and not exists (select 1 from account_shown s where s.customer_id = a.customer_id)
         order by registered_ms desc",
    )?;
    let customers: Vec<Uuid> = statement
        .query_map(params![referrer_id.to_string()], |row| column::id(row, 0))?
        .collect::<Result<_, _>>()?;
    Ok(Brought {
        count: customers.len(),
        latest: customers.into_iter().take(limit).collect(),
    })
}
