//! Recording: an entry and everything that follows from it, in one transaction.

use mostrador_protocol::entry::{EntryHash, FORMAT, Header, Payload, SaleCompleted};
use rusqlite::Connection;
use uuid::Uuid;

use crate::entry::{self, Appended};
use crate::projection::{self, Standing};
use crate::{Error, hlc, lease, reward, sale, stream, undo};

/// When and by what an entry is made; clocks and ids are the caller's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// UUIDv7 of the entry.
    pub entry_id: Uuid,
    /// The till's wall clock, milliseconds since the epoch.
    pub wall_ms: i64,
    /// The wall clock corrected by the known offset. An earlier one than the previous entry's is
    /// raised to it, unless the server made that one unbelievable, see
    /// [`stream::let_go_of_the_future`].
    pub effective_ms: i64,
    /// Made at each start of the program.
    pub boot_id: Uuid,
    /// Milliseconds since that start.
    pub monotonic_ms: u64,
    /// The program that priced it; 0 when none did.
    pub program_version: u32,
}

/// Where an entry stands now. It lasts only if the transaction commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// Its stream.
    pub stream: Uuid,
    /// Its position.
    pub seq: u64,
    /// Its id.
    pub entry_id: Uuid,
    /// The chain up to it.
    pub hash: EntryHash,
    /// Its effective time, milliseconds since the epoch.
    pub effective_ms: i64,
}

/// Appends `payload` to the stream and updates everything that follows from it, whatever its kind:
/// accounts, uses of codes and rewards, sales and what is undone of them, visits.
///
/// The stream must be open, and begin with `stream_opened`. What an entry says must add up; the
/// reference of a sale must not be sold yet; a refund or void must follow from its sale, as far as that
/// is known here.
pub fn record(tx: &Connection, stamp: &Stamp, payload: &Payload) -> Result<Recorded, Error> {
    let head = stream::head(tx)?.ok_or(Error::NoStream)?;
    if let Some(reason) = head.sealed {
        return Err(Error::StreamSealed {
            stream: head.stream,
            reason,
        });
    }
    let seq = head.seq + 1;
    if (seq == 1) != matches!(payload, Payload::StreamOpened(_)) {
        return Err(Error::Opening {
            seq,
            kind: payload.kind(),
        });
    }
    check(tx, payload)?;
    lease::check(tx, payload)?;
    let header = Header {
        format: FORMAT,
        kind: payload.kind().to_owned(),
        stream: head.stream,
        seq,
        entry_id: stamp.entry_id,
        hlc: hlc::next(head.hlc, stamp.wall_ms),
        wall_ms: stamp.wall_ms,
        effective_ms: stamp.effective_ms.max(head.effective_ms),
        boot_id: stamp.boot_id,
        monotonic_ms: stamp.monotonic_ms,
        program_version: stamp.program_version,
        lease_id: lease::first_of(payload),
        payload_len: 0,
    };
    let raw = payload.seal(&header);
    let hash = raw.hash(&head.hash);
    entry::append(
        tx,
        &Appended {
            header: &header,
            raw: &raw,
            hash,
        },
    )?;
    projection::project(tx, &header, payload, Standing::Pending)?;
    Ok(Recorded {
        stream: head.stream,
        seq,
        entry_id: stamp.entry_id,
        hash,
        effective_ms: header.effective_ms,
    })
}

fn check(tx: &Connection, payload: &Payload) -> Result<(), Error> {
    payload.check()?;
    match payload {
        Payload::SaleCompleted(sale) => check_reference(tx, sale),
        Payload::SaleRefunded(_) | Payload::SaleVoided(_) => undo::check(tx, payload),
        Payload::RewardReturned(returned) => reward::check_returned(tx, returned),
        _ => Ok(()),
    }
}

fn check_reference(tx: &Connection, sale: &SaleCompleted) -> Result<(), Error> {
    match &sale.reference {
        Some(reference) if sale::is_sold(tx, reference)? => Err(Error::ReferenceSold {
            reference: reference.clone(),
        }),
        _ => Ok(()),
    }
}
