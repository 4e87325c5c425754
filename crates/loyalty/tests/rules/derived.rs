//! Codes that derive from a parent: who gets which variant, whose limits hold, where a series ends.

use mostrador_loyalty as loyalty;
use uuid::Uuid;

use crate::counter::{Counter, amount, text};
use loyalty::code::generated;
use loyalty::code::series::{Pattern, Series, SeriesKey};
use loyalty::code::variant::{Variant, assigned};
use loyalty::code::{Benefit, Code, CodeText, Limits};
use loyalty::customer::CodeUse;
use loyalty::money::BasisPoints;
use loyalty::quote::Quote;
use loyalty::refusal::Refusal;

fn percent(name: &str, rate: u32) -> Code {
    Code::new(text(name), Benefit::Percent(BasisPoints(rate)))
}

/// SUMMER with 10 percent; variants of these weights, the first with 15 percent, the others like it.
fn experiment(name: &str, weights: &[u32]) -> Code {
    let mut parent = percent(name, 1_000);
    let variants = (b'A'..).zip(weights).map(|(letter, weight)| Variant {
        weight: *weight,
        benefit: (letter == b'A').then_some(Benefit::Percent(BasisPoints(1_500))),
        ..Variant::control(text(&format!("{name}{}", char::from(letter))))
    });
    parent.variants = variants.collect();
    parent
}

fn subjects() -> impl Iterator<Item = Uuid> {
    (1..=4_000).map(Uuid::from_u128)
}

fn share(parent: &Code, variant: usize) -> usize {
    let wanted = &parent.variants[variant].text;
    let holds = |subject: &Uuid| assigned(parent, *subject).is_some_and(|one| one.text == *wanted);
    subjects().filter(holds).count()
}

/// What becomes of these texts, one after the other: `accepted` or the refusal.
#[track_caller]
fn check(counter: &Counter, scanned: &[&CodeText], expected: &[&str]) -> Quote {
    let mut counter = counter.clone();
    counter.scanned = scanned.iter().map(|text| (*text).clone()).collect();
    let quote = counter.quote();
    let mut refused = quote.refused.iter().peekable();
    let found = scanned.iter().map(|text| {
        let next = refused.next_if(|refused| refused.text == **text);
        next.map_or("accepted", |refused| refused.refusal.code())
    });
    assert_eq!(found.collect::<Vec<_>>(), expected);
    quote
}

#[test]
fn subjects_spread_over_the_variants_by_weight() {
    // Four standard deviations of 4,000 draws with p = 1/4 are 110.
    let even = experiment("SUMMER", &[1, 1, 1, 1]);
    for variant in 0..4 {
        assert!(share(&even, variant).abs_diff(1_000) < 110);
    }
    let uneven = experiment("SUMMER", &[3, 1]);
    assert!(share(&uneven, 0).abs_diff(3_000) < 110);
    assert!(share(&experiment("SUMMER", &[50, 150]), 0).abs_diff(1_000) < 110);
}

#[test]
fn the_variant_of_one_parent_says_nothing_of_another_parents() {
    let [summer, winter] = ["SUMMER", "WINTER"].map(|name| {
        let mut parent = experiment(name, &[1, 1]);
        parent.variants[0].text = text("ONE");
        parent.variants[1].text = text("TWO");
        parent
    });
    let both = |subject: &Uuid| {
        assigned(&summer, *subject).map(|one| &one.text)
            == assigned(&winter, *subject).map(|one| &one.text)
    };
    // Independent halves agree for every second one; four standard deviations are 127.
    assert!(subjects().filter(both).count().abs_diff(2_000) < 127);
}

#[test]
fn pausing_a_variant_moves_only_those_who_had_it() {
    let before = experiment("SUMMER", &[2, 1, 1]);
    let mut after = before.clone();
    after.variants[1].active = false;
    for subject in subjects() {
        let (had, has) = (assigned(&before, subject), assigned(&after, subject));
        let (had, has) = (had.expect("one"), has.expect("one"));
        assert_ne!(has.text, before.variants[1].text);
        assert!(had.text == has.text || had.text == before.variants[1].text);
    }
    for variant in &mut after.variants {
        variant.active = false;
    }
    assert_eq!(assigned(&after, Uuid::nil()), None);
    let quote = check(&Counter::with([after]), &[&text("SUMMER")], &["accepted"]);
    assert_eq!(quote.discount, amount(1_000), "the parent's own value");
}

