//! What an account knows of referrals.

use std::collections::BTreeSet;

use crate::code::CodeText;

use super::fact::Referrer;

/// A customer's own referral code, who brought them, and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReferralState {
    /// The own code, with the milliseconds since the epoch at which it was made.
    pub own_code: Option<(i64, CodeText)>,
    /// Other own codes that still work, left by merges or made on two tills at once.
    pub aliases: BTreeSet<CodeText>,
    /// Who brought this customer.
    pub referred_by: Option<Referrer>,
    /// Bonuses given because this customer bought, less those taken back: 1 or 0, except while
    /// entries are on their way.
    pub bonuses: i64,
    /// Customers brought by this one whose bonus was given, less those taken back.
    pub brought: i64,
}

impl ReferralState {
    /// Whether the bonus for this customer was given.
    pub const fn is_bonus_given(&self) -> bool {
        self.bonuses > 0
    }

    /// Whether `code` is one of this customer's own.
    pub fn owns(&self, code: &CodeText) -> bool {
        self.own_code.as_ref().is_some_and(|(_, own)| own == code) || self.aliases.contains(code)
    }

    pub(super) fn learn_code(&mut self, at_ms: i64, code: &CodeText) {
        let new = (at_ms, code.clone());
        let Some(known) = self.own_code.take() else {
            self.own_code = Some(new);
            return;
        };
        let (first, other) = if known <= new {
            (known, new)
        } else {
            (new, known)
        };
        if first.1 != other.1 {
            self.aliases.insert(other.1);
        }
        self.own_code = Some(first);
    }

    pub(super) fn learn_referrer(&mut self, referrer: Referrer) {
        let first = self.referred_by.map_or(referrer, |by| by.min(referrer));
        self.referred_by = Some(first);
    }

    pub(super) fn absorb(&mut self, other: Self) {
        if let Some((at_ms, code)) = &other.own_code {
            self.learn_code(*at_ms, code);
        }
        self.aliases.extend(other.aliases);
        if let Some(referrer) = other.referred_by {
            self.learn_referrer(referrer);
        }
        self.bonuses = self.bonuses.saturating_add(other.bonuses);
        self.brought = self.brought.saturating_add(other.brought);
    }
}
