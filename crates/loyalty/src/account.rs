//! Facts into balances: the one fold that the till and the server share.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::code::CodeText;
use crate::money::Amount;

/// Points of one day of earning with their own expiry. Lots with the same two days are one lot, so an
/// account never holds more lots than days in their lifetime, however often somebody buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lot {
    /// The store's local day of earning.
    pub earned_on: NaiveDate,
    /// The last local day on which they can be spent.
    pub expires_on: NaiveDate,
    /// Points left in it, at least 1.
    pub points: i64,
}

/// What a customer has. Built by [`Account::apply`] from facts in any order of arrival.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Lots that still hold points, soonest expiry first, then oldest. May contain expired lots:
    /// [`Account::available`] knows.
    pub lots: Vec<Lot>,
    /// Points owed after a claw-back, at least 0; the next earnings pay it first.
    pub debt: i64,
    /// Points earned by local day, for tiers; days older than any window are dropped by the fold.
    pub earned_by_day: BTreeMap<NaiveDate, i64>,
    /// Completed purchases.
    pub purchases: u64,
    /// Paid in all purchases, minor units.
    pub spent: Amount,
    /// Milliseconds since the epoch of the first purchase.
    pub first_purchase_ms: Option<i64>,
    /// Milliseconds since the epoch of the latest purchase.
    pub last_purchase_ms: Option<i64>,
    /// Uses of each code.
    pub code_uses: BTreeMap<CodeText, u64>,
}

/// One thing that happened to a customer's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A paid sale.
    Purchase {
        /// When, milliseconds since the epoch.
        at_ms: i64,
        /// The store's local day.
        day: NaiveDate,
        /// What was paid, minor units.
        total: Amount,
        /// Points earned, at least 0.
        points: i64,
        /// Last local day on which these points can be spent.
        expires_on: NaiveDate,
        /// Codes consumed.
        codes: Vec<CodeText>,
    },
}

/// Uses of one code by everybody, folded from the same sales.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CodeTally {
    /// Uses.
    pub total: u64,
    /// Discount given, minor units.
    pub discount: Amount,
    /// The latest local day on which it was used.
    pub day: Option<NaiveDate>,
    /// Uses on that day.
    pub on_day: u64,
}
