//! Units of a product for nothing: which of them are free already, and what the next ones still cost.
//!
//! A code takes the first units of its product's lines, in basket order, that no other code made free.
//! What a unit costs is an equal part of what is left to pay of the units of its line that are not free.

use crate::rate;

/// The units of a basket that codes made free. Most baskets have none.
#[derive(Debug, Clone, Default)]
pub(super) struct FreeUnits(Vec<OfLine>);

#[derive(Debug, Clone, Copy, Default)]
struct OfLine {
    /// Place in the basket.
    line: usize,
    /// How many of the line's units.
    thousandths: u64,
    /// What they still cost, where a bound kept a code from taking all of it.
    left: u64,
}

/// A line of the product as it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProductLine {
    /// Place in the basket.
    pub(super) line: usize,
    /// Its units; 0 for a line that nothing can be taken off, whatever the codes.
    pub(super) thousandths: u64,
    /// What is left to pay of it, minor units.
    pub(super) left: u64,
    /// The most that may be taken off it, minor units.
    pub(super) room: u64,
}

/// The units of one line that a code makes free.
#[derive(Debug, Clone, Copy)]
pub(super) struct FreePart {
    line: usize,
    /// How many.
    pub(super) thousandths: u64,
    /// What they still cost, minor units.
    pub(super) cost: u64,
    /// The most of that which can be taken off, minor units.
    pub(super) most: u64,
}

impl FreeUnits {
    pub(super) fn assign_from(&mut self, source: &Self) {
        self.0.clone_from(&source.0);
    }

    /// The units of `line` that come next, at most `wanted` thousandths.
    pub(super) fn next_of(&self, line: ProductLine, wanted: u64) -> FreePart {
        let before = self.0.iter().find(|of| of.line == line.line);
        let before = before.copied().unwrap_or_default();
        let open = line.thousandths.saturating_sub(before.thousandths);
        let left = line.left.saturating_sub(before.left);
        let thousandths = wanted.min(open);
        let cost = match thousandths {
            0 => 0,
            all if all == open => left,
            part => rate::part_half_up(left, part, open),
        };
        FreePart {
            line: line.line,
            thousandths,
            cost,
            most: cost.min(line.room),
        }
    }

    /// Units are free now of which `share` was taken off; where nothing was, they are as they were.
    pub(super) fn remember(&mut self, part: FreePart, share: u64) {
        if share == 0 {
            return;
        }
        let left = part.cost.saturating_sub(share);
        match self.0.iter_mut().find(|of| of.line == part.line) {
            Some(of) => {
                of.thousandths = of.thousandths.saturating_add(part.thousandths);
                of.left = of.left.saturating_add(left);
            }
            None => self.0.push(OfLine {
                line: part.line,
                thousandths: part.thousandths,
                left,
            }),
        }
    }
}
