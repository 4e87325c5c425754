//! Table `erased_customer`: who is no longer here, and must not come back.

use mostrador_loyalty::account::MOST_MERGES;
use mostrador_protocol::row::{Customer, Row};
use uuid::Uuid;

use super::column::Param;
use super::session::{Connection, Transaction};
use super::{Answer, column, customer, directory, feed, history};
use crate::erasure::{Erased, Erasure};

/// Why a customer is erased whom only a terminal knew to be.
const TOLD: &str = "a terminal knew of it, this server was restored from a copy of before";

/// The records of a person, whichever of them is named: the one that has the account, then those that were
/// merged into it.
pub(super) fn records(conn: &dyn Connection, tenant: &str, id: Uuid) -> Answer<Vec<Uuid>> {
    let sql = "select merged_into from account
               where tenant_id = ?1 and customer_id = ?2 and merged_into is not null";
    let what = "reading who has the account";
    let mut holder = id.to_string();
    for _ in 0..=MOST_MERGES {
        let values: [&dyn Param; 2] = [&tenant, &holder];
        let next: Option<String> = column::row(conn, what, (sql, &values), |row| row.get(0))?;
        let Some(next) = next else { break };
        holder = next;
    }
    let holder = holder.parse().unwrap_or(id);
    let records = history::records(conn, (tenant, holder))?;
    Ok(records.iter().filter_map(|id| id.parse().ok()).collect())
}

/// Takes a person's profiles out of the tables and out of every row of the feed, and feeds that they are
/// gone; the records that were erased now. Nobody with this id: none.
pub(super) fn erase(tx: &dyn Transaction, erasure: &Erasure) -> Answer<Option<Vec<Uuid>>> {
    let tenant = erasure.tenant.as_str();
    directory::require_tenant(tx, tenant)?;
    let is_known = customer::look_up(tx, tenant, erasure.customer)?.is_some();
    if !is_known && clock_of(tx, tenant, erasure.customer)?.is_none() {
        return Ok(None);
    }
    let mut gone = Vec::new();
    for id in records(tx, tenant, erasure.customer)? {
        if clock_of(tx, tenant, id)?.is_none() {
            let why = (erasure.reason.as_str(), Some(erasure.at_ms));
            gone.push(forget(tx, (tenant, id), why)?);
        }
    }
    let ids = gone.iter().map(|row| row.id).collect();
    let rows: Vec<Row> = gone.into_iter().map(Row::Customer).collect();
    feed::append(tx, tenant, &rows)?;
    Ok(Some(ids))
}

/// What becomes of what arrives about a customer.
pub(super) enum Met {
    /// They are not erased: it is taken as any other.
    Living,
    /// They are, and whoever sent it knows that or will read it.
    Known,
    /// They are, and this row says so to all.
    News(Box<Customer>),
}

/// What arrives about a customer who was erased, or that they were.
pub(super) fn met(tx: &dyn Transaction, tenant: &str, arrived: &Customer) -> Answer<Met> {
    let Some(hlc) = clock_of(tx, tenant, arrived.id)? else {
        if !arrived.erased {
            return Ok(Met::Living);
        }
        let gone = forget(tx, (tenant, arrived.id), (TOLD, None))?;
        return Ok(Met::News(Box::new(gone)));
    };
    if arrived.erased || arrived.hlc < hlc {
        return Ok(Met::Known);
    }
    // The terminal that wrote this holds it above the erasure that it will read: it is told again.
    let hlc = arrived.hlc.saturating_add(1);
    let sql = "update erased_customer set hlc = ?3 where tenant_id = ?1 and customer_id = ?2";
    let values: [&dyn Param; 3] = [&tenant, &arrived.id.to_string(), &column::int(hlc)];
    column::run(tx, "noting a late copy of who was erased", (sql, &values))?;
    Ok(Met::News(Box::new(Customer::erased(arrived.id, hlc))))
}

/// Everybody who was erased, by id.
pub(super) fn all(conn: &dyn Connection, tenant: &str) -> Answer<Vec<Erased>> {
    let sql = "select customer_id, erased_ms, reason from erased_customer
               where tenant_id = ?1 order by customer_id";
    column::rows(conn, "reading who was erased", (sql, &[&tenant]), |row| {
        Ok(Erased {
            customer_id: column::id(row, 0)?,
            at_ms: row.get(1)?,
            reason: row.get(2)?,
        })
    })
}

fn clock_of(conn: &dyn Connection, tenant: &str, id: Uuid) -> Answer<Option<u64>> {
    let sql = "select hlc from erased_customer where tenant_id = ?1 and customer_id = ?2";
    let values: [&dyn Param; 2] = [&tenant, &id.to_string()];
    let what = "looking whether a customer was erased";
    column::row(conn, what, (sql, &values), |row| column::uint(row, 0))
}

/// The row that says it, above the clock of the profile that goes.
fn forget(
    tx: &dyn Transaction,
    (tenant, id): (&str, Uuid),
    (reason, at_ms): (&str, Option<i64>),
) -> Answer<Customer> {
    let before = customer::profile(tx, tenant, id)?;
    let hlc = before.map_or(0, |profile| profile.hlc).saturating_add(1);
    let gone = Customer::erased(id, hlc);
    let sql = "insert into erased_customer (tenant_id, customer_id, hlc, erased_ms, reason)
               values (?1, ?2, ?3, ?4, ?5)";
    let key = id.to_string();
    let values: [&dyn Param; 5] = [&tenant, &key, &column::int(hlc), &at_ms, &reason];
    column::run(tx, "noting that a customer was erased", (sql, &values))?;
    let sql = "delete from customer where tenant_id = ?1 and customer_id = ?2";
    column::run(tx, "deleting a profile", (sql, &[&tenant, &key]))?;
    feed::forget(tx, tenant, &gone)?;
    Ok(gone)
}
