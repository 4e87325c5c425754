//! The open file: one writer, some readers.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::lock::ProcessLock;
use crate::start::{self, Rewound};
use crate::witness::{self, Testimony, Witness};
use crate::{DatabaseKey, Error, customer, open, rebuild, stream};

/// Reading connections that are kept for the next read.
const KEPT_READERS: usize = 4;

/// The till's file. Always true while it is open: no other process has it, its chain ends where its
/// head says, and everything that [`Ledger::transact`] returned `Ok` for is on the disk.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    key: DatabaseKey,
    writer: Mutex<Writer>,
    readers: Mutex<Vec<Connection>>,
    rewound: Option<Rewound>,
    _lock: ProcessLock,
}

#[derive(Debug)]
struct Writer {
    connection: Connection,
    witness: Witness,
    /// A commit failed on the disk: it may or may not be there, so nothing more is acknowledged until
    /// the file was opened and checked again.
    halted: bool,
}

impl Ledger {
    /// Opens the file at `path`, or makes it when neither it nor its witness exists.
    ///
    /// Looks before it writes: the process lock, the key, `quick_check`, and the hash of the last entry
    /// against the head. A file that does not pass is left exactly as it is. One that passed is brought to
    /// this version and compared with the witness, see [`Ledger::rewound`].
    pub fn open(path: &Path, key: &DatabaseKey) -> Result<Self, Error> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| Error::File {
                path: folder.to_owned(),
                source,
            })?;
        }
        let lock = ProcessLock::take(path)?;
        let testimony = witness::read(path)?;
        let mut connection = open::writer(path, key, testimony.as_ref())?;
        let rewound = start::check(&mut connection, testimony.as_ref())?;
        rebuild::if_due(&mut connection)?;
        customer::tidy(&mut connection)?;
        let mut first = testimony.unwrap_or_else(|| Testimony::blank(key));
        if let (Some(head), None) = (stream::head(&connection)?, &rewound) {
            first.stream = head.stream;
            first.seq = head.seq;
            first.hash = head.hash;
        }
        let witness = Witness::open(path, first)?;
        open::settle(&connection)?;
        Ok(Self {
            path: path.to_owned(),
            key: key.clone(),
            writer: Mutex::new(Writer {
                connection,
                witness,
                halted: false,
            }),
            readers: Mutex::new(Vec::new()),
            rewound,
            _lock: lock,
        })
    }

    /// What the start-up check found missing, if anything: then the current stream takes no more
    /// entries, and [`stream::open`] must be called before the next one.
    pub const fn rewound(&self) -> Option<&Rewound> {
        self.rewound.as_ref()
    }

    /// Runs `act` in one transaction that takes the write lock first. `Ok` means committed and on the
    /// disk; any error rolls everything back. Writers wait for each other.
    pub fn transact<T, E: From<Error>>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut guard = unpoisoned(&self.writer);
        let writer = &mut *guard;
        if writer.halted {
            return Err(Error::Halted.into());
        }
        let transaction = writer
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Error::from)?;
        let value = act(&transaction)?;
        let head = stream::head(&transaction)?;
        if let Err(error) = transaction.commit() {
            writer.halted = is_lost(&error);
            return Err(if writer.halted {
                tracing::error!(%error, "a commit could not be made durable, nothing more is written");
                Error::Halted
            } else {
                error.into()
            }
            .into());
        }
        if let Some(head) = head {
            writer.witness.note(head.stream, head.seq, head.hash);
        }
        Ok(value)
    }

    /// Runs `look` on one consistent state of the file. Never waits for a writer.
    pub fn read<T, E: From<Error>>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let kept = unpoisoned(&self.readers).pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => open::reader(&self.path, &self.key)?,
        };
        let transaction = connection.transaction().map_err(Error::from)?;
        let value = look(&transaction)?;
        transaction.finish().map_err(Error::from)?;
        let mut readers = unpoisoned(&self.readers);
        if readers.len() < KEPT_READERS {
            readers.push(connection);
        }
        Ok(value)
    }

    /// Checks every page of the file, on a reading connection and without holding anybody up. Opening
    /// does this for small files; for larger ones it is meant for a quiet moment after the start.
    pub fn quick_check(&self) -> Result<(), Error> {
        self.read(|connection| open::quick_check(connection, &self.path, "1"))
    }
}

/// Whether a commit that failed this way may nevertheless be on the disk.
fn is_lost(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt)
    )
}

/// A panic inside a closure rolled its transaction back, so what the mutex guards is sound.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
