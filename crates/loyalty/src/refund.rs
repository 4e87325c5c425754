//! Refunds by line and quantity that add up exactly to the whole.
//!
//! Nothing is priced again. What is due after a number of returns is a floor of the whole, and each
//! return gives the difference to what was given before: returning everything, in whatever parts,
//! gives back exactly what was paid, and takes back exactly what was earned.

use crate::basket::Quantity;
use crate::code::Reinstate;
use crate::money::Amount;
use crate::rate;

/// A line as it was sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoldLine {
    /// What was paid for the line after discounts.
    pub net: Amount,
    /// How many units.
    pub quantity: Quantity,
}

/// Units of one line that come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReturnedLine {
    /// Position of the line in the sale, from 0.
    pub line: usize,
    /// How many units.
    pub quantity: Quantity,
}

/// What one return gives and takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Money for the customer.
    pub money: Amount,
    /// The same by line of the sale.
    pub money_by_line: Vec<Amount>,
    /// Earned points that go back to the shop, never more than were earned.
    pub points_taken_back: i64,
    /// Spent points that go back to the customer, never more than were spent.
    pub points_given_back: i64,
    /// Whether every unit of the sale has now come back.
    pub is_full: bool,
}

/// Why a return cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnRefusal {
    /// The sale has no such line.
    NoSuchLine {
        /// The position asked for.
        line: usize,
    },
    /// More than what is left of the line.
    MoreThanSold {
        /// The position of the line.
        line: usize,
        /// What can still come back.
        left: Quantity,
    },
}

/// A sale and what came back of it so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returns {
    lines: Vec<LineReturns>,
    earned: i64,
    spent: i64,
    taken_back: i64,
    given_back: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LineReturns {
    net: Amount,
    sold_thousandths: u64,
    returned_thousandths: u64,
    refunded: Amount,
}

impl Returns {
    /// A sale of which nothing came back yet, with the points it earned and the points that paid for
    /// a part of it.
    pub fn of(lines: &[SoldLine], earned: i64, spent: i64) -> Self {
        let lines = lines.iter().map(|line| LineReturns {
            net: line.net,
            sold_thousandths: line.quantity.thousandths(),
            returned_thousandths: 0,
            refunded: Amount::ZERO,
        });
        Self {
            lines: lines.collect(),
            earned: earned.max(0),
            spent: spent.max(0),
            taken_back: 0,
            given_back: 0,
        }
    }

    /// Takes units back. A refused return changes nothing.
    ///
    /// ```
    /// use mostrador_loyalty::basket::Quantity;
    /// use mostrador_loyalty::money::Amount;
    /// use mostrador_loyalty::refund::{ReturnedLine, Returns, SoldLine};
    /// let three = Quantity::new(3.into()).unwrap();
    /// let sold = SoldLine { net: Amount::from_minor(1000).unwrap(), quantity: three };
    /// let mut returns = Returns::of(&[sold], 100, 0);
    /// let one = ReturnedLine { line: 0, quantity: Quantity::ONE };
    /// let money = [(); 3].map(|()| returns.take_back(&[one]).unwrap().money.minor());
    /// assert_eq!(money, [333, 333, 334]);
    /// ```
    pub fn take_back(&mut self, returned: &[ReturnedLine]) -> Result<Refund, ReturnRefusal> {
        let mut after = self.clone();
        for one in returned {
            after.return_units(one)?;
        }
        let money_by_line: Vec<Amount> = after.lines.iter_mut().map(LineReturns::settle).collect();
        let is_full = after.is_full();
        let taken_back = after.points_due(after.earned);
        let given_back = after.points_due(after.spent);
        let refund = Refund {
            money: money_by_line.iter().copied().sum(),
            money_by_line,
            points_taken_back: taken_back.saturating_sub(after.taken_back),
            points_given_back: given_back.saturating_sub(after.given_back),
            is_full,
        };
        after.taken_back = taken_back;
        after.given_back = given_back;
        *self = after;
        Ok(refund)
    }

    fn return_units(&mut self, returned: &ReturnedLine) -> Result<(), ReturnRefusal> {
        let line = self
            .lines
            .get_mut(returned.line)
            .ok_or(ReturnRefusal::NoSuchLine {
                line: returned.line,
            })?;
        let left = line
            .sold_thousandths
            .saturating_sub(line.returned_thousandths);
        let wanted = returned.quantity.thousandths();
        if wanted > left {
            return Err(ReturnRefusal::MoreThanSold {
                line: returned.line,
                left: Quantity::from_thousandths(left),
            });
        }
        line.returned_thousandths = line.returned_thousandths.saturating_add(wanted);
        Ok(())
    }

