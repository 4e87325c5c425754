//! Where a customer stands: tier, and distance to the next.

use std::ops::Bound;

use chrono::{Days, NaiveDate};

use crate::account::Account;
use crate::program::{Tier, TierBasis, TierRules};
use crate::score::{ScoreRules, score};

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

/// A step from one tier to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierMove<'a> {
    /// The tier before; none: none was announced yet.
    pub from: Option<&'a Tier>,
    /// The tier now.
    pub to: &'a Tier,
    /// What the window holds.
    pub window_points: i64,
    /// Whether it goes up.
    pub is_up: bool,
}

/// Whether what happened on `day` moved the customer: the standing of the account before it and after.
pub fn moved<'a>(
    rules: &'a TierRules,
    before: &Account,
    after: &Account,
    day: NaiveDate,
) -> Option<TierMove<'a>> {
    let from = standing(rules, before, day)?.tier;
    step(rules, Some(from), standing(rules, after, day)?)
}

/// The move that is still to be announced on `day`: from the tier that was announced last to where the
/// account stands. A customer of whom nothing was announced begins in the lowest tier. Announcing it
/// ends it, so a job that runs twice finds nothing the second time.
pub fn unannounced<'a>(
    rules: &'a TierRules,
    account: &Account,
    day: NaiveDate,
) -> Option<TierMove<'a>> {
    let held = account.tier.as_ref();
    let announced = held.and_then(|held| rules.tier(&held.tier));
    let from = announced.or(rules.tiers.first());
    step(rules, from, standing(rules, account, day)?)
}

/// The first day from `from` on, on which [`unannounced`] may find something if nothing more happens:
/// never later than the first on which it does. None: it never will.
pub fn may_move_on(rules: &TierRules, account: &Account, from: NaiveDate) -> Option<NaiveDate> {
    let from = account
        .tier
        .as_ref()
        .map_or(from, |held| held.since.max(from));
    if unannounced(rules, account, from).is_some() {
        return Some(from);
    }
    let held = standing(rules, account, from)?.tier;
    let later = (Bound::Excluded(from), Bound::Unbounded);
    let (rises, falls) = match &rules.basis {
        TierBasis::Points => {
            let mut later = account.earned_by_day.range(later);
            let rises = later.find(|(_, points)| **points > 0);
            let falls = falls_on(rules, account, (held, from));
            (rises.map(|(day, _)| *day), falls)
        }
        TierBasis::Score(score) => {
            let rises = account.visits.range(later).next();
            let falls = score_falls_on((rules, score), account, (held, from));
            (rises.map(|(day, _)| *day), falls)
        }
    };
    [rises, falls].into_iter().flatten().min()
}

/// As [`falls_on`], for scores: without a purchase the score of a day is never above that of the day
/// before, so the last day that reaches the tier is found by halving.
fn score_falls_on(
    (rules, score_rules): (&TierRules, &ScoreRules),
    account: &Account,
    (held, from): (&Tier, NaiveDate),
) -> Option<NaiveDate> {
    if rules.rank(&held.slug).unwrap_or(0) == 0 {
        return None;
    }
    let reaches = |day| score(score_rules, account, day).total >= held.from_points;
    let after = |days: u32| {
        from.checked_add_days(Days::new(days.into()))
            .unwrap_or(NaiveDate::MAX)
    };
    if !reaches(from) {
        // Held by a day before, in its grace.
        return from.succ_opt();
    }
    // After a window nothing of today is left in it.
    if reaches(after(score_rules.window_days)) {
        return None;
    }
    let (mut kept, mut lost) = (0, score_rules.window_days);
    while lost.saturating_sub(kept) > 1 {
        let middle = kept.midpoint(lost);
        if reaches(after(middle)) {
            kept = middle;
        } else {
            lost = middle;
        }
    }
    Some(after(lost.saturating_add(rules.grace_days)))
}

