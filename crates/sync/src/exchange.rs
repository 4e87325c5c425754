//! The file's side of each exchange: what goes out, and what came back.

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::message::{HelloReply, PullReply, PushReply, PushRequest, Verdict};
use mostrador_protocol::snapshot::SnapshotReply;
use uuid::Uuid;

use crate::plan::{Limit, Outcome};

/// The setting that keeps when the server last spoke, milliseconds since the epoch by this till's
/// clock. It is up to a minute behind what [`crate::State::last_contact_ms`] says while the till runs.
pub const LAST_CONTACT_SETTING: &str = "last_contact_ms";

/// The setting that keeps server time less wall clock at the last contact, milliseconds.
pub const CLOCK_OFFSET_SETTING: &str = "clock_offset_ms";

/// The setting that is there once this till asked its server for leases and was answered: from then on it
/// spends what it holds, and before that what is known of uses decides.
pub const LEASES_SETTING: &str = "server_grants_leases";

/// The setting that is there once the server bound a reply to its request: from then on the till believes
/// no other, also after a restart.
pub const BOUND_SETTING: &str = "server_binds_replies";

/// The setting that keeps the server's generation at the last hello.
const GENERATION_SETTING: &str = "server_generation";

/// A contact so soon after the one in the file is not written, milliseconds: whoever only waits for news
/// does not write its disk each time the server says that there is none.
const CONTACT_EVERY_MS: u64 = 60_000;

/// The most profiles beside one batch.
const MAX_PROFILES: u32 = 100;

/// The most programs in one push: each may be large.
const MAX_PROGRAMS: u32 = 1;

/// The server spoke.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contact {
    /// By this till's clock, milliseconds since the epoch.
    pub(crate) at_ms: i64,
    /// Server time less this till's clock, milliseconds.
    pub(crate) offset_ms: i64,
}

impl Contact {
    pub(crate) fn note(self, tx: &Connection) -> Result<(), ledger::Error> {
        let noted = ledger::setting::get(tx, LAST_CONTACT_SETTING)?;
        let noted_ms: Option<i64> = noted.and_then(|text| text.parse().ok());
        if noted_ms.is_none_or(|noted| noted.abs_diff(self.at_ms) >= CONTACT_EVERY_MS) {
            ledger::setting::set(tx, LAST_CONTACT_SETTING, &self.at_ms.to_string())?;
        }
        ledger::setting::set(tx, CLOCK_OFFSET_SETTING, &self.offset_ms.to_string())?;
        ledger::stream::let_go_of_the_future(tx, self.at_ms.saturating_add(self.offset_ms))
    }
}

/// Notes a hello. A server of another generation was restored: its feed is read again, and what it
/// holds of any stream is open until it says so. What it says that it does not hold is sent again.
pub(crate) fn greeted(
    tx: &Connection,
    contact: Contact,
    (stream, reply): (Uuid, &HelloReply),
) -> Result<(), ledger::Error> {
    let generation = reply.generation.to_string();
    let known = ledger::setting::get(tx, GENERATION_SETTING)?;
    if known.is_some_and(|known| known != generation) {
        tracing::warn!("the server was restored from a copy, its feed is read again");
        ledger::restored::begin_again(tx)?;
        ledger::lease::doubt(tx)?;
        ledger::outbox::doubt_all(tx)?;
    }
    let held = ledger::outbox::Held {
        through: reply.accepted_through,
        hash: reply.accepted_hash,
    };
    if reply.verdict == Verdict::Ok {
        ledger::outbox::compare(tx, stream, held)?;
    }
    ledger::setting::set(tx, GENERATION_SETTING, &generation)?;
    contact.note(tx)
}

/// Entries, profiles and programs that the server has not acknowledged.
pub(crate) fn waiting(connection: &Connection) -> Result<u64, ledger::Error> {
    let beside = ledger::outbox::waiting_beside(connection)?;
    Ok(ledger::outbox::waiting(connection)?.saturating_add(beside))
}

/// The next batch with the profiles beside it; `None` when nothing waits. A program goes alone and last:
/// one that the server does not take holds nothing else up.
pub(crate) fn to_push(
    connection: &Connection,
    limit: Limit,
) -> Result<Option<PushRequest>, ledger::Error> {
    let batch = ledger::outbox::next(connection, limit.entries, limit.bytes)?;
    let profiles = ledger::outbox::profiles(connection, MAX_PROFILES)?;
    if let Some(batch) = batch {
        return Ok(Some(PushRequest {
            stream: batch.stream,
            base_seq: batch.base_seq,
            base_hash: batch.base_hash,
            entries: batch.entries,
            profiles,
            programs: Vec::new(),
        }));
    }
    let programs = if profiles.is_empty() {
        ledger::outbox::programs(connection, MAX_PROGRAMS)?
    } else {
        Vec::new()
    };
    let head = ledger::stream::head(connection)?.ok_or(ledger::Error::NoStream)?;
    let is_empty = profiles.is_empty() && programs.is_empty();
    Ok((!is_empty).then_some(PushRequest {
        stream: head.stream,
        base_seq: head.seq,
        base_hash: head.hash,
        entries: Vec::new(),
        profiles,
        programs,
    }))
}

