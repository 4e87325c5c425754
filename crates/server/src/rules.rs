//! The program in force as the server judges entries by it, and the days of its stores.

use chrono::{DateTime, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use loyalty::code::{CodeText, Limits};
use loyalty::program::Program;
use loyalty::refund::{Undoing, gives_use_back};
use mostrador_loyalty as loyalty;

/// The program in force with the zone of its days; before the first publication there is none.
#[derive(Debug, Default)]
pub struct Rules {
    in_force: Option<(Program, Tz)>,
}

impl Rules {
    /// Those of `program`, whose days are those of `zone`.
    pub const fn of(program: Program, zone: Tz) -> Self {
        Self {
            in_force: Some((program, zone)),
        }
    }

    /// The program.
    pub fn program(&self) -> Option<&Program> {
        self.in_force.as_ref().map(|(program, _)| program)
    }

    /// The limits on the uses counted under this text: a listed code, a variant or a member of a series,
    /// which no list holds.
    pub fn limits(&self, code: &CodeText) -> Option<&Limits> {
        Some(&self.program()?.code(code)?.limits)
    }

    /// Whether a use of the code comes back when everything of its sale is returned.
    pub fn reinstates_on_full_return(&self, code: &CodeText) -> bool {
        let code = self.program().and_then(|program| program.code(code));
        code.is_some_and(|code| gives_use_back(code.reinstate, Undoing::FullReturn))
    }

    /// The local day of an instant, milliseconds since the epoch.
    pub fn day_of(&self, unix_ms: i64) -> NaiveDate {
        Self::day_in(self.zone(), unix_ms)
    }

    /// The day of an instant, milliseconds since the epoch, in a zone.
    pub fn day_in(zone: Tz, unix_ms: i64) -> NaiveDate {
        let utc = DateTime::from_timestamp_millis(unix_ms).unwrap_or_default();
        utc.with_timezone(&zone).date_naive()
    }

    /// When a local day begins, milliseconds since the epoch. Where a change of the clock skips midnight,
    /// the day begins with the first hour that there is.
    pub fn start_of(&self, day: NaiveDate) -> i64 {
        Self::start_in(self.zone(), day)
    }

    /// When a local day begins in a zone, see [`Rules::start_of`].
    pub fn start_in(zone: Tz, day: NaiveDate) -> i64 {
        let hours = (0..24).filter_map(|hour| NaiveTime::from_hms_opt(hour, 0, 0));
        let mut starts = hours.filter_map(|hour| {
            let local = day.and_time(hour).and_local_timezone(zone);
            local.earliest()
        });
        starts.next().map_or(0, |start| start.timestamp_millis())
    }

    fn zone(&self) -> Tz {
        self.in_force.as_ref().map_or(Tz::UTC, |(_, zone)| *zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use loyalty::money::Currency;

    #[test]
    fn a_day_is_the_stores_and_begins_when_its_clock_says() {
        let program = Program::bare(Currency::from_code("CLP").unwrap());
        let rules = Rules::of(program, chrono_tz::America::Santiago);
        // On 2024-09-08 the clocks of Santiago went from 23:59:59 to 01:00:00.
        let day: NaiveDate = "2024-09-08".parse().unwrap();
        let start = rules.start_of(day);
        assert_eq!(rules.day_of(start), day);
        assert_eq!(rules.day_of(start - 1), day.pred_opt().unwrap());
        let usual: NaiveDate = "2026-11-21".parse().unwrap();
        assert_eq!(rules.start_of(usual), 1_795_230_000_000);
    }
}
