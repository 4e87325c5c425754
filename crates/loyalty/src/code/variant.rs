//! Variants of a code: which one a customer gets, always the same.
//!
//! Weighted rendezvous hashing: every active variant holds as many tickets as its weight, each ticket is
//! a hash of (subject, parent, variant, number of the ticket), and the highest ticket wins. A ticket
//! does not know of the other variants, so pausing one moves only those who had it, and a larger weight
//! only draws subjects towards it. Nothing is stored: every till and the server come to the same answer.

use std::hash::Hasher;

use siphasher::sip::SipHasher24;
use uuid::Uuid;

use super::{Benefit, Code, CodeText, Limits};
use crate::money::Amount;

/// The most tickets that one variant can hold.
pub const MOST_WEIGHT: u32 = 1_000;

/// The key of the hash. It is no secret; another one would assign everybody anew.
const HASH_KEY: &[u8; 16] = b"mostrador/assign";

/// A code of its own that overrides something of its parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Its normalised text, its identity in the ledger.
    pub text: CodeText,
    /// Its tickets, from 1 to [`MOST_WEIGHT`]: its share of the subjects is its weight over the sum of
    /// the active ones.
    pub weight: u32,
    /// Whether it is assigned and may be used.
    pub active: bool,
    /// What it gives instead of the parent's benefit; none: the same, as a control does.
    pub benefit: Option<Benefit>,
    /// Its own minimum purchase.
    pub min_purchase: Option<Amount>,
    /// Its own maximum discount.
    pub max_discount: Option<Amount>,
    /// Limits of this variant alone. The parent's hold over all variants together.
    pub limits: Limits,
}

impl Variant {
    /// A variant of weight 1 that overrides nothing: a control, or the start of another one.
    pub fn control(text: CodeText) -> Self {
        Self {
            text,
            weight: 1,
            active: true,
            benefit: None,
            min_purchase: None,
            max_discount: None,
            limits: Limits::default(),
        }
    }

    /// The whole code that it is under `parent`. Its limits are its own only.
    pub fn code(&self, parent: &Code) -> Code {
        Code {
            text: self.text.clone(),
            kind: parent.kind,
            owner: parent.owner.clone(),
            owner_customer: parent.owner_customer,
            benefit: self.benefit.as_ref().unwrap_or(&parent.benefit).clone(),
            stackable: parent.stackable,
            priority: parent.priority,
            min_purchase: self.min_purchase.unwrap_or(parent.min_purchase),
            max_discount: self.max_discount.or(parent.max_discount),
            restrictions: parent.restrictions.clone(),
            limits: self.limits,
            valid_from: parent.valid_from,
            valid_until: parent.valid_until,
            active: parent.active && self.active,
            reinstate: parent.reinstate,
            offline: parent.offline.clone(),
            variants: Vec::new(),
            series: None,
        }
    }
}

/// The variant of `parent` that belongs to `subject`: the customer, or the sale while nobody is
/// identified. `None` when every variant is paused or there is none: the parent's own value holds.
pub fn assigned(parent: &Code, subject: Uuid) -> Option<&Variant> {
    let active = parent.variants.iter().filter(|variant| variant.active);
    active.max_by_key(|variant| {
        (
            highest_ticket(&parent.text, variant, subject),
            &variant.text,
        )
    })
}

fn highest_ticket(parent: &CodeText, variant: &Variant, subject: Uuid) -> Option<u64> {
    let mut stem = SipHasher24::new_with_key(HASH_KEY);
    stem.write(subject.as_bytes());
    for text in [parent, &variant.text] {
        stem.write(text.as_str().as_bytes());
        // No code contains it, so that two texts never run into one.
        stem.write_u8(0xFF);
    }
    let ticket = |number: u32| {
        let mut hasher = stem;
        hasher.write(&number.to_le_bytes());
        hasher.finish()
    };
    (0..variant.weight).map(ticket).max()
}
