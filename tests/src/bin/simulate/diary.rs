//! What happened: a readable line for each step, and counts for the summary.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

/// Keeps lines when somebody wants to read them, and counts always.
#[derive(Debug)]
pub(super) struct Diary {
    began: Instant,
    lines: Option<Mutex<Vec<String>>>,
    counts: Mutex<Counts>,
}

/// Counts of one run, or of many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Messages and actions.
    pub(crate) steps: u64,
    /// What went wrong on purpose, by kind.
    pub(crate) faults: BTreeMap<&'static str, u64>,
    /// What people and tills did, and which limits they met.
    pub(crate) reached: BTreeMap<&'static str, u64>,
}

impl Counts {
    /// Adds another run.
    pub(crate) fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        for (kind, count) in &other.faults {
            *self.faults.entry(kind).or_default() += count;
        }
        for (kind, count) in &other.reached {
            *self.reached.entry(kind).or_default() += count;
        }
    }
}

impl Diary {
    /// Empty, from now on; `kept` when somebody reads it.
    pub(super) fn new(kept: bool) -> Self {
        Self {
            began: Instant::now(),
            lines: kept.then(Mutex::default),
            counts: Mutex::default(),
        }
    }

    /// A step: who did what, with what result.
    pub(super) fn step(&self, who: &str, what: impl FnOnce() -> String) {
        self.counted(|counts| counts.steps += 1);
        self.note(who, what);
    }

    /// A line that is no step of its own.
    pub(super) fn note(&self, who: &str, what: impl FnOnce() -> String) {
        let Some(lines) = &self.lines else {
            return;
        };
        let at_ms = self.began.elapsed().as_millis();
        let (seconds, millis) = (at_ms / 1_000, at_ms % 1_000);
        let line = format!("{seconds:>6}.{millis:03}  {who:<8} {}", what());
        lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }

    /// Words that only somebody who reads the lines needs.
    pub(super) fn told(&self, words: impl FnOnce() -> String) -> String {
        self.lines.as_ref().map_or_else(String::new, |_| words())
    }

    /// A fault of this kind was injected.
    pub(super) fn fault(&self, kind: &'static str) {
        self.counted(|counts| *counts.faults.entry(kind).or_default() += 1);
    }

    /// Something worth counting was reached.
    pub(super) fn reached(&self, kind: &'static str, count: u64) {
        if count > 0 {
            self.counted(|counts| *counts.reached.entry(kind).or_default() += count);
        }
    }

    pub(super) fn counts(&self) -> Counts {
        self.counted(|counts| counts.clone())
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.lines.as_ref().map_or_else(Vec::new, |lines| {
            lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
        })
    }

    fn counted<T>(&self, act: impl FnOnce(&mut Counts) -> T) -> T {
        act(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
