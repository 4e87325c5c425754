//! Who works first, on what, and how the lines share it: amounts and shares by hand.

use mostrador_loyalty as loyalty;

use crate::counter::{Counter, amount, line, text};
use loyalty::code::{Benefit, Code, CodeKind, SpendTier, SpendTierBenefit};
use loyalty::money::BasisPoints;
use loyalty::program::Stacking;

fn percent(name: &str, rate: u32, priority: i32) -> Code {
    let mut code = Code::new(text(name), Benefit::Percent(BasisPoints(rate)));
    code.stackable = true;
    code.priority = priority;
    code
}

fn fixed(name: &str, minor: i64, priority: i32) -> Code {
    Code {
        benefit: Benefit::Fixed(amount(minor)),
        ..percent(name, 0, priority)
    }
}

fn on_coffee(mut code: Code) -> Code {
    code.restrictions.products.insert("coffee".to_owned());
    code
}

/// Scans `codes` on coffee and tea of 1000 each; every accepted code with its share of both.
#[track_caller]
fn check(stacking: Stacking, codes: Vec<Code>, expected: &[(&str, i64, i64)]) {
    let mut counter = Counter::with(codes);
    counter.program.stacking = stacking;
    counter.basket.lines = vec![line("coffee", 1_000), line("tea", 1_000)];
    let quote = counter.quote();
    let found: Vec<(&str, i64, i64)> = quote
        .accepted
        .iter()
        .map(|code| {
            let shares = (code.shares[0].minor(), code.shares[1].minor());
            (code.text.as_str(), shares.0, shares.1)
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn additive_percents_work_on_the_gross() {
    let codes = vec![percent("A", 1_000, 0), percent("B", 1_000, 0)];
    check(
        Stacking::Additive,
        codes,
        &[("A", 100, 100), ("B", 100, 100)],
    );
}

#[test]
fn compounding_percents_work_on_what_is_left_by_priority() {
    let codes = vec![percent("A", 5_000, 0), percent("B", 1_000, 5)];
    check(
        Stacking::Compounding,
        codes,
        &[("B", 100, 100), ("A", 450, 450)],
    );
    let codes = vec![percent("B", 1_000, 0), percent("A", 5_000, 0)];
    check(
        Stacking::Compounding,
        codes,
        &[("A", 500, 500), ("B", 50, 50)],
    );
}

#[test]
fn percents_come_before_amounts_whatever_their_priority() {
    let codes = vec![fixed("A", 400, 9), percent("B", 1_000, 0)];
    check(
        Stacking::Compounding,
        codes,
        &[("B", 100, 100), ("A", 200, 200)],
    );
}

#[test]
fn reward_coupons_come_last() {
    let mut reward = percent("A", 1_000, 9);
    reward.kind = CodeKind::Reward;
    let codes = vec![reward, fixed("B", 400, 0)];
    check(
        Stacking::Compounding,
        codes,
        &[("B", 200, 200), ("A", 80, 80)],
    );
}

#[test]
fn an_amount_is_shared_by_what_the_lines_still_cost() {
    let codes = vec![on_coffee(percent("A", 5_000, 0)), fixed("B", 300, 0)];
    check(Stacking::Additive, codes, &[("A", 500, 0), ("B", 100, 200)]);
}

#[test]
fn a_percent_is_shared_by_the_gross_of_its_lines() {
    let codes = vec![on_coffee(percent("A", 5_000, 1)), percent("B", 3_000, 0)];
    check(Stacking::Additive, codes, &[("A", 500, 0), ("B", 300, 300)]);
}

#[test]
fn the_best_set_is_not_always_made_of_the_largest_codes() {
    let mut tea = fixed("C", 400, 0);
    tea.restrictions.products.insert("tea".to_owned());
    let codes = [
        on_coffee(percent("A", 5_000, 0)),
        on_coffee(percent("B", 5_000, 0)),
        tea,
    ];
    let mut counter = Counter::with(codes);
    counter.program.stacking = Stacking::Compounding;
    counter.program.max_codes = 2;
    counter.basket.lines = vec![line("coffee", 1_000), line("tea", 1_000)];
    let best = counter.quote().best_set;
    // A and B take 750 together, each more alone than C; A and C take 900.
    assert_eq!(best.codes, [text("A"), text("C")]);
    assert_eq!((best.discount, best.gain), (amount(900), amount(150)));
}

#[test]
fn the_best_set_knows_what_an_amount_leaves_of_the_lines_of_the_next_code() {
    let on_tea = |mut code: Code| {
        code.restrictions.products.insert("tea".to_owned());
        code
    };
    let mut reward = on_tea(percent("C", 6_500, 0));
    reward.kind = CodeKind::Reward;
    let codes = [on_tea(percent("A", 5_000, 0)), fixed("B", 400, 0), reward];
    let mut counter = Counter::with(codes);
    counter.program.stacking = Stacking::Compounding;
    counter.program.max_codes = 2;
    counter.basket.lines = vec![line("coffee", 1_000), line("tea", 1_000)];
    let best = counter.quote().best_set;
    // A and C take 825, A and B 900; half of B's 400 is on the tea, of which C takes 65 % of 800.
    assert_eq!(best.codes, [text("B"), text("C")]);
    assert_eq!(best.discount, amount(920));
}

#[test]
fn a_spend_tier_gives_what_its_highest_step_within_reach_says() {
    let step = |from, fixed| SpendTier {
        from: amount(from),
        gives: SpendTierBenefit::Fixed(amount(fixed)),
    };
    let given = |price| {
        let steps = vec![step(1_000, 10), step(5_000, 70), step(9_000, 30)];
        let code = Code::new(text("PASOS"), Benefit::SpendTiers(steps));
        let mut counter = Counter::with([code]);
        counter.basket.lines = vec![line("coffee", price)];
        counter.quote().discount
    };
    for (price, fixed) in [
        (1_000, 10),
        (4_999, 10),
        (5_000, 70),
        (8_999, 70),
        (9_000, 30),
    ] {
        assert_eq!(given(price), amount(fixed), "at {price}");
    }
}
