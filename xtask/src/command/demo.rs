//! `demo`: a day at the counter in this terminal.

use std::process::Command;

use crate::cargo;
use crate::error::Error;
use crate::machine::{self, Need};
use crate::{shell, workspace};

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    machine::prepare(Need::Headless)?;
    cargo::build_headless("debug")?;
    shell::run(
        Command::new(workspace::built("debug", "demo"))
            .arg("--fixtures")
            .arg(workspace::root().join("fixtures"))
            .args(rest),
    )
}
