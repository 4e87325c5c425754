//! The lines while discounts are being made, and what one discount takes off them.

use crate::allocation::{self, Splitter};
use crate::basket::Quantity;
use crate::money::{Amount, BasisPoints};
use crate::program::Stacking;
use crate::rate;

use super::cut::{Bound, Cut, Cuts};
use super::free::{FreePart, FreeUnits, ProductLine};
use super::ground::Ground;
use super::work::{Takes, Work};

/// The lines while discounts are being made. Columns of plain units, because the search for the best
/// set sums and copies them thousands of times; together they never pass [`Amount::MAX`].
#[derive(Debug)]
pub(super) struct Sheet<'g> {
    ground: &'g Ground<'g>,
    /// What is left to pay of each line.
    left: Vec<u64>,
    /// How much of that may still be taken off.
    room: Vec<u64>,
    free: FreeUnits,
    /// What all discounts together may still take.
    cap_left: Amount,
    stacking: Stacking,
    /// What was taken off so far.
    pub(super) discount: Amount,
}

/// What decides how much a piece of work takes off.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prospect {
    /// What it takes off now.
    alone: Amount,
    /// What may still be taken off its lines.
    room: Amount,
    /// Its rate and what is left of its lines, if it takes a share of that.
    of_left: Option<(BasisPoints, Amount)>,
}

impl Prospect {
    /// The most that it takes off when others have `taken` so much off its lines.
    pub(super) fn after(&self, taken: Amount) -> Amount {
        let most = self.alone.min(self.room.saturating_sub(taken));
        match self.of_left {
            Some((rate, left)) => most.min(rate::share_half_up(left.saturating_sub(taken), rate)),
            None => most,
        }
    }
}

/// What a piece of work took off.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    /// The sum of `shares`.
    pub(super) amount: Amount,
    /// One for each line of the basket.
    pub(super) shares: Vec<Amount>,
    /// What fitted nowhere: beyond the room of its lines or the basket cap.
    pub(super) lost: Amount,
    /// The bounds that bit, in the order in which they work; with `amount` they come to what the
    /// benefit says.
    pub(super) cuts: Vec<Cut>,
}

impl Clone for Sheet<'_> {
    fn clone(&self) -> Self {
        Self {
            left: self.left.clone(),
            room: self.room.clone(),
            free: self.free.clone(),
            ..*self
        }
    }

    /// Without new memory where the sheets have as many lines.
    fn clone_from(&mut self, source: &Self) {
        self.left.clone_from(&source.left);
        self.room.clone_from(&source.room);
        self.free.assign_from(&source.free);
        self.cap_left = source.cap_left;
        self.discount = source.discount;
    }
}

impl<'g> Sheet<'g> {
    /// Nothing taken off yet. `cap` bounds all discounts together: a share of the gross, rounded down.
    pub(super) fn new(ground: &'g Ground<'g>, cap: BasisPoints, stacking: Stacking) -> Self {
        let lines = &ground.lines;
        Self {
            ground,
            left: lines.iter().map(|line| line.gross.units()).collect(),
            room: lines.iter().map(|line| line.room.units()).collect(),
            free: FreeUnits::default(),
            cap_left: rate::share_floor(ground.gross, cap),
            stacking,
            discount: Amount::ZERO,
        }
    }

    /// What is left to pay of each line.
    pub(super) fn nets(&self) -> impl Iterator<Item = Amount> {
        self.left.iter().copied().map(Amount::of_units)
    }

    /// The most that anything could still take off.
    pub(super) fn can_still_take(&self) -> Amount {
        let room = self
            .room
            .iter()
            .fold(0_u64, |sum, room| sum.wrapping_add(*room));
        Amount::of_units(room).min(self.cap_left)
    }

