//! The open file: one writer, some readers.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::lock::ProcessLock;
use crate::log::Log;
use crate::start::{self, Rewound};
use crate::turn::{Turn, unpoisoned};
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
    turn: Turn,
    writer: Mutex<Writer>,
    readers: Mutex<Vec<Connection>>,
    log: Log,
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
    durability: Durability,
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
        let log = Log::of(&mut connection)?;
        Ok(Self {
            path: path.to_owned(),
            key: key.clone(),
            turn: Turn::default(),
            writer: Mutex::new(Writer {
                connection,
                witness,
                halted: false,
                durability: Durability::OnDisk,
            }),
            readers: Mutex::new(Vec::new()),
            log,
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
        let mut writer = self.turn.at_once(&self.writer);
        writer.transact(Durability::OnDisk, act)
    }

    /// [`Ledger::transact`] for work that comes in many short transactions and can wait: whoever else
    /// waits to write goes first. `Ok` means committed; on the disk it is together with the next
    /// [`Ledger::transact`], or by [`Ledger::settle_log`]. A power cut in between takes it back, and nothing
    /// that came before it.
    pub fn transact_when_free<T, E: From<Error>>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = self.turn.when_free(&self.writer);
        writer.transact(Durability::WithTheNext, act)
    }

    /// Runs `look` on one consistent state of the file. Never waits for a writer.
    pub fn read<T, E: From<Error>>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.reader()?;
        let transaction = connection.transaction().map_err(Error::from)?;
        let value = look(&transaction)?;
        transaction.finish().map_err(Error::from)?;
        self.keep(connection);
        Ok(value)
    }

    /// Whether the log beside the file is so long that [`Ledger::settle_log`] is worth it.
    pub fn log_is_long(&self) -> bool {
        self.log.is_long()
    }

    /// Moves what the log beside the file holds into the file, while others read and write. Where nobody
    /// does this, a commit does once the log is very long, and takes that much longer.
    pub fn settle_log(&self) -> Result<(), Error> {
        let connection = self.reader()?;
        Log::settle(&connection)?;
        self.keep(connection);
        Ok(())
    }

    fn reader(&self) -> Result<Connection, Error> {
        let kept = unpoisoned(&self.readers).pop();
        kept.map_or_else(|| open::reader(&self.path, &self.key), Ok)
    }

    fn keep(&self, reader: Connection) {
        let mut readers = unpoisoned(&self.readers);
        if readers.len() < KEPT_READERS {
            readers.push(reader);
        }
    }

    /// Checks every page of the file, on a reading connection and without holding anybody up. Opening
    /// does this for small files; for larger ones it is meant for a quiet moment after the start.
    pub fn quick_check(&self) -> Result<(), Error> {
        self.read(|connection| open::quick_check(connection, &self.path, "1"))
    }
}

/// What a commit waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// That it is on the disk, with all before it.
    OnDisk,
    /// Nothing: it is whole, and on the disk together with the next that waits.
    WithTheNext,
}

impl Durability {
    const fn pragma(self) -> &'static str {
        match self {
            Self::OnDisk => "pragma synchronous = full",
            Self::WithTheNext => "pragma synchronous = normal",
        }
    }
}

impl Writer {
    fn transact<T, E: From<Error>>(
        &mut self,
        durability: Durability,
        act: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.halted {
            return Err(Error::Halted.into());
        }
        if self.durability != durability {
            let set = self.connection.execute_batch(durability.pragma());
            set.map_err(Error::from)?;
            self.durability = durability;
        }
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Error::from)?;
        let value = act(&transaction)?;
        let head = stream::head(&transaction)?;
        if let Err(error) = transaction.commit() {
            self.halted = is_lost(&error);
            return Err(if self.halted {
                tracing::error!(%error, "a commit could not be made durable, nothing more is written");
                Error::Halted
            } else {
                error.into()
            }
            .into());
        }
        if let Some(head) = head {
            self.witness.note(head.stream, head.seq, head.hash);
        }
        Ok(value)
    }
}

/// Whether a commit that failed this way may nevertheless be on the disk.
fn is_lost(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt)
    )
}
