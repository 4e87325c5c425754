//! A new branch: a till that was restored or copied, or that is another terminal from now on, goes on in a
//! stream of its own.
//!
//! The server keeps both branches and applies each entry id once. So whatever the server is not known to
//! hold of the earlier streams is written again, under the same ids, and counts there and nowhere else.

use mostrador_protocol::entry::{EntryHash, Payload, RawEntry, StreamOpened, StreamPosition};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::entry::{self, Appended};
use crate::record::{Recorded, Stamp, record};
use crate::{Error, account, code_use, column, customer_entry, lease, outbox, rebuild, stream};

/// What the new branch begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The new stream, random.
    pub stream: Uuid,
    /// Who writes.
    pub terminal_id: Uuid,
    /// Why: `rewound`, `fork` or `enrolled`.
    pub reason: &'static str,
    /// The first entry's stamp.
    pub stamp: Stamp,
}

/// Opens the new stream. Its first entry names the stream before it and the last position there that the
/// server confirmed; then come the entries after that, and those of still earlier streams that were not
/// confirmed either, as they were.
///
/// Leases of before are rights no more: entries that were lost, or a copy, may have spent them. It takes
/// as long as there are entries to be written again, whatever the till holds beside them.
pub fn open(tx: &Connection, branch: &Branch) -> Result<Recorded, Error> {
    go_on(tx, branch, 0)
}

/// Goes on as another terminal, of a server that may know nothing of this till: every entry is written again
/// under its id. What the server's rows here include of them they go on including, so that nothing that is
/// shown changes.
pub fn begin_anew(tx: &Connection, branch: &Branch) -> Result<Recorded, Error> {
    outbox::doubt_all(tx)?;
    let mut included = 0;
    for head in stream::all(tx)? {
        let through = head.included.min(head.end());
        included += through.saturating_sub(1);
        if through < head.end() {
            break;
        }
    }
    go_on(tx, branch, included)
}

/// `included`: how many of the entries that are written again the server's rows here include; the first
/// ones.
fn go_on(tx: &Connection, branch: &Branch, included: u64) -> Result<Recorded, Error> {
    let mut parent = None;
    let heads = stream::all(tx)?;
    let sealed = match branch.reason {
        "enrolled" => "continued",
        reason => reason,
    };
    for head in &heads {
        if head.confirmed < head.end() {
            tx.prepare_cached("update stream set kept = ? where id = ?")?
                .execute(params![
                    column::integer(head.confirmed),
                    head.stream.as_bytes()
                ])?;
        }
        stream::seal(tx, head.stream, sealed)?;
        let seq = head.confirmed.min(head.end());
        parent = entry::hash_at(tx, head.stream, seq)?.map(|hash| StreamPosition {
            stream: head.stream,
            seq,
            hash,
        });
    }
    // What was spent in entries that were lost, or by a copy, is not known here.
    lease::void_all(tx)?;
    stream::open(tx, branch.stream)?;
    let opened = StreamOpened {
        terminal_id: branch.terminal_id,
        reason: branch.reason.to_owned(),
        parent,
    };
    let mut last = record(tx, &branch.stamp, &Payload::StreamOpened(opened))?;
    for head in &heads {
        last = all_again(tx, head, last)?;
    }
    if included > 0 {
        tx.prepare_cached("update stream set included = ? where id = ?")?
            .execute(params![
                column::integer(included + 1),
                branch.stream.as_bytes()
            ])?;
    }
    if counts_otherwise(&heads, included) {
        let range = (1, last.seq);
        account::refold(tx, &customer_entry::between(tx, branch.stream, range)?)?;
        for code in code_use::between(tx, branch.stream, range)? {
            code_use::refold(tx, &code)?;
        }
    }
    Ok(last)
}

/// Writes those entries of a stream again that the server is not known to hold, without the one that opened
/// it; what follows from them goes with them. The last entry of the new stream then.
fn all_again(tx: &Connection, head: &stream::Head, before: Recorded) -> Result<Recorded, Error> {
    let after = head.confirmed.max(1);
    let mut last = before;
    for seq in after + 1..=head.end() {
        let raw = entry::at(tx, head.stream, seq)?.ok_or(Error::ChainBroken {
            stream: head.stream,
            seq,
        })?;
        last = write_again(tx, &raw, &last)?;
    }
    if last.seq > before.seq {
        let shift = column::integer(before.seq) - column::integer(after);
        rebuild::follow(tx, (head.stream, after), (last.stream, shift))?;
    }
    Ok(last)
}

/// Whether what is shown is folded from other entries now, or in another order: from those that the server's
/// rows do not include, by stream and position. `included` as in [`go_on`].
fn counts_otherwise(heads: &[stream::Head], included: u64) -> bool {
    let included_before = heads.iter().map(|head| {
        let through = head.included.min(head.end());
        through.saturating_sub(head.confirmed.max(1))
    });
    let mut stay_behind_moved = heads
        .iter()
        .skip_while(|head| head.confirmed >= head.end())
        .skip(1)
        .filter(|head| head.included < head.confirmed.min(head.end()));
    included_before.sum::<u64>() != included || stay_behind_moved.next().is_some()
}

fn write_again(tx: &Connection, raw: &RawEntry, before: &Recorded) -> Result<Recorded, Error> {
    let seq = before.seq + 1;
    let (mut header, again) = raw.written_again(before.stream, seq)?;
    let hash = again.hash(&before.hash);
    let entry_id = header.entry_id;
    header.entry_id = row_id(&hash);
    entry::append(
        tx,
        &Appended {
            header: &header,
            raw: &again,
            hash,
        },
    )?;
    Ok(Recorded {
        seq,
        entry_id,
        hash,
        ..*before
    })
}

/// The column of ids holds each id once: a copy has its place in the chain there, and its own id in its
/// header.
fn row_id(hash: &EntryHash) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.0[..16]);
    Uuid::from_bytes(bytes)
}
