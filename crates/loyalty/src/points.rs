//! Points to earn: one floor at the end, every factor named.

use rust_decimal::Decimal;

use crate::money::Amount;
use crate::program::Factor;

/// How a sale's points come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointsQuote {
    /// Money that earns, minor units: net of the earning lines without what points or gift cards pay.
    pub base: Amount,
    /// Points for one major unit.
    pub per_unit: Decimal,
    /// Every factor other than 1, in order: tier, first purchase, weekend, campaigns, codes.
    pub factors: Vec<Factor>,
    /// floor(base in major units x per_unit x every factor).
    pub floored: i64,
    /// Points added after the floor.
    pub bonus: i64,
    /// `floored + bonus`: what the customer earns.
    pub total: i64,
}
