//! Rows that the owner writes: profiles, products, staff.

use mostrador_protocol::row::Row;

use super::session::Transaction;
use super::{Answer, catalogue, customer, directory, feed};

/// Writes the rows and feeds those that changed something, in their order.
pub(super) fn put(tx: &dyn Transaction, tenant: &str, rows: &[Row]) -> Answer<()> {
    directory::require_tenant(tx, tenant)?;
    let mut changed = Vec::with_capacity(rows.len());
    for row in rows {
        let written = match row {
            Row::Customer(profile) => {
                changed.extend(customer::put_profile(tx, tenant, profile)?.map(Row::Customer));
                false
            }
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
            | Row::Disposition { .. }
            | Row::Lease(_)
            | Row::Stream { .. } => {
                unreachable!("BUG: balances come from entries and programs from publishing")
            }
        };
        if written {
            changed.push(row.clone());
        }
    }
    feed::append(tx, tenant, &changed)
}

/// Gives a referral code to every customer who came before there were any. The second time there is
/// nothing to do.
pub(super) fn give_referral_codes(tx: &dyn Transaction) -> Answer<()> {
    for tenant in directory::tenants(tx)? {
        let given = customer::give_codes(tx, &tenant.id)?;
        let rows: Vec<Row> = given.into_iter().map(Row::Customer).collect();
        feed::append(tx, &tenant.id, &rows)?;
    }
    Ok(())
}
