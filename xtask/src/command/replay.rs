//! `replay DIR`: sells real baskets against a real server, with cut cables and killed tills.

use std::process::Command;

use crate::cargo;
use crate::error::Error;
use crate::machine::{self, Need};
use crate::{shell, workspace};

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    machine::prepare(Need::Headless)?;
    cargo::build_headless("release")?;
    shell::run(Command::new(workspace::built("release", "replay")).args(rest))
}
