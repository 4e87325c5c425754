//! Table `customer_entry`: which entries name a customer, in the order of their effective time.

use mostrador_loyalty::account::MOST_MERGES;
use mostrador_protocol::entry::RawEntry;
use mostrador_protocol::history::{HistoryEntry, HistoryPlace};
use uuid::Uuid;

use super::column::{Found, Param, Row};
use super::session::{Connection, Transaction};
use super::stream::Claim;
use super::{Answer, column, stream};
use crate::ingest::naming::Naming;
use crate::ingest::reading::Link;

/// Notes whom an entry names, whatever its kind: also one that this version cannot read yet. A copy that
/// its till wrote again in another stream is the same fact, and is noted where it came first.
pub(super) fn note(
    tx: &dyn Transaction,
    place: (&str, Uuid),
    (link, naming, claim): (&Link, Option<&Naming>, Claim),
) -> Answer<()> {
    let Some(naming) = naming.filter(|naming| !naming.customers.is_empty()) else {
        return Ok(());
    };
    if claim != Claim::First && is_copy(tx, place, (link, naming))? {
        return Ok(());
    }
    let sql = "insert into customer_entry (tenant_id, customer_id, effective_ms, stream_id, seq)
               values (?1, ?2, ?3, ?4, ?5) on conflict do nothing";
    let (tenant, stream) = place;
    for customer in &naming.customers {
        let values: [&dyn Param; 5] = [
            &tenant,
            customer,
            &link.counts_from_ms().unwrap_or(naming.effective_ms),
            &stream.to_string(),
            &column::int(link.seq),
        ];
        column::send(tx, "noting whom an entry names", (sql, &values))?;
    }
    Ok(())
}

/// Whether an entry with the same id and payload came first, at another place.
fn is_copy(
    conn: &dyn Connection,
    (tenant, stream): (&str, Uuid),
    (link, naming): (&Link, &Naming),
) -> Answer<bool> {
    let sql = "select 1
               from entry_claim c
               join entry e on e.tenant_id = c.tenant_id and e.stream_id = c.stream_id
                   and e.seq = c.seq
               where c.tenant_id = ?1 and c.entry_id = ?2 and (c.stream_id, c.seq) <> (?3, ?4)
                   and e.payload = ?5";
    let values: [&dyn Param; 5] = [
        &tenant,
        &naming.entry_id,
        &stream.to_string(),
        &column::int(link.seq),
        &link.raw.payload,
    ];
    let what = "looking for an entry that came before";
    Ok(column::row(conn, what, (sql, &values), |_| Ok(()))?.is_some())
}

/// The record and those whose account it took over, one after the other.
pub(super) fn records(
    conn: &dyn Connection,
    (tenant, customer): (&str, Uuid),
) -> Answer<Vec<String>> {
    let sql = "select customer_id from account
               where tenant_id = ?1 and merged_into = ?2 order by customer_id";
    let what = "reading which records are one person's";
    let mut same = vec![customer.to_string()];
    let mut next = 0;
    while let Some(survivor) = same.get(next).cloned() {
        next += 1;
        let absorbed: Vec<String> =
            column::rows(conn, what, (sql, &[&tenant, &survivor]), |row| row.get(0))?;
        for record in absorbed {
            if same.len() <= MOST_MERGES && !same.contains(&record) {
                same.push(record);
            }
        }
    }
    Ok(same)
}

/// At most `limit` entries that name the customer, or a record that was merged into theirs, the latest
/// first, all before `before`.
pub(super) fn page(
    conn: &dyn Connection,
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
    let places: Vec<String> = (0..records.len())
        .map(|at| format!("?{}", at + 6))
        .collect();
    let places = places.join(", ");
    let sql = format!(
        "with page as (
                   select distinct effective_ms, stream_id, seq
                   from customer_entry
                   where tenant_id = ?1 and customer_id in ({places})
                       and (effective_ms, stream_id, seq) < (?2, ?3, ?4)
                   order by effective_ms desc, stream_id desc, seq desc
                   limit ?5
               )
               select p.effective_ms, p.stream_id, p.seq, e.disposition, e.reason, e.header, e.payload
               from page p
               join entry e on e.tenant_id = ?1 and e.stream_id = p.stream_id and e.seq = p.seq
               order by p.effective_ms desc, p.stream_id desc, p.seq desc"
    );
    let (stream, seq) = (before.stream.to_string(), column::int(before.seq));
    let mut values: Vec<&dyn Param> = vec![&tenant, &before.effective_ms, &stream, &seq, &limit];
    values.extend(records.iter().map(|record| -> &dyn Param { record }));
    let what = "reading what names a customer";
    column::rows(conn, what, (&sql, &values), entry_of)
}

pub(super) fn entry_of(row: &Row<'_>) -> Found<HistoryEntry> {
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
