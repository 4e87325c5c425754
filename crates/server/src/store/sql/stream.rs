//! Tables `stream` and `entry`: what terminals said, as they said it.

use mostrador_protocol::entry::{Decoded, EntryHash, Payload, RawEntry};
use mostrador_protocol::message::Disposition;
use uuid::Uuid;

use super::super::{Greeted, Greeting};
use super::column::{Found, Param, Row};
use super::freeze::Word;
use super::session::{Connection, Transaction};
use super::{Answer, column, directory, exception, freeze, generation, history, sale};
use crate::ingest::naming::Naming;
use crate::ingest::reading::Link;
use crate::ingest::{StoredEntry, Verdict};
use crate::terminal::{StreamHead, judge};

pub(super) fn greet(tx: &dyn Transaction, greeting: &Greeting) -> Answer<Option<Greeted>> {
    let Greeting {
        tenant,
        terminal,
        stream,
        seq,
        hash,
        told,
        now_ms,
        ..
    } = greeting;
    let is_new = terminal_of(tx, tenant, *stream)?.is_nil();
    let head = claim(tx, (tenant, *terminal), *stream, *now_ms)?;
    if head.terminal != *terminal {
        return Ok(None);
    }
    seen(tx, (tenant, *terminal), *stream, *now_ms)?;
    let hash_there = hash_at(tx, (tenant, *stream), *seq)?;
    let verdict = judge(told.protocol, (*seq, *hash), head.seq, hash_there);
    directory::set_told(tx, (tenant, *terminal), told)?;
    directory::set_verdict(tx, (tenant, *terminal), verdict)?;
    let generation = generation::heard(tx, greeting)?;
    let (stream, seq) = (*stream, *seq);
    let word = Word {
        stream,
        seq,
        is_new,
    };
    freeze::told(tx, (tenant, *terminal), word)?;
    Ok(Some(Greeted {
        head,
        verdict,
        generation,
    }))
}

/// The head of a stream; a stream that nobody has becomes the terminal's.
pub(super) fn claim(
    tx: &dyn Transaction,
    (tenant, terminal): (&str, Uuid),
    stream: Uuid,
    now_ms: i64,
) -> Answer<StreamHead> {
    let what = "opening a stream";
    let sql = "insert into stream (tenant_id, stream_id, terminal_id, seq, hash, opened_ms)
               values (?1, ?2, ?3, 0, ?4, ?5)
               on conflict (tenant_id, stream_id) do nothing";
    let zero = column::hash_text(&EntryHash::ZERO);
    let values: [&dyn Param; 5] = [
        &tenant,
        &stream.to_string(),
        &terminal.to_string(),
        &zero,
        &now_ms,
    ];
    column::send(tx, what, (sql, &values))?;
    let sql = "select stream_id, terminal_id, seq, hash, opened_ms from stream
               where tenant_id = ?1 and stream_id = ?2";
    let values: [&dyn Param; 2] = [&tenant, &stream.to_string()];
    let head = column::row(tx, what, (sql, &values), head_of)?;
    Ok(head.expect("BUG: the stream was inserted by the statement before"))
}

/// Whose a stream is; nil for one that is not here.
pub(super) fn terminal_of(conn: &dyn Connection, tenant: &str, stream: Uuid) -> Answer<Uuid> {
    let sql = "select terminal_id from stream where tenant_id = ?1 and stream_id = ?2";
    let values: [&dyn Param; 2] = [&tenant, &stream.to_string()];
    let what = "reading whose a stream is";
    let found = column::row(conn, what, (sql, &values), |row| column::id(row, 0))?;
    Ok(found.unwrap_or(Uuid::nil()))
}

/// Notes that the terminal spoke and which stream it writes.
pub(super) fn seen(
    tx: &dyn Transaction,
    (tenant, terminal): (&str, Uuid),
    stream: Uuid,
    now_ms: i64,
) -> Answer<()> {
    let sql = "update terminal set last_seen_ms = ?3, stream_id = ?4
               where tenant_id = ?1 and terminal_id = ?2";
    let values: [&dyn Param; 4] = [&tenant, &terminal.to_string(), &now_ms, &stream.to_string()];
    column::send(tx, "noting that a terminal spoke", (sql, &values))
}

