//! What really happened at the tills, written down as it happens: the measure of everything else.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use mostrador_ledger as ledger;
use mostrador_ledger::{Connection, Ledger};
use mostrador_protocol::entry::RawEntry;
use mostrador_server::SqliteStore;
use mostrador_server::store::Store;
use tokio::time::Instant;
use uuid::Uuid;

use super::check::Violation;
use super::goods::TENANT;
use super::message::short;

/// No answer is longer on its way.
const ANSWERED_BY: Duration = Duration::from_mins(1);

/// Something that a till committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) kind: String,
    pub(super) payload: String,
    /// Which machine.
    pub(super) by: String,
}

/// Facts by their id, and how far each machine was read.
#[derive(Debug, Default)]
pub(super) struct Journal {
    pub(super) facts: BTreeMap<Uuid, Fact>,
    /// Facts that a till was told are on the server, and that its disk must hold: after it was set back,
    /// those of which that was said before the backup, and what was said since.
    pub(super) acknowledged: BTreeSet<Uuid>,
    /// What was acknowledged when the server's disk was last copied.
    backed_up: BTreeSet<Uuid>,
    /// Machines with a copy of another's disk, beside it.
    pub(super) copies: Vec<(String, String)>,
    machines: BTreeMap<String, Seen>,
    /// When the server's disk was last set back, and of which generation each machine knew it then.
    set_back: Option<(Instant, BTreeMap<String, Option<String>>)>,
    /// Whether a till's disk was ever set back or copied.
    is_forked: bool,
}

/// What was seen of a machine's file.
#[derive(Debug, Clone, Default)]
struct Seen {
    /// Of each stream: entries, those ever acknowledged, and those that the server of this generation is known
    /// to hold.
    streams: BTreeMap<Uuid, (u64, u64, u64)>,
    cursor: u64,
    generation: Option<String>,
}

impl Journal {
    /// Reads what is new in a till's file, and says what went back without a reason.
    pub(super) fn read(
        &mut self,
        name: &str,
        till: &Ledger,
    ) -> Result<Vec<Violation>, ledger::Error> {
        let before = self.machines.get(name).cloned().unwrap_or_default();
        let (now, new) = till.read(|look| look_at(look, &before))?;
        let mut violations = went_back(name, &before, &now);
        if self.set_back.is_none() {
            violations.extend(lost_by_the_server(name, (&before, &now), self.is_forked));
        }
        let may_be_old = self.may_be_old(name, &now);
        for (raw, is_acknowledged) in new {
            let Ok(header) = raw.header() else {
                continue;
            };
            if is_acknowledged {
                if !may_be_old {
                    self.acknowledged.insert(header.entry_id);
                }
                continue;
            }
            let fact = Fact {
                kind: header.kind,
                payload: raw.payload,
                by: name.to_owned(),
            };
            let known = self
                .facts
                .entry(header.entry_id)
                .or_insert_with(|| fact.clone());
            if known.payload != fact.payload {
                violations.push(Violation::new(
                    1,
                    format!(
                        "{name} wrote entry {} a second time with another content",
                        header.entry_id
                    ),
                ));
            }
        }
        self.machines.insert(name.to_owned(), now);
        Ok(violations)
    }

    /// What the server holds before anything happens: tills of the template wrote it.
    pub(super) async fn found(
        &mut self,
        store: &SqliteStore,
    ) -> Result<(), mostrador_server::Error> {
        for head in store.streams(TENANT).await? {
            for entry in store.entries(TENANT, head.stream).await? {
                let Ok(header) = entry.raw.header() else {
                    continue;
                };
                let fact = Fact {
                    kind: header.kind,
                    payload: entry.raw.payload,
                    by: "the morning".to_owned(),
                };
                self.facts.insert(header.entry_id, fact);
            }
        }
        Ok(())
    }

    /// The machine's disk was set back: it is read from its beginning again.
    pub(super) fn set_back(&mut self, name: &str) {
        self.machines.remove(name);
        self.is_forked = true;
    }

    /// A till's disk runs in another machine.
    pub(super) fn copied(&mut self, original: &str, copy: &str) {
        self.is_forked = true;
        self.copies.push((original.to_owned(), copy.to_owned()));
    }

    /// The server's disk was copied: what was acknowledged by now is in the copy.
    pub(super) fn server_backed_up(&mut self) {
        self.backed_up.clone_from(&self.acknowledged);
    }

