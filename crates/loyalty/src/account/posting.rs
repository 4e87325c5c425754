//! Double entry: every point that comes or goes has another book that it comes from or goes to.

use super::lot::LotDays;

/// Where points stand. Lots and debt are the customer's; the others are the program's, and say why
/// points came to be or ceased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Book {
    /// A lot of the customer.
    Lot(LotDays),
    /// What the customer owes; its sum is zero or below.
    Debt,
    /// Points made by sales.
    Earned,
    /// Points that bought something.
    Redeemed,
    /// Points whose last day went by.
    Expired,
    /// Earned points taken back by a refund or void.
    Reversed,
    /// Redeemed points given back by a refund, a void, or the return of a reward.
    Returned,
    /// Points given or taken by hand.
    Adjusted,
    /// Points for bringing a customer, or for being brought.
    Referral,
    /// Points that went from one record of a person to another.
    Merged,
}

impl Book {
    /// Whether it is one of the customer's books, whose sum is the balance.
    pub const fn is_customers(self) -> bool {
        matches!(self, Self::Lot(_) | Self::Debt)
    }

    /// The stable code for screens, reports and the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Lot(_) => "lot",
            Self::Debt => "debt",
            Self::Earned => "earned",
            Self::Redeemed => "redeemed",
            Self::Expired => "expired",
            Self::Reversed => "reversed",
            Self::Returned => "returned",
            Self::Adjusted => "adjusted",
            Self::Referral => "referral",
            Self::Merged => "merged",
        }
    }
}

/// Points that one book lost (below zero) or won.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// Which book.
    pub book: Book,
    /// Points, never 0.
    pub points: i64,
}

/// What one fact moved. Always true: the points of all postings sum to zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Postings(Vec<Posting>);

impl Postings {
    /// Each posting in the order in which it was made.
    pub fn all(&self) -> &[Posting] {
        &self.0
    }

    /// What the customer's balance changed by.
    pub fn balance_change(&self) -> i64 {
        self.sum_of(Book::is_customers)
    }

    /// What the books that satisfy `is_meant` changed by.
    pub fn sum_of(&self, is_meant: impl Fn(Book) -> bool) -> i64 {
        self.0
            .iter()
            .filter(|posting| is_meant(posting.book))
            .fold(0, |sum: i64, posting| sum.saturating_add(posting.points))
    }

    /// Adds what another fact moved.
    pub(super) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Moves points; the only way to make a posting, so that two always cancel.
    pub(super) fn transfer(&mut self, from: Book, to: Book, points: i64) {
        if points <= 0 {
            return;
        }
        self.0.push(Posting {
            book: from,
            points: points.saturating_neg(),
        });
        self.0.push(Posting { book: to, points });
    }
}
