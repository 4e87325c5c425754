//! Random years of customers at two tills and on the server: sales, refunds, voids, rewards, adjustments,
//! referrals, merges, expiry, clocks that step, and tills that meet the server when it pleases them.
//!
//! The tills are real ledgers and the server is its real store; entries and rows travel without a
//! network. Whenever everybody has heard everything, all copies of every account must be the same, and
//! the same as three counts that know nothing of each other: the server's rows, the raw entries folded
//! from nothing, and `recount`, which counts points one by one by the text of the rules. One seed
//! decides a world.

mod compare;
mod counter;
mod deed;
mod draw;
mod recount;
mod sale;
mod undoings;
mod world;

use std::collections::BTreeMap;
use std::fmt;

use crate::Error;

/// How much is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Decides everything.
    pub seed: u64,
    /// Families of three records whose years run side by side in one world.
    pub histories: u32,
    /// Steps of each.
    pub steps: u32,
}

/// What was played, and what was found to agree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Played {
    /// Families.
    pub histories: u64,
    /// Steps by what was done; a step that could not be done counts as `nothing`.
    pub steps: BTreeMap<&'static str, u64>,
    /// Entries by kind, of tills and server.
    pub entries: BTreeMap<String, u64>,
    /// Entries that the server keeps without effects.
    pub held: u64,
    /// Refunds and voids that came to less than they say, because two tills undid one sale.
    pub adjusted: u64,
    /// Points that changed hands, every posting counted once.
    pub posted: i64,
    /// Accounts that were compared, at every quiet moment.
    pub compared: u64,
}

impl Played {
    /// Adds another world.
    pub fn add(&mut self, other: Self) {
        self.histories += other.histories;
        for (step, times) in other.steps {
            *self.steps.entry(step).or_default() += times;
        }
        for (kind, times) in other.entries {
            *self.entries.entry(kind).or_default() += times;
        }
        self.held += other.held;
        self.adjusted += other.adjusted;
        self.posted += other.posted;
        self.compared += other.compared;
    }

    fn step(&mut self, name: &'static str) {
        *self.steps.entry(name).or_default() += 1;
    }
}

impl fmt::Display for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: u64 = self.steps.values().sum();
        writeln!(f, "{} histories, {steps} steps", self.histories)?;
        let of = |counts: Vec<(String, &u64)>| -> String {
            let parts = counts.iter().map(|(name, times)| format!("{name} {times}"));
            parts.collect::<Vec<_>>().join(", ")
        };
        let steps = self
            .steps
            .iter()
            .map(|(name, times)| ((*name).to_owned(), times));
        writeln!(f, "steps: {}", of(steps.collect()))?;
        let entries: u64 = self.entries.values().sum();
        let kinds = self
            .entries
            .iter()
            .map(|(kind, times)| (kind.clone(), times));
        writeln!(
            f,
            "{entries} entries, {} held, {} adjusted: {}",
            self.held,
            self.adjusted,
            of(kinds.collect())
        )?;
        write!(
            f,
            "{} points posted; {} accounts compared, each in five places",
            self.posted, self.compared
        )
    }
}

/// Plays one world.
///
/// # Errors
/// [`Error::Disagreement`] with everything that is not the same; what a file or the store says.
pub async fn play(plan: Plan) -> Result<Played, Error> {
    let mut world = world::World::open(plan).await?;
    for _ in 0..plan.histories * plan.steps {
        world.step().await?;
    }
    world.close().await
}
