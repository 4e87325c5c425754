//! Rows that the owner writes: profiles, products, staff.

use mostrador_protocol::row::Row;
use rusqlite::Transaction;

use super::{Answer, catalogue, customer, directory, feed};

/// Writes the rows and feeds those that changed something, in their order.
pub(super) fn put(tx: &Transaction<'_>, tenant: &str, rows: Vec<Row>) -> Answer<()> {
    directory::require_tenant(tx, tenant)?;
    let mut changed = Vec::with_capacity(rows.len());
    for row in rows {
        let written = match &row {
            Row::Customer(profile) => customer::put_profile(tx, tenant, profile)?,
            Row::Product(product) => {
                catalogue::put_product(tx, tenant, product)?;
                true
            }
            Row::Staff(person) => {
                catalogue::put_staff(tx, tenant, person)?;
                true
            }
            Row::Account { .. }
            | Row::Program(_)
            | Row::UnreadProgram(_)
            | Row::CodeUse(_)
            | Row::Stream { .. } => {
                unreachable!("BUG: balances come from entries and programs from publishing")
            }
        };
        if written {
            changed.push(row);
        }
    }
    feed::append(tx, tenant, &changed)
}
