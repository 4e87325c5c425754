//! `vectors DIR`: runs every case file below a folder through the engine.

#![expect(clippy::print_stdout, reason = "a program that talks to a person")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Runs every *.toml below DIR through the engine; closes with "N passed, N failed".
#[derive(Debug, Parser)]
struct Arguments {
    /// A folder of case files, or one of them.
    dir: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match mostrador_tests::vectors::run(&arguments.dir) {
        Ok(report) => {
            println!("{report}");
            ExitCode::from(u8::from(!report.failed.is_empty()))
        }
        Err(error) => {
            eprintln!("vectors: {error}");
            ExitCode::from(2)
        }
    }
}
