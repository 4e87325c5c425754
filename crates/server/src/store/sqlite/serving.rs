//! One server per file: a lock beside it, which the system gives back when the process ends, however it
//! ends. Commands beside the server do not take it.

use std::fs::{OpenOptions, TryLockError};
use std::path::Path;

use super::super::Serving;
use super::{Answer, open};
use crate::Error;

pub(super) fn begin(path: &Path) -> Answer<Serving> {
    open::make_folder(path)?;
    let beside = path.with_extension("lock");
    let trouble = |source| Error::File {
        attempt: "locking",
        path: beside.clone(),
        source,
    };
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&beside).map_err(trouble)?;
    match file.try_lock() {
        Ok(()) => Ok(Serving::by(file)),
        Err(TryLockError::WouldBlock) => Err(Error::AlreadyServed(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(trouble(source)),
    }
}
