//! Sales drawn at random: small shops with many codes, so that codes meet, collide and fall short.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use mostrador_loyalty as loyalty;
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use loyalty::basket::{Basket, Line, Quantity};
use loyalty::code::{Benefit, Code, CodeKind, CodeText, SpendTier, SpendTierBenefit};
use loyalty::customer::{CustomerFacts, Place, Usage};
use loyalty::money::{Amount, BasisPoints, Currency};
use loyalty::program::{PointsRules, Program, Stacking, Tier, TierRules};
use loyalty::quote::{Quote, Request, quote};
use loyalty::time::Moment;

/// Everything that a quote needs.
#[derive(Debug, Clone)]
pub(crate) struct Sale {
    pub(crate) program: Program,
    pub(crate) customer: Option<CustomerFacts>,
    pub(crate) basket: Basket,
    pub(crate) scanned: Vec<CodeText>,
}

impl Sale {
    pub(crate) fn quote(&self, scanned: &[CodeText]) -> Quote {
        let local = day(0).and_hms_opt(12, 0, 0).expect("noon exists");
        quote(&Request {
            program: &self.program,
            customer: self.customer.as_ref(),
            basket: &self.basket,
            scanned,
            usage: &Usage::default(),
            place: &Place::default(),
            sale: uuid::Uuid::nil(),
            now: Moment { unix_ms: 0, local },
            non_earning_tender: Amount::ZERO,
        })
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
    .prop_map(|minor| Amount::from_minor(minor).expect("small enough"))
}

pub(crate) fn sale() -> impl Strategy<Value = Sale> {
    let lines = prop::collection::vec(line(), 0..7);
    let codes = prop::collection::vec(code(), 1..8);
    (lines, codes, program(), any::<bool>()).prop_flat_map(|(lines, codes, program, is_gold)| {
        let mut program = program;
        let mut scanned = Vec::new();
        for (index, mut code) in codes.into_iter().enumerate() {
            let name = format!("{}{index}", code.text);
            code.text = CodeText::parse(&name).expect("a letter and a digit");
            scanned.push(code.text.clone());
            program.codes.insert(code);
        }
        let customer = is_gold.then(|| CustomerFacts {
            id: Uuid::nil(),
            tier: Some("gold".to_owned()),
            purchases: 0,
        });
        let basket = Basket { lines };
        Just(scanned).prop_shuffle().prop_map(move |scanned| Sale {
            program: program.clone(),
            customer: customer.clone(),
            basket: basket.clone(),
            scanned,
        })
    })
}

fn program() -> impl Strategy<Value = Program> {
    let stacking = prop_oneof![Just(Stacking::Additive), Just(Stacking::Compounding)];
    let cap = prop_oneof![3 => Just(10_000), 1 => 0..10_000_u32];
    let tier_bp = prop_oneof![Just(0), Just(1_000), 0..10_000_u32];
    (stacking, 1..6_usize, cap, tier_bp).prop_map(|(stacking, max_codes, cap, tier_bp)| Program {
        stacking,
        max_codes,
        basket_cap: BasisPoints(cap),
        points: Some(PointsRules {
            per_unit: Decimal::ONE,
            lifetime_days: 365,
            minimum_redeem: 100,
            point_value: Amount::ZERO,
            first_purchase: Some(Decimal::TWO),
            weekend: None,
            campaigns: Vec::new(),
        }),
        tiers: Some(TierRules {
            tiers: vec![Tier {
                slug: "gold".to_owned(),
                name: "Oro".to_owned(),
                from_points: 0,
                multiplier: Decimal::ONE,
                discount: BasisPoints(tier_bp),
                benefits: Vec::new(),
            }],
            window_days: 365,
            grace_days: 30,
        }),
        ..Program::bare(Currency::from_code("COP").expect("three letters"))
    })
}

fn line() -> impl Strategy<Value = Line> {
    let thousandths = prop_oneof![Just(1_000_i64), Just(3_000), 0..4_000_i64];
    let categories = prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 0..3);
    let flags = (prop::bool::weighted(0.9), prop::bool::weighted(0.9));
    let floor = prop_oneof![3 => Just(Amount::ZERO), 1 => amounts()];
    (amounts(), thousandths, categories, floor, flags, 0..3_u32).prop_map(
        |(unit_price, thousandths, categories, floor, flags, product)| Line {
            product: format!("p{product}"),
            sku: String::new(),
            name: String::new(),
            unit_price,
            quantity: Quantity::new(Decimal::new(thousandths, 3)).expect("three places"),
            categories: categories.into_iter().map(str::to_owned).collect(),
            partner: None,
            floor,
            discountable: flags.0,
            earns_points: flags.1,
        },
    )
}

fn code() -> impl Strategy<Value = Code> {
    let categories: [BTreeSet<String>; 4] = [
        BTreeSet::new(),
        BTreeSet::from(["a".to_owned()]),
        BTreeSet::from(["b".to_owned(), "c".to_owned()]),
        BTreeSet::from(["c".to_owned()]),
    ];
    (
        prop::sample::select(vec!["A", "B", "C"]),
        benefit(),
        prop::bool::weighted(0.8),
        -1..2_i32,
        prop::sample::select(categories.to_vec()),
        prop::option::weighted(0.2, amounts()),
        prop::bool::weighted(0.1),
        prop_oneof![3 => Just(Amount::ZERO), 1 => amounts()],
    )
        .prop_map(
            |(letter, benefit, stackable, priority, categories, most, is_reward, minimum)| {
                let text = CodeText::parse(letter).expect("a letter");
                let mut code = Code::new(text, benefit);
                code.stackable = stackable;
                code.priority = priority;
                code.restrictions.categories = categories;
                code.max_discount = most;
                code.min_purchase = minimum;
                if is_reward {
                    code.kind = CodeKind::Reward;
                }
                code
            },
        )
}

fn benefit() -> impl Strategy<Value = Benefit> {
    let tiers = (amounts(), 1..5_000_u32, amounts()).prop_map(|(from, rate, fixed)| {
        let gives = SpendTierBenefit::Percent(BasisPoints(rate));
        let higher = from.saturating_add(Amount::from_minor(1).expect("one"));
        Benefit::SpendTiers(vec![
            SpendTier { from, gives },
            SpendTier {
                from: higher,
                gives: SpendTierBenefit::Fixed(fixed),
            },
        ])
    });
    prop_oneof![
        5 => (1..10_001_u32).prop_map(|rate| Benefit::Percent(BasisPoints(rate))),
        4 => amounts().prop_map(Benefit::Fixed),
        1 => tiers,
        1 => (0..3_u32, 1..4_u32).prop_map(|(product, units)| Benefit::FreeProduct {
            product: format!("p{product}"),
            units,
        }),
        1 => Just(Benefit::Tracking),
        1 => (0..300_i64).prop_map(|hundredths| Benefit::PointsMultiplier(Decimal::new(hundredths, 2))),
        1 => (0..50_i64).prop_map(Benefit::BonusPoints),
    ]
}
