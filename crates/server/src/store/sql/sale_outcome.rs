//! Table `sale_outcome`: whose a sale is, whether anything is left of it, and what a referral had of it.

use mostrador_loyalty::account::Merged;
use mostrador_protocol::entry::{Payload, PointsUndone, SaleCompleted};
use uuid::Uuid;

use super::column::{Found, Param, Row};
use super::session::{Connection, Transaction};
use super::{Answer, column};
use crate::ingest::fold::Workspace;

/// Where the entry of a sale stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Its stream.
    pub(super) stream: Uuid,
    /// Its position.
    pub(super) seq: u64,
}

/// Notes a sale, what undoes one, and what a referral bonus came of.
pub(super) fn note(
    tx: &dyn Transaction,
    (tenant, place): (&str, Place),
    (payload, at_ms, workspace): (&Payload, i64, &Workspace),
) -> Answer<()> {
    if let Some(sale) = payload.undone_sale() {
        put_undone(tx, tenant, (sale, at_ms))?;
    }
    match payload {
        Payload::SaleRefunded(refund) => {
            take_points(tx, tenant, refund.sale_id, refund.points.as_ref())
        }
        Payload::SaleVoided(void) => take_points(tx, tenant, void.sale_id, void.points.as_ref()),
        Payload::SaleCompleted(sale) => {
            let holder = sale
                .customer_id
                .map(|customer| workspace.accounts.holder(customer));
            put(tx, tenant, (sale, holder, at_ms), place)
        }
        Payload::ReferralBonus(bonus) => put_bonus(tx, tenant, bonus.sale_id, bonus.taken_back),
        _ => Ok(()),
    }
}

fn put(
    tx: &dyn Transaction,
    tenant: &str,
    (sale, holder, effective_ms): (&SaleCompleted, Option<Uuid>, i64),
    place: Place,
) -> Answer<()> {
    let sql = "insert into sale_outcome (tenant_id, sale_id, customer_id, effective_ms, total,
                                         stream_id, seq, store_id, local_day, points)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
               on conflict (tenant_id, sale_id) do nothing";
    let values: [&dyn Param; 10] = [
        &tenant,
        &sale.sale_id.to_string(),
        &holder.map(|id| id.to_string()),
        &effective_ms,
        &sale.total,
        &place.stream.to_string(),
        &column::int(place.seq),
        &sale.store,
        &sale.local_time.date().to_string(),
        &sale.points.as_ref().map_or(0, |points| points.earned),
    ];
    column::send(tx, "noting a sale", (sql, &values))
}

fn put_undone(tx: &dyn Transaction, tenant: &str, (sale, at_ms): (Uuid, i64)) -> Answer<()> {
    let sql = "update sale_outcome set undone_ms = ?3
               where tenant_id = ?1 and sale_id = ?2 and undone_ms is null";
    let values: [&dyn Param; 3] = [&tenant, &sale.to_string(), &at_ms];
    column::send(tx, "noting that a sale was undone", (sql, &values))
}

fn take_points(
    tx: &dyn Transaction,
    tenant: &str,
    sale: Uuid,
    undone: Option<&PointsUndone>,
) -> Answer<()> {
    let sql = "update sale_outcome set points = points - ?3 where tenant_id = ?1 and sale_id = ?2";
    let taken_back = undone.map_or(0, |points| points.taken_back);
    let values: [&dyn Param; 3] = [&tenant, &sale.to_string(), &taken_back];
    column::send(tx, "taking points of a sale back", (sql, &values))
}

fn put_bonus(tx: &dyn Transaction, tenant: &str, sale: Uuid, taken_back: bool) -> Answer<()> {
    let sql = "update sale_outcome set bonus = ?3 where tenant_id = ?1 and sale_id = ?2";
    let bonus = if taken_back { "taken_back" } else { "given" };
    let values: [&dyn Param; 3] = [&tenant, &sale.to_string(), &bonus];
    column::send(tx, "noting the bonus of a sale", (sql, &values))
}

