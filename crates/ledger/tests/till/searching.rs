//! Finding customers and products by what is remembered of them.

use mostrador_ledger::{Error, Ledger, customer, product, rebuild, replica};
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::message::PullReply;
use mostrador_protocol::row::{Customer, FeedRow, Product, Row};
use proptest::prelude::*;

use crate::counter::{Counter, customer_id, profile};

fn apply(ledger: &Ledger, rows: Vec<Row>) {
    let cursor = ledger.read(replica::cursor).expect("a cursor");
    let rows: Vec<FeedRow> = (cursor + 1..)
        .zip(rows)
        .map(|(position, row)| FeedRow { position, row })
        .collect();
    let page = PullReply {
        next_cursor: rows.last().map_or(cursor, |row| row.position),
        rows,
        own_through: 0,
        more: false,
        server_time_ms: 0,
        next_hash: None,
        seals: std::collections::BTreeMap::new(),
    };
    ledger
        .transact(|tx| replica::apply_page(tx, &page))
        .expect("a page");
}

fn visited(number: u32, last_ms: i64) -> Row {
    Row::Account {
        customer_id: customer_id(number),
        account: AccountDocument {
            purchases: 1,
            last_purchase_ms: Some(last_ms),
            ..AccountDocument::default()
        },
    }
}

fn people() -> Vec<Customer> {
    let mut people: Vec<Customer> = [
        (1, "María Fernanda Gómez Ruiz", "3001234567"),
        (2, "Mariana López", "573155559876"),
        (3, "José Ángel Peña", "3109876543"),
        (4, "Alberto González", "3204445566"),
        (5, "🎉 Fiesta Total", ""),
        (6, "O'Connor, Seán", "3112223344"),
        (7, "Ana", "3007778899"),
        (8, "Москва Иванова", ""),
        (9, "", ""),
        (10, "María Gómez", "3019998877"),
    ]
    .into_iter()
    .map(|(number, name, phone)| profile(number, name, phone))
    .collect();
    people[3].email = Some("Alberto.G@example.com".to_owned());
    people[2].card = Some("CARD-0003".to_owned());
    people
}

fn shop() -> Counter {
    let till = Counter::enrolled();
    let customers = people().into_iter().map(Row::Customer);
    let visits = [visited(1, 2_000), visited(10, 1_000), visited(7, 5_000)];
    apply(&till.ledger, customers.chain(visits).collect());
    till
}

fn names(till: &Counter, text: &str) -> Vec<String> {
    let found = till
        .ledger
        .read(|connection| customer::search(connection, text, 8));
    found
        .expect("a search")
        .into_iter()
        .map(|found| found.customer.name)
        .collect()
}

#[test]
fn customers_are_found_by_whatever_is_remembered() {
    let till = shop();
    let cases: [(&str, &str); 31] = [
        ("jose", "José Ángel Peña"),
        ("JOSÉ", "José Ángel Peña"),
        ("pena jose", "José Ángel Peña"),
        ("angel pe", "José Ángel Peña"),
        ("maria fernanda", "María Fernanda Gómez Ruiz"),
        ("mari lop", "Mariana López"),
        ("gonzales", "Alberto González"),
        ("gonzalz", "Alberto González"),
        ("gozlaez", "Alberto González"),
        ("albreto", "Alberto González"),
        ("berto", "Alberto González"),
        ("nzal", "Alberto González"),
        ("oconnor", "O'Connor, Seán"),
        ("o'connor", "O'Connor, Seán"),
        ("sean", "O'Connor, Seán"),
        ("fiesta", "🎉 Fiesta Total"),
        ("🎉", "🎉 Fiesta Total"),
        ("иван", "Москва Иванова"),
        ("9876543", "José Ángel Peña"),
        ("310 987", "José Ángel Peña"),
        ("876", "Mariana López"),
        ("444", "Alberto González"),
        ("+57 320 444 5566", "Alberto González"),
        ("3155559876", "Mariana López"),
        ("alberto.g@example.com", "Alberto González"),
        ("ALBERTO.G@", "Alberto González"),
        ("CARD-0003", "José Ángel Peña"),
        ("maria 4567", "María Fernanda Gómez Ruiz"),
        ("fernanda 300", "María Fernanda Gómez Ruiz"),
        ("anna", "Ana"),
        ("goemz ruiz", "María Fernanda Gómez Ruiz"),
    ];
    for (text, name) in cases {
        let names = names(&till, text);
        assert!(
            names.iter().any(|found| found == name),
            "{text:?} found {names:?}, not {name}"
        );
    }
}