/// The first day after `from` on which the tier held on it may be lost: the latest window that reaches
/// it ends, and the grace goes by. The lowest tier is never lost.
fn falls_on(
    rules: &TierRules,
    account: &Account,
    (held, from): (&Tier, NaiveDate),
) -> Option<NaiveDate> {
    if rules.rank(&held.slug).unwrap_or(0) == 0 {
        return None;
    }
    let earned = || account.earned_by_day.range(..=from).rev();
    let newest = earned().next().map(|(day, _)| *day)?;
    let mut sum = 0_i64;
    let decisive = earned().find(|(_, points)| {
        sum = sum.saturating_add(**points);
        sum >= held.from_points
    });
    let later = |day: NaiveDate, days: u32| {
        day.checked_add_days(Days::new(days.into()))
            .unwrap_or(NaiveDate::MAX)
    };
    let tomorrow = later(from, 1);
    let Some((oldest, _)) = decisive else {
        return Some(tomorrow);
    };
    let last = later(*oldest, rules.window_days.saturating_sub(1));
    if last < newest {
        // What decides lies in no one window: it is held by an earlier one, in its grace.
        return Some(tomorrow);
    }
    Some(later(last, rules.grace_days.saturating_add(1)).max(tomorrow))
}

fn step<'a>(
    rules: &TierRules,
    from: Option<&'a Tier>,
    standing: Standing<'a>,
) -> Option<TierMove<'a>> {
    let to = standing.tier;
    let rank = |tier: &Tier| rules.rank(&tier.slug);
    (from.and_then(rank) != rank(to)).then(|| TierMove {
        from,
        to,
        window_points: standing.window_points,
        is_up: from.and_then(rank) < rank(to),
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

    fn rules() -> TierRules {
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
    fn a_move_is_seen_when_it_happens_and_announced_once() {
        let day: NaiveDate = "2026-01-01".parse().unwrap();
        let lot = LotDays::at_once(day, NaiveDate::MAX);
        let rules = rules();
        let before = Account::default();
        let mut after = before.clone();
        let sale = Purchase::earning(0, Amount::ZERO, 1_200, lot);
        after.apply(&Fact::Purchase(sale.clone()));
        let up = moved(&rules, &before, &after, day).unwrap();
        assert_eq!((up.to.slug.as_str(), up.is_up), ("silver", true));
        assert_eq!(unannounced(&rules, &after, day), Some(up));
        after.apply(&Fact::TierMoved(crate::account::HeldTier {
            since: day,
            at_ms: 1,
            tier: "silver".to_owned(),
        }));
        assert_eq!(unannounced(&rules, &after, day), None);
        let undone = {
            let mut undone = after.clone();
            undone.apply(&Fact::Refund(sale.undone_on(day)));
            undone
        };
        let down = moved(&rules, &after, &undone, day).unwrap();
        assert_eq!((down.to.slug.as_str(), down.is_up), ("bronze", false));
        assert_eq!(unannounced(&rules, &before, day), None);
    }

    #[test]
    fn the_day_of_the_next_move_is_never_missed() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let histories: [&[(&str, i64)]; 5] = [
            &[("2025-01-01", 5000)],
            &[
                ("2025-01-01", 600),
                ("2025-03-01", 600),
                ("2025-12-20", 900),
            ],
            &[("2025-01-01", 900), ("2026-02-01", 900)],
            &[
                ("2025-01-01", 15_000),
                ("2025-01-02", -11_000),
                ("2025-06-01", 1000),
            ],
            &[("2025-01-01", 999)],
        ];
        let rules = rules();
        for earnings in histories {
            let mut account = Account::default();
            for (on, points) in earnings {
                account.earned_by_day.insert(day(on), *points);
            }
            let mut due = may_move_on(&rules, &account, day("2024-12-31"));
            let (mut checks, mut moves) = (0, 0);
            for at in day("2024-12-31").iter_days().take(1_000) {
                let found = unannounced(&rules, &account, at);
                assert!(
                    found.is_none() || due == Some(at),
                    "{earnings:?}: {at} {due:?}"
                );
                if due != Some(at) {
                    continue;
                }
                checks += 1;
                if let Some(found) = found {
                    moves += 1;
                    account.tier = Some(crate::account::HeldTier {
                        since: at,
                        at_ms: 0,
                        tier: found.to.slug.clone(),
                    });
                }
                due = may_move_on(&rules, &account, at.succ_opt().unwrap());
            }
            assert_eq!(due, None, "{earnings:?}");
            assert!(
                checks <= moves + earnings.len() + 32,
                "{earnings:?}: {checks}"
            );
        }
    }

    /// Bronze, silver from 30 and gold from 60 of a score of 30 days, 10 days of grace.
    fn by_score() -> TierRules {
        let mut rules = rules();
        rules.tiers.truncate(3);
        for (tier, from) in rules.tiers.iter_mut().zip([0, 30, 60]) {
            tier.from_points = from;
        }
        let weights = crate::score::Weights {
            frequency: BasisPoints(4000),
            amount: BasisPoints(2000),
            recency: BasisPoints(3000),
            variety: BasisPoints(500),
            referrals: BasisPoints(500),
        };
        rules.grace_days = 10;
        rules.basis = TierBasis::Score(ScoreRules {
            window_days: 30,
            visits: 4,
            spend: Amount::from_minor(40_000).unwrap(),
            categories: 2,
            referrals: 1,
            weights,
        });
        rules
    }

    #[test]
    fn a_tier_by_score_is_lost_after_its_grace_and_never_missed() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let rules = by_score();
        let mut account = Account::default();
        for (on, spent) in [
            ("2026-01-01", 9_000),
            ("2026-01-05", 20_000),
            ("2026-01-20", 11_000),
        ] {
            let visit = crate::account::Visit { sales: 1, spent };
            account.visits.insert(day(on), visit);
        }
        let mut due = may_move_on(&rules, &account, day("2026-01-01"));
        let mut moves = Vec::new();
        for at in day("2026-01-01").iter_days().take(120) {
            let found = unannounced(&rules, &account, at);
            assert!(found.is_none() || due == Some(at), "{at}: {due:?}");
            if due != Some(at) {
                continue;
            }
            if let Some(found) = found {
                moves.push((at.to_string(), found.to.slug.clone()));
                account.tier = Some(crate::account::HeldTier {
                    since: at,
                    at_ms: 0,
                    tier: found.to.slug.clone(),
                });
            }
            due = may_move_on(&rules, &account, at.succ_opt().unwrap());
        }
        assert_eq!(due, None);
        let expected = [
            ("2026-01-01", "silver"),
            ("2026-01-05", "gold"),
            // 70 on January 30th, 54 a day later; 30 on February 4th, 29 a day later.
            ("2026-02-10", "silver"),
            ("2026-02-15", "bronze"),
        ];
        let expected = expected.map(|(on, tier)| (on.to_owned(), tier.to_owned()));
        assert_eq!(moves, expected);
    }

    #[test]
    fn redemption_never_lowers_a_tier() {
        let day: NaiveDate = "2026-01-01".parse().unwrap();
        let lot = LotDays::at_once(day, NaiveDate::MAX);
        let mut account = Account::default();
        account.apply(&Fact::Purchase(Purchase::earning(
            0,
            Amount::ZERO,
            1_200,
            lot,
        )));
        let before = account.clone();
        account.apply(&Fact::Redemption(crate::account::Redemption {
            day,
            reward: "coffee".to_owned(),
            lots: vec![crate::account::Lot {
                days: lot,
                points: 1_200,
            }],
            coupon: None,
        }));
        assert_eq!(account.available(day), 0);
        assert_eq!(moved(&rules(), &before, &account, day), None);
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
