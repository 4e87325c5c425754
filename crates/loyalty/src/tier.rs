//! Where a customer stands: tier, and distance to the next.

mod moving;

use chrono::{Days, NaiveDate};

use crate::account::Account;
use crate::program::{Tier, TierBasis, TierRules};
use crate::score::score;

pub use self::moving::{TierMove, may_move_on, moved, unannounced};

/// A customer's standing on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// The tier held.
    pub tier: &'a Tier,
    /// What tiers are made of: the unit of the numbers here.
    pub basis: TierBasis,
    /// Points earned in the rolling window; the score, where tiers are made of it.
    pub window_points: i64,
    /// The next tier and what is missing, unless the tier is the highest.
    pub next: Option<NextTier<'a>>,
    /// Until when the tier holds by grace alone, if the window does not hold its points any more.
    pub grace: Option<Grace>,
}

/// A tier that the window does not hold any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grace {
    /// The last day on which the tier holds if nothing more is earned.
    pub until: NaiveDate,
    /// Points that have to be earned by then to keep it.
    pub missing: i64,
}

/// The tier above, and how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextTier<'a> {
    /// Which.
    pub tier: &'a Tier,
    /// Points still to earn, or still missing in the score.
    pub missing: i64,
}

/// Where `account` stands on `day`; `None` only when the rules have no tiers.
///
/// The window is `window_days` calendar days that end with `day`. A tier is reached on the day the
/// points are there, inclusive of its threshold. It is lost only after the window has held too few
/// points for more than `grace_days` days: the standing is the highest that any of the days
/// `day - grace_days ..= day` reached by itself. Earnings dated after `day` do not count. Where the basis
/// is the score, the score of each day stands in the place of the window's points.
pub fn standing<'a>(
    rules: &'a TierRules,
    account: &Account,
    day: NaiveDate,
) -> Option<Standing<'a>> {
    let points = values_by_day(rules, account, day);
    let window_points = points.last().copied().unwrap_or(0);
    let best = points.iter().copied().max().unwrap_or(0);
    let reached = rules
        .tiers
        .iter()
        .rposition(|tier| tier.from_points <= best);
    let index = reached.unwrap_or(0);
    let tier = rules.tiers.get(index)?;
    let next = rules
        .tiers
        .iter()
        .skip(index.saturating_add(1))
        .find(|next| next.from_points > window_points)
        .map(|tier| NextTier {
            tier,
            missing: tier.from_points.saturating_sub(window_points),
        });
    Some(Standing {
        tier,
        basis: rules.basis,
        window_points,
        next,
        grace: grace(rules, &points, (day, tier.from_points)),
    })
}

/// The grace of a tier from so many points on, held on `day`, of which `points` are the windows, oldest
/// first. The last window that held enough ended so many days ago as windows follow it.
fn grace(rules: &TierRules, points: &[i64], (day, from_points): (NaiveDate, i64)) -> Option<Grace> {
    let days_since = points.iter().rev().position(|held| *held >= from_points)?;
    if days_since == 0 {
        return None;
    }
    let days_left = u64::from(rules.grace_days).saturating_sub(u64::try_from(days_since).ok()?);
    Some(Grace {
        until: day.checked_add_days(Days::new(days_left))?,
        missing: from_points.saturating_sub(points.last().copied().unwrap_or(0)),
    })
}

/// What each of the last `grace_days + 1` days came to by itself, oldest first.
fn values_by_day(rules: &TierRules, account: &Account, day: NaiveDate) -> Vec<i64> {
    let TierBasis::Score(score_rules) = &rules.basis else {
        return window_points_by_day(rules, account, day);
    };
    let back = Days::new(rules.grace_days.into());
    let first = day.checked_sub_days(back).unwrap_or(day);
    let days = first.iter_days().take_while(|at| *at <= day);
    days.map(|at| score(score_rules, account, at).total)
        .collect()
}

