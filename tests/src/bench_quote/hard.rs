//! Programs and baskets that make the best set hard to find, as a string of genes that can be bred.

use std::time::{Duration, Instant};

use loyalty::basket::{Basket, Line, Quantity};
use loyalty::code::{Benefit, Code, CodeKind, CodeText};
use loyalty::customer::CustomerFacts;
use loyalty::money::BasisPoints;
use loyalty::program::{Program, Stacking, Tier, TierBasis, TierRules};
use mostrador_loyalty as loyalty;
use rust_decimal::Decimal;

use super::chance::Chance;
use super::scene::{Scene, amount, bare_program};

const LINES: u32 = 200;
const CODES: usize = 12;
const HEAD: usize = 8;
const PER_CODE: usize = 7;
const GENES: usize = HEAD + CODES * PER_CODE;

/// The slowest scenes that were bred, by what makes them slow.
pub(super) const NAMED: [(&str, &str); 6] = [
    (
        "tiny amounts beside a large percent",
        "17d.4cw.7.5.2.f.3.a.4.d.6.4ya.5.e.5w0.c.zs.2pd.5y1.e.676.33.3.4w1.4pv.f.1.3u8.3.c.7m0.565.5.8.fu.6l4.3yd.3.5.2hi.d.6.2.5.3.4.e.1.c.2.2xw.4zy.23g.8.a.c.c.5i5.7c8.e.4aw.d.1lz.e.f.5m4.4o6.e.70m.e.6.9.0.2.e.1ekf.3t0.c.6ej.4tq.4.3ld.697.4s.7cs.5uq.d.6yx.9.a.e.5w0",
    ),
    (
        "weighed goods, many percents compounding",
        "b.4da.8.6mh.7cx.1y.e.b.1.6c1.2.d.0.b.5rj.5d2.5cy.231.e.34q.a.18y.1dh.4.8.b.4.3.6.1di.5mu.8.5cv.e.2.3tz.a.7jt.c.le.f.a.2lm.a.3pq.7.4yb.580.4fp.5.b.6s2.6.1v1.5yt.47a.2.b.a.b.3.6.c.6.0.10q.4ph.9.8d.6tx.4j5.0.2o.34q.1.1q0.4xq.7.6.b.6kl.1.7.6.7p3.1rn.6.4gr.50h.10k.b.5",
    ),
    (
        "twelve percents on drawn lines",
        "f.6rz.d.2x7.9.f.6.4dj.7.0.59v.7.2y.f.3bm.7.d.f.6.5os.6tg.a.f.5hr.4hn.6i9.3.1.5.4r0.8.51d.6wu.a.1x9.64v.5x4.eu.d.54u.43l.3ji.jq.0.4.b.d.1cw.767.2lz.0.6sj.qq.0.490.3.d.7.411.qr.0.38t.9.c.5.8.7.4ev.4gs.75i.46.7n0.5a8.3.a.3pr.6hs.ao.8.8.3.10z.b.6hs.6.3yp.1t5.59u.7.b.7dr.7",
    ),
    (
        "floors that fill up, two percents at the end",
        "5tf.9.ry.7e2.413.1co.7.16o.1hh.c.6.a.8.4ei.3fp.5.le.6.3qp.4mh.2l2.3fo.2pg.2f7.9.5z.6ed.2y8.5j2.1r5.5nf.8.d9.6ee.2y9.e.6.6c.2oo.a.75x.1.299.d.7n8.70t.0.3nk.1.26u.d.5t7.1.d.3nk.1.26v.e.d.3lz.5.4ae.56v.c.e.2n2.a.7ja.6.6sz.6nc.38h.3.2kw.6.7.6.8.3.1or.1ea.5z2.b.7.5.5.c.1e9.7.8.7.5",
    ),
    (
        "three percents of reward coupons on drawn lines",
        "f.6rz.3vl.2x6.2.6uh.6.4dk.7.d.f.7.430.f.a.5iw.d.g.5.5os.6tg.a.f.5hr.4hm.6i9.3.1.5.4r0.8.51c.6wu.a.3ji.64u.5x4.1an.b.12v.43l.3ji.jq.0.4.b.e.5q7.767.2m0.1.3.qr.0.490.3.c.6.7.qp.4ev.3pr.9.c.5.7.8.4ev.3pr.75j.47.7n0.5a8.3.a.3pr.6hs.ao.8.1t5.d.10y.b.6ht.7.3yo.1t5.59u.7.b.7dt.7",
    ),
    (
        "amounts beyond everything on lines with floors",
        "d.32a.6v3.1.a.61u.723.2.2.6.9.d.6.62n.6nv.9.3ju.3.3ay.6.f.5.e.e.3.1l6.4.c.b.e.30y.608.2rq.1iq.1jn.c.711.30y.80.22s.5.4.c.0.7d5.55c.f.3.70z.c.512.5fl.55c.33d.2wf.8.1ix.9.5fl.2iy.4.2wf.f.5c9.1ff.d.kl.4.29c.c.c.a.c.6.3q1.7.h.2.9.9.4w6.7n6.7.4ss.0.11y.13l.c.11k.6.62n.9",
    ),
];

