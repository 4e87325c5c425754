//! What the rules need to know of a customer, and what was used before.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use crate::code::CodeText;
use crate::money::Amount;

/// The identified customer as the rules see them: no name, no phone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerFacts {
    /// Who.
    pub id: Uuid,
    /// Slug of the tier before this sale, if the program has tiers.
    pub tier: Option<String>,
    /// Completed purchases before this one.
    pub purchases: u64,
    /// Slugs of the badges that were awarded.
    pub badges: BTreeSet<String>,
}

/// How often a code was used, counted from the ledger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CodeUse {
    /// Uses by everybody.
    pub total: u64,
    /// Uses by the identified customer.
    pub by_customer: u64,
    /// Uses on the store's local day of the quote.
    pub today: u64,
    /// Discount given by it, minor units.
    pub discount: Amount,
    /// What the till holds of it, where its limits of everybody are shared out to tills; none: what was
    /// used before decides alone.
    pub right: Option<Right>,
}

/// What a till holds of a code. A right that is held holds whatever the counts say: it was kept back
/// from everybody else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Right {
    /// Uses, where the code has a total limit.
    pub uses: Option<u64>,
    /// Discount, where the code has a budget.
    pub budget: Option<Amount>,
    /// Whether the till decides alone on the identified customer, where the code is limited for each of
    /// them or is for their first purchase.
    pub customer: Option<bool>,
}

/// What was used before, for the codes in question; a code that is absent was never used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// By code.
    pub codes: HashMap<CodeText, CodeUse>,
}

/// Where the quote is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The store's slug, which store restrictions name.
    pub store: String,
}
