//! What the conductor and its tills say to each other over the pipes of the till's process: one JSON
//! value per line.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::row::CodeUseRow;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// From the conductor to a till.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Send everything that waits.
    Drain,
    /// Hold everything of the feed up to this position.
    Settle {
        /// A feed position.
        position: u64,
    },
    /// Say what you hold, and end.
    Report,
}

/// From a till to the conductor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// So many of its baskets were in its ledger when its process started.
    Opened {
        /// Baskets.
        sold: u64,
    },
    /// So many of its baskets are in its ledger.
    Progress {
        /// Baskets.
        sold: u64,
    },
    /// Every basket is in its ledger.
    SoldAll,
    /// The server has acknowledged every entry.
    Drained,
    /// It holds the feed up to the position asked for.
    Settled,
    /// What it holds.
    Report(Box<Report>),
}

/// What a till holds at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Figures over all of its sales.
    pub figures: Figures,
    /// Its stream.
    pub stream: Uuid,
    /// Entries in it.
    pub entries: u64,
    /// The chain up to the last of them.
    pub head: Option<EntryHash>,
    /// The account it shows for each household's customer.
    pub accounts: BTreeMap<Uuid, AccountDocument>,
    /// The uses it shows for each code that was used anywhere.
    pub codes: BTreeMap<String, CodeUseRow>,
}

/// Sums over sales, read back from the ledger's entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Sales.
    pub sales: u64,
    /// Lines of those sales.
    pub lines: u64,
    /// Codes accepted.
    pub coupons_applied: u64,
    /// Codes refused, by reason.
    pub refusals: BTreeMap<String, u64>,
    /// Cents before discounts.
    pub gross: i64,
    /// Cents taken off.
    pub discount: i64,
    /// Points earned.
    pub points: i64,
}

/// Writes one value as a line and flushes it.
///
/// # Errors
/// When the pipe is closed.
pub fn say<T: Serialize>(pipe: &mut impl Write, value: &T) -> io::Result<()> {
    serde_json::to_writer(&mut *pipe, value)?;
    pipe.write_all(b"\n")?;
    pipe.flush()
}

/// Reads the next line as a value; `None` when the other side is gone, also in the middle of a line.
///
/// # Errors
/// When a whole line is no such value.
pub fn hear<T: DeserializeOwned>(pipe: &mut impl BufRead) -> io::Result<Option<T>> {
    let mut line = String::new();
    pipe.read_line(&mut line)?;
    if !line.ends_with('\n') {
        return Ok(None);
    }
    serde_json::from_str(&line)
        .map(Some)
        .map_err(io::Error::from)
}
