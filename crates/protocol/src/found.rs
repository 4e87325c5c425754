//! A sale found by its number, with what undid it: what a refund at another till begins with.

use serde::{Deserialize, Serialize};

use crate::history::HistoryEntry;

/// `GET /v1/sales/{number}`: the sales of every store that have this receipt number, this id, or a
/// refund or void of this number. The number is unique within a store only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesReply {
    /// The latest first.
    pub sales: Vec<FoundSale>,
    /// The server's clock.
    pub server_time_ms: i64,
}

/// A sale and everything that names it as undone. Entries hold no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundSale {
    /// The entry of the sale.
    pub sale: HistoryEntry,
    /// Its refunds and its void, the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undone: Vec<HistoryEntry>,
}