/// 200 lines and 12 scanned codes. Every number is a valid gene, whatever its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genome(Vec<u16>);

impl Genome {
    /// Reads what its `Display` wrote; missing genes are 0.
    pub fn read(text: &str) -> Self {
        let mut genes: Vec<u16> = text
            .split('.')
            .filter_map(|gene| u16::from_str_radix(gene, 36).ok())
            .collect();
        genes.resize(GENES, 0);
        Self(genes)
    }

    pub(super) fn drawn(chance: &mut Chance) -> Self {
        Self((0..GENES).map(|_| gene(chance)).collect())
    }

    /// A copy with a few genes changed: drawn anew, moved a little, or taken over from another code.
    fn mutant(&self, chance: &mut Chance) -> Self {
        let mut genes = self.0.clone();
        for _ in 0..=chance.below(3) {
            let place = chance.index(GENES);
            genes[place] = match chance.below(4) {
                0 => gene(chance),
                1 => genes[place].wrapping_add(1),
                2 => genes[place].wrapping_sub(1),
                _ if place < HEAD => gene(chance),
                _ => genes[HEAD + (place - HEAD + PER_CODE) % (GENES - HEAD)],
            };
        }
        Self(genes)
    }

    /// The program and the scene that the genes say.
    pub(super) fn scene(&self) -> (Program, Scene) {
        let mut program = bare_program();
        let head = &self.0[..HEAD];
        program.stacking = match head[0] % 2 {
            0 => Stacking::Additive,
            _ => Stacking::Compounding,
        };
        program.max_codes = 1 + usize::from(head[1]) % CODES;
        if head[2].is_multiple_of(3) {
            program.basket_cap = BasisPoints(u32::from(head[2]) % 10_000);
        }
        let has_tier = head[7].is_multiple_of(3);
        if has_tier {
            program.tiers = Some(one_tier(u32::from(head[7]) % 4_000));
        }
        let lines: Vec<Line> = (0..LINES).map(|number| line(number, head)).collect();
        let mut scanned = Vec::new();
        for (number, genes) in self.0[HEAD..].chunks(PER_CODE).enumerate() {
            let code = code(number, genes, &lines);
            scanned.push(code.text.clone());
            program.codes.insert(code);
        }
        let scene = Scene {
            basket: Basket { lines },
            scanned,
            customer: has_tier.then(|| CustomerFacts {
                id: uuid::Uuid::nil(),
                tier: Some("gold".to_owned()),
                purchases: 1,
                ..CustomerFacts::default()
            }),
        };
        (program, scene)
    }
}

impl std::fmt::Display for Genome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let genes: Vec<String> = self.0.iter().map(|gene| base36(*gene)).collect();
        f.write_str(&genes.join("."))
    }
}

fn base36(mut number: u16) -> String {
    let mut signs = Vec::new();
    while number > 0 || signs.is_empty() {
        let digit = u32::from(number % 36);
        signs.push(char::from_digit(digit, 36).expect("BUG: it is below 36"));
        number /= 36;
    }
    signs.iter().rev().collect()
}

/// Small numbers half of the time: they choose among few.
fn gene(chance: &mut Chance) -> u16 {
    let bound = if chance.below(2) == 0 { 16 } else { 10_000 };
    u16::try_from(chance.below(bound)).expect("BUG: it is below 10,000")
}

fn one_tier(discount_bp: u32) -> TierRules {
    TierRules {
        tiers: vec![Tier {
            slug: "gold".to_owned(),
            name: "Oro".to_owned(),
            from_points: 0,
            multiplier: Decimal::ONE,
            discount: BasisPoints(discount_bp),
            benefits: Vec::new(),
        }],
        basis: TierBasis::Points,
        window_days: 365,
        grace_days: 30,
    }
}

