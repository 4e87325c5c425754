//! What must hold when everything is quiet again: the invariants by their numbers.

mod balances;
mod branches;
mod canary;
mod causes;
mod copies;
mod counted;
mod delivery;
mod derived;
mod feed;
mod fold;
mod granted;
mod limits;
mod people;
mod rights;
mod sold;
mod tables;
mod told;
mod undone;

use mostrador_server::SqliteStore;

pub(super) use self::feed::Newcomer;
use super::journal::Journal;
use super::machine::Machine;
use super::site::Release;
use mostrador_tests::Error;

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Its number.
    pub(crate) invariant: u8,
    /// What is wrong, in words.
    pub(crate) sentence: String,
}

impl Violation {
    pub(super) const fn new(invariant: u8, sentence: String) -> Self {
        Self {
            invariant,
            sentence,
        }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "invariant {}: {}", self.invariant, self.sentence)
    }
}

/// A world at rest.
#[derive(Debug)]
pub(super) struct Rest<'a> {
    pub(super) journal: &'a Journal,
    /// The machines that live.
    pub(super) machines: &'a [Machine],
    pub(super) store: &'a SqliteStore,
    /// The server's file, to read.
    pub(super) server_file: &'a std::path::Path,
    /// What the till's own feed position must be.
    pub(super) feed_head: u64,
    /// Held entries that were tried again.
    pub(super) releases: &'a [Release],
    pub(super) seed: u64,
    /// Of the program that was published last.
    pub(super) version: u32,
    /// Who began with a snapshot of some time ago.
    pub(super) newcomer: Option<&'a Newcomer>,
    /// The true time, milliseconds since the epoch.
    pub(super) now_ms: i64,
}

/// Everything that does not hold.
pub(super) async fn everything(rest: &Rest<'_>) -> Result<Vec<Violation>, Error> {
    let mut violations = Vec::new();
    let books = delivery::Books::read(rest.store).await?;
    violations.extend(delivery::check(rest, &books)?);
    let told = told::in_order(rest, &books)?;
    violations.extend(balances::check(rest, &told).await?);
    violations.extend(counted::check(rest, (&books, &told)).await?);
    violations.extend(derived::check(rest, &told).await?);
    violations.extend(branches::check(rest)?);
    violations.extend(canary::check(rest)?);
    violations.extend(limits::check(rest, (&books, &told)).await?);
    violations.extend(granted::check(rest).await?);
    violations.extend(copies::check(rest).await?);
    violations.extend(feed::check(rest, &books).await?);
    violations.extend(delivery::repeat(rest).await?);
    Ok(violations)
}
