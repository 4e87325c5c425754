//! Which bound kept a code from giving all it says, and what the next step would give.

use chrono::NaiveDate;
use mostrador_loyalty as loyalty;

use loyalty::basket::{Basket, Line, Quantity};
use loyalty::code::{Benefit, Code, CodeText, SpendTier, SpendTierBenefit};
use loyalty::customer::{CodeUse, Place, Usage};
use loyalty::money::{Amount, BasisPoints, Currency};
use loyalty::program::Program;
use loyalty::quote::{AcceptedCode, Bound, NextStep, Quote, Request, quote};
use loyalty::time::Moment;

fn amount(minor: i64) -> Amount {
    Amount::from_minor(minor).expect("an amount")
}

fn text(text: &str) -> CodeText {
    CodeText::parse(text).expect("a code")
}

fn percent(name: &str, rate: u32) -> Code {
    let mut code = Code::new(text(name), Benefit::Percent(BasisPoints(rate)));
    code.stackable = true;
    code
}

fn fixed(name: &str, minor: i64) -> Code {
    let mut code = Code::new(text(name), Benefit::Fixed(amount(minor)));
    code.stackable = true;
    code
}

/// A sale of lines of `(price, floor)` with every code of `codes` scanned.
struct Sale {
    cap: u32,
    lines: Vec<(i64, i64)>,
    codes: Vec<Code>,
    spent: i64,
}

impl Sale {
    fn of(lines: &[(i64, i64)], codes: Vec<Code>) -> Self {
        Self {
            cap: 10_000,
            lines: lines.to_vec(),
            codes,
            spent: 0,
        }
    }

    fn quote(&self) -> Quote {
        let scanned: Vec<CodeText> = self.codes.iter().map(|code| code.text.clone()).collect();
        let mut program = Program::bare(Currency::from_code("COP").expect("a currency"));
        program.basket_cap = BasisPoints(self.cap);
        program.codes = self.codes.iter().cloned().collect();
        let line = |(price, floor): &(i64, i64)| Line {
            product: format!("p{price}"),
            sku: String::new(),
            name: String::new(),
            categories: Vec::new(),
            partner: None,
            unit_price: amount(*price),
            quantity: Quantity::ONE,
            floor: amount(*floor),
            discountable: true,
            earns_points: true,
        };
        let basket = Basket {
            lines: self.lines.iter().map(line).collect(),
        };
        let mut usage = Usage::default();
        for code in &scanned {
            let used = CodeUse {
                discount: amount(self.spent),
                ..CodeUse::default()
            };
            usage.codes.insert(code.clone(), used);
        }
        let local = NaiveDate::from_ymd_opt(2026, 11, 21)
            .and_then(|day| day.and_hms_opt(12, 0, 0))
            .expect("a moment");
        quote(&Request {
            program: &program,
            customer: None,
            basket: &basket,
            scanned: &scanned,
            usage: &usage,
            place: &Place {
                store: "centro".to_owned(),
            },
            sale: uuid::Uuid::nil(),
            now: Moment { unix_ms: 0, local },
            own_codes: &[],
            non_earning_tender: Amount::ZERO,
        })
    }

    fn last(&self) -> AcceptedCode {
        self.quote().accepted.pop().expect("an accepted code")
    }
}

/// The cuts of the last code in the order of work: bound, what it left, what it cost.
fn check(sale: &Sale, taken: i64, cuts: &[(Bound, i64, i64)]) {
    let code = sale.last();
    assert_eq!(code.amount, amount(taken));
    let found: Vec<(Bound, i64, i64)> = code
        .cuts
        .iter()
        .map(|cut| (cut.by.clone(), cut.to.minor(), cut.lost.minor()))
        .collect();
    assert_eq!(found, cuts);
}

#[test]
fn a_code_that_gives_all_it_says_is_cut_by_nothing() {
    let mut code = percent("TEN", 1_000);
    code.max_discount = Some(amount(100));
    check(&Sale::of(&[(1_000, 900)], vec![code]), 100, &[]);
}

