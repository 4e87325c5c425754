//! What the window shows whoever stands before it.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Languages of the message catalogue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Spanish (es-CO).
    #[default]
    Es,
    /// English.
    En,
}

impl Language {
    /// The language of a tag such as `es`, `es-CO` or `en_US`; `None` for others.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()? {
            "es" => Some(Self::Es),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// `es` or `en`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
        }
    }
}

/// What the window needs before anybody unlocks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TillView {
    /// The company, for the header; empty before enrolment.
    pub tenant_name: String,
    /// The shop.
    pub store_name: String,
    /// The till.
    pub terminal_name: String,
    /// ISO 4217 of every amount.
    pub currency: String,
    /// Digits of its minor unit.
    pub currency_exponent: u8,
    /// Decimals that people expect to see (0 for COP).
    pub shown_decimals: u8,
    /// The language in use.
    pub language: Language,
    /// Whether the terminal is enrolled; if not, the window asks for server and code.
    pub enrolled: bool,
    /// Who is at work; none: locked.
    pub session: Option<SessionView>,
    /// Staff and PINs to show on the PIN screen: demo tenants only, else empty.
    pub demo_pins: Vec<DemoPin>,
    /// Something the owner must know (key kept in a file, say), in words.
    pub warnings: Vec<String>,
}

/// The person at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SessionView {
    /// Name.
    pub name: String,
    /// `cashier` or `manager`.
    pub role: String,
}

/// A PIN that the demo shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DemoPin {
    /// Whose.
    pub name: String,
    /// `cashier` or `manager`.
    pub role: String,
    /// The PIN.
    pub pin: String,
}

/// An answer that is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Trouble {
    /// Stable code.
    pub code: String,
    /// What happened, in the session's language.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// How long to wait before it is tried again, seconds; none: no wait.
    pub wait_s: Option<u64>,
}
