//! Tenants, their stores, and the terminals that belong to them.

use mostrador_protocol::entry::EntryHash;
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
}
