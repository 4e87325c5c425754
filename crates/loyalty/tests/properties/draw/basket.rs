//! Baskets.

use mostrador_loyalty as loyalty;
use proptest::prelude::*;
use rust_decimal::Decimal;

use loyalty::basket::{Basket, Line, Quantity};
use loyalty::money::Amount;

use super::{amounts, prices};

/// Up to seven lines; sometimes none.
pub(super) fn basket() -> impl Strategy<Value = Basket> {
    let lines = prop::collection::vec(line(), 1..8);
    prop_oneof![20 => lines, 1 => Just(Vec::new())].prop_map(|lines| Basket { lines })
}

fn line() -> impl Strategy<Value = Line> {
    // Pieces, weighed goods and nothing at all.
    let thousandths = prop_oneof![
        3 => Just(1_000_i64),
        2 => Just(3_000),
        2 => 1..4_000_i64,
        1 => Just(0),
    ];
    let categories = prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 0..3);
    let partner = prop::option::weighted(0.7, prop::sample::select(vec!["finca", "resort"]));
    let price = prop_oneof![9 => prices(), 1 => Just(Amount::ZERO), 1 => amounts()];
    // A floor as a share of the price, at times above it.
    let floor = prop_oneof![3 => Just(0_i64), 1 => 1..100_i64, 1 => Just(100), 1 => 100..200_i64];
    let flags = (prop::bool::weighted(0.9), prop::bool::weighted(0.9));
    (
        price,
        thousandths,
        (categories, partner),
        floor,
        flags,
        0..3_u32,
    )
        .prop_map(
            |(unit_price, thousandths, (categories, partner), percent, flags, product)| Line {
                product: format!("p{product}"),
                sku: String::new(),
                name: String::new(),
                unit_price,
                quantity: Quantity::new(Decimal::new(thousandths, 3)).expect("three places"),
                categories: categories.into_iter().map(str::to_owned).collect(),
                partner: partner.map(str::to_owned),
                floor: Amount::clamped(i128::from(unit_price.minor()) * i128::from(percent) / 100),
                discountable: flags.0,
                earns_points: flags.1,
            },
        )
        .boxed()
}
