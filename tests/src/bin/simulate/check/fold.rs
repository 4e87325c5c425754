//! What all raw entries come to, folded again in the order in which the server took them, each id once.

use std::collections::BTreeMap;

use mostrador_loyalty::account::{Accounts, CodeTally};
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::entry::Effects;
use mostrador_server::ingest::reading::effective_ms;

use super::told::Told;
use super::undone::Undone;

/// Accounts, tallies, and what came back of each sale.
#[derive(Debug)]
pub(super) struct Folded<'a> {
    pub(super) accounts: Accounts,
    pub(super) tallies: BTreeMap<CodeText, CodeTally>,
    pub(super) undone: Undone,
    /// What undoes a sale that is not here.
    waiting: Vec<&'a Told>,
}

impl<'a> Folded<'a> {
    /// Folds every entry that had effects.
    pub(super) fn of(told: &'a [Told]) -> Self {
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
            folded.take(entry);
        }
        folded.take_waiting();
        folded
    }

    fn take(&mut self, entry: &'a Told) {
        match self.undone.effects(entry) {
            Some(effects) => self.apply(&effects),
            None => self.waiting.push(entry),
        }
    }

    /// The sale of what waited came with the entries before. Sale by sale, what undoes one follows in the order of its
    /// time.
    fn take_waiting(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_by_key(|entry| {
            let at_ms = effective_ms(&entry.header, entry.received_ms);
            let sale = self.undone.place_of_sale(entry);
            (sale, at_ms, entry.header.stream, entry.header.seq)
        });
        for entry in waiting {
            self.take(entry);
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
