//! `experiment`.

use std::fmt::Write as _;

use chrono::NaiveDate;
use clap::Args;
use mostrador_loyalty::experiment::{
    Arm, Comparison, Estimate, FEWEST_USES, Report, Verdict, report,
};
use mostrador_loyalty::money::{Amount, BasisPoints, Currency};
use mostrador_server::Store;
use mostrador_server::experiment::{Question, experiment};

use super::Stop;

#[derive(Debug, Args)]
pub(super) struct Experiment {
    /// The company
    #[arg(long)]
    tenant: String,
    /// The code whose variants are compared
    code: String,
    /// First day, in the stores' calendar: 2026-11-01
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Option<NaiveDate>,
    /// Last day, inside
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: Option<NaiveDate>,
}

/// A day as it is written here; of one that is written in another way, how to write it.
fn day(text: &str) -> Result<NaiveDate, String> {
    if let Ok(day) = text.parse() {
        return Ok(day);
    }
    let other = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d"];
    let mut meant = other.into_iter();
    let meant = meant.find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    Err(match meant {
        Some(meant) => format!("write {meant}"),
        None => "write year, month and day: 2026-11-21".to_owned(),
    })
}

impl Experiment {
    pub(super) async fn run(self, store: impl Store) -> Result<(), Stop> {
        let question = Question {
            tenant: &self.tenant,
            code: &self.code,
            from: self.from,
            to: self.to,
        };
        let answer = experiment(&store, question).await?;
        let since = self.from.map(|day| format!(", from {day}"));
        let until = self.to.map(|day| format!(", to {day}"));
        let days = [since, until].map(Option::unwrap_or_default).concat();
        println!("{}, all stores{days}", answer.code);
        print!("{}", Printed::new(answer.currency, &answer.arms).text());
        Ok(())
    }
}

/// An experiment with its names: what is printed.
struct Printed<'a> {
    names: Vec<&'a str>,
    arms: Vec<Arm>,
    currency: Currency,
    report: Report,
}

impl<'a> Printed<'a> {
    fn new(currency: Currency, arms: &'a [(String, Arm)]) -> Self {
        let names = arms.iter().map(|(name, _)| name.as_str()).collect();
        let arms: Vec<Arm> = arms.iter().map(|(_, arm)| *arm).collect();
        Self {
            names,
            report: report(&arms),
            arms,
            currency,
        }
    }

    fn text(&self) -> String {
        let mut text = self.table();
        text.push('\n');
        for (name, figures) in self.names.iter().zip(&self.report.figures) {
            if let Some(comparison) = &figures.against_control {
                let control = self.names[0];
                let _ = writeln!(text, "{name} against {control}: {}", compared(comparison));
            }
        }
        if self.arms.len() > 2 {
            text.push_str("  (each against the first; p values by Holm for several comparisons)\n");
        }
        let _ = writeln!(text, "assignment: {}", self.ratio());
        let _ = writeln!(text, "verdict: {}", self.verdict());
        text
    }

    /// One line for each arm, columns as wide as they need.
    fn table(&self) -> String {
        let code = self.currency.code();
        let mut rows = vec![[
            "variant".to_owned(),
            "weight".to_owned(),
            "uses".to_owned(),
            "conversions".to_owned(),
            "rate (95 % interval)".to_owned(),
            format!("revenue {code}"),
            format!("discount {code}"),
            format!("average ticket {code}"),
        ]];
        let arms = self.names.iter().zip(&self.arms).zip(&self.report.figures);
        rows.extend(arms.map(|((name, arm), figures)| {
            [
                (*name).to_owned(),
                arm.weight.to_string(),
                arm.uses.to_string(),
                arm.conversions.to_string(),
                figures.rate.as_ref().map_or("-".to_owned(), rate),
                self.money(arm.revenue),
                self.money(arm.discount),
                figures
                    .average_ticket
                    .map_or("-".to_owned(), |ticket| self.money(ticket)),
            ]
        }));
        aligned(&rows)
    }

    fn ratio(&self) -> String {
        let Some(check) = &self.report.ratio else {
            return "too few to compare with the weights".to_owned();
        };
        let weighted = || self.arms.iter().filter(|arm| arm.weight > 0);
        let assigned: Vec<String> = weighted().map(|arm| arm.assigned.to_string()).collect();
        let weights: Vec<String> = weighted().map(|arm| arm.weight.to_string()).collect();
        format!(
            "{} for weights {} (chi-square {}, p {})",
            assigned.join(" : "),
            weights.join(" : "),
            thousandths(check.chi_square_milli),
            probability(check.p_ppm)
        )
    }

