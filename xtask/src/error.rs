//! What can stop a command, in words.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a command stopped.
#[derive(Debug)]
pub(crate) enum Error {
    /// The command line asks for something that does not exist.
    Usage(String),
    /// Something the machine needs is not there.
    Missing {
        /// What.
        what: String,
        /// What the person does about it.
        remedy: String,
    },
    /// A program could not be started.
    Start {
        /// Its command line.
        command: String,
        /// Why.
        source: io::Error,
    },
    /// A program ended with a failure; it has said why itself.
    Failed {
        /// Its command line.
        command: String,
        /// How it ended.
        status: String,
    },
    /// A file could not be read or written.
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Rules of the workspace that do not hold, one sentence each.
    Rules(Vec<String>),
}

impl Error {
    /// For `map_err` beside file operations.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { path, source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) => write!(f, "{what}; `cargo xtask` alone lists the commands"),
            Self::Missing { what, remedy } => write!(f, "{what}\n  {remedy}"),
            Self::Start { command, source } => write!(f, "starting `{command}`: {source}"),
            Self::Failed { command, status } => write!(f, "`{command}` ended with {status}"),
            Self::File { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Rules(broken) => {
                writeln!(f, "{} rule(s) broken:", broken.len())?;
                broken.iter().try_for_each(|rule| writeln!(f, "  {rule}"))
            }
        }
    }
}
