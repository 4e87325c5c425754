//! Experiments against published figures, at their edges, and for every count there is.

use mostrador_loyalty as loyalty;
use proptest::prelude::*;

use loyalty::experiment::{Arm, Comparison, Estimate, Report, Verdict, report};
use loyalty::money::{Amount, BasisPoints};

/// `conversions` of `uses`, all of them assigned, with the weight that fits them.
fn arm(conversions: u64, uses: u64) -> Arm {
    Arm {
        weight: u32::try_from(uses).unwrap_or(u32::MAX),
        assigned: uses,
        uses,
        conversions,
        ..Arm::default()
    }
}

fn assigned(weight: u32, assigned: u64) -> Arm {
    Arm {
        weight,
        assigned,
        uses: assigned,
        ..Arm::default()
    }
}

fn rate(conversions: u64, uses: u64) -> Option<Estimate<u32>> {
    let rate = report(&[arm(conversions, uses)]).figures[0].rate?;
    let [value, low, high] = [rate.value, rate.low, rate.high].map(|BasisPoints(bp)| bp);
    Some(Estimate { value, low, high })
}

fn comparison(of: (u64, u64), with: (u64, u64)) -> Option<Comparison> {
    report(&[arm(with.0, with.1), arm(of.0, of.1)]).figures[1].against_control
}

#[test]
fn rates_have_the_published_wilson_intervals() {
    // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3; then the issue's own figures.
    for (conversions, uses, low, high) in [
        (81, 263, 2_553, 3_662),
        (15, 148, 624, 1_605),
        (0, 20, 0, 1_611),
        (1, 29, 61, 1_718),
        (84, 120, 6_128, 7_747),
        (46, 115, 3_151, 4_914),
    ] {
        let rate = rate(conversions, uses).expect("there are uses");
        assert_eq!(
            (rate.low, rate.high),
            (low, high),
            "{conversions} of {uses}"
        );
    }
}

#[test]
fn differences_have_the_published_hybrid_intervals() {
    // Newcombe 1998, Statistics in Medicine 17:873, table II, method 10.
    for (of, with, low, high) in [
        ((56, 70), (48, 80), 524, 3_339),
        ((9, 10), (3, 10), 1_705, 8_090),
        ((6, 7), (2, 7), 582, 8_062),
        ((5, 56), (0, 29), -381, 1_926),
        ((0, 10), (0, 20), -1_611, 2_775),
        ((0, 10), (0, 10), -2_775, 2_775),
        ((10, 10), (0, 20), 6_791, 10_000),
        ((10, 10), (0, 10), 6_075, 10_000),
    ] {
        let found = comparison(of, with).expect("both have uses").difference_bp;
        assert_eq!((found.low, found.high), (low, high), "{of:?} - {with:?}");
    }
}

#[test]
fn the_z_test_gives_the_published_values() {
    let shown = comparison((84, 120), (46, 115)).expect("both have uses");
    assert_eq!((shown.z_milli, shown.p_ppm), (4_624, 4));
    assert_eq!(shown.difference_bp.value, 3_000);
    // The Physicians' Health Study, placebo and aspirin: chi-square 25.01 (Agresti, Categorical Data
    // Analysis), which is the square of this z.
    let aspirin = comparison((189, 11_034), (104, 11_037)).expect("both have uses");
    assert_eq!((aspirin.z_milli, aspirin.p_ppm), (5_001, 1));
}

#[test]
fn assignments_are_checked_against_the_weights() {
    let check = |arms: &[Arm]| report(arms).ratio.expect("enough to check");
    // Mendel's peas, 9:3:3:1: chi-square 0.470 with 3 degrees of freedom, p = 0.925.
    let peas = [(9, 315), (3, 108), (3, 101), (1, 32)].map(|(weight, n)| assigned(weight, n));
    let peas = check(&peas);
    assert_eq!((peas.chi_square_milli, peas.degrees), (470, 3));
    assert!((925_000..926_000).contains(&peas.p_ppm), "{peas:?}");
    assert!(!peas.is_mismatch());
    // Kohavi, Tang and Xu, Trustworthy Online Controlled Experiments, chapter 21: p = 1.8e-6.
    let uneven = [assigned(1, 821_588), assigned(1, 815_482)];
    assert_eq!(check(&uneven).p_ppm, 2);
    assert_eq!(report(&uneven).verdict, Verdict::SampleRatioMismatch);
    // The same counts are what unequal weights ask for.
    let weighted = [assigned(821_588, 821_588), assigned(815_482, 815_482)];
    assert_eq!(check(&weighted).p_ppm, 1_000_000);
}

