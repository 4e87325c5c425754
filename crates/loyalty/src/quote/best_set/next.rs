//! What each piece would take off next, and the most that some of them would together.

use std::cmp::Reverse;

use crate::money::{Amount, BasisPoints};

use super::super::sheet::Sheet;
use super::Piece;

/// What a piece would take off next, and its rank.
pub(super) struct Next {
    /// What it takes off now.
    pub(super) takes: Amount,
    /// The most that it takes off now or after others.
    pub(super) amount: Amount,
    /// Its rate, if it works on what is left.
    pub(super) rate: Option<BasisPoints>,
    pub(super) rank: usize,
    /// The most that as many pieces as there are slots take off together, from this one on, and the
    /// most that one piece less takes off.
    most: (Amount, Amount),
    slots: usize,
}

impl Next {
    /// A last piece that takes off so much at most.
    pub(super) const fn bound(amount: Amount, rank: usize) -> Self {
        Self {
            takes: amount,
            amount,
            rate: None,
            rank,
            most: (amount, Amount::ZERO),
            slots: 1,
        }
    }

    /// The most that `slots` pieces from this one on take off together.
    pub(super) fn most(&self, slots: usize) -> Amount {
        if slots < self.slots {
            self.most.1
        } else {
            self.most.0
        }
    }
}

/// What each piece of `rest` would take off `sheet`.
pub(super) fn next_amounts(sheet: &Sheet<'_>, rest: &[Piece<'_, '_>], slots: usize) -> Vec<Next> {
    let mut largest: Vec<Amount> = Vec::with_capacity(slots.saturating_add(1));
    let mut next: Vec<Next> = Vec::with_capacity(rest.len());
    for piece in rest.iter().rev() {
        let work = &piece.job.work;
        let takes = sheet.amount_of(work);
        let amount = if piece.may_grow {
            sheet.most_of(work)
        } else {
            takes
        };
        let place = largest.partition_point(|other| *other >= amount);
        largest.insert(place, amount);
        largest.truncate(slots);
        let sum = |count: usize| largest.iter().take(count).copied().sum();
        next.push(Next {
            takes,
            amount,
            rate: sheet.rate_of_left(work),
            rank: piece.rank,
            most: (sum(slots), sum(slots.saturating_sub(1))),
            slots,
        });
    }
    next.reverse();
    next
}

/// How many of the largest amounts are needed for `missing`.
pub(super) fn fewest(rest: &[Next], missing: Amount) -> usize {
    let mut amounts: Vec<Amount> = rest.iter().map(|next| next.amount).collect();
    amounts.sort_unstable_by_key(|amount| Reverse(*amount));
    let mut sum = Amount::ZERO;
    let mut count: usize = 0;
    for amount in amounts {
        if sum >= missing {
            break;
        }
        sum = sum.saturating_add(amount);
        count = count.saturating_add(1);
    }
    count
}

/// The ranks of `chosen` and the `count` of `rest` that come first by text, ascending: no set of that
/// size comes before it.
pub(super) fn first_by_text(chosen: &[usize], rest: &[Next], count: usize) -> Vec<usize> {
    let mut more: Vec<usize> = rest.iter().map(|next| next.rank).collect();
    more.sort_unstable();
    more.truncate(count);
    more.extend_from_slice(chosen);
    more.sort_unstable();
    more
}
