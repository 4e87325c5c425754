//! How much less two pieces take together, without pricing them.

use std::cmp::Reverse;

use crate::money::Amount;

use super::super::sheet::Sheet;
use super::next::Next;
use super::{Piece, tail};

/// How often a closer look at a last piece was taken, and how often it ruled the piece out: where it
/// seldom does, pricing the set is faster.
#[derive(Debug, Default)]
pub(super) struct Looks {
    taken: usize,
    good: usize,
}

impl Looks {
    pub(super) const fn pay(&self) -> bool {
        self.taken <= self.good.saturating_mul(3).saturating_add(16)
    }

    pub(super) fn count(&mut self, is_good: bool) {
        self.taken = self.taken.saturating_add(1);
        self.good = self.good.saturating_add(usize::from(is_good));
    }
}

/// So few pieces are priced as fast as they are bounded.
const WORTH_A_LOOK: usize = 4;
/// Among so many of the largest.
const LOOKED_AT: usize = 3;

/// Two pieces that take less together than each on its own, whatever else is taken off before and
/// between: what that takes off lines of the second is missing on them just as much as it keeps the
/// first off them. Only the rounding of the first's shares counts, one unit for each line, and that it
/// may take less itself, which the second makes good at most.
#[derive(Clone, Copy)]
pub(super) struct Overlap {
    /// The rank of the one that comes first in the order of work.
    first: usize,
    second: usize,
    /// How much less, at least.
    less: Amount,
}

impl Overlap {
    /// Those of the largest pieces of `rest` that lose most together.
    pub(super) fn of_largest(
        sheet: &Sheet<'_>,
        rest: &[Piece<'_, '_>],
        next: &[Next],
    ) -> Option<Self> {
        if rest.len() < WORTH_A_LOOK {
            return None;
        }
        let mut largest: Vec<(&Piece<'_, '_>, &Next)> = rest.iter().zip(next).collect();
        largest.sort_by_key(|(_, next)| Reverse(next.amount));
        largest.truncate(LOOKED_AT);
        largest.sort_unstable_by_key(|(piece, _)| piece.job.order());
        let mut found = Self {
            first: 0,
            second: 0,
            less: Amount::ZERO,
        };
        for (index, (first, taken)) in largest.iter().enumerate() {
            for (second, alone) in tail(&largest, index.saturating_add(1)) {
                let prospect = sheet.prospect(&second.job.work, alone.amount);
                let less = |taken| alone.amount.saturating_sub(prospect.after(taken));
                if less(taken.amount) <= found.less {
                    continue;
                }
                let (work, next) = (&first.job.work, &second.job.work);
                let on_both = sheet.least_on_both(work, taken.amount, next);
                let rounding = Amount::of_units(next.reach.count());
                let less = less(on_both.saturating_sub(rounding));
                if less > found.less {
                    let (first, second) = (first.rank, second.rank);
                    found = Self {
                        first,
                        second,
                        less,
                    };
                }
            }
        }
        (!found.less.is_zero()).then_some(found)
    }

    /// The most that `slots` of `rest` take off together after `chosen`. The smaller of the two counts
    /// less: who takes it without the larger takes no more than who takes the larger in its place.
    pub(super) fn most(&self, chosen: &[usize], rest: &[Next], slots: usize) -> Amount {
        let mut amounts: Vec<(Amount, usize)> =
            rest.iter().map(|next| (next.amount, next.rank)).collect();
        let place = |rank| amounts.iter().position(|(_, of)| *of == rank);
        let lessened = match (place(self.first), place(self.second)) {
            (Some(first), Some(second)) => {
                let is_smaller = amounts.get(first) < amounts.get(second);
                Some(if is_smaller { first } else { second })
            }
            (None, Some(second)) if chosen.contains(&self.first) => Some(second),
            _ => None,
        };
        if let Some((amount, _)) = lessened.and_then(|place| amounts.get_mut(place)) {
            *amount = amount.saturating_sub(self.less);
        }
        amounts.sort_unstable_by_key(|(amount, _)| Reverse(*amount));
        let largest = amounts.iter().take(slots);
        largest.map(|(amount, _)| *amount).sum()
    }
}
