//! The best set: the subset of the scanned discounting codes that takes most off.
//!
//! Exact, by branch and bound. Sets grow in the order of work, so that each one is priced from its
//! prefix with a single further discount. What a code would take off right after the prefix is the most
//! it takes off in any longer set, since the codes between only use up room, cap and what is left; so
//! the prefix and the largest of these amounts bound every longer set from above, and most sets are
//! never priced.

use std::cmp::Reverse;

use crate::code::CodeText;
use crate::money::Amount;

use super::admission::Candidate;
use super::work::{Job, Sheet};

/// The best of the subsets of `candidates` that may meet: at most `max_codes` of them, a single one or
/// only stackable ones. Most discount wins, then fewer codes, then the codes that come first by text.
/// `start` is the sheet after the tier's discount; the codes come back ascending by text, with the
/// sheet's whole discount.
pub(super) fn best_set(
    start: &Sheet<'_>,
    candidates: &[Candidate<'_>],
    max_codes: usize,
) -> (Vec<CodeText>, Amount) {
    let mut jobs: Vec<&Job<'_>> = candidates.iter().map(|candidate| &candidate.job).collect();
    jobs.sort_unstable_by_key(|job| &job.code.text);
    let mut pieces: Vec<Piece<'_, '_>> = jobs
        .iter()
        .enumerate()
        .map(|(rank, job)| Piece::new(start, job, rank))
        .filter(|piece| !piece.alone.is_zero())
        .collect();
    let mut search = Search {
        max_codes,
        ceiling: start.discount.saturating_add(start.can_still_take()),
        best: Set {
            discount: start.discount,
            ranks: Vec::new(),
        },
    };
    if max_codes > 0 {
        for piece in &pieces {
            let discount = start.discount.saturating_add(piece.alone);
            search.consider(discount, &[piece.rank]);
        }
    }
    pieces.retain(|piece| piece.job.code.stackable);
    pieces.sort_unstable_by_key(|piece| piece.job.order());
    search.try_largest(start, &pieces);
    search.explore(start, &mut Vec::new(), &pieces);
    let ranked = jobs.iter().enumerate();
    let chosen = ranked.filter(|(rank, _)| search.best.ranks.contains(rank));
    let codes = chosen.map(|(_, job)| job.code.text.clone()).collect();
    (codes, search.best.discount)
}

/// A job, what it takes off alone, and its rank among the candidates by text.
struct Piece<'a, 'j> {
    job: &'j Job<'a>,
    alone: Amount,
    rank: usize,
}

impl<'a, 'j> Piece<'a, 'j> {
    fn new(start: &Sheet<'_>, job: &'j Job<'a>, rank: usize) -> Self {
        let alone = start.amount_of(&job.work);
        Self { job, alone, rank }
    }
}

/// A set that was priced.
struct Set {
    discount: Amount,
    /// Ascending.
    ranks: Vec<usize>,
}

struct Search {
    max_codes: usize,
    /// The most that any set can take off, tier included.
    ceiling: Amount,
    best: Set,
}

impl Search {
    fn consider(&mut self, discount: Amount, chosen: &[usize]) {
        let key = (Reverse(discount), chosen.len());
        let best_key = (Reverse(self.best.discount), self.best.ranks.len());
        if key > best_key {
            return;
        }
        let mut ranks = chosen.to_vec();
        ranks.sort_unstable();
        if (key, &ranks) < (best_key, &self.best.ranks) {
            self.best = Set { discount, ranks };
        }
    }

    /// Prices the pieces that take off most alone, the likely best: a good set early cuts most others.
    fn try_largest(&mut self, start: &Sheet<'_>, pieces: &[Piece<'_, '_>]) {
        let mut largest: Vec<&Piece<'_, '_>> = pieces.iter().collect();
        largest.sort_unstable_by_key(|piece| (Reverse(piece.alone), piece.rank));
        largest.truncate(self.max_codes);
        largest.sort_unstable_by_key(|piece| piece.job.order());
        let mut sheet = start.clone();
        for piece in &largest {
            sheet.take(&piece.job.work);
        }
        let ranks: Vec<usize> = largest.iter().map(|piece| piece.rank).collect();
        self.consider(sheet.discount, &ranks);
    }

    /// Prices every set of `chosen`, which costs `sheet`, and some of `rest` that can still beat the
    /// best.
    fn explore(&mut self, sheet: &Sheet<'_>, chosen: &mut Vec<usize>, rest: &[Piece<'_, '_>]) {
        let slots = self.max_codes.saturating_sub(chosen.len());
        if slots == 0 || rest.is_empty() {
            return;
        }
        let next: Vec<Next> = rest
            .iter()
            .map(|piece| Next {
                amount: sheet.amount_of(&piece.job.work),
                rank: piece.rank,
            })
            .collect();
        for next in &next {
            let discount = sheet.discount.saturating_add(next.amount);
            chosen.push(next.rank);
            self.consider(discount, chosen);
            chosen.pop();
        }
        if slots == 1 {
            return;
        }
        for (index, (piece, here)) in rest.iter().zip(&next).enumerate() {
            // A longer set holds this piece and one after it, or begins after it.
            let after = index.saturating_add(1);
            if !self.may_improve(sheet.discount, chosen, tail(&next, index)) {
                return;
            }
            let discount = sheet.discount.saturating_add(here.amount);
            chosen.push(piece.rank);
            if self.may_improve(discount, chosen, tail(&next, after)) {
                let mut sheet = sheet.clone();
                sheet.take(&piece.job.work);
                self.explore(&sheet, chosen, tail(rest, after));
            }
            chosen.pop();
        }
    }

    /// Whether a set of `chosen`, which takes off `discount`, and at least one of `rest` could beat the
    /// best.
    fn may_improve(&self, discount: Amount, chosen: &[usize], rest: &[Next]) -> bool {
        let slots = self.max_codes.saturating_sub(chosen.len());
        if slots == 0 || rest.is_empty() {
            return false;
        }
        let mut amounts: Vec<Amount> = rest.iter().map(|next| next.amount).collect();
        amounts.sort_unstable_by_key(|amount| Reverse(*amount));
        amounts.truncate(slots);
        let most: Amount = amounts.iter().copied().sum();
        let bound = discount.saturating_add(most).min(self.ceiling);
        if bound != self.best.discount {
            return bound > self.best.discount;
        }
        let missing = self.best.discount.saturating_sub(discount);
        let needed = fewest(&amounts, missing).max(1);
        let size = chosen.len().saturating_add(needed);
        if size != self.best.ranks.len() {
            return size < self.best.ranks.len();
        }
        first_by_text(chosen, rest, needed) < self.best.ranks
    }
}

/// What a piece would take off next, and its rank.
struct Next {
    amount: Amount,
    rank: usize,
}

fn tail<T>(list: &[T], from: usize) -> &[T] {
    list.get(from..).unwrap_or_default()
}

/// How many of the largest amounts, given first, are needed for `missing`.
fn fewest(largest_first: &[Amount], missing: Amount) -> usize {
    let mut sum = Amount::ZERO;
    let mut count: usize = 0;
    for amount in largest_first {
        if sum >= missing {
            break;
        }
        sum = sum.saturating_add(*amount);
        count = count.saturating_add(1);
    }
    count
}

/// The ranks of `chosen` and the `count` of `rest` that come first by text, ascending: no set of that
/// size comes before it.
fn first_by_text(chosen: &[usize], rest: &[Next], count: usize) -> Vec<usize> {
    let mut more: Vec<usize> = rest.iter().map(|next| next.rank).collect();
    more.sort_unstable();
    more.truncate(count);
    more.extend_from_slice(chosen);
    more.sort_unstable();
    more
}
