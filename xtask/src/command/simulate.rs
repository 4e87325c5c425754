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

/// The crates in which a run spends its time, optimised a little: what they are made of is as in every
/// other build, so that little has to be built for this.
const QUICK: [&str; 7] = [
    "loyalty", "protocol", "ledger", "sync", "terminal", "server", "tests",
];

/// Builds the simulator, which owns the runtime's clock.
fn build() -> Result<(), Error> {
    let optimised = QUICK.iter().flat_map(|name| {
        let option = format!("profile.dev.package.mostrador-{name}.opt-level=1");
        ["--config".to_owned(), option]
    });
    shell::run(
        cargo("build")
            .args(["-p", "mostrador-tests", "--features", "simulate"])
            .args(["--bin", "simulate"])
            .args(optimised),
    )
}
