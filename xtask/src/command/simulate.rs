//! `simulate`: whole shops in which everything goes wrong that a seed says.

use std::process::Command;

use crate::cargo::cargo;
use crate::error::Error;
use crate::machine::{self, Need};
use crate::{shell, workspace};

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    machine::prepare(Need::Headless)?;
    build()?;
    shell::run(Command::new(workspace::built("debug", "simulate")).args(rest))
}

/// Builds the simulator, which owns the runtime's clock.
fn build() -> Result<(), Error> {
    shell::run(cargo("build").args([
        "-p",
        "mostrador-tests",
        "--features",
        "simulate",
        "--bin",
        "simulate",
    ]))
}
