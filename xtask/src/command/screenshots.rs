//! `screenshots`: the pictures of docs/screenshots, from the real window.

use std::process::Command;

use crate::cargo;
use crate::error::Error;
use crate::machine::{self, Need};
use crate::{node, shell, workspace};

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    machine::prepare(Need::Driver)?;
    node::build_ui()?;
    cargo::build_all("debug")?;
    shell::run(
        Command::new(workspace::built("debug", "screenshots"))
            .arg("--fixtures")
            .arg(workspace::root().join("fixtures"))
            .arg("--into")
            .arg(workspace::root().join("docs/screenshots"))
            .args(rest),
    )
}
