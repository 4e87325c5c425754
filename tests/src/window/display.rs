//! A display of one's own.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use crate::Error;

/// A running Xvfb; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// Starts one of 1024 x 768 on the first free number.
    pub(crate) fn start() -> Result<Self, Error> {
        let server = mortal("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1024x768x24"])
            .args(["-nolisten", "tcp", "-noreset"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| missing("Xvfb", &error))?;
        let mut display = Self {
            server,
            name: String::new(),
        };
        let said = display.server.stdout.take();
        let mut number = String::new();
        if let Some(said) = said {
            BufReader::new(said).read_line(&mut number)?;
        }
        if number.trim().is_empty() {
            return Err(missing("Xvfb", &"it ended at once"));
        }
        display.name = format!(":{}", number.trim());
        Ok(display)
    }

    /// `:7`
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// A command in a group of its own that ends with the thread that started it, also when that one is
/// killed.
pub(crate) fn mortal(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "KILL", "--"])
        .arg(program)
        .process_group(0);
    command
}

/// What to do about a program that is not there.
pub(crate) fn missing(program: &str, why: &dyn std::fmt::Display) -> Error {
    Error::Window {
        what: format!("{program} cannot be started ({why}): `cargo xtask test` installs it"),
        log: String::new(),
    }
}
