//! Who earned most at this till, by week, month or year.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate, Weekday};
use mostrador_ledger as ledger;

use crate::message::say;
use crate::till::Till;
use crate::view::{BoardPeriod, LeaderboardView, PlaceView};
use crate::{Error, words};

/// The most places that are shown.
const MAX_PLACES: u32 = 10;

impl Till {
    /// The customers who earned most by sales of this till, with names that strangers may read. Asks
    /// nobody: what other tills sold is not in it.
    pub fn leaderboard(&self, period: BoardPeriod) -> Result<LeaderboardView, Error> {
        let (session, _) = self.at_work()?;
        let here = session.open.customer;
        drop(session);
        let language = self.language();
        let now_ms = self.now_ms();
        self.read_with_rules(|connection, rules| {
            let days = days_of(period, rules.moment(now_ms).local_day());
            let places = ledger::leaderboard::leaderboard(connection, &days, MAX_PLACES)?;
            let here = match here {
                Some(id) => Some(ledger::account::held(connection, id)?.0),
                None => None,
            };
            let mut views: Vec<PlaceView> = Vec::new();
            for (number, place) in (1..).zip(places) {
                let tied = views.last().filter(|before| before.points == place.points);
                views.push(PlaceView {
                    place: tied.map_or(number, |before| before.place),
                    name: place
                        .name
                        .unwrap_or_else(|| say(language, "word.no_profile", &[])),
                    points: place.points,
                    sales: place.sales,
                    is_here: here == Some(place.customer_id),
                });
            }
            let (from, until) = (
                words::day(language, *days.start()),
                words::day(language, *days.end()),
            );
            let parameters = [("from", from.as_str()), ("until", &until)];
            let key = if rules.program.points.is_none() {
                "board.no_points"
            } else {
                "board.said"
            };
            Ok(LeaderboardView {
                period,
                said: say(language, key, &parameters),
                places: views,
            })
        })
    }
}

/// The days of the period that ends with `day`.
fn days_of(period: BoardPeriod, day: NaiveDate) -> RangeInclusive<NaiveDate> {
    let first = match period {
        BoardPeriod::Week => day.week(Weekday::Mon).checked_first_day(),
        BoardPeriod::Month => day.with_day(1),
        BoardPeriod::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
    };
    first.unwrap_or(day)..=day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_begins_on_its_first_day_and_ends_today() {
        let day = |text: &str| -> NaiveDate { text.parse().expect("a day") };
        let first = |period, on: &str| days_of(period, day(on)).start().to_string();
        assert_eq!(first(BoardPeriod::Week, "2026-11-22"), "2026-11-16");
        assert_eq!(first(BoardPeriod::Week, "2026-11-23"), "2026-11-23");
        assert_eq!(first(BoardPeriod::Month, "2026-11-21"), "2026-11-01");
        assert_eq!(first(BoardPeriod::Year, "2026-11-21"), "2026-01-01");
        let end = days_of(BoardPeriod::Year, day("2026-11-21"));
        assert_eq!(end.end(), &day("2026-11-21"));
    }
}
