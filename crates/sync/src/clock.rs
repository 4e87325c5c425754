//! Time as a parameter.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Where time comes from: the machine in a shop, a number in a test.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The wall clock, milliseconds since 1970-01-01T00:00:00Z. It may jump.
    fn now_ms(&self) -> i64;

    /// Milliseconds since the program started. It never goes back.
    fn monotonic_ms(&self) -> u64;
}

/// The machine's clock: the only place of the till that reads it.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock whose monotonic side begins now.
    #[allow(clippy::disallowed_methods)] // This is the clock that everybody else is given.
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // See `SystemClock::new`.
    fn now_ms(&self) -> i64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| {
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            })
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A clock that moves when it is told to.
#[derive(Debug)]
pub struct ManualClock {
    wall_ms: AtomicI64,
    monotonic_ms: AtomicU64,
}

impl ManualClock {
    /// A clock that shows `wall_ms`, milliseconds since the epoch, until it is moved.
    pub const fn new(wall_ms: i64) -> Self {
        Self {
            wall_ms: AtomicI64::new(wall_ms),
            monotonic_ms: AtomicU64::new(0),
        }
    }

    /// Time passes: both sides move.
    pub fn advance_ms(&self, by_ms: u64) {
        self.monotonic_ms.fetch_add(by_ms, Ordering::SeqCst);
        let by_ms = i64::try_from(by_ms).unwrap_or(i64::MAX);
        self.wall_ms.fetch_add(by_ms, Ordering::SeqCst);
    }

    /// Somebody sets the wall clock, forwards or back; the monotonic side does not notice.
    pub fn set_ms(&self, wall_ms: i64) {
        self.wall_ms.store(wall_ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.wall_ms.load(Ordering::SeqCst)
    }

    fn monotonic_ms(&self) -> u64 {
        self.monotonic_ms.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_that_is_set_back_leaves_the_monotonic_side_alone() {
        let clock = ManualClock::new(1_000);
        clock.advance_ms(500);
        clock.set_ms(10);
        assert_eq!((clock.now_ms(), clock.monotonic_ms()), (10, 500));
    }

    #[test]
    fn the_system_clock_is_after_the_day_this_was_written() {
        assert!(SystemClock::new().now_ms() > 1_700_000_000_000);
    }
}
