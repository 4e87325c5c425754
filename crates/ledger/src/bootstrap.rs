//! A beginning with the server's rows at one position of its feed, taken over in parts while the till
//! sells.
//!
//! Always true: each part is taken over with the place where the next one begins, so nothing is lost by
//! a restart and nothing is asked for twice; the feed's cursor moves in the last transaction and not
//! before. A row that own entries concern which the server's rows at that position include, and those
//! here do not yet, waits for that transaction: no balance counts a sale twice on the way, or misses it.

use std::collections::BTreeMap;

use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::row::Row;
use mostrador_protocol::snapshot::{SnapshotPlace, SnapshotReply};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::program::Seals;
use crate::touched::Touched;
use crate::{Error, account, column, replica, restored, stream};

/// A beginning that has not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bootstrap {
    /// The position of the feed, and the chain up to there.
    pub at: (u64, EntryHash),
    /// Where the next part begins; none: with the first row.
    pub place: Option<SnapshotPlace>,
    /// Customers that are here, and how many there are.
    pub customers: (u64, u64),
    /// The same of accounts.
    pub accounts: (u64, u64),
}

/// Some rows of a snapshot, in order.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    /// The position of the snapshot.
    pub position: u64,
    /// The row that they stand after.
    pub after: Option<&'a SnapshotPlace>,
    /// The rows.
    pub rows: &'a [Row],
    /// The server's seals under programs among them, by version.
    pub seals: &'a BTreeMap<u32, String>,
}

/// The beginning that is under way, if one is.
pub fn current(connection: &Connection) -> Result<Option<Bootstrap>, Error> {
    let found = connection
        .prepare_cached(
            "select position, hash, place, customers, customers_total, accounts, accounts_total
             from bootstrap where only = 1",
        )?
        .query_row([], |row| {
            let hash: String = row.get(1)?;
            let place: Option<String> = row.get(2)?;
            let place = place.map(|place| place.parse()).transpose();
            Ok(Bootstrap {
                at: (
                    column::count(row, 0)?,
                    EntryHash::from_hex(&hash).unwrap_or(EntryHash::ZERO),
                ),
                place: place.map_err(|error| column::unreadable(2, error))?,
                customers: (column::count(row, 3)?, column::count(row, 4)?),
                accounts: (column::count(row, 5)?, column::count(row, 6)?),
            })
        })
        .optional()?;
    Ok(found)
}

/// Begins with this snapshot. What was taken over of another one stays: its rows are the server's, only
/// older.
pub fn begin(tx: &Connection, told: &SnapshotReply) -> Result<(), Error> {
    abandon(tx)?;
    tx.prepare_cached(
        "insert into bootstrap (only, position, hash, customers, customers_total, accounts,
             accounts_total)
         values (1, ?, ?, 0, ?, 0, ?)",
    )?
    .execute(params![
        column::integer(told.position),
        told.hash.to_hex(),
        column::integer(told.customers),
        column::integer(told.accounts)
    ])?;
    Ok(())
}

/// Gives the beginning up that is under way: the feed is read in another way from now on.
pub fn abandon(tx: &Connection) -> Result<(), Error> {
    let begun = tx.prepare_cached("delete from bootstrap")?.execute([])?;
    if begun > 0 {
        tx.prepare_cached("delete from bootstrap_row")?
            .execute([])?;
    }
    Ok(())
}

/// Takes rows over. Those of another snapshot, or of another place than the next, change nothing.
pub fn apply(tx: &Connection, chunk: Chunk<'_>) -> Result<(), Error> {
    let Some(begun) = current(tx)? else {
        return Ok(());
    };
    if begun.at.0 != chunk.position || begun.place.as_ref() != chunk.after {
        return Ok(());
    }
    let mut touched = Touched::default();
    let mut open = open_ranges(tx)?;
    let (mut customers, mut accounts) = (0_u64, 0_u64);
    for row in chunk.rows {
        match row {
            Row::Customer(_) => customers += 1,
            Row::Account { .. } => accounts += 1,
            _ => {}
        }
        if is_own_stream(tx, row)? || concerns(tx, row, &open)? {
            tx.prepare_cached("insert into bootstrap_row (document) values (?)")?
                .execute([serde_json::to_string(row)?])?;
            if let Row::Stream { .. } = row {
                open = open_ranges(tx)?;
            }
            continue;
        }
        replica::apply_row(tx, (row, chunk.seals), &mut touched)?;
        if let Row::Account {
            customer_id,
            account,
        } = row
            && account::is_only_the_servers(tx, *customer_id, account)?
        {
            touched.follows(*customer_id);
        }
    }
    touched.refold(tx)?;
    let Some(last) = chunk.rows.last() else {
        return Ok(());
    };
    tx.prepare_cached(
        "update bootstrap set place = ?1, customers = customers + ?2, accounts = accounts + ?3",
    )?
    .execute(params![
        SnapshotPlace::after(last).to_string(),
        column::integer(customers),
        column::integer(accounts)
    ])?;
    Ok(())
}

