//! Everything that a quote needs, and the usual baskets.

use std::hint::black_box;

use loyalty::basket::{Basket, Line, Quantity};
use loyalty::code::{Benefit, Code, CodeText};
use loyalty::customer::{CustomerFacts, Place, Usage};
use loyalty::money::{Amount, BasisPoints, Currency};
use loyalty::program::Program;
use loyalty::quote::{Quote, Request, quote};
use loyalty::time::Moment;
use mostrador_loyalty as loyalty;

const KINDS: [&str; 4] = ["cafe", "te", "postres", "granos"];
/// What the bare sums take off, basis points.
const BARE_RATES: [i64; 12] = [1_000, 700, 500, 300, 100, 900, 800, 600, 400, 200, 150, 50];

/// A basket and the codes that were scanned. The program stands apart: many scenes share a large one.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) basket: Basket,
    pub(super) scanned: Vec<CodeText>,
    pub(super) customer: Option<CustomerFacts>,
}

impl Scene {
    /// So many lines, and the first so many codes of [`usual_program`].
    pub(super) fn usual(lines: u32, codes: u32) -> Self {
        Self {
            basket: Basket {
                lines: (0..lines).map(line).collect(),
            },
            scanned: (0..codes).map(|number| code(number).text).collect(),
            customer: None,
        }
    }

    pub(super) fn quote(&self, program: &Program) -> Quote {
        quote(&Request {
            program,
            customer: self.customer.as_ref(),
            basket: black_box(&self.basket),
            scanned: black_box(&self.scanned),
            usage: &Usage::default(),
            place: &Place::default(),
            now: Moment {
                unix_ms: 0,
                local: chrono::NaiveDateTime::default(),
            },
            own_codes: &[],
            non_earning_tender: Amount::ZERO,
            sale: uuid::Uuid::nil(),
        })
    }

    /// What a counter without rules would do: one percent for each code, summed over the lines.
    pub(super) fn bare_sums(&self) -> i64 {
        let mut sum = 0;
        for rate in BARE_RATES.iter().take(self.scanned.len()) {
            for line in &black_box(&self.basket).lines {
                sum += (line.unit_price.minor() * rate + 5_000) / 10_000;
            }
        }
        sum
    }
}

/// A program of `size` codes, of which the first twelve (or all) want more together than a basket is
/// worth and the others are never scanned.
pub(super) fn usual_program(size: u32) -> Program {
    let mut program = bare_program();
    for number in 0..size {
        program.codes.insert(code(number));
    }
    program
}

pub(super) fn bare_program() -> Program {
    let currency = Currency::from_code("MXN").expect("BUG: MXN is three capitals");
    Program::bare(currency)
}

pub(super) fn amount(minor: u32) -> Amount {
    Amount::clamped(minor.into())
}

fn line(number: u32) -> Line {
    let kind = KINDS[number as usize % KINDS.len()];
    Line {
        product: format!("p{number}"),
        sku: format!("SKU-{number}"),
        name: format!("Producto {number}"),
        unit_price: amount(1_000 + number * 7_919 % 9_000),
        quantity: Quantity::ONE,
        categories: vec![kind.to_owned()],
        partner: None,
        floor: amount(number % 3 * 400),
        discountable: true,
        earns_points: true,
    }
}

/// Percents and amounts in turn, each on one kind of product or on all.
fn code(number: u32) -> Code {
    let text = CodeText::parse(&format!("CODE{number}")).expect("BUG: letters and digits");
    let benefit = if number.is_multiple_of(3) {
        Benefit::Fixed(amount(20_000 + number * 5_000))
    } else {
        Benefit::Percent(BasisPoints(1_500 + number * 613 % 4_000))
    };
    let mut code = Code::new(text, benefit);
    code.stackable = true;
    if let Some(kind) = KINDS.get(number as usize % (KINDS.len() + 1)) {
        code.restrictions.categories.insert((*kind).to_owned());
    }
    code
}

#[cfg(test)]
mod tests {
    use super::{Scene, usual_program};

    #[test]
    fn the_usual_baskets_have_something_to_search() {
        let program = usual_program(12);
        let usual = Scene::usual(20, 5).quote(&program);
        assert_eq!(usual.accepted.len(), 5);
        let large = Scene::usual(200, 12).quote(&program);
        assert_eq!((large.accepted.len(), large.refused.len()), (5, 7));
        assert!(!large.best_set.gain.is_zero());
    }

    #[test]
    fn codes_that_are_not_scanned_change_no_figure() {
        let scene = Scene::usual(20, 5);
        assert_eq!(
            scene.quote(&usual_program(10)),
            scene.quote(&usual_program(1_000))
        );
    }
}
