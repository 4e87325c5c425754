//! From bytes to meaning: the chain, and what each entry wants to do.

use mostrador_protocol::Error;
use mostrador_protocol::entry::{
    CLOCK_SUSPECT_MS, Decoded, DerivedUse, Effects, EntryHash, Header, Payload, RawEntry,
};
use uuid::Uuid;

use super::exception::{Exception, ExceptionCode};

/// An entry at its place in the chain.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its position.
    pub seq: u64,
    /// The chain up to it.
    pub hash: EntryHash,
    /// Its bytes.
    pub raw: RawEntry,
    /// The id and kind that its header names, when the header can be read.
    pub name: Option<(Uuid, String)>,
    /// What it wants to do.
    pub meaning: Meaning,
    /// The uses of derived codes that it tells of.
    pub derived: Vec<DerivedUse>,
    /// What it says, when that can be read and adds up, and when it was: milliseconds since the epoch, see
    /// [`effective_ms`].
    pub said: Option<(Box<Payload>, i64)>,
    /// When the server got it, milliseconds since the epoch.
    pub received_ms: i64,
    /// How far its time was ahead of the server's, where that was too far, milliseconds.
    pub ahead_ms: Option<i64>,
}

/// When an entry counts as made: by its header, unless that is later than the server can believe; then when the
/// server got it. It follows from what is stored, so a rebuild comes to the same.
pub fn effective_ms(header: &Header, received_ms: i64) -> i64 {
    match ahead_ms(header, received_ms) {
        Some(_) => received_ms,
        None => header.effective_ms,
    }
}

fn ahead_ms(header: &Header, received_ms: i64) -> Option<i64> {
    let ahead_ms = header.effective_ms.saturating_sub(received_ms);
    (ahead_ms > CLOCK_SUSPECT_MS).then_some(ahead_ms)
}

impl Link {
    /// When the server got it, where that counts instead of its own time.
    pub fn counts_from_ms(&self) -> Option<i64> {
        self.ahead_ms.map(|_| self.received_ms)
    }

    /// The entry as a version sees it that does not know its kind yet.
    #[must_use]
    pub fn of_a_newer_version(self) -> Self {
        let kind = self.name.as_ref().map_or("", |(_, kind)| kind.as_str());
        Self {
            meaning: unknown_kind(kind),
            derived: Vec::new(),
            said: None,
            ..self
        }
    }

    /// What an owner looks at when the till's clock was wrong.
    pub fn clock_suspect(&self, terminal: Uuid) -> Option<Exception> {
        let ahead_ms = self.ahead_ms?;
        let minutes = ahead_ms / 60_000;
        Some(Exception {
            code: ExceptionCode::ClockSuspect,
            subject: terminal.to_string(),
            amount: ahead_ms,
            said: format!("its time was {minutes} minutes after the server got it, which counts"),
        })
    }
}

/// What an entry wants to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Change accounts and uses of codes.
    Effects(Box<Effects>),
    /// Nothing outside itself.
    Quiet,
    /// It cannot have effects, because of this.
    Held(String),
}

/// A batch that is no chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// An entry stands at another position than its header says.
    Misplaced(Misplaced),
    /// No entry can stand after this position.
    NoPositionAfter(u64),
}

/// An entry at another position than its header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misplaced {
    /// The position in the batch.
    pub seq: u64,
    /// The stream and position that the header names.
    pub named: (Uuid, u64),
}

/// Chains the entries after `base_seq` and reads each; the server got them at `received_ms`, milliseconds since
/// the epoch.
///
/// # Errors
/// [`Broken`] when a readable header names another stream or position than where it stands, or where there
/// are no positions any more. An entry that cannot be read is no error: it is held.
pub fn link(
    stream: Uuid,
    base: (u64, EntryHash),
    entries: Vec<RawEntry>,
    received_ms: i64,
) -> Result<Vec<Link>, Broken> {
    let (mut seq, mut hash) = base;
    let mut links = Vec::with_capacity(entries.len());
    for raw in entries {
        seq = seq.checked_add(1).ok_or(Broken::NoPositionAfter(seq))?;
        hash = raw.hash(&hash);
        links.push(at((stream, seq), hash, (raw, received_ms)).map_err(Broken::Misplaced)?);
    }
    Ok(links)
}

/// Reads a stored entry again, as this version understands it: its bytes, and when the server got it.
pub fn again(place: (Uuid, u64), hash: EntryHash, (raw, received_ms): (RawEntry, i64)) -> Link {
    at(place, hash, (raw.clone(), received_ms)).unwrap_or_else(|Misplaced { seq, named }| Link {
        seq,
        hash,
        raw,
        name: None,
        meaning: Meaning::Held(format!(
            "misplaced: it names itself entry {} of stream {}",
            named.1, named.0
        )),
        derived: Vec::new(),
        said: None,
        received_ms,
        ahead_ms: None,
    })
}

fn at(
    place: (Uuid, u64),
    hash: EntryHash,
    (raw, received_ms): (RawEntry, i64),
) -> Result<Link, Misplaced> {
    let seq = place.1;
    let mut ahead = None;
    let mut derived = Vec::new();
    let mut said = None;
    let (name, meaning) = match raw.header() {
        Ok(header) if (header.stream, header.seq) != place => {
            return Err(Misplaced {
                seq,
                named: (header.stream, header.seq),
            });
        }
        Ok(header) => {
            ahead = ahead_ms(&header, received_ms);
            let at_ms = effective_ms(&header, received_ms);
            let decoded = raw.payload(&header);
            if let Ok(Decoded::Known(payload)) = &decoded {
                derived = payload.derived_uses();
            }
            let meaning = meaning(&decoded, (&header, at_ms));
            let is_sound = !matches!(meaning, Meaning::Held(_));
            if let (Ok(Decoded::Known(payload)), true) = (decoded, is_sound) {
                said = Some((Box::new(payload), at_ms));
            }
            (Some((header.entry_id, header.kind)), meaning)
        }
        Err(error) => (
            None,
            Meaning::Held(format!("undecodable: {}", chain(&error))),
        ),
    };
    Ok(Link {
        seq,
        hash,
        raw,
        name,
        meaning,
        derived,
        said,
        received_ms,
        ahead_ms: ahead,
    })
}

fn meaning(decoded: &Result<Decoded, Error>, (header, at_ms): (&Header, i64)) -> Meaning {
    match decoded {
        Err(error @ Error::Format { .. }) => Meaning::Held(format!("newer_format: {error}")),
        Err(error) => Meaning::Held(format!("undecodable: {}", chain(error))),
        Ok(Decoded::Unknown) => unknown_kind(&header.kind),
        Ok(Decoded::Known(payload)) => read_known(payload, at_ms),
    }
}

fn unknown_kind(kind: &str) -> Meaning {
    Meaning::Held(format!(
        "unknown_kind: this server does not know {kind:?} yet; an upgrade releases it"
    ))
}

fn read_known(payload: &Payload, at_ms: i64) -> Meaning {
    if let Err(fault) = payload.check() {
        return Meaning::Held(format!("inconsistent: {fault}"));
    }
    let effects = payload.effects(at_ms);
    if effects == Effects::default() {
        return Meaning::Quiet;
    }
    Meaning::Effects(Box::new(effects))
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_entry_stands_after_the_last_position() {
        let raw = RawEntry {
            header: "{}".to_owned(),
            payload: "{}".to_owned(),
        };
        let base = (u64::MAX, EntryHash::ZERO);
        let broken = link(Uuid::nil(), base, vec![raw], 0).unwrap_err();
        assert_eq!(broken, Broken::NoPositionAfter(u64::MAX));
    }
}
