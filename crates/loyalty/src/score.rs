//! The score of a customer: how often, how much, how lately, how varied, and whom they brought.
//!
//! Five parts of 0 to 100 each, weighted to one number of 0 to 100. Every division is a floor, so the
//! same account has the same score everywhere:
//!
//! | part | input | score |
//! |---|---|---|
//! | frequency | days with a purchase in the window | `100 x days / target`, at most 100 |
//! | amount | money paid in the window less what was given back, minor units | `100 x money / target`, at most 100 |
//! | recency | days since the latest purchase | `100 - 100 x days / window`, at least 0; 0 without one |
//! | variety | categories bought at least once | `100 x categories / target`, at most 100 |
//! | referrals | customers brought, whose bonus stands | `100 x brought / target`, at most 100 |
//!
//! The score is the sum of `weight x part` over 100 %. The window ends with the day asked about; an
//! account remembers the latest [`VISIT_DAYS_KEPT`](crate::account::VISIT_DAYS_KEPT) days with a purchase.

use chrono::{Days, NaiveDate};

use crate::account::Account;
use crate::money::{Amount, BasisPoints};
use crate::rate;

/// The highest score, of a part and in all.
pub const HIGHEST: i64 = 100;

/// How a program scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreRules {
    /// Length of the window that ends with the day, days; at least 1.
    pub window_days: u32,
    /// Days with a purchase for the full frequency.
    pub visits: u32,
    /// Money for the full amount, minor units.
    pub spend: Amount,
    /// Categories for the full variety.
    pub categories: u32,
    /// Customers brought for the full referrals.
    pub referrals: u32,
    /// What each part counts for; together 100 %.
    pub weights: Weights,
}

/// What each part of a score counts for; together 100 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// How often.
    pub frequency: BasisPoints,
    /// How much.
    pub amount: BasisPoints,
    /// How lately.
    pub recency: BasisPoints,
    /// How varied.
    pub variety: BasisPoints,
    /// Whom they brought.
    pub referrals: BasisPoints,
}

/// What a part looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartKind {
    /// Days with a purchase.
    Frequency,
    /// Money paid, minor units.
    Amount,
    /// Days since the latest purchase.
    Recency,
    /// Categories tried.
    Variety,
    /// Customers brought.
    Referrals,
}

impl PartKind {
    /// The stable code for screens and the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Frequency => "frequency",
            Self::Amount => "amount",
            Self::Recency => "recency",
            Self::Variety => "variety",
            Self::Referrals => "referrals",
        }
    }
}

/// One part of a score, explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// What it looks at.
    pub kind: PartKind,
    /// What was found, in the unit of the kind; none: there was no purchase to look at.
    pub input: Option<i64>,
    /// The input of the full score; of recency the input from which there is none.
    pub target: i64,
    /// 0 to [`HIGHEST`].
    pub score: i64,
    /// What it counts for.
    pub weight: BasisPoints,
}

/// A score with its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// 0 to [`HIGHEST`].
    pub total: i64,
    /// Frequency, amount, recency, variety, referrals.
    pub parts: [Part; 5],
}

/// The score of `account` on `day`. Purchases dated after the day do not count.
pub fn score(rules: &ScoreRules, account: &Account, day: NaiveDate) -> Score {
    let window = i64::from(rules.window_days.max(1));
    let back = Days::new(rules.window_days.max(1).saturating_sub(1).into());
    let first = day.checked_sub_days(back).unwrap_or(NaiveDate::MIN);
    let visits = || account.visits.range(first.min(day)..=day);
    let days = visits().filter(|(_, visit)| visit.sales > 0).count();
    let spent = visits().fold(0, |sum: i64, (_, visit)| sum.saturating_add(visit.spent));
    let mut earlier = account.visits.range(..=day).rev();
    let latest = earlier.find(|(_, visit)| visit.sales > 0);
    let ago = latest.map(|(latest, _)| day.signed_duration_since(*latest).num_days());
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let weights = &rules.weights;
    let reached = |kind, input: i64, target: i64, weight| Part {
        kind,
        input: Some(input),
        target,
        score: share(input, target),
        weight,
    };
    let parts = [
        reached(
            PartKind::Frequency,
            count(days),
            rules.visits.into(),
            weights.frequency,
        ),
        reached(
            PartKind::Amount,
            spent.max(0),
            rules.spend.minor(),
            weights.amount,
        ),
        Part {
            kind: PartKind::Recency,
            input: ago,
            target: window,
            score: ago.map_or(0, |ago| HIGHEST.saturating_sub(share(ago, window))),
            weight: weights.recency,
        },
        reached(
            PartKind::Variety,
            count(account.categories.len()),
            rules.categories.into(),
            weights.variety,
        ),
        reached(
            PartKind::Referrals,
            account.referral.brought.max(0),
            rules.referrals.into(),
            weights.referrals,
        ),
    ];
    let weighted = parts.iter().fold(0_i64, |sum, part| {
        sum.saturating_add(part.score.saturating_mul(part.weight.0.into()))
    });
    let whole = u128::from(BasisPoints::WHOLE.0);
    let total = rate::cumulative_floor(weighted, 1, whole).clamp(0, HIGHEST);
    Score { total, parts }
}

