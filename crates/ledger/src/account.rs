//! Accounts: the server's row, and what is shown, which adds this till's own entries that the row
//! does not include yet.
//!
//! Always true: `account_shown` has a row for exactly the customers with such entries, and it is the
//! fold of the server's row and of them in order.

use loyalty::account::{Account, Fact};
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::{Decoded, Payload, RawEntry};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::{Error, column, visit};

/// What is shown of a customer's account; a customer without any history has an empty one.
pub fn shown(connection: &Connection, customer_id: Uuid) -> Result<Account, Error> {
    let document: Option<AccountDocument> = connection
        .prepare_cached(
            "select document from account_shown where customer_id = ?1
             union all
             select document from account where customer_id = ?1
             limit 1",
        )?
        .query_row([customer_id.as_bytes()], |row| column::document(row, 0))
        .optional()?;
    Ok(document
        .as_ref()
        .map_or_else(Account::default, Account::from))
}

/// Whether what is shown has own entries that the server's row does not include.
pub fn has_pending(connection: &Connection, customer_id: Uuid) -> Result<bool, Error> {
    let pending = connection
        .prepare_cached("select exists (select 1 from account_shown where customer_id = ?)")?
        .query_row([customer_id.as_bytes()], |row| row.get(0))?;
    Ok(pending)
}

/// Adds an own entry's fact to what is shown.
pub(crate) fn add_own(tx: &Connection, customer_id: Uuid, fact: &Fact) -> Result<(), Error> {
    let mut account = shown(tx, customer_id)?;
    account.apply(fact);
    write_shown(tx, customer_id, &account)?;
    visit::set(tx, customer_id, account.last_purchase_ms)
}

/// Writes the server's row. What is shown follows by [`refold`].
pub(crate) fn put(
    tx: &Connection,
    customer_id: Uuid,
    document: &AccountDocument,
) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into account (customer_id, document) values (?, ?)
         on conflict (customer_id) do update set document = excluded.document",
    )?
    .execute(params![
        customer_id.as_bytes(),
        serde_json::to_string(document)?
    ])?;
    Ok(())
}

/// Computes what is shown from the server's row and the own entries that it does not include.
pub(crate) fn refold(tx: &Connection, customer_id: Uuid) -> Result<(), Error> {
    tx.prepare_cached("delete from account_shown where customer_id = ?")?
        .execute([customer_id.as_bytes()])?;
    let mut account = shown(tx, customer_id)?;
    let own = own_facts(tx, customer_id)?;
    for fact in &own {
        account.apply(fact);
    }
    if !own.is_empty() {
        write_shown(tx, customer_id, &account)?;
    }
    visit::set(tx, customer_id, account.last_purchase_ms)
}

fn write_shown(tx: &Connection, customer_id: Uuid, account: &Account) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into account_shown (customer_id, document) values (?, ?)
         on conflict (customer_id) do update set document = excluded.document",
    )?
    .execute(params![
        customer_id.as_bytes(),
        serde_json::to_string(&AccountDocument::from(account))?
    ])?;
    Ok(())
}

fn own_facts(tx: &Connection, customer_id: Uuid) -> Result<Vec<Fact>, Error> {
    let mut statement = tx.prepare_cached(
        "select e.header, e.payload
         from stream t
         cross join sale s
             on s.customer_id = ? and s.stream = t.id and s.seq > t.included
         cross join entry e on e.stream = s.stream and e.seq = s.seq
         order by t.opened, s.seq",
    )?;
    let mut rows = statement.query([customer_id.as_bytes()])?;
    let mut facts = Vec::new();
    while let Some(row) = rows.next()? {
        let raw = RawEntry {
            header: row.get(0)?,
            payload: row.get(1)?,
        };
        let header = raw.header()?;
        if let Decoded::Known(Payload::SaleCompleted(sale)) = raw.payload(&header)? {
            let accounts = sale.effects(header.effective_ms).accounts;
            let own = accounts.into_iter().filter(|(id, _)| *id == customer_id);
            facts.extend(own.map(|(_, fact)| fact));
        }
    }
    Ok(facts)
}