#[test]
fn a_mismatch_beats_a_winner() {
    let mut arms = [arm(700, 1_000), arm(400, 1_000)];
    assert_eq!(report(&arms).verdict, Verdict::Ahead { arm: 0 });
    arms[1].assigned = 800;
    assert_eq!(report(&arms).verdict, Verdict::SampleRatioMismatch);
    // A mismatch is no want of data either: more of the same would not mend it.
    let lopsided = [assigned(1, 400), assigned(1, 20)];
    assert_eq!(report(&lopsided).verdict, Verdict::SampleRatioMismatch);
}

#[test]
fn too_few_assignments_are_no_mismatch() {
    let few = report(&[assigned(1, 9), assigned(1, 0)]);
    assert_eq!(few.ratio, None);
    assert_eq!(few.verdict, Verdict::NotEnoughData { needs: 100 });
    let unlikely = report(&[assigned(99, 500), assigned(1, 0)]);
    assert_eq!(unlikely.ratio.map(|check| check.degrees), Some(1));
    let unknowable = report(&[assigned(99, 490), assigned(1, 0)]);
    assert_eq!(unknowable.ratio, None);
}

#[test]
fn nothing_is_said_below_a_hundred_uses_of_each() {
    let verdict = |arms: &[Arm]| report(arms).verdict;
    assert_eq!(
        verdict(&[arm(99, 99), arm(0, 5_000)]),
        Verdict::NotEnoughData { needs: 1 }
    );
    assert_eq!(
        verdict(&[arm(99, 100), arm(0, 100)]),
        Verdict::Ahead { arm: 0 }
    );
    assert_eq!(verdict(&[]), Verdict::NotEnoughData { needs: 100 });
    assert_eq!(
        verdict(&[arm(50, 500)]),
        Verdict::NotEnoughData { needs: 100 }
    );
}

#[test]
fn no_winner_is_named_from_a_p_value_of_five_percent_on() {
    // 61 and 47 of 100: p = 0.0468; 60 and 47 of 100: p = 0.0651.
    let near = report(&[arm(47, 100), arm(61, 100)]);
    assert_eq!(near.verdict, Verdict::Ahead { arm: 1 });
    let far = report(&[arm(47, 100), arm(60, 100)]);
    assert_eq!(far.verdict, Verdict::NoDifference);
    let same = report(&[arm(0, 500), arm(0, 500)]);
    let compared = same.figures[1].against_control.expect("both have uses");
    assert_eq!((compared.z_milli, compared.p_ppm), (0, 1_000_000));
    assert_eq!(same.verdict, Verdict::NoDifference);
}

#[test]
fn several_arms_need_more_than_one_lucky_one() {
    let lucky = arm(61, 100);
    let control = arm(47, 100);
    let three = report(&[control, arm(47, 100), lucky]);
    let compared = three.figures[2].against_control.expect("both have uses");
    assert_eq!(compared.adjusted_p_ppm, 2 * compared.p_ppm);
    assert_eq!(three.verdict, Verdict::NoDifference);
    let two_ahead = report(&[control, arm(75, 100), arm(80, 100)]);
    assert_eq!(two_ahead.verdict, Verdict::Ahead { arm: 2 });
    let one_behind = report(&[control, arm(10, 100), arm(47, 100)]);
    assert_eq!(one_behind.verdict, Verdict::NoDifference);
    let all_behind = report(&[control, arm(10, 100), arm(12, 100)]);
    assert_eq!(all_behind.verdict, Verdict::Ahead { arm: 0 });
}

#[test]
fn an_arm_that_was_stopped_early_holds_up_nobody() {
    let stopped = Arm {
        weight: 0,
        ..arm(3, 7)
    };
    let report = report(&[arm(400, 1_000), stopped, arm(500, 1_000)]);
    assert_eq!(report.verdict, Verdict::Ahead { arm: 2 });
    let compared = report.figures[2].against_control.expect("both have uses");
    assert_eq!(compared.adjusted_p_ppm, compared.p_ppm);
    assert_eq!(report.ratio.map(|check| check.degrees), Some(1));
}

