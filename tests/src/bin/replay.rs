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
use mostrador_tests::cluster::{Cluster, Setup};
use mostrador_tests::proxy::Proxy;
use mostrador_tests::replay::chaos::{Chaos, Targets};
use mostrador_tests::replay::compare::ServerSide;
use mostrador_tests::replay::conduct::Conductor;
use mostrador_tests::replay::data::{self, Dataset};
use mostrador_tests::replay::machines::Machines;
use mostrador_tests::replay::outcome::Outcome;
use mostrador_tests::replay::stage::{Stage, TENANT};
use mostrador_tests::replay::till::{self, Failure, Job};
use tokio::runtime::Runtime;

/// How many tills are killed on the way.
const KILLS: usize = 2;

/// How often the server is.
const SERVER_KILLS: usize = 2;

/// How often its database crashes, where that is started for the replay.
const CRASHES: usize = 2;

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
    #[arg(long, value_name = "URL", conflicts_with = "postgres")]
    database: Option<String>,
    /// Keep it in a PostgreSQL that is started for this, in the state folder, and crashes on the way
    #[arg(long)]
    postgres: bool,
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
        cli => play(&cli),
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

/// Whether both sides agree at the end.
fn play(cli: &Cli) -> Result<bool, Failure> {
    let folder = cli.folder.clone().unwrap_or_default();
    let dataset = data::read(&folder)?;
    let below = std::path::absolute(&cli.state)?;
    eprintln!(
        "{} baskets, state in {}",
        dataset.baskets.len(),
        below.display()
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let cluster = if cli.postgres {
        Some(runtime.block_on(started_in(&below.join("postgres")))?)
    } else {
        None
    };
    let own = cluster.as_ref().map(|cluster| cluster.url("postgres"));
    let database = own.or_else(|| cli.database.clone());
    let stage = Stage::set(&below, database.as_deref(), &dataset)?;
    let machines = Machines::start(&stage, cluster, runtime.handle().clone())?;
    let scene = Scene {
        folder: &folder,
        dataset: &dataset,
        stage: &stage,
        seed: cli.seed,
    };
    if let Some(url) = &database {
        let store = runtime.block_on(PostgresStore::open(url, &Mint::system()))?;
        return scene.play(&runtime, machines, &store);
    }
    let path = stage.server().join("server.sqlite");
    let store = SqliteStore::open(&path, &Mint::system())?;
    scene.play(&runtime, machines, &store)
}

/// A PostgreSQL as durable as a shop's.
async fn started_in(folder: &Path) -> std::io::Result<Cluster> {
    let setup = Setup {
        keep: Some(folder.to_owned()),
        durable: true,
        ..Setup::default()
    };
    Cluster::start_here(&setup).await
}

/// What is played, and where.
struct Scene<'a> {
    folder: &'a Path,
    dataset: &'a Dataset,
    stage: &'a Stage,
    seed: u64,
}

impl Scene<'_> {
    /// Sells everything, and compares what the tills hold with what stands in `store`.
    fn play<S: Store>(
        &self,
        runtime: &Runtime,
        mut machines: Machines,
        store: &S,
    ) -> Result<bool, Failure> {
        let starts = self.stage.tills()?;
        let entries_before = runtime.block_on(ServerSide::read(store))?.entries();
        let cables = starts
            .iter()
            .map(|_| runtime.block_on(Proxy::start(machines.address())))
            .collect::<Result<Vec<_>, _>>()?;
        let baskets = self.dataset.baskets.len() as u64;
        let bar = ProgressBar::new(baskets).with_style(ProgressStyle::with_template(
            "{elapsed_precise} [{wide_bar}] {pos}/{len} baskets, {per_sec}",
        )?);
        let targets = Targets {
            tills: starts.len(),
            kills: KILLS,
            server_kills: SERVER_KILLS,
            crashes: if machines.has_database() { CRASHES } else { 0 },
        };
        let chaos = Chaos::plan(&Random::seeded(self.seed), targets, baskets);

        #[expect(
            clippy::disallowed_methods,
            reason = "a replay measures how long it takes"
        )]
        let begun = Instant::now();
        let mut conductor = Conductor::start(self.folder, &starts, cables)?;
        let ordeal = conductor.sell(chaos, (&mut machines, &bar))?;
        let selling = begun.elapsed().as_secs_f64();
        bar.finish();
        eprintln!("every basket is sold; sending what waits");
        conductor.drain()?;
        let feed = runtime.block_on(store.counts(TENANT))?.feed;
        conductor.settle(feed)?;
        let reports = conductor.report()?;
        let seconds = begun.elapsed().as_secs_f64();
        machines.stop_server()?;

        let held = runtime.block_on(ServerSide::read(store))?;
        let mut outcome = Outcome {
            baskets,
            entries_server: held.entries(),
            entries_own: held.own_entries(),
            cuts: ordeal.cuts,
            kills: ordeal.kills,
            server_kills: ordeal.server_kills,
            crashes: ordeal.crashes,
            seconds: rounded(seconds),
            ..Outcome::default()
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
        let sold_before: u64 = ordeal.sold_before.iter().flatten().sum();
        outcome.new_sales = outcome.sales - sold_before;
        outcome.sales_per_second = rounded(figure(outcome.new_sales) / selling);
        let new_entries = outcome.entries_server - entries_before;
        outcome.entries_per_second = rounded(figure(new_entries) / seconds);
        println!("{}", serde_json::to_string(&outcome)?);
        Ok(outcome.mismatches == 0
            && outcome.sales == outcome.baskets
            && outcome.entries_tills == outcome.entries_server)
    }
}

/// Counts of a replay are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "a figure for people, not money")]
fn figure(count: u64) -> f64 {
    count as f64
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
