//! What can be bought with points, and what is said when it cannot.

use rust_decimal::Decimal;

use super::*;
use crate::account::{Fact, Purchase, Redemption};
use crate::code::Benefit;
use crate::money::{BasisPoints, Currency};
use crate::program::{Tier, TierBasis, TierRules};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn rules() -> PointsRules {
    PointsRules {
        per_unit: Decimal::ONE,
        lifetime_days: 365,
        pending_days: 0,
        minimum_redeem: 100,
        point_value: Amount::from_minor(10).unwrap(),
        first_purchase: None,
        weekend: None,
        campaigns: Vec::new(),
    }
}

fn account(earned: &[(&str, i64)]) -> Account {
    let mut account = Account::default();
    for (on, points) in earned {
        let lot = crate::points::lot_days(day(on), &rules());
        account.apply(&Fact::Purchase(Purchase::earning(
            0,
            Amount::ZERO,
            *points,
            lot,
        )));
    }
    account
}

fn pay(earned: i64, total: i64, points: i64) -> Result<PointsTender, RedeemRefusal> {
    let mut purse = Purse::of(&account(&[("2026-01-01", earned)]), day("2026-01-02"));
    pay_with_points(
        &rules(),
        &mut purse,
        Amount::from_minor(total).unwrap(),
        points,
    )
}

#[test]
fn points_pay_from_the_minimum_to_what_the_basket_costs() {
    assert_eq!(pay(500, 5_000, 100).unwrap().amount.minor(), 1_000);
    let minimum = RedeemRefusal::PointsBelowMinimum { minimum: 100 };
    assert_eq!(pay(500, 5_000, 99), Err(minimum));
    let most = RedeemRefusal::PointsAboveTotal { most: 400 };
    assert_eq!(pay(500, 4_009, 401), Err(most));
    let missing = RedeemRefusal::NotEnoughPoints {
        available: 500,
        missing: 1,
    };
    assert_eq!(pay(500, 9_000, 501), Err(missing));
}

#[test]
fn the_most_that_points_pay_is_what_the_basket_takes() {
    let purse = Purse::of(&account(&[("2026-01-01", 500)]), day("2026-01-02"));
    let most = |total| most_points(&rules(), &purse, Amount::from_minor(total).unwrap());
    assert_eq!(most(4_009), Ok(400));
    assert_eq!(most(90_000), Ok(500));
    assert_eq!(
        most(990),
        Err(RedeemRefusal::PointsBelowMinimum { minimum: 100 })
    );
    let free = PointsRules {
        point_value: Amount::ZERO,
        ..rules()
    };
    assert_eq!(
        most_points(&free, &purse, Amount::MAX),
        Err(RedeemRefusal::PointsCannotPay)
    );
    assert_eq!(
        points_for(&rules(), Amount::from_minor(1_239).unwrap()),
        123
    );
}

#[test]
fn what_was_asked_for_shrinks_with_the_basket_and_with_the_purse() {
    let pay = |earned, total, asked| {
        let mut purse = Purse::of(&account(&[("2026-01-01", earned)]), day("2026-01-02"));
        let total = Amount::from_minor(total).unwrap();
        pay_at_most(&rules(), &mut purse, total, asked).map(|tender| tender.points)
    };
    let minimum = RedeemRefusal::PointsBelowMinimum { minimum: 100 };
    assert_eq!(pay(500, 9_000, 300), Ok(300));
    assert_eq!(pay(500, 2_509, 300), Ok(250));
    assert_eq!(pay(200, 9_000, 300), Ok(200));
    assert_eq!(pay(500, 1_000, 300), Ok(100));
    assert_eq!(pay(500, 999, 300), Err(minimum.clone()));
    assert_eq!(pay(500, 9_000, 99), Err(minimum));
    let missing = RedeemRefusal::NotEnoughPoints {
        available: 99,
        missing: 1,
    };
    assert_eq!(pay(99, 9_000, 300), Err(missing));
}

#[test]
fn what_goes_first_is_what_expires_first_and_nothing_is_spent_twice() {
    let account = account(&[("2026-03-01", 70), ("2026-01-01", 60)]);
    let mut purse = Purse::of(&account, day("2026-03-02"));
    let lots = purse.take(100).unwrap();
    assert_eq!(
        lots.iter().map(|lot| lot.points).collect::<Vec<_>>(),
        [60, 40]
    );
    assert_eq!(purse.available(), 30);
    assert!(purse.take(31).is_err());
    assert_eq!(Purse::of(&account, day("2027-02-01")).available(), 70);
}

