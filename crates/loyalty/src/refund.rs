//! Refunds by line and quantity that add up exactly to the whole.
//!
//! Nothing is priced again. What is due after a number of returns is a floor of the whole, and each
//! return gives the difference to what was given before: returning everything, in whatever parts,
//! gives back exactly what was paid, and takes back exactly what was earned.

mod undoing;

use chrono::NaiveDate;

use crate::account::{Lot, lots_sum};
use crate::basket::Quantity;
use crate::money::Amount;
use crate::rate;

pub use undoing::{Undoing, gives_use_back, may_void};

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
    /// The part of `money` that points had paid: it comes back as points, not as money.
    pub money_in_points: Amount,
    /// Earned points that go back to the shop, never more than were earned.
    pub points_taken_back: i64,
    /// Spent points that go back to the customer, never more than were spent.
    pub points_given_back: i64,
    /// The lots that these go back to: those that were taken last come back first.
    pub given_back: Vec<Lot>,
    /// Whether every unit of the sale has now come back.
    pub is_full: bool,
}

/// Why a return cannot be.
/// Declared in the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnRefusal {
    /// No line was chosen, or none of it.
    NothingChosen,
    /// The sale has no such line.
    NoSuchLine {
        /// The position asked for.
        line: usize,
    },
    /// More than was sold of the line.
    MoreThanSold {
        /// The position of the line.
        line: usize,
        /// What can come back.
        left: Quantity,
    },
    /// More than what is left of the line after earlier returns.
    AlreadyReturned {
        /// The position of the line.
        line: usize,
        /// What came back before.
        returned: Quantity,
        /// What can still come back; 0: all of it came back.
        left: Quantity,
    },
    /// A sale of which something came back is not voided.
    VoidAfterReturn,
    /// The day of the sale has closed.
    VoidTooLate {
        /// The local day of the sale.
        sold_on: NaiveDate,
    },
}

impl ReturnRefusal {
    /// The stable code for screens, the wire and reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NothingChosen => "nothing_chosen",
            Self::NoSuchLine { .. } => "no_such_line",
            Self::MoreThanSold { .. } => "more_than_sold",
            Self::AlreadyReturned { .. } => "already_returned",
            Self::VoidAfterReturn => "void_after_return",
            Self::VoidTooLate { .. } => "void_too_late",
        }
    }
}

/// A sale as it was paid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SoldSale {
    /// Its lines.
    pub lines: Vec<SoldLine>,
    /// Points it earned.
    pub earned: i64,
    /// Points spent on it, as tender or on rewards: the lots in the order in which they were taken.
    pub redeemed: Vec<Lot>,
    /// What the points paid as tender, minor units.
    pub paid_by_points: Amount,
}

/// A sale and what came back of it so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returns {
    lines: Vec<LineReturns>,
    earned: i64,
    redeemed: Vec<Lot>,
    paid_by_points: Amount,
    taken_back: i64,
    given_back: i64,
    given_in_points: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LineReturns {
    net: Amount,
    sold_thousandths: u64,
    returned_thousandths: u64,
    refunded: Amount,
}

impl Returns {
    /// A sale of which nothing came back yet.
    pub fn of(sale: &SoldSale) -> Self {
        let lines = sale.lines.iter().map(|line| LineReturns {
            net: line.net,
            sold_thousandths: line.quantity.thousandths(),
            returned_thousandths: 0,
            refunded: Amount::ZERO,
        });
        Self {
            lines: lines.collect(),
            earned: sale.earned.max(0),
            redeemed: sale.redeemed.clone(),
            paid_by_points: sale.paid_by_points,
            taken_back: 0,
            given_back: 0,
            given_in_points: 0,
        }
    }

