//! When a customer moves from one tier to another, and when that is to be looked at.

use std::ops::Bound;

use chrono::{Days, NaiveDate};

use super::{Standing, standing};
use crate::account::Account;
use crate::program::{Tier, TierBasis, TierRules};
use crate::score::{ScoreRules, score};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Fact, LotDays, Purchase};
    use crate::money::{Amount, BasisPoints};
    use crate::tier::tests::rules;

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
}
