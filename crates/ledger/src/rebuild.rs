//! Projections from nothing: the raw entries and the replicated rows are enough.

use mostrador_protocol::entry::{Decoded, Payload};
use rusqlite::{Connection, TransactionBehavior};

use crate::{
    Error, account, column, customer, entry, experiment, product, record, sale, stream, visit,
};

/// Deletes every projection and makes it again: sales, shown accounts, uses of codes, visits, and the
/// search index. The result is the same, row for row, as what recording and pulling had left.
pub fn projections(tx: &Connection) -> Result<(), Error> {
    tx.execute_batch(
        "delete from sale_code; delete from sale_refusal; delete from sale_tender; delete from sale;
         delete from account_shown; delete from code_use_shown; delete from visit; delete from derived_use;",
    )?;
    for head in stream::all(tx)? {
        entry::walk(tx, head.stream, |seq, raw, _| {
            let header = raw.header()?;
            let Decoded::Known(payload) = raw.payload(&header)? else {
                return Ok(());
            };
            experiment::project(tx, &header, &payload.derived_uses())?;
            let Payload::SaleCompleted(sale) = payload else {
                return Ok(());
            };
            if seq > head.included {
                record::project_sale(tx, &header, &sale)
            } else {
                sale::project(tx, &header, &sale)
            }
        })?;
    }
    visits(tx)?;
    customer::index_all(tx)?;
    product::index_all(tx)
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
