//! The project's commands: `cargo xtask COMMAND`.
//!
//! This program prepares a bare machine, so it needs nothing but Rust: no system package, no crate
//! beyond a JSON reader. Everything heavy is another program that it builds and starts.
#![expect(clippy::print_stdout, reason = "a program that talks to a person")]

mod cargo;
mod chance;
mod command;
mod error;
mod fixture;
mod layering;
mod machine;
mod mutant;
mod node;
mod phase;
mod shell;
mod source;
mod workspace;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  run [--tenant cafe-vt|livex] [--reset]
                      a till with demo data in a window; without a display: demo
  build               the programs that a shop installs, in release
  demo [--lang es|en] a day at the counter in this terminal
  test                every test: Rust, user interface, real window
  check               formats, lints, documentation, dependency table
  ci                  check and test: everything that must hold before a change lands

  vectors DIR         price the case files below DIR
  replay DIR [...]    sell the real baskets of DIR against a real server
  mutants [--area A | --every N]
                      break the rules on purpose: the tests must notice
  fuzz [TARGET] [--seconds N] [--seed N]
                      arbitrary bytes against rules and program reader; TARGET FILE repeats one input
  simulate [--seeds N] [--from K]
                      whole shops with everything going wrong; --seed K tells one
  faults [--quick] [--only NAME,...]
                      kills, full disks, flipped bits, power cuts and bad wires, as a table
  bench               figures beside their baselines
  screenshots         docs/screenshots, in both languages

  deps                the dependency table and the walls between layers
  fixtures [--check]  the generated customers of the demo tenants
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error}");
            ExitCode::FAILURE
        }
    }
}
