//! What an owner looks at: sales that were accepted although a limit was passed.

use chrono::NaiveDateTime;
use mostrador_protocol::entry::{Decoded, Payload, SaleCompleted};
use uuid::Uuid;

use crate::ingest::AdjustedEntry;

/// A use of a code beyond one of its limits. The sale stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverLimitUse {
    /// Where.
    pub terminal: Uuid,
    /// Slug of the store.
    pub store: String,
    /// Who sold.
    pub cashier: Uuid,
    /// The printed number.
    pub receipt: String,
    /// The store's wall clock.
    pub local_time: NaiveDateTime,
    /// Which code.
    pub code: String,
    /// What it took off this sale, minor units.
    pub cost: i64,
    /// ISO 4217.
    pub currency: String,
    /// Why it is here, in words.
    pub reason: String,
}

/// The uses that adjusted entries tell of, one for each sale and code, in the order of the entries. A
/// sale with a variant or a member of a series over its parent's limit is listed under what was used.
pub fn over_limit(adjusted: &[AdjustedEntry]) -> Vec<OverLimitUse> {
    let uses = adjusted.iter().filter_map(|entry| {
        let reasons = entry.reason.strip_prefix("over_limit: ")?;
        let header = entry.raw.header().ok()?;
        match entry.raw.payload(&header).ok()? {
            Decoded::Known(Payload::SaleCompleted(sale)) => Some(of_sale(entry, &sale, reasons)),
            _ => None,
        }
    });
    uses.flatten().collect()
}

fn of_sale(entry: &AdjustedEntry, sale: &SaleCompleted, reasons: &str) -> Vec<OverLimitUse> {
    let uses = sale.codes.iter().filter_map(|code| {
        let names = [Some(code.text.as_str()), code.parent.as_deref()];
        let is_named = |reason: &&str| {
            let mut words = reason.split(' ');
            let second = (words.next() == Some("code"))
                .then(|| words.next())
                .flatten();
            second.is_some_and(|named| names.contains(&Some(named)))
        };
        let reasons: Vec<&str> = reasons.split("; ").filter(is_named).collect();
        (!reasons.is_empty()).then(|| OverLimitUse {
            terminal: entry.terminal,
            store: sale.store.clone(),
            cashier: sale.cashier_id,
            receipt: sale.receipt.clone(),
            local_time: sale.local_time,
            code: code.text.clone(),
            cost: code.amount,
            currency: sale.currency.clone(),
            reason: reasons.join("; "),
        })
    });
    uses.collect()
}
