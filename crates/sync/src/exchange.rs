//! The file's side of each exchange: what goes out, and what came back.

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_protocol::message::{PullReply, PushReply, PushRequest};
use mostrador_protocol::row::Customer;
use uuid::Uuid;

use crate::plan::Limit;

/// The setting that keeps when the server last spoke, milliseconds since the epoch by this till's
/// clock.
pub const LAST_CONTACT_SETTING: &str = "last_contact_ms";

/// The setting that keeps server time less wall clock at the last contact, milliseconds.
pub const CLOCK_OFFSET_SETTING: &str = "clock_offset_ms";

/// The setting that keeps the server's generation at the last hello.
const GENERATION_SETTING: &str = "server_generation";

/// The most profiles beside one batch.
const MAX_PROFILES: u32 = 100;

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
        ledger::setting::set(tx, LAST_CONTACT_SETTING, &self.at_ms.to_string())?;
        ledger::setting::set(tx, CLOCK_OFFSET_SETTING, &self.offset_ms.to_string())
    }
}

/// Notes a hello. A server of another generation was restored: its feed is read again.
pub(crate) fn greeted(
    tx: &Connection,
    contact: Contact,
    generation: Uuid,
) -> Result<(), ledger::Error> {
    let generation = generation.to_string();
    let known = ledger::setting::get(tx, GENERATION_SETTING)?;
    if known.is_some_and(|known| known != generation) {
        tracing::warn!("the server was restored from a copy, its feed is read again");
        ledger::replica::begin_again(tx)?;
    }
    ledger::setting::set(tx, GENERATION_SETTING, &generation)?;
    contact.note(tx)
}

/// Entries and profiles that the server has not acknowledged.
pub(crate) fn waiting(connection: &Connection) -> Result<u64, ledger::Error> {
    let profiles = ledger::outbox::profiles(connection, MAX_PROFILES)?.len();
    let profiles = u64::try_from(profiles).unwrap_or(u64::MAX);
    Ok(ledger::outbox::waiting(connection)?.saturating_add(profiles))
}

/// The next batch with the profiles beside it; `None` when nothing waits.
pub(crate) fn to_push(
    connection: &Connection,
    resend: Option<(Uuid, u64)>,
    limit: Limit,
) -> Result<Option<PushRequest>, ledger::Error> {
    let batch = match resend {
        Some((stream, base_seq)) => {
            let limits = (limit.entries, limit.bytes);
            ledger::outbox::after(connection, stream, base_seq, limits)?
        }
        None => ledger::outbox::next(connection, limit.entries, limit.bytes)?,
    };
    let profiles = ledger::outbox::profiles(connection, MAX_PROFILES)?;
    if let Some(batch) = batch {
        return Ok(Some(PushRequest {
            stream: batch.stream,
            base_seq: batch.base_seq,
            base_hash: batch.base_hash,
            entries: batch.entries,
            profiles,
        }));
    }
    let head = ledger::stream::head(connection)?.ok_or(ledger::Error::NoStream)?;
    Ok((!profiles.is_empty()).then_some(PushRequest {
        stream: head.stream,
        base_seq: head.seq,
        base_hash: head.hash,
        entries: Vec::new(),
        profiles,
    }))
}

/// Notes what the server holds now. Answers from where a restored server has to be sent again.
pub(crate) fn acknowledge(
    tx: &Connection,
    stream: Uuid,
    reply: &PushReply,
    profiles: &[Customer],
) -> Result<Option<(Uuid, u64)>, ledger::Error> {
    let through = reply.accepted_through;
    let held = ledger::outbox::Held {
        through,
        hash: reply.head_hash,
    };
    ledger::outbox::acknowledge(tx, stream, held, &reply.dispositions)?;
    ledger::outbox::acknowledge_profiles(tx, profiles)?;
    let mut heads = ledger::stream::all(tx)?.into_iter();
    let is_behind = heads.any(|head| head.stream == stream && through < head.acknowledged);
    Ok(is_behind.then_some((stream, through)))
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
