//! Customers who were erased: nothing of them is kept but that.
//!
//! The index of names and phones drops what it deletes only when it is next put together, which takes a while
//! in a large shop: that happens when the file is opened ([`tidy`]).

use mostrador_protocol::row::Customer;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::index;
use crate::{Error, column, setting};

/// The setting that is there while the index may still hold words of who was erased.
const UNTIDY: &str = "index_holds_erased";

/// Whether a customer was erased: then they have an account, and no profile ever again.
pub fn is_erased(connection: &Connection, id: Uuid) -> Result<bool, Error> {
    let known = connection
        .prepare_cached("select exists (select 1 from erased_customer where id = ?)")?
        .query_row([id.as_bytes()], |row| row.get(0))?;
    Ok(known)
}

/// The server says that a customer is gone: so they are here, also where a change of theirs still waited.
pub(super) fn forget(tx: &Connection, gone: &Customer) -> Result<(), Error> {
    if let Some(before) = index::indexed(tx, gone.id)? {
        index::remove(tx, &before)?;
        tx.prepare_cached("delete from customer where id = ?")?
            .execute([gone.id.as_bytes()])?;
        setting::set(tx, UNTIDY, "1")?;
    }
    tx.prepare_cached(
        "insert into erased_customer (id, hlc) values (?, ?)
         on conflict (id) do update set hlc = max(hlc, excluded.hlc), to_push = 0, unconfirmed = 0",
    )?
    .execute(params![gone.id.as_bytes(), column::integer(gone.hlc)])?;
    Ok(())
}

/// Keeps a row of the server away that is of before the erasure, and lets the server be told: it was
/// restored. Whether it did.
pub(super) fn keeps_away(tx: &Connection, arrived: &Customer) -> Result<bool, Error> {
    let known = tx
        .prepare_cached("update erased_customer set hlc = max(hlc, ?), to_push = 1 where id = ?")?
        .execute(params![
            column::integer(arrived.hlc.saturating_add(1)),
            arrived.id.as_bytes()
        ])?;
    Ok(known > 0)
}

pub(super) fn to_push(connection: &Connection, limit: u32) -> Result<Vec<Customer>, Error> {
    let gone = connection
        .prepare_cached(
            "select id, hlc from erased_customer where to_push = 1 order by id limit ?",
        )?
        .query_map([limit], |row| {
            Ok(Customer::erased(
                column::id(row, 0)?,
                column::count(row, 1)?,
            ))
        })?
        .collect::<Result<_, _>>()?;
    Ok(gone)
}

/// The server took it.
pub(crate) fn pushed(tx: &Connection, gone: &Customer) -> Result<(), Error> {
    tx.prepare_cached(
        "update erased_customer set to_push = 0, unconfirmed = 1 where id = ? and hlc = ?",
    )?
    .execute(params![gone.id.as_bytes(), column::integer(gone.hlc)])?;
    Ok(())
}

/// Puts the index together again where it may hold words of who was erased, so that none are left in it.
pub(crate) fn tidy(connection: &mut Connection) -> Result<(), Error> {
    if setting::get(connection, UNTIDY)?.is_none_or(|flag| flag.is_empty()) {
        return Ok(());
    }
    let tx = connection.transaction()?;
    for table in ["customer_words", "customer_digits", "name_word_parts"] {
        tx.execute(
            &format!("insert into {table} ({table}) values ('optimize')"),
            [],
        )?;
    }
    setting::set(&tx, UNTIDY, "")?;
    tx.commit()?;
    Ok(())
}
