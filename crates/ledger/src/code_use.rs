//! Uses of codes: the server's tally, and what counts here, which adds this till's own uses that the
//! tally does not include yet.
//!
//! A use of a code that derives from another, a variant or a member of a series, is a use of its parent
//! too.
//!
//! Always true: `code_use_shown` has a row for exactly the codes with such uses.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use loyalty::account::{CodeTally, UseSum};
use loyalty::code::CodeText;
use loyalty::customer::{CodeUse, Usage};
use loyalty::money::Amount;
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::{Effects, Header};
use mostrador_protocol::row::CodeUseRow;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::touched::Included;
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
        Some(customer_id) => account::held(connection, customer_id)?.1,
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
            right: None,
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

/// Own uses of each code since `since_ms` (effective time, milliseconds since the epoch), with the discount
/// that they gave, minor units. A use of a code that derives from another is one of its parent too. Reads
/// the sales since then and no others.
pub fn recent(
    connection: &Connection,
    since_ms: i64,
) -> Result<BTreeMap<CodeText, (i64, i64)>, Error> {
    let mut statement = connection.prepare_cached(RECENT)?;
    let mut found = statement.query([since_ms])?;
    let mut recent: BTreeMap<CodeText, (i64, i64)> = BTreeMap::new();
    while let Some(row) = found.next()? {
        let texts: [Option<String>; 2] = [row.get(0)?, row.get(1)?];
        let (uses, discount): (i64, i64) = (row.get(2)?, row.get(3)?);
        for code in texts
            .iter()
            .flatten()
            .filter_map(|text| CodeText::parse(text))
        {
            let sum = recent.entry(code).or_default();
            *sum = (sum.0.saturating_add(uses), sum.1.saturating_add(discount));
        }
    }
    Ok(recent)
}

const RECENT: &str = "select c.code, c.parent, count(*), coalesce(sum(c.amount), 0)
     from sale s indexed by sale_by_time
     cross join sale_code c on c.stream = s.stream and c.seq = s.seq
     where s.effective_ms >= ?1 and c.consumed = 1
     group by c.code, c.parent";

/// Adds the uses that an own entry makes and gives back to what counts here.
pub(crate) fn add_own(tx: &Connection, effects: &Effects) -> Result<(), Error> {
    for used in &effects.codes {
        let mut tally = shown(tx, &used.code)?;
        tally.apply(used.day, used.discount);
        write_shown(tx, &used.code, &tally)?;
    }
    for back in &effects.codes_given_back {
        let mut tally = shown(tx, &back.code)?;
        tally.give_back(back.day, back.discount);
        write_shown(tx, &back.code, &tally)?;
    }
    Ok(())
}

/// Writes the uses of an own entry: what [`refold`] finds them by.
pub(crate) fn project(tx: &Connection, header: &Header, effects: &Effects) -> Result<(), Error> {
    let mut insert = tx.prepare_cached(
        "insert into code_entry (stream, seq, place, code, local_day, discount, given_back)
         values (?, ?, ?, ?, ?, ?, ?)",
    )?;
    let used = effects.codes.iter().map(|used| (used, false));
    let back = effects.codes_given_back.iter().map(|used| (used, true));
    for (place, (used, given_back)) in (0_i64..).zip(used.chain(back)) {
        insert.execute(params![
            header.stream.as_bytes(),
            column::integer(header.seq),
            place,
            used.code.as_str(),
            used.day.to_string(),
            used.discount.minor(),
            given_back
        ])?;
    }
    Ok(())
}

/// Which codes are used or given back by the entries of a stream that stand after `after`, up to
/// `through`.
pub(crate) fn between(
    tx: &Connection,
    stream: Uuid,
    (after, through): (u64, u64),
) -> Result<BTreeSet<CodeText>, Error> {
    let mut statement = tx.prepare_cached(
        "select distinct code from code_entry where stream = ? and seq > ? and seq <= ?",
    )?;
    let range = params![
        stream.as_bytes(),
        column::integer(after),
        column::integer(through)
    ];
    let mut codes = BTreeSet::new();
    for code in statement.query_map(range, |row| row.get::<_, String>(0))? {
        codes.extend(CodeText::parse(&code?));
    }
    Ok(codes)
}

/// Writes the server's tally. What counts here follows by [`crate::touched::Touched::refold`].
pub(crate) fn put(tx: &Connection, row: &CodeUseRow) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into code_use (code, document, confirmed_epoch)
         values (?, ?, (select epoch from feed where only = 1))
         on conflict (code) do update set document = excluded.document,
             confirmed_epoch = excluded.confirmed_epoch",
    )?
    .execute(params![row.code, serde_json::to_string(row)?])?;
    Ok(())
}

