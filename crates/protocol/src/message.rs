//! Requests and replies of the `/v1` protocol.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::AccountDocument;
use crate::entry::{EntryHash, RawEntry};
use crate::row::{Customer, FeedRow};
use crate::seal::SealedProgram;

/// The protocol spoken by this version. 2 binds every reply to the request that it answers, see
/// [`crate::signature`].
pub const PROTOCOL: u16 = 2;

/// The first protocol whose replies are bound to their requests.
pub const BOUND_PROTOCOL: u16 = 2;

/// The oldest protocol that this version still speaks. A till that speaks an older one is told
/// [`Verdict::Upgrade`]; a till that finds a server speaking an older one says that the server must be
/// updated. Either way it sells on.
pub const OLDEST_PROTOCOL: u16 = 1;

/// The most entries in one push.
pub const MAX_BATCH_ENTRIES: usize = 500;

/// The most bytes of entries in one push.
pub const MAX_BATCH_BYTES: usize = 1 << 20;

/// `POST /v1/enrol`: a terminal asks to belong, with the owner's one-time code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The one-time code as typed; empty where `proof` stands for it.
    pub code: String,
    /// Ed25519 public key of the terminal, hex.
    pub public_key: String,
    /// [`PROTOCOL`].
    pub protocol: u16,
    /// That the terminal knows the code, see [`crate::enrolment::proof`]; none from a till of before, which
    /// tells the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
}

/// The answer to an [`EnrolRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolReply {
    /// The terminal's id from now on.
    pub terminal_id: Uuid,
    /// What the owner calls it.
    pub terminal_name: String,
    /// The company.
    pub tenant: String,
    /// What a person reads.
    pub tenant_name: String,
    /// The shop.
    pub store: String,
    /// What a person reads.
    pub store_name: String,
    /// Ed25519 public key of the server, hex.
    pub server_public_key: String,
}

/// `POST /v1/hello`: a terminal says where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloRequest {
    /// [`PROTOCOL`].
    pub protocol: u16,
    /// Version of the program that speaks.
    pub app_version: String,
    /// The stream it writes.
    pub stream: Uuid,
    /// Its last entry.
    pub head_seq: u64,
    /// The chain up to it.
    pub head_hash: EntryHash,
    /// The feed position it holds.
    pub cursor: u64,
    /// Its wall clock.
    pub wall_ms: i64,
    /// Entries and profiles that wait for the server; none from a till that does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u64>,
    /// The chain of the feed up to `cursor`, see [`PullReply::next_hash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor_hash: Option<EntryHash>,
    /// The server's generation at the last hello; none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<Uuid>,
    /// The last entry of `stream` that a server of that generation said that it holds; none from a till that
    /// does not say. A server that does not hold it was restored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<u64>,
    /// The chain up to `acknowledged`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_hash: Option<EntryHash>,
}

/// The answer to a [`HelloRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloReply {
    /// [`PROTOCOL`] of the server.
    pub protocol: u16,
    /// Changes when the server was restored from a backup.
    pub generation: Uuid,
    /// The server's clock.
    pub server_time_ms: i64,
    /// What the server thinks of the stream.
    pub verdict: Verdict,
    /// The last entry of this stream that the server holds.
    pub accepted_through: u64,
    /// The chain up to it.
    pub accepted_hash: EntryHash,
    /// Encodings in which the server reads the bodies of requests, see [`crate::frame`]; none from a
    /// server that reads plain JSON only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub encodings: Vec<String>,
    /// Whether the server grants leases; a till of one that does not counts uses by what it knows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leases: bool,
}

/// What the server thinks of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Go on.
    Ok,
    /// The server holds more of this stream than the till has.
    Rewound,
    /// Both hold the position, with different chains.
    Fork,
    /// The till must be updated first; also what a till makes of a verdict that it does not know.
    #[serde(other)]
    Upgrade,
}

/// `POST /v1/push`: entries after `base_seq`, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRequest {
    /// The stream they belong to.
    pub stream: Uuid,
    /// Position before the first of them.
    pub base_seq: u64,
    /// The chain up to `base_seq`.
    pub base_hash: EntryHash,
    /// The entries.
    pub entries: Vec<RawEntry>,
    /// Profiles changed at this till; last writer wins by `hlc`.
    #[serde(default)]
    pub profiles: Vec<Customer>,
    /// Programs that the server published and does not seem to have any more: it was restored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<SealedProgram>,
}

