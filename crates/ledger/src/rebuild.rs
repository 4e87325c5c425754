//! Projections from nothing: the raw entries and the replicated rows are enough.

use mostrador_protocol::entry::Decoded;
use rusqlite::{Connection, TransactionBehavior, params};
use uuid::Uuid;

use crate::projection::{self, Standing};
use crate::{Error, account, column, customer, entry, product, stream, visit};

/// Every table that follows from own entries, those first that refer to others.
pub const PROJECTIONS: [&str; 17] = [
    "sale_code",
    "sale_refusal",
    "sale_tender",
    "sale",
    "undoing_tender",
    "undoing",
    "customer_entry",
    "code_entry",
    "reward_use",
    "referral_code",
    "derived_use",
    "lease_spent",
    "lease_closed",
    "points_at_risk",
    "account_shown",
    "code_use_shown",
    "visit",
];

/// Of them, those that have no place of an entry: what is shown.
const SHOWN: [&str; 3] = ["account_shown", "code_use_shown", "visit"];

/// What follows from the entries of `from` after `after` follows from their copies from now on, which stand
/// `shift` positions further on in `to`. What is shown is not touched.
pub(crate) fn follow(
    tx: &Connection,
    (from, after): (Uuid, u64),
    (to, shift): (Uuid, i64),
) -> Result<(), Error> {
    // Codes and tenders refer to their sale, which is moved behind them.
    tx.execute_batch("pragma defer_foreign_keys = on")?;
    for table in PROJECTIONS
        .into_iter()
        .filter(|table| !SHOWN.contains(table))
    {
        let sql = format!(
            "update {table} set stream = ?1, seq = seq + ?2 where stream = ?3 and seq > ?4"
        );
        tx.execute(
            &sql,
            params![
                to.as_bytes(),
                shift,
                from.as_bytes(),
                column::integer(after)
            ],
        )?;
    }
    Ok(())
}

/// Deletes every projection and makes it again: sales and what is undone of them, shown accounts, uses
/// of codes and rewards, visits, and the search index. The result is the same, row for row, as what
/// recording and pulling had left.
pub fn projections(tx: &Connection) -> Result<(), Error> {
    for table in PROJECTIONS {
        tx.execute(&format!("delete from {table}"), [])?;
    }
    own_entries(tx)?;
    visits(tx)?;
    customer::index_all(tx)?;
    product::index_all(tx)
}

fn own_entries(tx: &Connection) -> Result<(), Error> {
    for head in stream::all(tx)? {
        entry::walk(tx, head.stream, |seq, raw, _| {
            if seq > head.end() {
                // It was written again in a later stream, and counts there.
                return Ok(());
            }
            let header = raw.header()?;
            let Decoded::Known(payload) = raw.payload(&header)? else {
                return Ok(());
            };
            let standing = if seq > head.included {
                Standing::Pending
            } else {
                Standing::Included
            };
            projection::project(tx, &header, &payload, standing)
        })?;
    }
    Ok(())
}

/// Makes the projections of a file again that an older version wrote, when a migration asks for it. If
/// it does not come to its end, the next start does it.
pub(crate) fn if_due(connection: &mut Connection) -> Result<(), Error> {
    let due: bool = connection.query_row(
        "select exists (select 1 from rebuild_due where only = 1)",
        [],
        |row| row.get(0),
    )?;
    if !due {
        return Ok(());
    }
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    projections(&tx)?;
    tx.execute("delete from rebuild_due where only = 1", [])?;
    tx.commit()?;
    Ok(())
}

/// Visits of customers without own entries come from the server's rows.
fn visits(tx: &Connection) -> Result<(), Error> {
    let mut statement = tx.prepare(
        "select customer_id from account
         where customer_id not in (select customer_id from account_shown)",
    )?;
    let customers = statement
        .query_map([], |row| column::id(row, 0))?
        .collect::<Result<Vec<_>, _>>()?;
    for customer in customers {
        visit::set(tx, customer, account::shown(tx, customer)?.last_purchase_ms)?;
    }
    Ok(())
}
