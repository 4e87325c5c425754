//! Badges: what a customer has done, told once.
//!
//! A rule counts what the account remembers; it needs no history. A badge that was awarded stays, also
//! when a purchase that it counted is undone.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate, Weekday};

use crate::account::{Account, VISIT_DAYS_KEPT};
use crate::code::CodeText;
use crate::money::Amount;

/// The most days in a row that an account can show.
pub const LONGEST_DAYS: usize = VISIT_DAYS_KEPT;
/// The most weeks in a row that an account of somebody who comes every day can show.
pub const LONGEST_WEEKS: usize = VISIT_DAYS_KEPT / 7;

/// A badge of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// Stable slug.
    pub slug: String,
    /// What a person reads.
    pub name: String,
    /// What earns it.
    pub rule: BadgeRule,
    /// The days whose purchases count, both inside, for a challenge; each end may be open.
    pub period: Period,
    /// Points that come with it; 0: none.
    pub bonus_points: i64,
}

/// From when until when, both inside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// The first local day.
    pub from: Option<NaiveDate>,
    /// The last local day.
    pub until: Option<NaiveDate>,
}

/// What earns a badge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadgeRule {
    /// So many purchases.
    Visits(u32),
    /// So much paid less what was given back, minor units.
    Spend(Amount),
    /// Purchases on so many days in a row.
    StreakDays(u32),
    /// Purchases in so many weeks in a row; a week begins on Monday.
    StreakWeeks(u32),
    /// So many different categories bought.
    Tried(u32),
    /// Each of these categories bought.
    Categories(BTreeSet<String>),
    /// A code used so many times.
    CodeUsed {
        /// Which.
        code: CodeText,
        /// How often.
        times: u32,
    },
}

/// How far a customer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What was done, in the unit of the rule.
    pub done: i64,
    /// What earns the badge.
    pub needed: i64,
}

impl Progress {
    /// Whether it is enough.
    pub const fn is_reached(self) -> bool {
        self.done >= self.needed
    }
}

impl Badge {
    /// How far the account is on its way, whether or not it has the badge.
    pub fn progress(&self, account: &Account) -> Progress {
        let visits = || self.visits(account);
        let (done, needed) = match &self.rule {
            BadgeRule::Visits(needed) => {
                let sales = visits().fold(0, |sum: i64, (_, sales, _)| sum.saturating_add(sales));
                let ever = account.purchases;
                (
                    if self.is_challenge() { sales } else { ever },
                    i64::from(*needed),
                )
            }
            BadgeRule::Spend(needed) => {
                let spent = visits().fold(0, |sum: i64, (_, _, spent)| sum.saturating_add(spent));
                let ever = account.spent;
                (
                    if self.is_challenge() { spent } else { ever },
                    needed.minor(),
                )
            }
            BadgeRule::StreakDays(needed) => {
                let days = visits().filter(|(_, sales, _)| *sales > 0);
                let days = days.map(|(day, _, _)| i64::from(day.num_days_from_ce()));
                (longest_run(days), i64::from(*needed))
            }
            BadgeRule::StreakWeeks(needed) => {
                let days = visits().filter(|(_, sales, _)| *sales > 0);
                let weeks = days.map(|(day, _, _)| week_of(day));
                (longest_run(weeks), i64::from(*needed))
            }
            BadgeRule::Tried(needed) => (count(account.categories.len()), i64::from(*needed)),
            BadgeRule::Categories(all) => {
                let tried = all.intersection(&account.categories).count();
                (count(tried), count(all.len()))
            }
            BadgeRule::CodeUsed { code, times } => {
                let uses = i64::try_from(account.uses_of(code)).unwrap_or(i64::MAX);
                (uses, i64::from(*times))
            }
        };
        Progress {
            done: done.max(0),
            needed,
        }
    }

    /// Whether only the purchases of a period count.
    pub const fn is_challenge(&self) -> bool {
        self.period.from.is_some() || self.period.until.is_some()
    }

    /// Day, purchases and money of the remembered days of the period.
    fn visits<'a>(
        &'a self,
        account: &'a Account,
    ) -> impl Iterator<Item = (NaiveDate, i64, i64)> + 'a {
        let Period { from, until } = self.period;
        let is_inside = move |day: NaiveDate| {
            from.is_none_or(|from| day >= from) && until.is_none_or(|until| day <= until)
        };
        let visits = account.visits.iter();
        visits
            .filter(move |(day, _)| is_inside(**day))
            .map(|(day, visit)| (*day, visit.sales, visit.spent))
    }
}

/// The badges that the account has earned and was not awarded, in the order of the program.
pub fn unawarded<'a>(badges: &'a [Badge], account: &'a Account) -> impl Iterator<Item = &'a Badge> {
    badges.iter().filter(|badge| {
        !account.badges.contains_key(&badge.slug) && badge.progress(account).is_reached()
    })
}

