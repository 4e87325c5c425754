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
        Self { lines, gross: sum }
    }

    /// Which lines `code` works on: those that its restrictions on products, categories and partners
    /// let by and, for a code that takes money off, that may be discounted.
    pub(super) fn reach(&self, code: &Code) -> Reach {
        let needs_discountable = code.benefit.discounts();
        self.reach_of(|line| {
            (line.discountable || !needs_discountable) && matches_restrictions(code, line)
        })
    }

    /// Which lines satisfy `applies`.
    pub(super) fn reach_of(&self, applies: impl Fn(&Line) -> bool) -> Reach {
        let lines: Vec<bool> = self.lines.iter().map(|line| applies(line.line)).collect();
        let reached = self
            .lines
            .iter()
            .zip(&lines)
            .filter(|(_, reached)| **reached);
        let gross = reached.map(|(line, _)| line.gross).sum();
        Reach { lines, gross }
    }
}

/// The lines that something works on.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    /// One for each line of the basket.
    pub(super) lines: Vec<bool>,
    /// Their gross together: the eligible gross.
    pub(super) gross: Amount,
}

impl Reach {
    pub(super) fn is_empty(&self) -> bool {
        !self.lines.contains(&true)
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
