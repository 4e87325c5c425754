use chrono::NaiveDate;
use mostrador_loyalty::refusal::Refusal;
use mostrador_protocol::program::ProgramDocument;

use super::*;
use crate::message::tests::refusals;
use crate::rules::Rules;
use crate::speaker::ProductNames;
use crate::words::NO_BREAK;

const PROGRAM: &str = r#"
version = 1
name = "LIVEX"
currency = "COP"
time_zone = "America/Bogota"
labels = [
  { category = "nautical-1", es = "náutica", en = "boats" },
  { partner = "coral-2", es = "Resort Coral" },
  { store = "centro-3", es = "Tienda Centro", en = "Centro store" },
]

[[tiers.levels]]
slug = "level-4"
name = "Oro"
from_points = 0

[[badges]]
slug = "badge-9"
name = "Explorador"
tried = 5

[[codes]]
text = "LABELLED"
percent_bp = 1000
categories = ["nautical-1"]
partners = ["coral-2"]
stores = ["centro-3"]
windows = [
  { weekdays = ["tuesday", "friday"], from = "15:00", to = "18:00" },
  { weekdays = ["sunday"] },
]

[[codes]]
text = "BARE"
percent_bp = 1000
categories = ["slug-5", "slug-6"]
products = ["product-7"]
stores = ["slug-8"]
windows = [{ from = "09:00", to = "11:30" }]

[[codes]]
text = "ONCE"
percent_bp = 1000
total_limit = 1

[[codes]]
text = "GIFT"
free_product = { product = "product-7" }
"#;

fn rules() -> Rules {
    let document = ProgramDocument::parse(PROGRAM).expect("a program");
    Rules::compile(document).expect("rules")
}

fn code(text: &str) -> CodeText {
    CodeText::parse(text).expect("a code")
}

/// The sentence as a person reads it.
fn said(language: Language, text: &str, refused: &Refusal, better: Option<&Better>) -> String {
    let products = ProductNames::from([("product-7".to_owned(), "Kayak".to_owned())]);
    let rules = rules();
    let speaker = Speaker {
        language,
        rules: &rules,
        products: &products,
        own: &[],
    };
    refusal(&speaker, &code(text), refused, better).replace(NO_BREAK, " ")
}

/// The same kinds with figures that would be seen if they were shown raw.
fn with_figures(refusal: Refusal) -> Refusal {
    let amount = |minor| Amount::from_minor(minor).expect("an amount");
    let day = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day");
    match refusal {
        Refusal::MinimumNotMet { .. } => Refusal::MinimumNotMet {
            missing: amount(1_200_000),
            minimum: amount(30_000_000),
        },
        Refusal::NotStarted { .. } => Refusal::NotStarted { from: day },
        Refusal::Expired { .. } => Refusal::Expired { until: day },
        Refusal::TierTooLow { .. } => Refusal::TierTooLow {
            needs: "level-4".to_owned(),
        },
        Refusal::BadgeRequired { .. } => Refusal::BadgeRequired {
            badge: "badge-9".to_owned(),
        },
        other => other,
    }
}

#[test]
fn no_refusal_shows_slugs_raw_days_or_minor_units() {
    let better = Better {
        codes: vec!["VERANO10".to_owned()],
        more: Amount::from_minor(300_000).expect("an amount"),
        is_applied: false,
    };
    let raw = [
        "{", "}", "-1", "-2", "-3", "-4", "-5", "-6", "-7", "-8", "-9", "2026-11", "T0", "UTC",
        "Z", "1200000", "30000000", "300000",
    ];
    let mut count = 0;
    for refusal in refusals().into_iter().map(with_figures) {
        for (text, language) in ["LABELLED", "BARE", "GIFT", "NADIE"]
            .iter()
            .flat_map(|text| [(text, Language::Es), (text, Language::En)])
        {
            let sentence = said(language, text, &refusal, Some(&better));
            for raw in raw {
                assert!(!sentence.contains(raw), "{raw} in: {sentence}");
            }
            let words = sentence.split(" [").next().unwrap_or_default();
            assert!(!words.contains('_'), "{sentence}");
            assert!(
                words.split(". ").count() >= 2 || words.contains('('),
                "what to do: {sentence}"
            );
            assert!(
                sentence.ends_with(&format!("[{}]", refusal.code())),
                "{sentence}"
            );
            count += 1;
        }
    }
    assert_eq!(count, refusals().len() * 8);
}

