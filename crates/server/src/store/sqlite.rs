//! The embedded database: one SQLite file, one writer, several readers.
//!
//! WAL with `synchronous = full`: what was answered survives a power cut. Work runs on the blocking
//! threads of the runtime (of one with a single thread, on that one); a second process (a command beside a running server) waits its turn.

mod open;
mod serving;
mod session;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::TransactionBehavior;
use tokio::runtime::{Handle, RuntimeFlavor};

use self::session::Session;
use super::Serving;
use super::sql::{self, Connection, Database, SqlStore, Transaction, Whose};
use crate::Error;
use crate::mint::Mint;

/// Readers kept open; more are opened when needed and closed again.
const IDLE_READERS: usize = 8;

/// Data of the server in one SQLite file.
pub type SqliteStore = SqlStore<Sqlite>;

/// One SQLite file. Clones share it.
#[derive(Debug, Clone)]
pub struct Sqlite {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    /// Opened with the store, or by the first that writes.
    writer: Mutex<Option<rusqlite::Connection>>,
    readers: Mutex<Vec<rusqlite::Connection>>,
}

/// The result of work on the database.
type Answer<T> = Result<T, Error>;

/// Gives a failed statement the name of what was attempted.
fn attempt(attempt: &'static str) -> impl FnOnce(rusqlite::Error) -> Error {
    move |source| Error::Database {
        attempt,
        source: source.into(),
    }
}

impl SqliteStore {
    /// Opens the file, makes it on the first start, and brings its tables to this version.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when the file is no intact database; it is left as it is.
    pub fn open(path: &Path, mint: &Mint) -> Result<Self, Error> {
        let mut writer = open::writer(path)?;
        in_transaction(&mut writer, |tx| {
            sql::make_identity(tx, mint)?;
            sql::give_referral_codes(tx)
        })?;
        Ok(Self::with(path, Some(writer)))
    }

    /// Opens a file to look into it: nothing is checked or written, and nobody who writes is waited for. A file
    /// that an earlier version left is opened as [`SqliteStore::open`] does.
    ///
    /// # Errors
    /// Those of [`SqliteStore::open`].
    pub fn open_to_read(path: &Path, mint: &Mint) -> Result<Self, Error> {
        if open::is_current(path) {
            return Ok(Self::with(path, None));
        }
        Self::open(path, mint)
    }

    fn with(path: &Path, writer: Option<rusqlite::Connection>) -> Self {
        Self::over(Sqlite {
            shared: Arc::new(Shared {
                path: path.to_owned(),
                writer: Mutex::new(writer),
                readers: Mutex::new(Vec::new()),
            }),
        })
    }

    /// Takes the right to serve the file before it is opened, so that a second server (perhaps of another
    /// version) does not touch it.
    ///
    /// # Errors
    /// [`Error::AlreadyServed`] when another process has it.
    pub fn reserve(path: &Path) -> Result<Serving, Error> {
        serving::begin(path)
    }
}

impl Database for Sqlite {
    async fn write<T, F>(&self, _: Whose, act: F) -> Answer<T>
    where
        T: Send + 'static,
        F: Fn(&dyn Transaction) -> Answer<T> + Send + Sync + 'static,
    {
        let shared = Arc::clone(&self.shared);
        away(move || {
            // A panic rolled its transaction back; the connection itself is sound.
            let mut writer = shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
            let writer = match writer.as_mut() {
                Some(writer) => writer,
                None => writer.insert(open::writer(&shared.path)?),
            };
            in_transaction(writer, act)
        })
        .await
    }

    async fn read<T, F>(&self, look: F) -> Answer<T>
    where
        T: Send + 'static,
        F: Fn(&dyn Connection) -> Answer<T> + Send + Sync + 'static,
    {
        let shared = Arc::clone(&self.shared);
        away(move || {
            let mut reader = shared.reader()?;
            let tx = reader.transaction().map_err(attempt("beginning to read"))?;
            let answer = look(&Session(&tx))?;
            tx.commit().map_err(attempt("ending a read"))?;
            shared.give_back(reader);
            Ok(answer)
        })
        .await
    }

    async fn begin_serving(&self) -> Answer<Serving> {
        serving::begin(&self.shared.path)
    }

    async fn settle(&self) -> Answer<()> {
        let shared = Arc::clone(&self.shared);
        away(move || {
            let writer = shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
            shared
                .readers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clear();
            let Some(writer) = writer.as_ref() else {
                return Ok(());
            };
            writer
                .query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))
                .map_err(attempt("writing the log into the main file"))
        })
        .await
    }
}

/// One writer of the file at a time, so of every tenant too.
fn in_transaction<T>(
    writer: &mut rusqlite::Connection,
    act: impl Fn(&dyn Transaction) -> Answer<T>,
) -> Answer<T> {
    let tx = writer
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(attempt("beginning a transaction"))?;
    let answer = act(&Session(&tx))?;
    tx.commit().map_err(attempt("committing a transaction"))?;
    Ok(answer)
}

/// Does work on the database on a thread for waiting. A runtime of one thread does it right there:
/// who asks for one wants everything to happen in one order.
async fn away<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    if Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
        return work();
    }
    let work = tokio::task::spawn_blocking(work);
    work.await.map_err(Error::Thread)?
}

impl Shared {
    fn reader(&self) -> Answer<rusqlite::Connection> {
        let idle = self
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        idle.map_or_else(|| open::reader(&self.path), Ok)
    }

    fn give_back(&self, reader: rusqlite::Connection) {
        let mut idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS {
            idle.push(reader);
        }
    }
}
