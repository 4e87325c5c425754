//! Uses of codes: the server's tally, and what counts here, which adds this till's own uses that the
//! tally does not include yet.
//!
//! A use of a code that derives from another, a variant or a member of a series, is a use of its parent
//! too.
//!
//! Always true: `code_use_shown` has a row for exactly the codes with such uses.

use chrono::NaiveDate;
use loyalty::account::CodeTally;
use loyalty::code::CodeText;
use loyalty::customer::{CodeUse, Usage};
use loyalty::money::Amount;
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::CodeUsed;
use mostrador_protocol::row::CodeUseRow;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::{Error, account, column};

/// How often each of `codes` was used, by everybody, by the customer, and on the local `day`.
/// A code that was never used is absent.
pub fn usage(
    connection: &Connection,
    codes: &[CodeText],
    customer_id: Option<Uuid>,
    day: NaiveDate,
) -> Result<Usage, Error> {
    let own = match customer_id {
        Some(customer_id) => account::shown(connection, customer_id)?,
        None => loyalty::account::Account::default(),
    };
    let mut usage = Usage::default();
    for code in codes {
        let tally = shown(connection, code)?;
        let by_customer = own.uses_of(code);
        if tally.uses() == 0 && by_customer == 0 {
            continue;
        }
        let used = CodeUse {
            total: tally.uses(),
            by_customer,
            today: tally.used_on(day),
            discount: tally.discount_given(),
        };
        usage.codes.insert(code.clone(), used);
    }
    Ok(usage)
}

/// What counts here for a code; a code that was never used has an empty tally.
pub fn shown(connection: &Connection, code: &CodeText) -> Result<CodeTally, Error> {
    let row: Option<CodeUseRow> = connection
        .prepare_cached(
            "select document from code_use_shown where code = ?1
             union all
             select document from code_use where code = ?1
             limit 1",
        )?
        .query_row([code.as_str()], |row| column::document(row, 0))
        .optional()?;
    Ok(row.map_or_else(CodeTally::default, |row| row.tally()))
}

/// Adds an own use to what counts here.
pub(crate) fn add_own(tx: &Connection, used: &CodeUsed) -> Result<(), Error> {
    let mut tally = shown(tx, &used.code)?;
    tally.apply(used.day, used.discount);
    write_shown(tx, &used.code, &tally)
}

/// Writes the server's tally. What counts here follows by [`refold`].
pub(crate) fn put(tx: &Connection, row: &CodeUseRow) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into code_use (code, document) values (?, ?)
         on conflict (code) do update set document = excluded.document",
    )?
    .execute(params![row.code, serde_json::to_string(row)?])?;
    Ok(())
}

/// Computes what counts here from the server's tally and the own uses that it does not include.
pub(crate) fn refold(tx: &Connection, code: &CodeText) -> Result<(), Error> {
    tx.prepare_cached("delete from code_use_shown where code = ?")?
        .execute([code.as_str()])?;
    let mut tally = shown(tx, code)?;
    let own = own_uses(tx, code)?;
    for (day, discount) in &own {
        tally.apply(*day, *discount);
    }
    if own.is_empty() {
        return Ok(());
    }
    write_shown(tx, code, &tally)
}

fn write_shown(tx: &Connection, code: &CodeText, tally: &CodeTally) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into code_use_shown (code, document) values (?, ?)
         on conflict (code) do update set document = excluded.document",
    )?
    .execute(params![
        code.as_str(),
        serde_json::to_string(&CodeUseRow::new(code, tally))?
    ])?;
    Ok(())
}

/// Uses of the code itself and of those that derive from it, oldest first: the same that
/// `SaleCompleted::effects` counts for it.
fn own_uses(tx: &Connection, code: &CodeText) -> Result<Vec<(NaiveDate, Amount)>, Error> {
    let mut statement = tx.prepare_cached(
        "select s.local_day, c.amount, t.opened, c.seq
         from stream t
         cross join sale_code c indexed by sale_code_by_code
             on c.code = ?1 and c.stream = t.id and c.seq > t.included
         cross join sale s on s.stream = c.stream and s.seq = c.seq
         where c.consumed = 1
         union all
         select s.local_day, c.amount, t.opened, c.seq
         from stream t
         cross join sale_code c indexed by sale_code_by_parent
             on c.parent = ?1 and c.stream = t.id and c.seq > t.included
         cross join sale s on s.stream = c.stream and s.seq = c.seq
         where c.consumed = 1
         order by 3, 4",
    )?;
    let uses = statement
        .query_map([code.as_str()], |row| {
            let amount: i64 = row.get(1)?;
            Ok((column::day(row, 0)?, Amount::clamped(amount.into())))
        })?
        .collect::<Result<_, _>>()?;
    Ok(uses)
}
