//! How long the log beside the file is, and who moves it into the file.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use rusqlite::Connection;

use crate::Error;

/// From so many pages on it is worth moving: 4 MiB.
const LONG_PAGES: i32 = 1_000;

/// From so many pages on a commit moves it, because nobody else did: 32 MiB.
const TOO_LONG_PAGES: i32 = 8_000;

/// What the writer's last commit said.
#[derive(Debug)]
pub(crate) struct Log {
    pages: Arc<AtomicI32>,
}

impl Log {
    /// Listens to the commits of the writer.
    pub(crate) fn of(writer: &mut Connection) -> Result<Self, Error> {
        let pages = Arc::<AtomicI32>::default();
        let told = Arc::clone(&pages);
        writer.wal_hook(Some(move |log: &mut rusqlite::hooks::Wal, pages| {
            told.store(pages, Ordering::Relaxed);
            // Somebody who moves it right now is no trouble.
            if pages >= TOO_LONG_PAGES && log.checkpoint().is_err() {
                tracing::debug!(pages, "the log is moved by somebody else");
            }
            Ok(())
        }))?;
        Ok(Self { pages })
    }

    /// Whether it is worth moving.
    pub(crate) fn is_long(&self) -> bool {
        self.pages.load(Ordering::Relaxed) >= LONG_PAGES
    }

    /// Moves it, as far as nobody needs it where it is. The next commit begins it anew.
    pub(crate) fn settle(reader: &Connection) -> Result<(), Error> {
        reader.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(()))?;
        Ok(())
    }
}
