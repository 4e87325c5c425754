//! Table `sale_entry`: which entries made a sale or undid it.

use mostrador_protocol::found::FoundSale;
use mostrador_protocol::history::HistoryEntry;
use rusqlite::{Connection, Row, Transaction};
use uuid::Uuid;

use super::{Answer, column, history};
use crate::ingest::reading::Link;

/// The most sales of one number: there is one in each store at most.
const MOST_SALES: u32 = 16;

/// Notes which sale an entry makes or undoes.
pub(super) fn note(
    tx: &Transaction<'_>,
    (tenant, stream): (&str, Uuid),
    link: &Link,
) -> Answer<()> {
    let Some((_, kind)) = &link.name else {
        return Ok(());
    };
    let sql = "insert into sale_entry
                   (tenant_id, sale_id, effective_ms, stream_id, seq, kind, receipt)
               select ?1, lower(json_extract(?5, '$.sale_id')),
                      json_extract(?4, '$.effective_ms'), ?2, ?3, ?6,
                      json_extract(?5, '$.receipt')
               where ?6 in ('sale_completed', 'sale_refunded', 'sale_voided')
                     and case when json_valid(?4) and json_valid(?5)
                              then json_type(?5, '$.sale_id') = 'text'
                                   and json_type(?4, '$.effective_ms') = 'integer'
                                   and coalesce(json_type(?5, '$.receipt'), 'text') = 'text'
                              else false end";
    let values: [&dyn rusqlite::ToSql; 6] = [
        &tenant,
        &stream.to_string(),
        &column::int(link.seq),
        &link.raw.header,
        &link.raw.payload,
        kind,
    ];
    column::run(tx, "noting which sale an entry is about", (sql, &values))?;
    Ok(())
}

/// The sales with this id, or with this number on the sale or on what undid it, the latest first.
pub(super) fn find(conn: &Connection, tenant: &str, number: &str) -> Answer<Vec<FoundSale>> {
    let sql = "select distinct sale_id from sale_entry
               where tenant_id = ?1 and (sale_id = lower(?2) or receipt = upper(?2))
               limit ?3";
    let values: [&dyn rusqlite::ToSql; 3] = [&tenant, &number, &MOST_SALES];
    let what = "finding a sale by its number";
    let ids: Vec<String> = column::rows(conn, what, (sql, &values), |row| row.get(0))?;
    let mut found = Vec::new();
    for id in ids {
        found.extend(whole(conn, tenant, &id)?);
    }
    found.sort_by_key(|sale| std::cmp::Reverse(sale.sale.place.effective_ms));
    Ok(found)
}

/// The first entry that made the sale, and those that undid it; none while the sale is not here.
fn whole(conn: &Connection, tenant: &str, sale: &str) -> Answer<Option<FoundSale>> {
    let sql = "select s.effective_ms, s.stream_id, s.seq, e.disposition, e.reason, e.header,
                      e.payload, s.kind = 'sale_completed'
               from sale_entry s
               join entry e on e.tenant_id = s.tenant_id and e.stream_id = s.stream_id
                   and e.seq = s.seq
               where s.tenant_id = ?1 and s.sale_id = ?2
               order by s.effective_ms, s.stream_id, s.seq";
    let values: [&dyn rusqlite::ToSql; 2] = [&tenant, &sale];
    let what = "reading a sale and what undid it";
    let entry_of = |row: &Row<'_>| Ok((row.get::<_, bool>(7)?, history::entry_of(row)?));
    let entries: Vec<(bool, HistoryEntry)> = column::rows(conn, what, (sql, &values), entry_of)?;
    let (sales, undone): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(is_sale, _)| *is_sale);
    let first = sales.into_iter().next();
    Ok(first.map(|(_, sale)| FoundSale {
        sale,
        undone: undone.into_iter().map(|(_, entry)| entry).collect(),
    }))
}