    /// Points due back of `points`, by the money returned so far. A sale that cost nothing gives its
    /// points back with its last unit.
    fn points_due(&self, points: i64) -> i64 {
        let net: Amount = self.lines.iter().map(|line| line.net).sum();
        let refunded: Amount = self.lines.iter().map(|line| line.refunded).sum();
        if net.is_zero() {
            return if self.is_full() { points } else { 0 };
        }
        rate::cumulative_floor(points, refunded.units().into(), net.units().into())
    }

    fn is_full(&self) -> bool {
        self.lines
            .iter()
            .all(|line| line.returned_thousandths >= line.sold_thousandths)
    }
}

impl LineReturns {
    /// Brings `refunded` up to what is due, and returns the difference.
    fn settle(&mut self) -> Amount {
        if self.returned_thousandths == 0 {
            return Amount::ZERO;
        }
        let due = rate::cumulative_floor(
            self.net.minor(),
            self.returned_thousandths.into(),
            self.sold_thousandths.into(),
        );
        let due = Amount::clamped(due.into());
        let difference = due.saturating_sub(self.refunded);
        self.refunded = due;
        difference
    }
}

/// How a sale was undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undoing {
    /// Voided on its own day, before the day was closed.
    VoidedSameDay,
    /// Every unit came back.
    FullReturn,
    /// Some units came back.
    PartReturn,
}

/// Whether the use of a code comes back when its sale is undone like this (PRICING section 11).
pub const fn gives_use_back(reinstate: Reinstate, undoing: Undoing) -> bool {
    match undoing {
        Undoing::VoidedSameDay => true,
        Undoing::FullReturn => matches!(reinstate, Reinstate::FullReturn),
        Undoing::PartReturn => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::new(text.parse().unwrap()).unwrap()
    }

    fn sold(net: i64, units: &str) -> SoldLine {
        SoldLine {
            net: Amount::from_minor(net).unwrap(),
            quantity: quantity(units),
        }
    }

    fn returned(line: usize, units: &str) -> ReturnedLine {
        ReturnedLine {
            line,
            quantity: quantity(units),
        }
    }

    #[test]
    fn more_than_sold_is_refused_and_changes_nothing() {
        let mut returns = Returns::of(&[sold(1000, "2"), sold(300, "1")], 0, 0);
        let untouched = returns.clone();
        let refusal = returns.take_back(&[returned(1, "1"), returned(0, "1.5"), returned(0, "1")]);
        let left = quantity("0.5");
        assert_eq!(refusal, Err(ReturnRefusal::MoreThanSold { line: 0, left }));
        assert_eq!(returns, untouched);
        let refusal = returns.take_back(&[returned(1, "1.001")]);
        let left = quantity("1");
        assert_eq!(refusal, Err(ReturnRefusal::MoreThanSold { line: 1, left }));
        let refusal = returns.take_back(&[returned(2, "1")]);
        assert_eq!(refusal, Err(ReturnRefusal::NoSuchLine { line: 2 }));
    }

    #[test]
    fn points_go_back_by_the_money_returned() {
        let mut returns = Returns::of(&[sold(900, "1"), sold(100, "1")], 99, 50);
        let first = returns.take_back(&[returned(0, "1")]).unwrap();
        assert_eq!((first.points_taken_back, first.points_given_back), (89, 45));
        let last = returns.take_back(&[returned(1, "1")]).unwrap();
        assert_eq!((last.points_taken_back, last.points_given_back), (10, 5));
    }

    #[test]
    fn a_free_sale_gives_its_points_back_with_the_last_unit() {
        let mut returns = Returns::of(&[sold(0, "2")], 50, 0);
        let first = returns.take_back(&[returned(0, "1")]).unwrap();
        assert_eq!((first.points_taken_back, first.is_full), (0, false));
        let last = returns.take_back(&[returned(0, "1")]).unwrap();
        assert_eq!((last.points_taken_back, last.is_full), (50, true));
    }

    #[test]
    fn a_use_comes_back_only_on_a_void_or_where_the_code_says_so() {
        assert!(gives_use_back(Reinstate::Void, Undoing::VoidedSameDay));
        assert!(!gives_use_back(Reinstate::Void, Undoing::FullReturn));
        assert!(gives_use_back(Reinstate::FullReturn, Undoing::FullReturn));
        assert!(!gives_use_back(Reinstate::FullReturn, Undoing::PartReturn));
    }
}