/// Points of the window that ends on each of the last `grace_days + 1` days, oldest first.
fn window_points_by_day(rules: &TierRules, account: &Account, day: NaiveDate) -> Vec<i64> {
    let back = |from: NaiveDate, days: u32| {
        from.checked_sub_days(Days::new(days.into()))
            .unwrap_or(NaiveDate::MIN)
    };
    let mut end = back(day, rules.grace_days);
    let first = back(end, rules.window_days.saturating_sub(1));
    let earned = |on: NaiveDate| account.earned_by_day.get(&on).copied().unwrap_or(0);
    let mut points = account
        .earned_by_day
        .range(first.min(end)..=end)
        .fold(0_i64, |sum, (_, earned)| sum.saturating_add(*earned));
    let mut all = vec![points];
    while end < day {
        let Some(next) = end.succ_opt() else { break };
        points = points
            .saturating_add(earned(next))
            .saturating_sub(earned(back(next, rules.window_days)));
        all.push(points);
        end = next;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Fact, LotDays, Purchase};
    use crate::money::{Amount, BasisPoints};
    use rust_decimal::Decimal;

    pub(super) fn rules() -> TierRules {
        let tier = |slug: &str, from_points| Tier {
            slug: slug.to_owned(),
            name: slug.to_owned(),
            from_points,
            multiplier: Decimal::ONE,
            discount: BasisPoints(0),
            benefits: Vec::new(),
        };
        TierRules {
            tiers: vec![
                tier("bronze", 0),
                tier("silver", 1000),
                tier("gold", 5000),
                tier("diamond", 15_000),
            ],
            basis: TierBasis::Points,
            window_days: 365,
            grace_days: 30,
        }
    }

    fn check(earnings: &[(&str, i64)], on: &str, tier: &str, next: Option<(&str, i64)>) {
        let mut account = Account::default();
        for (day, points) in earnings {
            let lot = LotDays::at_once(day.parse().unwrap(), NaiveDate::MAX);
            let purchase = Purchase::earning(0, Amount::ZERO, *points, lot);
            account.apply(&Fact::Purchase(purchase));
        }
        let rules = rules();
        let standing = standing(&rules, &account, on.parse().unwrap()).unwrap();
        assert_eq!(standing.tier.slug, tier, "on {on}");
        let found = standing
            .next
            .map(|next| (next.tier.slug.as_str(), next.missing));
        assert_eq!(found, next, "on {on}");
    }

    #[test]
    fn thresholds_are_inclusive_and_reached_at_once() {
        check(&[], "2026-01-01", "bronze", Some(("silver", 1000)));
        check(
            &[("2026-01-01", 999)],
            "2026-01-01",
            "bronze",
            Some(("silver", 1)),
        );
        check(
            &[("2026-01-01", 1000)],
            "2026-01-01",
            "silver",
            Some(("gold", 4000)),
        );
        check(&[("2026-01-01", 15_000)], "2026-01-01", "diamond", None);
    }

    #[test]
    fn a_tier_is_lost_only_after_window_and_grace() {
        // The last day whose window holds 2025-01-01 is 2025-12-31; thirty days of grace follow.
        let earnings = [("2025-01-01", 5000)];
        check(&earnings, "2025-12-31", "gold", Some(("diamond", 10_000)));
        check(&earnings, "2026-01-30", "gold", Some(("diamond", 15_000)));
        check(&earnings, "2026-01-31", "bronze", Some(("silver", 1000)));
    }

    #[test]
    fn grace_says_through_which_day_a_tier_holds_and_what_would_keep_it() {
        let mut account = Account::default();
        for (on, points) in [("2025-01-01", 4_700), ("2025-06-01", 310)] {
            let lot = LotDays::at_once(on.parse().unwrap(), NaiveDate::MAX);
            account.apply(&Fact::Purchase(Purchase::earning(
                0,
                Amount::ZERO,
                points,
                lot,
            )));
        }
        let rules = rules();
        let on = |day: &str| standing(&rules, &account, day.parse().unwrap()).unwrap();
        assert_eq!(on("2025-12-31").grace, None);
        let until = "2026-01-30".parse().unwrap();
        let missing = 4_690;
        for day in ["2026-01-01", "2026-01-15", "2026-01-30"] {
            assert_eq!(on(day).tier.slug, "gold", "{day}");
            assert_eq!(on(day).grace, Some(Grace { until, missing }), "{day}");
        }
        assert_eq!(
            (on("2026-01-31").tier.slug.as_str(), on("2026-01-31").grace),
            ("bronze", None)
        );
    }

    #[test]
    fn earnings_of_the_future_do_not_lift_anybody_today() {
        check(
            &[("2031-01-01", 5000)],
            "2026-01-01",
            "bronze",
            Some(("silver", 1000)),
        );
    }

    #[test]
    fn rules_without_tiers_give_no_standing() {
        let none = TierRules {
            tiers: Vec::new(),
            basis: TierBasis::Points,
            window_days: 365,
            grace_days: 30,
        };
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        assert_eq!(standing(&none, &Account::default(), day), None);
    }
}
