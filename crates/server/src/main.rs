//! The server's program: `serve`, and commands that work on the same data, also while it serves.

#![expect(
    clippy::print_stdout,
    reason = "a command answers on its standard output"
)]

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the threads of the server cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(cli::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            cli::explain(&error);
            ExitCode::FAILURE
        }
    }
}
