//! Accounts and tallies as folds of facts.

use chrono::{Days, NaiveDate};
use mostrador_loyalty as loyalty;
use proptest::prelude::*;

use crate::cases;
use crate::draw::day;
use loyalty::account::{Account, CodeTally, Fact};
use loyalty::money::Amount;

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn expired_points_are_never_available(facts in facts(), on in 0..900_u64) {
        let on = day(on);
        let mut account = Account::default();
        let mut earned = 0;
        for fact in &facts {
            account.apply(fact);
            if let Fact::Purchase { points, expires_on, .. } = fact
                && *expires_on >= on
            {
                earned += points;
            }
        }
        prop_assert!(account.available(on) <= earned);
        prop_assert!(account.available(on) >= 0 && account.debt >= 0);
        prop_assert_eq!(account.available(NaiveDate::MAX), 0);
    }

    #[test]
    fn purchases_fold_to_the_same_account_in_any_order(
        (one, other) in facts().prop_flat_map(|facts| {
            let purchases: Vec<Fact> = facts.into_iter()
                .filter(|fact| matches!(fact, Fact::Purchase { .. }))
                .collect();
            (Just(purchases.clone()), Just(purchases).prop_shuffle())
        })
    ) {
        let fold = |facts: &[Fact]| {
            let mut account = Account::default();
            for fact in facts {
                account.apply(fact);
            }
            account
        };
        prop_assert_eq!(fold(&one), fold(&other));
    }

    #[test]
    fn a_tally_is_the_same_in_any_order(
        (one, other) in prop::collection::vec(0..5_u64, 0..20)
            .prop_flat_map(|days| (Just(days.clone()), Just(days).prop_shuffle()))
    ) {
        let fold = |days: &[u64]| {
            let mut tally = CodeTally::default();
            for on in days {
                tally.apply(day(*on), Amount::from_minor(3).unwrap());
            }
            tally
        };
        prop_assert_eq!(fold(&one), fold(&other));
    }
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let purchase =
        (0..400_u64, 0..500_u64, 0..1_000_i64).prop_map(|(on, life, points)| Fact::Purchase {
            at_ms: 0,
            day: day(on),
            total: Amount::clamped(points.into()),
            points,
            expires_on: day(on) + Days::new(life),
            codes: Vec::new(),
        });
    let adjustment = (0..400_u64, -800..0_i64).prop_map(|(on, points)| Fact::Adjustment {
        day: day(on),
        points,
        expires_on: day(on),
    });
    prop::collection::vec(prop_oneof![4 => purchase, 1 => adjustment], 0..30)
}
