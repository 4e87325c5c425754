//! `bench`: figures beside their baselines, measured on the programs as they ship.

use std::process::Command;

use crate::cargo;
use crate::error::Error;
use crate::machine::{self, Need};
use crate::{node, shell, workspace};

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    machine::prepare(Need::Driver)?;
    node::build_ui()?;
    cargo::build_all("release")?;
    shell::run(
        Command::new(workspace::built("release", "bench"))
            .arg("--fixtures")
            .arg(workspace::root().join("fixtures"))
            .args(rest),
    )
}