#[test]
fn the_maximum_of_the_code_says_what_it_would_have_been_without_it() {
    let mut code = percent("HALF", 5_000);
    code.max_discount = Some(amount(10_000_000));
    let sale = Sale::of(&[(24_000_000, 0), (6_000_000, 0)], vec![code]);
    check(
        &sale,
        10_000_000,
        &[(Bound::MaxDiscount, 10_000_000, 5_000_000)],
    );
    assert!(sale.last().is_capped());
    assert_eq!(sale.last().note, None);
}

#[test]
fn the_rest_of_a_budget_works_on_what_the_maximum_left() {
    let mut code = fixed("FIX", 1_000);
    code.max_discount = Some(amount(800));
    code.limits.budget = Some(amount(5_000));
    let mut sale = Sale::of(&[(9_000, 0)], vec![code]);
    sale.spent = 4_700;
    let cuts = [(Bound::MaxDiscount, 800, 200), (Bound::Budget, 300, 500)];
    check(&sale, 300, &cuts);
}

#[test]
fn floors_and_lines_that_cost_nothing_more_are_told_apart() {
    let floored = Sale::of(&[(1_000, 900), (500, 0)], vec![fixed("FIX", 2_000)]);
    let floor = Bound::Floor { lines: vec![0] };
    let cuts = [(Bound::NothingLeft, 1_500, 500), (floor, 600, 900)];
    check(&floored, 600, &cuts);
    let note = floored.last().note.unwrap();
    assert_eq!(note.code(), "truncated");

    let full = Sale::of(&[(1_000, 0)], vec![fixed("A", 700), fixed("B", 700)]);
    check(&full, 300, &[(Bound::NothingLeft, 300, 400)]);
}

#[test]
fn the_basket_cap_comes_before_the_lines() {
    let mut sale = Sale::of(&[(1_000, 0)], vec![percent("A", 3_000), fixed("B", 400)]);
    sale.cap = 5_000;
    check(&sale, 200, &[(Bound::BasketCap, 200, 200)]);
    sale.codes.push(fixed("C", 100));
    check(&sale, 0, &[(Bound::BasketCap, 0, 100)]);
}

#[test]
fn free_units_are_kept_by_floors_only() {
    let gift = Benefit::FreeProduct {
        product: "p1000".to_owned(),
        units: 1,
    };
    let code = Code::new(text("GIFT"), gift);
    let floor = Bound::Floor { lines: vec![0] };
    let sale = Sale::of(&[(1_000, 400)], vec![code]);
    check(&sale, 600, &[(floor, 600, 400)]);
}

#[test]
fn a_spend_tier_says_what_is_missing_to_its_next_step() {
    let step = |from, rate| SpendTier {
        from: amount(from),
        gives: SpendTierBenefit::Percent(BasisPoints(rate)),
    };
    let steps = vec![step(1_000, 500), step(5_000, 1_000), step(3_000, 700)];
    let mut code = Code::new(text("STEPS"), Benefit::SpendTiers(steps));
    let next = |code: &Code, price| Sale::of(&[(price, 0)], vec![code.clone()]).last().next_step;
    let to = |from: i64, price: i64, rate| {
        Some(NextStep {
            missing: amount(from - price),
            from: amount(from),
            gives: SpendTierBenefit::Percent(BasisPoints(rate)),
        })
    };
    assert_eq!(next(&code, 1_000), to(3_000, 1_000, 700));
    assert_eq!(next(&code, 2_999), to(3_000, 2_999, 700));
    assert_eq!(next(&code, 3_000), to(5_000, 3_000, 1_000));
    assert_eq!(next(&code, 5_000), None);
    code.max_discount = Some(amount(10));
    assert_eq!(next(&code, 1_000), None, "more would give nothing more");
}
