//! Programs without their codes, and who stands at the counter when.

use chrono::{NaiveDate, NaiveDateTime};
use mostrador_loyalty as loyalty;
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use loyalty::code::series::SeriesKey;
use loyalty::customer::CustomerFacts;
use loyalty::money::{Amount, BasisPoints, Currency};
use loyalty::program::{Factor, PointsRules, Program, Stacking, Tier, TierBasis, TierRules};

/// Minutes of the day at which windows open and close, and sales are made.
pub(super) const HOURS_MIN: [u32; 6] = [0, 8 * 60, 12 * 60, 18 * 60, 22 * 60, 24 * 60 - 1];

/// The secret of every drawn program.
pub(super) fn key() -> SeriesKey {
    SeriesKey::from_bytes([7; 32])
}

pub(super) fn at(day: NaiveDate, minute: u32) -> NaiveDateTime {
    day.and_hms_opt(minute / 60, minute % 60, 0)
        .expect("a minute of a day")
}

/// Nobody, or one of two customers of any tier, new or known.
pub(super) fn customer() -> impl Strategy<Value = Option<CustomerFacts>> {
    let tier = prop::option::weighted(0.9, prop::sample::select(vec!["bronze", "silver", "gold"]));
    let known = (1..3_u128, tier, 0..3_u64, any::<bool>());
    let known = known.prop_map(|(id, tier, purchases, is_regular)| CustomerFacts {
        id: Uuid::from_u128(id),
        tier: tier.map(str::to_owned),
        purchases,
        badges: is_regular
            .then(|| "regular".to_owned())
            .into_iter()
            .collect(),
    });
    prop::option::weighted(0.8, known).boxed()
}

pub(super) fn program() -> impl Strategy<Value = Program> {
    let stacking = prop_oneof![Just(Stacking::Additive), Just(Stacking::Compounding)];
    let cap = prop_oneof![3 => Just(10_000), 1 => 0..10_000_u32, 1 => 1_000..5_000_u32];
    let max_codes = prop_oneof![2 => 1..=12_usize, 1 => Just(5)];
    let points = prop::option::weighted(0.9, points());
    (stacking, max_codes, cap, points, tiers())
        .prop_map(|(stacking, max_codes, cap, points, tiers)| Program {
            stacking,
            max_codes,
            basket_cap: BasisPoints(cap),
            points,
            tiers: Some(tiers),
            generated_length: Some(6),
            series_key: Some(key()),
            ..Program::bare(Currency::from_code("COP").expect("three letters"))
        })
        .boxed()
}

/// Multipliers of at most two places.
pub(super) fn multiplier() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        1 => Just(Decimal::ZERO),
        1 => Just(Decimal::ONE),
        6 => (50..300_i64).prop_map(|hundredths| Decimal::new(hundredths, 2)),
    ]
}

fn points() -> impl Strategy<Value = PointsRules> {
    let factor = || prop::option::of(multiplier());
    let campaigns = prop::collection::vec(multiplier(), 0..3);
    let per_unit = prop_oneof![
        Just(Decimal::ONE),
        (1..500_i64).prop_map(|many| Decimal::new(many, 3))
    ];
    (per_unit, factor(), factor(), campaigns)
        .prop_map(
            |(per_unit, first_purchase, weekend, campaigns)| PointsRules {
                per_unit,
                lifetime_days: 365,
                pending_days: 0,
                minimum_redeem: 100,
                point_value: Amount::ZERO,
                first_purchase,
                weekend,
                campaigns: (1..)
                    .zip(campaigns)
                    .map(|(number, multiplier)| Factor {
                        name: format!("campaign {number}"),
                        multiplier,
                    })
                    .collect(),
            },
        )
        .boxed()
}

/// Three tiers, of which gold takes something off.
fn tiers() -> impl Strategy<Value = TierRules> {
    let rate = prop_oneof![Just(0), Just(1_000), 0..10_000_u32];
    (rate, multiplier())
        .prop_map(|(rate, multiplier)| {
            let tier = |slug: &str, from_points, discount, multiplier| Tier {
                slug: slug.to_owned(),
                name: slug.to_owned(),
                from_points,
                multiplier,
                discount: BasisPoints(discount),
                benefits: Vec::new(),
            };
            TierRules {
                tiers: vec![
                    tier("bronze", 0, 0, Decimal::ONE),
                    tier("silver", 1_000, 0, Decimal::new(125, 2)),
                    tier("gold", 5_000, rate, multiplier),
                ],
                basis: TierBasis::Points,
                window_days: 365,
                grace_days: 30,
            }
        })
        .boxed()
}
