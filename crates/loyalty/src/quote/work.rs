//! The order of work (PRICING section 4), and what one piece of work takes off.

use std::cmp::Reverse;

use crate::allocation::{Part, split};
use crate::basket::Quantity;
use crate::code::{Benefit, Code, CodeKind, CodeText, SpendTier, SpendTierBenefit};
use crate::money::{Amount, BasisPoints};
use crate::program::Stacking;
use crate::rate;

use super::cut::{Bound, Cut, Cuts, NextStep};
use super::ground::{Ground, GroundLine, Reach};

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
    /// What the first so many units on its lines still cost.
    Units(Quantity),
}

/// One discount to be made: what, where, and the most it may be.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) takes: Takes,
    /// One for each line of the basket.
    pub(super) lines: Vec<bool>,
    /// The most that the code takes off.
    pub(super) max_discount: Option<Amount>,
    /// What is left of its budget.
    pub(super) budget_left: Option<Amount>,
}

impl Work {
    /// What `max_discount` and the budget leave of an amount.
    fn allowed(&self, wanted: Amount) -> Amount {
        let most = self.max_discount.unwrap_or(Amount::MAX);
        let left = self.budget_left.unwrap_or(Amount::MAX);
        wanted.min(most).min(left)
    }
}

/// The work of a discounting code.
#[derive(Debug, Clone)]
pub(super) struct Job<'a> {
    pub(super) code: &'a Code,
    pub(super) step: Step,
    pub(super) work: Work,
    /// What more of its lines would open, for spend tiers.
    pub(super) next_step: Option<NextStep>,
}