pub(super) fn set_head(tx: &dyn Transaction, tenant: &str, head: &StreamHead) -> Answer<()> {
    let sql = "update stream set seq = ?3, hash = ?4 where tenant_id = ?1 and stream_id = ?2";
    let values: [&dyn Param; 4] = [
        &tenant,
        &head.stream.to_string(),
        &column::int(head.seq),
        &column::hash_text(&head.hash),
    ];
    column::send(tx, "moving the head of a stream", (sql, &values))
}

/// The chain at a position, where the server holds it.
pub(super) fn hash_at(
    conn: &dyn Connection,
    (tenant, stream): (&str, Uuid),
    seq: u64,
) -> Answer<Option<EntryHash>> {
    if seq == 0 {
        return Ok(Some(EntryHash::ZERO));
    }
    let stored = entry_at(conn, (tenant, stream), seq)?;
    Ok(stored.map(|entry| entry.hash))
}

const ENTRY: &str = "select seq, hash, header, payload, disposition, reason, received_ms from entry
    where tenant_id = ?1 and stream_id = ?2";

pub(super) fn entry_at(
    conn: &dyn Connection,
    (tenant, stream): (&str, Uuid),
    seq: u64,
) -> Answer<Option<StoredEntry>> {
    let sql = format!("{ENTRY} and seq = ?3");
    let values: [&dyn Param; 3] = [&tenant, &stream.to_string(), &column::int(seq)];
    column::row(conn, "reading an entry", (&sql, &values), entry_of)
}

/// What the entry at a position says; none when it is not there or cannot be read.
pub(super) fn payload_at(
    conn: &dyn Connection,
    place: (&str, Uuid),
    seq: u64,
) -> Answer<Option<Payload>> {
    let Some(StoredEntry { raw, .. }) = entry_at(conn, place, seq)? else {
        return Ok(None);
    };
    let decoded = raw.header().and_then(|header| raw.payload(&header));
    Ok(match decoded {
        Ok(Decoded::Known(payload)) => Some(payload),
        _ => None,
    })
}

/// So many entries after a position, in their order.
pub(super) fn entries_after(
    conn: &dyn Connection,
    (tenant, stream): (&str, Uuid),
    (seq, count): (u64, usize),
) -> Answer<Vec<StoredEntry>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let sql = format!("{ENTRY} and seq > ?3 and seq <= ?4 order by seq");
    let until = column::int(seq.saturating_add(count as u64));
    let values: [&dyn Param; 4] = [&tenant, &stream.to_string(), &column::int(seq), &until];
    column::rows(conn, "reading entries again", (&sql, &values), entry_of)
}

pub(super) fn entries(
    conn: &dyn Connection,
    tenant: &str,
    stream: Uuid,
) -> Answer<Vec<StoredEntry>> {
    let sql = format!("{ENTRY} order by seq");
    let values: [&dyn Param; 2] = [&tenant, &stream.to_string()];
    column::rows(conn, "reading a stream", (&sql, &values), entry_of)
}

pub(super) fn heads(conn: &dyn Connection, tenant: &str) -> Answer<Vec<StreamHead>> {
    let sql = "select stream_id, terminal_id, seq, hash, opened_ms from stream
               where tenant_id = ?1 order by stream_id";
    column::rows(conn, "listing streams", (sql, &[&tenant]), head_of)
}

/// Where an entry's id has its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// Here, since now: no entry had it before.
    First,
    /// At this position, perhaps the entry's own.
    Held(Uuid, u64),
    /// The entry has no id that could be read.
    Nameless,
}

/// Stores an entry with what became of it.
pub(super) fn insert_entry(
    tx: &dyn Transaction,
    (tenant, stream): (&str, Uuid),
    (link, verdict, claim): (&Link, &Verdict, Claim),
    received_ms: i64,
) -> Answer<()> {
    let sql = "insert into entry (tenant_id, stream_id, seq, hash, entry_id, kind, header, payload,
                                  disposition, reason, received_ms, exceptions)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let (entry_id, kind) = match &link.name {
        Some((id, kind)) => (Some(id.to_string()), Some(kind)),
        None => (None, None),
    };
    let values: [&dyn Param; 12] = [
        &tenant,
        &stream.to_string(),
        &column::int(link.seq),
        &column::hash_text(&link.hash),
        &entry_id,
        &kind,
        &link.raw.header,
        &link.raw.payload,
        &disposition_text(verdict.disposition),
        &verdict.reason,
        &received_ms,
        &exception::text(&verdict.exceptions)?,
    ];
    column::send(tx, "storing an entry", (sql, &values))?;
    let naming = Naming::of(&link.raw);
    history::note(tx, (tenant, stream), (link, naming.as_ref(), claim))?;
    sale::note(tx, (tenant, stream), (link, naming.as_ref()))
}

