//! `check` and `ci`: everything that must hold before a change lands, without and with the tests.

use crate::cargo::{EVERYTHING, cargo};
use crate::error::Error;
use crate::phase::Phases;
use crate::{fixture, node, shell};

use super::{faults, fuzz, simulate, test};

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    super::no_options(rest)?;
    let mut phases = Phases::default();
    check_all(&mut phases)?;
    test::run_tests(&mut phases)?;
    faults::run_quick(&mut phases)?;
    simulate::run_all(&mut phases)?;
    fuzz::run_all(&mut phases)?;
    phases.print();
    Ok(())
}

pub(super) fn check(rest: &[String]) -> Result<(), Error> {
    super::no_options(rest)?;
    let mut phases = Phases::default();
    check_all(&mut phases)?;
    phases.print();
    Ok(())
}

fn check_all(phases: &mut Phases) -> Result<(), Error> {
    phases.run("format", || {
        shell::run(cargo("fmt").args(["--all", "--check"]))?;
        shell::run(cargo("fmt").args(["--manifest-path", "fuzz/Cargo.toml", "--check"]))
    })?;
    phases.run("dependency table", super::deps::check)?;
    phases.run("generated customers", fixture::check)?;
    test::prepare(phases)?;
    phases.run("ui check", || shell::run(node::npm("run").arg("check")))?;
    phases.run("ui lint", || shell::run(node::npm("run").arg("lint")))?;
    phases.run("clippy", || {
        shell::run(
            cargo("clippy")
                .args(EVERYTHING)
                .args(["--", "-D", "warnings"]),
        )
    })?;
    // The simulator owns the runtime's clock, so it is no part of everything.
    phases.run("clippy of the simulator", || {
        shell::run(
            cargo("clippy")
                .args(["-p", "mostrador-tests", "--features", "simulate"])
                .args(["--bin", "simulate", "--", "-D", "warnings"]),
        )
    })?;
    phases.run("documentation", || {
        shell::run(
            cargo("doc")
                .args(["--workspace", "--no-deps"])
                .env("RUSTDOCFLAGS", "-D warnings"),
        )
    })
}
