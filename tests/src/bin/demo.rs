//! `demo`: a day at the counter in this terminal, with a real server and two real tills.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use mostrador_terminal::view::Language;
use mostrador_tests::demo::{self, Day};

/// A day at the counter
#[derive(Debug, Parser)]
struct Cli {
    /// Folder with the demo companies
    #[arg(long)]
    fixtures: Option<PathBuf>,
    /// Language of the day
    #[arg(long, value_enum, default_value_t = Tongue::Es)]
    lang: Tongue,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Tongue {
    Es,
    En,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let day = Day {
        fixtures: cli.fixtures.unwrap_or_else(mostrador_tests::shop::fixtures),
        language: match cli.lang {
            Tongue::Es => Language::Es,
            Tongue::En => Language::En,
        },
    };
    match demo::run(&day, &mut std::io::stdout().lock()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}