#[test]
fn a_paused_control_is_still_what_the_others_are_compared_with() {
    let control = Arm {
        weight: 0,
        ..arm(3, 7)
    };
    let report = report(&[control, arm(400, 1_000), arm(500, 1_000)]);
    assert_eq!(report.verdict, Verdict::NotEnoughData { needs: 93 });
}

#[test]
fn what_was_not_counted_has_no_figure() {
    assert_eq!(rate(0, 0), None);
    assert_eq!(comparison((0, 0), (5, 10)), None);
    let figures = report(&[Arm {
        revenue: Amount::from_minor(1_000).expect("small"),
        ..arm(3, 10)
    }])
    .figures[0];
    assert_eq!(figures.average_ticket.map(Amount::minor), Some(333));
    assert_eq!(report(&[arm(0, 10)]).figures[0].average_ticket, None);
    assert_eq!(rate(5, 0), None);
    assert_eq!(rate(11, 10), rate(10, 10));
    assert_eq!(rate(10, 10).map(|rate| rate.high), Some(10_000));
}

fn counts() -> impl Strategy<Value = (u64, u64)> {
    let uses = prop_oneof![1..50_u64, 1..5_000_u64, 1..=u64::MAX];
    uses.prop_flat_map(|uses| (0..=uses, Just(uses)))
}

fn any_arm() -> impl Strategy<Value = Arm> {
    let weight = prop_oneof![Just(0_u32), 1..100_u32, any::<u32>()];
    let count = || prop_oneof![0..300_u64, any::<u64>()];
    let money = || any::<u64>().prop_map(|minor| Amount::clamped(minor.into()));
    (weight, count(), count(), count(), money(), money()).prop_map(
        |(weight, assigned, uses, conversions, revenue, discount)| Arm {
            weight,
            assigned,
            uses,
            conversions,
            revenue,
            discount,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn an_interval_contains_its_rate_and_stays_inside_zero_and_one((conversions, uses) in counts()) {
        let rate = rate(conversions, uses).expect("there are uses");
        prop_assert!(rate.low <= rate.value && rate.value <= rate.high);
        prop_assert!(rate.high <= 10_000);
        let exact = u128::from(conversions) * 10_000;
        let shown = u128::from(rate.value) * u128::from(uses);
        // Within half a basis point, and what a float of 53 bits cannot hold.
        prop_assert!(exact.abs_diff(shown) <= u128::from(uses) / 2 + 1 + u128::from(uses >> 30));
    }

    #[test]
    fn an_interval_narrows_with_the_uses((conversions, uses) in (0..200_u64, 1..200_u64), times in 2..50_u64) {
        let conversions = conversions.min(uses);
        let (few, many) = (rate(conversions, uses), rate(conversions * times, uses * times));
        let (few, many) = (few.expect("there are uses"), many.expect("there are uses"));
        prop_assert_eq!(few.value, many.value);
        prop_assert!(few.low <= many.low && many.high <= few.high);
        prop_assert!(many.high - many.low < few.high - few.low);
    }

    #[test]
    fn swapping_the_arms_negates_the_difference(of in counts(), with in counts()) {
        let one = comparison(of, with).expect("both have uses");
        let other = comparison(with, of).expect("both have uses");
        let (here, there) = (one.difference_bp, other.difference_bp);
        prop_assert_eq!((here.low, here.value, here.high), (-there.high, -there.value, -there.low));
        prop_assert_eq!((one.z_milli, one.p_ppm), (-other.z_milli, other.p_ppm));
        prop_assert!(-10_000 <= here.low && here.low <= here.value);
        prop_assert!(here.value <= here.high && here.high <= 10_000);
    }

    #[test]
    fn every_experiment_has_a_report(arms in prop::collection::vec(any_arm(), 0..6)) {
        let Report { figures, verdict, .. } = report(&arms);
        prop_assert_eq!(figures.len(), arms.len());
        if let Verdict::Ahead { arm } = verdict {
            prop_assert!(arm < arms.len());
            let significant = |place: usize| {
                figures[place].against_control.is_some_and(|comparison| comparison.is_significant())
            };
            prop_assert!(significant(arm) || (arm == 0 && (1..arms.len()).any(significant)));
            prop_assert!(arms[arm].uses.min(arms[0].uses) >= 100);
        }
    }
}
