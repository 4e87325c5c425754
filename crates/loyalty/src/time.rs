//! Moments as the rules see them: one instant, and what the store's wall clock showed.

use chrono::{NaiveDate, NaiveDateTime};

/// An instant together with the local time of the store where it happened.
///
/// The caller converts, with the program's time zone: the rules need the local day (expiry, weekend,
/// windows) and a total order (milliseconds), and never a time zone database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub unix_ms: i64,
    /// The same instant on the store's wall clock.
    pub local: NaiveDateTime,
}

impl Moment {
    /// The store's calendar day.
    pub fn local_day(self) -> NaiveDate {
        self.local.date()
    }
}
