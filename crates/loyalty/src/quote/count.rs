//! What the uses before this sale leave of a code's limits, and of its parent's.

use crate::code::{CodeText, Limits};
use crate::customer::{CodeUse, Usage};
use crate::money::Amount;
use crate::program::Resolved;
use crate::refusal::Refusal;

/// The limits that hold for a code, each with what counts against it: the parent's over all that derive
/// from it, then the code's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    parent: Option<(Limits, CodeUse)>,
    own: (Limits, CodeUse),
}

fn held_uses(used: CodeUse) -> Option<u64> {
    used.right?.uses
}

fn held_budget(used: CodeUse) -> Option<Amount> {
    used.right?.budget
}

/// What the program's budget leaves after the uses before; none: there is no budget.
fn unspent(limits: Limits, used: CodeUse) -> Option<Amount> {
    Some(limits.budget?.saturating_sub(used.discount))
}

fn holds_a_use(used: CodeUse) -> bool {
    held_uses(used).is_some_and(|uses| uses > 0)
}

impl Counts {
    pub(super) fn of(resolved: &Resolved<'_>, usage: &Usage) -> Self {
        let used = |text: &CodeText| usage.codes.get(text).copied().unwrap_or_default();
        let parent = resolved.parent;
        Self {
            parent: parent.map(|parent| (parent.limits, used(&parent.text))),
            own: (resolved.code.limits, used(resolved.text)),
        }
    }

    /// `total_limit_reached` to `lease_required`.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.first(|limits, used| {
            let reached = |limit: &u64| used.total >= *limit && !holds_a_use(used);
            let limit = limits.total.filter(reached)?;
            Some(Refusal::TotalLimitReached { limit })
        })
        .or_else(|| {
            self.first(|limits, used| {
                let reached = |limit: &u64| used.by_customer >= *limit;
                let limit = limits.per_customer.filter(reached)?;
                Some(Refusal::CustomerLimitReached { limit })
            })
        })
        .or_else(|| {
            self.first(|limits, used| {
                let limit = limits.per_day.filter(|limit| used.today >= *limit)?;
                Some(Refusal::DayLimitReached { limit })
            })
        })
        .or_else(|| {
            let spent = |limits: Limits, used: CodeUse| {
                let left = unspent(limits, used)?;
                let is_spent = left.is_zero() && held_budget(used).unwrap_or(left).is_zero();
                is_spent.then_some(Refusal::BudgetSpent)
            };
            self.first(spent)
        })
        .or_else(|| {
            self.first(|limits, used| {
                let lacks_use = limits.total.is_some() && held_uses(used) == Some(0);
                let lacks_budget =
                    limits.budget.is_some() && held_budget(used) == Some(Amount::ZERO);
                let lacks_customer = used
                    .right
                    .is_some_and(|right| right.customer == Some(false));
                (lacks_use || lacks_budget || lacks_customer).then_some(Refusal::LeaseRequired {
                    of_customer: !lacks_use && !lacks_budget,
                })
            })
        })
    }

    /// The least that is left of a budget; none: there is no budget.
    pub(super) fn budget_left(&self) -> Option<Amount> {
        let left = |(limits, used): (Limits, CodeUse)| {
            let left = unspent(limits, used)?;
            Some(held_budget(used).unwrap_or(left))
        };
        self.all().filter_map(left).min()
    }

    fn first(&self, refuse: impl Fn(Limits, CodeUse) -> Option<Refusal>) -> Option<Refusal> {
        self.all().find_map(|(limits, used)| refuse(limits, used))
    }

    fn all(&self) -> impl Iterator<Item = (Limits, CodeUse)> {
        self.parent.into_iter().chain([self.own])
    }
}
