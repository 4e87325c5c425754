//! Every entry that had effects, each id once, in the order in which the server gave them.

use std::collections::{BTreeMap, BTreeSet};

use mostrador_ledger as ledger;
use mostrador_protocol::entry::{Decoded, Header, Payload};
use mostrador_protocol::message::Disposition;
use rusqlite::Connection;
use uuid::Uuid;

use super::Rest;
use super::delivery::Books;
use mostrador_tests::Error;

/// An entry that had effects.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) header: Header,
    pub(super) payload: Payload,
    /// Why it was adjusted, if it was.
    pub(super) reason: Option<String>,
    /// When the server got it, milliseconds since the epoch.
    pub(super) received_ms: i64,
    /// What came together has the same number; what was released later has another.
    pub(super) batch: i64,
}

/// Where an entry stands, and when it came.
type Place = (Uuid, u64, i64);

/// When the server got what stands where, milliseconds since the epoch.
type Came = BTreeMap<(Uuid, u64), i64>;

/// Reads them: an entry that was held stands where it was released.
pub(super) fn in_order(rest: &Rest<'_>, books: &Books) -> Result<Vec<Told>, Error> {
    let releases = rest.releases;
    let held: BTreeSet<(Uuid, u64)> = releases.iter().flat_map(|it| &it.places).copied().collect();
    let places = order(rest.server_file)?;
    let came: Came = places
        .iter()
        .map(|(stream, seq, ms)| ((*stream, *seq), *ms))
        .collect();
    let mut next = releases.iter().zip(1..).peekable();
    let mut first = BTreeMap::new();
    for (stream, seq, _) in &places {
        let header = books.at((*stream, *seq)).map(|entry| entry.raw.header());
        if let Some(Ok(header)) = header {
            first.entry(header.entry_id).or_insert((*stream, *seq));
        }
    }
    let mut reader = Reader {
        books,
        first,
        all: Vec::with_capacity(places.len()),
    };
    for (position, (stream, seq, received_ms)) in (0_u64..).zip(&places) {
        while let Some((release, number)) = next.next_if(|(it, _)| it.after <= position) {
            reader.released((&release.places, &came), number);
        }
        if !held.contains(&(*stream, *seq)) {
            reader.take((*stream, *seq), (*received_ms, *received_ms));
        }
    }
    for (release, number) in next {
        reader.released((&release.places, &came), number);
    }
    Ok(reader.all)
}

struct Reader<'a> {
    books: &'a Books,
    /// Where each id came first: there it has its effects, and copies follow it.
    first: BTreeMap<Uuid, (Uuid, u64)>,
    all: Vec<Told>,
}

impl Reader<'_> {
    fn released(&mut self, (places, came): (&[(Uuid, u64)], &Came), number: i64) {
        for place in places {
            let received_ms = came.get(place).copied().unwrap_or(0);
            self.take(*place, (received_ms, -number));
        }
    }

    fn take(&mut self, (stream, seq): (Uuid, u64), (received_ms, batch): (i64, i64)) {
        let place = usize::try_from(seq.saturating_sub(1)).unwrap_or(usize::MAX);
        let entries = self.books.streams.get(&stream);
        let Some(entry) = entries.and_then(|entries| entries.get(place)) else {
            return;
        };
        let Ok(header) = entry.raw.header() else {
            return;
        };
        let is_first = self.first.get(&header.entry_id) == Some(&(stream, seq));
        if entry.disposition == Disposition::Held || !is_first {
            return;
        }
        if let Ok(Decoded::Known(payload)) = entry.raw.payload(&header) {
            self.all.push(Told {
                header,
                payload,
                reason: entry.reason.clone(),
                received_ms,
                batch,
            });
        }
    }
}

/// Every entry of the server in the order in which it came.
fn order(server_file: &std::path::Path) -> Result<Vec<Place>, ledger::Error> {
    let file = Connection::open(server_file)?;
    let mut statement =
        file.prepare("select stream_id, seq, received_ms from entry order by rowid")?;
    let places = statement.query_map([], |row| {
        let (stream, seq): (String, i64) = (row.get(0)?, row.get(1)?);
        Ok((
            stream.parse().unwrap_or_default(),
            u64::try_from(seq).unwrap_or(0),
            row.get(2)?,
        ))
    })?;
    Ok(places.collect::<Result<_, _>>()?)
}