#[test]
fn the_exact_come_first_and_then_who_came_last() {
    let till = shop();
    assert_eq!(
        names(&till, "maria gomez"),
        ["María Gómez", "María Fernanda Gómez Ruiz"]
    );
    assert_eq!(
        names(&till, "maria")[..2],
        ["María Fernanda Gómez Ruiz", "María Gómez"]
    );
    assert_eq!(names(&till, "ana")[0], "Ana");
    let exact = till
        .ledger
        .read(|connection| customer::search(connection, "CARD-0003", 8))
        .expect("a search");
    assert!(exact.len() == 1 && exact[0].exact);
    let exact = till
        .ledger
        .read(|connection| customer::search(connection, "3007778899", 8))
        .expect("a search");
    assert!(exact.len() == 1 && exact[0].exact);
    assert_eq!(exact[0].last_visit_ms, Some(5_000));
}

#[test]
fn what_nobody_is_called_finds_nobody() {
    let till = shop();
    for text in [
        "",
        "   ",
        "zzzzzzz",
        "\0",
        "\"",
        "*",
        "00000000",
        "maria zzzz",
        "@",
        "-",
        "()",
    ] {
        assert_eq!(names(&till, text), Vec::<String>::new(), "{text:?}");
    }
}

#[test]
fn a_changed_name_or_phone_is_found_and_the_old_one_is_not() {
    let till = shop();
    let mut changed = profile(4, "Camilo Casas", "3990001122");
    changed.hlc = 9;
    apply(&till.ledger, vec![Row::Customer(changed)]);
    for (text, expected) in [
        ("alberto", 0),
        ("gonzalez", 0),
        ("3204445566", 0),
        ("casas", 1),
        ("3990001122", 1),
    ] {
        assert_eq!(names(&till, text).len(), expected, "{text}");
    }
    till.ledger
        .transact(rebuild::projections)
        .expect("a rebuild");
    for (text, expected) in [
        ("alberto", 0),
        ("casas", 1),
        ("3990001122", 1),
        ("csaas", 1),
    ] {
        assert_eq!(names(&till, text).len(), expected, "{text} after a rebuild");
    }
}

#[test]
fn the_latest_visitor_among_many_of_one_name_comes_first() {
    let till = Counter::enrolled();
    let many = (0..1_000).map(|number| Row::Customer(profile(number, "Juan García", "")));
    apply(
        &till.ledger,
        many.chain([visited(3, 9_000), visited(500, 8_000)])
            .collect(),
    );
    let found = till
        .ledger
        .read(|connection| customer::search(connection, "garcia juan", 8))
        .expect("a search");
    assert_eq!(found.len(), 8);
    assert_eq!(found[0].customer.id, customer_id(3));
    assert_eq!(found[1].customer.id, customer_id(500));
}

fn goods(id: &str, sku: &str, barcode: Option<&str>, name: &str) -> Row {
    Row::Product(Product {
        id: id.to_owned(),
        sku: sku.to_owned(),
        barcode: barcode.map(str::to_owned),
        name: name.to_owned(),
        unit_price: 4_500,
        categories: Vec::new(),
        partner: None,
        floor: 0,
        discountable: true,
        earns_points: true,
        active: id != "gone",
    })
}

fn catalogue() -> Counter {
    let till = Counter::enrolled();
    let rows = vec![
        goods(
            "latte",
            "CAF-LAT",
            Some("7701234567890"),
            "Café Latte 12 oz",
        ),
        goods("tinto", "CAF-TIN", None, "Tinto campesino"),
        goods("pan", "PAN-01", None, "Pan de bono"),
        goods("tour", "NAU-77", None, "Tour Islas del Rosario"),
        goods("gone", "OLD-1", Some("111222333"), "Café descontinuado"),
    ];
    apply(&till.ledger, rows);
    till
}

