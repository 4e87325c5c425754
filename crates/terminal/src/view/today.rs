//! The figures of the day.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::ReceiptKind;

/// Today's figures of this till's store as this till knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TodayView {
    /// Local day, ISO.
    pub day: String,
    /// Sales of this till.
    pub sales: u64,
    /// Gross, minor units.
    pub gross: i64,
    /// Discounts, minor units.
    pub discount: i64,
    /// Paid, minor units.
    pub total: i64,
    /// Given back of sales of any day, minor units.
    pub refunded: i64,
    /// How often.
    pub refunds: u64,
    /// Voided, minor units.
    pub voided: i64,
    /// How often.
    pub voids: u64,
    /// Paid less given back and voided, minor units.
    pub net: i64,
    /// Points awarded less those taken back.
    pub points: i64,
    /// Sales with an identified customer.
    pub with_customer: u64,
    /// By code, most discount first.
    pub codes: Vec<TodayCode>,
    /// By refusal, most first.
    pub refusals: Vec<TodayRefusal>,
    /// By tender.
    pub tenders: Vec<TodayTender>,
    /// The latest sales, refunds and voids, newest first, at most 20.
    pub recent: Vec<TodaySale>,
    /// Entries that the server has not acknowledged.
    pub waiting: u64,
}

/// A code's figures of the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TodayCode {
    /// Text.
    pub text: String,
    /// Sales it was used in.
    pub uses: u64,
    /// Taken off, minor units.
    pub discount: i64,
    /// Paid in those sales, minor units.
    pub total: i64,
}

/// Refusals of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TodayRefusal {
    /// Stable code.
    pub refusal: String,
    /// In words, without parameters.
    pub title: String,
    /// How often.
    pub count: u64,
}

/// Money by means of payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TodayTender {
    /// `cash`, `card`, `transfer`, `gift_card`, `points`.
    pub kind: String,
    /// Kept (change and what was given back taken off), minor units.
    pub amount: i64,
}

/// A sale, refund or void in the list of the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TodaySale {
    /// Which of the three.
    pub kind: ReceiptKind,
    /// Of a refund or void what it is, of a sale how much of it is undone, in words; empty: nothing.
    pub undone: String,
    /// Id for `receipt`.
    pub sale_id: String,
    /// Receipt number.
    pub receipt: String,
    /// Local time, `HH:MM`.
    pub time: String,
    /// Customer's name, if identified.
    pub customer: Option<String>,
    /// Paid, or given back, minor units.
    pub total: i64,
    /// Whether the server has acknowledged it.
    pub sent: bool,
}
