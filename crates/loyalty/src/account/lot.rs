//! Lots: points with the days between which they can be spent.

use chrono::{Days, NaiveDate};

/// Days through whose end points can be spent that came back after their own last day.
pub const RETURN_DAYS: u64 = 15;

/// The three days of a lot. Lots with the same days are one lot, however often somebody buys on a
/// day; the order is the order of spending: soonest expiry first, then oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LotDays {
    /// The last local day on which the points can be spent.
    pub expires_on: NaiveDate,
    /// The store's local day of earning.
    pub earned_on: NaiveDate,
    /// The first local day on which they can be spent.
    pub usable_from: NaiveDate,
}

impl LotDays {
    /// A lot of `earned_on` that can be spent at once, through the end of `expires_on`.
    pub const fn at_once(earned_on: NaiveDate, expires_on: NaiveDate) -> Self {
        Self {
            expires_on,
            earned_on,
            usable_from: earned_on,
        }
    }

    /// Whether its points can be spent on `day`.
    pub fn is_usable(self, day: NaiveDate) -> bool {
        self.usable_from <= day && !self.is_over(day)
    }

    /// Whether its last day lies before `day`.
    pub fn is_over(self, day: NaiveDate) -> bool {
        self.expires_on < day
    }

    /// The days that points of this lot have when they come back on `day`: the same, or, when the lot
    /// is over, [`RETURN_DAYS`] more from that day on (PRICING section 11).
    #[must_use]
    pub fn given_back_on(self, day: NaiveDate) -> Self {
        if !self.is_over(day) {
            return self;
        }
        let last = day.checked_add_days(Days::new(RETURN_DAYS));
        Self {
            expires_on: last.unwrap_or(NaiveDate::MAX),
            ..self
        }
    }
}

/// Points of one lot: what it holds, or the share of it that a fact moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lot {
    /// Which.
    pub days: LotDays,
    /// How many points.
    pub points: i64,
}

/// The points of these lots together; a number below zero counts as none.
pub fn sum(lots: &[Lot]) -> i64 {
    lots.iter()
        .fold(0, |sum: i64, lot| sum.saturating_add(lot.points.max(0)))
}

/// Adds `points` to the lot with these days, in its place of the order.
pub(super) fn add(lots: &mut Vec<Lot>, days: LotDays, points: i64) {
    match lots.binary_search_by_key(&days, |lot| lot.days) {
        Ok(index) => {
            if let Some(lot) = lots.get_mut(index) {
                lot.points = lot.points.saturating_add(points);
            }
        }
        Err(index) => lots.insert(index, Lot { days, points }),
    }
}

/// Takes at most `wanted` points out of the lot with these days, and says how many there were.
pub(super) fn remove(lots: &mut Vec<Lot>, days: LotDays, wanted: i64) -> i64 {
    let Ok(index) = lots.binary_search_by_key(&days, |lot| lot.days) else {
        return 0;
    };
    let Some(lot) = lots.get_mut(index) else {
        return 0;
    };
    let taken = lot.points.min(wanted).max(0);
    lot.points = lot.points.saturating_sub(taken);
    if lot.points <= 0 {
        lots.remove(index);
    }
    taken
}
