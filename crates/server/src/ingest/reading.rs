//! From bytes to meaning: the chain, and what each entry wants to do.

use mostrador_protocol::Error;
use mostrador_protocol::entry::{
    Decoded, DerivedUse, Effects, EntryHash, Header, Payload, RawEntry,
};
use uuid::Uuid;

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
    /// What it says, when that can be read and adds up, and when it was: milliseconds since the epoch.
    pub said: Option<(Box<Payload>, i64)>,
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

/// Chains the entries after `base_seq` and reads each.
///
/// # Errors
/// [`Broken`] when a readable header names another stream or position than where it stands, or where there
/// are no positions any more. An entry that cannot be read is no error: it is held.
pub fn link(
    stream: Uuid,
    base: (u64, EntryHash),
    entries: Vec<RawEntry>,
) -> Result<Vec<Link>, Broken> {
    let (mut seq, mut hash) = base;
    let mut links = Vec::with_capacity(entries.len());
    for raw in entries {
        seq = seq.checked_add(1).ok_or(Broken::NoPositionAfter(seq))?;
        hash = raw.hash(&hash);
        links.push(at((stream, seq), hash, raw).map_err(Broken::Misplaced)?);
    }
    Ok(links)
}

/// Reads a stored entry again, as this version understands it.
pub fn again(place: (Uuid, u64), hash: EntryHash, raw: RawEntry) -> Link {
    at(place, hash, raw.clone()).unwrap_or_else(|Misplaced { seq, named }| Link {
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
    })
}

fn at(place: (Uuid, u64), hash: EntryHash, raw: RawEntry) -> Result<Link, Misplaced> {
    let seq = place.1;
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
            let decoded = raw.payload(&header);
            if let Ok(Decoded::Known(payload)) = &decoded {
                derived = payload.derived_uses();
            }
            let meaning = meaning(&decoded, &header);
            let is_sound = !matches!(meaning, Meaning::Held(_));
            if let (Ok(Decoded::Known(payload)), true) = (decoded, is_sound) {
                said = Some((Box::new(payload), header.effective_ms));
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
    })
}

fn meaning(decoded: &Result<Decoded, Error>, header: &Header) -> Meaning {
    match decoded {
        Err(error @ Error::Format { .. }) => Meaning::Held(format!("newer_format: {error}")),
        Err(error) => Meaning::Held(format!("undecodable: {}", chain(error))),
        Ok(Decoded::Unknown) => Meaning::Held(format!(
            "unknown_kind: this server does not know {:?} yet; an upgrade releases it",
            header.kind
        )),
        Ok(Decoded::Known(payload)) => read_known(payload, header),
    }
}

fn read_known(payload: &Payload, header: &Header) -> Meaning {
    if let Err(fault) = payload.check() {
        return Meaning::Held(format!("inconsistent: {fault}"));
    }
    let effects = payload.effects(header.effective_ms);
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
        let broken = link(Uuid::nil(), base, vec![raw]).unwrap_err();
        assert_eq!(broken, Broken::NoPositionAfter(u64::MAX));
    }
}
