//! Accounts: the server's row, and what is shown, which adds this till's own entries that the row
//! does not include yet.
//!
//! Records that were merged are one person: what happens to one of them happens to the record that has
//! the account, here as on the server (`loyalty::account::Accounts`).
//!
//! A row is what the account's document says, without its lists of days, and those lists packed (`days`):
//! what a sale reads and writes of an account is one small row, however often the customer has bought.
//!
//! Always true: `account_shown` has a row for exactly the customers whose account such entries change,
//! and it is the fold of the server's rows and of them in order.

mod brought;
mod days;
mod person;

use std::collections::{BTreeMap, BTreeSet};

use loyalty::account::{Account, Accounts, MOST_MERGES};
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::Effects;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

pub use self::brought::{Brought, brought_by};
use self::person::Person;
use crate::touched::Included;
use crate::{Error, column, customer_entry, visit};

/// What is shown of the account under this id; empty where another record took it over, and for a
/// customer without any history.
pub fn shown(connection: &Connection, customer_id: Uuid) -> Result<Account, Error> {
    let account = connection
        .prepare_cached(
            "select document, days from account_shown where customer_id = ?1
             union all
             select document, days from account where customer_id = ?1
             limit 1",
        )?
        .query_row([customer_id.as_bytes()], account_of)
        .optional()?;
    Ok(account.unwrap_or_default())
}

/// Who has the account of `customer_id` now, itself or the record that took it over, with what this till
/// decides by: what is shown of it, and what own entries did to it that the server holds. They happened,
/// whatever the server makes of them later: what they used is not there a second time.
///
/// Whoever is identified by an old card, phone or referral code is this customer.
pub fn held(connection: &Connection, customer_id: Uuid) -> Result<(Uuid, Account), Error> {
    let mut accounts = with_holders(connection, [customer_id])?;
    let holder = accounts.holder(customer_id);
    let mut records = vec![customer_id];
    let next_of = |record: &Uuid| accounts.get(*record)?.merged_into;
    while let Some(next) = records.last().and_then(next_of) {
        if records.contains(&next) {
            break;
        }
        records.push(next);
    }
    for record in &records {
        for effects in customer_entry::held(connection, *record)? {
            let effects = Effects {
                merge: None,
                ..effects
            };
            fold(&mut accounts, &effects, |customer| customer == *record);
        }
    }
    let account = accounts.get(holder).cloned().unwrap_or_default();
    Ok((holder, account))
}

/// Who has the account of `customer_id` now, without reading the account.
pub(crate) fn holder(connection: &Connection, customer_id: Uuid) -> Result<Uuid, Error> {
    let mut statement = connection.prepare_cached(
        "select coalesce(
             (select document ->> '$.merged_into' from account_shown where customer_id = ?1),
             (select document ->> '$.merged_into' from account where customer_id = ?1))",
    )?;
    let mut holder = customer_id;
    for _ in 0..MOST_MERGES {
        let next: Option<String> = statement.query_row([holder.as_bytes()], |row| row.get(0))?;
        match next.and_then(|id| id.parse().ok()) {
            Some(next) => holder = next,
            None => break,
        }
    }
    Ok(holder)
}

/// Whether what is shown has own entries that the server's row does not include.
pub fn has_pending(connection: &Connection, customer_id: Uuid) -> Result<bool, Error> {
    let pending = connection
        .prepare_cached("select exists (select 1 from account_shown where customer_id = ?)")?
        .query_row([customer_id.as_bytes()], |row| row.get(0))?;
    Ok(pending)
}

/// Adds what an own entry does to what is shown.
pub(crate) fn add_own(tx: &Connection, effects: &Effects) -> Result<(), Error> {
    let mut accounts = with_holders(tx, effects.customers())?;
    fold(&mut accounts, effects, |_| true);
    write_changed(tx, &accounts)
}

/// Writes the server's row. What is shown follows by [`crate::touched::Touched::refold`].
pub(crate) fn put(
    tx: &Connection,
    customer_id: Uuid,
    document: &AccountDocument,
) -> Result<(), Error> {
    let (head, days) = row_of(&Account::from(document))?;
    tx.prepare_cached(
        "insert into account (customer_id, document, days, merged_into, confirmed_epoch)
         values (?, ?, ?, ?, (select epoch from feed where only = 1))
         on conflict (customer_id) do update set document = excluded.document, days = excluded.days,
             merged_into = excluded.merged_into, confirmed_epoch = excluded.confirmed_epoch",
    )?
    .execute(params![
        customer_id.as_bytes(),
        head,
        days,
        document.merged_into.as_ref().map(Uuid::as_bytes)
    ])?;
    Ok(())
}

/// After [`put`]: whether what is shown of this customer is the row alone, because no own entry and no
/// other record is about them. Then their last visit was written, and there is nothing to fold.
pub(crate) fn is_only_the_servers(
    tx: &Connection,
    customer_id: Uuid,
    document: &AccountDocument,
) -> Result<bool, Error> {
    if document.merged_into.is_some() {
        return Ok(false);
    }
    let is_other: bool = tx
        .prepare_cached(
            "select exists (select 1 from account_shown where customer_id = ?1)
                 or exists (select 1 from customer_entry indexed by customer_entry_by_customer
                            where customer_id = ?1)",
        )?
        .query_row([customer_id.as_bytes()], |row| row.get(0))?;
    if is_other {
        return Ok(false);
    }
    visit::set(tx, customer_id, document.last_purchase_ms)?;
    Ok(true)
}

