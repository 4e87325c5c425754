//! What the variants of a code have shown: rates with their uncertainty, and whether one is ahead.
//!
//! Integers in, integers out: rates in basis points, z in thousandths, p values in parts per million.
//! A statistic is neither money nor points, so the one file behind this (`experiment/statistic.rs`) may use floats;
//! none leaves it. Every function is total: arms without uses have no rate, and nothing panics.
//!
//! Sources: the interval of a rate is Wilson's (E. B. Wilson, *Probable inference, the law of
//! succession, and statistical inference*, 1927); the interval of a difference is the hybrid score
//! interval, method 10 of R. G. Newcombe (*Interval estimation for the difference between independent
//! proportions*, 1998); several arms are each compared with the first under S. Holm's correction
//! (*A simple sequentially rejective multiple test procedure*, 1979).

mod statistic;

use crate::money::{Amount, BasisPoints};
use crate::rate;

/// The fewest uses of each arm before anything is said about them.
pub const FEWEST_USES: u64 = 100;
/// A difference with a p value below this is called one: 0.05.
pub const SIGNIFICANT_PPM: u32 = 50_000;
/// Arms whose sizes would differ so much with a lower probability than this were not drawn by their
/// weights: 0.001, so strict because a sound experiment is asked again and again.
pub const MISMATCH_PPM: u32 = 1_000;

/// What was counted of one variant. The first arm of a list is the control: the others are compared
/// with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Arm {
    /// Its share of the assignments, relative to the other arms; 0 while it is paused.
    pub weight: u32,
    /// Uses that the parent's assignment drew, for the check of the weights. Uses by typing the
    /// variant's own text are not among them.
    pub assigned: u64,
    /// Uses: applied to a quote that reached payment.
    pub uses: u64,
    /// Uses whose sale was completed and not fully refunded. More than `uses` counts as `uses`.
    pub conversions: u64,
    /// What was paid in the converted sales.
    pub revenue: Amount,
    /// What the arm took off in them.
    pub discount: Amount,
}

/// A value with its 95 % confidence interval. `low <= value <= high` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate<T> {
    /// What was seen.
    pub value: T,
    /// The lower end.
    pub low: T,
    /// The upper end.
    pub high: T,
}

/// An arm beside the control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// Rate of the arm less rate of the control, in basis points, from -10000 to 10000.
    pub difference_bp: Estimate<i32>,
    /// The pooled two-proportion z, in thousandths; its sign is that of the difference.
    pub z_milli: i64,
    /// Two-sided p value, rounded up: never shown smaller than it is.
    pub p_ppm: u32,
    /// The p value after Holm's correction for the number of comparisons; with two arms the same.
    pub adjusted_p_ppm: u32,
}

impl Comparison {
    /// Whether chance is too unlikely an explanation.
    pub const fn is_significant(&self) -> bool {
        self.adjusted_p_ppm < SIGNIFICANT_PPM
    }
}

/// What follows from one arm's counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Conversions in uses; `None` without uses.
    pub rate: Option<Estimate<BasisPoints>>,
    /// Revenue per conversion, rounded half up; `None` without conversions.
    pub average_ticket: Option<Amount>,
    /// `None` for the control, and where one of both has no uses.
    pub against_control: Option<Comparison>,
}

/// Whether the assigned uses are spread as the weights say: chi-square goodness of fit over the arms
/// with a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatioCheck {
    /// The statistic, in thousandths.
    pub chi_square_milli: i64,
    /// Arms with a weight, less one.
    pub degrees: u32,
    /// Its p value, rounded up.
    pub p_ppm: u32,
}

impl RatioCheck {
    /// Whether the assignment did not do what the weights say; then no figure of the experiment can
    /// be trusted.
    pub const fn is_mismatch(&self) -> bool {
        self.p_ppm < MISMATCH_PPM
    }
}

/// What may be said about an experiment, the graver first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The arms were not drawn by their weights: look for the cause before any comparison.
    SampleRatioMismatch,
    /// An arm has fewer than [`FEWEST_USES`].
    NotEnoughData {
        /// Uses that the arm with the fewest still needs.
        needs: u64,
    },
    /// No difference that chance could not explain as well.
    NoDifference,
    /// An arm is ahead, with a p value below 0.05 after correction. An arm other than the first is
    /// ahead of the first, and of those that are the one with the highest rate; nothing is claimed
    /// between them. The first is ahead when every other one falls behind it.
    Ahead {
        /// Its place in the list, from 0.
        arm: usize,
    },
}

/// All that can be said about the arms of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// One for each arm, in the same order.
    pub figures: Vec<Figures>,
    /// `None` with fewer than two arms that have a weight, or while an arm can expect fewer than
    /// five assignments: the test says nothing there.
    pub ratio: Option<RatioCheck>,
    /// The conclusion.
    pub verdict: Verdict,
}

