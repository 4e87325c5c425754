//! Variants and series: who gets which, whether a text is a member, and what counts against what.

use std::collections::{BTreeMap, BTreeSet};

use loyalty::basket::{Basket, Line, Quantity};
use loyalty::code::generated::{self, ALPHABET};
use loyalty::code::series::{Pattern, PatternFault, Series, SeriesKey};
use loyalty::code::variant::{Variant, assigned};
use loyalty::code::{Benefit, Code, CodeText, Limits};
use loyalty::customer::{CodeUse, CustomerFacts, Place, Usage};
use loyalty::money::{Amount, BasisPoints, Currency};
use loyalty::program::Program;
use loyalty::quote::{Quote, Request, quote};
use loyalty::refusal::Refusal;
use loyalty::time::Moment;
use mostrador_loyalty as loyalty;
use proptest::prelude::*;
use uuid::Uuid;

fn text(text: &str) -> CodeText {
    CodeText::parse(text).expect("a code")
}

fn percent(name: &str, percent: u32) -> Code {
    Code::new(text(name), Benefit::Percent(BasisPoints(percent * 100)))
}

fn variant(name: &str, weight: u32, percent: Option<u32>) -> Variant {
    Variant {
        weight,
        benefit: percent.map(|percent| Benefit::Percent(BasisPoints(percent * 100))),
        ..Variant::control(text(name))
    }
}

fn split(weights: &[u32]) -> Code {
    let names = ["A", "B", "C", "D"];
    let variants = names.iter().zip(weights);
    Code {
        variants: variants
            .map(|(name, weight)| variant(&format!("VERANO{name}"), *weight, None))
            .collect(),
        ..percent("VERANO", 10)
    }
}

fn choice(code: &Code, subject: u128) -> Option<&str> {
    assigned(code, Uuid::from_u128(subject)).map(|variant| variant.text.as_str())
}

#[test]
fn shares_follow_the_weights_over_a_hundred_thousand_customers() {
    for weights in [&[1, 1][..], &[1, 3], &[5, 3, 2], &[1, 1, 1, 7]] {
        let code = split(weights);
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for subject in 0..100_000 {
            let name = choice(&code, subject).expect("an active variant");
            *counts.entry(name).or_default() += 1;
        }
        let sum: u32 = weights.iter().sum();
        let chi_square: f64 = counts
            .values()
            .zip(weights)
            .map(|(count, weight)| {
                let expected = 100_000.0 * f64::from(*weight) / f64::from(sum);
                (f64::from(*count) - expected).powi(2) / expected
            })
            .sum();
        // 16.27 is passed by chance once in a thousand with three degrees of freedom.
        assert!(chi_square < 16.27, "{weights:?}: {counts:?}, {chi_square}");
    }
}

#[test]
fn an_assignment_never_changes_between_versions_of_this_program() {
    let code = split(&[1, 1, 2]);
    let all: Vec<&str> = (0..12)
        .filter_map(|subject| choice(&code, subject))
        .collect();
    expect_test::expect!["VERANOC VERANOB VERANOC VERANOA VERANOA VERANOC VERANOC VERANOC VERANOC VERANOA VERANOB VERANOC"].assert_eq(&all.join(" "));
}

proptest! {
    #[test]
    fn pausing_a_variant_moves_only_those_who_had_it(
        subject in any::<u128>(), weights in prop::collection::vec(1..50_u32, 2..5), paused in 0..4_usize,
    ) {
        let before = split(&weights);
        let paused = paused % weights.len();
        let mut after = before.clone();
        after.variants[paused].active = false;
        let (old, new) = (choice(&before, subject), choice(&after, subject));
        prop_assert_eq!(old, choice(&before, subject));
        let was_paused = old == Some(before.variants[paused].text.as_str());
        prop_assert_eq!(old != new, was_paused);
    }

    #[test]
    fn a_larger_weight_only_draws_customers_towards_it(
        subject in any::<u128>(), weights in prop::collection::vec(1..50_u32, 2..5), more in 1..50_u32,
    ) {
        let before = split(&weights);
        let mut after = before.clone();
        after.variants[0].weight += more;
        let (old, new) = (choice(&before, subject), choice(&after, subject));
        prop_assert!(old == new || new == Some("VERANOA"), "{:?} became {:?}", old, new);
    }

    #[test]
    fn a_member_is_known_by_its_number_and_by_nothing_else(
        index in 0..40_000_u64, from in 0..1_000_u64, key in any::<[u8; 32]>(),
    ) {
        let series = Series::new(Pattern::parse("MAR??????#").unwrap(), from, 40_000);
        let key = SeriesKey::from_bytes(key);
        let member = series.member(&key, from + index).unwrap();
        prop_assert!(generated::is_intact(&member));
        prop_assert_eq!(series.index_of(&key, &member), Some(from + index));
        for slip in generated::slips(&member) {
            prop_assert_eq!(series.index_of(&key, &slip), None);
        }
        prop_assert_eq!(series.member(&key, from + 40_000), None);
    }
}