    /// Takes units back. A refused return changes nothing.
    ///
    /// ```
    /// use mostrador_loyalty::basket::Quantity;
    /// use mostrador_loyalty::money::Amount;
    /// use mostrador_loyalty::refund::{ReturnedLine, Returns, SoldLine, SoldSale};
    /// let three = Quantity::new(3.into()).unwrap();
    /// let sold = SoldLine { net: Amount::from_minor(1000).unwrap(), quantity: three };
    /// let sale = SoldSale { lines: vec![sold], earned: 100, ..SoldSale::default() };
    /// let mut returns = Returns::of(&sale);
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
        let given_back = after.points_due(lots_sum(&after.redeemed));
        let in_points = after.points_due(after.paid_by_points.minor());
        let refund = Refund {
            money_in_points: Amount::clamped(
                in_points.saturating_sub(after.given_in_points).into(),
            ),
            given_back: last_taken(&after.redeemed, after.given_back, given_back),
            money: money_by_line.iter().copied().sum(),
            money_by_line,
            points_taken_back: taken_back.saturating_sub(after.taken_back),
            points_given_back: given_back.saturating_sub(after.given_back),
            is_full,
        };
        after.taken_back = taken_back;
        after.given_back = given_back;
        after.given_in_points = in_points;
        *self = after;
        Ok(refund)
    }

    /// How many units of each line can still come back.
    pub fn left(&self) -> Vec<Quantity> {
        let left = self.lines.iter().map(|line| {
            Quantity::from_thousandths(
                line.sold_thousandths
                    .saturating_sub(line.returned_thousandths),
            )
        });
        left.collect()
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
            let left = Quantity::from_thousandths(left);
            let index = returned.line;
            return Err(match line.returned_thousandths {
                0 => ReturnRefusal::MoreThanSold { line: index, left },
                returned => ReturnRefusal::AlreadyReturned {
                    line: index,
                    returned: Quantity::from_thousandths(returned),
                    left,
                },
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

/// Whether there is anything to take back at all: what is asked before a refund is made. Taking back
/// nothing would give nothing.
pub fn chosen(returned: &[ReturnedLine]) -> Result<(), ReturnRefusal> {
    if returned.iter().all(|one| one.quantity.thousandths() == 0) {
        return Err(ReturnRefusal::NothingChosen);
    }
    Ok(())
}

/// The shares between `from` and `to` points, counted from the end of what was taken.
fn last_taken(taken: &[Lot], from: i64, to: i64) -> Vec<Lot> {
    let (mut skip, mut wanted) = (from, to.saturating_sub(from));
    let mut shares = Vec::new();
    for lot in taken.iter().rev() {
        let skipped = lot.points.max(0).min(skip);
        skip = skip.saturating_sub(skipped);
        let points = lot.points.saturating_sub(skipped).min(wanted);
        if points > 0 {
            wanted = wanted.saturating_sub(points);
            shares.push(Lot { points, ..*lot });
        }
    }
    shares
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
        let mut returns = Returns::of(&SoldSale {
            lines: vec![sold(1000, "2"), sold(300, "1")],
            ..SoldSale::default()
        });
        let untouched = returns.clone();
        let refusal = returns.take_back(&[returned(1, "1"), returned(0, "2.5")]);
        let left = quantity("2");
        assert_eq!(refusal, Err(ReturnRefusal::MoreThanSold { line: 0, left }));
        assert_eq!(returns, untouched);
        let refusal = returns.take_back(&[returned(1, "1.001")]);
        let left = quantity("1");
        assert_eq!(refusal, Err(ReturnRefusal::MoreThanSold { line: 1, left }));
        let refusal = returns.take_back(&[returned(2, "1")]);
        assert_eq!(refusal, Err(ReturnRefusal::NoSuchLine { line: 2 }));
        let nothing = [returned(0, "0")];
        assert_eq!(chosen(&nothing), Err(ReturnRefusal::NothingChosen));
        assert_eq!(returns.take_back(&nothing).unwrap().money, Amount::ZERO);
        returns.take_back(&[returned(0, "1.5")]).unwrap();
        assert_eq!(returns.left(), [quantity("0.5"), quantity("1")]);
        let refusal = ReturnRefusal::AlreadyReturned {
            line: 0,
            returned: quantity("1.5"),
            left: quantity("0.5"),
        };
        assert_eq!(returns.take_back(&[returned(0, "1")]), Err(refusal));
    }

    #[test]
    fn points_go_back_by_the_money_returned() {
        let days = crate::account::LotDays::at_once(NaiveDate::MIN, NaiveDate::MAX);
        let mut returns = Returns::of(&SoldSale {
            lines: vec![sold(900, "1"), sold(100, "1")],
            earned: 99,
            redeemed: vec![Lot { days, points: 50 }],
            ..SoldSale::default()
        });
        let first = returns.take_back(&[returned(0, "1")]).unwrap();
        assert_eq!((first.points_taken_back, first.points_given_back), (89, 45));
        let last = returns.take_back(&[returned(1, "1")]).unwrap();
        assert_eq!((last.points_taken_back, last.points_given_back), (10, 5));
    }

    #[test]
    fn a_free_sale_gives_its_points_back_with_the_last_unit() {
        let mut returns = Returns::of(&SoldSale {
            lines: vec![sold(0, "2")],
            earned: 50,
            ..SoldSale::default()
        });
        let first = returns.take_back(&[returned(0, "1")]).unwrap();
        assert_eq!((first.points_taken_back, first.is_full), (0, false));
        let last = returns.take_back(&[returned(0, "1")]).unwrap();
        assert_eq!((last.points_taken_back, last.is_full), (50, true));
    }

    #[test]
    fn the_lot_that_was_taken_last_comes_back_first() {
        let lot = |on: &str, points| {
            let days =
                crate::account::LotDays::at_once(on.parse().unwrap(), chrono::NaiveDate::MAX);
            crate::account::Lot { days, points }
        };
        let (old, new) = ("2026-01-01", "2026-02-01");
        let mut returns = Returns::of(&SoldSale {
            lines: vec![sold(15_000, "3")],
            earned: 0,
            redeemed: vec![lot(old, 60), lot(new, 90)],
            paid_by_points: Amount::from_minor(1_500).unwrap(),
        });
        let one = [returned(0, "1")];
        let mut give = || returns.take_back(&one).unwrap();
        let first = give();
        assert_eq!(first.given_back, [lot(new, 50)]);
        assert_eq!(first.money_in_points.minor(), 500);
        assert_eq!(give().given_back, [lot(new, 40), lot(old, 10)]);
        assert_eq!(give().given_back, [lot(old, 50)]);
    }
}
