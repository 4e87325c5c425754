//! Who brought a customer: looking for them, and what came of saying it.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{CounterView, CustomerHit};

/// Whom a text may mean: a referral code, a card, a phone or a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PersonReading {
    /// Best first, at most 8.
    pub hits: Vec<CustomerHit>,
    /// Whether Enter may take the first.
    pub sure: bool,
    /// The referral code, where the text is one.
    pub code: Option<String>,
    /// What to do when nobody fits, in words; may be empty.
    pub sentence: String,
}

/// Who brought a customer, as chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReferrerInput {
    /// Whose id.
    pub id: String,
    /// The referral code that was shown, if one was.
    pub code: Option<String>,
}

/// What a form says of the referral of its customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReferralForm {
    /// Whether it can still be said who brought the customer.
    pub may_say: bool,
    /// What whoever brings gets, or who brought the customer and what came of it, in words.
    pub sentence: String,
}

/// What came of saying who brought a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ReferralSaved {
    /// It is recorded.
    Registered {
        /// The counter, which says so.
        counter: Box<CounterView>,
    },
    /// It cannot be, and nothing was written.
    Refused {
        /// Stable code of the refusal.
        refusal: String,
        /// Why, and what to do, in words with the stable code in brackets.
        sentence: String,
    },
}