#[test]
fn a_hundred_thousand_members_are_all_different_and_look_random() {
    let series = Series::new(Pattern::parse("MAR??????#").unwrap(), 0, 100_000);
    series.check_room().unwrap();
    let key = SeriesKey::from_bytes([7; 32]);
    let members: BTreeSet<CodeText> = (0..100_000)
        .filter_map(|index| series.member(&key, index))
        .collect();
    assert_eq!(members.len(), 100_000);
    // Each sign of the alphabet stands in each random place about as often as the others.
    for place in 3..9 {
        let mut counts: BTreeMap<char, u32> = BTreeMap::new();
        for member in &members {
            let sign = member.as_str().chars().nth(place).unwrap();
            *counts.entry(sign).or_default() += 1;
        }
        assert_eq!(counts.len(), ALPHABET.len());
        assert!(counts.values().all(|count| (2_900..3_600).contains(count)));
    }
}

#[test]
fn another_key_or_pattern_makes_other_members() {
    let series = Series::new(Pattern::parse("MAR????????#").unwrap(), 0, 1_000);
    let other = Series::new(Pattern::parse("TRZ????????#").unwrap(), 0, 1_000);
    let keys = [[1; 32], [2; 32]].map(SeriesKey::from_bytes);
    let body = |series: &Series, key| {
        let member = series.member(key, 5).unwrap();
        member.as_str()[3..11].to_owned()
    };
    let bodies = BTreeSet::from([
        body(&series, &keys[0]),
        body(&series, &keys[1]),
        body(&other, &keys[0]),
    ]);
    assert_eq!(bodies.len(), 3);
    let member = series.member(&keys[0], 5).unwrap();
    assert_eq!(series.index_of(&keys[1], &member), None);
}

#[test]
fn a_pattern_that_cannot_be_says_why_and_one_too_small_is_refused() {
    assert_eq!(Pattern::parse("VERANO?????#"), Err(PatternFault::Sign('O')));
    assert_eq!(Pattern::parse("MAR?????"), Err(PatternFault::Shape));
    assert_eq!(Pattern::parse("MAR??A???#"), Err(PatternFault::Shape));
    assert_eq!(Pattern::parse("MAR????#"), Err(PatternFault::Signs(4)));
    let long = format!("MARMAR{}#", "?".repeat(24));
    assert_eq!(Pattern::parse(&long), Err(PatternFault::Length(31)));
    let five = Pattern::parse("?????#").unwrap();
    let room = 31_u64.pow(5) / 1_000;
    assert!(Series::new(five.clone(), 0, room).check_room().is_ok());
    assert!(Series::new(five.clone(), 0, room + 1).check_room().is_err());
    assert!(Series::new(five, room, 1).check_room().is_err());
}

/// A basket of 100.00 with these codes scanned.
struct Sale {
    program: Program,
    customer: Option<CustomerFacts>,
    usage: Usage,
}

impl Sale {
    fn of(codes: Vec<Code>) -> Self {
        let mut program = Program::bare(Currency::from_code("COP").expect("a currency"));
        program.codes = codes.into_iter().collect();
        program.series_key = Some(SeriesKey::from_bytes([7; 32]));
        Self {
            program,
            customer: None,
            usage: Usage::default(),
        }
    }

    fn quote(&self, scanned: &[&str]) -> Quote {
        let scanned: Vec<CodeText> = scanned.iter().map(|one| text(one)).collect();
        let line = Line {
            product: "kayak".to_owned(),
            sku: String::new(),
            name: String::new(),
            categories: Vec::new(),
            partner: None,
            unit_price: Amount::from_minor(10_000).expect("an amount"),
            quantity: Quantity::ONE,
            floor: Amount::ZERO,
            discountable: true,
            earns_points: true,
        };
        quote(&Request {
            program: &self.program,
            customer: self.customer.as_ref(),
            basket: &Basket { lines: vec![line] },
            scanned: &scanned,
            usage: &self.usage,
            place: &Place::default(),
            sale: Uuid::from_u128(1),
            now: Moment {
                unix_ms: 0,
                local: chrono::NaiveDateTime::default(),
            },
            own_codes: &[],
            non_earning_tender: Amount::ZERO,
        })
    }

