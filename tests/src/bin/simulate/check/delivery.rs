//! Invariants 1, 2, 3 and 14: every fact arrives, once, as it was written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mostrador_ledger as ledger;
use mostrador_protocol::entry::{EntryHash, RawEntry};
use mostrador_server::SqliteStore;
use mostrador_server::ingest::reading::link;
use mostrador_server::ingest::{Batch, Outcome, StoredEntry};
use mostrador_server::store::Store;
use rusqlite::Connection;
use uuid::Uuid;

use super::tables::{self, Tables};
use super::{Rest, Violation};
use crate::goods::TENANT;
use crate::message::short;
use mostrador_tests::Error;

/// What the server writes into its own stream: what follows from entries.
const DERIVED: [&str; 4] = [
    "points_expired",
    "tier_moved",
    "badge_awarded",
    "referral_bonus",
];

/// Everything that the server holds.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) streams: BTreeMap<Uuid, Vec<StoredEntry>>,
    /// The streams that tills write, not the server itself.
    of_tills: BTreeSet<Uuid>,
}

/// Where each entry id stands, in the order of streams.
type ById<'a> = BTreeMap<Uuid, Vec<(Uuid, &'a StoredEntry)>>;

impl Books {
    pub(super) async fn read(store: &SqliteStore) -> Result<Self, Error> {
        let terminals = store.terminals(TENANT).await?;
        let terminals: BTreeSet<Uuid> = terminals.iter().map(|terminal| terminal.id).collect();
        let (mut streams, mut of_tills) = (BTreeMap::new(), BTreeSet::new());
        for head in store.streams(TENANT).await? {
            streams.insert(head.stream, store.entries(TENANT, head.stream).await?);
            if terminals.contains(&head.terminal) {
                of_tills.insert(head.stream);
            }
        }
        Ok(Self { streams, of_tills })
    }

    /// What stands at a place.
    pub(super) fn at(&self, (stream, seq): (Uuid, u64)) -> Option<&StoredEntry> {
        let place = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.streams.get(&stream)?.get(place)
    }

    /// What tills wrote.
    fn by_id(&self) -> ById<'_> {
        let mut by_id = ById::new();
        let of_tills = self.streams.iter();
        for (stream, entries) in of_tills.filter(|(stream, _)| self.of_tills.contains(stream)) {
            for entry in entries {
                if let Ok(header) = entry.raw.header() {
                    by_id
                        .entry(header.entry_id)
                        .or_default()
                        .push((*stream, entry));
                }
            }
        }
        by_id
    }

    /// What the server wrote itself, where no till wrote it.
    fn of_server(&self) -> impl Iterator<Item = &StoredEntry> {
        let streams = self.streams.iter();
        let own = streams.filter(|(stream, _)| !self.of_tills.contains(stream));
        own.flat_map(|(_, entries)| entries)
    }
}

pub(super) fn check(rest: &Rest<'_>, books: &Books) -> Result<Vec<Violation>, Error> {
    let mut violations = chains(books);
    let by_id = books.by_id();
    violations.extend(not_from_tills(rest, (books, &by_id)));
    for machine in rest.machines {
        let Some(till) = machine.till() else {
            continue;
        };
        for (stream, seq, raw) in till.ledger().read(own_entries)? {
            let Ok(header) = raw.header() else {
                continue;
            };
            let what = || {
                let (name, kind, id) = (&machine.name, &header.kind, header.entry_id);
                format!("{name} holds {kind} {id} at {}/{seq}", short(stream))
            };
            if header.kind != "stream_opened" && !by_id.contains_key(&header.entry_id) {
                let what = format!("{}, the server does not", what());
                violations.push(Violation::new(1, what));
            }
            let there = books.at((stream, seq)).map(|stored| &stored.raw);
            let is_same_entry = |raw: &RawEntry| {
                let there = raw.header();
                there.is_ok_and(|there| there.entry_id == header.entry_id)
            };
            // What was copied or set back went on elsewhere, and the place may be another's now.
            let is_compared = there.is_some_and(is_same_entry) || !rest.journal.is_disturbed();
            if is_compared && there != Some(&raw) {
                let what = format!("{}, the server has there {there:?}", what());
                violations.push(Violation::new(3, what));
            }
        }
    }
    violations.extend(forgotten(rest, &by_id));
    Ok(violations)
}

