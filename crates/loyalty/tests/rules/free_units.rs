//! Several codes that give units of one product away: amounts by hand.

use mostrador_loyalty as loyalty;

use crate::counter::{Counter, amount, line, text};
use loyalty::basket::{Line, Quantity};
use loyalty::code::{Benefit, Code};

fn free(name: &str, units: u32) -> Code {
    let product = "tea".to_owned();
    let mut code = Code::new(text(name), Benefit::FreeProduct { product, units });
    code.stackable = true;
    code
}

fn at_most(mut code: Code, minor: i64) -> Code {
    code.max_discount = Some(amount(minor));
    code
}

fn tea(price: i64, pieces: i64) -> Line {
    Line {
        quantity: Quantity::new(pieces.into()).expect("a quantity"),
        ..line("tea", price)
    }
}

/// What each code takes off these lines.
#[track_caller]
fn check(lines: Vec<Line>, codes: Vec<Code>, expected: &[(&str, i64)]) {
    let mut counter = Counter::with(codes);
    counter.basket.lines = lines;
    let quote = counter.quote();
    let accepted = quote.accepted.iter();
    let found: Vec<(&str, i64)> = accepted
        .map(|code| (code.text.as_str(), code.amount.minor()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn two_codes_give_two_units_of_a_line() {
    let codes = vec![free("A", 1), free("B", 1)];
    check(vec![tea(4_500, 2)], codes, &[("A", 4_500), ("B", 4_500)]);
}

#[test]
fn a_unit_is_given_once() {
    let codes = vec![free("A", 1), free("B", 2)];
    check(vec![tea(4_500, 2)], codes, &[("A", 4_500), ("B", 4_500)]);
    let codes = vec![free("A", 2), free("B", 1)];
    check(vec![tea(4_500, 2)], codes, &[("A", 9_000), ("B", 0)]);
}

#[test]
fn the_second_code_goes_on_in_the_next_line() {
    let codes = vec![free("A", 1), free("B", 1)];
    let lines = vec![tea(3_000, 1), tea(4_000, 1)];
    check(lines, codes, &[("A", 3_000), ("B", 4_000)]);
}

#[test]
fn what_a_maximum_left_of_one_unit_is_not_a_part_of_the_next() {
    let codes = vec![at_most(free("A", 1), 1_000), free("B", 1)];
    check(vec![tea(4_500, 2)], codes, &[("A", 1_000), ("B", 4_500)]);
}

#[test]
fn a_unit_of_which_a_maximum_left_all_can_still_be_given() {
    let codes = vec![at_most(free("A", 2), 1), free("B", 1)];
    let lines = vec![tea(100, 1), tea(100, 1)];
    check(lines, codes, &[("A", 1), ("B", 100)]);
}

#[test]
fn a_line_without_a_price_or_on_its_floor_gives_no_units() {
    let on_its_floor = Line {
        floor: amount(300),
        ..tea(300, 1)
    };
    let lines = vec![tea(0, 1), on_its_floor, tea(4_000, 1)];
    check(lines, vec![free("A", 1)], &[("A", 4_000)]);
}

#[test]
fn the_best_set_knows_that_a_second_code_comes_to_dearer_units() {
    let on_coffee = |name: &str, minor| {
        let mut code = Code::new(text(name), Benefit::Fixed(amount(minor)));
        code.stackable = true;
        code.restrictions.products.insert("coffee".to_owned());
        code
    };
    let codes = vec![
        on_coffee("M", 4_000),
        on_coffee("N", 3_000),
        free("G", 1),
        free("H", 1),
    ];
    let mut counter = Counter::with(codes);
    counter.program.max_codes = 2;
    counter.basket.lines = vec![tea(1_000, 1), tea(9_000, 1), line("coffee", 5_500)];
    let best = counter.quote().best_set;
    assert_eq!(best.codes, [text("G"), text("H")]);
}
