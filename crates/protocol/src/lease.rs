//! Leases on the wire: what a terminal asks for, what it holds, and what an entry spends.
//!
//! `POST /v1/leases` is answered with every open lease of the terminal, not only with new ones: a lost
//! answer costs nothing, the next one has it all.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use loyalty::code::CodeText;
use loyalty::lease::Resource;
use mostrador_loyalty as loyalty;

/// The most resources in one question.
pub const MAX_WANTS: usize = 500;

/// How long a lease is meant to be kept, milliseconds: the time after which a till that does not need it
/// gives it back, and after which an owner may look for the till. By itself it frees nothing.
pub const LEASE_MS: i64 = 7 * 24 * 3_600_000;

/// `loyalty::lease::Resource` on the wire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "key", rename_all = "snake_case")]
pub enum LeaseResource {
    /// Uses of a code by everybody; units are uses.
    CodeUses(String),
    /// The discount budget of a code; units are minor units.
    CodeBudget(String),
    /// One customer's rights; there is one unit.
    Customer(Uuid),
}

impl LeaseResource {
    /// The kind and the key apart, as a database keeps them.
    pub fn parts(&self) -> (&'static str, String) {
        match self {
            Self::CodeUses(code) => ("code_uses", code.clone()),
            Self::CodeBudget(code) => ("code_budget", code.clone()),
            Self::Customer(id) => ("customer", id.to_string()),
        }
    }

    /// What [`LeaseResource::parts`] took apart; `None` for other words.
    pub fn from_parts(kind: &str, key: &str) -> Option<Self> {
        match kind {
            "code_uses" => Some(Self::CodeUses(key.to_owned())),
            "code_budget" => Some(Self::CodeBudget(key.to_owned())),
            "customer" => key.parse().ok().map(Self::Customer),
            _ => None,
        }
    }

    /// The resource; `None` when its code cannot be a code.
    pub fn resource(&self) -> Option<Resource> {
        Some(match self {
            Self::CodeUses(code) => Resource::Uses(CodeText::parse(code)?),
            Self::CodeBudget(code) => Resource::Budget(CodeText::parse(code)?),
            Self::Customer(id) => Resource::Customer(*id),
        })
    }
}

impl From<&Resource> for LeaseResource {
    fn from(resource: &Resource) -> Self {
        match resource {
            Resource::Uses(code) => Self::CodeUses(code.to_string()),
            Resource::Budget(code) => Self::CodeBudget(code.to_string()),
            Resource::Customer(id) => Self::Customer(*id),
        }
    }
}

/// `POST /v1/leases`: what a terminal would like to hold more of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeasesRequest {
    /// At most [`MAX_WANTS`]; none: it only asks what it holds.
    pub wants: Vec<LeaseWant>,
}

/// One thing of which a terminal would like to hold more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseWant {
    /// The id that the lease will have, made by the terminal: the same question again gets the same
    /// lease, and only one.
    pub lease_id: Uuid,
    /// Of what.
    pub resource: LeaseResource,
    /// How much more.
    pub units: i64,
    /// Whether somebody waits for it at the counter: where nothing is free, tills that hold some idle
    /// are asked to give it back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
}

/// The answer to a [`LeasesRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeasesReply {
    /// Every open lease of the terminal, also those that it had before.
    pub leases: Vec<LeaseRow>,
    /// Resources of which nothing was free.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exhausted: Vec<LeaseResource>,
    /// The server's clock.
    pub server_time_ms: i64,
}

/// A lease as the server knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseRow {
    /// Which.
    pub lease_id: Uuid,
    /// Who holds it.
    pub terminal_id: Uuid,
    /// Of what.
    pub resource: LeaseResource,
    /// How much.
    pub granted: i64,
    /// How much of it arrived as used.
    pub used: i64,
    /// How it stands.
    pub state: LeaseState,
    /// When it was granted, milliseconds since the epoch.
    pub granted_ms: i64,
    /// See [`LEASE_MS`], milliseconds since the epoch.
    pub expires_ms: i64,
}

/// How a lease stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaseState {
    /// The terminal may spend what is left of it.
    Open,
    /// Open, and needed elsewhere: the terminal gives back what it does not need at this moment.
    Recalled,
    /// The terminal gave it back.
    Closed,
    /// The owner wrote the terminal off; also what a till makes of a state that it does not know: it
    /// spends nothing more.
    #[serde(other)]
    WrittenOff,
}

impl LeaseState {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Recalled => "recalled",
            Self::Closed => "closed",
            Self::WrittenOff => "written_off",
        }
    }

    /// The state of a word; [`LeaseState::WrittenOff`] for one that is not known.
    pub fn of(word: &str) -> Self {
        match word {
            "open" => Self::Open,
            "recalled" => Self::Recalled,
            "closed" => Self::Closed,
            _ => Self::WrittenOff,
        }
    }

    /// Whether what is left of it counts as granted.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Recalled)
    }
}

/// What an entry spends of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseSpend {
    /// Which.
    pub lease_id: Uuid,
    /// How much, in units of its resource; 0 for a customer's, which is not used up.
    pub units: i64,
}

/// The payload of `lease_closed`: after it the terminal can never spend the lease again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseClosed {
    /// Which.
    pub lease_id: Uuid,
    /// What its own entries spent of it.
    pub spent: i64,
    /// Why: `spent`, `expired`, `recalled`, `not_needed`.
    pub reason: String,
}

/// That a use went beyond what the till had a right to, by the code's own rule for that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverLimit {
    /// The rule: `home_store` or `approval`.
    pub policy: String,
    /// The manager's approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<Uuid>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_comes_back_from_its_parts() {
        let all = [
            LeaseResource::CodeUses("ONCE".to_owned()),
            LeaseResource::CodeBudget("ONCE".to_owned()),
            LeaseResource::Customer(Uuid::from_u128(7)),
        ];
        for resource in all {
            let (kind, key) = resource.parts();
            assert_eq!(
                LeaseResource::from_parts(kind, &key),
                Some(resource.clone())
            );
            let inner = resource.resource().expect("a resource");
            assert_eq!(LeaseResource::from(&inner), resource);
        }
        assert_eq!(LeaseResource::from_parts("moon", "full"), None);
    }

    #[test]
    fn a_state_of_a_later_version_is_no_right() {
        let later: LeaseState = serde_json::from_str(r#""of_tomorrow""#).expect("any word");
        assert!(!later.is_open());
        for state in ["open", "recalled", "closed", "written_off"] {
            let read: LeaseState = serde_json::from_str(&format!("{state:?}")).expect("a state");
            assert_eq!((read.as_str(), LeaseState::of(state)), (state, read));
        }
    }
}