const CLAIM: &str = "insert into entry_claim (tenant_id, entry_id, stream_id, seq)
    values (?1, ?2, ?3, ?4) on conflict (tenant_id, entry_id) do nothing";

/// Claims the id of an entry for its position.
pub(super) fn claim_entry(tx: &dyn Transaction, place: (&str, Uuid), link: &Link) -> Answer<Claim> {
    let claims = claim_entries(tx, place, std::slice::from_ref(link))?;
    Ok(claims[0])
}

/// Claims the ids of entries for their positions, in their order; one claim for each.
pub(super) fn claim_entries(
    tx: &dyn Transaction,
    (tenant, stream): (&str, Uuid),
    links: &[Link],
) -> Answer<Vec<Claim>> {
    let stream = stream.to_string();
    let named = links.iter().filter_map(|link| {
        let (id, _) = link.name.as_ref()?;
        Some((id.to_string(), column::int(link.seq)))
    });
    let named: Vec<(String, i64)> = named.collect();
    let many: Vec<[&dyn Param; 4]> = named
        .iter()
        .map(|(id, seq)| -> [&dyn Param; 4] { [&tenant, id, &stream, seq] })
        .collect();
    let mut changes = column::run_each(tx, "claiming entries", (CLAIM, &many))?.into_iter();
    let mut claims = Vec::with_capacity(links.len());
    for link in links {
        claims.push(match &link.name {
            None => Claim::Nameless,
            Some(_) if changes.next() == Some(1) => Claim::First,
            Some((id, _)) => {
                let held = claimed(tx, tenant, *id)?;
                held.map_or(Claim::Nameless, |(stream, seq)| Claim::Held(stream, seq))
            }
        });
    }
    Ok(claims)
}

/// The position that has an entry id.
pub(super) fn claimed(
    conn: &dyn Connection,
    tenant: &str,
    entry_id: Uuid,
) -> Answer<Option<(Uuid, u64)>> {
    let sql = "select stream_id, seq from entry_claim where tenant_id = ?1 and entry_id = ?2";
    let values: [&dyn Param; 2] = [&tenant, &entry_id.to_string()];
    let what = "looking for an entry by its id";
    column::row(conn, what, (sql, &values), |row| {
        Ok((column::id(row, 0)?, column::uint(row, 1)?))
    })
}

/// A row of stream, terminal, position, chain and when the server first heard of it.
pub(super) fn head_of(row: &Row<'_>) -> Found<StreamHead> {
    Ok(StreamHead {
        stream: column::id(row, 0)?,
        terminal: column::id(row, 1)?,
        seq: column::uint(row, 2)?,
        hash: column::hash(row, 3)?,
        opened_ms: row.get(4)?,
    })
}

fn entry_of(row: &Row<'_>) -> Found<StoredEntry> {
    let disposition: String = row.get(4)?;
    Ok(StoredEntry {
        seq: column::uint(row, 0)?,
        hash: column::hash(row, 1)?,
        raw: RawEntry {
            header: row.get(2)?,
            payload: row.get(3)?,
        },
        disposition: disposition_of(&disposition),
        reason: row.get(5)?,
        received_ms: row.get(6)?,
    })
}

/// What the column says became of an entry.
pub(super) fn disposition_of(text: &str) -> Disposition {
    match text {
        "applied" => Disposition::Applied,
        "adjusted" => Disposition::Adjusted,
        _ => Disposition::Held,
    }
}

pub(super) const fn disposition_text(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Applied => "applied",
        Disposition::Adjusted => "adjusted",
        Disposition::Held => "held",
    }
}
