//! The store's wall clock, from the program's time zone.

use chrono::{DateTime, NaiveDateTime};
use chrono_tz::Tz;
use mostrador_loyalty::time::Moment;

/// The moment `unix_ms` (milliseconds since the epoch) as a clock on the wall in `zone` shows it.
pub fn moment(unix_ms: i64, zone: Tz) -> Moment {
    let utc = DateTime::from_timestamp_millis(unix_ms).unwrap_or_default();
    let local: NaiveDateTime = utc.with_timezone(&zone).naive_local();
    Moment { unix_ms, local }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_day_is_the_stores_not_the_worlds() {
        // 2025-03-02T02:30:00Z is still Saturday the 1st in Bogotá.
        let moment = moment(1_740_882_600_000, chrono_tz::America::Bogota);
        assert_eq!(moment.local.to_string(), "2025-03-01 21:30:00");
        assert_eq!(super::moment(i64::MAX, Tz::UTC).unix_ms, i64::MAX);
    }
}
