//! What a quote costs, beside a baseline in the same process.

use std::hint::black_box;
use std::time::{Duration, Instant};

use loyalty::basket::{Basket, Line, Quantity};
use loyalty::code::{Benefit, Code, CodeText};
use loyalty::customer::{Place, Usage};
use loyalty::money::{Amount, BasisPoints, Currency};
use loyalty::program::Program;
use loyalty::quote::{Quote, Request, quote};
use loyalty::time::Moment;
use mostrador_loyalty as loyalty;

/// Times of one piece of work, one call each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What was done.
    pub name: &'static str,
    /// How often.
    pub calls: u32,
    /// Half of the calls were faster.
    pub median: Duration,
    /// 99 of 100 calls were faster.
    pub p99: Duration,
}

const CALLS: u32 = 2_000;
const KINDS: [&str; 4] = ["cafe", "te", "postres", "granos"];

/// Measures a quote of 20 lines and 5 codes, the sum of five percents over the same lines (what a
/// counter without rules would do), and the search for the best of 12 codes on 200 lines.
pub fn run() -> Vec<Row> {
    let usual = Scene::new(20, 5);
    let large = Scene::new(200, 12);
    vec![
        measured("quote: 20 lines, 5 codes", CALLS, || usual.quote()),
        measured(
            "baseline: five percents summed over the 20 lines",
            CALLS,
            || usual.percent_sum(),
        ),
        measured(
            "quote: 200 lines, 12 codes of which 5 may meet",
            CALLS,
            || large.quote(),
        ),
    ]
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn measured<T>(name: &'static str, calls: u32, mut work: impl FnMut() -> T) -> Row {
    for _ in 0..calls / 10 {
        black_box(work());
    }
    let mut times: Vec<Duration> = (0..calls)
        .map(|_| {
            let begin = Instant::now();
            black_box(work());
            begin.elapsed()
        })
        .collect();
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    Row {
        name,
        calls,
        median: at(50),
        p99: at(99),
    }
}

/// A basket and codes of every kind, each working on a part of the lines so that codes compete.
#[derive(Debug)]
struct Scene {
    program: Program,
    basket: Basket,
    scanned: Vec<CodeText>,
    usage: Usage,
    place: Place,
}

impl Scene {
    fn new(lines: u32, codes: u32) -> Self {
        let currency = Currency::from_code("MXN").expect("BUG: MXN is three capitals");
        let mut program = Program::bare(currency);
        let mut scanned = Vec::new();
        for number in 0..codes {
            let code = code(number);
            scanned.push(code.text.clone());
            program.codes.insert(code);
        }
        Self {
            program,
            basket: Basket {
                lines: (0..lines).map(line).collect(),
            },
            scanned,
            usage: Usage::default(),
            place: Place::default(),
        }
    }

    fn quote(&self) -> Quote {
        quote(&Request {
            program: &self.program,
            customer: None,
            basket: black_box(&self.basket),
            scanned: black_box(&self.scanned),
            usage: &self.usage,
            place: &self.place,
            sale: uuid::Uuid::nil(),
            now: Moment {
                unix_ms: 0,
                local: chrono::NaiveDateTime::default(),
            },
            non_earning_tender: Amount::ZERO,
        })
    }

    fn percent_sum(&self) -> i64 {
        let mut sum = 0;
        for rate in [1000, 700, 500, 300, 100] {
            for line in &black_box(&self.basket).lines {
                sum += (line.unit_price.minor() * rate + 5_000) / 10_000;
            }
        }
        sum
    }
}

fn amount(minor: u32) -> Amount {
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

/// Percents and amounts in turn, each on one kind of product or on all; together they want more than
/// the basket is worth.
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
    use super::Scene;

    #[test]
    fn the_measured_baskets_have_something_to_search() {
        let usual = Scene::new(20, 5).quote();
        assert_eq!(usual.accepted.len(), 5);
        let large = Scene::new(200, 12).quote();
        assert_eq!((large.accepted.len(), large.refused.len()), (5, 7));
        assert!(!large.best_set.gain.is_zero());
    }
}