fn program() -> Program {
    let tier = |slug: &str, from_points| Tier {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        from_points,
        multiplier: Decimal::ONE,
        discount: BasisPoints(0),
        benefits: Vec::new(),
    };
    Program {
        points: Some(rules()),
        tiers: Some(TierRules {
            tiers: vec![tier("bronze", 0), tier("silver", 1_000)],
            basis: TierBasis::Points,
            window_days: 365,
            grace_days: 30,
        }),
        rewards: vec![Reward {
            slug: "coffee".to_owned(),
            name: "Café".to_owned(),
            points: 200,
            tier: Some("silver".to_owned()),
            benefit: Benefit::Percent(BasisPoints(1_000)),
            products: ["latte".to_owned()].into(),
            categories: ["coffee".to_owned()].into(),
            valid_days: Some(30),
            valid_until: Some(day("2026-06-30")),
            per_customer: Some(1),
            stock: Some(5),
        }],
        ..Program::bare(Currency::from_code("COP").unwrap())
    }
}

#[test]
fn a_reward_says_why_it_cannot_be_had() {
    let program = program();
    let mut account = account(&[("2026-01-01", 500)]);
    let on = day("2026-06-30");
    let ask = |account: &Account, slug: &str, tier: Option<&str>, redeemed_by_all, day| {
        let asking = Asking {
            program: &program,
            account,
            tier,
            redeemed_by_all,
            day,
        };
        let mut purse = Purse::of(account, day);
        buy_reward(&asking, slug, &mut purse).map(|plan| plan.lots)
    };
    let silver = Some("silver");
    let refused = |result: Result<Vec<Lot>, RedeemRefusal>| result.unwrap_err().code();
    assert_eq!(
        refused(ask(&account, "tea", silver, 0, on)),
        "reward_unknown"
    );
    let late = day("2026-07-01");
    assert_eq!(
        refused(ask(&account, "coffee", silver, 0, late)),
        "reward_expired"
    );
    assert_eq!(
        refused(ask(&account, "coffee", None, 0, on)),
        "tier_too_low"
    );
    let bronze = Some("bronze");
    assert_eq!(
        refused(ask(&account, "coffee", bronze, 0, on)),
        "tier_too_low"
    );
    assert_eq!(
        refused(ask(&account, "coffee", silver, 5, on)),
        "reward_out_of_stock"
    );
    let lots = ask(&account, "coffee", silver, 4, on).unwrap();
    account.apply(&Fact::Redemption(Redemption {
        day: on,
        reward: "coffee".to_owned(),
        lots,
        coupon: None,
    }));
    assert_eq!(account.available(on), 300);
    assert_eq!(
        refused(ask(&account, "coffee", silver, 4, on)),
        "reward_limit_reached"
    );
}

#[test]
fn a_reward_coupon_is_a_code_of_its_customer_through_its_last_day() {
    let program = program();
    let account = account(&[("2026-01-01", 500)]);
    let asking = Asking {
        program: &program,
        account: &account,
        tier: Some("silver"),
        redeemed_by_all: 0,
        day: day("2026-03-01"),
    };
    let mut purse = Purse::of(&account, asking.day);
    let plan = buy_reward(&asking, "coffee", &mut purse).unwrap();
    let coupon = plan.coupon(CodeText::parse("RWD2").unwrap());
    let customer = Uuid::from_u128(7);
    let code = coupon_code(&program, &coupon, customer).unwrap();
    assert_eq!(
        (code.kind, code.valid_until),
        (CodeKind::Reward, Some(day("2026-03-31")))
    );
    assert!(code.restrictions.customers.contains(&customer));
    let names =
        |words: &std::collections::BTreeSet<String>| words.iter().cloned().collect::<Vec<_>>();
    assert_eq!(names(&code.restrictions.products), ["latte"]);
    assert_eq!(names(&code.restrictions.categories), ["coffee"]);
    assert_eq!(code.limits.per_customer, Some(1));
    assert_eq!(purse.available(), 300);
}

#[test]
fn what_is_withheld_is_named_and_stays_in_the_purse_of_others() {
    let all = || Purse::of(&account(&[("2026-01-01", 500)]), day("2026-01-02"));
    let mut purse = all().at_most(120);
    assert_eq!(purse.available(), 120);
    assert_eq!(
        purse.take(121),
        Err(RedeemRefusal::PointsWithheld { most: 120 })
    );
    let missing = RedeemRefusal::NotEnoughPoints {
        available: 500,
        missing: 1,
    };
    assert_eq!(purse.take(501), Err(missing), "nobody has so many");
    let taken: i64 = purse
        .take(120)
        .expect("points")
        .iter()
        .map(|lot| lot.points)
        .sum();
    assert_eq!((taken, purse.available()), (120, 0));
    assert_eq!(
        all().at_most(900),
        all(),
        "more than there is withholds nothing"
    );
    assert_eq!(all().at_most(0).available(), 0);
}
