//! Days and hours of a program when the clocks of its zone are put forward or back.

use chrono::{DateTime, Utc};
use mostrador_loyalty as loyalty;
use mostrador_protocol::program::{CodeDocument, ProgramDocument, WindowDocument};

use loyalty::basket::{Basket, Line, Quantity};
use loyalty::code::CodeText;
use loyalty::customer::{Place, Usage};
use loyalty::money::Amount;
use loyalty::quote::{Request, quote};
use loyalty::time::Moment;

/// What becomes of the document's only code at an instant: `accepted` or its refusal.
fn outcome(document: &ProgramDocument, instant: DateTime<Utc>) -> &'static str {
    let program = document.compile().expect("a program");
    let line = Line {
        product: "coffee".to_owned(),
        sku: String::new(),
        name: String::new(),
        unit_price: Amount::from_minor(10_000).expect("a price"),
        quantity: Quantity::ONE,
        categories: Vec::new(),
        partner: None,
        floor: Amount::ZERO,
        discountable: true,
        earns_points: true,
    };
    let scanned = [CodeText::parse(&document.codes[0].text).expect("a code")];
    let quote = quote(&Request {
        program: &program,
        customer: None,
        basket: &Basket { lines: vec![line] },
        scanned: &scanned,
        usage: &Usage::default(),
        place: &Place::default(),
        sale: uuid::Uuid::nil(),
        now: Moment {
            unix_ms: instant.timestamp_millis(),
            local: instant.with_timezone(&document.zone()).naive_local(),
        },
        own_codes: &[],
        non_earning_tender: Amount::ZERO,
    });
    quote
        .refused
        .first()
        .map_or("accepted", |refused| refused.refusal.code())
}

fn program(zone: &str, code: CodeDocument) -> ProgramDocument {
    let mut document = ProgramDocument::bare("Café", "EUR", zone);
    document.codes.push(CodeDocument {
        text: "CAFE10".to_owned(),
        percent_bp: Some(1_000),
        ..code
    });
    document
}

fn open(zone: &str, weekdays: &[&str], from: &str, to: &str) -> ProgramDocument {
    let window = WindowDocument {
        weekdays: weekdays.iter().map(|day| (*day).to_owned()).collect(),
        from: from.to_owned(),
        to: to.to_owned(),
    };
    program(
        zone,
        CodeDocument {
            windows: vec![window],
            ..CodeDocument::default()
        },
    )
}

fn days(zone: &str, from: &str, until: &str) -> ProgramDocument {
    let day = |text: &str| text.parse().ok();
    let code = CodeDocument {
        valid_from: day(from),
        valid_until: day(until),
        ..CodeDocument::default()
    };
    program(zone, code)
}

/// Instants of the world's clock, and what is said at each.
#[track_caller]
fn check(document: &ProgramDocument, instants: &[(&str, &str)]) {
    for (instant, expected) in instants {
        let at: DateTime<Utc> = instant.parse().expect("an instant");
        assert_eq!(outcome(document, at), *expected, "{instant}");
    }
}

#[test]
fn an_hour_that_the_clocks_leap_over_does_not_open() {
    // Madrid, 29 March 2026: 01:59:59 is followed by 03:00:00, at 01:00 UTC.
    check(
        &open("Europe/Madrid", &["sunday"], "02:00", "03:00"),
        &[
            ("2026-03-29T00:59:59Z", "outside_hours"),
            ("2026-03-29T01:00:00Z", "outside_hours"),
            ("2026-04-05T00:00:00Z", "accepted"),
        ],
    );
    check(
        &open("Europe/Madrid", &["sunday"], "01:30", "03:30"),
        &[
            ("2026-03-29T00:29:59Z", "outside_hours"),
            ("2026-03-29T00:30:00Z", "accepted"),
            ("2026-03-29T01:00:00Z", "accepted"),
            ("2026-03-29T01:29:59.999Z", "accepted"),
            ("2026-03-29T01:30:00Z", "outside_hours"),
        ],
    );
}

