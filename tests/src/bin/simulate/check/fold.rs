//! What all raw entries come to, folded again in the order in which the server took them, each id once.

use std::collections::BTreeMap;

use mostrador_loyalty::account::{Accounts, CodeTally};
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::entry::{Effects, Payload};
use mostrador_server::ingest::reading::effective_ms;

use super::told::Told;
use super::undone::Undone;

/// Accounts, tallies, and what came back of each sale.
#[derive(Debug)]
pub(super) struct Folded {
    pub(super) accounts: Accounts,
    pub(super) tallies: BTreeMap<CodeText, CodeTally>,
    pub(super) undone: Undone,
    /// What undoes a sale that is not here: position and payload.
    waiting: Vec<(i64, Payload)>,
}

impl Folded {
    /// Folds every entry that had effects.
    pub(super) fn of(told: &[Told]) -> Self {
        let mut folded = Self {
            accounts: Accounts::default(),
            tallies: BTreeMap::new(),
            undone: Undone::new(),
            waiting: Vec::new(),
        };
        let mut batch = None;
        for entry in told {
            if batch.replace(entry.batch) != Some(entry.batch) {
                folded.take_waiting();
            }
            let at_ms = effective_ms(&entry.header, entry.received_ms);
            folded.take(at_ms, entry.payload.clone());
        }
        folded.take_waiting();
        folded
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
