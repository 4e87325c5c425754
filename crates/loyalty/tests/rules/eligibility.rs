//! Each rule that keeps a code out: what fails it, and what just passes.

use chrono::{NaiveDate, Weekday};
use mostrador_loyalty as loyalty;
use uuid::Uuid;

use crate::counter::{Counter, amount, line, text};
use loyalty::code::{Benefit, Code, SpendTier, SpendTierBenefit, Window};
use loyalty::customer::{CodeUse, Right};
use loyalty::money::BasisPoints;

fn coupon<T>(change: impl FnOnce(&mut Code) -> T) -> Code {
    let mut code = Code::new(text("CUPON"), Benefit::Percent(BasisPoints(1_000)));
    let _ = change(&mut code);
    code
}

/// The first code was used before.
fn used(mut counter: Counter, used: CodeUse) -> Counter {
    counter.usage.codes.insert(text("CUPON"), used);
    counter
}

/// What becomes of the first code: its refusal, or `accepted`.
#[track_caller]
fn check(counter: &Counter, expected: &str) {
    let quote = counter.quote();
    let found = match quote.refused.first() {
        Some(refused) => refused.refusal.code(),
        None => "accepted",
    };
    assert_eq!(found, expected);
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn window(weekdays: &[Weekday], from: &str, to: &str) -> Window {
    Window {
        weekdays: weekdays.to_vec(),
        from: from.parse().expect("an hour"),
        to: to.parse().expect("an hour"),
    }
}

#[test]
fn the_first_and_the_last_day_are_inside() {
    let spring = || coupon(|code| code.valid_from = Some(day("2026-11-21")));
    check(
        &Counter::with([spring()]).at("2026-11-20T23:59:59"),
        "not_started",
    );
    check(
        &Counter::with([spring()]).at("2026-11-21T00:00:00"),
        "accepted",
    );
    check(
        &Counter::with([spring()]).at("2026-12-01T00:00:00"),
        "accepted",
    );
    let autumn = || coupon(|code| code.valid_until = Some(day("2026-11-21")));
    check(
        &Counter::with([autumn()]).at("2026-11-01T00:00:00"),
        "accepted",
    );
    check(
        &Counter::with([autumn()]).at("2026-11-21T23:59:59"),
        "accepted",
    );
    check(
        &Counter::with([autumn()]).at("2026-11-22T00:00:00"),
        "expired",
    );
    check(
        &Counter::with([coupon(|code| code.active = false)]),
        "inactive",
    );
}

#[test]
fn an_expired_code_is_expired_at_every_hour() {
    let code = coupon(|code| {
        code.valid_until = Some(day("2026-11-20"));
        code.restrictions.windows = vec![window(&[], "01:00:00", "02:00:00")];
    });
    check(&Counter::with([code]), "expired");
}

#[test]
fn a_window_opens_on_its_minute_and_is_closed_on_its_last() {
    let morning = || {
        coupon(|code| {
            code.restrictions.windows = vec![window(&[Weekday::Sat], "08:00:00", "12:00:00")];
        })
    };
    for (now, expected) in [
        ("2026-11-21T07:59:59", "outside_hours"),
        ("2026-11-21T08:00:00", "accepted"),
        ("2026-11-21T11:59:59", "accepted"),
        ("2026-11-21T12:00:00", "outside_hours"),
        ("2026-11-22T09:00:00", "outside_hours"),
    ] {
        check(&Counter::with([morning()]).at(now), expected);
    }
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_on_which_it_opened() {
    let night = || {
        coupon(|code| {
            code.restrictions.windows = vec![window(&[Weekday::Sat], "22:00:00", "02:00:00")];
        })
    };
    for (now, expected) in [
        ("2026-11-21T01:00:00", "outside_hours"),
        ("2026-11-21T21:59:59", "outside_hours"),
        ("2026-11-21T22:00:00", "accepted"),
        ("2026-11-22T01:59:59", "accepted"),
        ("2026-11-22T02:00:00", "outside_hours"),
        ("2026-11-22T23:00:00", "outside_hours"),
    ] {
        check(&Counter::with([night()]).at(now), expected);
    }
    let whole_day =
        || coupon(|code| code.restrictions.windows = vec![window(&[], "10:00:00", "10:00:00")]);
    check(
        &Counter::with([whole_day()]).at("2026-11-21T09:59:59"),
        "accepted",
    );
    check(
        &Counter::with([whole_day()]).at("2026-11-21T10:00:00"),
        "accepted",
    );
}

#[test]
fn one_open_window_of_several_is_enough() {
    let two = coupon(|code| {
        code.restrictions.windows = vec![
            window(&[], "01:00:00", "02:00:00"),
            window(&[], "11:00:00", "13:00:00"),
        ];
    });
    check(&Counter::with([two]), "accepted");
}

#[test]
fn a_store_restriction_names_stores() {
    let only = |store: &str| coupon(|code| code.restrictions.stores.insert(store.to_owned()));
    check(&Counter::with([only("centro")]), "accepted");
    check(&Counter::with([only("norte")]), "wrong_store");
}

#[test]
fn every_rule_about_the_customer_asks_for_one() {
    let first = coupon(|code| code.restrictions.first_purchase_only = true);
    let limited = coupon(|code| code.limits.per_customer = Some(1));
    let tiered = coupon(|code| code.restrictions.tiers.insert("bronze".to_owned()));
    let personal = coupon(|code| code.restrictions.customers.insert(Uuid::from_u128(7)));
    for code in [first, limited, tiered, personal] {
        check(&Counter::with([code.clone()]), "customer_required");
        check(&Counter::with([code]).customer("silver", 0), "accepted");
    }
    check(&Counter::with([coupon(|_| {})]), "accepted");
}

#[test]
fn a_code_of_one_customer_is_not_for_another() {
    let personal = |id| coupon(|code| code.restrictions.customers.insert(Uuid::from_u128(id)));
    check(
        &Counter::with([personal(8)]).customer("gold", 0),
        "wrong_customer",
    );
    check(
        &Counter::with([personal(7)]).customer("gold", 0),
        "accepted",
    );
    let own = |id| coupon(|code| code.owner_customer = Some(Uuid::from_u128(id)));
    check(&Counter::with([own(7)]).customer("gold", 0), "own_code");
    check(&Counter::with([own(8)]).customer("gold", 0), "accepted");
}

#[test]
fn a_tier_opens_for_itself_and_higher_ones() {
    let silver = || coupon(|code| code.restrictions.tiers.insert("silver".to_owned()));
    check(
        &Counter::with([silver()]).customer("bronze", 0),
        "tier_too_low",
    );
    check(&Counter::with([silver()]).customer("silver", 0), "accepted");
    check(&Counter::with([silver()]).customer("gold", 0), "accepted");
    let bronze_or_gold = coupon(|code| {
        code.restrictions.tiers = ["gold".to_owned(), "bronze".to_owned()].into();
    });
    check(
        &Counter::with([bronze_or_gold]).customer("silver", 0),
        "accepted",
    );
    let gone = || coupon(|code| code.restrictions.tiers.insert("platinum".to_owned()));
    check(&Counter::with([gone()]).customer("gold", 0), "tier_too_low");
    check(&Counter::with([gone()]).customer("platinum", 0), "accepted");
}

#[test]
fn the_refusal_names_the_lowest_tier_that_would_do() {
    let code = coupon(|code| {
        code.restrictions.tiers = ["gold".to_owned(), "silver".to_owned()].into();
    });
    let quote = Counter::with([code]).customer("bronze", 0).quote();
    let needs = "silver".to_owned();
    assert_eq!(
        quote.refused[0].refusal,
        loyalty::refusal::Refusal::TierTooLow { needs }
    );
}

#[test]
fn a_code_for_a_badge_is_for_those_who_have_it() {
    let vip = || coupon(|code| code.restrictions.badge = Some("regular".to_owned()));
    let quote = Counter::with([vip()]).customer("gold", 0).quote();
    let badge = "regular".to_owned();
    assert_eq!(
        quote.refused[0].refusal,
        loyalty::refusal::Refusal::BadgeRequired { badge }
    );
    let mut counter = Counter::with([vip()]).customer("gold", 0);
    if let Some(customer) = &mut counter.customer {
        customer.badges.insert("regular".to_owned());
    }
    check(&counter, "accepted");
    check(&Counter::with([vip()]), "customer_required");
}

#[test]
fn the_first_purchase_is_the_one_after_none() {
    let first = || coupon(|code| code.restrictions.first_purchase_only = true);
    check(&Counter::with([first()]).customer("bronze", 0), "accepted");
    check(
        &Counter::with([first()]).customer("bronze", 1),
        "not_first_purchase",
    );
}

#[test]
fn restrictions_of_different_kinds_hold_together() {
    let on = |product: &str, category: &str, partner: &str| {
        coupon(|code| {
            code.restrictions.products.insert(product.to_owned());
            code.restrictions.categories.insert(category.to_owned());
            code.restrictions.partners.insert(partner.to_owned());
        })
    };
    check(
        &Counter::with([on("coffee", "drinks", "finca")]),
        "accepted",
    );
    check(
        &Counter::with([on("tea", "drinks", "finca")]),
        "no_eligible_line",
    );
    check(
        &Counter::with([on("coffee", "food", "finca")]),
        "no_eligible_line",
    );
    check(
        &Counter::with([on("coffee", "drinks", "other")]),
        "no_eligible_line",
    );
}

#[test]
fn money_comes_off_discountable_lines_only() {
    let mut counter = Counter::with([coupon(|_| {})]);
    counter.basket.lines[0].discountable = false;
    check(&counter, "no_eligible_line");
    let mut tracked = Counter::with([Code::new(text("GUIA"), Benefit::Tracking)]);
    tracked.basket.lines[0].discountable = false;
    check(&tracked, "accepted");
}

#[test]
fn a_free_product_must_be_in_the_basket() {
    let free = |product: &str| {
        let product = product.to_owned();
        Code::new(text("REGALO"), Benefit::FreeProduct { product, units: 1 })
    };
    check(&Counter::with([free("coffee")]), "accepted");
    check(&Counter::with([free("cake")]), "no_eligible_line");
}

#[test]
fn the_minimum_itself_is_enough() {
    let from = |minimum| coupon(|code| code.min_purchase = amount(minimum));
    check(&Counter::with([from(10_000)]), "accepted");
    check(&Counter::with([from(10_001)]), "minimum_not_met");
    let steps = |from| {
        let gives = SpendTierBenefit::Fixed(amount(100));
        let from = amount(from);
        Code::new(
            text("PASOS"),
            Benefit::SpendTiers(vec![SpendTier { from, gives }]),
        )
    };
    check(&Counter::with([steps(10_000)]), "accepted");
    check(&Counter::with([steps(10_001)]), "minimum_not_met");
}

#[test]
fn the_minimum_counts_eligible_lines_before_any_code() {
    let half = || {
        let mut code = coupon(|code| code.min_purchase = amount(15_000));
        code.restrictions.products.insert("coffee".to_owned());
        code
    };
    let mut counter = Counter::with([half()]);
    counter.basket.lines.push(line("tea", 90_000));
    check(&counter, "minimum_not_met");
}

#[test]
fn a_limit_is_reached_by_as_many_uses_as_it_says() {
    let all = |code: &mut Code| {
        code.limits.total = Some(5);
        code.limits.per_customer = Some(3);
        code.limits.per_day = Some(2);
        code.limits.budget = Some(amount(700));
    };
    let counter = |before| used(Counter::with([coupon(all)]).customer("bronze", 0), before);
    let below = CodeUse {
        total: 4,
        by_customer: 2,
        today: 1,
        discount: amount(699),
        ..CodeUse::default()
    };
    check(&counter(below), "accepted");
    check(
        &counter(CodeUse { total: 5, ..below }),
        "total_limit_reached",
    );
    check(
        &counter(CodeUse {
            by_customer: 3,
            ..below
        }),
        "customer_limit_reached",
    );
    check(&counter(CodeUse { today: 2, ..below }), "day_limit_reached");
    check(
        &counter(CodeUse {
            discount: amount(700),
            ..below
        }),
        "budget_spent",
    );
    assert_eq!(counter(below).quote().discount, amount(1));
}

#[test]
fn a_right_that_is_held_decides_for_the_limits_of_everybody() {
    let all = |code: &mut Code| {
        code.limits.total = Some(5);
        code.limits.per_customer = Some(3);
        code.limits.budget = Some(amount(700));
    };
    let counter = |right: (u64, i64), before| {
        let right = Right {
            uses: Some(right.0),
            budget: Some(amount(right.1)),
            customer: None,
        };
        let before = CodeUse {
            right: Some(right),
            ..before
        };
        used(Counter::with([coupon(all)]).customer("bronze", 0), before)
    };
    let below = CodeUse {
        total: 4,
        by_customer: 2,
        discount: amount(600),
        ..CodeUse::default()
    };
    let above = CodeUse {
        total: 5,
        discount: amount(700),
        ..below
    };
    check(&counter((1, 50), below), "accepted");
    assert_eq!(
        counter((1, 50), below).quote().discount,
        amount(50),
        "the budget is what is held, not what is left of it everywhere"
    );
    check(&counter((1, 50), above), "accepted");
    check(&counter((0, 50), below), "lease_required");
    check(&counter((1, 0), below), "lease_required");
    check(&counter((0, 50), above), "total_limit_reached");
    check(&counter((1, 0), above), "budget_spent");
    let often = CodeUse {
        by_customer: 3,
        ..below
    };
    check(&counter((1, 50), often), "customer_limit_reached");
}

type Mend = fn(&mut Code);

/// One code that breaks every rule after another: the first rule that is broken speaks.
#[test]
fn a_code_limited_for_each_customer_needs_the_right_to_decide_on_them() {
    let counter = |customer| {
        let once = |code: &mut Code| code.limits.per_customer = Some(1);
        let right = Right {
            customer,
            ..Right::default()
        };
        let before = CodeUse {
            right: Some(right),
            ..CodeUse::default()
        };
        used(Counter::with([coupon(once)]).customer("bronze", 0), before)
    };
    check(&counter(None), "accepted");
    check(&counter(Some(true)), "accepted");
    check(&counter(Some(false)), "lease_required");
}

#[test]
fn the_first_broken_rule_speaks() {
    let mut code = coupon(|code| {
        code.active = false;
        code.valid_from = Some(day("2026-11-22"));
        code.restrictions.windows = vec![window(&[], "01:00:00", "02:00:00")];
        code.restrictions.stores.insert("norte".to_owned());
        code.restrictions.customers.insert(Uuid::from_u128(8));
        code.restrictions.tiers.insert("gold".to_owned());
        code.restrictions.badge = Some("regular".to_owned());
        code.restrictions.first_purchase_only = true;
        code.owner_customer = Some(Uuid::from_u128(7));
        code.restrictions.products.insert("tea".to_owned());
        code.min_purchase = amount(20_000);
        code.limits.total = Some(1);
        code.limits.per_customer = Some(1);
        code.limits.per_day = Some(1);
        code.limits.budget = Some(amount(1));
    });
    let once = CodeUse {
        total: 1,
        by_customer: 1,
        today: 1,
        discount: amount(1),
        ..CodeUse::default()
    };
    let nobody = used(Counter::with([code.clone()]), once);
    check(&nobody, "inactive");
    let mends: [(&str, Mend); 14] = [
        ("not_started", |code| code.active = true),
        ("outside_hours", |code| code.valid_from = None),
        ("wrong_store", |code| code.restrictions.windows.clear()),
        ("wrong_customer", |code| code.restrictions.stores.clear()),
        ("tier_too_low", |code| code.restrictions.customers.clear()),
        ("badge_required", |code| code.restrictions.tiers.clear()),
        ("not_first_purchase", |code| code.restrictions.badge = None),
        ("own_code", |code| {
            code.restrictions.first_purchase_only = false;
        }),
        ("no_eligible_line", |code| code.owner_customer = None),
        ("minimum_not_met", |code| code.restrictions.products.clear()),
        ("total_limit_reached", |code| code.min_purchase = amount(0)),
        ("customer_limit_reached", |code| code.limits.total = None),
        ("day_limit_reached", |code| code.limits.per_customer = None),
        ("budget_spent", |code| code.limits.per_day = None),
    ];
    for (expected, mend) in mends {
        mend(&mut code);
        let counter = used(Counter::with([code.clone()]), once);
        if expected == "wrong_customer" {
            check(&counter, "customer_required");
        }
        check(&counter.customer("bronze", 1), expected);
    }
}

#[test]
fn stacking_speaks_last_and_the_full_basket_before_the_exclusive_code() {
    let named = |name: &str, stackable| {
        let mut code = Code::new(text(name), Benefit::Percent(BasisPoints(100)));
        code.stackable = stackable;
        code
    };
    let quote = Counter::with([named("A", true), named("B", false), named("C", true)]).quote();
    let refused: Vec<&str> = quote
        .refused
        .iter()
        .map(|code| code.refusal.code())
        .collect();
    assert_eq!(refused, ["not_stackable"]);
    assert_eq!(quote.accepted.len(), 2);
    let mut full = Counter::with([named("A", true), named("B", false)]);
    full.program.max_codes = 1;
    let refused = full.quote().refused;
    assert_eq!(refused[0].refusal.code(), "stack_limit");
}
