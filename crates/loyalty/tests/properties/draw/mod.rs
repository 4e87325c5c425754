//! Sales drawn at random: small shops with many codes, so that codes meet, collide and fall short.

mod basket;
mod code;
mod offer;
mod program;
mod rules;

use chrono::{Days, NaiveDate, NaiveDateTime};
use mostrador_loyalty as loyalty;
use proptest::prelude::*;
use uuid::Uuid;

use loyalty::basket::Basket;
use loyalty::code::CodeText;
use loyalty::customer::{CustomerFacts, Place, Usage};
use loyalty::money::Amount;
use loyalty::program::{Program, Resolved};
use loyalty::quote::{Quote, Request, Trial, quote, trial};
use loyalty::time::Moment;
use offer::{Offer, offer};

/// What variants are assigned to while nobody is identified.
const SALE_ID: Uuid = Uuid::from_u128(1);

/// Everything that a quote needs.
#[derive(Debug, Clone)]
pub(crate) struct Sale {
    pub(crate) program: Program,
    pub(crate) customer: Option<CustomerFacts>,
    pub(crate) basket: Basket,
    pub(crate) usage: Usage,
    pub(crate) scanned: Vec<CodeText>,
    pub(crate) place: Place,
    pub(crate) local: NaiveDateTime,
    pub(crate) tender: Amount,
}

impl Sale {
    pub(crate) fn quote(&self, scanned: &[CodeText]) -> Quote {
        quote(&self.request(scanned))
    }

    pub(crate) fn trial(&self, scanned: &[CodeText]) -> Trial {
        trial(&self.request(scanned))
    }

    fn request<'a>(&'a self, scanned: &'a [CodeText]) -> Request<'a> {
        Request {
            program: &self.program,
            customer: self.customer.as_ref(),
            basket: &self.basket,
            scanned,
            usage: &self.usage,
            place: &self.place,
            sale: SALE_ID,
            now: Moment {
                unix_ms: 0,
                local: self.local,
            },
            own_codes: &[],
            non_earning_tender: self.tender,
        }
    }

    /// The code behind a scanned text.
    pub(crate) fn resolve<'a>(&'a self, text: &'a CodeText) -> Option<Resolved<'a>> {
        let customer = self.customer.as_ref().map(|customer| customer.id);
        self.program.resolve(text, customer.unwrap_or(SALE_ID))
    }
}

/// A day, counted from a Thursday.
pub(crate) fn day(number: u64) -> NaiveDate {
    NaiveDate::default() + Days::new(20_454 + number)
}

/// Amounts of every size, small ones often.
pub(crate) fn amounts() -> impl Strategy<Value = Amount> {
    prop_oneof![
        3 => 0..10_i64,
        3 => 0..5_000_i64,
        1 => 0..1_000_000_000_000_i64,
    ]
    .prop_map(minor)
}

/// Amounts such as prices have, so that a code's bounds fall among them.
fn prices() -> impl Strategy<Value = Amount> {
    prop_oneof![
        1 => 0..20_i64,
        8 => 50..5_000_i64,
        1 => 0..1_000_000_000_000_i64,
    ]
    .prop_map(minor)
}

fn minor(minor: i64) -> Amount {
    Amount::from_minor(minor).expect("small enough")
}

/// Sales of up to seven lines with up to fourteen codes.
pub(crate) fn sale() -> impl Strategy<Value = Sale> {
    prop_oneof![6 => sale_of(1..9), 1 => sale_of(9..15)]
}

/// Sales with so many codes in the program, of which most are scanned.
pub(crate) fn sale_of(codes: std::ops::Range<usize>) -> impl Strategy<Value = Sale> {
    let program = (program::program(), prop::collection::vec(offer(), codes));
    let who = (
        program::customer(),
        prop::sample::select(vec!["centro", "norte"]),
    );
    // Twelve o'clock most of the week; opening and closing hours, and midnight.
    let hours =
        prop_oneof![3 => Just(12 * 60), 1 => prop::sample::select(program::HOURS_MIN.to_vec())];
    let when = (0..7_u64, hours);
    let tender = prop_oneof![3 => Just(Amount::ZERO), 1 => prices()];
    (program, who, when, basket::basket(), tender).prop_flat_map(
        |((mut program, offers), (customer, store), (number, minute), basket, tender)| {
            let mut usage = Usage::default();
            let mut scanned = Vec::new();
            for (index, offer) in offers.into_iter().enumerate() {
                let Offer { code, used, texts } = offer.placed(index);
                program.codes.insert(code);
                usage.codes.extend(used);
                scanned.extend(texts);
            }
            let sale = Sale {
                program,
                customer,
                basket,
                usage,
                scanned: Vec::new(),
                place: Place {
                    store: store.to_owned(),
                },
                local: program::at(day(number), minute),
                tender,
            };
            Just(scanned).prop_shuffle().prop_map(move |scanned| Sale {
                scanned,
                ..sale.clone()
            })
        },
    )
}
