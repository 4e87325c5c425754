//! `faults`: the fault table, with real tills and the real server as processes.

use std::process::Command;

use crate::cargo;
use crate::error::Error;
use crate::machine::{self, Need};
use crate::phase::Phases;
use crate::{shell, workspace};

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    machine::prepare(Need::Fault)?;
    cargo::build_headless("dev")?;
    shell::run(&mut program(rest))
}

/// Few repetitions of every row, on programs that were built before.
pub(super) fn run_quick(phases: &mut Phases) -> Result<(), Error> {
    phases.run("fault table", || {
        shell::run(&mut program(&["--quick".to_owned()]))
    })
}

fn program(rest: &[String]) -> Command {
    let mut command = Command::new(workspace::built("debug", "faults"));
    command
        .arg("--fixtures")
        .arg(workspace::root().join("fixtures"))
        .args(rest);
    command
}
