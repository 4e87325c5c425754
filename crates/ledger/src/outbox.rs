//! What waits for the server: own entries after the acknowledged position, and changed profiles.

use mostrador_protocol::entry::{EntryHash, RawEntry};
use mostrador_protocol::message::{Disposition, EntryDisposition};
use mostrador_protocol::row::Customer;
use mostrador_protocol::seal::SealedProgram;
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::{Error, column, customer, entry, program, stream};

/// Entries to push, in order, as the bytes they were made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The stream they belong to.
    pub stream: Uuid,
    /// Position before the first of them.
    pub base_seq: u64,
    /// The chain up to `base_seq`.
    pub base_hash: EntryHash,
    /// The entries, at least one.
    pub entries: Vec<RawEntry>,
}

/// An entry that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attention {
    /// Its stream.
    pub stream: Uuid,
    /// Its position.
    pub seq: u64,
    /// Its kind.
    pub kind: String,
    /// The receipt, when it is a sale.
    pub receipt: Option<String>,
    /// `Adjusted` or `Held`.
    pub disposition: Disposition,
    /// Why, as the server says it.
    pub reason: Option<String>,
}

/// The next entries to push: of the oldest stream that has any, at most `max_entries` and `max_bytes`,
/// but always at least one. `None` when nothing waits.
pub fn next(
    connection: &Connection,
    max_entries: usize,
    max_bytes: usize,
) -> Result<Option<Batch>, Error> {
    let waiting = stream::all(connection)?
        .into_iter()
        .find(|head| head.confirmed < head.end());
    let Some(head) = waiting else {
        return Ok(None);
    };
    after(connection, &head, (max_entries, max_bytes))
}

/// The entries of a stream after those that are confirmed.
fn after(
    connection: &Connection,
    head: &stream::Head,
    (max_entries, max_bytes): (usize, usize),
) -> Result<Option<Batch>, Error> {
    let (stream, base_seq) = (head.stream, head.confirmed);
    let Some(base_hash) = entry::hash_at(connection, stream, base_seq)? else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached(
        "select header, payload from entry where stream = ? and seq > ? and seq <= ? order by seq",
    )?;
    let mut rows = statement.query(params![
        stream.as_bytes(),
        column::integer(base_seq),
        column::integer(head.end())
    ])?;
    let mut entries = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let raw = RawEntry {
            header: row.get(0)?,
            payload: row.get(1)?,
        };
        bytes += raw.len();
        let full = entries.len() >= max_entries || bytes > max_bytes;
        if full && !entries.is_empty() {
            break;
        }
        entries.push(raw);
    }
    let batch = Batch {
        stream,
        base_seq,
        base_hash,
        entries,
    };
    Ok((!batch.entries.is_empty()).then_some(batch))
}

/// What the server says that it holds of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The last entry.
    pub through: u64,
    /// The chain up to it.
    pub hash: EntryHash,
}

/// Notes that the server holds `stream` as far as `claim` says, and what became of the entries. Call it only
/// for a reply whose signature was verified. Repeating it, or calling it late, changes nothing.
///
/// What is held must be this till's own chain: a copy of the till may have written the same positions,
/// and a sale that only the copy's entry stands for would never be sent.
pub fn acknowledge(
    tx: &Connection,
    stream: Uuid,
    claim: Held,
    dispositions: &[EntryDisposition],
) -> Result<(), Error> {
    let Held { through, hash } = claim;
    let head = stream::seq_of(tx, stream)?.ok_or(Error::NoStream)?;
    if through > head {
        return Err(Error::AcknowledgedTooFar {
            stream,
            through,
            head,
        });
    }
    if entry::hash_at(tx, stream, through)? != Some(hash) {
        return Err(Error::AcknowledgedOther { stream, through });
    }
    confirm(tx, stream, through)?;
    note_all(tx, stream, dispositions)
}

/// Notes what became of entries of this till.
pub fn note_all(
    tx: &Connection,
    stream: Uuid,
    dispositions: &[EntryDisposition],
) -> Result<(), Error> {
    let head = stream::seq_of(tx, stream)?.ok_or(Error::NoStream)?;
    for entry in dispositions.iter().filter(|entry| entry.seq <= head) {
        note(tx, stream, entry)?;
    }
    Ok(())
}

/// The chain up to the last entry of a stream that the server is known to hold.
pub fn confirmed_hash(
    connection: &Connection,
    head: &stream::Head,
) -> Result<Option<EntryHash>, Error> {
    entry::hash_at(connection, head.stream, head.confirmed)
}

/// Notes that the server is known to hold this very chain up to `through`, however it ends there.
pub fn confirm(tx: &Connection, stream: Uuid, through: u64) -> Result<(), Error> {
    tx.prepare_cached(
        "update stream
         set confirmed = max(confirmed, ?2), acknowledged = max(acknowledged, ?2)
         where id = ?1 and seq >= ?2 and (confirmed < ?2 or acknowledged < ?2)",
    )?
    .execute(params![stream.as_bytes(), column::integer(through)])?;
    Ok(())
}

/// Notes that the server holds a stream only as far as `claim` says, or perhaps none of it: what comes
/// after is sent again. It was restored from a copy.
pub fn doubt(tx: &Connection, stream: Uuid, claim: Option<Held>) -> Result<(), Error> {
    let known = match claim {
        Some(held) if entry::hash_at(tx, stream, held.through)? == Some(held.hash) => held.through,
        _ => 0,
    };
    tx.prepare_cached("update stream set confirmed = min(confirmed, ?2) where id = ?1")?
        .execute(params![stream.as_bytes(), column::integer(known)])?;
    Ok(())
}

