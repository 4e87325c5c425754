//! Variants at the counter: what is shown, removed, paid and counted.

use chrono::NaiveDate;
use mostrador_ledger::{entry, experiment, stream};
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::entry::DerivedFigures;
use mostrador_protocol::program::{CodeDocument, ProgramDocument, VariantDocument};
use mostrador_terminal::words::NO_BREAK;

use crate::shop::Shop;

fn experiment(document: &mut ProgramDocument) {
    let variant = |text: &str, percent_bp| VariantDocument {
        text: text.to_owned(),
        percent_bp: Some(percent_bp),
        ..VariantDocument::default()
    };
    document.codes.push(CodeDocument {
        text: "PRUEBA".to_owned(),
        percent_bp: Some(1_000),
        variants: vec![variant("PRUEBAA", 1_500), variant("PRUEBAB", 500)],
        ..CodeDocument::default()
    });
}

fn figures(shop: &Shop) -> Vec<DerivedFigures> {
    let parent = CodeText::parse("PRUEBA").expect("a code");
    let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
    let found = shop
        .till
        .ledger()
        .read(|look| experiment::arms(look, &parent, day(2000), day(2999)));
    found.expect("the figures")
}

fn entries(shop: &Shop) -> u64 {
    let head = shop.till.ledger().read(stream::head).expect("a head");
    head.expect("a stream").seq
}

#[test]
fn the_row_is_what_was_scanned_and_names_the_variant_beside_it() {
    let shop = Shop::open_with(experiment);
    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.apply_code("prueba").expect("scanned");
    let code = &view.codes[0];
    let variant = code.variant.clone();
    assert_eq!(code.text, "PRUEBA");
    let rate = if variant == "variante A" { 15 } else { 5 };
    assert_eq!(code.amount, view.gross * rate / 100);
    let again = shop.till.counter().expect("the counter");
    assert_eq!(
        again.codes[0].variant, variant,
        "the basket decides, and stays"
    );
    let without = shop.till.remove_code("PRUEBA").expect("removed");
    assert!(without.codes.is_empty() && without.discount == 0);

    let typed = shop.till.apply_code("pruebab").expect("scanned");
    assert_eq!(
        (typed.codes[0].text.as_str(), &typed.codes[0].variant),
        ("PRUEBAB", &String::new())
    );
    let both = shop.till.apply_code("prueba").expect("scanned");
    assert_eq!(both.refused[0].refusal, "already_applied");
    assert_eq!(
        both.refused[0].sentence.replace(NO_BREAK, " "),
        "Solo un código de PRUEBA por venta; ya está PRUEBAB. [already_applied]"
    );
}

#[test]
fn a_parked_basket_keeps_its_variant() {
    let shop = Shop::open_with(experiment);
    for _ in 0..6 {
        shop.till.add_product("queso", "").expect("added");
        let before = shop.till.apply_code("prueba").expect("scanned");
        shop.till.park().expect("parked");
        let after = shop.till.recall().expect("recalled");
        assert_eq!(before.codes, after.codes);
        shop.till.clear_basket().expect("cleared");
    }
}

#[test]
fn reaching_payment_is_noted_once_and_only_with_a_variant() {
    let shop = Shop::open_with(experiment);
    shop.till.add_product("queso", "").expect("added");
    let before = entries(&shop);
    shop.till.reach_payment().expect("noted");
    shop.till.apply_code("verano10").expect("scanned");
    shop.till.reach_payment().expect("noted");
    assert_eq!(
        entries(&shop),
        before,
        "nothing is written without a variant"
    );
    shop.till.remove_code("verano10").expect("removed");
    shop.till.apply_code("prueba").expect("scanned");
    shop.till.reach_payment().expect("noted");
    shop.till.reach_payment().expect("noted");
    assert_eq!(entries(&shop), before + 1);
    let one = figures(&shop);
    assert_eq!(
        (one[0].uses, one[0].assigned, one[0].conversions),
        (1, 1, 0)
    );

    let total = shop.till.counter().expect("the counter").total;
    let cash = mostrador_terminal::view::TenderInput {
        kind: "cash".to_owned(),
        amount: total,
    };
    let receipt = shop.till.pay(&[cash], total).expect("paid");
    assert!(receipt.text.contains("PRUEBA "), "{}", receipt.text);
    let one = figures(&shop);
    assert_eq!(
        (one.len(), one[0].uses, one[0].conversions, one[0].revenue),
        (1, 1, 1, total)
    );
    let stream = shop
        .till
        .ledger()
        .read(stream::head)
        .expect("a head")
        .expect("a stream");
    let last = shop
        .till
        .ledger()
        .read(|look| entry::at(look, stream.stream, stream.seq));
    let last = last.expect("an entry").expect("the sale");
    assert!(
        last.payload
            .contains("\"parent\":\"PRUEBA\",\"assigned\":true"),
        "{}",
        last.payload
    );
}
