//! Program files: read, refused with every fault in its place, and sent over the wire.

use expect_test::{Expect, expect};
use mostrador_loyalty as loyalty;
use mostrador_protocol::program::{Around, CodeDocument, ProgramDocument};

use loyalty::code::{Benefit, CodeText};

const HEAD: &str = r#"version = 1
name = "Café"
currency = "MXN"
time_zone = "America/Mexico_City"
"#;

fn check_faults(text: &str, expected: &Expect) {
    let faults = ProgramDocument::parse(text).expect_err("the program has faults");
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn a_short_program_compiles_with_its_defaults() {
    let document = ProgramDocument::parse(HEAD).unwrap();
    let program = document.compile().unwrap();
    assert_eq!(document.language, "es");
    assert_eq!((program.max_codes, program.basket_cap.0), (5, 10_000));
    assert_eq!(document.zone(), chrono_tz::America::Mexico_City);
}

#[test]
fn every_fault_is_reported_at_once_in_its_place() {
    let text = r#"version = 0
name = ""
currency = "peso"
time_zone = "America/Bogotá"
langauge = "es"
max_codes = "five"
basket_cap_bp = 10001

[points]
per_unit = 1.5
weekend = "0"

[tiers]
levels = [
  { slug = "bronze", name = "Bronce", from_points = 10 },
  { slug = "silver", name = "Plata", from_points = 1000 },
  { slug = "silver", name = "Oro", from_points = 500, discount = 3 },
]

[[rewards]]
slug = "Café gratis"
name = "Café"
points = 0
tier = "sliver"

[[codes]]
text = "VERANO 10"
percent_bp = 15000
stakable = true
min_purchase = 12.50

[[codes]]
text = "verano-10"
fixed = -5
percent_bp = 100
valid_from = "2026-12-01"
valid_until = "2026-11-01"
total_limit = 0

[[codes]]
percent_bp = 1000
customer_tiers = ["gold", "bronce"]
windows = [{ weekdays = ["saterday"], from = "25:00" }]
spend_tiers = [{ from = 20 }, { from = 10, fixed = 5 }]
valid_from = "tomorrow"
kind = "cupon"
"#;
    check_faults(
        text,
        &expect![[r#"
        line 1, column 11: version: 0 is out of bounds; write a whole number from 1 to 4294967295
        line 2, column 8: name: is empty; write a text
        line 3, column 12: currency: "peso" is not a currency; write the three capital letters of ISO 4217, as in "COP"
        line 4, column 13: time_zone: "America/Bogotá" is no time zone; did you mean "America/Bogota"?
        line 5, column 1: langauge: there is no such key; did you mean language?
        line 6, column 13: max_codes: expected a whole number, found the text "five"; write digits without quotes
        line 7, column 17: basket_cap_bp: 10001 is more than 100 %; write basis points from 0 to 10000: 1000 is 10 %
        line 10, column 12: points.per_unit: expected a decimal, found the number 1.5; write it between quotes: "1.5"
        line 11, column 11: points.weekend: 0 is out of bounds; write a number above 0 and at most 1000000
        line 15, column 53: tiers.levels[1].from_points: the lowest level begins at 10; write 0: everybody has the lowest level
        line 17, column 12: tiers.levels[3].slug: "silver" is already tiers.levels[2]; give it another one, or remove one of the two
        line 17, column 50: tiers.levels[3].from_points: 500 is not above 1000, the level before; write levels from the lowest to the highest
        line 17, column 55: tiers.levels[3].discount: there is no such key; did you mean discount_bp?
        line 21, column 8: rewards[1].slug: "Café gratis" is no slug; write lower case letters, digits, dashes and underscores
        line 23, column 10: rewards[1].points: 0 is out of bounds; write a whole number from 1 to 9007199254740991
        line 24, column 8: rewards[1].tier: there is no tier "sliver"; did you mean "silver"?
        line 28, column 14: codes[1].percent_bp: 15000 is more than 100 %; write basis points from 1 to 10000: 1000 is 10 %
        line 29, column 1: codes[1].stakable: there is no such key; did you mean stackable?
        line 30, column 16: codes[1].min_purchase: expected an amount in whole minor units, found the number 12.50; write minor units: 50000 is 500.00
        line 33, column 8: codes[2].text: "VERANO10" is already codes[1]; give it another one, or remove one of the two
        line 34, column 9: codes[2].fixed: -5 is out of bounds; write a whole number from 0 to 9007199254740991
        line 37, column 15: codes[2].valid_until: 2026-11-01 is before valid_from 2026-12-01; write a last day that is not before the first
        line 38, column 15: codes[2].total_limit: 0 allows nothing; write at least 1, or leave it out for no limit
        line 40, column 1: codes[3].text: is missing; add text = "..."
        line 42, column 19: codes[3].customer_tiers[1]: there is no tier "gold"; write one of bronze, silver, silver
        line 42, column 27: codes[3].customer_tiers[2]: there is no tier "bronce"; did you mean "bronze"?
        line 43, column 26: codes[3].windows[1].weekdays[1]: "saterday" is unknown; did you mean "saturday"?
        line 43, column 46: codes[3].windows[1].from: "25:00" is no time of day; write "08:30"
        line 44, column 15: codes[3].spend_tiers: percent_bp and spend_tiers stand together; keep one of them: a benefit is one thing
        line 44, column 16: codes[3].spend_tiers[1]: gives nothing; add percent_bp or fixed
        line 44, column 40: codes[3].spend_tiers[2].from: 10 is not above 20, the one before; write thresholds from the lowest to the highest
        line 45, column 14: codes[3].valid_from: "tomorrow" is not a day; write "2026-11-21"
        line 46, column 8: codes[3].kind: "cupon" is unknown; did you mean "coupon"?"#]],
    );
}

#[test]
fn broken_syntax_does_not_hide_the_other_faults() {
    let text = format!("{HEAD}[[codes]]\ntext = VERANO10\n[[codes]]\ntext = \"A\"\nactive = 1\n");
    check_faults(
        &text,
        &expect![[r#"
        line 6, column 8: string values must be quoted, expected literal string; put texts, days and decimals between quotes: key = "text"
        line 9, column 10: codes[2].active: expected true or false, found the number 1; write true or false without quotes"#]],
    );
    check_faults(
        &format!("{HEAD}name = \"again\"\n"),
        &expect!["line 5, column 1: duplicate key; keep one of the two"],
    );
    let deep = format!("{HEAD}x{}y = 1\n[[codes]]\n", ".".repeat(1_000));
    let faults = ProgramDocument::parse(&deep).unwrap_err();
    let deepest = faults
        .iter()
        .find(|fault| fault.what.contains("nested too deep"));
    assert_eq!(deepest.map(|fault| fault.line), Some(5), "{faults:?}");
    check_faults(
        "",
        &expect![[r#"
        line 1, column 1: currency: is missing; add currency = "..."
        line 1, column 1: name: is missing; add name = "..."
        line 1, column 1: time_zone: is missing; add time_zone = "..."
        line 1, column 1: version: is missing; add version = 1"#]],
    );
}

#[test]
fn days_may_stand_with_or_without_quotes() {
    let code = "[[codes]]\ntext = \"A\"\nvalid_from = 2026-11-01\nvalid_until = \"2026-11-30\"\n";
    let document = ProgramDocument::parse(&format!("{HEAD}{code}")).unwrap();
    let code = &document.codes[0];
    assert_eq!(code.valid_from.unwrap().to_string(), "2026-11-01");
    assert_eq!(code.valid_until.unwrap().to_string(), "2026-11-30");
}

#[test]
fn a_document_travels_as_json_unchanged() {
    for text in [
        include_str!("../../../fixtures/cafe-vt/program.toml"),
        include_str!("../../../fixtures/livex/program.toml"),
    ] {
        let document = ProgramDocument::parse(text).unwrap();
        let sent = serde_json::to_string(&document).unwrap();
        let received: ProgramDocument = serde_json::from_str(&sent).unwrap();
        assert_eq!(received, document);
        assert_eq!(received.compile(), document.compile());
    }
}

#[test]
fn the_example_in_the_document_is_a_program() {
    let page = include_str!("../../../docs/program.md");
    let example = page.split("```toml\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    let program = ProgramDocument::parse(example).unwrap().compile().unwrap();
    assert_eq!(
        (program.codes.len(), program.tiers.unwrap().tiers.len()),
        (1, 2)
    );
}

#[test]
fn a_document_without_text_is_checked_by_the_same_rules() {
    let mut document = ProgramDocument::bare("Café", "MXN", "America/Mexico_City");
    document.codes.push(CodeDocument {
        text: "🎉".to_owned(),
        ..CodeDocument::default()
    });
    let faults = document.compile().unwrap_err();
    expect![
        "codes[1].text: \"🎉\" cannot be a code; write 1 to 40 letters, digits and underscores"
    ]
    .assert_eq(&faults[0].to_string());
}

#[test]
fn the_programs_that_ship_say_what_their_specification_says() {
    let livex = ProgramDocument::parse(include_str!("../../../fixtures/livex/program.toml"));
    let program = livex.unwrap().compile().unwrap();
    let code = |text: &str| program.codes.get(&CodeText::parse(text).unwrap()).unwrap();
    assert_eq!(code("CARLOSVIP").benefit, Benefit::Tracking);
    assert_eq!(code("PRIMERACOMPRA").limits.total, Some(50));
    assert_eq!(code("EXTRA10").min_purchase.minor(), 5_000_000);
    assert_eq!(
        code("BLACKFRIDAY50").max_discount.unwrap().minor(),
        10_000_000
    );
    assert!(code("VERANO10").stackable && code("FIRST5").stackable);

    let cafe = ProgramDocument::parse(include_str!("../../../fixtures/cafe-vt/program.toml"));
    let program = cafe.unwrap().compile().unwrap();
    let tiers = program.tiers.unwrap();
    let thresholds: Vec<i64> = tiers.tiers.iter().map(|tier| tier.from_points).collect();
    assert_eq!(thresholds, [0, 1_000, 5_000, 15_000]);
    assert_eq!(program.referral.unwrap().bonus_points, 500);
    assert_eq!(program.points.unwrap().minimum_redeem, 100);
}

mod properties {
    use mostrador_protocol::program::ProgramDocument;
    use proptest::prelude::*;

    const WHOLE: &str = include_str!("../../../fixtures/cafe-vt/program.toml");

    proptest! {
        #[test]
        fn no_text_makes_the_reader_fail(text in any::<String>()) {
            let _ = ProgramDocument::parse(&text);
        }

        /// Cuts and slips of the pen: each fault stands in the text, and what is read compiles.
        #[test]
        fn a_damaged_program_is_read_or_refused_in_its_place(
            from in any::<prop::sample::Index>(),
            length in 0..40_usize,
            slip in "[a-z0-9\"=\\[\\]{}.,é🎉 \n-]{0,6}",
        ) {
            let mut signs: Vec<char> = WHOLE.chars().collect();
            let from = from.index(signs.len());
            let until = (from + length).min(signs.len());
            signs.splice(from..until, slip.chars());
            let text: String = signs.into_iter().collect();
            match ProgramDocument::parse(&text) {
                Ok(document) => prop_assert!(document.compile().is_ok()),
                Err(faults) => {
                    prop_assert!(!faults.is_empty());
                    let lines = text.lines().count() + 1;
                    for fault in faults {
                        prop_assert!((1..=lines).contains(&fault.line), "{fault}");
                        prop_assert!(fault.column >= 1 && !fault.remedy.is_empty());
                    }
                }
            }
        }
    }
}

#[test]
fn what_a_till_does_without_a_right_has_its_own_keys() {
    check_faults(
        r#"
version = 1
name = "Café"
currency = "MXN"
time_zone = "America/Mexico_City"
points = { per_unit = "1", offline_points = -1 }

[[codes]]
text = "CASA"
percent_bp = 500
total_limit = 5
offline = "home_store"

[[codes]]
text = "TOPE"
percent_bp = 500
total_limit = 5
offline_max = 100
"#,
        &expect![[r#"
            line 6, column 45: points.offline_points: -1 is out of bounds; write a whole number from 0 to 9223372036854775807
            line 8, column 1: codes[1].home_store: is missing: offline is "home_store"; write the slug of the store whose tills take the code
            line 18, column 15: codes[2].offline_max: says nothing: offline is not "approval"; remove it, or write that word"#]],
    );
}

#[test]
fn what_a_till_does_without_a_right_is_about_a_limit() {
    let text = r#"
version = 1
name = "Café"
currency = "MXN"
time_zone = "America/Mexico_City"

[[codes]]
text = "LIBRE"
fixed = 500
offline = "approval"

[[codes]]
text = "UNA"
fixed = 500
per_customer_limit = 1
offline = "block"

[[codes]]
text = "CASA"
fixed = 500
total_limit = 9
offline = "home_store"
home_store = "centro"
"#;
    let around = Around {
        now_ms: 0,
        catalogue: None,
        published: None,
    };
    let findings = ProgramDocument::examine(text, &around);
    assert_eq!(findings.faults, []);
    let said: Vec<String> = findings.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "codes[1].offline: is about limits that tills cannot count alone, and the code has none; \
          remove it, or write a limit [limit_without_effect]"
        ]
    );
}
