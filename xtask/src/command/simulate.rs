//! `simulate`: whole shops in which everything goes wrong that a seed says.

use std::process::Command;

use crate::cargo::cargo;
use crate::error::Error;
use crate::machine::{self, Need};
use crate::phase::Phases;
use crate::{shell, workspace};

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    machine::prepare(Need::Headless)?;
    build()?;
    shell::run(Command::new(workspace::built("debug", "simulate")).args(rest))
}

/// The shops of every change, and servers that are broken on purpose.
pub(super) fn run_all(phases: &mut Phases) -> Result<(), Error> {
    let simulate = |options: &[&str]| {
        let program = workspace::built("debug", "simulate");
        shell::run(Command::new(program).args(options))
    };
    phases.run("simulator", build)?;
    phases.run("1,000 simulated shops", || simulate(&["--seeds", "1000"]))?;
    phases.run("broken servers", || {
        simulate(&["--breaks", "--seeds", "300"])
    })
}

/// How it is built: a little optimised, and apart from that with what every other build has made already.
const PROFILE: &str = "tests/simulate.toml";

/// Builds the simulator, which owns the runtime's clock.
fn build() -> Result<(), Error> {
    shell::run(
        cargo("build")
            .args(["-p", "mostrador-tests", "--features", "simulate"])
            .args(["--bin", "simulate", "--config"])
            .arg(workspace::root().join(PROFILE)),
    )
}
