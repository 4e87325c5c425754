//! Table `sale_entry`: which entries made a sale or undid it.

use mostrador_protocol::found::FoundSale;
use mostrador_protocol::history::HistoryEntry;
use uuid::Uuid;

use super::column::{Param, Row};
use super::session::{Connection, Transaction};
use super::{Answer, column, history};
use crate::ingest::naming::Naming;
use crate::ingest::reading::Link;

/// The most sales of one number: there is one in each store at most.
const MOST_SALES: u32 = 16;

/// Kinds of entries that make a sale or undo it.
const KINDS: [&str; 3] = ["sale_completed", "sale_refunded", "sale_voided"];

/// Notes which sale an entry makes or undoes.
pub(super) fn note(
    tx: &dyn Transaction,
    (tenant, stream): (&str, Uuid),
    (link, naming): (&Link, Option<&Naming>),
) -> Answer<()> {
    let Some((_, kind)) = &link.name else {
        return Ok(());
    };
    let Some(Naming {
        effective_ms,
        sale: Some(sale),
        ..
    }) = naming.filter(|_| KINDS.contains(&kind.as_str()))
    else {
        return Ok(());
    };
    let sql = "insert into sale_entry
                   (tenant_id, sale_id, effective_ms, stream_id, seq, kind, receipt)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values: [&dyn Param; 7] = [
        &tenant,
        &sale.id,
        &link.counts_from_ms().unwrap_or(*effective_ms),
        &stream.to_string(),
        &column::int(link.seq),
        kind,
        &sale.receipt,
    ];
    column::send(tx, "noting which sale an entry is about", (sql, &values))
}

/// The ids of the sales with this number on the sale or on what undid it.
pub(super) const BY_RECEIPT: &str = "select distinct sale_id from sale_entry
    where tenant_id = ?1 and receipt = ?2 limit ?3";

/// The entries that made a sale or undid it.
pub(super) const WHOLE: &str = "select s.effective_ms, s.stream_id, s.seq, e.disposition, e.reason,
        e.header, e.payload, s.kind = 'sale_completed'
    from sale_entry s
    join entry e on e.tenant_id = s.tenant_id and e.stream_id = s.stream_id and e.seq = s.seq
    where s.tenant_id = ?1 and s.sale_id = ?2
    order by s.effective_ms, s.stream_id, s.seq";

/// The sales with this id, or with this number on the sale or on what undid it, the latest first.
pub(super) fn find(conn: &dyn Connection, tenant: &str, number: &str) -> Answer<Vec<FoundSale>> {
    let receipt = number.to_ascii_uppercase();
    let values: [&dyn Param; 3] = [&tenant, &receipt, &MOST_SALES];
    let what = "finding a sale by its number";
    let mut ids: Vec<String> = column::rows(conn, what, (BY_RECEIPT, &values), |row| row.get(0))?;
    let id = number.parse::<Uuid>().ok().map(|id| id.to_string());
    ids.extend(id.filter(|id| !ids.contains(id)));
    let mut found = Vec::new();
    for id in ids {
        found.extend(whole(conn, tenant, &id)?);
    }
    found.sort_by_key(|sale| std::cmp::Reverse(sale.sale.place.effective_ms));
    Ok(found)
}

/// The first entry that made the sale, and those that undid it; none while the sale is not here.
fn whole(conn: &dyn Connection, tenant: &str, sale: &str) -> Answer<Option<FoundSale>> {
    let values: [&dyn Param; 2] = [&tenant, &sale];
    let what = "reading a sale and what undid it";
    let entry_of = |row: &Row<'_>| Ok((row.get::<bool>(7)?, history::entry_of(row)?));
    let entries: Vec<(bool, HistoryEntry)> = column::rows(conn, what, (WHOLE, &values), entry_of)?;
    let (sales, undone): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(is_sale, _)| *is_sale);
    let first = sales.into_iter().next();
    Ok(first.map(|(_, sale)| FoundSale {
        sale,
        undone: undone.into_iter().map(|(_, entry)| entry).collect(),
    }))
}