/// The length of the longest run of numbers that follow each other; the numbers ascend.
fn longest_run(numbers: impl Iterator<Item = i64>) -> i64 {
    let (mut longest, mut run, mut before) = (0_i64, 0_i64, None);
    for number in numbers {
        if before == Some(number) {
            continue;
        }
        let follows = before == number.checked_sub(1);
        run = if follows { run.saturating_add(1) } else { 1 };
        longest = longest.max(run);
        before = Some(number);
    }
    longest
}

/// Weeks are numbered without gaps over the years; each begins on Monday.
fn week_of(day: NaiveDate) -> i64 {
    let monday = day.week(Weekday::Mon).checked_first_day().unwrap_or(day);
    i64::from(monday.num_days_from_ce()).div_euclid(7)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Visit;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn badge(rule: BadgeRule) -> Badge {
        Badge {
            slug: "one".to_owned(),
            name: "One".to_owned(),
            rule,
            period: Period::default(),
            bonus_points: 0,
        }
    }

    fn visited(days: &[&str]) -> Account {
        let mut account = Account::default();
        for on in days {
            let visit = Visit {
                sales: 1,
                spent: 1_000,
            };
            account.visits.insert(day(on), visit);
            account.purchases += 1;
            account.spent += 1_000;
        }
        account
    }

    fn check(badge: &Badge, account: &Account, done: i64, needed: i64) {
        assert_eq!(badge.progress(account), Progress { done, needed });
        let badges = std::slice::from_ref(badge);
        let due = unawarded(badges, account).count();
        assert_eq!(due, usize::from(done >= needed));
    }

    #[test]
    fn purchases_and_money_count_from_the_beginning() {
        let mut account = visited(&["2026-01-01", "2026-01-05"]);
        account.purchases = 9;
        account.spent = 30_000;
        check(&badge(BadgeRule::Visits(10)), &account, 9, 10);
        let spend = BadgeRule::Spend(Amount::from_minor(30_000).unwrap());
        check(&badge(spend), &account, 30_000, 30_000);
    }

    #[test]
    fn a_challenge_counts_its_own_days_only() {
        let account = visited(&["2026-11-30", "2026-12-01", "2026-12-31", "2027-01-01"]);
        let december = Badge {
            period: Period {
                from: Some(day("2026-12-01")),
                until: Some(day("2026-12-31")),
            },
            ..badge(BadgeRule::Visits(3))
        };
        check(&december, &account, 2, 3);
        let spend = BadgeRule::Spend(Amount::from_minor(2_000).unwrap());
        let rule = Badge {
            rule: spend,
            ..december.clone()
        };
        check(&rule, &account, 2_000, 2_000);
        let rule = Badge {
            rule: BadgeRule::StreakDays(2),
            ..december
        };
        check(&rule, &account, 1, 2);
    }

    #[test]
    fn streaks_are_the_longest_run_of_days_or_weeks() {
        let account = visited(&["2026-12-27", "2026-12-28", "2026-12-30", "2027-01-05"]);
        check(&badge(BadgeRule::StreakDays(3)), &account, 2, 3);
        // Sunday the 27th, Monday the 28th, and a Tuesday of the week after: three weeks.
        check(&badge(BadgeRule::StreakWeeks(3)), &account, 3, 3);
        let gone = visited(&["2026-12-01", "2026-12-15"]);
        check(&badge(BadgeRule::StreakWeeks(2)), &gone, 1, 2);
        check(&badge(BadgeRule::StreakDays(1)), &Account::default(), 0, 1);
    }

    #[test]
    fn categories_are_tried_by_number_or_by_name() {
        let account = Account {
            categories: ["cafe", "te", "pan"].map(str::to_owned).into(),
            ..Account::default()
        };
        check(&badge(BadgeRule::Tried(4)), &account, 3, 4);
        let all = |names: &[&str]| {
            BadgeRule::Categories(names.iter().map(|name| (*name).to_owned()).collect())
        };
        check(&badge(all(&["cafe", "te"])), &account, 2, 2);
        check(&badge(all(&["cafe", "postres"])), &account, 1, 2);
    }

    #[test]
    fn a_code_counts_its_uses() {
        let code = CodeText::parse("VERANO10").unwrap();
        let mut account = Account::default();
        account.code_uses.insert(code.clone(), 3);
        check(
            &badge(BadgeRule::CodeUsed { code, times: 3 }),
            &account,
            3,
            3,
        );
    }

    #[test]
    fn a_badge_that_was_awarded_is_due_no_more() {
        let mut account = visited(&["2026-01-01"]);
        let badges = [badge(BadgeRule::Visits(1))];
        assert_eq!(unawarded(&badges, &account).count(), 1);
        account.badges.insert("one".to_owned(), day("2026-01-01"));
        assert_eq!(unawarded(&badges, &account).count(), 0);
    }
}