    fn used(&mut self, name: &str, total: u64) {
        let used = CodeUse {
            total,
            ..CodeUse::default()
        };
        self.usage.codes.insert(text(name), used);
    }

    fn refusal(&self, scanned: &[&str]) -> Refusal {
        self.quote(scanned)
            .refused
            .pop()
            .expect("a refusal")
            .refusal
    }
}

fn experiment() -> Code {
    Code {
        variants: vec![
            variant("VERANOA", 1, Some(15)),
            variant("VERANOB", 1, Some(5)),
            variant("VERANOC", 1, None),
        ],
        ..percent("VERANO", 10)
    }
}

#[test]
fn scanning_the_parent_assigns_and_scanning_a_variant_takes_it() {
    let sale = Sale::of(vec![experiment()]);
    let code = &sale.quote(&["VERANO"]).accepted[0];
    let expected = choice(&experiment(), 1).unwrap().to_owned();
    assert_eq!(code.text.as_str(), expected);
    assert_eq!(code.scanned().as_str(), "VERANO");
    assert!(code.assigned && code.parent == Some(text("VERANO")));
    for (name, amount) in [("VERANOA", 1_500), ("VERANOB", 500), ("VERANOC", 1_000)] {
        let code = &sale.quote(&[name]).accepted[0];
        assert_eq!((code.text.as_str(), code.amount.minor()), (name, amount));
        assert!(!code.assigned && code.scanned() == &code.text);
    }
}

#[test]
fn the_customer_decides_where_one_is_identified() {
    let mut sale = Sale::of(vec![experiment()]);
    let mut seen = BTreeSet::new();
    for id in 0..40 {
        sale.customer = Some(CustomerFacts {
            id: Uuid::from_u128(id),
            tier: None,
            purchases: 0,
            ..CustomerFacts::default()
        });
        let code = sale.quote(&["VERANO"]).accepted.remove(0);
        assert_eq!(Some(code.text.as_str()), choice(&experiment(), id));
        seen.insert(code.text);
    }
    assert_eq!(seen.len(), 3);
}

#[test]
fn a_paused_variant_is_inactive_and_without_active_ones_the_parent_holds() {
    let mut code = experiment();
    code.variants[0].active = false;
    assert_eq!(
        Sale::of(vec![code.clone()]).refusal(&["VERANOA"]),
        Refusal::Inactive
    );
    for variant in &mut code.variants {
        variant.active = false;
    }
    let taken = &Sale::of(vec![code]).quote(&["VERANO"]).accepted[0];
    assert_eq!(
        (taken.text.as_str(), taken.amount.minor()),
        ("VERANO", 1_000)
    );
    assert!(!taken.assigned && taken.parent.is_none());
}

#[test]
fn two_codes_of_one_parent_never_meet() {
    let stackable = Code {
        stackable: true,
        ..experiment()
    };
    let sale = Sale::of(vec![stackable]);
    // The sale is assigned VERANOB, which gives less than VERANOA.
    for (scanned, best) in [
        (["VERANO", "VERANOA"], "VERANOA"),
        (["VERANOA", "VERANOB"], "VERANOA"),
        (["VERANOB", "VERANOA"], "VERANOA"),
        (["VERANOB", "VERANO"], "VERANO"),
    ] {
        let quote = sale.quote(&scanned);
        assert_eq!(quote.accepted.len(), 1);
        assert_eq!(quote.refused[0].refusal, Refusal::AlreadyApplied);
        assert_eq!(quote.refused[0].text.as_str(), scanned[1]);
        assert_eq!(quote.best_set.codes, [text(best)]);
    }
}

