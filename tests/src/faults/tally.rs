//! What a row of the table found.

use std::collections::BTreeMap;

/// What became of a row.
#[derive(Debug)]
pub enum Outcome {
    /// It ran.
    Ran(Tally),
    /// This machine cannot do it, and why.
    Skipped(String),
}

/// What was counted while a row ran.
#[derive(Debug, Default)]
pub struct Tally {
    /// How often it was broken.
    pub repetitions: u32,
    /// Receipts that were printed.
    pub acknowledged: usize,
    /// Of them, those that are nowhere and of which nobody was told.
    pub lost: usize,
    /// Receipts that only a damaged or replaced file had; the till said that something is gone.
    pub gone: usize,
    /// Facts that the server counts more than once.
    pub twice: usize,
    /// What was said to the person at the counter, and how often.
    pub said: BTreeMap<String, u32>,
    /// What did not hold, one sentence each.
    pub failures: Vec<String>,
}

impl Tally {
    /// Whether everything held.
    pub fn holds(&self) -> bool {
        self.lost == 0 && self.twice == 0 && self.failures.is_empty() && self.repetitions > 0
    }

    /// Somebody at the counter was told `what`.
    pub fn says(&mut self, what: impl Into<String>) {
        *self.said.entry(what.into()).or_default() += 1;
    }

    /// Something did not hold.
    pub fn fails(&mut self, what: impl Into<String>) {
        self.failures.push(what.into());
    }

    /// Notes `what` as a failure unless it `holds`.
    pub fn expects(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.fails(what());
        }
    }
}

/// A sentence as it is for every number in it, so that equal sentences are counted together.
pub(super) fn without_numbers(sentence: &str) -> String {
    let mut text = String::new();
    for sign in sentence.chars() {
        let sign = if sign.is_ascii_digit() { 'N' } else { sign };
        if !(sign == 'N' && text.ends_with('N')) {
            text.push(sign);
        }
    }
    // What waits is named by its receipts, which are others each time.
    text.split(". ").next().unwrap_or_default().to_owned()
}
