//! What a key means when it is left out.

use rust_decimal::Decimal;

pub(super) fn language() -> String {
    "es".to_owned()
}
pub(super) const fn max_codes() -> u32 {
    5
}
pub(super) const fn basket_cap_bp() -> u32 {
    10_000
}
pub(super) const fn year_days() -> u32 {
    365
}
pub(super) const fn score_days() -> u32 {
    90
}
pub(super) const fn grace_days() -> u32 {
    30
}
pub(super) const fn minimum_redeem() -> i64 {
    100
}
pub(super) const fn one_unit() -> u32 {
    1
}
pub(super) const fn yes() -> bool {
    true
}
pub(super) const fn one() -> Decimal {
    Decimal::ONE
}
pub(super) fn midnight() -> String {
    "00:00".to_owned()
}

pub(super) const fn weight() -> u32 {
    1
}

pub(super) const fn once() -> u64 {
    1
}
