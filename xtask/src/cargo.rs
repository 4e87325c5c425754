//! Cargo with one selection of packages, so that nothing is compiled twice.

use std::process::Command;

use crate::error::Error;
use crate::shell;
use crate::workspace;

/// What is checked and tested. Another selection would unify features in another way and compile the
/// dependencies again.
pub(crate) const EVERYTHING: [&str; 2] = ["--workspace", "--all-targets"];

/// The programs that need no window: server, demo, replay, vectors.
const HEADLESS: [&str; 4] = ["-p", "mostrador-server", "-p", "mostrador-tests"];

/// `cargo SUBCOMMAND` in the repository.
pub(crate) fn cargo(subcommand: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace::root()).arg(subcommand);
    command
}

/// Builds every program, the window included.
pub(crate) fn build_all(profile: &str) -> Result<(), Error> {
    shell::run(cargo("build").args(flags(profile)).arg("--workspace"))
}

/// Builds what a shop installs, in release: the till's window and the server.
pub(crate) fn build_installed() -> Result<(), Error> {
    shell::run(cargo("build").args(flags("release")).args([
        "-p",
        "mostrador",
        "-p",
        "mostrador-server",
    ]))
}

/// Builds the programs that need no window.
pub(crate) fn build_headless(profile: &str) -> Result<(), Error> {
    let has_window = workspace::built(profile, "mostrador").exists();
    if has_window && workspace::root().join("ui/dist").exists() {
        // The window was built here: the same selection again compiles no dependency twice.
        return build_all(profile);
    }
    shell::run(
        cargo("build")
            .args(flags(profile))
            .args(HEADLESS)
            .arg("--bins"),
    )
}

/// Whether `cargo nextest` is installed.
pub(crate) fn has_nextest() -> bool {
    shell::succeeds(cargo("nextest").arg("--version"))
}

fn flags(profile: &str) -> &'static [&'static str] {
    match profile {
        "release" => &["--release"],
        _ => &[],
    }
}
