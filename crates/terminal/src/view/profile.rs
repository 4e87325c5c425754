//! A customer's profile as a form, and what came of saving it.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{CounterView, CustomerHit, ReferralForm, ReferrerInput};

/// The form, filled in as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProfileForm {
    /// What is in the fields.
    pub fields: ProfileInput,
    /// The customer's own referral code; none before they are enrolled.
    pub referral_code: Option<String>,
    /// Version of the words below.
    pub consent_version: u32,
    /// What a new customer hears and agrees to.
    pub consent_text: String,
    /// When and to what the customer agreed, in words; empty for a new one.
    pub consent_given: String,
    /// Who brought the customer; none: the program has no referrals.
    pub referral: Option<ReferralForm>,
}

/// The fields as typed; empty: none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProfileInput {
    /// Whose; none: a new customer.
    pub id: Option<String>,
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Birthday: year-month-day or day/month/year.
    pub birthday: String,
    /// The token of the card.
    pub card: String,
    /// Number of the identity document.
    pub document: String,
    /// Whether messages may be sent.
    pub marketing: bool,
    /// Who brought the customer; none: nobody, or it was said before.
    pub referrer: Option<ReferrerInput>,
}

/// What came of saving a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ProfileSaved {
    /// It is on disk; a new customer is on the open basket.
    Saved {
        /// The counter with them.
        counter: Box<CounterView>,
    },
    /// Somebody has this already, and nothing was written.
    Known {
        /// What they have, and what to do, in words.
        sentence: String,
        /// Who.
        customer: CustomerHit,
    },
    /// Whoever is said to have brought the customer cannot have, and nothing was written.
    Refused {
        /// Stable code of the refusal.
        refusal: String,
        /// Why, and what to do, in words.
        sentence: String,
    },
}
