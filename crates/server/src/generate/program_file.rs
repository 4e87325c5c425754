//! The program's file, held by one run and replaced whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Refusal;
use super::draft::Draft;
use super::pending::Pending;
use crate::Error;

/// A program file that no other run of this command works on. Two runs at once would both take the
/// next indices, and hand out every code twice.
#[derive(Debug)]
pub(super) struct ProgramFile {
    path: PathBuf,
    text: String,
    lock: File,
    lock_path: PathBuf,
}

impl ProgramFile {
    /// Takes the lock beside the file, then reads it. The lock file stays; the system lets go of it
    /// when the process ends, however it ends.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        // A link stays a link: what it points at is replaced.
        let path = fs::canonicalize(path).map_err(failed("reading", path))?;
        let mut beside = path.as_os_str().to_owned();
        beside.push(".lock");
        let beside = PathBuf::from(beside);
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&beside)
            .map_err(failed("writing", &beside))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Refusal::Busy(path).into()),
            Err(TryLockError::Error(source)) => return Err(failed("writing", &beside)(source)),
        }
        let text = fs::read_to_string(&path).map_err(failed("reading", &path))?;
        Ok(Self {
            path,
            text,
            lock,
            lock_path: beside,
        })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the program is at this canonical path.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        self.path == path
    }

    /// What an earlier run left undone.
    pub(super) fn pending(&mut self) -> Result<Option<Pending>, Error> {
        Pending::read(&mut self.lock).map_err(failed("reading", &self.lock_path))
    }

    /// Notes what is about to be done.
    pub(super) fn note(&mut self, pending: &Pending) -> Result<(), Error> {
        let written = pending.write(&mut self.lock);
        written.map_err(failed("writing", &self.lock_path))
    }

    /// Takes the note away.
    pub(super) fn forget(&mut self) -> Result<(), Error> {
        Pending::clear(&mut self.lock).map_err(failed("writing", &self.lock_path))
    }

    /// Puts a new text in its place, with the permissions it had; refuses if somebody saved it in an
    /// editor meanwhile.
    pub(super) fn replace(&mut self, text: String) -> Result<(), Error> {
        let failed = |source| failed("writing", &self.path)(source);
        let mut draft = Draft::begin(&self.path)?;
        draft.write_all(text.as_bytes()).map_err(failed)?;
        let part = draft.finish()?;
        let permissions = fs::metadata(&self.path).map_err(failed)?.permissions();
        fs::set_permissions(part.path(), permissions).map_err(failed)?;
        if fs::read_to_string(&self.path).map_err(failed)? != self.text {
            part.discard()?;
            return Err(Refusal::Changed(self.path.clone()).into());
        }
        part.appear()?;
        self.text = text;
        Ok(())
    }
}

fn failed(attempt: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::File {
        attempt,
        path,
        source,
    }
}
