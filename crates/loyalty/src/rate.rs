//! The first of the two places that divide: rates of amounts, prices of quantities, products of
//! decimals, parts of a whole.

mod natural;

use rust_decimal::Decimal;

use crate::basket::Quantity;
use crate::money::{Amount, BasisPoints, Currency, MAX_MINOR};
use natural::Natural;

const WHOLE_BP: u128 = 10_000;
const HALF_BP: u128 = 5_000;

/// `rate` of `amount`, rounded half up.
pub fn share_half_up(amount: Amount, rate: BasisPoints) -> Amount {
    let scaled = u128::from(amount.units()).saturating_mul(u128::from(rate.0));
    amount_of(divided(scaled.saturating_add(HALF_BP), WHOLE_BP))
}

/// `rate` of `amount`, rounded down.
pub fn share_floor(amount: Amount, rate: BasisPoints) -> Amount {
    let scaled = u128::from(amount.units()).saturating_mul(u128::from(rate.0));
    amount_of(divided(scaled, WHOLE_BP))
}

/// Unit price x quantity, rounded half up. Bounded by [`Amount::MAX`].
///
/// ```
/// use mostrador_loyalty::{basket::Quantity, money::Amount, rate};
/// let grams_400 = Quantity::new("0.400".parse().unwrap()).unwrap();
/// let price = rate::price(Amount::from_minor(3470).unwrap(), grams_400);
/// assert_eq!(price.minor(), 1388);
/// ```
pub fn price(unit: Amount, quantity: Quantity) -> Amount {
    let thousandths = u128::from(quantity.thousandths());
    let scaled = u128::from(unit.units()).saturating_mul(thousandths);
    amount_of(divided(scaled.saturating_add(500), 1_000))
}

/// The part of an amount in units that belongs to `part` of `whole`, rounded half up; all of it when
/// the part is the whole or more.
pub(crate) fn part_half_up(units: u64, part: u64, whole: u64) -> u64 {
    if part >= whole {
        return units;
    }
    let whole = u128::from(whole);
    let scaled = u128::from(units).saturating_mul(part.into());
    let doubled = scaled.saturating_mul(2).saturating_add(whole);
    u64::try_from(divided(doubled, whole.saturating_mul(2))).unwrap_or(units)
}

/// `total` shared by `count`, rounded half up; `None` by nobody.
pub fn mean_half_up(total: Amount, count: u64) -> Option<Amount> {
    let count = u128::from(count);
    let doubled = u128::from(total.units())
        .saturating_mul(2)
        .saturating_add(count);
    let mean = doubled.checked_div(count.saturating_mul(2))?;
    Some(amount_of(mean))
}

/// `floor(whole x done / of)`: what is due after `done` of `of` parts, so that the differences of
/// successive calls add up to `whole` exactly. All of it from `done >= of` on; nothing for a
/// negative `whole`.
pub fn cumulative_floor(whole: i64, done: u128, of: u128) -> i64 {
    if done >= of {
        return whole.max(0);
    }
    let scaled = u128::try_from(whole).unwrap_or(0).saturating_mul(done);
    i64::try_from(divided(scaled, of)).unwrap_or(i64::MAX)
}

/// How often `part` fits whole into `amount`; 0 for a part of nothing.
pub fn whole_times(amount: Amount, part: Amount) -> i64 {
    i64::try_from(divided(amount.units().into(), part.units().into())).unwrap_or(i64::MAX)
}

/// `amount` so many times; nothing for a number below zero. Bounded by [`Amount::MAX`].
pub fn times(amount: Amount, number: i64) -> Amount {
    let number = u128::try_from(number).unwrap_or(0);
    amount_of(u128::from(amount.units()).saturating_mul(number))
}

/// `floor(base in major units x factor x factor ...)`, exact for any number of factors, with the one
/// floor at the end; at most 2^53 - 1. A factor below zero counts as zero.
pub fn product_floor<'a>(
    base: Amount,
    currency: Currency,
    factors: impl IntoIterator<Item = &'a Decimal>,
) -> i64 {
    let mut product = Natural::from(u128::from(base.units()));
    let mut places = u32::from(currency.exponent());
    for factor in factors {
        product = product.times(u128::try_from(factor.mantissa()).unwrap_or(0));
        places = places.saturating_add(factor.scale());
    }
    let limit = u128::try_from(MAX_MINOR).unwrap_or(0);
    let whole = product.without_decimals(places).at_most(limit);
    i64::try_from(whole).unwrap_or(MAX_MINOR)
}

fn divided(number: u128, by: u128) -> u128 {
    number.checked_div(by).unwrap_or(0)
}

fn amount_of(units: u128) -> Amount {
    Amount::clamped(i128::try_from(units).unwrap_or(i128::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(minor: i64) -> Amount {
        Amount::from_minor(minor).unwrap()
    }

    fn quantity(text: &str) -> Quantity {
        Quantity::new(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn half_a_cent_goes_up_and_less_goes_down() {
        assert_eq!(share_half_up(amount(5), BasisPoints(1000)).minor(), 1);
        assert_eq!(share_half_up(amount(4), BasisPoints(1000)).minor(), 0);
        assert_eq!(share_floor(amount(19), BasisPoints(1000)).minor(), 1);
        assert_eq!(share_half_up(Amount::MAX, BasisPoints::WHOLE), Amount::MAX);
    }

    #[test]
    fn prices_round_half_up_once() {
        assert_eq!(price(amount(333), quantity("0.5")).minor(), 167);
        assert_eq!(price(amount(1), quantity("0.499")).minor(), 0);
        assert_eq!(price(Amount::MAX, quantity("1000000")), Amount::MAX);
    }

    #[test]
    fn parts_of_an_amount_reach_the_whole() {
        assert_eq!(part_half_up(1000, 1_000, 3_000), 333);
        assert_eq!(part_half_up(1000, 3_000, 3_000), 1000);
        assert_eq!(part_half_up(1000, 0, 250), 0);
        assert_eq!(part_half_up(5, 1, 2), 3);
        assert_eq!(cumulative_floor(1000, 2, 3), 666);
        assert_eq!(cumulative_floor(1000, 0, 0), 1000);
        assert_eq!(cumulative_floor(-5, 1, 3), 0);
    }

    #[test]
    fn many_factors_stay_exact_beyond_the_digits_of_a_decimal() {
        let mxn = Currency::from_code("MXN").unwrap();
        let third: Decimal = "0.3333333333333333333333333333".parse().unwrap();
        let three = Decimal::from(3);
        // 900 x 0.333... x 3 is just below 900: any rounding on the way would give 900.
        assert_eq!(product_floor(amount(90_000), mxn, [&third, &three]), 899);
        let factors = vec!["1.0001".parse::<Decimal>().unwrap(); 40];
        assert_eq!(product_floor(amount(100_000_000), mxn, &factors), 1_004_007);
        assert_eq!(
            product_floor(Amount::MAX, mxn, &vec![Decimal::MAX; 9]),
            MAX_MINOR
        );
        assert_eq!(product_floor(amount(500), mxn, [&Decimal::NEGATIVE_ONE]), 0);
    }
}
