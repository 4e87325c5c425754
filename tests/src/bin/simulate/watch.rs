//! Virtual time: it passes when nobody has anything to do, and days pass while everything is off.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::time::Instant;

/// Where every run begins: 2026-11-21T15:00:00Z.
pub(super) const BEGIN_MS: i64 = 1_795_273_200_000;

/// A day, milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;

/// The true time of a world.
#[derive(Debug)]
pub(super) struct Calendar {
    began: Instant,
    off_ms: AtomicI64,
}

impl Calendar {
    /// One that begins now.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            off_ms: AtomicI64::new(0),
        })
    }

    /// Days go by in which nothing is on.
    pub(super) fn skip_days(&self, days: i64) {
        self.off_ms.fetch_add(days * DAY_MS, Ordering::SeqCst);
    }

    /// Milliseconds since the epoch.
    pub(super) fn now_ms(&self) -> i64 {
        let passed_ms = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        BEGIN_MS + passed_ms + self.off_ms.load(Ordering::SeqCst)
    }
}

/// A clock on the wall of a till or of the server, and since when the program beside it runs.
#[derive(Debug)]
pub(super) struct Watch {
    calendar: Arc<Calendar>,
    program_began: Instant,
    wrong_by_ms: AtomicI64,
}

impl Watch {
    /// The clock of a program that starts now.
    pub(super) fn new(calendar: &Arc<Calendar>, wrong_by_ms: i64) -> Self {
        Self {
            calendar: Arc::clone(calendar),
            program_began: Instant::now(),
            wrong_by_ms: AtomicI64::new(wrong_by_ms),
        }
    }

    /// Somebody sets it, this far from the true time.
    pub(super) fn set_wrong_by(&self, wrong_by_ms: i64) {
        self.wrong_by_ms.store(wrong_by_ms, Ordering::SeqCst);
    }

    fn shown_ms(&self) -> i64 {
        self.calendar.now_ms() + self.wrong_by_ms.load(Ordering::SeqCst)
    }
}

impl mostrador_sync::clock::Clock for Watch {
    fn now_ms(&self) -> i64 {
        self.shown_ms()
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.program_began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl mostrador_server::clock::Clock for Watch {
    fn now_ms(&self) -> i64 {
        self.shown_ms()
    }
}
