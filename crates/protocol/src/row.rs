//! Rows that replicate from the server to its terminals.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::AccountDocument;
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
    /// How far a stream is included in the feed; key: stream id.
    Stream {
        /// Which.
        stream: Uuid,
        /// Its last entry with effects in the feed.
        through: u64,
    },
}

/// A customer's profile: personal data, never part of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Whether messages may be sent.
    #[serde(default)]
    pub marketing_consent: bool,
    /// Hybrid logical clock of the last change: the later writer wins.
    pub hlc: u64,
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
    /// Uses.
    pub total: u64,
    /// Discount given, minor units.
    pub discount: i64,
    /// The latest local day of use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Uses on that day.
    #[serde(default)]
    pub on_day: u64,
}
