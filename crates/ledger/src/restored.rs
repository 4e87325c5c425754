//! A server that was restored from a backup: what only this till still has goes back to it.
//!
//! Its feed is read again from the beginning, in a new epoch. Until the end is reached everything stays as
//! it was: rows of before together with how far they include own entries. What the feed shows otherwise
//! waits aside, of each key the latest row, and is brought in as a whole. What it has not shown by then the
//! server does not have: profiles and programs are pushed again, and a balance that nobody's entries come to
//! any more is dropped once the server holds every entry of this till.

use std::collections::BTreeMap;

use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;
use mostrador_protocol::row::Row;
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::program::Seals;
use crate::touched::Touched;
use crate::{Error, account, bootstrap, code_use, column, outbox, product, replica, staff, stream};

/// The most rows of a table that one transaction finds missing.
const MOST_MISSING: u32 = 1_000;

/// Reads the feed again from its beginning: what a server that was restored says is another feed, with
/// other rows at the positions that this till holds.
pub fn begin_again(tx: &Connection) -> Result<(), Error> {
    bootstrap::abandon(tx)?;
    for sql in [
        "update feed set cursor = 0, hash = null, epoch = epoch + 1, again = 1 where only = 1",
        "delete from read_again",
        "update erased_customer set unconfirmed = 1 where to_push = 0",
    ] {
        tx.execute(sql, [])?;
    }
    Ok(())
}

/// Whether the feed is being read again.
pub(crate) fn is_reading_again(connection: &Connection) -> Result<bool, Error> {
    let again = connection
        .prepare_cached("select again from feed where only = 1")?
        .query_row([], |row| row.get(0))?;
    Ok(again)
}

/// Keeps a row for the end of the feed, if it is one whose older states would be used before that. What
/// stands here already needs no keeping.
pub(crate) fn set_aside(tx: &Connection, row: &Row) -> Result<bool, Error> {
    let stands = match row {
        Row::Account {
            customer_id,
            account,
        } => account::confirm(tx, *customer_id, account)?,
        Row::CodeUse(tally) => code_use::confirm(tx, tally)?,
        Row::Product(product) => product::get(tx, &product.id)?.as_ref() == Some(product),
        Row::Staff(person) => staff::get(tx, person.id)?.as_ref() == Some(person),
        Row::Stream { stream, .. } => replica::included(tx, *stream)?.is_none(),
        _ => return Ok(false),
    };
    let (kind, key) = row.key();
    if stands {
        tx.prepare_cached("delete from read_again where kind = ? and row_key = ?")?
            .execute(params![kind, key])?;
    } else {
        tx.prepare_cached(
            "insert into read_again (kind, row_key, document) values (?, ?, ?)
             on conflict (kind, row_key) do update set document = excluded.document",
        )?
        .execute(params![kind, key, serde_json::to_string(row)?])?;
    }
    Ok(true)
}

/// The feed was read to its end: brings in what waited aside, with how far own streams are included now.
/// `own_through` is about the stream that this till writes.
pub(crate) fn bring_in(
    tx: &Connection,
    own_through: u64,
    touched: &mut Touched,
) -> Result<(), Error> {
    let rows: Vec<Row> = tx
        .prepare_cached("select document from read_again order by kind, row_key")?
        .query_map([], |row| column::document(row, 0))?
        .collect::<Result<_, _>>()?;
    let mut through = included_in(&rows);
    if let Some(head) = stream::head(tx)? {
        through.insert(head.stream, own_through);
    }
    for row in rows {
        replica::apply_row(tx, (&row, &Seals::new()), touched)?;
    }
    end(tx, &through, touched)
}

/// How far these rows include which streams.
pub(crate) fn included_in(rows: &[Row]) -> BTreeMap<Uuid, u64> {
    let streams = rows.iter().filter_map(|row| match row {
        Row::Stream { stream, through } => Some((*stream, *through)),
        _ => None,
    });
    streams.collect()
}

/// Ends the reading again. Own streams are included as far as it showed, which may be less than before:
/// the server lost what it had included.
pub(crate) fn end(
    tx: &Connection,
    through: &BTreeMap<Uuid, u64>,
    touched: &mut Touched,
) -> Result<(), Error> {
    for head in stream::all(tx)? {
        let included = through.get(&head.stream).copied().unwrap_or(0);
        replica::move_included(tx, head.stream, included, touched)?;
    }
    drop_unconfirmed(tx, touched)?;
    for sql in [
        "delete from read_again",
        "update feed set again = 0 where only = 1",
    ] {
        tx.prepare_cached(sql)?.execute([])?;
    }
    Ok(())
}

/// A balance that own entries changed and that the feed has not shown is of before: it counts entries that
/// now wait again, which would then count twice.
fn drop_unconfirmed(tx: &Connection, touched: &mut Touched) -> Result<(), Error> {
    let (customers, codes) = touched.all();
    for customer in &customers {
        tx.prepare_cached(
            "delete from account where customer_id = ?
             and confirmed_epoch < (select epoch from feed where only = 1)",
        )?
        .execute([customer.as_bytes()])?;
    }
    for code in &codes {
        tx.prepare_cached(
            "delete from code_use where code = ?
             and confirmed_epoch < (select epoch from feed where only = 1)",
        )?
        .execute([code.as_str()])?;
    }
    touched.gone(customers, codes);
    Ok(())
}

/// The feed was read to its end, so whatever it has not shown the server does not have. Whose balance
/// went is to be folded again. Many that are missing take several times.
pub(crate) fn at_the_end(tx: &Connection, touched: &mut Touched) -> Result<(), Error> {
    let epoch: i64 = tx
        .prepare_cached("select epoch from feed where only = 1")?
        .query_row([], |row| row.get(0))?;
    for sql in [
        "update customer set confirmed_epoch = ?1, to_push = 1
         where number in (select number from customer
                          where to_push = 0 and confirmed_epoch < ?1 limit ?2)",
        "update program set confirmed_epoch = ?1, to_push = 1
         where version in (select version from program
                           where to_push = 0 and refused = 0 and confirmed_epoch < ?1 limit ?2)",
    ] {
        tx.prepare_cached(sql)?
            .execute(params![epoch, MOST_MISSING])?;
    }
    let sql = "update erased_customer set unconfirmed = 0, to_push = 1 where unconfirmed = 1";
    tx.prepare_cached(sql)?.execute([])?;
    if outbox::waiting(tx)? > 0 {
        return Ok(());
    }
    let customers: Vec<Uuid> = tx
        .prepare_cached(
            "delete from account
             where customer_id in (select customer_id from account
                                   where confirmed_epoch < ?1 limit ?2)
             returning customer_id",
        )?
        .query_map(params![epoch, MOST_MISSING], |row| column::id(row, 0))?
        .collect::<Result<_, _>>()?;
    let codes: Vec<String> = tx
        .prepare_cached(
            "delete from code_use
             where code in (select code from code_use where confirmed_epoch < ?1 limit ?2)
             returning code",
        )?
        .query_map(params![epoch, MOST_MISSING], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let codes = codes.iter().filter_map(|code| CodeText::parse(code));
    touched.gone(customers, codes);
    Ok(())
}
