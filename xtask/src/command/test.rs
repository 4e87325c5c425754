//! `test`: every test there is.

use crate::cargo::{self, EVERYTHING, cargo};
use crate::error::Error;
use crate::machine::{self, Need};
use crate::node;
use crate::phase::Phases;
use crate::shell;

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    super::no_options(rest)?;
    let mut phases = Phases::default();
    prepare(&mut phases)?;
    run_tests(&mut phases)?;
    phases.print();
    Ok(())
}

/// System packages, the user interface's build and every program: what tests stand on.
pub(super) fn prepare(phases: &mut Phases) -> Result<(), Error> {
    phases.run("machine", || machine::prepare(Need::Test))?;
    phases.run("ui build", node::build_ui)?;
    phases.run("build", || shell::run(cargo("build").args(EVERYTHING)))
}

/// The user interface, the examples in the documentation (which only `cargo test` runs), then unit
/// tests, property tests, stories with a real server and the real window.
pub(super) fn run_tests(phases: &mut Phases) -> Result<(), Error> {
    phases.run("ui tests", || shell::run(&mut node::npm("test")))?;
    phases.run("documentation examples", || {
        shell::run(cargo("test").args(["--workspace", "--doc"]))
    })?;
    phases.run("rust tests", || {
        if cargo::has_nextest() {
            shell::run(cargo("nextest").arg("run").args(EVERYTHING))
        } else {
            shell::run(cargo("test").args(EVERYTHING))
        }
    })
}