/// Every row is here: takes those over that waited, with how far own entries are included, and reads the
/// feed on from there.
pub fn finish(tx: &Connection, position: u64) -> Result<(), Error> {
    let Some(begun) = current(tx)?.filter(|begun| begun.at.0 == position) else {
        return Ok(());
    };
    let mut touched = Touched::default();
    let rows = waiting(tx)?;
    for row in &rows {
        replica::apply_row(tx, (row, &Seals::new()), &mut touched)?;
    }
    if restored::is_reading_again(tx)? {
        restored::end(tx, &restored::included_in(&rows), &mut touched)?;
    }
    let (position, hash) = begun.at;
    tx.prepare_cached("update feed set cursor = ?1, hash = ?2 where only = 1 and cursor <= ?1")?
        .execute(params![column::integer(position), hash.to_hex()])?;
    abandon(tx)?;
    touched.refold(tx)
}

fn waiting(tx: &Connection) -> Result<Vec<Row>, Error> {
    let rows = tx
        .prepare_cached("select document from bootstrap_row order by number")?
        .query_map([], |row| column::document(row, 0))?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

/// Positions of an own stream.
struct Range {
    stream: Uuid,
    after: u64,
    through: u64,
}

/// Own entries that the snapshot includes and the rows here do not, or the other way round where the feed
/// is read again. The rows of streams come first, so
/// this is known before any balance comes.
fn open_ranges(tx: &Connection) -> Result<Vec<Range>, Error> {
    let mut ranges = Vec::new();
    let sql = "select document from bootstrap_row
               where document ->> '$.kind' = 'stream' order by number";
    let rows: Vec<Row> = tx
        .prepare_cached(sql)?
        .query_map([], |row| column::document(row, 0))?
        .collect::<Result<_, _>>()?;
    let mut shown = restored::included_in(&rows);
    if restored::is_reading_again(tx)? {
        // What it does not show of an own stream the server has lost.
        for head in stream::all(tx)? {
            shown.entry(head.stream).or_insert(0);
        }
    }
    for (stream, shown) in shown {
        let Some(here) = replica::included(tx, stream)? else {
            continue;
        };
        if here < shown || here > shown && restored::is_reading_again(tx)? {
            ranges.push(Range {
                stream,
                after: here.min(shown),
                through: here.max(shown),
            });
        }
    }
    Ok(ranges)
}

fn is_own_stream(tx: &Connection, row: &Row) -> Result<bool, Error> {
    match row {
        Row::Stream { stream, .. } => Ok(replica::included(tx, *stream)?.is_some()),
        _ => Ok(false),
    }
}

/// Whether own entries of these ranges change what a row counts.
fn concerns(tx: &Connection, row: &Row, ranges: &[Range]) -> Result<bool, Error> {
    for range in ranges {
        let found: bool = match row {
            Row::Account { customer_id, .. } => tx
                .prepare_cached(
                    "select exists (
                         select 1 from customer_entry
                         where customer_id in (
                                 select ?1 union all
                                 select customer_id from account where merged_into = ?1)
                             and stream = ?2 and seq > ?3 and seq <= ?4)",
                )?
                .query_row(
                    params![
                        customer_id.as_bytes(),
                        range.stream.as_bytes(),
                        column::integer(range.after),
                        column::integer(range.through)
                    ],
                    |row| row.get(0),
                )?,
            Row::CodeUse(tally) => tx
                .prepare_cached(
                    "select exists (
                         select 1 from code_entry
                         where code = ?1 and stream = ?2 and seq > ?3 and seq <= ?4)",
                )?
                .query_row(
                    params![
                        tally.code,
                        range.stream.as_bytes(),
                        column::integer(range.after),
                        column::integer(range.through)
                    ],
                    |row| row.get(0),
                )?,
            _ => false,
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}
