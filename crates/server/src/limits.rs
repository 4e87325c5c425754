//! What a server bears: sizes, times and rates that keep one client from taking it from the others.

use std::time::Duration;

use crate::snapshot::WORTH_ROWS;

/// The limits of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at once; the next waits in the system's queue. A till has one or two.
    pub connections: usize,
    /// How long a connection may take to send the headers of a request, and how long it may stay open
    /// without one.
    pub headers_within: Duration,
    /// How long a body may take to arrive.
    pub body_within: Duration,
    /// How long a client may take nothing of what is sent to it.
    pub write_within: Duration,
    /// The most bytes of a body, as sent and when opened.
    pub body_bytes: usize,
    /// Requests of one terminal per second, in the long run. `rate.rs` says how it is counted.
    pub requests_per_second: u32,
    /// Requests that one terminal may send at once after a silence.
    pub burst: u32,
    /// Enrolments per second in the long run, of everybody together: whoever asks for one is a stranger.
    pub enrolments_per_second: u32,
    /// Enrolments that may come at once after a silence.
    pub enrolment_burst: u32,
    /// Positions of a feed from which on a terminal that holds nothing is told to begin with a snapshot,
    /// see [`crate::snapshot`]; an empty feed has none.
    pub snapshot_rows: u64,
}

impl Default for Limits {
    /// A till that drains 180,000 entries needs 360 pushes and as many pulls, fewer than `burst`; at
    /// batches of 50 it needs 7,200 requests, which take 124 s at these numbers.
    fn default() -> Self {
        Self {
            connections: 800,
            headers_within: Duration::from_secs(30),
            body_within: Duration::from_secs(25),
            write_within: Duration::from_secs(30),
            body_bytes: 4 << 20,
            requests_per_second: 50,
            burst: 1_000,
            enrolments_per_second: 20,
            enrolment_burst: 100,
            snapshot_rows: WORTH_ROWS,
        }
    }
}
