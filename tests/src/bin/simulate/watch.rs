//! Virtual time: it passes when nobody has anything to do.

use std::sync::atomic::{AtomicI64, Ordering};

use tokio::time::Instant;

/// Where every run begins: 2026-11-21T15:00:00Z.
pub(super) const BEGIN_MS: i64 = 1_795_273_200_000;

/// A clock on the wall of a till or of the server, and since when the program beside it runs.
#[derive(Debug)]
pub(super) struct Watch {
    world_began: Instant,
    program_began: Instant,
    wrong_by_ms: AtomicI64,
}

impl Watch {
    /// The clock of a program that starts now, in a world that began then.
    pub(super) fn new(world_began: Instant, wrong_by_ms: i64) -> Self {
        Self {
            world_began,
            program_began: Instant::now(),
            wrong_by_ms: AtomicI64::new(wrong_by_ms),
        }
    }

    /// Somebody sets it, this far from the true time.
    pub(super) fn set_wrong_by(&self, wrong_by_ms: i64) {
        self.wrong_by_ms.store(wrong_by_ms, Ordering::SeqCst);
    }

    fn shown_ms(&self) -> i64 {
        let passed_ms = i64::try_from(self.world_began.elapsed().as_millis()).unwrap_or(i64::MAX);
        BEGIN_MS + passed_ms + self.wrong_by_ms.load(Ordering::SeqCst)
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