/// Evaluates an experiment; the first arm is the control.
///
/// A paused arm (weight 0) that never reached [`FEWEST_USES`] is shown and has no say in the verdict,
/// or an arm that was stopped early would hold up the others for ever. The control always has one.
///
/// ```
/// use mostrador_loyalty::experiment::{Arm, Verdict, report};
/// use mostrador_loyalty::money::BasisPoints;
///
/// let arm = |uses, conversions| Arm { weight: 1, assigned: uses, uses, conversions, ..Arm::default() };
/// let report = report(&[arm(120, 84), arm(115, 46)]);
/// let rate = report.figures[0].rate.unwrap();
/// assert_eq!((rate.low, rate.high), (BasisPoints(6_128), BasisPoints(7_747)));
/// assert_eq!(report.verdict, Verdict::Ahead { arm: 0 });
/// ```
pub fn report(arms: &[Arm]) -> Report {
    let (control, others) = match arms.split_first() {
        Some((control, others)) => (Some(control), others),
        None => (None, arms),
    };
    let mut compared: Vec<Option<Comparison>> = others
        .iter()
        .map(|arm| statistic::comparison(arm, control?))
        .collect();
    correct(others, &mut compared);
    let against_control = std::iter::once(None).chain(compared);
    let figures: Vec<Figures> = arms.iter().zip(against_control).map(figures_of).collect();
    let ratio = statistic::ratio(arms);
    let verdict = verdict(arms, &figures, ratio);
    Report {
        figures,
        ratio,
        verdict,
    }
}

fn figures_of((arm, against_control): (&Arm, Option<Comparison>)) -> Figures {
    Figures {
        rate: statistic::rate(arm),
        average_ticket: rate::mean_half_up(arm.revenue, arm.conversions),
        against_control,
    }
}

/// Whether an arm other than the control takes part in the verdict.
const fn counts(arm: &Arm) -> bool {
    arm.weight > 0 || arm.uses >= FEWEST_USES
}

/// Holm: of m p values the smallest is multiplied by m, the next by m - 1 ..., and none is below the
/// one before it. Arms without a say in the verdict are no comparison that must be paid for.
fn correct(arms: &[Arm], compared: &mut [Option<Comparison>]) {
    let mut ascending: Vec<&mut Comparison> = arms
        .iter()
        .zip(compared)
        .filter(|(arm, _)| counts(arm))
        .filter_map(|(_, comparison)| comparison.as_mut())
        .collect();
    ascending.sort_by_key(|comparison| comparison.p_ppm);
    let count = u32::try_from(ascending.len()).unwrap_or(u32::MAX);
    let mut floor = 0;
    for (factor, comparison) in (1..=count).rev().zip(ascending) {
        let corrected = comparison.p_ppm.saturating_mul(factor);
        floor = corrected.min(statistic::CERTAIN_PPM).max(floor);
        comparison.adjusted_p_ppm = floor;
    }
}

fn verdict(arms: &[Arm], figures: &[Figures], ratio: Option<RatioCheck>) -> Verdict {
    if ratio.is_some_and(|check| check.is_mismatch()) {
        return Verdict::SampleRatioMismatch;
    }
    let fewest = match arms.split_first() {
        Some((control, others)) => {
            let others = others.iter().filter(|arm| counts(arm));
            // Without a second arm there is one that has no uses yet.
            let fewest = others.map(|arm| arm.uses).min().unwrap_or(0);
            fewest.min(control.uses)
        }
        None => 0,
    };
    if fewest < FEWEST_USES {
        let needs = FEWEST_USES.saturating_sub(fewest);
        return Verdict::NotEnoughData { needs };
    }
    winner(arms, figures).map_or(Verdict::NoDifference, |arm| Verdict::Ahead { arm })
}

fn winner(arms: &[Arm], figures: &[Figures]) -> Option<usize> {
    let places = arms.iter().zip(figures).enumerate();
    let compared = places.skip(1).filter(|(_, (arm, _))| counts(arm));
    let compared = compared.filter_map(|(place, (_, figures))| {
        let comparison = figures.against_control?;
        let lead = comparison.z_milli;
        Some((
            place,
            figures.rate?.value,
            comparison.is_significant().then_some(lead)?,
        ))
    });
    let better = compared.clone().filter(|(_, _, lead)| *lead > 0);
    // Of equal rates the earlier arm.
    let best = better.min_by_key(|(place, rate, _)| (std::cmp::Reverse(*rate), *place));
    if let Some((place, _, _)) = best {
        return Some(place);
    }
    let others = arms.iter().skip(1).filter(|arm| counts(arm)).count();
    (others > 0 && compared.count() == others).then_some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_corrects_the_textbook_values() {
        let comparison = |p_ppm| {
            Some(Comparison {
                difference_bp: Estimate {
                    value: 0,
                    low: 0,
                    high: 0,
                },
                z_milli: 0,
                p_ppm,
                adjusted_p_ppm: p_ppm,
            })
        };
        let arm = Arm {
            weight: 1,
            ..Arm::default()
        };
        let mut compared = [10_000, 40_000, 30_000, 5_000].map(comparison);
        correct(&[arm; 4], &mut compared);
        let adjusted = compared.map(|comparison| comparison.unwrap().adjusted_p_ppm);
        assert_eq!(adjusted, [30_000, 60_000, 60_000, 20_000]);
        let mut certain = [900_000, 800_000].map(comparison);
        correct(&[arm; 2], &mut certain);
        let adjusted = certain.map(|comparison| comparison.unwrap().adjusted_p_ppm);
        assert_eq!(adjusted, [1_000_000; 2]);
    }
}
