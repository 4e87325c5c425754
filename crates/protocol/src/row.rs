//! Rows that replicate from the server to its terminals.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::AccountDocument;
use crate::lease::LeaseRow;
use crate::message::EntryDisposition;
use crate::program::ProgramDocument;

/// A changed row at its position in the tenant's feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedRow {
    /// Dense position, 1, 2, 3 ...
    pub position: u64,
    /// The row as it is after the change.
    pub row: Row,
}

/// What can change. Each variant is the whole new state of its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum Row {
    /// A profile; key: customer id.
    Customer(Customer),
    /// An account; key: customer id.
    Account {
        /// Whose.
        customer_id: Uuid,
        /// The account.
        account: AccountDocument,
    },
    /// A published program; key: version.
    Program(Box<ProgramDocument>),
    /// A person of the store; key: staff id.
    Staff(Staff),
    /// A product; key: product id.
    Product(Product),
    /// Uses of a code; key: its text.
    CodeUse(CodeUseRow),
    /// What became of an entry that was held; key: stream id and position.
    Disposition {
        /// Its stream.
        stream: Uuid,
        /// The entry, with what became of it.
        entry: EntryDisposition,
    },
    /// A lease, which only its own terminal is sent, and only one that asks for such rows; key: lease id.
    Lease(LeaseRow),
    /// How far a stream is included in the feed; key: stream id.
    Stream {
        /// Which.
        stream: Uuid,
        /// Its last entry with effects in the feed.
        through: u64,
    },
    /// A published program in a format that this software does not know. It is kept as it came, for a
    /// later software to read; until then the newest program that can be read stays in force.
    #[serde(untagged)]
    UnreadProgram(UnreadProgram),
}

impl Row {
    /// Kind and key: a later row with the same two takes this one's place.
    pub fn key(&self) -> (&'static str, String) {
        match self {
            Self::Customer(customer) => ("customer", customer.id.to_string()),
            Self::Account { customer_id, .. } => ("account", customer_id.to_string()),
            Self::Program(program) => ("program", program.version.to_string()),
            Self::UnreadProgram(program) => ("program", program.version().to_string()),
            Self::Staff(staff) => ("staff", staff.id.to_string()),
            Self::Product(product) => ("product", product.id.clone()),
            Self::CodeUse(code_use) => ("code_use", code_use.code.clone()),
            Self::Disposition { stream, entry } => {
                ("disposition", format!("{stream}/{}", entry.seq))
            }
            Self::Lease(lease) => ("lease", lease.lease_id.to_string()),
            Self::Stream { stream, .. } => ("stream", stream.to_string()),
        }
    }
}

/// A [`Row::Program`] whose body could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadProgram {
    kind: ProgramKind,
    body: UnreadBody,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ProgramKind {
    Program,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct UnreadBody {
    version: u32,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

impl UnreadProgram {
    /// Its number, which every format has.
    pub const fn version(&self) -> u32 {
        self.body.version
    }

    /// The whole document as JSON.
    pub fn document(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.body)
    }
}

/// A customer's profile: personal data, never part of an entry. Two copies of one meet in
/// [`profile::merge`](crate::profile::merge) and nowhere else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Who.
    pub id: Uuid,
    /// Name as the person says it.
    pub name: String,
    /// Phone in digits, with or without country code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Birthday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<NaiveDate>,
    /// The token of the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
    /// Number of the identity document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The customer's own referral code, normalised; the server sees to it that there is one and that
    /// nobody else has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral_code: Option<String>,
    /// Whether messages may be sent.
    #[serde(default)]
    pub marketing_consent: bool,
    /// What the customer agreed to at the counter; none: it was recorded elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Whether the person was erased: then nothing else is said of them, and no copy of what was known
    /// before takes the place of this. A till that does not know the word writes an empty name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
    /// Hybrid logical clock of the last change: the later writer wins.
    pub hlc: u64,
}