/// What the server has and no till wrote, or not so, or not so often; and what it writes itself that does not
/// follow from anything.
fn not_from_tills(rest: &Rest<'_>, (books, by_id): (&Books, &ById<'_>)) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (id, places) in by_id {
        let Some(fact) = rest.journal.facts.get(id) else {
            let what = format!("the server holds entry {id} that no till wrote");
            violations.push(Violation::new(2, what));
            continue;
        };
        let kind = &fact.kind;
        if places.len() > 1 && !rest.journal.is_disturbed() {
            let what = format!("the server holds {kind} {id} in {} places", places.len());
            violations.push(Violation::new(1, what));
        }
        let others = places.iter();
        let others = others.filter(|(_, entry)| entry.raw.payload != fact.payload);
        violations.extend(others.map(|_| {
            let what = format!("the server's {kind} {id} has other bytes than its till's");
            Violation::new(3, what)
        }));
    }
    let of_server = books.of_server().filter(|entry| {
        let header = entry.raw.header();
        !header.is_ok_and(|header| DERIVED.contains(&header.kind.as_str()))
    });
    violations.extend(of_server.map(|entry| {
        let what = format!("the server wrote {}", entry.raw.header);
        Violation::new(2, what)
    }));
    violations
}

/// What was acknowledged and is not there.
fn forgotten(rest: &Rest<'_>, by_id: &ById<'_>) -> Vec<Violation> {
    let acknowledged = rest.journal.acknowledged.iter();
    let lost = acknowledged.filter(|id| !by_id.contains_key(id));
    let violations = lost.map(|id| {
        let what = format!("entry {id} was acknowledged, and the server does not hold it");
        Violation::new(1, what)
    });
    violations.collect()
}

/// Dense from 1, each hash made from the one before.
fn chains(books: &Books) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (stream, entries) in &books.streams {
        let mut before = EntryHash::ZERO;
        for (entry, seq) in entries.iter().zip(1..) {
            before = entry.raw.hash(&before);
            if entry.seq != seq || entry.hash != before {
                violations.push(Violation::new(
                    3,
                    format!("stream {} is broken at {seq} on the server", short(*stream)),
                ));
                break;
            }
        }
    }
    violations
}

pub(super) fn own_entries(
    look: &ledger::Connection,
) -> Result<Vec<(Uuid, u64, RawEntry)>, ledger::Error> {
    let mut entries = Vec::new();
    for head in ledger::stream::all(look)? {
        ledger::stream::verify(look, head.stream)?;
        ledger::entry::walk(look, head.stream, |seq, raw, _| {
            entries.push((head.stream, seq, raw.clone()));
            Ok(())
        })?;
    }
    Ok(entries)
}

/// Everything is pushed once more, and not one row of the server may change.
pub(super) async fn repeat(rest: &Rest<'_>) -> Result<Vec<Violation>, Error> {
    let before = disk(rest.server_file)?;
    let mut violations = Vec::new();
    for head in rest.store.streams(TENANT).await? {
        let stored = rest.store.entries(TENANT, head.stream).await?;
        let entries = stored.into_iter().map(|entry| entry.raw).collect();
        let mut wrong = |became: String| {
            let what = format!(
                "stream {} pushed again came to {became}",
                short(head.stream)
            );
            violations.push(Violation::new(14, what));
        };
        let links = match link(head.stream, (0, EntryHash::ZERO), entries, 0) {
            Ok(links) => links,
            Err(broken) => {
                wrong(format!("{broken:?}"));
                continue;
            }
        };
        let batch = Batch {
            tenant: TENANT.to_owned(),
            terminal: head.terminal,
            stream: head.stream,
            base_seq: 0,
            base_hash: EntryHash::ZERO,
            links,
            profiles: Vec::new(),
            programs: Vec::new(),
            received_ms: 0,
        };
        match rest.store.ingest(batch).await? {
            Outcome::Accepted(accepted) if !accepted.changed => {}
            other => wrong(format!("{other:?}")),
        }
    }
    let differing = tables::differences(&before, &disk(rest.server_file)?).into_iter();
    violations.extend(differing.map(|difference| {
        let what = format!("before and after everything was pushed again: {difference}");
        Violation::new(14, what)
    }));
    Ok(violations)
}

/// Every row of the server.
fn disk(server_file: &Path) -> Result<Tables, ledger::Error> {
    let file = Connection::open(server_file)?;
    Ok(tables::all(&file)?)
}