#[test]
fn the_parents_limits_hold_over_all_and_a_variants_over_itself() {
    let mut code = experiment();
    code.limits.total = Some(5);
    code.variants[0].limits.total = Some(2);
    let mut sale = Sale::of(vec![code]);
    sale.used("VERANOA", 2);
    sale.used("VERANO", 4);
    assert_eq!(
        sale.refusal(&["VERANOA"]),
        Refusal::TotalLimitReached { limit: 2 }
    );
    assert_eq!(sale.quote(&["VERANOB"]).accepted.len(), 1);
    sale.used("VERANO", 5);
    assert_eq!(
        sale.refusal(&["VERANOA"]),
        Refusal::TotalLimitReached { limit: 5 }
    );
    assert_eq!(
        sale.refusal(&["VERANOB"]),
        Refusal::TotalLimitReached { limit: 5 }
    );
    let counted = sale.program.texts_counted(&[text("VERANOB")], Uuid::nil());
    assert_eq!(counted, [text("VERANO"), text("VERANOB")]);
}

fn postcards() -> (Code, Series) {
    let series = Series::new(
        Pattern::parse("MAR????????#").expect("a pattern"),
        10,
        1_000,
    );
    let code = Code {
        series: Some(series.clone()),
        limits: Limits {
            total: Some(3),
            ..Limits::default()
        },
        ..percent("POSTALES", 20)
    };
    (code, series)
}

#[test]
fn members_of_a_series_are_priced_like_the_parent_and_counted_one_by_one() {
    let (code, series) = postcards();
    let mut sale = Sale::of(vec![code]);
    let key = SeriesKey::from_bytes([7; 32]);
    let [one, two] = [10, 1_009].map(|index| series.member(&key, index).unwrap());
    let taken = &sale.quote(&[one.as_str()]).accepted[0];
    assert_eq!((&taken.text, taken.amount.minor()), (&one, 2_000));
    assert_eq!(taken.parent, Some(text("POSTALES")));
    assert_eq!(sale.refusal(&["POSTALES"]), Refusal::UnknownCode);
    sale.used(one.as_str(), 1);
    sale.used("POSTALES", 1);
    assert_eq!(
        sale.refusal(&[one.as_str()]),
        Refusal::TotalLimitReached { limit: 1 }
    );
    assert_eq!(sale.quote(&[two.as_str()]).accepted.len(), 1);
    sale.used("POSTALES", 3);
    assert_eq!(
        sale.refusal(&[two.as_str()]),
        Refusal::TotalLimitReached { limit: 3 }
    );
    let outside = Series::new(series.pattern.clone(), 0, 10);
    let outside = outside.member(&key, 9).unwrap();
    assert_eq!(sale.refusal(&[outside.as_str()]), Refusal::UnknownCode);
    sale.program.series_key = None;
    assert_eq!(sale.refusal(&[two.as_str()]), Refusal::UnknownCode);
}

#[test]
fn a_slip_in_a_member_names_the_member_that_was_meant() {
    let (code, series) = postcards();
    let sale = Sale::of(vec![code]);
    let member = series.member(&SeriesKey::from_bytes([7; 32]), 500).unwrap();
    let mut meant_so = 0;
    for slip in generated::slips(&member) {
        let refusal = sale.refusal(&[slip.as_str()]);
        let Refusal::BadCheckSign { did_you_mean } = refusal else {
            panic!("{slip}: {refusal:?}");
        };
        assert!(did_you_mean.as_ref().is_none_or(|meant| *meant == member));
        meant_so += usize::from(did_you_mean.is_some());
    }
    // Another member may lie one slip away from the slip: then nothing is suggested, which is rare.
    assert!(
        meant_so > 350,
        "{meant_so} of 12 x 30 wrong signs and 11 swaps"
    );
}

#[test]
fn a_sign_that_no_generated_code_has_names_the_one_code_that_fits() {
    let (code, series) = postcards();
    let sale = Sale::of(vec![code]);
    let member = series.member(&SeriesKey::from_bytes([7; 32]), 500).unwrap();
    let typed = |place: usize, sign: char| {
        let mut signs: Vec<char> = member.as_str().chars().collect();
        signs[place] = sign;
        signs.into_iter().collect::<String>()
    };
    for place in 0..member.as_str().len() {
        for sign in ['0', 'O', '1', 'I', 'L'] {
            assert_eq!(
                sale.refusal(&[typed(place, sign).as_str()]),
                Refusal::BadCheckSign {
                    did_you_mean: Some(member.clone())
                }
            );
        }
    }
    let two = typed(5, '0').replacen("MAR", "M4R", 1);
    assert_eq!(sale.refusal(&[two.as_str()]), Refusal::UnknownCode);
    assert_eq!(sale.refusal(&["VERAN0"]), Refusal::UnknownCode);
}
