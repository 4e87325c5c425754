//! Whatever was in the basket: the entry that is written adds up.

use std::cell::{OnceCell, RefCell};

use mostrador_ledger as ledger;
use mostrador_protocol::entry::{Decoded, Payload, SaleCompleted};
use mostrador_protocol::program::{
    CodeDocument, FreeProductDocument, ProgramDocument, SpendTierDocument, StackingDocument,
    VariantDocument,
};
use proptest::prelude::*;

use crate::shop::{ANA, BRUNO, Shop, cash, tender};

thread_local! {
    static SHOP: OnceCell<Shop> = const { OnceCell::new() };
    /// What the sales of this thread had in them.
    static SEEN: RefCell<Seen> = const { RefCell::new(Seen { discounted: 0, several: 0, derived: 0, points: 0 }) };
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    discounted: usize,
    several: usize,
    derived: usize,
    points: usize,
}

/// The shop's program with a tier discount and every benefit.
fn everything(document: &mut ProgramDocument) {
    document.stacking = StackingDocument::Compounding;
    document.max_codes = 12;
    document.basket_cap_bp = 6_000;
    if let Some(tiers) = &mut document.tiers {
        for tier in &mut tiers.levels {
            tier.discount_bp = 333;
        }
    }
    let code = |text: &str| CodeDocument {
        text: text.to_owned(),
        stackable: true,
        ..CodeDocument::default()
    };
    let step = |from, fixed| SpendTierDocument {
        from,
        fixed: Some(fixed),
        percent_bp: None,
    };
    let variant = |text: &str, rate| VariantDocument {
        text: text.to_owned(),
        weight: 1,
        active: true,
        percent_bp: Some(rate),
        ..VariantDocument::default()
    };
    document.codes.extend([
        CodeDocument {
            fixed: Some(777),
            ..code("FIJO")
        },
        CodeDocument {
            percent_bp: Some(1_777),
            max_discount: Some(99_999),
            ..code("TOPE")
        },
        CodeDocument {
            spend_tiers: vec![step(1, 1), step(3_000_000, 123_457)],
            ..code("PASOS")
        },
        CodeDocument {
            free_product: Some(FreeProductDocument {
                product: "queso".to_owned(),
                units: 1,
            }),
            ..code("GRATIS")
        },
        CodeDocument {
            points_multiplier: Some("1.37".parse().expect("a factor")),
            ..code("PUNTOS")
        },
        CodeDocument {
            bonus_points: Some(25),
            ..code("REGALO")
        },
        CodeDocument {
            percent_bp: Some(500),
            variants: vec![variant("PRUEBAA", 1_234), variant("PRUEBAB", 321)],
            ..code("PRUEBA")
        },
    ]);
}

const CODES: [&str; 15] = [
    "CARLOSVIP",
    "VERANO10",
    "EXTRA10",
    "MITAD",
    "UNAVEZ",
    "VIEJO",
    "FIJO",
    "TOPE",
    "PASOS",
    "GRATIS",
    "PUNTOS",
    "REGALO",
    "PRUEBA",
    "PRUEBAA",
    "NADA",
];

#[derive(Debug, Clone)]
enum Line {
    Product(&'static str, String),
    Amount(i64, String),
}

fn line() -> impl Strategy<Value = Line> {
    let quantity = prop_oneof![
        (1..9_u32).prop_map(|pieces| pieces.to_string()),
        (1..5_000_u32).prop_map(|grams| format!("{}.{:03}", grams / 1_000, grams % 1_000)),
    ];
    let product = prop::sample::select(vec!["lancha", "limonada", "queso"]);
    prop_oneof![
        4 => (product, quantity).prop_map(|(id, quantity)| Line::Product(id, quantity)),
        1 => (1..5_000_000_i64, "[a-z]{0,9}").prop_map(|(amount, note)| Line::Amount(amount, note)),
    ]
}

/// The sale in the entry that was written last, read from its bytes.
fn last_sale(shop: &Shop) -> SaleCompleted {
    let raw = shop.till.ledger().read(|connection| {
        let head = ledger::stream::head(connection)?.expect("a stream");
        ledger::entry::at(connection, head.stream, head.seq)
    });
    let raw = raw.expect("read").expect("an entry");
    let header = raw.header().expect("a header");
    match raw.payload(&header).expect("a payload") {
        Decoded::Known(Payload::SaleCompleted(sale)) => *sale,
        other => panic!("not a sale: {other:?}"),
    }
}

fn count(sale: &SaleCompleted) {
    SEEN.with_borrow_mut(|seen| {
        seen.discounted += usize::from(sale.discount > 0);
        seen.several += usize::from(sale.codes.iter().filter(|code| code.amount > 0).count() > 1);
        seen.derived += usize::from(
            sale.codes
                .iter()
                .any(|code| code.text.starts_with("PRUEBA")),
        );
        seen.points += usize::from(sale.points.as_ref().is_some_and(|points| points.earned > 0));
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    fn every_sale(
        lines in prop::collection::vec(line(), 1..6),
        codes in prop::collection::vec(prop::sample::select(CODES.to_vec()), 0..10),
        customer in prop::option::of(prop::sample::select(vec![ANA, BRUNO])),
        split in 0..100_i64,
        takes_the_best in any::<bool>(),
    ) {
        SHOP.with(|shop| {
            let shop = shop.get_or_init(|| Shop::open_with(everything));
            let till = &shop.till;
            till.clear_basket().expect("cleared");
            if let Some(customer) = customer {
                till.set_customer(&customer.to_string()).expect("identified");
            }
            for line in &lines {
                let added = match line {
                    Line::Product(id, quantity) => till.add_product(id, quantity),
                    Line::Amount(amount, note) => till.add_amount(*amount, note),
                };
                added.expect("added");
            }
            for code in &codes {
                till.apply_code(code).expect("scanned");
            }
            if takes_the_best {
                till.use_best_set().expect("taken");
            }
            let seen = till.counter().expect("a counter");
            let by_card = seen.total * split / 100;
            let by_cash = seen.total - by_card + i64::from(seen.total > 0);
            let tenders = [tender("card", by_card), cash(by_cash)];
            let tenders: Vec<_> = tenders.into_iter().filter(|tender| tender.amount > 0).collect();
            let receipt = till.pay(&tenders, seen.total).expect("paid");
            let sale = last_sale(shop);
            prop_assert_eq!(sale.check(), Ok(()));
            prop_assert_eq!(sale.sale_id.to_string(), receipt.sale_id);
            prop_assert_eq!((sale.gross, sale.discount, sale.total), (seen.gross, seen.discount, seen.total));
            count(&sale);
            Ok(())
        })?;
    }
}

#[test]
fn the_entry_of_any_sale_adds_up() {
    every_sale();
    let seen = SEEN.with_borrow(|seen| *seen);
    let least = [seen.discounted, seen.several, seen.derived, seen.points];
    assert!(least.iter().all(|count| *count >= 15), "{seen:?}");
}