    fn verdict(&self) -> String {
        match self.report.verdict {
            Verdict::SampleRatioMismatch => {
                "the variants were not assigned as their weights say; nothing above can be trusted \
                 until the cause is found (weights changed meanwhile? tills with an old program?)"
                    .to_owned()
            }
            Verdict::NotEnoughData { needs } => format!(
                "not enough data; each variant needs {FEWEST_USES} uses, the one with the fewest \
                 {needs} more"
            ),
            Verdict::NoDifference => {
                "no difference that chance could not explain as well; go on, or keep the cheaper one"
                    .to_owned()
            }
            Verdict::Ahead { arm: 0 } => {
                format!("{} is ahead (p below 0.05)", self.names[0])
            }
            Verdict::Ahead { arm } => format!(
                "{} is ahead of {} (p below 0.05)",
                self.names[arm], self.names[0]
            ),
        }
    }

    /// In major units, thousands parted: `1,250,000.00`.
    fn money(&self, amount: Amount) -> String {
        let per_major = self.currency.minor_per_major();
        let (major, minor) = (amount.minor() / per_major, amount.minor() % per_major);
        let digits = major.to_string();
        let mut text = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index) % 3 == 0 {
                text.push(',');
            }
            text.push(digit);
        }
        match self.currency.exponent() {
            0 => text,
            places => format!("{text}.{minor:0width$}", width = usize::from(places)),
        }
    }
}

fn compared(comparison: &Comparison) -> String {
    let Estimate { value, low, high } = comparison.difference_bp;
    format!(
        "{} points ({} to {}), z {}, p {}",
        points(value),
        points(low),
        points(high),
        thousandths(comparison.z_milli),
        probability(comparison.adjusted_p_ppm)
    )
}

/// `70.0 % (61.3 % to 77.5 %)`
fn rate(rate: &Estimate<BasisPoints>) -> String {
    let percent = |BasisPoints(bp): BasisPoints| tenths(i64::from(bp));
    format!(
        "{} % ({} % to {} %)",
        percent(rate.value),
        percent(rate.low),
        percent(rate.high)
    )
}

/// Basis points as percentage points with a sign: `+30.0`.
fn points(bp: i32) -> String {
    let sign = if bp > 0 { "+" } else { "" };
    format!("{sign}{}", tenths(i64::from(bp)))
}

/// Basis points as percent with one decimal, rounded half away from zero.
fn tenths(bp: i64) -> String {
    let tenths = (bp.abs() + 5) / 10;
    let sign = if bp < 0 && tenths > 0 { "-" } else { "" };
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}