impl<'a> Job<'a> {
    /// The work of `code` on the lines of `reach`, or `None` if it takes no money off. `spent` is
    /// what the code took off before, all sales together.
    pub(super) fn new(
        code: &'a Code,
        ground: &Ground<'_>,
        reach: &Reach,
        spent: Amount,
    ) -> Option<Self> {
        let mut lines = reach.lines.clone();
        let takes = match &code.benefit {
            Benefit::Tracking | Benefit::PointsMultiplier(_) | Benefit::BonusPoints(_) => {
                return None;
            }
            Benefit::Percent(rate) => Takes::Share(*rate),
            Benefit::Fixed(amount) => Takes::Fixed(*amount),
            Benefit::SpendTiers(tiers) => spend_tier(tiers, reach.gross),
            Benefit::FreeProduct { product, units } => {
                lines = free_lines(ground, product).lines;
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
        let budget_left = code
            .limits
            .budget
            .map(|budget| budget.saturating_sub(spent));
        let work = Work {
            takes,
            lines,
            max_discount: code.max_discount,
            budget_left,
        };
        let next_step = NextStep::of(code, reach.gross);
        Some(Self {
            code,
            step,
            work,
            next_step,
        })
    }

    /// What jobs are sorted by: step, priority descending, code bytes ascending. Never scan order.
    pub(super) fn order(&self) -> (Step, Reverse<i32>, &'a CodeText) {
        (self.step, Reverse(self.code.priority), &self.code.text)
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

/// The lines while discounts are being made.
#[derive(Debug, Clone)]
pub(super) struct Sheet<'g> {
    ground: &'g Ground<'g>,
    lines: Vec<SheetLine>,
    /// What all discounts together may still take.
    cap_left: Amount,
    stacking: Stacking,
    /// What was taken off so far.
    pub(super) discount: Amount,
}

#[derive(Debug, Clone, Copy)]
struct SheetLine {
    /// What is left to pay.
    left: Amount,
    /// How much of that may still be taken off.
    room: Amount,
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

impl<'g> Sheet<'g> {
    /// Nothing taken off yet. `cap` bounds all discounts together: a share of the gross, rounded down.
    pub(super) fn new(ground: &'g Ground<'g>, cap: BasisPoints, stacking: Stacking) -> Self {
        let lines = ground.lines.iter().map(|line| SheetLine {
            left: line.gross,
            room: line.room,
        });
        Self {
            ground,
            lines: lines.collect(),
            cap_left: rate::share_floor(ground.gross, cap),
            stacking,
            discount: Amount::ZERO,
        }
    }

    /// What is left to pay of each line.
    pub(super) fn nets(&self) -> impl Iterator<Item = Amount> {
        self.lines.iter().map(|line| line.left)
    }

    /// The most that anything could still take off.
    pub(super) fn can_still_take(&self) -> Amount {
        let room: Amount = self.lines.iter().map(|line| line.room).sum();
        room.min(self.cap_left)
    }

    /// What [`Sheet::take`] would take off, without the work of splitting it.
    pub(super) fn amount_of(&self, work: &Work) -> Amount {
        let (wanted, room) = match work.takes {
            Takes::Units(_) => {
                let (wanted, parts) = self.wanted_parts(work);
                (wanted, parts.iter().map(|part| part.room).sum())
            }
            Takes::Share(_) | Takes::Fixed(_) => (self.wanted(work), self.room(work)),
        };
        work.allowed(wanted).min(self.cap_left).min(room)
    }

    /// Makes one discount: the amount wanted, cut by its ceiling, then by the basket cap, split over
    /// its lines as far as they have room.
    pub(super) fn take(&mut self, work: &Work) -> Taken {
        let (wanted, parts) = self.wanted_parts(work);
        let allowed = work.allowed(wanted);
        let shares = split(allowed.min(self.cap_left), &parts);
        let amount: Amount = shares.iter().copied().sum();
        let cuts = self.cuts(work, wanted, amount);
        for (line, share) in self.lines.iter_mut().zip(&shares) {
            line.left = line.left.saturating_sub(*share);
            line.room = line.room.saturating_sub(*share);
        }
        self.cap_left = self.cap_left.saturating_sub(amount);
        self.discount = self.discount.saturating_add(amount);
        Taken {
            amount,
            shares,
            lost: allowed.saturating_sub(amount),
            cuts,
        }
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
        let left: Amount = match work.takes {
            Takes::Units(_) => Amount::MAX,
            Takes::Share(_) | Takes::Fixed(_) => {
                self.reached(work).map(|(_, line)| line.left).sum()
            }
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
        let lines = self.lines.iter().zip(&work.lines).enumerate();
        lines
            .filter(|(_, (line, is_reached))| **is_reached && line.room < line.left)
            .map(|(index, _)| index)
            .collect()
    }

    /// The lines that `work` reaches, as they were and as they are.
    fn reached<'s>(
        &'s self,
        work: &'s Work,
    ) -> impl Iterator<Item = (&'s GroundLine<'g>, &'s SheetLine)> {
        let lines = self.ground.lines.iter().zip(&self.lines);
        lines
            .zip(&work.lines)
            .filter(|(_, is_reached)| **is_reached)
            .map(|(line, _)| line)
    }

    fn room(&self, work: &Work) -> Amount {
        self.reached(work).map(|(_, line)| line.room).sum()
    }

    /// The amount that a share or a fixed amount wants before any bound.
    fn wanted(&self, work: &Work) -> Amount {
        match (work.takes, self.stacking) {
            (Takes::Share(rate), Stacking::Additive) => {
                let gross = self.reached(work).map(|(ground, _)| ground.gross).sum();
                rate::share_half_up(gross, rate)
            }
            (Takes::Share(rate), Stacking::Compounding) => {
                let left = self.reached(work).map(|(_, line)| line.left).sum();
                rate::share_half_up(left, rate)
            }
            (Takes::Fixed(amount), _) => amount,
            (Takes::Units(_), _) => self.wanted_parts(work).0,
        }
    }

    /// The amount wanted, and the weight and room of each line. Weights: percent = line gross; fixed
    /// = what is left of the line; free units = what they still cost, which is also the most that
    /// they can take.
    fn wanted_parts(&self, work: &Work) -> (Amount, Vec<Part>) {
        let lines = self.ground.lines.iter().zip(&self.lines).zip(&work.lines);
        let part = |weight: Amount, room: Amount, is_reached: bool| Part {
            weight: if is_reached { weight } else { Amount::ZERO },
            room,
        };
        match work.takes {
            Takes::Share(_) => {
                let parts = lines.map(|((ground, line), is)| part(ground.gross, line.room, *is));
                (self.wanted(work), parts.collect())
            }
            Takes::Fixed(amount) => {
                let parts = lines.map(|((_, line), is)| part(line.left, line.room, *is));
                (amount, parts.collect())
            }
            Takes::Units(units) => {
                let mut units_left = units.thousandths();
                let mut wanted = Amount::ZERO;
                let mut parts = Vec::with_capacity(self.lines.len());
                for ((ground, line), is_reached) in lines {
                    let here = if *is_reached { units_left } else { 0 };
                    let quantity = ground.line.quantity;
                    let free = here.min(quantity.thousandths());
                    units_left = units_left.saturating_sub(free);
                    let cost = if free == 0 {
                        Amount::ZERO
                    } else {
                        rate::part_half_up(line.left, Quantity::from_thousandths(free), quantity)
                    };
                    wanted = wanted.saturating_add(cost);
                    parts.push(part(cost, line.room.min(cost), *is_reached));
                }
                (wanted, parts)
            }
        }
    }
}