/// Prices: all alike, a few cents, alike in size, or of every size. Floors: none, a share of the
/// price that differs from line to line, or some lines at their price.
fn line(number: u32, head: &[u16]) -> Line {
    let mut chance = Chance::new(u64::from(head[3]) << 32 | u64::from(number));
    let price = match head[4] % 5 {
        0 => 1_000 + u32::from(head[4]),
        1 => 1 + chance.below(40),
        2 => 10_000 + chance.below(977),
        3 => 1 + chance.below(100_000),
        _ => 1 << chance.below(24),
    };
    let floor = match head[5] % 5 {
        0 | 1 => 0,
        2 => price / 100 * chance.below(100),
        3 => price / 128 * (number % 128),
        _ if chance.below(3) == 0 => price,
        _ => price / 2,
    };
    let thousandths: u64 = match head[6] % 3 {
        0 => 1_000,
        1 => u64::from(1 + chance.below(9)) * 1_000,
        _ => u64::from(1 + chance.below(3_000)),
    };
    let product = if head[6].is_multiple_of(7) { 0 } else { number };
    let thousandths = i64::try_from(thousandths).expect("BUG: it is a few thousand");
    Line {
        product: format!("p{product}"),
        sku: String::new(),
        name: String::new(),
        unit_price: amount(price),
        quantity: Quantity::new(Decimal::new(thousandths, 3)).expect("BUG: three places"),
        categories: vec![
            format!("a{}", number % 2),
            format!("b{}", number % 5),
            format!("c{}", number / 50),
        ],
        partner: None,
        floor: amount(floor),
        discountable: true,
        earns_points: true,
    }
}

fn code(number: usize, genes: &[u16], lines: &[Line]) -> Code {
    let wide: Vec<u32> = genes.iter().copied().map(u32::from).collect();
    let text = CodeText::parse(&format!("C{number}")).expect("BUG: letters and digits");
    let benefit = match wide[0] % 8 {
        0..4 => Benefit::Percent(BasisPoints(1 + wide[1] % 10_000)),
        4..7 => Benefit::Fixed(amount(1 + wide[1] * (1 << (wide[0] / 8 % 12)))),
        _ => Benefit::FreeProduct {
            product: format!("p{}", wide[1] % LINES),
            units: 1 + wide[1],
        },
    };
    let mut code = Code::new(text, benefit);
    code.stackable = true;
    code.priority = i32::from(genes[2] % 4);
    if wide[3].is_multiple_of(5) {
        code.max_discount = Some(amount(1 + wide[3] * (1 << (wide[0] % 12))));
    }
    if wide[4].is_multiple_of(11) {
        code.kind = CodeKind::Reward;
    }
    restrict(&mut code, &wide, lines);
    code
}

/// All lines, one of the categories, or lines drawn one by one.
fn restrict(code: &mut Code, genes: &[u32], lines: &[Line]) {
    let restrictions = &mut code.restrictions;
    let kind = genes[5];
    match kind % 6 {
        0 | 1 => {}
        2 => drop(restrictions.categories.insert(format!("a{}", kind / 6 % 2))),
        3 => drop(restrictions.categories.insert(format!("b{}", kind / 6 % 5))),
        4 => drop(restrictions.categories.insert(format!("c{}", kind / 6 % 4))),
        _ => {
            let mut chance = Chance::new(genes[6].into());
            let percent = 5 + kind / 6 % 95;
            let drawn = lines.iter().filter(|_| chance.below(100) < percent);
            restrictions.products = drawn.map(|line| line.product.clone()).collect();
        }
    }
}

/// What the hunt found.
#[derive(Debug)]
pub struct Prey {
    /// Best of five calls.
    pub took: Duration,
    /// What was priced.
    pub genome: Genome,
}

/// Breeds scenes for `time`, keeping what takes longer: from the named ones, then from new ones
/// as soon as 150 changes in a row have found nothing slower. The slowest first.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
pub fn hunt(time: Duration, seed: u64) -> Vec<Prey> {
    let begin = Instant::now();
    let mut chance = Chance::new(seed);
    let named = NAMED.map(|(_, genes)| Genome::read(genes));
    let mut start = named.into_iter();
    let mut found = Vec::new();
    while begin.elapsed() < time {
        let first = start.next().unwrap_or_else(|| slowest_of(40, &mut chance));
        let mut best = Prey {
            took: cost(&first),
            genome: first,
        };
        let mut misses = 0;
        while misses < 150 && begin.elapsed() < time {
            let genome = best.genome.mutant(&mut chance);
            let took = cost(&genome);
            if took > best.took {
                best = Prey { took, genome };
                misses = 0;
            } else {
                misses += 1;
            }
        }
        best.took = cost(&best.genome);
        found.push(best);
    }
    found.sort_unstable_by_key(|prey| std::cmp::Reverse(prey.took));
    found
}

fn slowest_of(count: u32, chance: &mut Chance) -> Genome {
    let drawn = (0..count).map(|_| Genome::drawn(chance));
    drawn.max_by_key(cost).expect("BUG: the count is not zero")
}

/// Best of five calls, so that what else the machine does counts little.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
pub(super) fn cost(genome: &Genome) -> Duration {
    let (program, scene) = genome.scene();
    let once = || {
        let begin = Instant::now();
        std::hint::black_box(scene.quote(&program));
        begin.elapsed()
    };
    (0..5).map(|_| once()).min().unwrap_or_default()
}
