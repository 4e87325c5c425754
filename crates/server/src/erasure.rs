//! A person asks to be forgotten, or what is held about them.
//!
//! Their profile goes from the server's tables, from what earlier rows of the feed said, and, by a row that
//! says so, from every terminal. The entries stay: they name an id that no longer leads to anybody.

use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::history::{HistoryEntry, HistoryPlace};
use mostrador_protocol::row::Customer;
use serde::Serialize;
use uuid::Uuid;

use crate::store::HistoryRequest;
use crate::{Error, Store};

/// How many entries are read at a time.
const PAGE: u32 = 500;

/// Somebody asked, and this is why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Their company.
    pub tenant: String,
    /// Whose profile goes.
    pub customer: Uuid,
    /// In the owner's words, for the record; nothing about the person.
    pub reason: String,
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
}

/// That a customer was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// Who.
    pub customer_id: Uuid,
    /// When, milliseconds since the epoch; none: a terminal told it to a server that was restored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<i64>,
    /// Why, in the owner's words.
    pub reason: String,
}

/// Everything that the server holds about a person.
#[derive(Debug, Serialize)]
pub struct Held {
    /// The company.
    pub tenant: String,
    /// The records that are this person's: the one asked for, then those merged into it.
    pub records: Vec<Record>,
    /// The entries that name them, the latest first, with payloads as they were written.
    pub entries: Vec<HeldEntry>,
}

/// A record of a person.
#[derive(Debug, Serialize)]
pub struct Record {
    /// Its id.
    pub customer_id: Uuid,
    /// Who they are; none: it never came, or was erased.
    pub profile: Option<Customer>,
    /// That it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erased>,
    /// Points, purchases and dates.
    pub account: AccountDocument,
}

/// An entry as it came.
#[derive(Debug, Serialize)]
pub struct HeldEntry {
    /// The header.
    pub header: serde_json::Value,
    /// The payload.
    pub payload: serde_json::Value,
}

/// What is held about a customer and the records merged into theirs; none: nobody has this id.
///
/// # Errors
/// What the database says.
pub async fn held_about(
    store: &impl Store,
    tenant: &str,
    customer: Uuid,
) -> Result<Option<Held>, Error> {
    let erased = store.erased(tenant).await?;
    let mut records = Vec::new();
    for id in store.records(tenant, customer).await? {
        let found = store.customer(tenant, id).await?;
        let erased = erased.iter().find(|erased| erased.customer_id == id);
        if found.is_none() && erased.is_none() {
            continue;
        }
        let (profile, account) = found.unwrap_or_default();
        records.push(Record {
            customer_id: id,
            profile,
            erased: erased.cloned(),
            account,
        });
    }
    let Some(holder) = records.first().map(|record| record.customer_id) else {
        return Ok(None);
    };
    Ok(Some(Held {
        tenant: tenant.to_owned(),
        records,
        entries: entries(store, tenant, holder).await?,
    }))
}

async fn entries(
    store: &impl Store,
    tenant: &str,
    customer: Uuid,
) -> Result<Vec<HeldEntry>, Error> {
    let mut entries = Vec::new();
    let mut before: Option<HistoryPlace> = None;
    loop {
        let request = HistoryRequest {
            tenant: tenant.to_owned(),
            customer,
            before,
            limit: PAGE,
        };
        let page: Vec<HistoryEntry> = store.history(request).await?;
        let Some(last) = page.last() else {
            return Ok(entries);
        };
        before = Some(last.place);
        let json = |text: &str| {
            serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::from(text))
        };
        entries.extend(page.iter().map(|entry| HeldEntry {
            header: json(&entry.entry.header),
            payload: json(&entry.entry.payload),
        }));
    }
}
