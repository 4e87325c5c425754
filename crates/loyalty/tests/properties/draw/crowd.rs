//! Sales where many codes compete, most of them for other lines: what a search for the best set has to
//! tell apart.

use mostrador_loyalty as loyalty;
use proptest::prelude::*;
use rust_decimal::Decimal;

use loyalty::basket::{Basket, Line, Quantity};
use loyalty::code::{Benefit, Code, CodeText, Restrictions};
use loyalty::customer::{Place, Usage};
use loyalty::money::{Amount, BasisPoints, Currency};
use loyalty::program::{Program, Stacking};

use super::program::at;
use super::{Sale, day, minor};

const LINES: usize = 6;

/// Six lines, and six to eight codes that all join, each on some of the lines.
pub(crate) fn crowd() -> impl Strategy<Value = Sale> {
    let stacking = prop_oneof![1 => Just(Stacking::Additive), 3 => Just(Stacking::Compounding)];
    let prices = prop::collection::vec(100..5_000_i64, LINES);
    let codes = prop::collection::vec((few_lines(), benefit()), 6..10);
    (stacking, 2..6_usize, prices, codes).prop_map(|(stacking, max_codes, prices, codes)| {
        let mut program = Program {
            stacking,
            max_codes,
            ..Program::bare(Currency::from_code("COP").expect("three letters"))
        };
        let mut scanned = Vec::new();
        for (index, (lines, benefit)) in codes.into_iter().enumerate() {
            let text = CodeText::parse(&format!("C{index}")).expect("a letter and a digit");
            let products = (0..LINES).filter(|line| lines >> line & 1 == 1);
            program.codes.insert(Code {
                restrictions: Restrictions {
                    products: products.map(product).collect(),
                    ..Restrictions::default()
                },
                ..Code::new(text.clone(), benefit)
            });
            scanned.push(text);
        }
        Sale {
            program,
            customer: None,
            basket: Basket {
                lines: prices.into_iter().enumerate().map(line).collect(),
            },
            usage: Usage::default(),
            scanned,
            place: Place {
                store: "centro".to_owned(),
            },
            local: at(day(0), 12 * 60),
            tender: Amount::ZERO,
        }
    })
}

/// One to three of the lines, as bits.
fn few_lines() -> impl Strategy<Value = u32> {
    prop::sample::subsequence((0..LINES).collect::<Vec<_>>(), 1..4)
        .prop_map(|lines| lines.iter().map(|line| 1_u32 << line).sum())
}

fn benefit() -> impl Strategy<Value = Benefit> {
    prop_oneof![
        4 => (1_000..9_900_u32).prop_map(|rate| Benefit::Percent(BasisPoints(rate))),
        1 => (50..5_000_i64).prop_map(|amount| Benefit::Fixed(minor(amount))),
    ]
}

fn product(line: usize) -> String {
    format!("p{line}")
}

fn line((index, price): (usize, i64)) -> Line {
    Line {
        product: product(index),
        sku: String::new(),
        name: String::new(),
        unit_price: minor(price),
        quantity: Quantity::new(Decimal::ONE).expect("a piece"),
        categories: Vec::new(),
        partner: None,
        floor: Amount::ZERO,
        discountable: true,
        earns_points: true,
    }
}
