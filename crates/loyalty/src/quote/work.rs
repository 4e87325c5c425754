//! The order of work (PRICING section 4), and what one piece of work wants.

use std::cmp::Reverse;

use crate::basket::Quantity;
use crate::code::{Benefit, CodeKind, CodeText, SpendTier, SpendTierBenefit};
use crate::money::{Amount, BasisPoints};
use crate::program::Resolved;

use super::cut::NextStep;
use super::ground::{Ground, Reach};

/// Steps in their order. Free products are fixed discounts: they take what their units still cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Percent,
    Fixed,
    /// Reward coupons, whatever they give.
    Reward,
}

/// How much a piece of work wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// A share of its lines' gross, or of what is left of them where percents compound.
    Share(BasisPoints),
    /// An amount.
    Fixed(Amount),
    /// What the first so many units on its lines that no other code made free still cost.
    Units(Quantity),
}

/// One discount to be made: what, where, and the most it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) takes: Takes,
    /// The lines that it works on.
    pub(super) reach: Reach,
    /// The most that the code takes off.
    pub(super) max_discount: Option<Amount>,
    /// What is left of its budget.
    pub(super) budget_left: Option<Amount>,
}

impl Work {
    /// What `max_discount` and the budget leave of an amount.
    pub(super) fn allowed(&self, wanted: Amount) -> Amount {
        let most = self.max_discount.unwrap_or(Amount::MAX);
        let left = self.budget_left.unwrap_or(Amount::MAX);
        wanted.min(most).min(left)
    }
}

/// The work of a discounting code.
#[derive(Debug, Clone)]
pub(super) struct Job<'a> {
    pub(super) resolved: Resolved<'a>,
    pub(super) step: Step,
    pub(super) work: Work,
    /// What more of its lines would open, for spend tiers.
    pub(super) next_step: Option<NextStep>,
}

impl<'a> Job<'a> {
    /// The work of `code` on the lines of `reach`, or `None` if it takes no money off.
    /// `budget_left` is what the sales before left of its budget, if it has one.
    pub(super) fn new(
        resolved: Resolved<'a>,
        ground: &Ground<'_>,
        mut reach: Reach,
        budget_left: Option<Amount>,
    ) -> Option<Self> {
        let code = resolved.code;
        let next_step = NextStep::of(code, reach.gross);
        let takes = match &code.benefit {
            Benefit::Tracking | Benefit::PointsMultiplier(_) | Benefit::BonusPoints(_) => {
                return None;
            }
            Benefit::Percent(rate) => Takes::Share(*rate),
            Benefit::Fixed(amount) => Takes::Fixed(*amount),
            Benefit::SpendTiers(tiers) => spend_tier(tiers, reach.gross),
            Benefit::FreeProduct { product, units } => {
                reach = free_lines(ground, product);
                Takes::Units(Quantity::from_thousandths(
                    u64::from(*units).saturating_mul(1_000),
                ))
            }
        };
        let step = match (code.kind, takes) {
            (CodeKind::Reward, _) => Step::Reward,
            (_, Takes::Share(_)) => Step::Percent,
            (_, Takes::Fixed(_) | Takes::Units(_)) => Step::Fixed,
        };
        let work = Work {
            takes,
            reach,
            max_discount: code.max_discount,
            budget_left,
        };
        Some(Self {
            resolved,
            step,
            work,
            next_step,
        })
    }

    /// What jobs are sorted by: step, priority descending, code bytes ascending. Never scan order.
    pub(super) fn order(&self) -> (Step, Reverse<i32>, &'a CodeText) {
        let priority = Reverse(self.resolved.code.priority);
        (self.step, priority, self.resolved.text)
    }
}

/// The discountable lines of a free product, whatever else the code is restricted to.
pub(super) fn free_lines(ground: &Ground<'_>, product: &str) -> Reach {
    ground.reach_of(|line| line.discountable && line.product == product)
}

/// What the highest threshold within `gross` gives; nothing below the first.
fn spend_tier(tiers: &[SpendTier], gross: Amount) -> Takes {
    let reached = tiers.iter().filter(|tier| tier.from <= gross);
    match reached.max_by_key(|tier| tier.from).map(|tier| tier.gives) {
        Some(SpendTierBenefit::Percent(rate)) => Takes::Share(rate),
        Some(SpendTierBenefit::Fixed(amount)) => Takes::Fixed(amount),
        None => Takes::Fixed(Amount::ZERO),
    }
}
