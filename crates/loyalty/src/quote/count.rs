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

impl Counts {
    pub(super) fn of(resolved: &Resolved<'_>, usage: &Usage) -> Self {
        let used = |text: &CodeText| usage.codes.get(text).copied().unwrap_or_default();
        let parent = resolved.parent;
        Self {
            parent: parent.map(|parent| (parent.limits, used(&parent.text))),
            own: (resolved.code.limits, used(resolved.text)),
        }
    }

    /// `total_limit_reached` to `budget_spent`.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.first(|limits, used| {
            let limit = limits.total.filter(|limit| used.total >= *limit)?;
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
            let spent = self.budget_left() == Some(Amount::ZERO);
            spent.then_some(Refusal::BudgetSpent)
        })
    }

    /// The least that is left of a budget; none: there is no budget.
    pub(super) fn budget_left(&self) -> Option<Amount> {
        let left =
            |(limits, used): (Limits, CodeUse)| Some(limits.budget?.saturating_sub(used.discount));
        self.all().filter_map(left).min()
    }

    fn first(&self, refuse: impl Fn(Limits, CodeUse) -> Option<Refusal>) -> Option<Refusal> {
        self.all().find_map(|(limits, used)| refuse(limits, used))
    }

    fn all(&self) -> impl Iterator<Item = (Limits, CodeUse)> {
        self.parent.into_iter().chain([self.own])
    }
}
