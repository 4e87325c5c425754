//! `bench`: figures, each beside its baseline measured in the same run.
#![expect(clippy::print_stdout, reason = "a program that talks to a person")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use mostrador_tests::bench_ledger::Figure;
use mostrador_tests::{
    Error, bench_bootstrap, bench_commit, bench_drain, bench_fold, bench_ledger, bench_push,
    bench_quote,
};

/// Measure
#[derive(Debug, Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
struct Cli {
    /// Folder with the demo companies
    #[arg(long)]
    fixtures: Option<PathBuf>,
    /// Customers at which searching is measured (2000 and 200000 unless named)
    #[arg(long, value_delimiter = ',')]
    customers: Vec<u32>,
    /// Leave the window out
    #[arg(long)]
    no_window: bool,
    /// Only what a quote costs
    #[arg(long)]
    quotes: bool,
    /// Only accounts
    #[arg(long)]
    accounts: bool,
    /// Only what beginning costs a new till, with the first of --customers (1,000,000 unless named)
    #[arg(long)]
    bootstrap: bool,
    /// Only what the network costs a sale
    #[arg(long)]
    commits: bool,
    /// Only what taking entries in costs, on SQLite and PostgreSQL
    #[arg(long)]
    ingest: bool,
    /// Only how long a till with so many waiting entries needs to send them
    #[arg(long, value_name = "ENTRIES", num_args = 0..=1, default_missing_value = "180000")]
    drain: Option<u32>,
    /// Breed slow quotes for so many seconds instead
    #[arg(long, value_name = "SECONDS")]
    hunt: Option<u64>,
    /// Where the breeding begins
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: &Cli) -> Result<(), Error> {
    if let Some(seconds) = cli.hunt {
        hunt(seconds, cli.seed);
        return Ok(());
    }
    let only_server = cli.bootstrap || cli.commits || cli.ingest || cli.drain.is_some();
    if !cli.accounts && !only_server {
        quotes();
    }
    if cli.quotes {
        return Ok(());
    }
    let folder = tempfile::TempDir::new()?;
    let below = |name: &str| -> Result<PathBuf, Error> {
        let path = folder.path().join(name);
        std::fs::create_dir_all(&path)?;
        Ok(path)
    };
    let fixtures = cli
        .fixtures
        .clone()
        .unwrap_or_else(mostrador_tests::shop::fixtures);
    println!(
        "{:<66} {:>11} {:>11} {:>7}  unit",
        "figure", "measured", "baseline", "ratio"
    );
    if cli.bootstrap {
        let customers = cli.customers.first().copied().unwrap_or(1_000_000);
        let folder = below("bootstrap")?;
        show(&bench_bootstrap::figures(&fixtures, &folder, customers.max(1)).await?);
    }
    #[cfg(unix)]
    if cli.ingest {
        show(&mostrador_tests::bench_ingest::figures(&fixtures, &below("ingest")?).await?);
    }
    if let Some(entries) = cli.drain {
        show(&bench_drain::figures(&fixtures, &below("drain")?, entries).await?);
    }
    if cli.commits {
        show(&bench_commit::figures(&fixtures, &below("commits")?).await?);
    }
    if only_server {
        return Ok(());
    }
    show(&bench_fold::figures(&below("accounts")?)?);
    if cli.accounts {
        return Ok(());
    }
    show(&bench_commit::figures(&fixtures, &below("commits")?).await?);
    let sizes: &[u32] = match cli.customers.as_slice() {
        [] => &[2_000, 200_000],
        named => named,
    };
    show(&bench_ledger::figures(&below("ledger")?, sizes)?);
    show(&bench_push::figures(&fixtures, &below("push")?).await?);
    #[cfg(target_os = "linux")]
    if !cli.no_window {
        show(&mostrador_tests::bench_window::figures(&fixtures, &below("window")?).await?);
    }
    Ok(())
}

/// One table for a person, and the same as one line of JSON.
fn quotes() {
    let table = bench_quote::run();
    println!(
        "\n{:<62} {:>10} {:>10} {:>10} {:>8}",
        "quote (baseline: bare sums over the same lines), µs", "p50", "p99", "baseline", "ratio"
    );
    for row in table.quotes.iter().chain(&table.hard) {
        println!(
            "{:<62} {:>10.2} {:>10.2} {:>10.3} {:>8.1}",
            row.name, row.p50_us, row.p99_us, row.baseline_us, row.ratio
        );
    }
    println!(
        "{:<62} {:>10.2}",
        "20 lines, 5 codes: program of 100000 by program of 10", table.growth
    );
    println!(
        "\n{:<62} {:>12} {:>12}",
        "splits of an amount over lines, each second", "exact", "naive"
    );
    for row in &table.splits {
        println!(
            "{:<62} {:>12.0} {:>12.0}",
            format!("{} lines", row.lines),
            row.per_second,
            row.naive_per_second
        );
    }
    let json = serde_json::to_string(&table).expect("BUG: figures and names are JSON");
    println!("{json}\n");
}

/// Breeds scenes whose best set is hard to find, and prints the slowest ones.
fn hunt(seconds: u64, seed: u64) {
    for prey in bench_quote::hunt(Duration::from_secs(seconds), seed) {
        println!(
            "{:>10.1} µs  {}",
            prey.took.as_secs_f64() * 1e6,
            prey.genome
        );
    }
}

fn show(figures: &[Figure]) {
    for Figure {
        name,
        measured,
        baseline,
        unit,
    } in figures
    {
        let ratio = measured / baseline;
        println!("{name:<66} {measured:>11.3} {baseline:>11.3} {ratio:>7.2}  {unit}");
    }
}
