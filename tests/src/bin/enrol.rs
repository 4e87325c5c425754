//! Enrols a till without its window: what `cargo xtask run` does before it opens one.
#![expect(clippy::print_stdout, reason = "a program that talks to a person")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use mostrador_terminal::{Till, TillOptions};

/// Enrol a till in a folder
#[derive(Debug, Parser)]
struct Cli {
    /// The till's folder
    #[arg(long)]
    data: PathBuf,
    /// Address of the server
    #[arg(long)]
    server: String,
    /// One-time code
    #[arg(long)]
    code: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    match enrol(&Cli::parse()).await {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("enrol: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn enrol(cli: &Cli) -> Result<String, mostrador_terminal::Error> {
    let till = Till::open(TillOptions::new(&cli.data))?;
    let mut view = till.view();
    if !view.enrolled {
        view = till.enrol(&cli.server, &cli.code).await?;
    }
    till.stop_sync().await;
    Ok(format!(
        "{} of {}, {}, is enrolled.",
        view.terminal_name, view.tenant_name, view.store_name
    ))
}
