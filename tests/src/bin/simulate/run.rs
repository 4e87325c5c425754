//! One run of a seed.

use std::path::Path;
use std::sync::Arc;

use mostrador_tests::Error;

use crate::broken::Broken;
use crate::check::Violation;
use crate::diary::{Counts, Diary};
use crate::template::Template;
use crate::world::World;

/// How seeds are run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup<'a> {
    /// The morning of every run.
    pub(crate) template: &'a Template,
    /// Where runs have their files.
    pub(crate) folder: &'a Path,
    /// Whether every step is told.
    pub(crate) is_told: bool,
    /// What is broken on purpose.
    pub(crate) broken: Option<Broken>,
}

/// Why a seed does not pass.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An invariant does not hold.
    Violated(Violation),
    /// The run did not come to its end: an error, or a panic.
    Ended(String),
    /// The server could not be broken as it should have been: nothing was shown.
    Unspoiled(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Violated(violation) => violation.fmt(out),
            Self::Ended(why) => why.fmt(out),
            Self::Unspoiled(why) => write!(out, "not broken as it should be: {why}"),
        }
    }
}

/// What came of a seed.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The seed.
    pub(crate) seed: u64,
    /// What does not hold; empty when everything does.
    pub(crate) failures: Vec<Failure>,
    /// What happened, counted.
    pub(crate) counts: Counts,
    /// What happened, in words, when that was asked for.
    pub(crate) lines: Vec<String>,
}

/// A runtime of one thread in which time passes when nobody has anything to do.
///
/// # Errors
/// When the system does not give what a runtime needs.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    Ok(runtime)
}

/// Runs `seed` on a runtime of its own, below `below`, which must be empty or missing.
///
/// # Errors
/// When the system does not give what a runtime needs. What goes wrong in the run is in the outcome.
pub(crate) fn run(seed: u64, setup: &Setup<'_>, below: &Path) -> Result<Outcome, Error> {
    let runtime = runtime()?;
    let (failures, diary) = runtime.block_on(async {
        let diary = Arc::new(Diary::new(setup.is_told));
        let lived = async {
            let world = World::open(seed, setup, (below, &diary)).await?;
            let site = Arc::clone(&world.room.site);
            let lived = world.live().await;
            if let Some(why) = site.unspoiled() {
                return Ok(vec![Failure::Unspoiled(why)]);
            }
            lived.map(|found| found.into_iter().map(Failure::Violated).collect())
        };
        let failures = lived.await;
        let failures = failures.unwrap_or_else(|error: Error| vec![Failure::Ended(chain(&error))]);
        (failures, diary)
    });
    Ok(Outcome {
        seed,
        failures,
        counts: diary.counts(),
        lines: diary.lines(),
    })
}

/// An error with what caused it.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}
