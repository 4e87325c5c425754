//! `bench`: figures, each beside its baseline measured in the same run.
#![expect(clippy::print_stdout, reason = "a program that talks to a person")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use mostrador_tests::bench_ledger::Figure;
use mostrador_tests::{Error, bench_ledger, bench_push, bench_quote};

/// Measure
#[derive(Debug, Parser)]
struct Cli {
    /// Folder with the demo companies
    #[arg(long)]
    fixtures: Option<PathBuf>,
    /// Customers at which searching is measured
    #[arg(long, value_delimiter = ',', default_values_t = [2_000, 200_000])]
    customers: Vec<u32>,
    /// Leave the window out
    #[arg(long)]
    no_window: bool,
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
        "{:<66} {:>11} {:>11}  unit",
        "figure", "measured", "baseline"
    );
    quotes();
    show(&bench_ledger::figures(&below("ledger")?, &cli.customers)?);
    show(&bench_push::figures(&fixtures, &below("push")?).await?);
    #[cfg(target_os = "linux")]
    if !cli.no_window {
        show(&mostrador_tests::bench_window::figures(&fixtures, &below("window")?).await?);
    }
    Ok(())
}

/// The quote's baseline is a row of its own: the same sums without rules.
fn quotes() {
    let rows = bench_quote::run();
    let micros = |time: Duration| time.as_secs_f64() * 1_000_000.0;
    let baseline = rows.iter().find(|row| row.name.starts_with("baseline"));
    let Some(baseline) = baseline else { return };
    for row in rows.iter().filter(|row| row.name != baseline.name) {
        show(&[
            Figure {
                name: format!("{}, p50", row.name),
                measured: micros(row.median),
                baseline: micros(baseline.median),
                unit: "µs",
            },
            Figure {
                name: format!("{}, p99", row.name),
                measured: micros(row.p99),
                baseline: micros(baseline.p99),
                unit: "µs",
            },
        ]);
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
        println!("{name:<66} {measured:>11.3} {baseline:>11.3}  {unit}");
    }
}
