//! How often a terminal may ask: a steady rate and a burst after silence, by one number for each
//! terminal (the generic cell rate algorithm of ITU-T I.371).
//!
//! It keeps a broken or stolen terminal from taking the server from the others. A terminal that has much
//! to say is not slowed by it: one request carries up to 500 entries.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

/// Above this many terminals, those that have been silent are forgotten.
const REMEMBERED: usize = 10_000;

/// Counts the requests of each terminal.
#[derive(Debug)]
pub(crate) struct Rate {
    /// The time that one request is worth.
    each: Duration,
    /// How far ahead of the clock a terminal may be.
    ahead: Duration,
    /// When each terminal will have been silent long enough for a whole burst.
    even_at: Mutex<HashMap<Uuid, Instant>>,
}

impl Rate {
    /// One that lets so many requests pass, and so many at once after a silence.
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let each = Duration::from_secs(1) / per_second.max(1);
        Self {
            each,
            ahead: each.saturating_mul(burst.max(1)),
            even_at: Mutex::default(),
        }
    }

    /// Counts a request at `now`; when it is one too many, how long to wait.
    pub(crate) fn ask(&self, terminal: Uuid, now: Instant) -> Result<(), Duration> {
        let mut even_at = self.even_at.lock().unwrap_or_else(PoisonError::into_inner);
        if even_at.len() >= REMEMBERED && !even_at.contains_key(&terminal) {
            even_at.retain(|_, at| *at > now);
        }
        let known = even_at.get(&terminal).copied();
        let next = known.unwrap_or(now).max(now) + self.each;
        match (next - now).checked_sub(self.ahead) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => {
                even_at.insert(terminal, next);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    const TILL: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    #[test]
    fn a_burst_passes_then_a_steady_rate_and_each_terminal_for_itself() {
        let rate = Rate::new(10, 3);
        let begin = Instant::now();
        for _ in 0..3 {
            assert_eq!(rate.ask(TILL, begin), Ok(()));
        }
        assert_eq!(rate.ask(TILL, begin), Err(Duration::from_millis(100)));
        assert_eq!(rate.ask(OTHER, begin), Ok(()));
        let later = begin + Duration::from_millis(100);
        assert_eq!(rate.ask(TILL, later), Ok(()));
        assert!(rate.ask(TILL, later).is_err());
        let rested = begin + Duration::from_secs(5);
        let passed = (0..10).filter(|_| rate.ask(TILL, rested).is_ok()).count();
        assert_eq!(passed, 3);
    }

    #[test]
    fn a_till_that_drains_180_000_entries_is_not_starved() {
        let limits = Limits::default();
        let drain = |entries_in_a_batch: u32| {
            let rate = Rate::new(limits.requests_per_second, limits.burst);
            let begin = Instant::now();
            let mut now = begin;
            // Each push is followed by a pull.
            for _ in 0..2 * 180_000 / entries_in_a_batch {
                while let Err(wait) = rate.ask(TILL, now) {
                    now += wait;
                }
            }
            now - begin
        };
        assert_eq!(drain(500), Duration::ZERO, "whole batches never wait");
        assert_eq!(drain(50), Duration::from_secs(124));
    }
}