/// Notes what the server holds now. What was sent it holds as it was sent; whether its stream also ends
/// as this till's does is the answer.
pub(crate) fn acknowledge(
    tx: &Connection,
    request: &PushRequest,
    reply: &PushReply,
) -> Result<Outcome, ledger::Error> {
    let held = ledger::outbox::Held {
        through: reply.accepted_through,
        hash: reply.head_hash,
    };
    let stream = request.stream;
    ledger::outbox::acknowledge_profiles(tx, &request.profiles)?;
    ledger::outbox::acknowledge_programs(tx, &request.programs)?;
    match ledger::outbox::acknowledge(tx, stream, held, &reply.dispositions) {
        Ok(()) => Ok(Outcome::Pushed),
        Err(ledger::Error::AcknowledgedTooFar { .. } | ledger::Error::AcknowledgedOther { .. }) => {
            let sent = u64::try_from(request.entries.len()).unwrap_or(u64::MAX);
            let through = request.base_seq.saturating_add(sent);
            ledger::outbox::confirm(tx, stream, through)?;
            ledger::outbox::note_all(tx, stream, &reply.dispositions)?;
            Ok(Outcome::Differs)
        }
        Err(error) => Err(error),
    }
}

/// The server holds less than was thought: what it does not hold is sent again.
pub(crate) fn sent_back(
    tx: &Connection,
    request: &PushRequest,
    reply: &PushReply,
) -> Result<Outcome, ledger::Error> {
    let held = ledger::outbox::Held {
        through: reply.accepted_through,
        hash: reply.head_hash,
    };
    ledger::outbox::doubt(tx, request.stream, Some(held))?;
    Ok(Outcome::SentBack)
}

/// Goes on in a new stream; `known` is a position of the stream up to which the server is known to hold
/// this very chain.
pub(crate) fn part(
    tx: &Connection,
    branch: &ledger::branch::Branch,
    known: Option<(Uuid, u64)>,
) -> Result<(), ledger::Error> {
    if let Some((stream, seq)) = known {
        ledger::outbox::confirm(tx, stream, seq)?;
    }
    ledger::branch::open(tx, branch)?;
    Ok(())
}

/// How far the server holds any stream is open again.
pub(crate) fn doubt(tx: &Connection) -> Result<(), ledger::Error> {
    ledger::outbox::doubt_all(tx)
}

/// Where this till stands: its stream, and how far it read which feed.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    /// The stream that it writes.
    pub(crate) head: ledger::stream::Head,
    /// The chain up to the last entry that is confirmed.
    pub(crate) confirmed_hash: Option<EntryHash>,
    /// The feed position that it holds.
    pub(crate) cursor: u64,
    /// The chain of the feed up to there.
    pub(crate) cursor_hash: Option<EntryHash>,
}

impl Standing {
    pub(crate) fn read(connection: &Connection) -> Result<Self, ledger::Error> {
        let head = ledger::stream::head(connection)?.ok_or(ledger::Error::NoStream)?;
        Ok(Self {
            confirmed_hash: ledger::outbox::confirmed_hash(connection, &head)?,
            head,
            cursor: ledger::replica::cursor(connection)?,
            cursor_hash: ledger::replica::cursor_hash(connection)?,
        })
    }
}

/// The server's generation at the last hello.
pub(crate) fn generation(connection: &Connection) -> Result<Option<Uuid>, ledger::Error> {
    let known = ledger::setting::get(connection, GENERATION_SETTING)?;
    Ok(known.and_then(|text| text.parse().ok()))
}

/// Begins with a snapshot.
pub(crate) fn begin(
    tx: &Connection,
    contact: Contact,
    told: &SnapshotReply,
) -> Result<(), ledger::Error> {
    ledger::bootstrap::begin(tx, told)?;
    contact.note(tx)
}

/// Applies a page together with the moment of the contact.
pub(crate) fn apply(
    tx: &Connection,
    contact: Contact,
    page: &PullReply,
) -> Result<(), ledger::Error> {
    ledger::replica::apply_page(tx, page)?;
    contact.note(tx)
}
