//! Invariants 1, 2, 3, 13 and 14: every fact arrives, once, as it was written.

use std::collections::{BTreeMap, BTreeSet};

use mostrador_ledger as ledger;
use mostrador_protocol::entry::{EntryHash, RawEntry};
use mostrador_server::SqliteStore;
use mostrador_server::ingest::reading::link;
use mostrador_server::ingest::{Batch, Outcome, StoredEntry};
use mostrador_server::store::Store;
use uuid::Uuid;

use super::{Rest, Violation};
use crate::goods::TENANT;
use crate::message::short;
use mostrador_tests::Error;

/// Everything that the server holds.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) streams: BTreeMap<Uuid, Vec<StoredEntry>>,
    /// The streams that tills write, not the server itself.
    of_tills: BTreeSet<Uuid>,
}

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

    /// The ids of all entries that tills wrote.
    pub(super) fn ids(&self) -> BTreeSet<Uuid> {
        self.by_id().into_keys().collect()
    }

    /// Where each entry id stands, in the order of streams.
    fn by_id(&self) -> BTreeMap<Uuid, Vec<(Uuid, &StoredEntry)>> {
        let mut by_id: BTreeMap<Uuid, Vec<(Uuid, &StoredEntry)>> = BTreeMap::new();
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
}

pub(super) fn check(rest: &Rest<'_>, books: &Books) -> Result<Vec<Violation>, Error> {
    let mut violations = chains(books);
    let by_id = books.by_id();
    for (id, places) in &by_id {
        match rest.journal.facts.get(id) {
            None => violations.push(Violation::new(
                2,
                format!("the server holds entry {id} that no till wrote"),
            )),
            Some(fact) => violations.extend(
                places
                    .iter()
                    .filter(|(_, entry)| entry.raw.payload != fact.payload)
                    .map(|_| {
                        Violation::new(
                            3,
                            format!(
                                "the server's {} {id} has other bytes than its till's",
                                fact.kind
                            ),
                        )
                    }),
            ),
        }
    }
    for machine in rest.machines {
        let Some(till) = machine.till() else {
            continue;
        };
        for (stream, seq, raw) in till.ledger().read(own_entries)? {
            let Ok(header) = raw.header() else {
                continue;
            };
            if header.kind != "stream_opened" && !by_id.contains_key(&header.entry_id) {
                violations.push(Violation::new(
                    1,
                    format!(
                        "{} holds {} {} at {}/{seq}, the server does not",
                        machine.name,
                        header.kind,
                        header.entry_id,
                        short(stream)
                    ),
                ));
            }
        }
    }
    let lost = rest
        .journal
        .acknowledged
        .iter()
        .filter(|id| !by_id.contains_key(id));
    violations.extend(lost.map(|id| {
        Violation::new(
            1,
            format!("entry {id} was acknowledged, and the server does not hold it"),
        )
    }));
    Ok(violations)
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

/// Everything is pushed once more, and nothing may change.
pub(super) async fn repeat(rest: &Rest<'_>) -> Result<Vec<Violation>, Error> {
    let before = rest.store.counts(TENANT).await?;
    let heads = rest.store.streams(TENANT).await?;
    for head in heads {
        let stored = rest.store.entries(TENANT, head.stream).await?;
        let entries = stored.into_iter().map(|entry| entry.raw).collect();
        let Ok(links) = link(head.stream, (0, EntryHash::ZERO), entries, 0) else {
            continue;
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
            other => {
                return Ok(vec![Violation::new(
                    14,
                    format!(
                        "stream {} pushed again came to {other:?}",
                        short(head.stream)
                    ),
                )]);
            }
        }
    }
    let after = rest.store.counts(TENANT).await?;
    let changed = (before != after)
        .then(|| Violation::new(14, format!("{before:?} became {after:?} by repeating")));
    Ok(changed.into_iter().collect())
}
