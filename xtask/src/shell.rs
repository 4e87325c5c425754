//! Starting other programs and telling so.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use crate::error::Error;

/// Runs `command` in this terminal, after showing it, and wants success.
pub(crate) fn run(command: &mut Command) -> Result<(), Error> {
    let words = words(command);
    println!("$ {words}");
    let status = command.status().map_err(|source| Error::Start {
        command: words.clone(),
        source,
    })?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Failed {
        command: words,
        status: status.to_string(),
    })
}

/// Runs `command` silently and gives back what it wrote to standard output.
pub(crate) fn read(command: &mut Command) -> Result<String, Error> {
    let words = words(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| Error::Start {
            command: words.clone(),
            source,
        })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Error::Failed {
        command: words,
        status: output.status.to_string(),
    })
}

/// Whether `command` can be started and succeeds; what it says is nobody's business.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What `program --version` says, if there is such a program.
pub(crate) fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(said)
}

/// The command line as a person would type it.
pub(crate) fn words(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .map(|word| {
            if word.contains(' ') {
                format!("'{word}'")
            } else {
                word.into_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}
