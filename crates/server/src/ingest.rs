//! What a batch of entries does: read it, fold it, say what became of each entry.
//!
//! Nothing here knows a database. [`reading`] turns bytes into meaning and checks the chain,
//! [`fold`] applies the meaning to accounts and uses of codes with the same fold as the till; a store
//! loads what the fold needs, and writes what it gives, in one transaction. [`release`] tries held
//! entries again. [`undoing`] holds a refund against its sale.

pub mod exception;
pub mod fold;
pub mod naming;
pub mod reading;
pub mod release;
pub mod rights;
pub mod undoing;

use mostrador_protocol::entry::{EntryHash, RawEntry};
use mostrador_protocol::message::{Disposition, EntryDisposition};
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::Customer;
use uuid::Uuid;

use self::exception::{Exception, reason};
use self::reading::Link;

/// Entries and profiles of one terminal, with the chain of its entries already computed.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Its tenant.
    pub tenant: String,
    /// Who sends.
    pub terminal: Uuid,
    /// The stream of the entries.
    pub stream: Uuid,
    /// Position before the first entry.
    pub base_seq: u64,
    /// The chain up to `base_seq`.
    pub base_hash: EntryHash,
    /// The entries, see [`reading::link`].
    pub links: Vec<Link>,
    /// Changed profiles.
    pub profiles: Vec<Customer>,
    /// Programs that this server published, see [`mostrador_protocol::seal`].
    pub programs: Vec<ProgramDocument>,
    /// When the server got it, milliseconds since the epoch.
    pub received_ms: i64,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server holds all of it.
    Accepted(Accepted),
    /// The batch begins beyond what the server holds.
    NeedFrom {
        /// The last entry held.
        accepted_through: u64,
        /// The chain up to it.
        head_hash: EntryHash,
    },
    /// The server holds another entry at this position.
    Fork {
        /// Which position.
        seq: u64,
    },
    /// The stream belongs to another terminal.
    Foreign,
}

/// A batch that the server holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The last entry held.
    pub through: u64,
    /// The chain up to it.
    pub head_hash: EntryHash,
    /// One for each entry of the batch.
    pub dispositions: Vec<EntryDisposition>,
    /// How many of those entries, at the end, were new to the stream.
    pub new: usize,
    /// Whether anything was new.
    pub changed: bool,
}

impl Accepted {
    /// What became of the entries that were new to the stream.
    pub fn fresh(&self) -> &[EntryDisposition] {
        let known = self.dispositions.len().saturating_sub(self.new);
        &self.dispositions[known..]
    }
}

/// What the server did with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What became of it.
    pub disposition: Disposition,
    /// Why: a stable code, a colon, and what a person reads. None when applied.
    pub reason: Option<String>,
    /// What an owner looks at. Of copies of an entry the first one's.
    pub exceptions: Vec<Exception>,
}

impl Verdict {
    /// It had its effects.
    pub const APPLIED: Self = Self {
        disposition: Disposition::Applied,
        reason: None,
        exceptions: Vec::new(),
    };

    /// It had its effects, but for these: adjusted, unless none of them changed what it did.
    pub fn with(exceptions: Vec<Exception>) -> Self {
        let reason = reason(&exceptions);
        let disposition = match reason {
            Some(_) => Disposition::Adjusted,
            None => Disposition::Applied,
        };
        Self {
            disposition,
            reason,
            exceptions,
        }
    }

    /// What became of an entry where it came first, as the answer for a copy.
    pub const fn of_first(disposition: Disposition, reason: Option<String>) -> Self {
        Self {
            disposition,
            reason,
            exceptions: Vec::new(),
        }
    }

    /// It waits, because of this.
    pub const fn held(reason: String) -> Self {
        Self {
            disposition: Disposition::Held,
            reason: Some(reason),
            exceptions: Vec::new(),
        }
    }

    /// The verdict as the answer for a position.
    pub fn at(self, seq: u64) -> EntryDisposition {
        EntryDisposition {
            seq,
            disposition: self.disposition,
            reason: self.reason,
        }
    }
}

/// An entry that waits, and whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldEntry {
    /// Its stream.
    pub stream: Uuid,
    /// The terminal that wrote it.
    pub terminal: Uuid,
    /// Its position.
    pub seq: u64,
    /// Its id; none when its header cannot be read.
    pub entry_id: Option<Uuid>,
    /// Its kind; none when its header cannot be read.
    pub kind: Option<String>,
    /// Why: a stable code, a colon, and what a person reads.
    pub reason: String,
    /// When the server got it, milliseconds since the epoch.
    pub received_ms: i64,
}

/// An entry that had its effects and that an owner should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionEntry {
    /// Its stream.
    pub stream: Uuid,
    /// Its position.
    pub seq: u64,
    /// The terminal that wrote it.
    pub terminal: Uuid,
    /// Its bytes.
    pub raw: RawEntry,
    /// What there is to look at, at least one.
    pub exceptions: Vec<Exception>,
    /// When the server got it, milliseconds since the epoch.
    pub received_ms: i64,
}

impl ExceptionEntry {
    /// Where it stands among the others.
    pub const fn place(&self) -> (i64, Uuid, u64) {
        (self.received_ms, self.stream, self.seq)
    }
}

/// Which exceptions to list: a page of those that the server got in a period, in that order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionRequest {
    /// Of which tenant.
    pub tenant: String,
    /// From this instant on, milliseconds since the epoch.
    pub from_ms: i64,
    /// Before this instant, milliseconds since the epoch.
    pub until_ms: i64,
    /// After this place, see [`ExceptionEntry::place`].
    pub after: Option<(i64, Uuid, u64)>,
    /// The most entries of a page.
    pub limit: u32,
}

/// Which held entries to try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Of which tenant.
    pub tenant: String,
    /// Only this entry; all of them without it.
    pub entry_id: Option<Uuid>,
    /// After this stream and position, in their order.
    pub after: (Uuid, u64),
    /// The most entries that one transaction tries.
    pub limit: u32,
}

/// What a release came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Released {
    /// What became of each entry tried, in the order of stream and position; still `held` when it
    /// still cannot have effects.
    pub tried: Vec<(Uuid, EntryDisposition)>,
    /// What became of those that had waited for one of them.
    pub followed: Vec<(Uuid, EntryDisposition)>,
}

impl Released {
    /// Those that are not held any more, with those that had waited for them.
    pub fn freed(&self) -> impl Iterator<Item = &(Uuid, EntryDisposition)> {
        self.all()
            .filter(|(_, entry)| entry.disposition != Disposition::Held)
    }

    /// Those that are.
    pub fn still_held(&self) -> impl Iterator<Item = &(Uuid, EntryDisposition)> {
        self.all()
            .filter(|(_, entry)| entry.disposition == Disposition::Held)
    }

    fn all(&self) -> impl Iterator<Item = &(Uuid, EntryDisposition)> {
        self.tried.iter().chain(&self.followed)
    }
}

/// An entry as the server keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its position.
    pub seq: u64,
    /// The chain up to it.
    pub hash: EntryHash,
    /// Its bytes.
    pub raw: RawEntry,
    /// What became of it.
    pub disposition: Disposition,
    /// Why.
    pub reason: Option<String>,
    /// When the server got it, milliseconds since the epoch.
    pub received_ms: i64,
}
