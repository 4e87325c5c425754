//! `simulate`: a shop per seed in which everything goes wrong that the seed says, and what must hold
//! afterwards.
//!
//! Each shop is in one thread, driven by one number: real tills over real files, the real server without a
//! socket, and a network, clocks, disks and power that do what a seed says.
//!
//! One idea: nothing here imitates the product. The tills are `mostrador_terminal::Till`, their talk is
//! the real sync task over a transport of our own ([`cable`]), the server is
//! `mostrador_server::in_process::InProcess` over its SQLite file. What the simulation owns is time
//! (it passes when nobody has anything to do), chance ([`chance`]), power and disks ([`machine`],
//! [`site`]). After the trouble everything heals, and [`check`] compares what the tills committed
//! ([`journal`]) with what both sides came to.
//!
//! A run is the same every time: one thread, one runtime, every draw from the seed.
#![expect(clippy::print_stdout, reason = "a program that talks to a person")]

mod broken;
mod cable;
mod chance;
mod check;
mod deeds;
mod diary;
mod files;
mod goods;
mod journal;
mod machine;
mod message;
mod people;
mod run;
mod script;
mod site;
mod summary;
mod tally;
mod template;
mod watch;
mod world;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use clap::Parser;
use mostrador_tests::Error;

use self::broken::Broken;
use self::check::Violation;
use self::diary::Counts;
use self::run::{Failure, Outcome, Setup};
use self::template::Template;

/// Where nothing has to reach a disk.
const MEMORY: &str = "/dev/shm";

#[derive(Parser)]
struct Cli {
    /// How many seeds
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Only this one, with everything that happens
    #[arg(long, conflicts_with_all = ["seeds", "from"])]
    seed: Option<u64>,
    /// Stop at the first that fails
    #[arg(long)]
    first: bool,
    /// With a server that is broken in this way
    #[arg(long)]
    broken: Option<Broken>,
    /// With each broken server in turn, until a seed shows it
    #[arg(long, conflicts_with_all = ["seed", "broken"])]
    breaks: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match simulate(&cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("simulate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn simulate(cli: &Cli) -> Result<bool, Error> {
    let folder = if Path::new(MEMORY).is_dir() {
        tempfile::tempdir_in(MEMORY)?
    } else {
        tempfile::tempdir()?
    };
    let made = folder.path().join("template");
    let template = run::runtime()?.block_on(Template::make(&made))?;
    let setup = Setup {
        template: &template,
        folder: folder.path(),
        is_told: cli.seed.is_some(),
        broken: cli.broken,
    };
    if let Some(seed) = cli.seed {
        let outcome = one(seed, &setup);
        for line in &outcome.lines {
            println!("{line}");
        }
        return Ok(summary::print(&[outcome]));
    }
    #[expect(clippy::disallowed_methods, reason = "it says how long it took")]
    let begun = Instant::now();
    let passed = if cli.breaks {
        breaks(cli, &setup)
    } else {
        summary::print(&many(cli, &setup))
    };
    eprintln!("{:.1} s", begun.elapsed().as_secs_f64());
    Ok(passed)
}

/// Every way to be broken, and the seed that shows it first; whether each was shown.
fn breaks(cli: &Cli, setup: &Setup<'_>) -> bool {
    let mut are_caught = true;
    for broken in Broken::ALL {
        let found = caught(broken, cli, setup);
        are_caught &= found.is_ok();
        let what = found.unwrap_or_else(|why| format!("NOT CAUGHT: {why}"));
        println!("{}: {what}", broken.name());
    }
    are_caught
}

/// How a broken server was caught, or why it was not: only by an invariant that is there for it, and in a
/// seed in which the real server breaks nothing.
fn caught(broken: Broken, cli: &Cli, setup: &Setup<'_>) -> Result<String, String> {
    let setup = Setup {
        broken: Some(broken),
        ..*setup
    };
    let outcomes = many(cli, &setup);
    let failures = outcomes.iter().flat_map(|outcome| &outcome.failures);
    let mut unspoiled = failures.filter(|it| matches!(it, Failure::Unspoiled(_)));
    if let Some(why) = unspoiled.next() {
        return Err(why.to_string());
    }
    let shown = outcomes
        .iter()
        .find_map(|outcome| Some((outcome.seed, shows(outcome, broken)?)));
    let Some((seed, violation)) = shown else {
        let failing = outcomes.iter().find(|outcome| !outcome.failures.is_empty());
        let otherwise = failing.map_or_else(String::new, |outcome| {
            let (seed, failure) = (outcome.seed, &outcome.failures[0]);
            format!(", but seed {seed} fails otherwise: {failure}")
        });
        return Err(format!("by {} seeds{otherwise}", outcomes.len()));
    };
    let healthy = one(
        seed,
        &Setup {
            broken: None,
            ..setup
        },
    );
    if let Some(failure) = healthy.failures.first() {
        return Err(format!("seed {seed} fails with the real server: {failure}"));
    }
    let after = seed - cli.from + 1;
    let why: String = violation.to_string().chars().take(160).collect();
    Ok(format!("caught after {after} seeds, by seed {seed}: {why}"))
}

/// The violation by which a seed shows that the server is broken in this way.
fn shows(outcome: &Outcome, broken: Broken) -> Option<&Violation> {
    let mut violations = outcome.failures.iter().filter_map(|failure| match failure {
        Failure::Violated(violation) => Some(violation),
        Failure::Ended(_) | Failure::Unspoiled(_) => None,
    });
    violations.find(|violation| broken.noticed_by().contains(&violation.invariant))
}

/// Every seed, on as many threads as there are processors. With `--first`, those up to the first that
/// fails, and some that had begun by then; with `--breaks`, up to the first that shows what is broken.
fn many(cli: &Cli, setup: &Setup<'_>) -> Vec<Outcome> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let next = AtomicU64::new(cli.from);
    let end = cli.from.saturating_add(cli.seeds);
    let outcomes = Mutex::new(Vec::new());
    let is_over = |outcome: &Outcome| match setup.broken {
        Some(broken) if cli.breaks => {
            let mut failures = outcome.failures.iter();
            let is_unspoiled = failures.any(|it| matches!(it, Failure::Unspoiled(_)));
            is_unspoiled || shows(outcome, broken).is_some()
        }
        broken => (cli.first || broken.is_some()) && !outcome.failures.is_empty(),
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= end {
                        return;
                    }
                    let outcome = one(seed, setup);
                    if is_over(&outcome) {
                        next.store(end, Ordering::SeqCst);
                    }
                    let mut all = outcomes.lock().unwrap_or_else(PoisonError::into_inner);
                    all.push(outcome);
                }
            });
        }
    });
    let mut outcomes = outcomes
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_by_key(|outcome| outcome.seed);
    outcomes
}

fn one(seed: u64, setup: &Setup<'_>) -> Outcome {
    let below: PathBuf = setup.folder.join(format!("seed-{seed}"));
    let run = || run::run(seed, setup, &below);
    let failed = |why: String| Outcome {
        seed,
        failures: vec![Failure::Ended(why)],
        counts: Counts::default(),
        lines: Vec::new(),
    };
    let outcome = match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => failed(error.to_string()),
        Err(panic) => failed(format!("panicked: {}", words(&*panic))),
    };
    // What stays of a run is in memory, and another may need it.
    let _ = std::fs::remove_dir_all(&below);
    outcome
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a word")
}
