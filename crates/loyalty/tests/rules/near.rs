//! Codes that lack a part of their minimum and nothing else.

use mostrador_loyalty as loyalty;

use crate::counter::{Counter, amount, text};
use loyalty::code::{Benefit, Code, Limits};
use loyalty::customer::CodeUse;
use loyalty::money::BasisPoints;

fn percent(of: &str) -> Code {
    let benefit = Benefit::Percent(BasisPoints(1_000));
    Code {
        stackable: true,
        ..Code::new(text(of), benefit)
    }
}

/// The basket is worth 10,000.
fn from_more(of: &str) -> Code {
    Code {
        min_purchase: amount(10_001),
        ..percent(of)
    }
}

#[track_caller]
fn check(counter: &Counter, near: bool) {
    let expected = if near { vec![text("NEAR")] } else { Vec::new() };
    assert_eq!(
        counter.trial().near,
        expected,
        "{:?}",
        counter.trial().refused
    );
}

#[test]
fn a_code_below_its_minimum_is_near_if_it_would_join_with_it() {
    check(&Counter::with([from_more("NEAR")]), true);
    check(&Counter::with([percent("A"), from_more("NEAR")]), true);
    check(&Counter::with([percent("NEAR")]), false);
    let alone = Code {
        stackable: false,
        ..percent("A")
    };
    check(&Counter::with([alone, from_more("NEAR")]), false);
    let alone = Code {
        stackable: false,
        ..from_more("NEAR")
    };
    check(&Counter::with([alone.clone()]), true);
    check(&Counter::with([percent("A"), alone]), false);
    let mut full = Counter::with([percent("A"), from_more("NEAR")]);
    full.program.max_codes = 1;
    check(&full, false);
}

#[test]
fn a_reward_coupon_of_the_basket_meets_what_is_near() {
    let mut counter = Counter::with([from_more("NEAR")]);
    counter.own_codes = vec![percent("RWD")];
    counter.scanned.insert(0, text("RWD"));
    check(&counter, true);
}

#[test]
fn a_code_without_uses_is_not_near() {
    let once = Code {
        limits: Limits {
            total: Some(1),
            ..Limits::default()
        },
        ..from_more("NEAR")
    };
    let mut counter = Counter::with([once]);
    check(&counter, true);
    let used = CodeUse {
        total: 1,
        ..CodeUse::default()
    };
    counter.usage.codes.insert(text("NEAR"), used);
    check(&counter, false);
}

#[test]
fn a_code_that_more_in_the_basket_would_not_let_in_is_blocked_by_what_would_refuse_it_then() {
    let alone = Code {
        stackable: false,
        ..percent("A")
    };
    let elsewhere = Code {
        benefit: Benefit::FreeProduct {
            product: "not there".to_owned(),
            units: 1,
        },
        ..percent("FREE")
    };
    let blocked = |counter: &Counter| -> Vec<(String, &'static str)> {
        let blocked = counter.trial().blocked.into_iter();
        blocked
            .map(|code| (code.text.to_string(), code.refusal.code()))
            .collect()
    };
    let counter = Counter::with([alone, from_more("NEAR"), elsewhere.clone()]);
    let expected = [("NEAR", "not_stackable"), ("FREE", "not_stackable")];
    assert_eq!(
        blocked(&counter),
        expected.map(|(text, code)| (text.to_owned(), code))
    );
    // Beside one that meets others it only lacks its product.
    let mut counter = Counter::with([percent("A"), elsewhere]);
    assert_eq!(blocked(&counter), []);
    counter.program.max_codes = 1;
    assert_eq!(blocked(&counter), [("FREE".to_owned(), "stack_limit")]);
}
