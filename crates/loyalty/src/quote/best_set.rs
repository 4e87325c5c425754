//! The best set: the subset of the scanned discounting codes that takes most off.
//!
//! Exact, by branch and bound. Sets grow in the order of work, so that each one is priced from its
//! prefix with a single further discount. What a code would take off right after the prefix is the most
//! it takes off in any longer set, since the codes between only use up room, cap and what is left; so
//! the prefix and the largest of these amounts bound every longer set from above. (Where two codes make
//! units of one product free, the second may come to dearer units; the room of their lines bounds it.)
//! Where percents compound there is a second bound, which knows that each works on no more than what the ones before
//! it left of all lines that any code reaches. A third knows how much two of the largest codes get in
//! each other's way (`overlap`), and the last code of a set is bounded by what the one before it takes at
//! least off the lines of both. Most sets are never priced.
//!
//! Of codes that derive from one parent a set holds one at most. Of codes that do the same work the
//! ones that come first by text are enough: another in its place gives the same discount.

mod next;
mod overlap;

use std::cmp::Reverse;

use crate::allocation::Splitter;
use crate::code::CodeText;
use crate::money::Amount;
use crate::rate;

use super::admission::Candidate;
use super::sheet::Sheet;
use super::work::{Job, Takes};
use next::{Next, fewest, first_by_text, next_amounts};
use overlap::{Looks, Overlap};

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
    jobs.sort_unstable_by_key(|job| job.resolved.scanned);
    let mut pieces: Vec<Piece<'_, '_>> = Vec::with_capacity(jobs.len());
    for (rank, job) in jobs.iter().enumerate() {
        let piece = Piece::new(start, job, rank, &pieces);
        if !piece.alone.is_zero() {
            pieces.push(piece);
        }
    }
    let mut search = Search {
        max_codes,
        ceiling: start.discount.saturating_add(start.can_still_take()),
        best: Set {
            discount: start.discount,
            ranks: Vec::new(),
        },
        reachable: start
            .discount
            .saturating_add(start.left_of_any(pieces.iter().map(|piece| &piece.job.work))),
        looks: Looks::default(),
        splitter: Splitter::default(),
        spare: Vec::new(),
    };
    if max_codes > 0 {
        for piece in &pieces {
            let discount = start.discount.saturating_add(piece.alone);
            search.consider(discount, &[piece.rank]);
        }
    }
    pieces.retain(|piece| piece.job.resolved.code.stackable);
    mark_those_that_may_grow(&mut pieces);
    pieces.sort_unstable_by_key(|piece| piece.job.order());
    search.try_largest(start, &pieces);
    search.explore(start, &mut Vec::new(), &pieces);
    let ranked = jobs.iter().enumerate();
    let chosen = ranked.filter(|(rank, _)| search.best.ranks.contains(rank));
    let codes = chosen
        .map(|(_, job)| job.resolved.scanned.clone())
        .collect();
    (codes, search.best.discount)
}

/// A job, what it takes off alone, and its rank among the candidates by text.
#[derive(Clone, Copy)]
struct Piece<'a, 'j> {
    job: &'j Job<'a>,
    alone: Amount,
    rank: usize,
    /// The rank of the first piece that does the same work.
    kind: usize,
    /// Whether it may take off more after another piece: where both make units of one product free, it
    /// may come to dearer ones.
    may_grow: bool,
}

impl<'a, 'j> Piece<'a, 'j> {
    /// `before`: the pieces that come first by text.
    fn new(start: &Sheet<'_>, job: &'j Job<'a>, rank: usize, before: &[Self]) -> Self {
        let alone = start.amount_of(&job.work);
        let same = before
            .iter()
            .find(|other| other.alone == alone && other.job.work == job.work);
        let kind = same.map_or(rank, |same| same.kind);
        Self {
            job,
            alone,
            rank,
            kind,
            may_grow: false,
        }
    }

    /// Whether no set may hold both.
    fn excludes(&self, other: &Self) -> bool {
        self.job.resolved.family() == other.job.resolved.family()
    }