#[test]
fn an_hour_that_comes_twice_is_open_twice() {
    // Madrid, 25 October 2026: 02:59:59 is followed by 02:00:00, at 01:00 UTC.
    check(
        &open("Europe/Madrid", &["sunday"], "02:00", "03:00"),
        &[
            ("2026-10-24T23:59:59Z", "outside_hours"),
            ("2026-10-25T00:00:00Z", "accepted"),
            ("2026-10-25T00:59:59Z", "accepted"),
            ("2026-10-25T01:00:00Z", "accepted"),
            ("2026-10-25T01:59:59.999Z", "accepted"),
            ("2026-10-25T02:00:00Z", "outside_hours"),
        ],
    );
}

#[test]
fn a_night_over_the_change_closes_by_the_clock_on_the_wall() {
    // Mexico City, 3 April 2022: 02:00 became 03:00, at 08:00 UTC; 30 October: 02:00 became 01:00, at 07:00 UTC.
    let night = open("America/Mexico_City", &["saturday"], "22:00", "04:00");
    check(
        &night,
        &[
            ("2022-04-03T03:59:59Z", "outside_hours"),
            ("2022-04-03T04:00:00Z", "accepted"),
            ("2022-04-03T07:59:59Z", "accepted"),
            ("2022-04-03T08:00:00Z", "accepted"),
            ("2022-04-03T08:59:59Z", "accepted"),
            ("2022-04-03T09:00:00Z", "outside_hours"),
            ("2022-10-30T02:59:59Z", "outside_hours"),
            ("2022-10-30T03:00:00Z", "accepted"),
            ("2022-10-30T07:00:00Z", "accepted"),
            ("2022-10-30T09:59:59Z", "accepted"),
            ("2022-10-30T10:00:00Z", "outside_hours"),
        ],
    );
    // Since 2023 Mexico City keeps its hour: six behind, all year.
    check(
        &night,
        &[
            ("2026-07-05T03:59:59Z", "outside_hours"),
            ("2026-07-05T04:00:00Z", "accepted"),
            ("2026-07-05T09:59:59Z", "accepted"),
            ("2026-07-05T10:00:00Z", "outside_hours"),
        ],
    );
}

#[test]
fn a_last_day_of_25_hours_is_inside_to_its_end() {
    // Santiago, 4 April 2026: midnight became 23:00 of the same day, at 03:00 UTC.
    check(
        &days("America/Santiago", "2026-04-04", "2026-04-04"),
        &[
            ("2026-04-04T02:59:59Z", "not_started"),
            ("2026-04-04T03:00:00Z", "accepted"),
            ("2026-04-05T02:59:59Z", "accepted"),
            ("2026-04-05T03:00:00Z", "accepted"),
            ("2026-04-05T03:59:59.999Z", "accepted"),
            ("2026-04-05T04:00:00Z", "expired"),
        ],
    );
}

#[test]
fn a_day_without_its_first_hour_begins_when_the_day_before_ends() {
    // Santiago, 6 September 2026: midnight became 01:00, at 04:00 UTC.
    let instants = |before: &'static str, after: &'static str| {
        [
            ("2026-09-06T03:59:59.999Z", before),
            ("2026-09-06T04:00:00Z", after),
        ]
    };
    let zone = "America/Santiago";
    check(
        &days(zone, "2026-09-01", "2026-09-05"),
        &instants("accepted", "expired"),
    );
    check(
        &days(zone, "2026-09-06", "2026-09-30"),
        &instants("not_started", "accepted"),
    );
    check(
        &open(zone, &["sunday"], "00:00", "01:00"),
        &instants("outside_hours", "outside_hours"),
    );
    check(
        &open(zone, &["sunday"], "00:00", "00:00"),
        &instants("outside_hours", "accepted"),
    );
}

#[test]
fn a_last_day_of_23_hours_ends_with_its_last() {
    // Madrid, 29 March 2026: from 23:00 UTC the day before to 22:00 UTC.
    check(
        &days("Europe/Madrid", "2026-03-29", "2026-03-29"),
        &[
            ("2026-03-28T22:59:59Z", "not_started"),
            ("2026-03-28T23:00:00Z", "accepted"),
            ("2026-03-29T21:59:59.999Z", "accepted"),
            ("2026-03-29T22:00:00Z", "expired"),
        ],
    );
}
