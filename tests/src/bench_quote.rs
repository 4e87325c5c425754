//! What a quote costs, beside a baseline in the same process: lines x codes x size of the program, the
//! hardest sets that were found, and splits of an amount over lines.

mod chance;
mod hard;
mod scene;

use std::hint::black_box;
use std::time::{Duration, Instant};

use loyalty::allocation::{Part, split};
use loyalty::money::Amount;
use mostrador_loyalty as loyalty;
use serde::Serialize;

pub use hard::{Genome, Prey, hunt};
use scene::{Scene, amount, usual_program};

const CALLS: u32 = 2_000;
const HARD_CALLS: u32 = 300;
const SIZES: [u32; 3] = [10, 10_000, 100_000];
const LINES: [u32; 3] = [1, 20, 200];
const CODES: [u32; 3] = [1, 5, 12];

/// Times of one piece of work, one call each, and of what it is measured against.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What was done.
    pub name: String,
    /// Half of the calls were faster, microseconds.
    pub p50_us: f64,
    /// 99 of 100 calls were faster, microseconds.
    pub p99_us: f64,
    /// The median of the bare sums over the same lines, microseconds.
    pub baseline_us: f64,
    /// `p50_us` by `baseline_us`.
    pub ratio: f64,
}

/// How many splits of an amount over lines one second has room for, and the naive split: shares
/// rounded down, the rest to the last line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SplitRow {
    /// Lines.
    pub lines: u32,
    /// Exact splits in a second.
    pub per_second: f64,
    /// Naive ones.
    pub naive_per_second: f64,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// 1, 20, 200 lines with 1, 5, 12 scanned codes (five may meet) in programs of 10, 10,000 and
    /// 100,000 codes.
    pub quotes: Vec<Row>,
    /// The median of 20 lines and 5 codes among 100,000 codes by that among 10: about 1, because codes
    /// that were not scanned cost nothing.
    pub growth: f64,
    /// 200 lines and 12 scanned codes, bred for being slow.
    pub hard: Vec<Row>,
    /// Splits.
    pub splits: Vec<SplitRow>,
}

/// Measures everything.
pub fn run() -> Table {
    let mut quotes = Vec::new();
    let mut small: Vec<f64> = Vec::new();
    for size in SIZES {
        let program = usual_program(size.max(12));
        for lines in LINES {
            for codes in CODES {
                let scene = Scene::usual(lines, codes);
                let name = format!("{lines} lines, {codes} codes, program of {size}");
                let row = row(name, CALLS, &scene, || scene.quote(&program));
                if (lines, codes) == (20, 5) {
                    small.push(row.p50_us);
                }
                quotes.push(row);
            }
        }
    }
    let growth = small.last().copied().unwrap_or(0.0) / small.first().copied().unwrap_or(1.0);
    Table {
        quotes,
        growth,
        hard: hard_rows(),
        splits: LINES.map(split_row).to_vec(),
    }
}

fn hard_rows() -> Vec<Row> {
    let scenes = hard::NAMED.iter();
    scenes
        .map(|(name, genes)| {
            let (program, scene) = Genome::read(genes).scene();
            let name = format!("200 lines, 12 codes: {name}");
            row(name, HARD_CALLS, &scene, || scene.quote(&program))
        })
        .collect()
}

fn row<T>(name: String, calls: u32, scene: &Scene, work: impl FnMut() -> T) -> Row {
    let (p50, p99) = measured(calls, work);
    let (baseline, _) = measured(CALLS, || scene.bare_sums());
    let micros = |time: Duration| time.as_secs_f64() * 1_000_000.0;
    Row {
        name,
        p50_us: micros(p50),
        p99_us: micros(p99),
        baseline_us: micros(baseline),
        ratio: micros(p50) / micros(baseline).max(0.001),
    }
}

/// Median and 99th percentile.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn measured<T>(calls: u32, mut work: impl FnMut() -> T) -> (Duration, Duration) {
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
    (at(50), at(99))
}

fn split_row(lines: u32) -> SplitRow {
    let parts: Vec<Part> = (0..lines)
        .map(|number| {
            let weight = amount(1_000 + number * 7_919 % 9_000);
            // Every seventh line stands on a floor.
            let room = if number % 7 == 6 { amount(100) } else { weight };
            Part { weight, room }
        })
        .collect();
    let whole: i64 = parts.iter().map(|part| part.weight.minor()).sum();
    let wanted = Amount::clamped((whole / 3).into());
    let (exact, _) = measured(CALLS, || split(black_box(wanted), black_box(&parts)));
    let (naive, _) = measured(CALLS, || naive_split(black_box(wanted), black_box(&parts)));
    let per_second = |time: Duration| 1.0 / time.as_secs_f64().max(1e-9);
    SplitRow {
        lines,
        per_second: per_second(exact),
        naive_per_second: per_second(naive),
    }
}

/// Rounded down, the rest to the last line, floors not seen.
fn naive_split(amount: Amount, parts: &[Part]) -> Vec<i64> {
    let whole: i64 = parts.iter().map(|part| part.weight.minor()).sum();
    let share = |part: &Part| amount.minor() * part.weight.minor() / whole.max(1);
    let mut shares: Vec<i64> = parts.iter().map(share).collect();
    let given: i64 = shares.iter().sum();
    if let Some(last) = shares.last_mut() {
        *last += amount.minor() - given;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::hard::NAMED;
    use super::*;

    #[test]
    fn the_hard_scenes_are_200_lines_with_12_codes_and_a_best_set() {
        for (name, genes) in NAMED {
            let (program, scene) = Genome::read(genes).scene();
            assert_eq!(
                (scene.basket.lines.len(), scene.scanned.len()),
                (200, 12),
                "{name}"
            );
            let best = scene.quote(&program).best_set;
            assert!(best.codes.len() > 2, "{name}: {}", best.codes.len());
            assert_eq!(Genome::read(genes).to_string(), *genes);
        }
    }

    #[test]
    fn a_naive_split_loses_nothing_either() {
        let part = |weight| Part {
            weight: amount(weight),
            room: amount(weight),
        };
        let shares = naive_split(amount(10), &[part(1), part(1), part(1)]);
        assert_eq!(shares, [3, 3, 4]);
    }
}
