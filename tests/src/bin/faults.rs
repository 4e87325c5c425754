//! `faults`: the fault table. Where `MOSTRADOR_FAULTS` says `required`, a row that is skipped has failed.
#![expect(clippy::print_stdout, reason = "a program that talks to a person")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use clap::Parser;
use mostrador_tests::Error;
use mostrador_tests::faults::{Outcome, Row, Site, Tally, print};

/// Break real tills and the real server, and count what is lost
#[derive(Debug, Parser)]
struct Cli {
    /// Folder with the demo companies
    #[arg(long)]
    fixtures: Option<PathBuf>,
    /// Few repetitions of each row
    #[arg(long)]
    quick: bool,
    /// Only the rows whose names begin so; several after commas
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// How many rows run at once
    #[arg(long, default_value_t = 4)]
    jobs: usize,
    /// Chance begins here
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failed) => {
            eprintln!("faults: {failed} rows failed");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("faults: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<usize, Error> {
    let wanted = |row: &Row| {
        let mut names = cli.only.iter();
        cli.only.is_empty() || names.any(|name| row.name().starts_with(name.as_str()))
    };
    let rows: Vec<Row> = Row::all().into_iter().filter(wanted).collect();
    if rows.is_empty() {
        let known: Vec<&str> = Row::all().into_iter().map(Row::name).collect();
        return Err(std::io::Error::other(format!("the rows are {}", known.join(", "))).into());
    }
    // Rows wait for disks, timeouts and each other's processes far more than they compute.
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..cli.jobs.max(1) {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let (outcome, seconds) = one(*row, cli);
                    println!("{} took {seconds:.1} s", row.name());
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((*row, outcome, seconds));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(row, _, _)| rows.iter().position(|known| known == row));
    let failed = print(&done, &mut std::io::stdout())?;
    let is_skipped = |outcome: &Outcome| matches!(outcome, Outcome::Skipped(_));
    let skipped = done.iter().filter(|(_, outcome, _)| is_skipped(outcome));
    let skipped = skipped.count();
    if skipped > 0 && std::env::var("MOSTRADOR_FAULTS").is_ok_and(|it| it == "required") {
        eprintln!("faults: {skipped} rows were skipped, and MOSTRADOR_FAULTS requires them");
        return Ok(failed + skipped);
    }
    Ok(failed)
}

/// One row in a company of its own: what one row breaks is no excuse for the next.
#[expect(
    clippy::disallowed_methods,
    reason = "how long a row takes is real time"
)]
fn one(row: Row, cli: &Cli) -> (Outcome, f64) {
    let started = Instant::now();
    let outcome = in_own_company(row, cli).unwrap_or_else(|error| {
        let mut tally = Tally::default();
        tally.fails(with_causes(&error));
        Outcome::Ran(tally)
    });
    (outcome, started.elapsed().as_secs_f64())
}

/// What an error says, and what its causes say.
fn with_causes(error: &Error) -> String {
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    said
}

fn in_own_company(row: Row, cli: &Cli) -> Result<Outcome, Error> {
    let fixtures = cli.fixtures.clone();
    let fixtures = fixtures.unwrap_or_else(mostrador_tests::shop::fixtures);
    let folder = tempfile::TempDir::new()?;
    let mut site = Site::open(&fixtures, folder.path(), (cli.quick, cli.seed))?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(row.run(&mut site))
}