impl Customer {
    /// What is left of a customer who was erased: the id, by which the ledger goes on knowing the account.
    pub fn erased(id: Uuid, hlc: u64) -> Self {
        Self {
            id,
            erased: true,
            hlc,
            ..Self::default()
        }
    }
}

/// What a customer agreed to, when, and which words they were shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Version of the text that was shown; 0: the one that comes with the till.
    pub version: u32,
    /// Whether messages may be sent too.
    pub marketing: bool,
    /// When it was said, milliseconds since the epoch.
    pub given_ms: i64,
    /// Where.
    pub terminal: Uuid,
    /// `given_ms` of the decision that this one takes the place of: whoever wrote this knew it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers_ms: Option<i64>,
}

/// Whether a text has the shape of a PIN: 4 to 6 digits.
pub fn is_pin(text: &str) -> bool {
    (4..=6).contains(&text.len()) && text.bytes().all(|sign| sign.is_ascii_digit())
}

/// A cashier or manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Who.
    pub id: Uuid,
    /// Name on the PIN screen.
    pub name: String,
    /// Cashier or manager.
    pub role: Role,
    /// The store's slug; none: every store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// Phone in digits, by which a customer who works here is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Argon2id hash of the PIN in PHC format.
    pub pin_hash: String,
    /// The PIN itself, to be shown on the PIN screen: set only where the tenant's program says that
    /// it is a demo, never for real staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demo_pin: Option<String>,
    /// Whether the person still works here.
    pub active: bool,
}

/// Roles of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sells.
    Cashier,
    /// Sells, approves, reads reports.
    Manager,
}

/// A product of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Stable id, what restrictions name.
    pub id: String,
    /// What is printed on the shelf.
    pub sku: String,
    /// EAN or other barcode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcode: Option<String>,
    /// What a person reads.
    pub name: String,
    /// Price of one unit, minor units.
    pub unit_price: i64,
    /// Category slugs.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Whose product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// Never sold below this, minor units.
    #[serde(default)]
    pub floor: i64,
    /// Whether codes may discount it.
    pub discountable: bool,
    /// Whether it earns.
    pub earns_points: bool,
    /// Whether it is sold.
    pub active: bool,
}

/// Uses of a code by everybody: `loyalty::account::CodeTally` on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeUseRow {
    /// Normalised text.
    pub code: String,
    /// Uses, less those that came back.
    pub total: i64,
    /// Discount given, less what came back with its use, minor units.
    pub discount: i64,
    /// The latest local day of use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Uses on that day, less those of them that came back.
    #[serde(default)]
    pub on_day: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_of_a_later_format_is_kept_as_it_came() {
        let later = r#"{"kind":"program","body":{"version":7,"name":"X","moon":{"phase":"full"}}}"#;
        let row: Row = serde_json::from_str(later).unwrap();
        let Row::UnreadProgram(program) = &row else {
            panic!("{row:?}")
        };
        assert_eq!(program.version(), 7);
        let document: serde_json::Value =
            serde_json::from_str(&program.document().unwrap()).unwrap();
        assert_eq!(document["moon"]["phase"], "full");
        let (sent, came): (serde_json::Value, serde_json::Value) = (
            serde_json::to_value(&row).unwrap(),
            serde_json::from_str(later).unwrap(),
        );
        assert_eq!(sent, came);
        // Any other row that cannot be read is an error, so that nothing of it is lost.
        for other in [
            r#"{"kind":"moon","body":{"version":7}}"#,
            r#"{"kind":"program","body":{"name":"X"}}"#,
        ] {
            assert!(serde_json::from_str::<Row>(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_pin_has_four_to_six_digits() {
        for (text, expected) in [
            ("1234", true),
            ("123456", true),
            ("123", false),
            ("12a4", false),
        ] {
            assert_eq!(is_pin(text), expected, "{text}");
        }
    }
}
