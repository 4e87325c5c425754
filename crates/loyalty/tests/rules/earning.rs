//! Points of a quote: what earns, every factor, and which points codes are used up.

use mostrador_loyalty as loyalty;
use rust_decimal::Decimal;

use crate::counter::{Counter, amount, line, text};
use loyalty::code::{Benefit, Code};
use loyalty::money::{Amount, BasisPoints};
use loyalty::program::{Factor, PointsRules};
use loyalty::refusal::Note;

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// One point for 100 pesos; first purchase 1.5, weekend 1.2.
fn earning(codes: impl IntoIterator<Item = Code>) -> Counter {
    let mut counter = Counter::with(codes);
    counter.program.points = Some(PointsRules {
        pending_days: 0,
        per_unit: decimal("0.01"),
        lifetime_days: 365,
        minimum_redeem: 100,
        point_value: Amount::ZERO,
        first_purchase: Some(decimal("1.5")),
        weekend: Some(decimal("1.2")),
        campaigns: Vec::new(),
    });
    counter.basket.lines = vec![line("coffee", 1_000_000)];
    counter
}

const MONDAY: &str = "2026-11-23T12:00:00";

#[track_caller]
fn check(counter: &Counter, points: i64, factors: &[&str]) {
    let quoted = counter.quote().points.expect("the program has points");
    assert_eq!(quoted.total, points);
    let names: Vec<&str> = quoted
        .factors
        .iter()
        .map(|factor| factor.name.as_str())
        .collect();
    assert_eq!(names, factors);
}

#[test]
fn each_factor_holds_when_it_should() {
    check(&earning([]).customer("bronze", 1).at(MONDAY), 100, &[]);
    check(
        &earning([]).customer("bronze", 0).at(MONDAY),
        150,
        &["first_purchase"],
    );
    check(&earning([]).customer("bronze", 1), 120, &["weekend"]);
    check(
        &earning([]).customer("bronze", 1).at("2026-11-22T23:59:59"),
        120,
        &["weekend"],
    );
    check(
        &earning([]).customer("bronze", 0),
        180,
        &["first_purchase", "weekend"],
    );
    let mut gold = earning([]).customer("gold", 1).at(MONDAY);
    gold.program.tiers.as_mut().expect("tiers").tiers[2].multiplier = decimal("3");
    check(&gold, 300, &["tier"]);
    let mut campaign = earning([]).customer("bronze", 1).at(MONDAY);
    let name = "navidad".to_owned();
    let multiplier = decimal("2");
    campaign.program.points.as_mut().expect("points").campaigns = vec![Factor { name, multiplier }];
    check(&campaign, 200, &["navidad"]);
}

#[test]
fn there_is_one_floor_at_the_end() {
    let mut counter = earning([]).customer("bronze", 0);
    // 0.99 points x 1.5 x 1.2 = 1.782: a floor after each factor gives 0 or 1.18.
    counter.basket.lines = vec![line("coffee", 9_900)];
    check(&counter, 1, &["first_purchase", "weekend"]);
    // 1.67 x 1.8 = 3.006: a floor in between gives 1 or 2.
    counter.basket.lines = vec![line("coffee", 16_700)];
    check(&counter, 3, &["first_purchase", "weekend"]);
}

#[test]
fn what_is_really_paid_for_earning_lines_earns() {
    let half = Code::new(text("MITAD"), Benefit::Percent(BasisPoints(5_000)));
    check(&earning([half]).customer("bronze", 1).at(MONDAY), 50, &[]);
    let mut two = earning([]).customer("bronze", 1).at(MONDAY);
    two.basket.lines.push(line("gift", 1_000_000));
    two.basket.lines[1].earns_points = false;
    check(&two, 100, &[]);
    // Points and gift cards pay every line alike: half of this falls on the line that earns.
    two.tender = 1_000_000;
    check(&two, 50, &[]);
}

#[test]
fn points_codes_multiply_and_add_after_the_floor() {
    let double = || Code::new(text("DOBLE"), Benefit::PointsMultiplier(decimal("2")));
    let bonus = || Code::new(text("EXTRA"), Benefit::BonusPoints(7));
    let counter = |codes: Vec<Code>| earning(codes).customer("bronze", 1).at(MONDAY);
    check(&counter(vec![double()]), 200, &["DOBLE"]);
    check(&counter(vec![bonus()]), 107, &[]);
    check(&counter(vec![bonus(), double()]), 207, &["DOBLE"]);
    let fine = Code::new(text("MULTA"), Benefit::BonusPoints(-500));
    check(&counter(vec![fine]), 0, &[]);
}

#[track_caller]
fn check_consumed(counter: &Counter, expected: &[(&str, bool)]) {
    let quote = counter.quote();
    let found: Vec<(&str, bool)> = quote
        .accepted
        .iter()
        .map(|code| (code.text.as_str(), code.consumed))
        .collect();
    assert_eq!(found, expected);
    for code in &quote.accepted {
        assert_eq!(code.note == Some(Note::NoEffect), !code.consumed);
    }
}

#[test]
fn a_points_code_without_effect_is_not_used_up() {
    let times = |name: &str, factor: &str| {
        Code::new(text(name), Benefit::PointsMultiplier(decimal(factor)))
    };
    let bonus = |points| Code::new(text("EXTRA"), Benefit::BonusPoints(points));
    let known = |codes: Vec<Code>| earning(codes).customer("bronze", 1);
    check_consumed(&known(vec![times("DOBLE", "2")]), &[("DOBLE", true)]);
    check_consumed(&known(vec![times("UNO", "1")]), &[("UNO", false)]);
    check_consumed(&known(vec![bonus(5)]), &[("EXTRA", true)]);
    check_consumed(&known(vec![bonus(0)]), &[("EXTRA", false)]);
    // Nobody earns, so nobody uses a points code up.
    check_consumed(&earning([times("DOBLE", "2")]), &[("DOBLE", false)]);
    // Doubling nothing does nothing in this sale, but alone it would double.
    let both = known(vec![times("DOBLE", "2"), times("NADA", "0")]);
    check_consumed(&both, &[("DOBLE", true), ("NADA", true)]);
    // 1.9 points: nine tenths of it are floored to the same 1, and of 2.28 to the same 2.
    let mut small = known(vec![times("MEDIO", "0.9"), times("POCO", "1.2")]).at(MONDAY);
    small.basket.lines = vec![line("coffee", 19_000)];
    check_consumed(&small, &[("MEDIO", false), ("POCO", true)]);
}

#[test]
fn a_tracking_code_is_always_used_up() {
    let guide = Code::new(text("GUIA"), Benefit::Tracking);
    check_consumed(&earning([guide.clone()]), &[("GUIA", true)]);
    let quote = earning([guide]).quote();
    assert_eq!(
        (quote.discount, quote.total),
        (Amount::ZERO, amount(1_000_000))
    );
}

#[test]
fn points_live_through_a_year_of_days() {
    let rules = earning([]).program.points.expect("points");
    let day = "2026-11-21".parse().expect("a day");
    let last = loyalty::points::expires_on(day, &rules);
    assert_eq!(last, "2027-11-21".parse().expect("a day"));
}
