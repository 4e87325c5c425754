//! Entries: one fact each, hashed into a terminal's stream.

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The format of headers and payloads written by this version.
pub const FORMAT: u16 = 1;

/// A SHA-256 over the chain up to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryHash(#[serde(with = "hex::serde")] pub [u8; 32]);

impl EntryHash {
    /// What stands before the first entry of a stream.
    pub const ZERO: Self = Self([0; 32]);
}

/// An entry exactly as it was made: never re-serialised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawEntry {
    /// The [`Header`] as JSON text.
    pub header: String,
    /// The payload as JSON text.
    pub payload: String,
}

impl RawEntry {
    /// The hash of this entry after `previous`:
    /// `SHA-256("mostrador/entry/1" || previous || header || payload)`.
    pub fn hash(&self, previous: &EntryHash) -> EntryHash {
        let mut hasher = Sha256::new();
        hasher.update(b"mostrador/entry/1");
        hasher.update(previous.0);
        hasher.update(self.header.as_bytes());
        hasher.update(self.payload.as_bytes());
        EntryHash(hasher.finalize().into())
    }
}

/// What stands in front of every payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`] of the writer.
    pub format: u16,
    /// Kind of payload, see [`Payload`]; kinds that are not known are kept raw.
    pub kind: String,
    /// The stream: random 128 bits, made at enrolment and after every fork.
    pub stream: Uuid,
    /// Position in the stream: 1, 2, 3 without gaps.
    pub seq: u64,
    /// UUIDv7 made on the till; an id has effects once.
    pub entry_id: Uuid,
    /// Hybrid logical clock: milliseconds x 65536 + counter.
    pub hlc: u64,
    /// The till's wall clock, milliseconds since the epoch.
    pub wall_ms: i64,
    /// The wall clock corrected by the known offset, never before the previous entry's.
    pub effective_ms: i64,
    /// Made at each start of the program.
    pub boot_id: Uuid,
    /// Milliseconds since that start.
    pub monotonic_ms: u64,
    /// The program that priced it; 0 when none did.
    pub program_version: u32,
    /// The lease it spends, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_id: Option<Uuid>,
    /// Bytes of the payload.
    pub payload_len: u32,
}

/// The payloads that this version understands. The wire carries `kind` in the header and the inner
/// value as the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// `stream_opened`
    StreamOpened(StreamOpened),
    /// `sale_completed`
    SaleCompleted(Box<SaleCompleted>),
    /// `shift_opened`
    ShiftOpened(Shift),
    /// `shift_closed`
    ShiftClosed(Shift),
}

/// The first entry of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamOpened {
    /// The terminal that writes it.
    pub terminal_id: Uuid,
    /// Why: `enrolled`, `rewound`, `fork`.
    pub reason: String,
    /// The stream it continues, with its last position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<StreamPosition>,
}

/// A position in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamPosition {
    /// Which stream.
    pub stream: Uuid,
    /// Its last entry.
    pub seq: u64,
    /// The chain up to it.
    pub hash: EntryHash,
}

/// A cashier comes or goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Who.
    pub cashier_id: Uuid,
}

/// A paid basket. Amounts are minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleCompleted {
    /// UUIDv7 of the sale.
    pub sale_id: Uuid,
    /// What is printed: short, unique within the store.
    pub receipt: String,
    /// Slug of the store.
    pub store: String,
    /// The till.
    pub terminal_id: Uuid,
    /// Who sold.
    pub cashier_id: Uuid,
    /// Who bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Uuid>,
    /// The other system's number of this basket; one reference is sold once on a till.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// The store's wall clock at the sale.
    pub local_time: NaiveDateTime,
    /// The lines as sold.
    pub lines: Vec<SaleLine>,
    /// What the tier took off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier_discount: Option<SaleTierDiscount>,
    /// The codes that were accepted.
    pub codes: Vec<SaleCode>,
    /// The codes that were not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<SaleRefusal>,
    /// Sum of the lines' gross.
    pub gross: i64,
    /// Sum of all discounts.
    pub discount: i64,
    /// `gross - discount`.
    pub total: i64,
    /// How it was paid; they sum to `total + change`.
    pub tenders: Vec<Tender>,
    /// Cash given back.
    pub change: i64,
    /// Points earned, when a customer was identified and the program has points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<SalePoints>,
}

/// One line of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleLine {
    /// Product id.
    pub product: String,
    /// Stock keeping unit.
    pub sku: String,
    /// What the receipt says.
    pub name: String,
    /// Price of one unit.
    pub unit_price: i64,
    /// Units, a decimal string.
    pub quantity: Decimal,
    /// Category slugs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Whose product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// Unit price x quantity.
    pub gross: i64,
    /// All shares on this line.
    pub discount: i64,
    /// `gross - discount`.
    pub net: i64,
    /// Whether it earned.
    pub earns_points: bool,
}

/// The tier's percent row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleTierDiscount {
    /// Slug of the tier.
    pub tier: String,
    /// What it took off.
    pub amount: i64,
    /// Per line.
    pub shares: Vec<i64>,
}

/// An accepted code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleCode {
    /// Normalised text.
    pub text: String,
    /// `referral`, `coupon` or `reward`.
    pub kind: String,
    /// The agent it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What it took off.
    pub amount: i64,
    /// Per line.
    pub shares: Vec<i64>,
    /// Whether this sale used it up.
    pub consumed: bool,
}

/// A refused code, for the reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleRefusal {
    /// Normalised text.
    pub text: String,
    /// `loyalty::refusal::Refusal::code`.
    pub refusal: String,
}

/// A means of payment used. Never card data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tender {
    /// `cash`, `card`, `transfer`, `gift_card` or `points`.
    pub kind: String,
    /// Minor units handed over.
    pub amount: i64,
}

/// How the points came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalePoints {
    /// Money that earned.
    pub base: i64,
    /// Points for one major unit.
    pub per_unit: Decimal,
    /// Each factor other than 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<PointsFactor>,
    /// Points added after the floor.
    #[serde(default)]
    pub bonus: i64,
    /// What the customer earned.
    pub earned: i64,
    /// Last local day on which they can be spent.
    pub expires_on: NaiveDate,
}

/// A named factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsFactor {
    /// Stable name.
    pub name: String,
    /// A decimal string.
    pub multiplier: Decimal,
}
