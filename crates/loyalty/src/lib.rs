//! The rules of points, codes and money.
//!
//! One idea: a quote never fails, it refuses. [`quote::quote`] takes everything it needs as
//! arguments (program, customer, basket, scanned codes, what was used before, the moment) and
//! returns discounts, refusals and points together. The same inputs give the same answer on the
//! till and on the server, because there is no clock, no randomness, no I/O and no float in here.
//!
//! Map: [`money`] and [`rate`] hold arithmetic; [`allocation`] splits an amount over lines;
//! [`basket`], [`code`], [`program`], [`customer`] are the inputs; [`quote`] is the price;
//! [`refusal`] names every "no"; [`points`] and [`tier`] are the loyalty side; [`account`] folds
//! facts into balances; [`refund`] undoes a sale in parts that add up.

#![deny(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::as_conversions
)]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        reason = "a test that overflows or misses an index fails, which is what it is for"
    )
)]

pub mod account;
pub mod allocation;
pub mod basket;
pub mod code;
pub mod customer;
pub mod money;
pub mod points;
pub mod program;
pub mod quote;
pub mod rate;
pub mod refund;
pub mod refusal;
pub mod tier;
pub mod time;
