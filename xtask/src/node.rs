//! The user interface: Node, its packages, its build.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::error::Error;
use crate::shell;
use crate::workspace;

/// The oldest Node that the build tools run on.
const LEAST_MAJOR: u32 = 20;

/// Installs the packages when the lock changed and builds `ui/dist` when a source did.
pub(crate) fn build_ui() -> Result<(), Error> {
    install_packages()?;
    if is_current()? {
        return Ok(());
    }
    shell::run(npm("run").arg("build"))
}

/// Installs what `package-lock.json` names, unless it is there already.
pub(crate) fn install_packages() -> Result<(), Error> {
    check_node()?;
    let lock = ui().join("package-lock.json");
    let wanted = fs::read(&lock).map_err(Error::file(&lock))?;
    let stamp = workspace::target().join("xtask/package-lock.json");
    let installed = fs::read(&stamp).unwrap_or_default();
    if installed == wanted && ui().join("node_modules").is_dir() {
        return Ok(());
    }
    shell::run(npm("ci").args(["--no-audit", "--no-fund"]))?;
    let folder = workspace::target().join("xtask");
    fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
    fs::write(&stamp, wanted).map_err(Error::file(&stamp))
}

/// `npm SUBCOMMAND` in `ui/`.
pub(crate) fn npm(subcommand: &str) -> Command {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut command = Command::new(program);
    command.current_dir(ui()).arg(subcommand);
    command
}

fn ui() -> PathBuf {
    workspace::root().join("ui")
}

fn check_node() -> Result<(), Error> {
    let found = shell::version("node");
    let major = found.as_deref().and_then(major);
    if major.is_some_and(|major| major >= LEAST_MAJOR) {
        return Ok(());
    }
    Err(Error::Missing {
        what: match found {
            Some(version) => format!("Node {version} is too old."),
            None => "Node is not installed.".to_owned(),
        },
        remedy: format!(
            "Install Node {LEAST_MAJOR} or later with npm from nodejs.org or your version manager."
        ),
    })
}

fn major(version: &str) -> Option<u32> {
    version
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// Whether `ui/dist` is younger than everything it is made of.
fn is_current() -> Result<bool, Error> {
    let built = ui().join("dist/index.html");
    let Ok(built) = built.metadata().and_then(|file| file.modified()) else {
        return Ok(false);
    };
    let sources = [
        ui().join("src"),
        ui().join("index.html"),
        ui().join("package-lock.json"),
        ui().join("vite.config.ts"),
        workspace::root().join("messages"),
    ];
    for source in sources {
        if newest(&source)?.is_some_and(|changed| changed > built) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn newest(path: &Path) -> Result<Option<SystemTime>, Error> {
    if !path.exists() {
        return Ok(None);
    }
    let own = path
        .metadata()
        .and_then(|file| file.modified())
        .map_err(Error::file(path))?;
    let mut newest_of_all = Some(own);
    if path.is_dir() {
        for child in fs::read_dir(path).map_err(Error::file(path))? {
            let child = child.map_err(Error::file(path))?;
            newest_of_all = newest_of_all.max(newest(&child.path())?);
        }
    }
    Ok(newest_of_all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("22.1.0"), Some(22));
        assert_eq!(major("nightly"), None);
    }
}
