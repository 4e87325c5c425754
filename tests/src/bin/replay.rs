//! `replay DIR`: sells a folder of real baskets through one till per store, with everything going
//! wrong on the way that a seed says, and ends with one line of JSON.
#![expect(
    clippy::print_stdout,
    reason = "its one line of JSON is what it is started for"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use mostrador_server::store::Store;
use mostrador_server::{Mint, PostgresStore, SqliteStore};
use mostrador_sync::random::Random;
use mostrador_tests::process::ServerProcess;
use mostrador_tests::proxy::Proxy;
use mostrador_tests::replay::chaos::Chaos;
use mostrador_tests::replay::compare::ServerSide;
use mostrador_tests::replay::conduct::Conductor;
use mostrador_tests::replay::data;
use mostrador_tests::replay::outcome::Outcome;
use mostrador_tests::replay::stage::{Stage, TENANT};
use mostrador_tests::replay::till::{self, Failure, Job};

/// How many tills are killed on the way.
const KILLS: usize = 2;

/// How many differences are printed one by one.
const SHOWN: usize = 20;

#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Cli {
    /// The folder of the data, see docs/replay.md
    #[arg(required = true)]
    folder: Option<PathBuf>,
    /// Where the server and the tills keep their files; a second run on it changes nothing
    #[arg(long, default_value = ".replay")]
    state: PathBuf,
    /// Decides which cables are pulled and which tills are killed, and when
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Keep the server's data in this PostgreSQL database, which must be empty at first: postgres://...
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Subcommand)]
enum Part {
    /// One till of a replay; started by the replay itself
    #[command(hide = true)]
    Till {
        folder: PathBuf,
        #[arg(long)]
        store: String,
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        server: String,
        #[arg(long)]
        enrol_code: Option<String>,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse() {
        Cli {
            part:
                Some(Part::Till {
                    folder,
                    store,
                    data,
                    server,
                    enrol_code,
                }),
            ..
        } => till::run(&Job {
            folder,
            store,
            data,
            server,
            enrol_code,
        })
        .map(|()| true),
        Cli {
            folder,
            state,
            seed,
            database,
            ..
        } => {
            let folder = folder.unwrap_or_default();
            let play = Play {
                folder: &folder,
                state: &state,
                database: database.as_deref(),
                seed,
            };
            match &database {
                Some(url) => replay(&play, async |_| {
                    PostgresStore::open(url, &Mint::system()).await
                }),
                None => replay(&play, async |stage| {
                    SqliteStore::open(&stage.server().join("server.sqlite"), &Mint::system())
                }),
            }
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("replay: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// What is played, and where.
struct Play<'a> {
    folder: &'a Path,
    state: &'a Path,
    database: Option<&'a str>,
    seed: u64,
}

/// Whether both sides agree at the end. `open` opens the server's data for looking.
fn replay<S: Store>(
    play: &Play<'_>,
    open: impl AsyncFnOnce(&Stage) -> Result<S, mostrador_server::Error>,
) -> Result<bool, Failure> {
    let Play { folder, seed, .. } = *play;
    let dataset = data::read(folder)?;
    let below = std::path::absolute(play.state)?;
    eprintln!(
        "{} baskets, state in {}",
        dataset.baskets.len(),
        below.display()
    );
    let stage = Stage::set(&below, play.database, &dataset)?;
    let server = ServerProcess::start_on(&stage.data(), &stage.server(), "127.0.0.1:0")?;
    let starts = stage.tills()?;

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let cables = starts
        .iter()
        .map(|_| runtime.block_on(Proxy::start(server.address())))
        .collect::<Result<Vec<_>, _>>()?;
    let baskets = dataset.baskets.len() as u64;
    let bar = ProgressBar::new(baskets).with_style(ProgressStyle::with_template(
        "{elapsed_precise} [{wide_bar}] {pos}/{len} baskets, {per_sec}",
    )?);
    let chaos = Chaos::plan(&Random::seeded(seed), starts.len(), baskets, KILLS);

    #[expect(
        clippy::disallowed_methods,
        reason = "a replay measures how long it takes"
    )]
    let begun = Instant::now();
    let mut conductor = Conductor::start(folder, &starts, cables)?;
    let ordeal = conductor.sell(chaos, &bar)?;
    let selling = begun.elapsed().as_secs_f64();
    bar.finish();
    eprintln!("every basket is sold; sending what waits");
    conductor.drain()?;
    let store = runtime.block_on(open(&stage))?;
    let feed = runtime.block_on(store.counts(TENANT))?.feed;
    conductor.settle(feed)?;
    let reports = conductor.report()?;
    let seconds = begun.elapsed().as_secs_f64();
    server.stop()?;

    let held = runtime.block_on(ServerSide::read(&store))?;
    let sold_before: u64 = ordeal.sold_before.iter().flatten().sum();
    let mut outcome = Outcome {
        baskets,
        lines: 0,
        sales: 0,
        new_sales: 0,
        coupons_applied: 0,
        refusals: std::collections::BTreeMap::new(),
        gross: 0,
        discount: 0,
        points: 0,
        entries_tills: 0,
        entries_server: held.entries(),
        mismatches: 0,
        cuts: ordeal.cuts,
        kills: ordeal.kills,
        seconds: rounded(seconds),
        sales_per_second: 0.0,
    };
    for (start, report) in starts.iter().zip(reports) {
        let differences = held.differences(&start.store, &report);
        for difference in differences.iter().take(SHOWN) {
            eprintln!("mismatch: {}", difference.0);
        }
        outcome.mismatches += differences.len() as u64;
        outcome.entries_tills += report.entries;
        outcome.add(report.figures);
    }
    outcome.new_sales = outcome.sales - sold_before;
    outcome.sales_per_second = rounded(figure(outcome.new_sales) / selling);
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(outcome.mismatches == 0
        && outcome.sales == outcome.baskets
        && outcome.entries_tills == outcome.entries_server)
}

/// Counts of a replay are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "a figure for people, not money")]
fn figure(count: u64) -> f64 {
    count as f64
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
