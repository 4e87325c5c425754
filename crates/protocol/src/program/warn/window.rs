//! Windows that never open while the code is valid, always do, or lie inside the others.

use chrono::{Datelike, NaiveDate, Timelike};

use super::{CodeDocument, Path, Warnings};
use crate::program::WindowDocument;
use crate::program::compile::{hour, weekday};

const DAY: usize = 24 * 60;
const WEEK: usize = 7 * DAY;

pub(super) fn look(warnings: &mut Warnings<'_>, path: &Path, code: &CodeDocument) {
    let path = path.key("windows");
    let weeks: Vec<Week> = code.windows.iter().map(Week::of).collect();
    if weeks.is_empty() {
        return;
    }
    let valid = Week::of_validity(code.valid_from, code.valid_until);
    let opens = |week: &Week| {
        week.0
            .iter()
            .zip(&valid.0)
            .any(|(open, valid)| *open && *valid)
    };
    if !weeks.iter().any(opens) {
        warnings.add(
            "never_open",
            path,
            "none of them opens between valid_from and valid_until",
            "write weekdays and hours that lie in those days",
        );
        return;
    }
    if Week::all(weeks.iter()).0.iter().all(|open| *open) {
        warnings.add(
            "windows_without_effect",
            path,
            "together they are open all week",
            "remove them, or leave hours out",
        );
        return;
    }
    for (index, week) in weeks.iter().enumerate() {
        if !opens(week) {
            warnings.add(
                "never_open",
                path.at(index),
                "does not open between valid_from and valid_until",
                "write weekdays and hours that lie in those days, or remove it",
            );
            continue;
        }
        // Of two that are the same the later one is named.
        let others = weeks.iter().enumerate();
        let others =
            others.filter(|(other, them)| *other != index && (*other < index || *them != week));
        if week.is_inside(&Week::all(others.map(|(_, them)| them))) {
            warnings.add(
                "window_without_effect",
                path.at(index),
                "the other windows are open at all of its times",
                "remove it",
            );
        }
    }
}

/// Which minutes of a week are inside, from Monday 00:00.
#[derive(Debug, PartialEq, Eq)]
struct Week(Vec<bool>);

impl Week {
    fn of(window: &WindowDocument) -> Self {
        let mut week = vec![false; WEEK];
        let minute = |text: &str| {
            let time = hour(text).unwrap_or_default();
            usize::try_from(time.hour() * 60 + time.minute()).unwrap_or(0)
        };
        let (from, to) = (minute(&window.from), minute(&window.to));
        let length = if from < to {
            to - from
        } else {
            DAY - from + to
        };
        for day in 0..7 {
            let is_on = |name: &String| {
                weekday(name).is_some_and(|on| on.num_days_from_monday() as usize == day)
            };
            if window.weekdays.is_empty() || window.weekdays.iter().any(is_on) {
                for minute in 0..length {
                    week[(day * DAY + from + minute) % WEEK] = true;
                }
            }
        }
        Self(week)
    }

    /// The weekdays on which a code is valid at all: all of them unless it is valid for less than a
    /// week.
    fn of_validity(from: Option<NaiveDate>, until: Option<NaiveDate>) -> Self {
        let (Some(from), Some(until)) = (from, until) else {
            return Self(vec![true; WEEK]);
        };
        let mut week = vec![false; WEEK];
        for day in from.iter_days().take_while(|day| *day <= until).take(7) {
            let start = day.weekday().num_days_from_monday() as usize * DAY;
            week[start..start + DAY].fill(true);
        }
        Self(week)
    }

    fn all<'a>(weeks: impl Iterator<Item = &'a Self>) -> Self {
        let mut all = vec![false; WEEK];
        for week in weeks {
            for (all, open) in all.iter_mut().zip(&week.0) {
                *all |= open;
            }
        }
        Self(all)
    }

    fn is_inside(&self, other: &Self) -> bool {
        self.0
            .iter()
            .zip(&other.0)
            .all(|(inside, outside)| !inside || *outside)
    }
}
