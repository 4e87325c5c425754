//! What kept a code from taking off all that its benefit says, bound by bound.

use crate::code::{Benefit, Code, SpendTier, SpendTierBenefit};
use crate::money::Amount;

/// A bound that made a discount smaller. Declared in the order in which they work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// The code's own `max_discount`.
    MaxDiscount,
    /// What is left of the code's budget.
    Budget,
    /// Its lines cost nothing more.
    NothingLeft,
    /// The program's cap on all discounts of a sale together.
    BasketCap,
    /// Lines that are never sold below a price.
    Floor {
        /// The lines that stand on their floor, by their place in the basket.
        lines: Vec<usize>,
    },
}

impl Bound {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MaxDiscount => "max_discount",
            Self::Budget => "budget",
            Self::BasketCap => "basket_cap",
            Self::Floor { .. } => "floor",
            Self::NothingLeft => "nothing_left",
        }
    }

    /// Whether it belongs to the code, and not to the basket.
    pub const fn is_of_the_code(&self) -> bool {
        matches!(self, Self::MaxDiscount | Self::Budget)
    }
}

/// One bound that bit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Which.
    pub by: Bound,
    /// What it left of the amount: the bound itself, where it is one figure.
    pub to: Amount,
    /// What it kept from being taken off; never zero.
    pub lost: Amount,
}

/// Collects cuts: each bound works on what those before it left.
#[derive(Debug)]
pub(super) struct Cuts {
    amount: Amount,
    found: Vec<Cut>,
}

impl Cuts {
    pub(super) const fn of(wanted: Amount) -> Self {
        Self {
            amount: wanted,
            found: Vec::new(),
        }
    }

    /// Lets at most `most` by.
    pub(super) fn bound(&mut self, most: Amount, by: impl FnOnce() -> Bound) {
        let lost = self.amount.saturating_sub(most);
        if lost.is_zero() {
            return;
        }
        self.amount = most;
        let (by, to) = (by(), most);
        self.found.push(Cut { by, to, lost });
    }

    pub(super) fn into_found(self) -> Vec<Cut> {
        self.found
    }
}

/// The step of spend tiers that the basket has not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextStep {
    /// Eligible gross that is missing to it.
    pub missing: Amount,
    /// Eligible gross from which it holds.
    pub from: Amount,
    /// What it gives.
    pub gives: SpendTierBenefit,
}

impl NextStep {
    /// The lowest threshold of `code` above the eligible `gross`.
    pub(super) fn of(code: &Code, gross: Amount) -> Option<Self> {
        let Benefit::SpendTiers(steps) = &code.benefit else {
            return None;
        };
        let above = steps.iter().filter(|step| step.from > gross);
        let SpendTier { from, gives } = *above.min_by_key(|step| step.from)?;
        let missing = from.saturating_sub(gross);
        Some(Self {
            missing,
            from,
            gives,
        })
    }
}
