//! One process per file.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::Error;

/// Held as long as the ledger is open; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct ProcessLock {
    _file: File,
}

impl ProcessLock {
    /// Takes the lock beside `path`, or says who has it.
    pub(crate) fn take(path: &Path) -> Result<Self, Error> {
        let beside = path.with_extension("lock");
        let trouble = |source| Error::File {
            path: beside.clone(),
            source,
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&beside)
            .map_err(trouble)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::AlreadyOpen {
                path: path.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(trouble(source)),
        }
    }
}