/// Thousandths with two decimals, rounded half away from zero.
fn thousandths(milli: i64) -> String {
    let hundredths = (milli.unsigned_abs() + 5) / 10;
    let sign = if milli < 0 && hundredths > 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

/// `0.000004`; without zeros that say nothing.
fn probability(ppm: u32) -> String {
    let text = format!("{}.{:06}", ppm / 1_000_000, ppm % 1_000_000);
    let shown = text.trim_end_matches('0');
    match shown.split_once('.') {
        Some((_, decimals)) if decimals.len() < 2 => {
            format!("{shown}{}", "0".repeat(2 - decimals.len()))
        }
        _ => shown.to_owned(),
    }
}

/// Rows under each other, columns as wide as they need: the first to the left, the others to the right.
fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..N).filter_map(width).collect();
    let mut text = String::new();
    for row in rows {
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let _ = match column {
                0 => write!(text, "  {cell:<width$}"),
                _ => write!(text, "  {cell:>width$}"),
            };
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "expectations are written by the test that they belong to"
)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn arm(weight: u32, uses: u64, conversions: u64) -> Arm {
        let pesos = |pesos: u64| Amount::clamped(i128::from(pesos) * 100);
        Arm {
            weight,
            assigned: uses,
            uses,
            conversions,
            revenue: pesos(conversions * 12_345),
            discount: pesos(conversions * 1_000),
        }
    }

    fn check(arms: &[(&str, Arm)], expected: &Expect) {
        let arms: Vec<(String, Arm)> = arms
            .iter()
            .map(|(name, arm)| ((*name).to_owned(), *arm))
            .collect();
        let cop = Currency::from_code("COP").expect("a currency");
        expected.assert_eq(&Printed::new(cop, &arms).text());
    }

    #[test]
    fn two_variants_and_a_winner() {
        check(
            &[("VERANOA", arm(50, 120, 84)), ("VERANOB", arm(50, 115, 46))],
            &expect![[r#"
                  variant  weight  uses  conversions       rate (95 % interval)   revenue COP  discount COP  average ticket COP
                  VERANOA      50   120           84  70.0 % (61.3 % to 77.5 %)  1,036,980.00     84,000.00           12,345.00
                  VERANOB      50   115           46  40.0 % (31.5 % to 49.1 %)    567,870.00     46,000.00           12,345.00

                VERANOB against VERANOA: -30.0 points (-41.3 to -17.4), z -4.62, p 0.000004
                assignment: 120 : 115 for weights 50 : 50 (chi-square 0.11, p 0.744301)
                verdict: VERANOA is ahead (p below 0.05)
            "#]],
        );
    }

    #[test]
    fn three_variants_without_enough_data() {
        let stopped = arm(0, 3, 1);
        let arms = [("A", arm(2, 150, 0)), ("B", arm(1, 70, 1)), ("C", stopped)];
        check(
            &arms,
            &expect![[r#"
              variant  weight  uses  conversions      rate (95 % interval)  revenue COP  discount COP  average ticket COP
              A             2   150            0    0.0 % (0.0 % to 2.5 %)         0.00          0.00                   -
              B             1    70            1    1.4 % (0.3 % to 7.7 %)    12,345.00      1,000.00           12,345.00
              C             0     3            1  33.3 % (6.2 % to 79.2 %)    12,345.00      1,000.00           12,345.00

            B against A: +1.4 points (-1.3 to +7.7), z 1.47, p 0.142325
            C against A: +33.3 points (+6.0 to +79.2), z 7.09, p 0.000001
              (each against the first; p values by Holm for several comparisons)
            assignment: 150 : 70 for weights 2 : 1 (chi-square 0.23, p 0.633554)
            verdict: not enough data; each variant needs 100 uses, the one with the fewest 30 more
        "#]],
        );
    }

    #[test]
    fn a_mismatch_and_a_draw() {
        check(
            &[("A", arm(1, 700, 350)), ("B", arm(1, 500, 260))],
            &expect![[r#"
                  variant  weight  uses  conversions       rate (95 % interval)   revenue COP  discount COP  average ticket COP
                  A             1   700          350  50.0 % (46.3 % to 53.7 %)  4,320,750.00    350,000.00           12,345.00
                  B             1   500          260  52.0 % (47.6 % to 56.4 %)  3,209,700.00    260,000.00           12,345.00

                B against A: +2.0 points (-3.7 to +7.7), z 0.68, p 0.494465
                assignment: 700 : 500 for weights 1 : 1 (chi-square 33.33, p 0.000001)
                verdict: the variants were not assigned as their weights say; nothing above can be trusted until the cause is found (weights changed meanwhile? tills with an old program?)
            "#]],
        );
        check(
            &[("A", arm(7, 700, 350)), ("B", arm(5, 500, 260))],
            &expect![[r#"
                  variant  weight  uses  conversions       rate (95 % interval)   revenue COP  discount COP  average ticket COP
                  A             7   700          350  50.0 % (46.3 % to 53.7 %)  4,320,750.00    350,000.00           12,345.00
                  B             5   500          260  52.0 % (47.6 % to 56.4 %)  3,209,700.00    260,000.00           12,345.00

                B against A: +2.0 points (-3.7 to +7.7), z 0.68, p 0.494465
                assignment: 700 : 500 for weights 7 : 5 (chi-square 0.00, p 1.00)
                verdict: no difference that chance could not explain as well; go on, or keep the cheaper one
            "#]],
        );
        check(
            &[("A", arm(1, 0, 0)), ("B", arm(1, 0, 0))],
            &expect![[r#"
              variant  weight  uses  conversions  rate (95 % interval)  revenue COP  discount COP  average ticket COP
              A             1     0            0                     -         0.00          0.00                   -
              B             1     0            0                     -         0.00          0.00                   -

            assignment: too few to compare with the weights
            verdict: not enough data; each variant needs 100 uses, the one with the fewest 100 more
        "#]],
        );
    }

    #[test]
    fn figures_are_rounded_to_what_is_read() {
        assert_eq!(tenths(7_747), "77.5");
        assert_eq!(
            [tenths(-4), tenths(-5), tenths(10_000)],
            ["0.0", "-0.1", "100.0"]
        );
        assert_eq!([thousandths(4_624), thousandths(-4_625)], ["4.62", "-4.63"]);
        assert_eq!(
            [probability(4), probability(50_000), probability(1_000_000)],
            ["0.000004", "0.05", "1.00"]
        );
    }
}