    /// The server's disk was set back: what it had said since the copy is worth nothing more.
    pub(super) fn server_set_back(&mut self) {
        self.acknowledged.clone_from(&self.backed_up);
        let known = self.machines.iter();
        let known = known.map(|(name, seen)| (name.clone(), seen.generation.clone()));
        self.set_back = Some((Instant::now(), known.collect()));
    }

    /// Whether a machine may have heard by now only what the server answered before it was set back.
    fn may_be_old(&self, name: &str, now: &Seen) -> bool {
        self.set_back.as_ref().is_some_and(|(at, known)| {
            let is_unaware = known.get(name) == Some(&now.generation);
            is_unaware && at.elapsed() < ANSWERED_BY
        })
    }

    /// Whether a till or the server was set back, or a till was copied.
    pub(super) const fn is_disturbed(&self) -> bool {
        self.set_back.is_some() || self.is_forked
    }

    /// How many facts of this kind there are.
    pub(super) fn count(&self, kind: &str) -> u64 {
        self.facts.values().filter(|fact| fact.kind == kind).count() as u64
    }
}

/// What is there now; each new entry, and each that the server was heard to hold since.
type Look = (Seen, Vec<(RawEntry, bool)>);

fn look_at(look: &Connection, before: &Seen) -> Result<Look, ledger::Error> {
    let mut now = Seen {
        cursor: ledger::replica::cursor(look)?,
        generation: ledger::setting::get(look, "server_generation")?,
        streams: BTreeMap::new(),
    };
    let mut new = Vec::new();
    // What a copied or old file says about itself was said before. A stream that a till begins later is new
    // from its first entry on.
    let is_first_look = before.streams.is_empty();
    for head in ledger::stream::all(look)? {
        let (entries, _, confirmed) = before
            .streams
            .get(&head.stream)
            .copied()
            .unwrap_or_default();
        for seq in entries + 1..=head.seq {
            new.extend(ledger::entry::at(look, head.stream, seq)?.map(|raw| (raw, false)));
        }
        if !is_first_look {
            // A restored server is asked again what it holds.
            let is_same = now.generation == before.generation;
            let heard = if is_same { confirmed } else { 0 };
            for seq in heard + 1..=head.confirmed {
                new.extend(ledger::entry::at(look, head.stream, seq)?.map(|raw| (raw, true)));
            }
        }
        now.streams
            .insert(head.stream, (head.seq, head.acknowledged, head.confirmed));
    }
    Ok((now, new))
}

fn went_back(name: &str, before: &Seen, now: &Seen) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (stream, (entries, acknowledged, _)) in &before.streams {
        let (entries_now, acknowledged_now, _) =
            now.streams.get(stream).copied().unwrap_or_default();
        if entries_now < *entries {
            violations.push(Violation::new(
                1,
                format!(
                    "{name} lost entries of stream {}: {entries} before, {entries_now} now",
                    short(*stream)
                ),
            ));
        }
        if acknowledged_now < *acknowledged {
            violations.push(Violation::new(
                12,
                format!(
                    "{name} forgot what was acknowledged of stream {}: {acknowledged} before, \
                 {acknowledged_now} now",
                    short(*stream)
                ),
            ));
        }
    }
    if now.cursor < before.cursor && now.generation == before.generation {
        violations.push(Violation::new(12, format!(
            "{name} has its cursor at {}, it was at {}, and the server is of the same generation",
            now.cursor, before.cursor
        )));
    }
    violations
}

/// What a server that was never set back may not do: be another one, or hold less than it said.
fn lost_by_the_server(
    name: &str,
    (before, now): (&Seen, &Seen),
    is_forked: bool,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    if before.generation.is_some() && before.generation != now.generation {
        let what = format!("{name} found the server restored, and nobody had set it back");
        violations.push(Violation::new(12, what));
    }
    for (stream, (.., confirmed)) in before.streams.iter().filter(|_| !is_forked) {
        let (.., confirmed_now) = now.streams.get(stream).copied().unwrap_or_default();
        if confirmed_now < *confirmed {
            violations.push(Violation::new(
                12,
                format!(
                    "{name} heard that the server holds stream {} up to {confirmed}, and only up to \
                     {confirmed_now} later",
                    short(*stream)
                ),
            ));
        }
    }
    violations
}
