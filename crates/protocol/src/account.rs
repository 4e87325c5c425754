//! The wire form of `loyalty::account::Account`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use loyalty::account::{Account, CodeTally, Lot};
use loyalty::code::CodeText;
use loyalty::money::Amount;
use mostrador_loyalty as loyalty;

use crate::row::CodeUseRow;

/// An account as it travels and as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDocument {
    /// Lots that still hold points.
    #[serde(default)]
    pub lots: Vec<LotDocument>,
    /// Points owed.
    #[serde(default)]
    pub debt: i64,
    /// Points earned by local day.
    #[serde(default)]
    pub earned_by_day: BTreeMap<NaiveDate, i64>,
    /// Completed purchases.
    #[serde(default)]
    pub purchases: u64,
    /// Paid in all purchases, minor units.
    #[serde(default)]
    pub spent: i64,
    /// Milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_purchase_ms: Option<i64>,
    /// Milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_purchase_ms: Option<i64>,
    /// Uses of each code by this customer.
    #[serde(default)]
    pub code_uses: BTreeMap<String, u64>,
}

/// A lot on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotDocument {
    /// The store's local day of earning.
    pub earned_on: NaiveDate,
    /// The last local day on which the points can be spent.
    pub expires_on: NaiveDate,
    /// Points left.
    pub points: i64,
}

impl From<&Account> for AccountDocument {
    fn from(account: &Account) -> Self {
        Self {
            lots: account.lots.iter().map(LotDocument::from).collect(),
            debt: account.debt,
            earned_by_day: account.earned_by_day.clone(),
            purchases: account.purchases,
            spent: account.spent.minor(),
            first_purchase_ms: account.first_purchase_ms,
            last_purchase_ms: account.last_purchase_ms,
            code_uses: account
                .code_uses
                .iter()
                .map(|(code, uses)| (code.as_str().to_owned(), *uses))
                .collect(),
        }
    }
}

impl From<&AccountDocument> for Account {
    fn from(document: &AccountDocument) -> Self {
        Self {
            lots: document.lots.iter().map(Lot::from).collect(),
            debt: document.debt,
            earned_by_day: document.earned_by_day.clone(),
            purchases: document.purchases,
            spent: Amount::clamped(document.spent.into()),
            first_purchase_ms: document.first_purchase_ms,
            last_purchase_ms: document.last_purchase_ms,
            code_uses: document
                .code_uses
                .iter()
                .filter_map(|(code, uses)| Some((CodeText::parse(code)?, *uses)))
                .collect(),
        }
    }
}

impl From<&Lot> for LotDocument {
    fn from(lot: &Lot) -> Self {
        Self {
            earned_on: lot.earned_on,
            expires_on: lot.expires_on,
            points: lot.points,
        }
    }
}

impl From<&LotDocument> for Lot {
    fn from(lot: &LotDocument) -> Self {
        Self {
            earned_on: lot.earned_on,
            expires_on: lot.expires_on,
            points: lot.points,
        }
    }
}

impl CodeUseRow {
    /// The tally of `code` as a row.
    pub fn new(code: &CodeText, tally: &CodeTally) -> Self {
        Self {
            code: code.as_str().to_owned(),
            total: tally.total,
            discount: tally.discount.minor(),
            day: tally.day,
            on_day: tally.on_day,
        }
    }

    /// The tally it carries.
    pub fn tally(&self) -> CodeTally {
        CodeTally {
            total: self.total,
            discount: Amount::clamped(self.discount.into()),
            day: self.day,
            on_day: self.on_day,
        }
    }
}
