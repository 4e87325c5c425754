//! Points to earn: one floor at the end, every factor named.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use crate::account::LotDays;
use crate::allocation::{Part, split};
use crate::money::{Amount, Currency, MAX_MINOR};
use crate::program::{Factor, PointsRules};
use crate::rate;

/// How a sale's points come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointsQuote {
    /// Money that earns, minor units: net of the earning lines without what points or gift cards pay.
    pub base: Amount,
    /// Points for one major unit.
    pub per_unit: Decimal,
    /// Every factor other than 1, in order: tier, first purchase, weekend, campaigns, codes.
    pub factors: Vec<Factor>,
    /// `floor(base in major units x per_unit x every factor)`.
    pub floored: i64,
    /// Points added after the floor.
    pub bonus: i64,
    /// `floored + bonus`: what the customer earns.
    pub total: i64,
}

/// What the points of one sale are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earning {
    /// Money that earns, minor units.
    pub base: Amount,
    /// Factors in order; those that are 1 change nothing and are not listed in the result.
    pub factors: Vec<Factor>,
    /// Points added after the floor.
    pub bonus: i64,
}

/// The points of a sale: `floor(base in major units x per unit x every factor)` with one floor at
/// the end, then the bonus. Never below 0 nor above 2^53 - 1.
pub fn earn(rules: &PointsRules, currency: Currency, earning: Earning) -> PointsQuote {
    let Earning {
        base,
        mut factors,
        bonus,
    } = earning;
    factors.retain(|factor| factor.multiplier != Decimal::ONE);
    let multipliers = factors.iter().map(|factor| &factor.multiplier);
    let all = std::iter::once(&rules.per_unit).chain(multipliers);
    let floored = rate::product_floor(base, currency, all);
    PointsQuote {
        base,
        per_unit: rules.per_unit,
        factors,
        floored,
        bonus,
        total: floored.saturating_add(bonus).clamp(0, MAX_MINOR),
    }
}

/// What is really paid for the lines that earn, from what each line costs and whether it earns. Points
/// and gift cards pay every line alike: `non_earning` is split over all lines by what they cost, so that
/// it lowers the base by the earning lines' part only.
pub fn earning_base(lines: &[(Amount, bool)], non_earning: Amount) -> Amount {
    let parts: Vec<Part> = lines
        .iter()
        .map(|(net, _)| Part {
            weight: *net,
            room: *net,
        })
        .collect();
    let unpaid = split(non_earning, &parts);
    lines
        .iter()
        .zip(&unpaid)
        .filter(|((_, earns), _)| *earns)
        .map(|((net, _), unpaid)| net.saturating_sub(*unpaid))
        .sum()
}

/// The days of the lot that points earned on `day` make.
pub fn lot_days(day: NaiveDate, rules: &PointsRules) -> LotDays {
    let usable_from = day.checked_add_days(Days::new(rules.pending_days.into()));
    LotDays {
        expires_on: expires_on(day, rules),
        earned_on: day,
        usable_from: usable_from.unwrap_or(NaiveDate::MAX),
    }
}

/// The last local day on which points earned on `day` can be spent.
pub fn expires_on(day: NaiveDate, rules: &PointsRules) -> NaiveDate {
    day.checked_add_days(Days::new(rules.lifetime_days.into()))
        .unwrap_or(NaiveDate::MAX)
}
