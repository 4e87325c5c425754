//! What all raw entries come to, folded again in the order in which the server took them, each id once.

use std::collections::{BTreeMap, BTreeSet};

use mostrador_ledger as ledger;
use mostrador_loyalty::account::{Accounts, CodeTally};
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::entry::{Decoded, Effects, Payload};
use mostrador_protocol::message::Disposition;
use mostrador_server::ingest::reading::effective_ms;
use rusqlite::Connection;
use uuid::Uuid;

use super::delivery::Books;
use super::undone::Undone;
use mostrador_tests::Error;

/// Accounts, tallies, and what came back of each sale.
#[derive(Debug)]
pub(super) struct Folded {
    pub(super) accounts: Accounts,
    pub(super) tallies: BTreeMap<CodeText, CodeTally>,
    pub(super) undone: Undone,
    /// What undoes a sale that is not here: position and payload.
    waiting: Vec<(i64, Payload)>,
}

/// Where an entry stands, and when it came.
type Place = (Uuid, u64, i64);

impl Folded {
    /// Folds every entry that had effects.
    pub(super) fn of(books: &Books, server_file: &std::path::Path) -> Result<Self, Error> {
        let mut folded = Self {
            accounts: Accounts::default(),
            tallies: BTreeMap::new(),
            undone: Undone::new(),
            waiting: Vec::new(),
        };
        let mut counted = BTreeSet::new();
        let mut came_ms = None;
        for (stream, seq, received_ms) in order(server_file)? {
            if came_ms.replace(received_ms) != Some(received_ms) {
                folded.take_waiting();
            }
            let place = usize::try_from(seq.saturating_sub(1)).unwrap_or(usize::MAX);
            let entries = books.streams.get(&stream);
            let Some(entry) = entries.and_then(|entries| entries.get(place)) else {
                continue;
            };
            let Ok(header) = entry.raw.header() else {
                continue;
            };
            if entry.disposition == Disposition::Held || !counted.insert(header.entry_id) {
                continue;
            }
            if let Ok(Decoded::Known(payload)) = entry.raw.payload(&header) {
                folded.take(effective_ms(&header, received_ms), payload);
            }
        }
        folded.take_waiting();
        Ok(folded)
    }

    fn take(&mut self, effective_ms: i64, payload: Payload) {
        match self.undone.effects(&payload, effective_ms) {
            Some(effects) => self.apply(&effects),
            None => self.waiting.push((effective_ms, payload)),
        }
    }

    /// The sale of what waited came with the entries before.
    fn take_waiting(&mut self) {
        for (effective_ms, payload) in std::mem::take(&mut self.waiting) {
            self.take(effective_ms, payload);
        }
    }

    fn apply(&mut self, effects: &Effects) {
        for used in &effects.codes {
            let tally = self.tallies.entry(used.code.clone()).or_default();
            tally.apply(used.day, used.discount);
        }
        for used in &effects.codes_given_back {
            let tally = self.tallies.entry(used.code.clone()).or_default();
            tally.give_back(used.day, used.discount);
        }
        for (customer, fact) in &effects.accounts {
            self.accounts.apply(*customer, fact);
        }
        if let Some(merge) = &effects.merge {
            self.accounts
                .merge(merge.survivor, merge.absorbed, merge.day);
        }
    }
}

/// Every entry of the server in the order in which it came.
fn order(server_file: &std::path::Path) -> Result<Vec<Place>, ledger::Error> {
    let file = Connection::open(server_file)?;
    let mut statement =
        file.prepare("select stream_id, seq, received_ms from entry order by rowid")?;
    let places = statement.query_map([], |row| {
        let (stream, seq): (String, i64) = (row.get(0)?, row.get(1)?);
        Ok((
            stream.parse().unwrap_or_default(),
            u64::try_from(seq).unwrap_or(0),
            row.get(2)?,
        ))
    })?;
    Ok(places.collect::<Result<_, _>>()?)
}
