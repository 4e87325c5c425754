//! The key of the database: in the key store of the system, or in a file that only this user reads.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use keyring::v1::Entry;
use mostrador_ledger::DatabaseKey;
use mostrador_sync::random::Random;

/// The name of this program's entries in the key store.
const SERVICE: &str = "mostrador";

/// The key file beside the database.
const KEY_FILE: &str = "till.key";

/// Where the key comes from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// The system's key store; where there is none, [`KeySource::File`] with a warning.
    Keystore,
    /// A file in the data folder that only this user can read.
    File,
    /// Given by the caller, for tests and unattended runs.
    Given(DatabaseKey),
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The key store is there and does not answer.
    #[error("asking the system's key store")]
    Store(#[source] keyring::v1::Error),
    /// The key store holds something else under this name.
    #[error("the system's key store holds no key of 32 bytes for this till")]
    StoredShape,
    /// There is a database, and its key is nowhere: a new key would never open it.
    #[error("the database is here, but its key is neither in the system's key store nor in {}", path.display())]
    Lost {
        /// Where a key file would be.
        path: PathBuf,
    },
    /// The key file cannot be read or written.
    #[error("using {}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The key file holds something else.
    #[error("{} does not hold 64 hexadecimal signs", path.display())]
    FileShape {
        /// Which file.
        path: PathBuf,
    },
}

/// A key and where it is kept.
#[derive(Debug)]
pub(crate) struct Secret {
    pub(crate) key: DatabaseKey,
    /// Whether it lies in a file because there was no key store: the owner has to know.
    pub(crate) in_file: bool,
}

/// The key of the till in `folder`. It is made once, before there is a `database`: a key that exists
/// is never replaced, and none is made for a database that another one encrypted.
pub(crate) fn obtain(
    source: &KeySource,
    folder: &Path,
    database: &Path,
    random: &Random,
) -> Result<Secret, SecretError> {
    let file = folder.join(KEY_FILE);
    let make = || {
        if database.exists() {
            Err(SecretError::Lost { path: file.clone() })
        } else {
            Ok(random.bytes())
        }
    };
    match source {
        KeySource::Given(key) => Ok(Secret {
            key: key.clone(),
            in_file: false,
        }),
        // A till that began with a file goes on with it: its key store came later.
        KeySource::Keystore if !file.exists() && Entry::store_status().is_ok() => Ok(Secret {
            key: from_store(folder, make)?,
            in_file: false,
        }),
        KeySource::Keystore | KeySource::File => Ok(Secret {
            key: from_file(&file, make)?,
            in_file: true,
        }),
    }
}

fn from_store(
    folder: &Path,
    make: impl FnOnce() -> Result<[u8; 32], SecretError>,
) -> Result<DatabaseKey, SecretError> {
    let account = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let entry = Entry::new(SERVICE, &account.to_string_lossy()).map_err(SecretError::Store)?;
    match entry.get_secret() {
        Ok(bytes) => {
            let bytes = bytes.try_into().map_err(|_| SecretError::StoredShape)?;
            Ok(DatabaseKey::from_bytes(bytes))
        }
        Err(keyring::v1::Error::NoEntry) => {
            let bytes = make()?;
            entry.set_secret(&bytes).map_err(SecretError::Store)?;
            Ok(DatabaseKey::from_bytes(bytes))
        }
        Err(error) => Err(SecretError::Store(error)),
    }
}

fn from_file(
    path: &Path,
    make: impl FnOnce() -> Result<[u8; 32], SecretError>,
) -> Result<DatabaseKey, SecretError> {
    let trouble = |source| SecretError::File {
        path: path.to_owned(),
        source,
    };
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let mut bytes = [0; 32];
            hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| SecretError::FileShape {
                path: path.to_owned(),
            })?;
            Ok(DatabaseKey::from_bytes(bytes))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let bytes = make()?;
            write_whole(path, &hex::encode(bytes)).map_err(trouble)?;
            Ok(DatabaseKey::from_bytes(bytes))
        }
        Err(error) => Err(trouble(error)),
    }
}

/// Writes beside `path` and moves: a power cut leaves the whole key or none, never an empty file.
fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_file(folder: &Path, seed: u64) -> Result<Secret, SecretError> {
        let database = folder.join("till.sqlite");
        obtain(&KeySource::File, folder, &database, &Random::seeded(seed))
    }

    #[test]
    fn a_key_file_is_made_once_and_only_this_user_reads_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = in_file(folder.path(), 1).expect("made");
        std::fs::write(folder.path().join("till.sqlite"), "").expect("a database");
        let again = in_file(folder.path(), 2).expect("read");
        assert_eq!(first.key, again.key);
        assert!(first.in_file);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = std::fs::metadata(folder.path().join(KEY_FILE)).expect("it is there");
            assert_eq!(file.permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_a_power_cut_left_of_a_key_does_not_stop_the_first_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let half = folder.path().join(KEY_FILE).with_extension("new");
        std::fs::write(&half, "0123").expect("written");
        let made = in_file(folder.path(), 1).expect("made");
        let again = in_file(folder.path(), 2).expect("read");
        assert_eq!(made.key, again.key);
        assert!(!half.exists());
    }

    #[test]
    fn a_key_file_that_cannot_be_read_is_never_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(KEY_FILE);
        std::fs::write(&path, "not a key").expect("written");
        let error = in_file(folder.path(), 1);
        assert!(matches!(error, Err(SecretError::FileShape { .. })));
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "not a key");
    }

    #[test]
    fn no_key_is_made_for_a_database_that_another_key_encrypted() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("till.sqlite"), "").expect("a database");
        let error = in_file(folder.path(), 1);
        assert!(matches!(error, Err(SecretError::Lost { .. })));
        assert!(!folder.path().join(KEY_FILE).exists());
    }
}
