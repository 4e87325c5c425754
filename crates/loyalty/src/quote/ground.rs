//! The basket in numbers, before any code.

use crate::basket::{Basket, Line};
use crate::code::Code;
use crate::money::Amount;
use crate::rate;

/// A line with its gross and how much of it may be taken off.
#[derive(Debug, Clone, Copy)]
pub(super) struct GroundLine<'a> {
    pub(super) line: &'a Line,
    /// Unit price x quantity, rounded half up.
    pub(super) gross: Amount,
    /// Gross less the floor of the whole line (floor price x quantity, rounded half up).
    pub(super) room: Amount,
}

/// The lines in basket order.
///
/// Together they never pass [`Amount::MAX`]: a line beyond it counts only what still fits, so that
/// every sum below is exact.
#[derive(Debug, Clone)]
pub(super) struct Ground<'a> {
    pub(super) lines: Vec<GroundLine<'a>>,
    /// The lines' gross in units.
    pub(super) gross_column: Vec<u64>,
    /// The lines' quantities in thousandths.
    pub(super) thousandths_column: Vec<u64>,
    pub(super) gross: Amount,
}

impl<'a> Ground<'a> {
    pub(super) fn new(basket: &'a Basket) -> Self {
        let mut sum = Amount::ZERO;
        let mut lines = Vec::with_capacity(basket.lines.len());
        for line in &basket.lines {
            let fits = Amount::MAX.saturating_sub(sum);
            let gross = rate::price(line.unit_price, line.quantity).min(fits);
            let floor = rate::price(line.floor, line.quantity);
            sum = sum.saturating_add(gross);
            lines.push(GroundLine {
                line,
                gross,
                room: gross.saturating_sub(floor),
            });
        }
        Self {
            gross_column: lines.iter().map(|line| line.gross.units()).collect(),
            thousandths_column: basket
                .lines
                .iter()
                .map(|line| line.quantity.thousandths())
                .collect(),
            lines,
            gross: sum,
        }
    }

    /// Which lines `code` works on: those that its restrictions on products, categories and partners
    /// let by and, for a code that takes money off, that may be discounted.
    pub(super) fn reach(&self, code: &Code) -> Reach {
        let needs_discountable = code.benefit.discounts();
        self.reach_of(|line| {
            (line.discountable || !needs_discountable) && matches_restrictions(code, line)
        })
    }

    /// Whether the line in this place costs more than its floor before any code.
    pub(super) fn can_be_reduced(&self, place: usize) -> bool {
        let line = self.lines.get(place);
        line.is_some_and(|line| !line.room.is_zero())
    }

    /// Which lines satisfy `applies`.
    pub(super) fn reach_of(&self, applies: impl Fn(&Line) -> bool) -> Reach {
        let mut reach = Reach {
            lines: Vec::with_capacity(self.lines.len()),
            masks: Vec::with_capacity(self.lines.len()),
            gross: Amount::ZERO,
        };
        for (index, line) in self.lines.iter().enumerate() {
            let is_reached = applies(line.line);
            reach.masks.push(if is_reached { u64::MAX } else { 0 });
            if is_reached {
                reach.lines.push(index);
                reach.gross = reach.gross.saturating_add(line.gross);
            }
        }
        reach
    }
}

/// The lines that something works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reach {
    /// Their places in the basket, ascending.
    pub(super) lines: Vec<usize>,
    /// The same, one for each line of the basket: every bit for a line that is reached, none for
    /// another, so that sums over a column need no branch.
    masks: Vec<u64>,
    /// Their gross together: the eligible gross.
    pub(super) gross: Amount,
}

impl Reach {
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The sum over the lines of a column with one number for each line of the basket.
    pub(super) fn sum(&self, column: &[u64]) -> Amount {
        let lines = column.iter().zip(&self.masks);
        let units = lines.fold(0_u64, |sum, (units, mask)| sum.wrapping_add(units & mask));
        Amount::of_units(units)
    }

    /// How many lines.
    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.lines.len()).unwrap_or(u64::MAX)
    }

    /// Every bit for a line that is reached, none for another.
    pub(super) fn masks(&self) -> impl Iterator<Item = u64> + Clone + '_ {
        self.masks.iter().copied()
    }

    /// The numbers of the lines in a column with one for each line of the basket.
    pub(super) fn of<'c>(&'c self, column: &'c [u64]) -> impl ExactSizeIterator<Item = u64> + 'c {
        let lines = self.lines.iter();
        lines.map(|index| column.get(*index).copied().unwrap_or(0))
    }
}

fn matches_restrictions(code: &Code, line: &Line) -> bool {
    let restrictions = &code.restrictions;
    let product = restrictions.products.is_empty() || restrictions.products.contains(&line.product);
    let category = restrictions.categories.is_empty()
        || line
            .categories
            .iter()
            .any(|category| restrictions.categories.contains(category));
    let partner = restrictions.partners.is_empty()
        || line
            .partner
            .as_ref()
            .is_some_and(|partner| restrictions.partners.contains(partner));
    product && category && partner
}
