//! Points: one floor at the end, and never fewer for more money.

use mostrador_loyalty as loyalty;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::cases;
use crate::draw::{amounts, sale};
use loyalty::money::{Amount, MAX_MINOR};
use loyalty::points::PointsQuote;

/// The floor of the exact product; `None` for more digits than fit.
fn floor_of(points: &PointsQuote) -> Option<i64> {
    let factors = points.factors.iter().map(|factor| factor.multiplier);
    let mut product = i128::from(points.base.minor());
    let mut places = 2;
    for factor in factors
        .chain([points.per_unit])
        .map(|factor: Decimal| factor.normalize())
    {
        product = product.checked_mul(factor.mantissa())?;
        places += factor.scale();
    }
    let floor = product / 10_i128.checked_pow(places)?;
    Some(i64::try_from(floor).map_or(MAX_MINOR, |floor| floor.min(MAX_MINOR)))
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn points_have_one_floor_and_then_the_bonus(sale in sale()) {
        if let Some(points) = sale.quote(&sale.scanned).points {
            if let Some(floor) = floor_of(&points) {
                prop_assert_eq!(points.floored, floor);
            }
            prop_assert_eq!(points.total, (points.floored + points.bonus).min(MAX_MINOR));
            prop_assert!(points.bonus >= 0 && points.total >= 0);
            prop_assert!(points.factors.iter().all(|factor| factor.multiplier != Decimal::ONE));
        }
    }

    #[test]
    fn what_earns_is_what_is_really_paid_for_earning_lines(sale in sale()) {
        let quote = sale.quote(&sale.scanned);
        let lines = sale.basket.lines.iter().zip(&quote.lines);
        let earning = lines.filter(|(line, _)| line.earns_points).map(|(_, quoted)| quoted.net);
        let most: Amount = earning.sum();
        if let Some(points) = quote.points {
            let least = most.saturating_sub(sale.tender);
            prop_assert!((least..=most).contains(&points.base));
            let is_paid = quote.total > sale.tender;
            prop_assert!(is_paid || points.base.is_zero(), "nothing was paid");
        }
    }

    /// All lines earn: how tender spreads over some of them is a matter of single cents.
    #[test]
    fn the_more_is_paid_the_more_is_earned(sale in sale(), one in amounts(), other in amounts()) {
        let mut sale = sale;
        for line in &mut sale.basket.lines {
            line.earns_points = true;
        }
        let mut earned = |tender| {
            sale.tender = tender;
            sale.quote(&sale.scanned).points.map(|points| (points.base, points.total))
        };
        prop_assert!(earned(one.max(other)) <= earned(one.min(other)));
    }
}
