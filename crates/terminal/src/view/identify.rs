//! What the one box made of its text.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What the one box made of its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "saw", rename_all = "snake_case")]
pub enum BoxReading {
    /// Nothing in it.
    Empty,
    /// Customers that fit, at most 8; `sure` when the only or an exact one.
    Customers {
        /// Best first.
        hits: Vec<CustomerHit>,
        /// Whether Enter may take the first.
        sure: bool,
    },
    /// Products that fit, at most 8; `sure` when a code or barcode fits exactly.
    Products {
        /// Best first.
        hits: Vec<ProductHit>,
        /// Whether Enter may take the first.
        sure: bool,
    },
    /// Letters that fit customers and products.
    Mixed {
        /// Customers, best first.
        customers: Vec<CustomerHit>,
        /// Products, best first.
        products: Vec<ProductHit>,
    },
    /// It has the shape of a code: Enter applies it.
    Code {
        /// Normalised text.
        text: String,
        /// Whether the program knows it.
        known: bool,
        /// Why it would be refused, in the session's language, when the program does not know it.
        sentence: Option<String>,
    },
    /// A customer's own referral code: the sentence says whose.
    Referral {
        /// Normalised text.
        text: String,
        /// In the session's language.
        sentence: String,
        /// Whose.
        owner: CustomerHit,
    },
    /// The number of a sale: Enter shows what of it can come back.
    Receipt {
        /// For `find_sale`.
        number: String,
        /// Whether the sale is of this till; otherwise the server is asked.
        here: bool,
        /// In the session's language.
        sentence: String,
    },
    /// Nothing fits; the sentence says what to do.
    Nothing {
        /// In the session's language.
        sentence: String,
    },
}

/// A customer in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CustomerHit {
    /// Id for `set_customer`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Name of the tier, if the program has tiers.
    pub tier: Option<String>,
    /// Slug of the tier, for its colour.
    pub tier_slug: Option<String>,
    /// Last four digits of the phone.
    pub phone_last4: Option<String>,
    /// Local day of the last visit, ISO.
    pub last_visit: Option<String>,
}

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProductHit {
    /// Id for `add_product`.
    pub id: String,
    /// Stock keeping unit.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Price of one unit, minor units.
    pub unit_price: i64,
}
