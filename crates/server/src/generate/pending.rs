//! What a run was about to do when the machine stopped: a note in the lock file beside the program.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Codes that are written and wait for the program to know them, or for their file to appear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pending {
    /// Text of the code whose series grows.
    pub(super) code: String,
    /// The series' pattern, canonical.
    pub(super) pattern: String,
    /// Number of the first new member.
    pub(super) from: u64,
    /// The number after the last new member.
    pub(super) end: u64,
    /// Where the codes shall be, absolute.
    pub(super) export: PathBuf,
    /// Whether they replace what is there.
    pub(super) is_forced: bool,
}

impl Pending {
    /// What the lock file says; a note that was cut short was not yet acted upon.
    pub(super) fn read(lock: &mut File) -> io::Result<Option<Self>> {
        let mut text = String::new();
        lock.rewind()?;
        lock.read_to_string(&mut text)?;
        Ok(serde_json::from_str(&text).ok())
    }

    pub(super) fn write(&self, lock: &mut File) -> io::Result<()> {
        let text = serde_json::to_string(self)?;
        Self::clear(lock)?;
        lock.write_all(text.as_bytes())?;
        lock.sync_all()
    }

    pub(super) fn clear(lock: &mut File) -> io::Result<()> {
        lock.rewind()?;
        lock.set_len(0)?;
        lock.sync_all()
    }
}