/// The sales of a record that another took over become that one's.
pub(super) fn move_sales(tx: &dyn Transaction, tenant: &str, merged: Merged) -> Answer<()> {
    let sql = "update sale_outcome set customer_id = ?3 where tenant_id = ?1 and customer_id = ?2";
    let Merged { absorbed, survivor } = merged;
    let values: [&dyn Param; 3] = [&tenant, &absorbed.to_string(), &survivor.to_string()];
    column::send(tx, "moving the sales of a customer", (sql, &values))
}

/// The first sale to the customer from an instant on that reaches a total, that stands, and that no
/// bonus came of: where its entry is, and when it was.
pub(super) fn first_paid(
    conn: &dyn Connection,
    (tenant, customer): (&str, Uuid),
    (from_ms, least_total): (i64, i64),
) -> Answer<Option<(Place, i64)>> {
    let sql = "select stream_id, seq, effective_ms from sale_outcome
               where tenant_id = ?1 and customer_id = ?2 and effective_ms >= ?3 and total >= ?4
                     and undone_ms is null and bonus is null
               order by effective_ms, sale_id limit 1";
    let values: [&dyn Param; 4] = [&tenant, &customer.to_string(), &from_ms, &least_total];
    let what = "looking for the sale that completes a referral";
    column::row(conn, what, (sql, &values), |row| {
        Ok((place_of(row)?, row.get(2)?))
    })
}

/// Whether the customer had a purchase at an instant.
pub(super) fn had_bought(
    conn: &dyn Connection,
    (tenant, customer): (&str, Uuid),
    at_ms: i64,
) -> Answer<bool> {
    let sql = "select 1 from sale_outcome
               where tenant_id = ?1 and customer_id = ?2 and effective_ms < ?3
                     and (undone_ms is null or undone_ms > ?3)
               limit 1";
    let values: [&dyn Param; 3] = [&tenant, &customer.to_string(), &at_ms];
    let what = "looking for an earlier purchase";
    Ok(column::row(conn, what, (sql, &values), |_| Ok(()))?.is_some())
}

/// The sales of the customer that a bonus came of and that were undone since, with when.
pub(super) fn undone_with_bonus(
    conn: &dyn Connection,
    (tenant, customer): (&str, Uuid),
) -> Answer<Vec<(Uuid, i64)>> {
    let sql = "select sale_id, undone_ms from sale_outcome
               where tenant_id = ?1 and customer_id = ?2 and bonus = 'given'
                     and undone_ms is not null
               order by undone_ms, sale_id";
    let values: [&dyn Param; 2] = [&tenant, &customer.to_string()];
    let what = "looking for bonuses of undone sales";
    column::rows(conn, what, (sql, &values), |row| {
        Ok((column::id(row, 0)?, row.get(1)?))
    })
}

/// The sales of the customer that a bonus came of, also those whose bonus was taken back.
pub(super) fn with_bonus(
    conn: &dyn Connection,
    (tenant, customer): (&str, Uuid),
) -> Answer<Vec<(Uuid, bool)>> {
    let sql = "select sale_id, bonus = 'taken_back' from sale_outcome
               where tenant_id = ?1 and customer_id = ?2 and bonus is not null
               order by effective_ms, sale_id";
    let values: [&dyn Param; 2] = [&tenant, &customer.to_string()];
    let what = "looking for bonuses of a customer's sales";
    column::rows(conn, what, (sql, &values), |row| {
        Ok((column::id(row, 0)?, row.get(1)?))
    })
}

/// Where the entry of the sale with this id stands, if it had its effects.
pub(super) fn place(conn: &dyn Connection, tenant: &str, sale: Uuid) -> Answer<Option<Place>> {
    let sql = "select stream_id, seq from sale_outcome where tenant_id = ?1 and sale_id = ?2";
    let values: [&dyn Param; 2] = [&tenant, &sale.to_string()];
    column::row(conn, "looking for a sale", (sql, &values), place_of)
}

fn place_of(row: &Row<'_>) -> Found<Place> {
    Ok(Place {
        stream: column::id(row, 0)?,
        seq: column::uint(row, 1)?,
    })
}
