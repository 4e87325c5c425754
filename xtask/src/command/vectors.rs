//! `vectors DIR`: prices case files through the real engine.

use std::process::Command;

use crate::cargo;
use crate::error::Error;
use crate::machine::{self, Need};
use crate::{shell, workspace};

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    machine::prepare(Need::Headless)?;
    cargo::build_headless("debug")?;
    shell::run(Command::new(workspace::built("debug", "vectors")).args(rest))
}
