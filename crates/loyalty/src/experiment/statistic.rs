//! The tails of two distributions and the intervals built on them: the only file of the domain with
//! floats. They come in as counts and leave rounded to integers.

#![expect(
    clippy::float_arithmetic,
    reason = "a statistic is neither money nor points; it is an estimate, and no float leaves this file"
)]

use std::f64::consts::SQRT_2;

use statrs::function::erf::erfc;
use statrs::function::gamma::checked_gamma_ur;

use super::{Arm, Comparison, Estimate, RatioCheck};
use crate::money::BasisPoints;

/// The p value 1.
pub(super) const CERTAIN_PPM: u32 = 1_000_000;

/// The standard normal's quantile of 97.5 %.
const Z_95: f64 = 1.959_963_984_540_054;
/// An arm that expects fewer has no chi-square distribution (W. G. Cochran's rule, 1954).
const FEWEST_EXPECTED: f64 = 5.0;
const WHOLE_BP: f64 = 10_000.0;

/// Conversions in uses.
struct Rate {
    successes: f64,
    trials: f64,
    value: f64,
    low: f64,
    high: f64,
}

impl Rate {
    /// With Wilson's score interval; `None` without uses.
    fn of(arm: &Arm) -> Option<Self> {
        if arm.uses == 0 {
            return None;
        }
        let (successes, trials) = (float(arm.conversions.min(arm.uses)), float(arm.uses));
        let value = successes / trials;
        let z_squared = Z_95 * Z_95;
        let scale = 1.0 + z_squared / trials;
        let center = (value + z_squared / (2.0 * trials)) / scale;
        let spread = value * (1.0 - value) / trials + z_squared / (4.0 * trials * trials);
        let half_width = Z_95 * spread.sqrt() / scale;
        Some(Self {
            successes,
            trials,
            value,
            // At 0 and 1 the ends meet the rate, but for the last bits of the arithmetic.
            low: (center - half_width).clamp(0.0, value),
            high: (center + half_width).clamp(value, 1.0),
        })
    }
}

pub(super) fn rate(arm: &Arm) -> Option<Estimate<BasisPoints>> {
    let rate = Rate::of(arm)?;
    let rounded = |part: f64| BasisPoints(u32::try_from(basis_points(part)).unwrap_or(0));
    Some(Estimate {
        value: rounded(rate.value),
        low: rounded(rate.low),
        high: rounded(rate.high),
    })
}

/// The arm less the control: Newcombe's hybrid score interval and the pooled z test.
pub(super) fn comparison(arm: &Arm, control: &Arm) -> Option<Comparison> {
    let (one, other) = (Rate::of(arm)?, Rate::of(control)?);
    let difference = one.value - other.value;
    let below = (one.value - one.low).hypot(other.high - other.value);
    let above = (one.high - one.value).hypot(other.value - other.low);
    let z = pooled_z(&one, &other);
    let p_ppm = parts_per_million(erfc(z.abs() / SQRT_2));
    Some(Comparison {
        difference_bp: Estimate {
            value: basis_points(difference),
            low: basis_points((difference - below).max(-1.0)),
            high: basis_points((difference + above).min(1.0)),
        },
        z_milli: integer((z * 1_000.0).round()),
        p_ppm,
        adjusted_p_ppm: p_ppm,
    })
}

/// 0 where both rates are 0 or both are 1: there is nothing to tell them apart by.
fn pooled_z(one: &Rate, other: &Rate) -> f64 {
    let pooled = (one.successes + other.successes) / (one.trials + other.trials);
    let variance = pooled * (1.0 - pooled) * (1.0 / one.trials + 1.0 / other.trials);
    if variance > 0.0 {
        (one.value - other.value) / variance.sqrt()
    } else {
        0.0
    }
}

pub(super) fn ratio(arms: &[Arm]) -> Option<RatioCheck> {
    let weighted = || arms.iter().filter(|arm| arm.weight > 0);
    let degrees = u32::try_from(weighted().count().checked_sub(1)?).ok()?;
    let assigned: f64 = weighted().map(|arm| float(arm.assigned)).sum();
    let weights: f64 = weighted().map(|arm| f64::from(arm.weight)).sum();
    let mut chi_square = 0.0;
    for arm in weighted() {
        let expected = assigned * f64::from(arm.weight) / weights;
        if expected < FEWEST_EXPECTED {
            return None;
        }
        let off = float(arm.assigned) - expected;
        chi_square += off * off / expected;
    }
    (degrees > 0).then(|| RatioCheck {
        chi_square_milli: integer((chi_square * 1_000.0).round()),
        degrees,
        p_ppm: parts_per_million(chi_square_tail(chi_square, degrees)),
    })
}

/// The probability of a chi-square of at least this.
fn chi_square_tail(chi_square: f64, degrees: u32) -> f64 {
    // The function is not defined at zero, where nothing is off.
    checked_gamma_ur(f64::from(degrees) / 2.0, chi_square / 2.0).unwrap_or(1.0)
}

fn basis_points(part: f64) -> i32 {
    i32::try_from(integer((part * WHOLE_BP).round())).unwrap_or(0)
}

/// Rounded up, so that a p value is never shown smaller than it is.
fn parts_per_million(probability: f64) -> u32 {
    let certain = f64::from(CERTAIN_PPM);
    let parts = (probability * certain).ceil().clamp(0.0, certain);
    u32::try_from(integer(parts)).unwrap_or(CERTAIN_PPM)
}

/// The nearest float; exact up to 2^53.
fn float(count: u64) -> f64 {
    let high = u32::try_from(count >> 32).unwrap_or(u32::MAX);
    let low = u32::try_from(count & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "no other way leads from a float to an integer; it saturates, and what is not a number is 0"
)]
fn integer(rounded: f64) -> i64 {
    rounded as i64
}
