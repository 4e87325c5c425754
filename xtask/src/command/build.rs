//! `build`: the two programs that a shop installs, in release.

use crate::cargo;
use crate::error::Error;
use crate::machine::{self, Need};
use crate::{node, workspace};

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    super::no_options(rest)?;
    machine::prepare(Need::Window)?;
    node::build_ui()?;
    cargo::build_installed()?;
    for (program, whose) in [
        ("mostrador-server", "the server"),
        ("mostrador", "the till"),
    ] {
        println!(
            "{whose}: {}",
            workspace::built("release", program).display()
        );
    }
    Ok(())
}
