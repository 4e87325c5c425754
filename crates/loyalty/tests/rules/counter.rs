//! A counter with one code: everything that a quote needs, to be changed before it is asked.

use mostrador_loyalty as loyalty;
use uuid::Uuid;

use loyalty::basket::{Basket, Line, Quantity};
use loyalty::code::{Code, CodeText};
use loyalty::customer::{CustomerFacts, Place, Usage};
use loyalty::money::{Amount, Currency};
use loyalty::program::{Program, Tier, TierBasis, TierRules};
use loyalty::quote::{Quote, Request, Trial, quote, trial};
use loyalty::time::Moment;

pub(crate) fn amount(minor: i64) -> Amount {
    Amount::from_minor(minor).expect("an amount")
}

pub(crate) fn text(text: &str) -> CodeText {
    CodeText::parse(text).expect("a code")
}

/// Saturday noon in the shop "centro" with three tiers, and what the codes are scanned for.
#[derive(Debug, Clone)]
pub(crate) struct Counter {
    pub(crate) program: Program,
    pub(crate) customer: Option<CustomerFacts>,
    pub(crate) basket: Basket,
    pub(crate) usage: Usage,
    pub(crate) now: &'static str,
    pub(crate) tender: i64,
    pub(crate) scanned: Vec<CodeText>,
    pub(crate) own_codes: Vec<Code>,
}

impl Counter {
    /// One coffee of 10,000 from "finca" and nobody identified.
    pub(crate) fn with(codes: impl IntoIterator<Item = Code>) -> Self {
        let mut program = Program::bare(Currency::from_code("COP").expect("a currency"));
        let tier = |slug: &str, from_points| Tier {
            slug: slug.to_owned(),
            name: slug.to_owned(),
            from_points,
            multiplier: 1.into(),
            discount: loyalty::money::BasisPoints(0),
            benefits: Vec::new(),
        };
        program.tiers = Some(TierRules {
            tiers: vec![tier("bronze", 0), tier("silver", 10), tier("gold", 20)],
            basis: TierBasis::Points,
            window_days: 365,
            grace_days: 30,
        });
        let mut scanned = Vec::new();
        for code in codes {
            scanned.push(code.text.clone());
            program.codes.insert(code);
        }
        Self {
            program,
            customer: None,
            basket: Basket {
                lines: vec![line("coffee", 10_000)],
            },
            usage: Usage::default(),
            now: "2026-11-21T12:00:00",
            tender: 0,
            scanned,
            own_codes: Vec::new(),
        }
    }

    /// The customer with the id 7, of this tier, who has bought so often.
    pub(crate) fn customer(mut self, tier: &str, purchases: u64) -> Self {
        self.customer = Some(CustomerFacts {
            id: Uuid::from_u128(7),
            tier: Some(tier.to_owned()),
            purchases,
            ..CustomerFacts::default()
        });
        self
    }

    /// Another moment, `2026-11-21T12:00:00`.
    pub(crate) fn at(mut self, local: &'static str) -> Self {
        self.now = local;
        self
    }

    pub(crate) fn quote(&self) -> Quote {
        self.ask(quote)
    }

    pub(crate) fn trial(&self) -> Trial {
        self.ask(trial)
    }

    fn ask<T>(&self, answer: impl FnOnce(&Request<'_>) -> T) -> T {
        let place = Place {
            store: "centro".to_owned(),
        };
        answer(&Request {
            program: &self.program,
            customer: self.customer.as_ref(),
            basket: &self.basket,
            scanned: &self.scanned,
            usage: &self.usage,
            place: &place,
            sale: uuid::Uuid::nil(),
            now: Moment {
                unix_ms: 0,
                local: self.now.parse().expect("a local time"),
            },
            own_codes: &self.own_codes,
            non_earning_tender: amount(self.tender),
        })
    }
}

pub(crate) fn line(product: &str, price: i64) -> Line {
    Line {
        product: product.to_owned(),
        sku: product.to_owned(),
        name: product.to_owned(),
        unit_price: amount(price),
        quantity: Quantity::ONE,
        categories: vec!["drinks".to_owned()],
        partner: Some("finca".to_owned()),
        floor: Amount::ZERO,
        discountable: true,
        earns_points: true,
    }
}