/// The feed shows this row: notes it, and says whether it stands here just so.
pub(crate) fn confirm(
    tx: &Connection,
    customer_id: Uuid,
    document: &AccountDocument,
) -> Result<bool, Error> {
    tx.prepare_cached(
        "update account set confirmed_epoch = (select epoch from feed where only = 1)
         where customer_id = ?",
    )?
    .execute([customer_id.as_bytes()])?;
    Ok(server_account(tx, customer_id)?.as_ref() == Some(&Account::from(document)))
}

/// The server's row of a customer of whom something else is shown, because own entries come on top.
pub(crate) fn under_own(tx: &Connection, customer_id: Uuid) -> Result<Option<Account>, Error> {
    if !has_pending(tx, customer_id)? {
        return Ok(None);
    }
    Ok(Some(server_account(tx, customer_id)?.unwrap_or_default()))
}

/// Whether what is shown of a customer stays as it is, though the server's row changed from `before`: it
/// changed by the own entries that it includes now, and others still come on top.
pub(crate) fn stands(
    tx: &Connection,
    (customer_id, before): (Uuid, &Account),
    included: &[Included],
) -> Result<bool, Error> {
    let now = server_account(tx, customer_id)?.unwrap_or_default();
    let is_merged = before.merged_into.is_some() || now.merged_into.is_some();
    if is_merged || !customer_entry::is_pending(tx, customer_id)? {
        return Ok(false);
    }
    let mut accounts = Accounts::default();
    accounts.insert(customer_id, before.clone());
    for range in included {
        for effects in customer_entry::effects(tx, customer_id, range)? {
            if effects.merge.is_some() {
                return Ok(false);
            }
            fold(&mut accounts, &effects, |customer| customer == customer_id);
        }
    }
    let is_by_own = accounts.get(customer_id) == Some(&now);
    Ok(is_by_own && person::absorbed_by(tx, customer_id)?.is_empty())
}

/// Computes what is shown of these customers from the server's rows and the own entries that they do
/// not include.
pub(crate) fn refold(tx: &Connection, customers: &BTreeSet<Uuid>) -> Result<(), Error> {
    let mut done = BTreeSet::new();
    for customer in customers {
        if done.contains(customer) {
            continue;
        }
        let person = Person::around(tx, *customer)?;
        for record in person.records() {
            tx.prepare_cached("delete from account_shown where customer_id = ?")?
                .execute([record.as_bytes()])?;
            visit::set(tx, record, person.last_purchase_ms(record))?;
            done.insert(record);
        }
        write_changed(tx, &person.folded())?;
    }
    Ok(())
}

/// Folds the effects on those customers that `are_meant` in.
fn fold(accounts: &mut Accounts, effects: &Effects, are_meant: impl Fn(Uuid) -> bool) {
    for (customer, fact) in &effects.accounts {
        if are_meant(*customer) {
            accounts.apply(*customer, fact);
        }
    }
    if let Some(merge) = &effects.merge {
        accounts.merge(merge.survivor, merge.absorbed, merge.day);
    }
}

fn with_holders(
    connection: &Connection,
    customers: impl IntoIterator<Item = Uuid>,
) -> Result<Accounts, Error> {
    let mut accounts = Accounts::default();
    for customer in customers {
        let mut next = Some(customer);
        while let Some(id) = next.filter(|id| accounts.get(*id).is_none()) {
            let account = shown(connection, id)?;
            next = account.merged_into;
            accounts.insert(id, account);
        }
    }
    Ok(accounts)
}

fn write_changed(tx: &Connection, accounts: &Accounts) -> Result<(), Error> {
    for (customer, account) in accounts.changed() {
        write_shown(tx, customer, account)?;
        visit::set(tx, customer, account.last_purchase_ms)?;
    }
    Ok(())
}

fn write_shown(tx: &Connection, customer_id: Uuid, account: &Account) -> Result<(), Error> {
    let (head, days) = row_of(account)?;
    tx.prepare_cached(
        "insert into account_shown (customer_id, document, days) values (?, ?, ?)
         on conflict (customer_id) do update set document = excluded.document, days = excluded.days",
    )?
    .execute(params![customer_id.as_bytes(), head, days])?;
    Ok(())
}

/// The account as the server's row says it.
fn server_account(connection: &Connection, customer_id: Uuid) -> Result<Option<Account>, Error> {
    let account = connection
        .prepare_cached("select document, days from account where customer_id = ?")?
        .query_row([customer_id.as_bytes()], account_of)
        .optional()?;
    Ok(account)
}

/// The document without its lists of days, and the lists.
fn row_of(account: &Account) -> Result<(String, Vec<u8>), Error> {
    let head = AccountDocument {
        lots: Vec::new(),
        expired: Vec::new(),
        earned_by_day: BTreeMap::new(),
        visits: BTreeMap::new(),
        ..AccountDocument::from(account)
    };
    Ok((serde_json::to_string(&head)?, days::pack(account)))
}

/// A row of `document` and `days`.
fn account_of(row: &Row<'_>) -> rusqlite::Result<Account> {
    let mut account = Account::from(&column::document::<AccountDocument>(row, 0)?);
    if let Some(packed) = row.get_ref(1)?.as_blob_or_null()? {
        days::unpack(packed, &mut account).map_err(|source| column::unreadable(1, source))?;
    }
    Ok(account)
}
