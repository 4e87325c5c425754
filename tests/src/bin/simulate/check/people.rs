//! Which records are one person by now, and a number that is known exactly or between two bounds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use mostrador_protocol::entry::Payload;
use uuid::Uuid;

use super::told::Told;

/// Records that were merged, in whatever direction and order.
#[derive(Debug, Clone, Default)]
pub(super) struct People {
    one_with: BTreeMap<Uuid, Uuid>,
    merged: BTreeSet<Uuid>,
}

impl People {
    /// Reads every merge.
    pub(super) fn of(told: &[Told]) -> Self {
        let mut people = Self::default();
        for entry in told {
            if let Payload::CustomerLinked(linked) = &entry.payload {
                let (one, other) = (linked.survivor_id, linked.absorbed_id);
                let (first, second) = (people.person(one), people.person(other));
                if first != second {
                    people.one_with.insert(second, first);
                    people.merged.extend([one, other]);
                }
            }
        }
        people
    }

    /// One record that stands for everybody who is the same person.
    pub(super) fn person(&self, record: Uuid) -> Uuid {
        let mut person = record;
        while let Some(next) = self.one_with.get(&person) {
            person = *next;
        }
        person
    }

    /// Whether the record was ever merged with another.
    pub(super) fn is_merged(&self, record: Uuid) -> bool {
        self.merged.contains(&record)
    }
}

/// A number, or the bounds between which it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) least: i64,
    pub(super) most: i64,
}

impl Span {
    /// Exactly this.
    pub(super) const fn exactly(number: i64) -> Self {
        Self {
            least: number,
            most: number,
        }
    }

    /// One of these and those between.
    pub(super) fn between(one: i64, other: i64) -> Self {
        Self {
            least: one.min(other),
            most: one.max(other),
        }
    }

    pub(super) const fn holds(self, number: i64) -> bool {
        self.least <= number && number <= self.most
    }

    pub(super) const fn add(&mut self, other: Self) {
        self.least += other.least;
        self.most += other.most;
    }

    pub(super) const fn take(&mut self, other: Self) {
        self.least -= other.most;
        self.most -= other.least;
    }
}

impl fmt::Display for Span {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.least == self.most {
            return write!(out, "{}", self.least);
        }
        write!(out, "{} to {}", self.least, self.most)
    }
}
