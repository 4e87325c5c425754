//! The rules of points, codes and money.
//!
//! One idea: a quote never fails, it refuses. [`quote::quote`] takes everything it needs as
//! arguments (program, customer, basket, scanned codes, what was used before, the moment) and
//! returns discounts, refusals and points together. The same inputs give the same answer on the
//! till and on the server, because there is no clock, no randomness, no I/O and no float in here
//! (but for the statistics of [`experiment`], which are neither money nor points).
//!
//! Map: [`money`] and [`rate`] hold arithmetic; [`allocation`] splits an amount over lines;
//! [`basket`], [`code`], [`program`], [`customer`] are the inputs; [`quote`] is the price;
//! [`refusal`] names every "no"; [`points`], [`tier`], [`score`] and [`badge`] are the loyalty side;
//! [`account`] folds facts into balances; [`due`] knows when something follows from one; [`redeem`]
//! spends points; [`referral`] decides who brought whom; [`refund`] undoes a sale in parts that add up;
//! [`lease`] shares out what is scarce to tills without a connection; [`experiment`] says which variant
//! of a code is ahead, if any.
//!
//! ```
//! use mostrador_loyalty::basket::{Basket, Line, Quantity};
//! use mostrador_loyalty::code::{Benefit, Code, CodeText};
//! use mostrador_loyalty::customer::{Place, Usage};
//! use mostrador_loyalty::money::{Amount, BasisPoints, Currency};
//! use mostrador_loyalty::program::Program;
//! use mostrador_loyalty::quote::{quote, Request};
//! use mostrador_loyalty::refusal::Refusal;
//! use mostrador_loyalty::time::Moment;
//!
//! let pesos = |pesos: i64| Amount::from_minor(pesos * 100).unwrap();
//! let percent = |text: &str, percent: u32, stackable| Code {
//!     stackable,
//!     ..Code::new(CodeText::parse(text).unwrap(), Benefit::Percent(BasisPoints(percent * 100)))
//! };
//! let mut program = Program::bare(Currency::from_code("COP").unwrap());
//! for code in [percent("VERANO10", 10, true), percent("FIRST5", 5, true), percent("SOLO12", 12, false)] {
//!     program.codes.insert(code);
//! }
//! let basket = Basket {
//!     lines: vec![Line {
//!         product: "kayak".into(),
//!         sku: "EXP-1".into(),
//!         name: "Kayak en la bahía".into(),
//!         unit_price: pesos(60_000),
//!         quantity: Quantity::ONE,
//!         categories: vec!["nautical".into()],
//!         partner: None,
//!         floor: Amount::ZERO,
//!         discountable: true,
//!         earns_points: true,
//!     }],
//! };
//! let scanned = ["verano-10", "SOLO12", "first5"].map(|raw| CodeText::parse(raw).unwrap());
//! let quote = quote(&Request {
//!     program: &program,
//!     customer: None,
//!     basket: &basket,
//!     scanned: &scanned,
//!     usage: &Usage::default(),
//!     place: &Place::default(),
//!     sale: uuid::Uuid::nil(),
//!     now: Moment { unix_ms: 0, local: Default::default() },
//!     own_codes: &[],
//!     non_earning_tender: Amount::ZERO,
//! });
//! // 10 % and 5 % add; the exclusive code is refused, and the set on the basket is the best one.
//! assert_eq!(quote.discount, pesos(9_000));
//! assert_eq!(quote.refused[0].refusal, Refusal::NotStackable { with: scanned[0].clone() });
//! assert!(quote.best_set.gain.is_zero());
//! ```

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
pub mod badge;
pub mod basket;
pub mod code;
pub mod customer;
pub mod due;
pub mod experiment;
pub mod lease;
pub mod money;
pub mod name;
pub mod points;
pub mod program;
pub mod quote;
pub mod rate;
pub mod redeem;
pub mod referral;
pub mod refund;
pub mod refusal;
pub mod score;
pub mod tier;
pub mod time;
