//! Table `customer_entry`: which entries name a customer, in the order of their effective time.

use mostrador_loyalty::account::MOST_MERGES;
use mostrador_protocol::entry::RawEntry;
use mostrador_protocol::history::{HistoryEntry, HistoryPlace};
use rusqlite::{Connection, Row, Transaction};
use uuid::Uuid;

use super::{Answer, column, stream};

use crate::ingest::reading::Link;

/// The keys of a payload under which a customer stands.
const NAMED: [&str; 4] = [
    "$.customer_id",
    "$.referrer_id",
    "$.survivor_id",
    "$.absorbed_id",
];

/// Notes whom an entry names, whatever its kind: also one that this version cannot read yet. A copy that
/// its till wrote again in another stream is the same fact, and is noted where it came first.
pub(super) fn note(
    tx: &Transaction<'_>,
    (tenant, stream): (&str, Uuid),
    link: &Link,
) -> Answer<()> {
    let sql = "insert into customer_entry (tenant_id, customer_id, effective_ms, stream_id, seq)
               select ?1, lower(json_extract(?5, ?6)),
                      json_extract(?4, '$.effective_ms'), ?2, ?3
               where case when json_valid(?4) and json_valid(?5)
                          then json_type(?5, ?6) = 'text'
                               and json_type(?4, '$.effective_ms') = 'integer'
                               and not exists (
                                   select 1
                                   from entry_claim c
                                   join entry e on e.tenant_id = c.tenant_id
                                       and e.stream_id = c.stream_id and e.seq = c.seq
                                   where c.tenant_id = ?1
                                       and c.entry_id = json_extract(?4, '$.entry_id')
                                       and (c.stream_id, c.seq) <> (?2, ?3) and e.payload = ?5)
                          else false end
               on conflict do nothing";
    for path in NAMED {
        let values: [&dyn rusqlite::ToSql; 6] = [
            &tenant,
            &stream.to_string(),
            &column::int(link.seq),
            &link.raw.header,
            &link.raw.payload,
            &path,
        ];
        column::run(tx, "noting whom an entry names", (sql, &values))?;
    }
    Ok(())
}

/// The record and those that became part of it, by the merges that entries tell.
fn records(conn: &Connection, (tenant, customer): (&str, Uuid)) -> Answer<Vec<String>> {
    let sql = "with recursive same (id) as (
                   select ?2
                   union
                   select lower(json_extract(e.payload, '$.absorbed_id'))
                   from same
                   join customer_entry c on c.tenant_id = ?1 and c.customer_id = same.id
                   join entry e on e.tenant_id = c.tenant_id and e.stream_id = c.stream_id
                       and e.seq = c.seq
                   where e.kind = 'customer_linked'
                       and lower(json_extract(e.payload, '$.survivor_id')) = same.id
               )
               select id from same limit ?3";
    let values: [&dyn rusqlite::ToSql; 3] = [
        &tenant,
        &customer.to_string(),
        &column::int(MOST_MERGES as u64 + 1),
    ];
    let what = "reading which records are one person's";
    column::rows(conn, what, (sql, &values), |row| row.get(0))
}

/// At most `limit` entries that name the customer, or a record that was merged into theirs, the latest
/// first, all before `before`.
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
    let records = records(conn, (tenant, customer))?;
    let records = serde_json::Value::from(records).to_string();
    let sql = "with page as (
                   select distinct effective_ms, stream_id, seq
                   from customer_entry
                   where tenant_id = ?1 and customer_id in (select value from json_each(?2))
                       and (effective_ms, stream_id, seq) < (?3, ?4, ?5)
                   order by effective_ms desc, stream_id desc, seq desc
                   limit ?6
               )
               select p.effective_ms, p.stream_id, p.seq, e.disposition, e.reason, e.header, e.payload
               from page p
               join entry e on e.tenant_id = ?1 and e.stream_id = p.stream_id and e.seq = p.seq
               order by p.effective_ms desc, p.stream_id desc, p.seq desc";
    let values: [&dyn rusqlite::ToSql; 6] = [
        &tenant,
        &records,
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