/// `100 x input / target`, floored, at most [`HIGHEST`]; a target of 0 is always reached.
fn share(input: i64, target: i64) -> i64 {
    if input >= target {
        return HIGHEST;
    }
    let [input, target] = [input, target].map(|number| u128::try_from(number).unwrap_or(0));
    rate::cumulative_floor(HIGHEST, input, target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Visit;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rules() -> ScoreRules {
        ScoreRules {
            window_days: 90,
            visits: 12,
            spend: Amount::from_minor(300_000).unwrap(),
            categories: 4,
            referrals: 3,
            weights: Weights {
                frequency: BasisPoints(3000),
                amount: BasisPoints(2500),
                recency: BasisPoints(2000),
                variety: BasisPoints(1000),
                referrals: BasisPoints(1500),
            },
        }
    }

    fn account(visits: &[(&str, i64)]) -> Account {
        let mut account = Account::default();
        for (on, spent) in visits {
            let visit = Visit {
                sales: 1,
                spent: *spent,
            };
            account.visits.insert(day(on), visit);
        }
        account
    }

    fn check(account: &Account, on: &str, parts: [i64; 5], total: i64) {
        let score = score(&rules(), account, day(on));
        assert_eq!(score.parts.map(|part| part.score), parts, "on {on}");
        assert_eq!(score.total, total, "on {on}");
    }

    #[test]
    fn somebody_new_scores_nothing() {
        check(&Account::default(), "2026-11-21", [0; 5], 0);
    }

    #[test]
    fn each_part_is_floored_and_weighted_once() {
        let mut account = account(&[("2026-10-01", 100_000), ("2026-11-19", 99_999)]);
        account.categories = ["cafe".to_owned(), "te".to_owned()].into();
        account.referral.brought = 1;
        // 2 of 12 visits, 199,999 of 300,000, 2 of 90 days ago, 2 of 4 categories, 1 of 3 people.
        check(&account, "2026-11-21", [16, 66, 98, 50, 33], 50);
        let explained = score(&rules(), &account, day("2026-11-21"));
        let inputs = explained.parts.map(|part| part.input);
        assert_eq!(inputs, [Some(2), Some(199_999), Some(2), Some(2), Some(1)]);
    }

    #[test]
    fn the_window_ends_with_the_day_and_what_it_leaves_goes() {
        let account = account(&[("2026-08-24", 300_000), ("2027-01-01", 5)]);
        check(&account, "2026-08-23", [0; 5], 0);
        check(&account, "2026-08-24", [8, 100, 100, 0, 0], 47);
        check(&account, "2026-11-21", [8, 100, 2, 0, 0], 27);
        check(&account, "2026-11-22", [0, 0, 0, 0, 0], 0);
    }

    #[test]
    fn nothing_beyond_the_target_counts() {
        let visits: Vec<String> = (1..=28).map(|day| format!("2026-11-{day:02}")).collect();
        let visits: Vec<(&str, i64)> = visits.iter().map(|on| (on.as_str(), 90_000)).collect();
        let mut account = account(&visits);
        account.categories = (0..9).map(|number| number.to_string()).collect();
        account.referral.brought = 40;
        check(&account, "2026-11-28", [100; 5], 100);
    }

    #[test]
    fn a_purchase_that_was_undone_is_no_visit() {
        let mut account = account(&[("2026-11-01", 500)]);
        let undone = Visit {
            sales: 0,
            spent: -100,
        };
        account.visits.insert(day("2026-11-20"), undone);
        let parts = score(&rules(), &account, day("2026-11-21")).parts;
        assert_eq!(parts[0].input, Some(1));
        assert_eq!(parts[1].input, Some(400));
        assert_eq!(parts[2].input, Some(20));
    }
}