/// Notes how far the server says that it holds a stream, when that is not beyond what it acknowledged:
/// with an acknowledgement comes what became of each entry, and this is none.
pub fn compare(tx: &Connection, stream: Uuid, claim: Held) -> Result<(), Error> {
    let heads = stream::all(tx)?.into_iter();
    let Some(head) = heads.into_iter().find(|head| head.stream == stream) else {
        return Ok(());
    };
    if claim.through < head.confirmed {
        return doubt(tx, stream, Some(claim));
    }
    let is_ours = claim.through <= head.acknowledged
        && entry::hash_at(tx, stream, claim.through)? == Some(claim.hash);
    if is_ours {
        confirm(tx, stream, claim.through)?;
    }
    Ok(())
}

/// Every stream may be unknown to the server, which is of another generation.
pub fn doubt_all(tx: &Connection) -> Result<(), Error> {
    tx.execute("update stream set confirmed = 0", [])?;
    Ok(())
}

/// Notes what became of an entry that was held; another terminal's is none of this till's business.
pub(crate) fn released(
    tx: &Connection,
    stream: Uuid,
    entry: &EntryDisposition,
) -> Result<(), Error> {
    match stream::seq_of(tx, stream)? {
        Some(head) if entry.seq <= head => note(tx, stream, entry),
        _ => Ok(()),
    }
}

/// A held entry that was released has no row any more.
fn note(tx: &Connection, stream: Uuid, entry: &EntryDisposition) -> Result<(), Error> {
    let seq = column::integer(entry.seq);
    let word = match entry.disposition {
        Disposition::Applied => {
            tx.prepare_cached("delete from disposition where stream = ? and seq = ?")?
                .execute(params![stream.as_bytes(), seq])?;
            return Ok(());
        }
        Disposition::Adjusted => "adjusted",
        Disposition::Held => "held",
    };
    tx.prepare_cached(
        "insert into disposition (stream, seq, disposition, reason) values (?, ?, ?, ?)
         on conflict (stream, seq) do update
         set disposition = excluded.disposition, reason = excluded.reason",
    )?
    .execute(params![stream.as_bytes(), seq, word, entry.reason])?;
    Ok(())
}

/// How many entries the server is not known to hold.
pub fn waiting(connection: &Connection) -> Result<u64, Error> {
    let waiting = connection
        .prepare_cached("select coalesce(sum(coalesce(kept, seq) - confirmed), 0) from stream")?
        .query_row([], |row| column::count(row, 0))?;
    Ok(waiting)
}

/// Entries that were adjusted or held, the latest first.
pub fn attention(connection: &Connection, limit: u32) -> Result<Vec<Attention>, Error> {
    let mut statement = connection.prepare_cached(
        "select d.stream, d.seq, e.kind, s.receipt, d.disposition, d.reason
         from disposition d
         cross join stream t on t.id = d.stream
         cross join entry e on e.stream = d.stream and e.seq = d.seq
         left join sale s on s.stream = d.stream and s.seq = d.seq
         order by t.opened desc, d.seq desc
         limit ?",
    )?;
    let entries = statement
        .query_map([limit], |row| {
            let word: String = row.get(4)?;
            Ok(Attention {
                stream: column::id(row, 0)?,
                seq: column::count(row, 1)?,
                kind: row.get(2)?,
                receipt: row.get(3)?,
                disposition: if word == "held" {
                    Disposition::Held
                } else {
                    Disposition::Adjusted
                },
                reason: row.get(5)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(entries)
}

/// Profiles changed at this till that the server has not taken yet, the oldest first.
pub fn profiles(connection: &Connection, limit: u32) -> Result<Vec<Customer>, Error> {
    customer::to_push(connection, limit)
}

/// Programs that the server published and does not have any more, the oldest first.
pub fn programs(connection: &Connection, limit: u32) -> Result<Vec<SealedProgram>, Error> {
    program::to_push(connection, limit)
}

/// Notes that the server took these programs, or knows better.
pub fn acknowledge_programs(tx: &Connection, pushed: &[SealedProgram]) -> Result<(), Error> {
    program::pushed(tx, pushed)
}

/// Notes that the server does not take these programs back: they are too large for it.
pub fn refuse_programs(tx: &Connection, pushed: &[SealedProgram]) -> Result<(), Error> {
    program::refuse(tx, pushed)
}

/// How many profiles and programs wait beside the entries.
pub fn waiting_beside(connection: &Connection) -> Result<u64, Error> {
    Ok(customer::waiting(connection)?.saturating_add(program::waiting(connection)?))
}

/// Notes that the server took these profiles; one that changed again meanwhile goes on waiting.
pub fn acknowledge_profiles(tx: &Connection, pushed: &[Customer]) -> Result<(), Error> {
    for profile in pushed {
        if profile.erased {
            customer::pushed(tx, profile)?;
            continue;
        }
        tx.prepare_cached(
            "update customer set to_push = 0,
                 confirmed_epoch = (select epoch - 1 from feed where only = 1)
             where id = ? and hlc = ? and to_push = 1",
        )?
        .execute(params![profile.id.as_bytes(), column::integer(profile.hlc)])?;
    }
    Ok(())
}