#[test]
fn a_variant_is_its_parent_but_for_what_it_overrides() {
    let mut parent = experiment("SUMMER", &[1, 1]);
    parent.max_discount = Some(amount(1_200));
    parent.variants[1].min_purchase = Some(amount(10_001));
    let counter = Counter::with([parent.clone()]);
    let (a, b) = (text("SUMMERA"), text("SUMMERB"));
    let quote = check(&counter, &[&a], &["accepted"]);
    assert_eq!(
        quote.discount,
        amount(1_200),
        "15 percent, cut by the parent"
    );
    check(&counter, &[&b], &["minimum_not_met"]);
    parent.variants[0].active = false;
    parent.variants[1].min_purchase = None;
    let counter = Counter::with([parent.clone()]);
    check(&counter, &[&a], &["inactive"]);
    let quote = check(&counter, &[&b], &["accepted"]);
    assert_eq!(quote.discount, amount(1_000), "the control");
    assert!(!quote.accepted[0].assigned);
    let quote = check(&counter, &[&text("SUMMER")], &["accepted"]);
    assert_eq!(
        (&quote.accepted[0].text, quote.accepted[0].assigned),
        (&b, true)
    );
    parent.active = false;
    check(&Counter::with([parent]), &[&b], &["inactive"]);
}

#[test]
fn of_one_parent_only_one_code_meets_and_the_better_one_wins() {
    let mut parent = experiment("SUMMER", &[1, 1]);
    parent.stackable = true;
    let (a, b) = (text("SUMMERA"), text("SUMMERB"));
    let counter = Counter::with([parent, percent("ALONE", 500)]);
    let quote = check(&counter, &[&b, &a], &["accepted", "already_applied"]);
    assert_eq!(quote.best_set.codes, std::slice::from_ref(&a));
    let alone = text("ALONE");
    let kept_out = ["accepted", "not_stackable", "not_stackable"];
    let quote = check(&counter, &[&alone, &b, &a], &kept_out);
    assert_eq!(quote.best_set.codes, [a], "whatever was scanned first");
}

#[test]
fn limits_of_the_parent_and_of_the_variant_both_hold() {
    let (parent, variant) = (text("SUMMER"), text("SUMMERA"));
    let used = |total, discount| CodeUse {
        total,
        by_customer: total,
        today: total,
        discount: amount(discount),
        right: None,
    };
    let two = Some(2);
    let cases = [
        (
            Limits {
                total: two,
                ..Limits::default()
            },
            "total_limit_reached",
        ),
        (
            Limits {
                per_customer: two,
                ..Limits::default()
            },
            "customer_limit_reached",
        ),
        (
            Limits {
                per_day: two,
                ..Limits::default()
            },
            "day_limit_reached",
        ),
        (
            Limits {
                budget: Some(amount(200)),
                ..Limits::default()
            },
            "budget_spent",
        ),
    ];
    for (limits, refusal) in cases {
        for is_of_parent in [true, false] {
            let mut code = experiment("SUMMER", &[1]);
            let limited = if is_of_parent {
                &mut code.limits
            } else {
                &mut code.variants[0].limits
            };
            *limited = limits;
            let mut counter = Counter::with([code]).customer("gold", 1);
            let of = if is_of_parent { &parent } else { &variant };
            counter.usage.codes.insert(of.clone(), used(1, 199));
            let quote = check(&counter, &[&variant], &["accepted"]);
            let given = if limits.budget.is_some() { 1 } else { 1_500 };
            assert_eq!(quote.discount, amount(given));
            counter.usage.codes.insert(of.clone(), used(2, 200));
            for scanned in [&variant, &parent] {
                check(&counter, &[scanned], &[refusal]);
            }
        }
    }
    let mut code = experiment("SUMMER", &[1]);
    code.limits.per_customer = two;
    check(&Counter::with([code]), &[&variant], &["customer_required"]);
}

