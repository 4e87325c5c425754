//! `ci`: everything that must hold before a change lands.

use crate::cargo::{EVERYTHING, cargo};
use crate::error::Error;
use crate::phase::Phases;
use crate::{fixture, node, shell};

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    super::no_options(rest)?;
    let mut phases = Phases::default();
    phases.run("format", || {
        shell::run(cargo("fmt").args(["--all", "--check"]))
    })?;
    phases.run("dependency table", super::deps::check)?;
    phases.run("generated customers", fixture::check)?;
    super::test::prepare(&mut phases)?;
    phases.run("ui check", || shell::run(node::npm("run").arg("check")))?;
    phases.run("ui lint", || shell::run(node::npm("run").arg("lint")))?;
    phases.run("ui tests", || shell::run(&mut node::npm("test")))?;
    phases.run("clippy", || {
        shell::run(
            cargo("clippy")
                .args(EVERYTHING)
                .args(["--", "-D", "warnings"]),
        )
    })?;
    phases.run("documentation", || {
        shell::run(
            cargo("doc")
                .args(["--workspace", "--no-deps"])
                .env("RUSTDOCFLAGS", "-D warnings"),
        )
    })?;
    super::test::run_rust_tests(&mut phases)?;
    phases.print();
    Ok(())
}
