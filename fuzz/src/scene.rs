//! A counter out of arbitrary bytes: a program, a basket, a customer, and what was scanned.

use arbitrary::Arbitrary;
use chrono::DateTime;
use mostrador_loyalty::basket::{Basket, Line, Quantity};
use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::customer::{CodeUse, CustomerFacts, Place, Usage};
use mostrador_loyalty::money::{Amount, MAX_MINOR};
use mostrador_loyalty::program::Program;
use mostrador_loyalty::quote::{Quote, Request, quote};
use mostrador_loyalty::time::Moment;
use mostrador_protocol::program::{
    BasisDocument, CodeDocument, FreeProductDocument, PointsDocument, ProgramDocument,
    SpendTierDocument, StackingDocument, TierDocument, TiersDocument, WindowDocument,
};
use rust_decimal::Decimal;

use crate::invariant;

const PRODUCTS: [&str; 3] = ["cafe", "pan", "isla"];
const CATEGORIES: [&str; 2] = ["food", "nautical"];
const WEEKDAYS: [&str; 3] = ["monday", "friday", "sunday"];

/// Everything that a quote depends on.
#[derive(Debug, Arbitrary)]
pub struct Scene<'a> {
    is_compounding: bool,
    max_codes: u8,
    basket_cap_bp: u16,
    tier_discount_bp: Option<u16>,
    has_points: bool,
    codes: Vec<CodeIn>,
    lines: Vec<LineIn>,
    scanned: Vec<Scan<'a>>,
    /// Purchases before this one; none: nobody was identified.
    purchases: Option<u8>,
    hours: u16,
    unpaid: u32,
}

#[derive(Debug, Arbitrary)]
struct CodeIn {
    gives: Gives,
    is_stackable: bool,
    priority: i8,
    min_purchase: u32,
    max_discount: Option<u32>,
    product: Option<u8>,
    category: Option<u8>,
    weekday: Option<u8>,
    first_purchase_only: bool,
    total_limit: Option<u8>,
    budget: Option<u32>,
    used: u8,
}

#[derive(Debug, Arbitrary)]
enum Gives {
    Nothing,
    Percent(u16),
    Fixed(u32),
    SpendTiers(Vec<(u32, Option<u16>, u32)>),
    FreeProduct(u8, u8),
    Multiplier(u16),
    Bonus(u16),
}

#[derive(Debug, Arbitrary)]
struct LineIn {
    product: u8,
    category: u8,
    unit_price: u32,
    is_dear: bool,
    thousandths: u32,
    floor: u32,
    discountable: bool,
    earns_points: bool,
}

/// A code of the program by its place, or any text at all.
#[derive(Debug, Arbitrary)]
enum Scan<'a> {
    Known(u8),
    Any(&'a str),
}

impl Scene<'_> {
    /// Prices the scene and checks that every invariant holds.
    pub fn check(&self) {
        let document = self.document();
        let faults = document.check();
        assert!(
            faults.is_empty(),
            "the scene makes sound programs: {faults:?}"
        );
        let program = document.compile().expect("a sound program compiles");
        let scanned = self.scanned();
        let basket = self.basket();
        let priced = self.price(&program, &basket, &scanned);
        invariant::sums(&priced);
        invariant::bounds(&priced, &program, &basket);
        // Whoever joined, joins in any order, for the same amounts line by line.
        let mut joined: Vec<CodeText> = priced
            .accepted
            .iter()
            .map(|code| code.text.clone())
            .collect();
        joined.reverse();
        let turned = self.price(&program, &basket, &joined);
        assert_eq!(turned.accepted, priced.accepted);
        assert_eq!(
            (turned.lines, turned.points),
            (priced.lines.clone(), priced.points.clone())
        );
        let best = self.price(&program, &basket, &priced.best_set.codes);
        assert_eq!(
            best.total, priced.best_set.total,
            "the best set is worth what it says"
        );
        assert!(priced.best_set.total <= priced.total);
    }

    fn price(&self, program: &Program, basket: &Basket, scanned: &[CodeText]) -> Quote {
        let customer = self.purchases.map(|purchases| CustomerFacts {
            id: Default::default(),
            tier: self.tier_discount_bp.map(|_| "bronze".to_owned()),
            purchases: purchases.into(),
            ..CustomerFacts::default()
        });
        let unix_ms = i64::from(self.hours) * 3_600_000;
        let local = DateTime::from_timestamp_millis(unix_ms).expect("in this century");
        quote(&Request {
            program,
            customer: customer.as_ref(),
            basket,
            scanned,
            usage: &self.usage(),
            place: &Place::default(),
            sale: Default::default(),
            now: Moment {
                unix_ms,
                local: local.naive_utc(),
            },
            own_codes: &[],
            non_earning_tender: amount(self.unpaid),
        })
    }

    fn document(&self) -> ProgramDocument {
        let mut document = ProgramDocument::bare("Café", "COP", "America/Bogota");
        if self.is_compounding {
            document.stacking = StackingDocument::Compounding;
        }
        document.max_codes = u32::from(self.max_codes % 21);
        document.basket_cap_bp = rate(self.basket_cap_bp);
        document.points = self.has_points.then(|| PointsDocument {
            first_purchase: Some(Decimal::new(15, 1)),
            weekend: Some(Decimal::new(12, 1)),
            ..PointsDocument::default()
        });
        document.tiers = self.tier_discount_bp.map(|discount_bp| TiersDocument {
            basis: BasisDocument::Points,
            window_days: 365,
            grace_days: 30,
            levels: vec![TierDocument {
                slug: "bronze".to_owned(),
                name: "Bronce".to_owned(),
                from_points: 0,
                multiplier: Decimal::new(11, 1),
                discount_bp: rate(discount_bp),
                benefits: Vec::new(),
            }],
        });
        let codes = self.codes().enumerate();
        document.codes = codes.map(|(place, code)| code.document(place)).collect();
        document
    }

    /// As many as a counter ever sees together.
    fn codes(&self) -> impl Iterator<Item = &CodeIn> {
        self.codes.iter().take(8)
    }

    fn basket(&self) -> Basket {
        let lines = self.lines.iter().take(12).map(LineIn::line);
        Basket {
            lines: lines.collect(),
        }
    }

    fn scanned(&self) -> Vec<CodeText> {
        let scans = self.scanned.iter().take(12);
        scans
            .filter_map(|scan| match scan {
                Scan::Known(place) => CodeText::parse(&text_of(usize::from(place % 8))),
                Scan::Any(text) => {
                    let code = CodeText::parse(text)?;
                    assert_eq!(
                        CodeText::parse(code.as_str()).as_ref(),
                        Some(&code),
                        "read once is read for good"
                    );
                    Some(code)
                }
            })
            .collect()
    }

    fn usage(&self) -> Usage {
        let uses = self.codes().enumerate().filter_map(|(place, code)| {
            let text = CodeText::parse(&text_of(place))?;
            let code_use = CodeUse {
                total: code.used.into(),
                by_customer: u64::from(code.used) / 2,
                today: u64::from(code.used) / 3,
                discount: amount(u32::from(code.used) * 1_000),
                right: None,
            };
            Some((text, code_use))
        });
        Usage {
            codes: uses.collect(),
        }
    }
}

