//! What the server compiled from its file, the till compiles from the wire.

use chrono::NaiveDate;
use mostrador_loyalty as loyalty;
use mostrador_protocol::program::ProgramDocument;
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::draw::document;
use loyalty::basket::{Basket, Line, Quantity};
use loyalty::code::CodeText;
use loyalty::customer::{CustomerFacts, Place, Usage};
use loyalty::money::Amount;
use loyalty::program::Program;
use loyalty::quote::{Quote, Request, quote};
use loyalty::time::Moment;

/// As the till has it: sent as JSON, kept as JSON, read and compiled there.
fn over_the_wire(document: &ProgramDocument) -> ProgramDocument {
    let sent = serde_json::to_string(document).expect("a document is JSON");
    let received: ProgramDocument = serde_json::from_str(&sent).expect("what was sent");
    let kept = serde_json::to_vec(&received).expect("a document is JSON");
    serde_json::from_slice(&kept).expect("what was kept")
}

fn basket() -> impl Strategy<Value = Basket> {
    let line = (
        0..2_u32,
        0..60_000_i64,
        1..4_000_i64,
        prop::sample::select(vec!["a", "b", "c"]),
    );
    let line = line.prop_map(|(product, price, thousandths, category)| Line {
        product: format!("p{product}"),
        sku: String::new(),
        name: String::new(),
        unit_price: Amount::from_minor(price).expect("a price"),
        quantity: Quantity::new(Decimal::new(thousandths, 3)).expect("three places"),
        categories: vec![category.to_owned()],
        partner: Some("finca".to_owned()),
        floor: Amount::ZERO,
        discountable: true,
        earns_points: true,
    });
    prop::collection::vec(line, 1..6).prop_map(|lines| Basket { lines })
}

/// Every code of the document and every variant, scanned on a Sunday by a customer of gold.
fn priced(program: &Program, document: &ProgramDocument, basket: &Basket) -> Quote {
    let variants = document.codes.iter().flat_map(|code| &code.variants);
    let texts = document.codes.iter().map(|code| &code.text);
    let texts = texts.chain(variants.map(|variant| &variant.text));
    let scanned: Vec<CodeText> = texts.filter_map(|text| CodeText::parse(text)).collect();
    let customer = CustomerFacts {
        id: Uuid::from_u128(7),
        tier: Some("gold".to_owned()),
        purchases: 0,
        badges: (0..4).map(|index| format!("badge-{index}")).collect(),
    };
    let day = NaiveDate::from_ymd_opt(2026, 6, 14).expect("a Sunday");
    quote(&Request {
        program,
        customer: Some(&customer),
        basket,
        scanned: &scanned,
        usage: &Usage::default(),
        place: &Place {
            store: "centro".to_owned(),
        },
        sale: Uuid::nil(),
        now: Moment {
            unix_ms: 0,
            local: day.and_hms_opt(12, 0, 0).expect("noon"),
        },
        own_codes: &[],
        non_earning_tender: Amount::ZERO,
    })
}

proptest! {
    #![proptest_config(match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(200),
    })]

    #[test]
    fn the_till_quotes_as_the_server_does(document in document(), basket in basket()) {
        let server = document.compile().map_err(|faults| TestCaseError::fail(format!("{faults:?}")))?;
        let received = over_the_wire(&document);
        let till = received.compile().expect("what the server compiles");
        prop_assert_eq!(priced(&till, &received, &basket), priced(&server, &document, &basket));
        prop_assert_eq!(till, server);
    }

    #[test]
    fn a_document_is_the_same_after_toml_and_after_json(document in document()) {
        prop_assert_eq!(&over_the_wire(&document), &document);
        let file = toml::to_string(&document).expect("a document is TOML");
        let read = ProgramDocument::parse(&file)
            .map_err(|faults| TestCaseError::fail(format!("{faults:?}\n{file}")))?;
        prop_assert_eq!(&read, &document);
        prop_assert_eq!(over_the_wire(&read), read);
    }
}

/// A drawn document would show little if none of its codes ever took anything off.
#[test]
fn drawn_documents_have_codes_that_work() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut discounts = 0;
    for _ in 0..200 {
        let drawn = (document(), basket()).new_tree(&mut runner).expect("drawn");
        let (document, basket) = drawn.current();
        let program = document.compile().expect("no fault");
        let quote = priced(&program, &document, &basket);
        discounts += usize::from(quote.accepted.iter().any(|code| !code.amount.is_zero()));
    }
    assert!(discounts >= 40, "{discounts} of 200");
}
