//! Which own entries concern a customer: what accounts are folded from, and an own history is read by.

use std::collections::BTreeSet;

use mostrador_protocol::entry::{Decoded, Effects, Header, Payload, RawEntry};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::touched::Included;
use crate::{Error, column};

/// An own entry that concerns a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concerning {
    /// What stands in front of it.
    pub header: Header,
    /// What it says; a kind of a later version is unknown.
    pub payload: Decoded,
    /// Whether the server acknowledged it.
    pub sent: bool,
}

/// The latest own entries of any kind that concern a customer, newest first.
pub fn recent(
    connection: &Connection,
    customer_id: Uuid,
    limit: u32,
) -> Result<Vec<Concerning>, Error> {
    let mut statement = connection.prepare_cached(
        "select e.header, e.payload, c.seq <= t.acknowledged
         from stream t
         cross join customer_entry c indexed by customer_entry_by_customer
             on c.customer_id = ? and c.stream = t.id
         cross join entry e on e.stream = c.stream and e.seq = c.seq
         order by t.opened desc, c.seq desc
         limit ?",
    )?;
    let mut rows = statement.query(params![customer_id.as_bytes(), limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let raw = raw_of(row)?;
        let header = raw.header()?;
        found.push(Concerning {
            payload: raw.payload(&header)?,
            header,
            sent: row.get(2)?,
        });
    }
    Ok(found)
}

/// An own entry that the server's rows do not include yet.
pub(crate) struct Pending {
    /// The order of its stream, and its position.
    pub(crate) place: (u64, u64),
    /// What it does.
    pub(crate) effects: Effects,
}

/// The own entries that concern a customer and are not included in the server's rows; however many are
/// included, only these are read.
pub(crate) fn pending(tx: &Connection, customer_id: Uuid) -> Result<Vec<Pending>, Error> {
    let mut statement = tx.prepare_cached(PENDING)?;
    let mut rows = statement.query([customer_id.as_bytes()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(effects) = effects_of(row)? {
            let place = (column::count(row, 2)?, column::count(row, 3)?);
            found.push(Pending { place, effects });
        }
    }
    Ok(found)
}

const PENDING: &str = "select e.header, e.payload, t.opened, c.seq
     from stream t
     cross join customer_entry c indexed by customer_entry_by_customer
         on c.customer_id = ? and c.stream = t.id and c.seq > t.included
     cross join entry e on e.stream = c.stream and e.seq = c.seq";

/// What own entries say that concern a customer and have no effects in the server's rows, though these include
/// their positions: the server holds them. In order.
pub(crate) fn held(connection: &Connection, customer_id: Uuid) -> Result<Vec<Effects>, Error> {
    let is_any: bool = connection
        .prepare_cached(
            "select exists (select 1 from disposition indexed by disposition_held
                            where disposition = 'held')",
        )?
        .query_row([], |row| row.get(0))?;
    if !is_any {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(
        "select e.header, e.payload
         from stream t
         cross join customer_entry c indexed by customer_entry_by_customer
             on c.customer_id = ? and c.stream = t.id and c.seq <= t.included
         cross join disposition d
             on d.stream = c.stream and d.seq = c.seq and d.disposition = 'held'
         cross join entry e on e.stream = c.stream and e.seq = c.seq
         order by t.opened, c.seq",
    )?;
    let mut rows = statement.query([customer_id.as_bytes()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.extend(effects_of(row)?);
    }
    Ok(found)
}

/// Whether an own entry changes the account of a customer that is not included in the server's rows. Not every
/// entry that concerns somebody changes what they have; a sale to them does, and is not read for that.
pub(crate) fn is_pending(tx: &Connection, customer_id: Uuid) -> Result<bool, Error> {
    let has_bought = tx
        .prepare_cached(
            "select exists (
                 select 1
                 from stream t
                 cross join sale s indexed by sale_by_customer
                     on s.customer_id = ? and s.stream = t.id and s.seq > t.included)",
        )?
        .query_row([customer_id.as_bytes()], |row| row.get(0))?;
    if has_bought {
        return Ok(true);
    }
    let mut statement = tx.prepare_cached(PENDING)?;
    let mut rows = statement.query([customer_id.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let Some(effects) = effects_of(row)? else {
            continue;
        };
        let mut changed = effects.accounts.iter().map(|(customer, _)| *customer);
        if changed.any(|customer| customer == customer_id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the entries of these positions do that concern a customer, in order.
pub(crate) fn effects(
    tx: &Connection,
    customer_id: Uuid,
    range: &Included,
) -> Result<Vec<Effects>, Error> {
    let mut statement = tx.prepare_cached(
        "select e.header, e.payload
         from customer_entry c indexed by customer_entry_by_customer
         cross join entry e on e.stream = c.stream and e.seq = c.seq
         where c.customer_id = ? and c.stream = ? and c.seq > ? and c.seq <= ?
         order by c.seq",
    )?;
    let mut rows = statement.query(params![
        customer_id.as_bytes(),
        range.stream.as_bytes(),
        column::integer(range.after),
        column::integer(range.through)
    ])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.extend(effects_of(row)?);
    }
    Ok(found)
}

/// Whom the entries of a stream concern that stand after `after`, up to `through`.
pub(crate) fn between(
    tx: &Connection,
    stream: Uuid,
    (after, through): (u64, u64),
) -> Result<BTreeSet<Uuid>, Error> {
    let mut statement = tx.prepare_cached(
        "select distinct customer_id from customer_entry where stream = ? and seq > ? and seq <= ?",
    )?;
    let range = params![
        stream.as_bytes(),
        column::integer(after),
        column::integer(through)
    ];
    let customers = statement
        .query_map(range, |row| column::id(row, 0))?
        .collect::<Result<_, _>>()?;
    Ok(customers)
}

/// Writes whom an entry concerns.
pub(crate) fn project(tx: &Connection, header: &Header, payload: &Payload) -> Result<(), Error> {
    let mut insert = tx
        .prepare_cached("insert into customer_entry (stream, seq, customer_id) values (?, ?, ?)")?;
    for customer in payload.customers() {
        insert.execute(params![
            header.stream.as_bytes(),
            column::integer(header.seq),
            customer.as_bytes()
        ])?;
    }
    Ok(())
}

/// None: an entry of a kind of a later version, which does nothing here.
fn effects_of(row: &Row<'_>) -> Result<Option<Effects>, Error> {
    let raw = raw_of(row)?;
    let header = raw.header()?;
    Ok(match raw.payload(&header)? {
        Decoded::Known(payload) => Some(payload.effects(header.effective_ms)),
        Decoded::Unknown => None,
    })
}

fn raw_of(row: &Row<'_>) -> rusqlite::Result<RawEntry> {
    Ok(RawEntry {
        header: row.get(0)?,
        payload: row.get(1)?,
    })
}