impl CodeIn {
    fn document(&self, place: usize) -> CodeDocument {
        let mut code = CodeDocument {
            text: text_of(place),
            stackable: self.is_stackable,
            priority: self.priority.into(),
            min_purchase: self.min_purchase.into(),
            max_discount: self.max_discount.map(positive),
            products: self.product.iter().map(|at| pick(&PRODUCTS, *at)).collect(),
            categories: self
                .category
                .iter()
                .map(|at| pick(&CATEGORIES, *at))
                .collect(),
            windows: self
                .weekday
                .iter()
                .map(|at| WindowDocument {
                    weekdays: vec![pick(&WEEKDAYS, *at)],
                    from: "22:00".to_owned(),
                    to: "06:00".to_owned(),
                })
                .collect(),
            first_purchase_only: self.first_purchase_only,
            total_limit: self.total_limit.map(|limit| u64::from(limit) + 1),
            budget: self.budget.map(positive),
            ..CodeDocument::default()
        };
        match &self.gives {
            Gives::Nothing => {}
            Gives::Percent(rate_bp) => code.percent_bp = Some(rate(*rate_bp).max(1)),
            Gives::Fixed(minor) => code.fixed = Some(positive(*minor)),
            Gives::SpendTiers(tiers) => code.spend_tiers = spend_tiers(tiers),
            Gives::FreeProduct(at, units) => {
                code.free_product = Some(FreeProductDocument {
                    product: pick(&PRODUCTS, *at),
                    units: u32::from(*units) + 1,
                });
            }
            Gives::Multiplier(hundredths) => {
                code.points_multiplier = Some(Decimal::new(i64::from(*hundredths) + 1, 2));
            }
            Gives::Bonus(points) => code.bonus_points = Some(i64::from(*points) + 1),
        }
        code
    }
}

fn spend_tiers(tiers: &[(u32, Option<u16>, u32)]) -> Vec<SpendTierDocument> {
    let mut from = 0_i64;
    let tiers = tiers.iter().take(4).map(|(step, rate_bp, minor)| {
        from += i64::from(*step) + 1;
        SpendTierDocument {
            from,
            percent_bp: rate_bp.map(|rate_bp| rate(rate_bp).max(1)),
            fixed: rate_bp.is_none().then(|| positive(*minor)),
        }
    });
    tiers.collect()
}

impl LineIn {
    fn line(&self) -> Line {
        let product = pick(&PRODUCTS, self.product);
        let thousandths = Decimal::new(i64::from(self.thousandths % 20_000), 3);
        // Now and then a price near the largest amount there is.
        let unit_price = if self.is_dear {
            Amount::clamped(i128::from(MAX_MINOR) - i128::from(self.unit_price))
        } else {
            amount(self.unit_price)
        };
        Line {
            sku: product.clone(),
            name: product.clone(),
            product,
            unit_price,
            quantity: Quantity::new(thousandths).expect("three places"),
            categories: vec![pick(&CATEGORIES, self.category)],
            partner: None,
            floor: amount(self.floor),
            discountable: self.discountable,
            earns_points: self.earns_points,
        }
    }
}

fn text_of(place: usize) -> String {
    format!("CODE{place}")
}

fn pick(words: &[&str], at: u8) -> String {
    words[usize::from(at) % words.len()].to_owned()
}

fn rate(any: u16) -> u32 {
    u32::from(any % 10_001)
}

fn positive(any: u32) -> i64 {
    i64::from(any) + 1
}

fn amount(minor: u32) -> Amount {
    Amount::clamped(minor.into())
}