    /// Whether a set in which this piece stands in the place of `other` is as good and comes first by
    /// text.
    fn stands_for(&self, other: &Self) -> bool {
        self.kind == other.kind && self.rank < other.rank
    }
}

/// A set that was priced.
struct Set {
    discount: Amount,
    /// Ascending.
    ranks: Vec<usize>,
}

struct Search<'g> {
    max_codes: usize,
    /// The most that any set can take off, tier included.
    ceiling: Amount,
    best: Set,
    /// What the lines that any piece reaches cost after the tier's discount, and that discount: less the
    /// discount of a sheet, no less than what is left of those lines.
    reachable: Amount,
    looks: Looks,
    splitter: Splitter,
    /// Sheets that nobody looks at any more: the memory of the next ones.
    spare: Vec<Sheet<'g>>,
}

impl<'g> Search<'g> {
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
    fn try_largest(&mut self, start: &Sheet<'g>, pieces: &[Piece<'_, '_>]) {
        let mut largest: Vec<&Piece<'_, '_>> = pieces.iter().collect();
        largest.sort_unstable_by_key(|piece| (Reverse(piece.alone), piece.rank));
        let mut distinct: Vec<&Piece<'_, '_>> = Vec::with_capacity(largest.len());
        for piece in largest {
            if !distinct.iter().any(|other| other.excludes(piece)) {
                distinct.push(piece);
            }
        }
        let mut largest = distinct;
        largest.truncate(self.max_codes);
        largest.sort_unstable_by_key(|piece| piece.job.order());
        let mut sheet = start.clone();
        for piece in &largest {
            let amount = sheet.amount_of(&piece.job.work);
            sheet.take_known(&piece.job.work, amount, &mut self.splitter);
        }
        let ranks: Vec<usize> = largest.iter().map(|piece| piece.rank).collect();
        self.consider(sheet.discount, &ranks);
    }

    /// Prices every set of `chosen`, which costs `sheet`, and some of `rest` that can still beat the
    /// best.
    fn explore(&mut self, sheet: &Sheet<'g>, chosen: &mut Vec<usize>, rest: &[Piece<'_, '_>]) {
        let slots = self.max_codes.saturating_sub(chosen.len());
        if slots == 0 || rest.is_empty() {
            return;
        }
        let next = next_amounts(sheet, rest, slots);
        for next in &next {
            let discount = sheet.discount.saturating_add(next.takes);
            chosen.push(next.rank);
            self.consider(discount, chosen);
            chosen.pop();
        }
        if slots == 1 {
            return;
        }
        let overlap = Overlap::of_largest(sheet, rest, &next);
        let overlap = overlap.as_ref();
        for (index, (piece, here)) in rest.iter().zip(&next).enumerate() {
            // A longer set holds this piece and one after it, or begins after it.
            let after = index.saturating_add(1);
            if !self.may_improve(sheet.discount, chosen, tail(&next, index), overlap) {
                return;
            }
            // Nothing stands between this piece and one that was left out before it.
            let left_out = rest.iter().take(index);
            if left_out.into_iter().any(|other| other.stands_for(piece)) {
                continue;
            }
            let discount = sheet.discount.saturating_add(here.takes);
            chosen.push(piece.rank);
            let may_improve = self.may_improve(discount, chosen, tail(&next, after), overlap)
                && match (tail(rest, after), tail(&next, after)) {
                    ([last], [alone]) => {
                        let taken = (*piece, here.takes);
                        self.may_improve_by(sheet, chosen, taken, (*last, alone.amount))
                    }
                    _ => true,
                };
            if may_improve {
                let spare = self.spare.pop();
                let mut after_it = spare.unwrap_or_else(|| sheet.clone());
                after_it.clone_from(sheet);
                after_it.take_known(&piece.job.work, here.takes, &mut self.splitter);
                let rest = tail(rest, after);
                if rest.iter().any(|other| other.excludes(piece)) {
                    let others = rest.iter().filter(|other| !other.excludes(piece));
                    let others: Vec<Piece<'_, '_>> = others.copied().collect();
                    self.explore(&after_it, chosen, &others);
                } else {
                    self.explore(&after_it, chosen, rest);
                }
                self.spare.push(after_it);
            }
            chosen.pop();
        }
    }