    /// What is left to pay of the lines that at least one of `works` reaches.
    pub(super) fn left_of_any<'w>(&self, works: impl Iterator<Item = &'w Work>) -> Amount {
        let mut is_reached = vec![false; self.left.len()];
        for index in works.flat_map(|work| &work.reach.lines) {
            if let Some(flag) = is_reached.get_mut(*index) {
                *flag = true;
            }
        }
        let lines = self.nets().zip(is_reached);
        lines.filter(|(_, is)| *is).map(|(left, _)| left).sum()
    }

    /// The rate of `work`, if it is a share of what earlier discounts left of its lines.
    pub(super) fn rate_of_left(&self, work: &Work) -> Option<BasisPoints> {
        match (work.takes, self.stacking) {
            (Takes::Share(rate), Stacking::Compounding) => Some(rate),
            _ => None,
        }
    }

    /// What [`Sheet::take`] would take off, without the work of splitting it.
    pub(super) fn amount_of(&self, work: &Work) -> Amount {
        let (wanted, room) = match work.takes {
            Takes::Units(units) => {
                let parts = self.free_parts(work, units);
                let sums = parts.fold((0_u64, 0_u64), |(wanted, room), part| {
                    (wanted.wrapping_add(part.cost), room.wrapping_add(part.most))
                });
                (Amount::of_units(sums.0), Amount::of_units(sums.1))
            }
            Takes::Share(_) | Takes::Fixed(_) => (self.wanted(work), work.reach.sum(&self.room)),
        };
        work.allowed(wanted).min(self.cap_left).min(room)
    }

    /// The most that `work` takes off whatever else is done before it.
    pub(super) fn most_of(&self, work: &Work) -> Amount {
        let room = work.reach.sum(&self.room);
        work.allowed(room).min(self.cap_left)
    }

    /// What `work`, which takes off `alone` now, would after others.
    pub(super) fn prospect(&self, work: &Work, alone: Amount) -> Prospect {
        // More than the whole is bounded by the room.
        let rate = self
            .rate_of_left(work)
            .filter(|rate| *rate <= BasisPoints::WHOLE);
        Prospect {
            alone,
            room: work.reach.sum(&self.room),
            of_left: rate.map(|rate| (rate, work.reach.sum(&self.left))),
        }
    }

    /// The least that lines of `next` have of the `amount` that `work` takes off, found without splitting
    /// it to the last unit.
    pub(super) fn least_on_both(&self, work: &Work, amount: Amount, next: &Work) -> Amount {
        let weights = match work.takes {
            Takes::Share(_) => &self.ground.gross_column,
            Takes::Fixed(_) => &self.left,
            Takes::Units(_) => return Amount::ZERO,
        };
        let masks = work.reach.masks().zip(next.reach.masks());
        let lines = weights.iter().zip(&self.room).zip(masks);
        let parts = lines.map(|((weight, room), (mask, next))| (weight & mask, *room, next));
        Amount::of_units(allocation::least(amount.units(), parts))
    }

    /// Makes one discount: the amount wanted, cut by its bounds, then by the basket cap, split over
    /// its lines as far as they have room.
    pub(super) fn take(&mut self, work: &Work) -> Taken {
        let wanted = self.wanted(work);
        let allowed = work.allowed(wanted);
        let mut splitter = Splitter::default();
        let given = self.split(work, allowed, &mut splitter);
        let amount = Amount::of_units(given.iter().fold(0, |sum, share| sum.wrapping_add(*share)));
        let mut shares = vec![Amount::ZERO; self.left.len()];
        for (index, share) in work.reach.lines.iter().zip(given) {
            if let Some(place) = shares.get_mut(*index) {
                *place = Amount::of_units(*share);
            }
        }
        let cuts = self.cuts(work, wanted, amount);
        self.take_off(work, given, amount);
        Taken {
            amount,
            shares,
            lost: allowed.saturating_sub(amount),
            cuts,
        }
    }

    /// [`Sheet::take`] for the search, which knows the [`Sheet::amount_of`] the work and asks only what
    /// is left.
    pub(super) fn take_known(&mut self, work: &Work, amount: Amount, splitter: &mut Splitter) {
        let shares = self.split(work, amount, splitter);
        self.take_off(work, shares, amount);
    }

    /// The shares of the lines that `work` reaches. Weights: percent = line gross; fixed = what is left
    /// of the line; free units = what they still cost, which is also the most that they can take.
    fn split<'s>(&self, work: &Work, allowed: Amount, splitter: &'s mut Splitter) -> &'s [u64] {
        let rooms = work.reach.of(&self.room);
        match work.takes {
            Takes::Share(_) => splitter.load(work.reach.of(&self.ground.gross_column).zip(rooms)),
            Takes::Fixed(_) => splitter.load(work.reach.of(&self.left).zip(rooms)),
            Takes::Units(units) => {
                let parts = self.free_parts(work, units);
                splitter.load(parts.map(|part| (part.cost, part.most)));
            }
        }
        splitter.split(allowed.min(self.cap_left).units())
    }

    fn take_off(&mut self, work: &Work, shares: &[u64], amount: Amount) {
        if let Takes::Units(units) = work.takes {
            let parts: Vec<FreePart> = self.free_parts(work, units).collect();
            for (part, share) in parts.into_iter().zip(shares) {
                self.free.remember(part, *share);
            }
        }
        for (index, share) in work.reach.lines.iter().zip(shares) {
            if let (Some(left), Some(room)) = (self.left.get_mut(*index), self.room.get_mut(*index))
            {
                *left = left.wrapping_sub(*share);
                *room = room.wrapping_sub(*share);
            }
        }
        self.cap_left = self.cap_left.saturating_sub(amount);
        self.discount = self.discount.saturating_add(amount);
    }

    /// Which bounds make `wanted` only `amount`, before that is taken.
    fn cuts(&self, work: &Work, wanted: Amount, amount: Amount) -> Vec<Cut> {
        if amount == wanted {
            return Vec::new();
        }
        let mut cuts = Cuts::of(wanted);
        cuts.bound(work.max_discount.unwrap_or(Amount::MAX), || {
            Bound::MaxDiscount
        });
        cuts.bound(work.budget_left.unwrap_or(Amount::MAX), || Bound::Budget);
        // Free units want what they cost, so that only a floor can keep them.
        let left = match work.takes {
            Takes::Units(_) => Amount::MAX,
            Takes::Share(_) | Takes::Fixed(_) => work.reach.sum(&self.left),
        };
        cuts.bound(left, || Bound::NothingLeft);
        cuts.bound(self.cap_left, || Bound::BasketCap);
        cuts.bound(amount, || Bound::Floor {
            lines: self.floored(work),
        });
        cuts.into_found()
    }

    /// The lines of `work` that cost something and cannot be taken down to nothing.
    fn floored(&self, work: &Work) -> Vec<usize> {
        let reach = &work.reach;
        let lines = reach.of(&self.room).zip(reach.of(&self.left));
        let floored = lines
            .zip(&reach.lines)
            .filter(|((room, left), _)| room < left);
        floored.map(|(_, index)| *index).collect()
    }

    /// The amount wanted before any bound.
    fn wanted(&self, work: &Work) -> Amount {
        match (work.takes, self.stacking) {
            (Takes::Share(rate), Stacking::Additive) => rate::share_half_up(work.reach.gross, rate),
            (Takes::Share(rate), Stacking::Compounding) => {
                rate::share_half_up(work.reach.sum(&self.left), rate)
            }
            (Takes::Fixed(amount), _) => amount,
            (Takes::Units(units), _) => {
                let costs = self.free_parts(work, units).map(|part| part.cost);
                Amount::of_units(costs.fold(0, u64::wrapping_add))
            }
        }
    }

    /// The units that `work` makes free on each line that it reaches.
    fn free_parts<'s>(
        &'s self,
        work: &'s Work,
        units: Quantity,
    ) -> impl ExactSizeIterator<Item = FreePart> + 's {
        let mut wanted = units.thousandths();
        let quantities = work.reach.of(&self.ground.thousandths_column);
        let lines = work.reach.of(&self.left).zip(work.reach.of(&self.room));
        let lines = quantities.zip(lines).zip(&work.reach.lines);
        lines.map(move |((quantity, (left, room)), line)| {
            let line = ProductLine {
                line: *line,
                thousandths: if self.ground.can_be_reduced(*line) {
                    quantity
                } else {
                    0
                },
                left,
                room,
            };
            let part = self.free.next_of(line, wanted);
            wanted = wanted.saturating_sub(part.thousandths);
            part
        })
    }
}
