//! Leases as the server keeps them: who holds how much of what, what was asked for, what was named.
//!
//! `loyalty::lease` decides how much is granted; `crate::ingest::rights` turns rights into uses. What is
//! granted counts as used until the terminal gives it back or the owner writes it off.

use loyalty::lease::Resource;
use mostrador_loyalty as loyalty;
use mostrador_protocol::lease::{LEASE_MS, LeaseResource, LeaseRow, LeaseState, LeaseWant};
use uuid::Uuid;

use crate::rules::Rules;

/// The limit of a resource that the program does not limit any more: rights to it go on, nothing is over.
pub const UNLIMITED: i64 = i64::MAX / 4;

/// A terminal that did not speak for so long does not count when what is free is shared out,
/// milliseconds.
pub const ACTIVE_MS: i64 = LEASE_MS;

/// A right of one terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Its id.
    pub id: Uuid,
    /// Who holds it.
    pub terminal: Uuid,
    /// Of what.
    pub resource: Resource,
    /// How much.
    pub granted: i64,
    /// How much of it arrived as used.
    pub used: i64,
    /// What its terminal said when it gave the lease back that it had spent, as far as no entry told of it
    /// yet: it stays granted. 0 while the lease is open.
    pub unexplained: i64,
    /// How it stands.
    pub state: LeaseState,
    /// Milliseconds since the epoch.
    pub granted_ms: i64,
    /// Milliseconds since the epoch.
    pub expires_ms: i64,
}

impl Lease {
    /// What of it counts as granted and is not used: what may still be spent while it is open, and after that
    /// what was spent and is not here yet.
    pub fn outstanding(&self) -> i64 {
        if self.state.is_open() {
            self.left()
        } else {
            self.unexplained
        }
    }

    /// What may still be spent of it while it is open.
    pub fn left(&self) -> i64 {
        self.granted.saturating_sub(self.used).max(0)
    }

    /// Its resource in words, as reasons name it.
    pub fn what(&self) -> String {
        match &self.resource {
            Resource::Uses(code) | Resource::Budget(code) => format!("code {code}"),
            Resource::Customer(id) => format!("customer {id}"),
        }
    }

    /// As it travels.
    pub fn row(&self) -> LeaseRow {
        LeaseRow {
            lease_id: self.id,
            terminal_id: self.terminal,
            resource: LeaseResource::from(&self.resource),
            granted: self.granted,
            used: self.used,
            state: self.state,
            granted_ms: self.granted_ms,
            expires_ms: self.expires_ms,
        }
    }
}

/// What a terminal asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its tenant.
    pub tenant: String,
    /// Itself.
    pub terminal: Uuid,
    /// What it would like to hold more of.
    pub wants: Vec<LeaseWant>,
    /// Milliseconds since the epoch.
    pub now_ms: i64,
}

/// What became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Granted {
    /// Every open lease of the terminal.
    pub leases: Vec<Lease>,
    /// Resources of which nothing was free.
    pub exhausted: Vec<LeaseResource>,
    /// Whether anything changed.
    pub changed: bool,
}

/// Which open leases the owner writes off: their terminal will not speak again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOff {
    /// Every open lease of a terminal.
    Terminal(Uuid),
    /// One lease.
    Lease(Uuid),
}

/// A lease that was written off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenOff {
    /// The lease as it ended.
    pub lease: Lease,
    /// How much of it became exposure.
    pub units: i64,
}

/// By how much a limit may be passed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// Of what.
    pub resource: Resource,
    /// Why.
    pub cause: ExposureCause,
    /// The lease, the entry (stream/position), or the new limit.
    pub cause_key: String,
    /// How much.
    pub units: i64,
    /// Through whom.
    pub terminal: Option<Uuid>,
}

/// Why a limit may be passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExposureCause {
    /// The owner wrote a terminal off.
    WrittenOff,
    /// A terminal sold without a right.
    OverLimit,
    /// The program's limit became less than what was used and granted.
    LimitLowered,
}

impl ExposureCause {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WrittenOff => "written_off",
            Self::OverLimit => "over_limit",
            Self::LimitLowered => "limit_lowered",
        }
    }
}

/// How much there is of a resource by the program in force; none: it is not scarce.
pub fn limit_of(resource: &Resource, rules: &Rules) -> Option<i64> {
    let (Resource::Uses(code) | Resource::Budget(code)) = resource else {
        return Some(1);
    };
    let of_code = Resource::of_code(code, rules.limits(code)?);
    let mut of_code = of_code.into_iter();
    of_code.find_map(|(known, limit)| (known == *resource).then_some(limit))
}