    /// Whether `last`, the only piece that is left, could make a set of `chosen` the best, the last of
    /// which has just `taken` so much off `sheet`.
    fn may_improve_by(
        &mut self,
        sheet: &Sheet<'_>,
        chosen: &[usize],
        (piece, taken): (Piece<'_, '_>, Amount),
        (last, alone): (Piece<'_, '_>, Amount),
    ) -> bool {
        let discount = sheet.discount.saturating_add(taken);
        let prospect = sheet.prospect(&last.job.work, alone);
        let may = |on_both: Amount| {
            let most = Next::bound(prospect.after(on_both), last.rank);
            self.may_improve(discount, chosen, &[most], None)
        };
        // Where even all of it on the same lines would not rule it out, no closer look does.
        if may(taken) || !self.looks.pay() {
            return true;
        }
        let is_possible = may(sheet.least_on_both(&piece.job.work, taken, &last.job.work));
        self.looks.count(!is_possible);
        is_possible
    }

    /// The most that all of `rest` in their order can bring `discount` to. Each step gives more for a
    /// higher discount before it, never less, so that leaving pieces out brings it no higher.
    fn compounded(&self, discount: Amount, rest: &[Next]) -> Amount {
        rest.iter().fold(discount, |discount, next| {
            let left = self.reachable.saturating_sub(discount);
            let rated = next
                .rate
                .map_or(left, |rate| rate::share_half_up(left, rate));
            discount.saturating_add(next.amount.min(rated).min(left))
        })
    }

    /// Whether a set of `chosen`, which takes off `discount`, and at least one of `rest` could beat the
    /// best.
    fn may_improve(
        &self,
        discount: Amount,
        chosen: &[usize],
        rest: &[Next],
        overlap: Option<&Overlap>,
    ) -> bool {
        let slots = self.max_codes.saturating_sub(chosen.len());
        let Some(first) = rest.first().filter(|_| slots > 0) else {
            return false;
        };
        let most = first.most(slots);
        let mut bound = discount.saturating_add(most).min(self.ceiling);
        if bound > self.best.discount {
            bound = bound.min(self.compounded(discount, rest));
        }
        if let Some(overlap) = overlap.filter(|_| bound > self.best.discount) {
            let most = overlap.most(chosen, rest, slots);
            bound = bound.min(discount.saturating_add(most));
        }
        if bound != self.best.discount {
            return bound > self.best.discount;
        }
        if chosen.len() >= self.best.ranks.len() {
            return false;
        }
        let missing = self.best.discount.saturating_sub(discount);
        let needed = fewest(rest, missing).max(1);
        let size = chosen.len().saturating_add(needed);
        if size != self.best.ranks.len() {
            return size < self.best.ranks.len();
        }
        first_by_text(chosen, rest, needed) < self.best.ranks
    }
}

fn mark_those_that_may_grow(pieces: &mut [Piece<'_, '_>]) {
    let reaches: Vec<(usize, &[usize])> = pieces
        .iter()
        .filter(|piece| matches!(piece.job.work.takes, Takes::Units(_)))
        .map(|piece| (piece.rank, piece.job.work.reach.lines.as_slice()))
        .collect();
    for piece in pieces {
        let own = reaches.iter().find(|(rank, _)| *rank == piece.rank);
        piece.may_grow = own.is_some_and(|(own, lines)| {
            let mut others = reaches.iter().filter(|(rank, _)| rank != own);
            others.any(|(_, of)| of.iter().any(|line| lines.contains(line)))
        });
    }
}

fn tail<T>(list: &[T], from: usize) -> &[T] {
    list.get(from..).unwrap_or_default()
}
