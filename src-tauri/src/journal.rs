//! The program's own log: one file beside the database, kept short, without personal data.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

/// Beyond this size the file of the last run is set aside as `mostrador.log.1`, bytes.
const SET_ASIDE_AT_BYTES: u64 = 4 * 1024 * 1024;

/// The journal cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the log {} could not be opened: {source}", path.display())]
pub(crate) struct Error {
    path: PathBuf,
    source: std::io::Error,
}

/// Sends every message of the program to `mostrador.log` in `folder`. `MOSTRADOR_LOG` takes a
/// filter, `info` by default.
pub(crate) fn start(folder: &Path) -> Result<(), Error> {
    let path = folder.join("mostrador.log");
    let file = open(&path).map_err(|source| Error { path, source })?;
    let filter =
        EnvFilter::try_from_env("MOSTRADOR_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .finish();
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        eprintln!("mostrador: a log was already open");
    }
    Ok(())
}

fn open(path: &Path) -> std::io::Result<File> {
    let large = std::fs::metadata(path).is_ok_and(|file| file.len() > SET_ASIDE_AT_BYTES);
    if large {
        std::fs::rename(path, path.with_extension("log.1"))?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_journal_is_set_aside_and_nothing_is_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mostrador.log");
        let long = vec![b'x'; usize::try_from(SET_ASIDE_AT_BYTES).expect("it fits") + 1];
        std::fs::write(&path, &long).expect("a long journal");
        open(&path).expect("it opens");
        assert_eq!(std::fs::metadata(&path).expect("the new one").len(), 0);
        assert_eq!(
            std::fs::read(path.with_extension("log.1")).expect("the old one"),
            long
        );
    }
}
