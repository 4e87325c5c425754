//! Tenants, their stores, and the terminals that belong to them.

use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::message::{OLDEST_PROTOCOL, Verdict};
use uuid::Uuid;

/// A company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its slug.
    pub id: String,
    /// What a person reads.
    pub name: String,
}

/// A shop of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// Its tenant's slug.
    pub tenant: String,
    /// Its slug.
    pub id: String,
    /// What a person reads.
    pub name: String,
}

/// A one-time code that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEnrolCode {
    /// For which tenant.
    pub tenant: String,
    /// For which store.
    pub store: String,
    /// What the owner calls the terminal.
    pub terminal_name: String,
    /// See [`crate::enrol_code::hash`].
    pub code_hash: String,
    /// After this instant it is worth nothing, milliseconds since the epoch.
    pub expires_ms: i64,
}

/// A terminal that shows a one-time code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// See [`crate::enrol_code::hash`].
    pub code_hash: String,
    /// The id it gets.
    pub terminal_id: Uuid,
    /// Its Ed25519 public key, hex.
    pub public_key: String,
    /// Milliseconds since the epoch.
    pub now_ms: i64,
}

/// A terminal as the server knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminal {
    /// Its id.
    pub id: Uuid,
    /// Its tenant.
    pub tenant: Tenant,
    /// Its store.
    pub shop: Shop,
    /// What the owner calls it.
    pub name: String,
    /// Ed25519 public key, hex.
    pub public_key: String,
    /// Whether it may speak.
    pub active: bool,
    /// Milliseconds since the epoch of its last hello or push.
    pub last_seen_ms: Option<i64>,
    /// The stream it writes now.
    pub stream: Option<Uuid>,
    /// What it said of itself in its last hello.
    pub told: Option<Told>,
    /// What the server thought of it then, or at a push since; none before the first hello.
    pub verdict: Option<Verdict>,
    /// Whether the feed of its tenant was restored and it said no hello since.
    pub is_unheard: bool,
}

/// What a terminal says of itself in a hello.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The protocol that it speaks.
    pub protocol: u16,
    /// The version of its program.
    pub app_version: String,
    /// The last entry of its stream.
    pub head_seq: u64,
    /// Entries and profiles that waited; none from a till that does not say.
    pub waiting: Option<u64>,
    /// Server time less its wall clock, milliseconds.
    pub skew_ms: i64,
    /// When it said so, milliseconds since the epoch.
    pub at_ms: i64,
}

/// What the server thinks of a terminal that says that its stream ends at `claimed`, when it holds the
/// stream up to `held` and, at the claimed position, `hash_there`.
///
/// A position that the server does not hold yet cannot be judged: the terminal's next push is.
pub fn judge(
    protocol: u16,
    claimed: (u64, EntryHash),
    held: u64,
    hash_there: Option<EntryHash>,
) -> Verdict {
    let (seq, hash) = claimed;
    if protocol < OLDEST_PROTOCOL {
        return Verdict::Upgrade;
    }
    if hash_there.is_some_and(|there| there != hash) {
        return Verdict::Fork;
    }
    if seq < held {
        return Verdict::Rewound;
    }
    Verdict::Ok
}

/// How far the server holds a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamHead {
    /// Which stream.
    pub stream: Uuid,
    /// Whose it is.
    pub terminal: Uuid,
    /// Its last entry; 0 before the first.
    pub seq: u64,
    /// The chain up to it.
    pub hash: EntryHash,
    /// When the server first heard of it, milliseconds since the epoch.
    pub opened_ms: i64,
}