#[test]
fn products_are_found_by_name_code_and_with_slips() {
    let till = catalogue();
    let first = |text: &str| {
        let found = till
            .ledger
            .read(|connection| product::search(connection, text, 8));
        found
            .expect("a search")
            .first()
            .map(|found| (found.product.id.clone(), found.exact))
    };
    let cases = [
        ("latte", Some(("latte", false))),
        ("cafe lat", Some(("latte", false))),
        ("lattte", Some(("latte", false))),
        ("islas", Some(("tour", false))),
        ("rosrio", Some(("tour", false))),
        ("pan de bono", Some(("pan", true))),
        ("tour isl", Some(("tour", false))),
        ("pa", Some(("pan", false))),
        ("nau-77", Some(("tour", true))),
        ("7701234567890", Some(("latte", true))),
        ("descontinuado", None),
        ("111222333", None),
        ("\"*", None),
        ("", None),
    ];
    for (text, expected) in cases {
        let expected = expected.map(|(id, exact): (&str, bool)| (id.to_owned(), exact));
        assert_eq!(first(text), expected, "{text:?}");
    }
    let get = |code: &str| {
        till.ledger
            .read(|connection| product::by_code(connection, code))
            .expect("a read")
    };
    assert_eq!(
        get("caf-tin").map(|product| product.id).as_deref(),
        Some("tinto")
    );
    assert_eq!(get("CAF"), None);
    let gone = till
        .ledger
        .read(|connection| product::get(connection, "gone"))
        .expect("a read");
    assert!(gone.is_some_and(|product| !product.active));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_a_name_and_can_be_asked_for(texts in proptest::collection::vec(".{0,40}", 1..20)) {
        let till = Counter::enrolled();
        let rows = (0..).zip(&texts).map(|(number, text)| Row::Customer(profile(number, text, text)));
        apply(&till.ledger, rows.collect());
        let named: Vec<Row> = (0..).zip(&texts).map(|(number, text): (u32, _)| goods(&number.to_string(), text, None, text)).collect();
        apply(&till.ledger, named);
        for text in texts.iter().map(String::as_str).chain(["\"", "*", "\0", "a*", "\"a", "a AND", "NEAR(", "-", "x:y"]) {
            let outcome: Result<(), Error> = till.ledger.read(|connection| {
                customer::search(connection, text, 8)?;
                product::search(connection, text, 8)?;
                product::by_code(connection, text)?;
                customer::by_card(connection, text)?;
                Ok(())
            });
            prop_assert!(outcome.is_ok(), "{text:?}: {outcome:?}");
        }
        till.ledger.transact(rebuild::projections).expect("a rebuild");
    }

    #[test]
    fn a_whole_name_always_finds_its_bearer(first in "[a-zñáéíóú]{2,12}", last in "[a-zñáéíóú]{2,12}") {
        let till = shop();
        let name = format!("{first} {last}");
        apply(&till.ledger, vec![Row::Customer(profile(77, &name, ""))]);
        let found = names(&till, &name.to_uppercase());
        prop_assert_eq!(found.first(), Some(&name));
    }
}

#[test]
fn a_product_that_begins_as_typed_comes_before_one_that_holds_it() {
    let till = Counter::enrolled();
    apply(
        &till.ledger,
        vec![
            goods("chai", "TEA-005", None, "Chai latte"),
            goods("latte", "CAF-007", None, "Latte 12 oz"),
        ],
    );
    let found = till
        .ledger
        .read(|connection| product::search(connection, "latte", 8));
    let ids: Vec<String> = found
        .expect("a search")
        .into_iter()
        .map(|found| found.product.id)
        .collect();
    assert_eq!(ids, ["latte", "chai"]);
}

#[test]
fn among_equals_a_name_that_begins_as_typed_comes_first() {
    let till = Counter::enrolled();
    let customers = [
        profile(1, "Sofía Velázquez", ""),
        profile(2, "Ana Sofía Garza", ""),
    ];
    apply(
        &till.ledger,
        customers.into_iter().map(Row::Customer).collect(),
    );
    assert_eq!(
        names(&till, "sofia"),
        ["Sofía Velázquez", "Ana Sofía Garza"]
    );
    apply(&till.ledger, vec![visited(2, 1_000)]);
    assert_eq!(
        names(&till, "sofia"),
        ["Ana Sofía Garza", "Sofía Velázquez"],
        "who comes is more likely to stand there"
    );
}
