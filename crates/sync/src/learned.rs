//! What a conversation learned about its server: how its clock stands, and what it reads.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use mostrador_protocol::frame::ZSTD;

use crate::clock::Clock;

/// Begins with nothing: requests are stamped by the till's own clock and travel as plain JSON.
#[derive(Debug, Default)]
pub struct Learned {
    told: Mutex<Option<Told>>,
    zstd: AtomicBool,
    bound: AtomicBool,
}

/// A moment that the server told, and when by the clock that never jumps.
#[derive(Debug, Clone, Copy)]
struct Told {
    server_ms: i64,
    monotonic_ms: u64,
}

impl Learned {
    /// What an earlier conversation left: whether this server binds its replies to their requests.
    pub fn remembering(binds_replies: bool) -> Self {
        Self {
            bound: AtomicBool::new(binds_replies),
            ..Self::default()
        }
    }

    /// The server bound a reply to its request: nothing else of it is believed any more, and nothing is
    /// signed in the form before.
    pub(crate) fn binds_replies(&self) {
        self.bound.store(true, Ordering::SeqCst);
    }

    /// Whether the server is known to bind its replies.
    pub(crate) fn is_bound(&self) -> bool {
        self.bound.load(Ordering::SeqCst)
    }

    /// The time to sign a request with: the till's wall clock until the server found it wrong, from
    /// then on the server's own, counted on by the monotonic clock. So a wrong clock costs one refusal
    /// and never keeps a till silent, and a jumping one costs none.
    pub(crate) fn stamp_ms(&self, clock: &dyn Clock) -> i64 {
        let told = *self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.map_or_else(
            || clock.now_ms(),
            |told| {
                let since_ms = clock.monotonic_ms().saturating_sub(told.monotonic_ms);
                let since_ms = i64::try_from(since_ms).unwrap_or(i64::MAX);
                told.server_ms.saturating_add(since_ms)
            },
        )
    }

    /// The server refused the stamp and said, with its signature, what time it is.
    pub(crate) fn time_is(&self, server_ms: i64, clock: &dyn Clock) {
        let told = Told {
            server_ms,
            monotonic_ms: clock.monotonic_ms(),
        };
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
    }

    /// The server said, with its signature, in which encodings it reads.
    pub(crate) fn reads(&self, encodings: &[String]) {
        let reads = encodings.iter().any(|encoding| encoding == ZSTD);
        self.zstd.store(reads, Ordering::SeqCst);
    }

    /// The server refused a compressed body: plain JSON until the next hello.
    pub(crate) fn reads_plain_only(&self) {
        self.zstd.store(false, Ordering::SeqCst);
    }

    /// Whether bodies may travel compressed.
    pub(crate) fn compresses(&self) -> bool {
        self.zstd.load(Ordering::SeqCst)
    }
}