/// The answer to a [`PushRequest`], given after the commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushReply {
    /// The last entry of this stream that the server holds.
    pub accepted_through: u64,
    /// The chain up to it.
    pub head_hash: EntryHash,
    /// One for each entry sent, also for those that were held already.
    pub dispositions: Vec<EntryDisposition>,
    /// Set when `base_seq` is beyond what the server holds: the first position it wants, which is
    /// `accepted_through + 1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need_from: Option<u64>,
    /// The server's clock.
    pub server_time_ms: i64,
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryDisposition {
    /// Its position.
    pub seq: u64,
    /// What became of it.
    pub disposition: Disposition,
    /// Why, for `adjusted` and `held`: a stable code and what a person reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A fact is never rejected: it is stored, and this says what it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// It had its effects.
    Applied,
    /// It had its effects, and somebody should look (over a limit, late).
    Adjusted,
    /// It waits for a manager or an upgrade; the stream goes on.
    Held,
}

/// `GET /v1/pull?cursor=N&hash=H&limit=N`: what changed after the cursor. `snapshot=true` says that the
/// terminal can begin with one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullReply {
    /// Rows in order of position, cut at the end of a server transaction.
    pub rows: Vec<FeedRow>,
    /// The position to ask from next.
    pub next_cursor: u64,
    /// How far the asking terminal's stream is included in the rows up to `next_cursor`.
    pub own_through: u64,
    /// Whether there is more after this page.
    pub more: bool,
    /// The server's clock.
    pub server_time_ms: i64,
    /// The chain of the feed up to `next_cursor`: who holds another one at this position read another
    /// feed, and the server was restored since. None where the server does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_hash: Option<EntryHash>,
    /// The server's seal under each program among the rows, by version, see [`crate::seal`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seals: BTreeMap<u32, String>,
}

/// `GET /v1/customers/{id}`: a customer as the server knows them now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerReply {
    /// The profile; none when it has not arrived yet or was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Customer>,
    /// The account; empty before the first purchase.
    pub account: AccountDocument,
    /// The server's clock.
    pub server_time_ms: i64,
}

/// Every request that is not answered with its reply is answered with this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorReply {
    /// Stable code, see [`ErrorCode::as_str`].
    pub code: String,
    /// What was attempted and what is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// The server's clock, with [`ErrorCode::Stale`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_time_ms: Option<i64>,
}

/// The stable codes of [`ErrorReply`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// The one-time code is unknown, used or too old.
    EnrolCodeInvalid,
    /// The terminal is unknown or was switched off.
    TerminalUnknown,
    /// The signature does not fit the request.
    SignatureInvalid,
    /// The request was signed too long ago, or in the future: its time is not the server's.
    Stale,
    /// The stream belongs to another terminal.
    StreamForeign,
    /// The chain of the batch is broken.
    ChainBroken,
    /// Same position, other hash.
    Fork,
    /// The terminal holds another feed than this one: the server was restored. It says hello and reads
    /// the feed from its beginning.
    OtherFeed,
    /// The terminal must begin with a snapshot, see [`crate::snapshot`]: the feed does not lead on from
    /// its position any more, or is longer than what it comes to.
    Snapshot,
    /// The request cannot be read.
    Malformed,
    /// Larger than the server takes.
    TooLarge,
    /// What changed at once at the server is more than one page can hold.
    PageTooLarge,
    /// The body's encoding is unknown, damaged or grows too much: it is read uncompressed.
    EncodingRefused,
    /// The body did not arrive in time.
    TooSlow,
    /// The terminal asks too often.
    SlowDown,
    /// No such thing.
    NotFound,
    /// The server cannot reach its data at this moment.
    Unavailable,
    /// Something is wrong on the server.
    Internal,
}

impl ErrorCode {
    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EnrolCodeInvalid => "enrol_code_invalid",
            Self::TerminalUnknown => "terminal_unknown",
            Self::SignatureInvalid => "signature_invalid",
            Self::Stale => "stale",
            Self::StreamForeign => "stream_foreign",
            Self::ChainBroken => "chain_broken",
            Self::Fork => "fork",
            Self::OtherFeed => "other_feed",
            Self::Snapshot => "snapshot",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::PageTooLarge => "page_too_large",
            Self::EncodingRefused => "encoding_refused",
            Self::TooSlow => "too_slow",
            Self::SlowDown => "slow_down",
            Self::NotFound => "not_found",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}
