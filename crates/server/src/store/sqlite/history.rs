//! Table `customer_entry`: which entries name a customer, in the order of their effective time.

use mostrador_protocol::entry::RawEntry;
use mostrador_protocol::history::{HistoryEntry, HistoryPlace};
use rusqlite::{Connection, Row, Transaction};
use uuid::Uuid;

use super::{Answer, column, stream};
use crate::ingest::reading::Link;

/// Notes whom an entry names, whatever its kind: also one that this version cannot read yet.
pub(super) fn note(
    tx: &Transaction<'_>,
    (tenant, stream): (&str, Uuid),
    link: &Link,
) -> Answer<()> {
    let sql = "insert into customer_entry (tenant_id, customer_id, effective_ms, stream_id, seq)
               select ?1, lower(json_extract(?5, '$.customer_id')),
                      json_extract(?4, '$.effective_ms'), ?2, ?3
               where case when json_valid(?4) and json_valid(?5)
                          then json_type(?5, '$.customer_id') = 'text'
                               and json_type(?4, '$.effective_ms') = 'integer'
                          else false end";
    let values: [&dyn rusqlite::ToSql; 5] = [
        &tenant,
        &stream.to_string(),
        &column::int(link.seq),
        &link.raw.header,
        &link.raw.payload,
    ];
    column::run(tx, "noting whom an entry names", (sql, &values))?;
    Ok(())
}

/// At most `limit` entries that name the customer, the latest first, all before `before`.
pub(super) fn page(
    conn: &Connection,
    (tenant, customer): (&str, Uuid),
    before: Option<HistoryPlace>,
    limit: u32,
) -> Answer<Vec<HistoryEntry>> {
    let last = HistoryPlace {
        effective_ms: i64::MAX,
        stream: Uuid::max(),
        seq: u64::MAX,
    };
    let before = before.unwrap_or(last);
    let sql =
        "select c.effective_ms, c.stream_id, c.seq, e.disposition, e.reason, e.header, e.payload
               from customer_entry c
               join entry e on e.tenant_id = c.tenant_id and e.stream_id = c.stream_id
                   and e.seq = c.seq
               where c.tenant_id = ?1 and c.customer_id = ?2
                   and (c.effective_ms, c.stream_id, c.seq) < (?3, ?4, ?5)
               order by c.effective_ms desc, c.stream_id desc, c.seq desc
               limit ?6";
    let values: [&dyn rusqlite::ToSql; 6] = [
        &tenant,
        &customer.to_string(),
        &before.effective_ms,
        &before.stream.to_string(),
        &column::int(before.seq),
        &limit,
    ];
    let what = "reading what names a customer";
    column::rows(conn, what, (sql, &values), entry_of)
}

pub(super) fn entry_of(row: &Row<'_>) -> rusqlite::Result<HistoryEntry> {
    let disposition: String = row.get(3)?;
    Ok(HistoryEntry {
        place: HistoryPlace {
            effective_ms: row.get(0)?,
            stream: column::id(row, 1)?,
            seq: column::uint(row, 2)?,
        },
        disposition: stream::disposition_of(&disposition),
        reason: row.get(4)?,
        entry: RawEntry {
            header: row.get(5)?,
            payload: row.get(6)?,
        },
    })
}