#[test]
fn a_refusal_says_where_when_and_for_whom_a_code_holds() {
    let check = |text: &str, refusal: Refusal, es: &str, en: &str| {
        let starts = |language, start: &str| {
            let sentence = said(language, text, &refusal, None);
            assert!(sentence.starts_with(start), "{sentence}");
        };
        starts(Language::Es, es);
        starts(Language::En, en);
    };
    check(
        "LABELLED",
        Refusal::NoEligibleLine,
        "LABELLED vale solo en náutica de Resort Coral y en esta venta no hay. Agregue",
        "LABELLED holds only on boats by Resort Coral and there is none on this sale. Add",
    );
    check(
        "BARE",
        Refusal::NoEligibleLine,
        "BARE vale solo en los productos que participan y",
        "BARE holds only on products that take part and",
    );
    check(
        "GIFT",
        Refusal::NoEligibleLine,
        "Con GIFT sale gratis Kayak, que no está en la venta.",
        "With GIFT, Kayak is free, and it is not on the sale.",
    );
    check(
        "LABELLED",
        Refusal::OutsideHours,
        "LABELLED vale solo los martes y los viernes de 15:00 a 18:00 y los domingos, hora de la tienda.",
        "LABELLED holds only on Tuesdays and on Fridays from 15:00 to 18:00 and on Sundays, time of the store.",
    );
    check(
        "BARE",
        Refusal::OutsideHours,
        "BARE vale solo todos los días de 09:00 a 11:30,",
        "BARE holds only every day from 09:00 to 11:30,",
    );
    check(
        "LABELLED",
        Refusal::WrongStore,
        "LABELLED vale en Tienda Centro, no en esta tienda.",
        "LABELLED holds in Centro store, not in this store.",
    );
    check(
        "BARE",
        Refusal::WrongStore,
        "BARE vale en otras tiendas, no en esta.",
        "BARE holds in other stores, not in this one.",
    );
}

#[test]
fn a_code_for_one_use_was_used_and_another_has_no_uses_left() {
    let sentence = |text| {
        let refusal = Refusal::TotalLimitReached { limit: 1 };
        said(Language::Es, text, &refusal, None)
    };
    assert_eq!(
        sentence("ONCE"),
        "Este código ya se usó. Retírelo y cobre sin él. [total_limit_reached]"
    );
    // A limit of the parent, not of the code itself.
    assert!(sentence("BARE").starts_with("De BARE ya no quedan usos"));
}

#[test]
fn a_code_that_does_not_combine_names_what_is_better_with_its_figure() {
    let refusal = Refusal::NotStackable {
        with: code("VERANO10"),
    };
    let better = |more| Better {
        codes: vec!["VERANO10".to_owned(), "FIRST5".to_owned()],
        more: Amount::from_minor(more).expect("an amount"),
        is_applied: false,
    };
    assert_eq!(
        said(Language::Es, "MITAD", &refusal, Some(&better(300_000))),
        "Este código no se combina con VERANO10. Conviene VERANO10 y FIRST5: descuenta $ 3.000 más. [not_stackable]"
    );
    let applied = Better {
        is_applied: true,
        ..better(300_000)
    };
    assert_eq!(
        said(Language::Es, "MITAD", &refusal, Some(&applied)),
        "Este código no se combina con VERANO10. De los códigos leídos ya está aplicado lo que más descuenta. [not_stackable]"
    );
    assert_eq!(
        said(Language::En, "MITAD", &refusal, Some(&better(0))),
        "This code does not combine with VERANO10 and takes the same off. Remove it and charge with VERANO10 and FIRST5. [not_stackable]"
    );
}
