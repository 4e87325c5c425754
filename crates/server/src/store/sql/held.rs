//! Entries that are held: what they are, and trying them again.

use mostrador_protocol::row::Row;
use uuid::Uuid;

use super::column::Param;
use super::program::RulesCache;
use super::session::{Connection, Transaction};
use super::{Answer, column, exception, feed, ingest, stream};
use crate::ingest::fold::Workspace;
use crate::ingest::reading::{Link, again};
use crate::ingest::{HeldEntry, Release, Released, Verdict};

pub(super) fn held(conn: &dyn Connection, tenant: &str) -> Answer<Vec<HeldEntry>> {
    let sql = "select e.stream_id, s.terminal_id, e.seq, e.entry_id, e.kind,
                      coalesce(e.reason, ''), e.received_ms
               from entry e
               join stream s on s.tenant_id = e.tenant_id and s.stream_id = e.stream_id
               where e.tenant_id = ?1 and e.disposition = 'held'
               order by e.stream_id, e.seq";
    column::rows(conn, "listing held entries", (sql, &[&tenant]), |row| {
        Ok(HeldEntry {
            stream: column::id(row, 0)?,
            terminal: column::id(row, 1)?,
            seq: column::uint(row, 2)?,
            entry_id: column::maybe_id(row, 3)?,
            kind: row.get(4)?,
            reason: row.get(5)?,
            received_ms: row.get(6)?,
        })
    })
}

/// Tries them in the order of stream and position, then what had waited for them. What still cannot have
/// effects stays held, with the reason of today.
pub(super) fn release(
    tx: &dyn Transaction,
    cache: &RulesCache,
    release: &Release,
) -> Answer<Released> {
    let tenant = release.tenant.as_str();
    let places = places(tx, release)?;
    let received_ms = places.iter().map(|(_, _, at_ms)| *at_ms).max();
    let mut links = Vec::with_capacity(places.len());
    for (stream, seq, _) in places {
        if let Some(stored) = stream::entry_at(tx, (tenant, stream), seq)? {
            links.push((
                stream,
                again((stream, seq), stored.hash, (stored.raw, stored.received_ms)),
            ));
        }
    }
    let rules = cache.of(tx, tenant)?;
    let today = rules.day_of(received_ms.unwrap_or(0));
    let mut workspace = Workspace::new(rules, today);
    let to_try = links.iter().map(|(_, link)| link);
    ingest::load(tx, tenant, (to_try, &mut workspace))?;
    let mut released = Released::default();
    for (stream, link) in &links {
        let verdict = ingest::take(tx, (tenant, *stream), link, &mut workspace)?;
        note(tx, (tenant, *stream), (link, &verdict))?;
        released.tried.push((*stream, verdict.at(link.seq)));
    }
    let taken = links.iter().map(|(_, link)| link);
    released.followed = ingest::free_waiting(tx, tenant, (taken, &mut workspace))?;
    let mut rows = workspace.rows();
    ingest::put(tx, tenant, (&workspace, &rows))?;
    let freed = released.freed();
    rows.extend(freed.map(|(stream, entry)| Row::Disposition {
        stream: *stream,
        entry: entry.clone(),
    }));
    feed::append(tx, tenant, &rows)?;
    Ok(released)
}

fn places(tx: &dyn Transaction, release: &Release) -> Answer<Vec<(Uuid, u64, i64)>> {
    let sql = "select stream_id, seq, received_ms from entry
               where tenant_id = ?1 and disposition = 'held'
                     and (stream_id, seq) > (?2, ?3)
                     and (cast(?4 as text) is null or entry_id = ?4)
               order by stream_id, seq limit ?5";
    let (stream, seq) = release.after;
    let values: [&dyn Param; 5] = [
        &release.tenant,
        &stream.to_string(),
        &column::int(seq),
        &release.entry_id.map(|id| id.to_string()),
        &release.limit,
    ];
    column::rows(tx, "looking for held entries", (sql, &values), |row| {
        Ok((column::id(row, 0)?, column::uint(row, 1)?, row.get(2)?))
    })
}

/// Writes what became of an entry, and the name that its header turned out to have.
pub(super) fn note(
    tx: &dyn Transaction,
    (tenant, stream): (&str, Uuid),
    (link, verdict): (&Link, &Verdict),
) -> Answer<()> {
    let sql = "update entry set disposition = ?4, reason = ?5, entry_id = ?6, kind = ?7,
                   exceptions = ?8
               where tenant_id = ?1 and stream_id = ?2 and seq = ?3";
    let (entry_id, kind) = match &link.name {
        Some((id, kind)) => (Some(id.to_string()), Some(kind)),
        None => (None, None),
    };
    let values: [&dyn Param; 8] = [
        &tenant,
        &stream.to_string(),
        &column::int(link.seq),
        &stream::disposition_text(verdict.disposition),
        &verdict.reason,
        &entry_id,
        &kind,
        &exception::text(&verdict.exceptions)?,
    ];
    column::send(tx, "releasing an entry", (sql, &values))
}