fn key() -> SeriesKey {
    SeriesKey::from_bytes([7; 32])
}

fn with_series(pattern: &str, from: u64, count: u64) -> (Counter, Series) {
    let mut parent = percent("MARCH", 1_000);
    let series = Series::new(Pattern::parse(pattern).expect("a pattern"), from, count);
    parent.series = Some(series.clone());
    let mut counter = Counter::with([parent]);
    counter.program.series_key = Some(key());
    (counter, series)
}

#[test]
fn a_series_begins_with_its_first_number_and_ends_with_its_last() {
    let (counter, series) = with_series("MAR?????#", 10, 5);
    let wider = Series::new(series.pattern.clone(), 0, 100);
    for index in 0..20 {
        let member = wider.member(&key(), index).expect("a member");
        let is_inside = (10..15).contains(&index);
        assert_eq!(series.member(&key(), index).is_some(), is_inside, "{index}");
        assert_eq!(series.index_of(&key(), &member), is_inside.then_some(index));
        let expected = if is_inside {
            "accepted"
        } else {
            "unknown_code"
        };
        check(&counter, &[&member], &[expected]);
    }
    check(&counter, &[&text("MARCH")], &["unknown_code"]);
}

#[test]
fn a_member_with_any_slip_is_refused_without_a_network() {
    let (counter, series) = with_series("MAR?????#", 0, 28);
    for index in 0..28 {
        let member = series.member(&key(), index).expect("a member");
        assert!(generated::is_intact(&member));
        for slip in generated::slips(&member) {
            assert_eq!(series.index_of(&key(), &slip), None, "{slip} for {member}");
        }
        let mut swapped: Vec<char> = member.as_str().chars().collect();
        swapped.swap(4, 5);
        let swapped = text(&swapped.iter().collect::<String>());
        if swapped != member {
            check(&counter, &[&swapped], &["bad_check_sign"]);
        }
    }
}

#[test]
fn what_was_meant_is_said_only_where_one_code_can_be_meant() {
    // Two codes that differ in two places: one slip of one is one slip of the other.
    let one = generated::with_check_sign("AAAAA").expect("a code");
    let body = |sign: char| format!("AAAA{sign}");
    let near = |other: &CodeText| {
        let pairs = other.as_str().chars().zip(one.as_str().chars());
        pairs.filter(|(left, right)| left != right).count() == 2
    };
    let mut others = "BCDEF"
        .chars()
        .filter_map(|sign| generated::with_check_sign(&body(sign)));
    let other = others.find(near).expect("a neighbour");
    let slip = format!("{}{}", &one.as_str()[..5], &other.as_str()[5..]);
    let slip = text(&slip);
    let meant = |codes: Vec<Code>| {
        let mut counter = Counter::with(codes);
        counter.program.generated_length = Some(6);
        let quote = check(&counter, &[&slip], &["bad_check_sign"]);
        match &quote.refused[0].refusal {
            Refusal::BadCheckSign { did_you_mean } => did_you_mean.clone(),
            other => panic!("{other:?}"),
        }
    };
    let code = |text: &CodeText| percent(text.as_str(), 1_000);
    assert_eq!(meant(vec![code(&one)]), Some(one.clone()));
    assert_eq!(meant(vec![code(&one), code(&other)]), None);
}

#[test]
fn patterns_have_their_own_members() {
    let [one, other] = ["MAR?????#", "MAS?????#"].map(|pattern| {
        let pattern = Pattern::parse(pattern).expect("a pattern");
        Series::new(pattern, 0, 28)
    });
    let tail = |series: &Series, index| {
        let member = series.member(&key(), index).expect("a member");
        member.as_str()[3..8].to_owned()
    };
    let same = (0..28).filter(|index| tail(&one, *index) == tail(&other, *index));
    assert_eq!(same.count(), 0);
}