/// The feed shows this row: notes it, and says whether it stands here just so.
pub(crate) fn confirm(tx: &Connection, row: &CodeUseRow) -> Result<bool, Error> {
    let here: Option<CodeUseRow> = tx
        .prepare_cached(
            "update code_use set confirmed_epoch = (select epoch from feed where only = 1)
             where code = ? returning document",
        )?
        .query_row([&row.code], |row| column::document(row, 0))
        .optional()?;
    Ok(here.as_ref() == Some(row))
}

/// The server's tally of a code where something else counts here, because own uses come on top.
pub(crate) fn under_own(tx: &Connection, code: &CodeText) -> Result<Option<CodeTally>, Error> {
    let is_shown: bool = tx
        .prepare_cached("select exists (select 1 from code_use_shown where code = ?)")?
        .query_row([code.as_str()], |row| row.get(0))?;
    if !is_shown {
        return Ok(None);
    }
    Ok(Some(server_tally(tx, code)?))
}

/// Whether what counts here of a code stays as it is, though the server's tally changed from `before`: it
/// changed by the own uses that it includes now, and others still come on top.
pub(crate) fn stands(
    tx: &Connection,
    (code, before): (&CodeText, &CodeTally),
    included: &[Included],
) -> Result<bool, Error> {
    let mut tally = *before;
    for range in included {
        apply_between(tx, (code, range), &mut tally)?;
    }
    if tally != server_tally(tx, code)? {
        return Ok(false);
    }
    let still_waits = tx
        .prepare_cached(
            "select exists (
                 select 1
                 from stream t
                 cross join code_entry c indexed by code_entry_by_code
                     on c.code = ? and c.stream = t.id and c.seq > t.included)",
        )?
        .query_row([code.as_str()], |row| row.get(0))?;
    Ok(still_waits)
}

/// Adds the own uses of these positions, and what came back there.
fn apply_between(
    tx: &Connection,
    (code, range): (&CodeText, &Included),
    tally: &mut CodeTally,
) -> Result<(), Error> {
    let mut statement = tx.prepare_cached(
        "select local_day, discount, given_back
         from code_entry indexed by code_entry_by_code
         where code = ? and stream = ? and seq > ? and seq <= ?
         order by seq, place",
    )?;
    let mut rows = statement.query(params![
        code.as_str(),
        range.stream.as_bytes(),
        column::integer(range.after),
        column::integer(range.through)
    ])?;
    while let Some(row) = rows.next()? {
        let day = column::day(row, 0)?;
        let discount = Amount::clamped(row.get::<_, i64>(1)?.into());
        if row.get(2)? {
            tally.give_back(day, discount);
        } else {
            tally.apply(day, discount);
        }
    }
    Ok(())
}

/// As the server's row says it; empty without one.
fn server_tally(tx: &Connection, code: &CodeText) -> Result<CodeTally, Error> {
    let row: Option<CodeUseRow> = tx
        .prepare_cached("select document from code_use where code = ?")?
        .query_row([code.as_str()], |row| column::document(row, 0))
        .optional()?;
    Ok(row.map_or_else(CodeTally::default, |row| row.tally()))
}

/// Computes what counts here from the server's tally and the own uses that it does not include.
pub(crate) fn refold(tx: &Connection, code: &CodeText) -> Result<(), Error> {
    let own = own_uses(tx, code)?;
    tx.prepare_cached("delete from code_use_shown where code = ?")?
        .execute([code.as_str()])?;
    let Some(own) = own else {
        return Ok(());
    };
    let mut tally = shown(tx, code)?;
    tally.apply_sum(&own);
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

/// The sums of the own uses that the tally does not include; none where there are none. After months offline
/// these are all of a busy code's, and every page asks: they are read once, and only added up.
fn own_uses(tx: &Connection, code: &CodeText) -> Result<Option<UseSum>, Error> {
    // What is shown knows the latest day already, unless that day's uses are included by now.
    let likely = shown(tx, code)?.day.unwrap_or_default();
    let sum = own_sum(tx, code, likely)?;
    match sum {
        Some(sum) if sum.day != likely => own_sum(tx, code, sum.day),
        sum => Ok(sum),
    }
}

/// These sums, with the uses of `day` as those of the latest day.
fn own_sum(tx: &Connection, code: &CodeText, day: NaiveDate) -> Result<Option<UseSum>, Error> {
    let mut statement = tx.prepare_cached(
        "select sum(1 - 2 * c.given_back), sum(c.discount * (1 - 2 * c.given_back)),
                max(c.local_day),
                sum(case when c.local_day = ?2 then 1 - 2 * c.given_back else 0 end)
         from stream t
         cross join code_entry c indexed by code_entry_by_code
             on c.code = ?1 and c.stream = t.id and c.seq > t.included
         having count(*) > 0",
    )?;
    let sum = statement.query_row(params![code.as_str(), day.to_string()], |row| {
        Ok(UseSum {
            uses: row.get(0)?,
            discount: row.get(1)?,
            day: column::day(row, 2)?,
            on_day: row.get(3)?,
        })
    });
    Ok(sum.optional()?)
}
