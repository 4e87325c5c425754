//! Stackable codes that work on each other's lines: where the search for the best set cuts closest.

use std::cmp::Reverse;

use chrono::NaiveDateTime;
use mostrador_loyalty as loyalty;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::cases;
use crate::draw::Sale;
use loyalty::basket::{Basket, Line, Quantity};
use loyalty::code::{Benefit, Code, CodeKind, CodeText};
use loyalty::customer::{Place, Usage};
use loyalty::money::{Amount, BasisPoints, Currency};
use loyalty::program::{Program, Stacking};

fn amount(minor: i64) -> Amount {
    Amount::from_minor(minor).expect("not negative")
}

/// A few cents or a few hundred, and a floor as a percentage of it.
fn line() -> impl Strategy<Value = Line> {
    let price = prop_oneof![1..12_i64, 90..110_i64, 1..2_000_i64];
    let floor = prop_oneof![3 => Just(0), 2 => 0..100_i64];
    let categories = prop::collection::btree_set(prop::sample::select(vec!["a", "b", "c"]), 0..3);
    let units = prop_oneof![3 => Just(1_000), 2 => 1..4_000_i64];
    let product = prop::sample::select(vec!["", "tea", "coffee"]);
    let what = (product, units);
    (price, floor, categories, what).prop_map(|(price, floor, categories, (product, units))| Line {
        product: product.to_owned(),
        sku: String::new(),
        name: String::new(),
        unit_price: amount(price),
        quantity: Quantity::new(Decimal::new(units, 3)).expect("three places"),
        categories: categories.into_iter().map(str::to_owned).collect(),
        partner: None,
        floor: amount(price * floor / 100),
        discountable: true,
        earns_points: true,
    })
}

fn free_product() -> impl Strategy<Value = Benefit> {
    let product = prop::sample::select(vec!["tea", "coffee"]);
    (product, 1..4_u32).prop_map(|(product, units)| Benefit::FreeProduct {
        product: product.to_owned(),
        units,
    })
}

/// Large shares, tiny amounts and free units, on everything or on one category.
fn code(number: usize) -> impl Strategy<Value = Code> {
    let benefit = prop_oneof![
        4 => (1_500..10_000_u32).prop_map(|rate| Benefit::Percent(BasisPoints(rate))),
        1 => (1..300_u32).prop_map(|rate| Benefit::Percent(BasisPoints(rate))),
        2 => (1..20_i64).prop_map(|minor| Benefit::Fixed(amount(minor))),
        2 => (100..3_000_i64).prop_map(|minor| Benefit::Fixed(amount(minor))),
        2 => free_product(),
    ];
    let category = prop::option::weighted(0.6, prop::sample::select(vec!["a", "b", "c"]));
    let most = prop::option::weighted(0.2, 1..500_i64);
    (benefit, category, most, 0..3, prop::bool::weighted(0.3)).prop_map(
        move |(benefit, category, most, priority, is_reward)| {
            let text = CodeText::parse(&format!("C{number}")).expect("a letter and digits");
            let mut code = Code::new(text, benefit);
            code.stackable = true;
            code.priority = priority;
            code.max_discount = most.map(amount);
            let categories = category.map(str::to_owned);
            code.restrictions.categories.extend(categories);
            if is_reward {
                code.kind = CodeKind::Reward;
            }
            code
        },
    )
}

fn crowd() -> impl Strategy<Value = Sale> {
    let codes = (0..8).map(code).collect::<Vec<_>>();
    let lines = prop::collection::vec(line(), 2..14);
    let program = (
        prop::bool::weighted(0.8),
        2..9_usize,
        prop_oneof![4 => Just(10_000), 1 => 2_000..10_000_u32],
    );
    (codes, lines, program).prop_map(|(codes, lines, (compounds, max_codes, cap))| {
        let currency = Currency::from_code("MXN").expect("three capitals");
        let mut program = Program::bare(currency);
        if compounds {
            program.stacking = Stacking::Compounding;
        }
        program.max_codes = max_codes;
        program.basket_cap = BasisPoints(cap);
        let scanned = codes.iter().map(|code| code.text.clone()).collect();
        for code in codes {
            program.codes.insert(code);
        }
        Sale {
            program,
            customer: None,
            basket: Basket { lines },
            usage: Usage::default(),
            scanned,
            place: Place::default(),
            local: NaiveDateTime::default(),
            tender: Amount::ZERO,
        }
    })
}

/// Few of these sales put a bound to the test, so that there are three times as many.
fn many() -> ProptestConfig {
    let usual = cases(100);
    ProptestConfig {
        cases: usual.cases.saturating_mul(3),
        ..usual
    }
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn the_best_set_of_codes_that_crowd_each_other_is_the_best_of_all(sale in crowd()) {
        let best = sale.quote(&sale.scanned).best_set;
        let mut texts = sale.scanned.clone();
        texts.sort_unstable();
        texts.retain(|text| sale.trial(std::slice::from_ref(text)).refused.is_empty());
        let found = (0..1_u32 << texts.len())
            .filter(|bits| bits.count_ones() as usize <= sale.program.max_codes)
            .map(|bits| -> Vec<CodeText> {
                let chosen = (0..).zip(&texts).filter(|(index, _)| bits >> index & 1 == 1);
                chosen.map(|(_, text)| text.clone()).collect()
            })
            .map(|subset| (Reverse(sale.trial(&subset).discount), subset.len(), subset))
            .min()
            .unwrap();
        prop_assert_eq!((found.0.0, found.2), (best.discount, best.codes));
    }
}
