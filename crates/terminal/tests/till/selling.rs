//! Baskets, payment and receipts.

use expect_test::expect;
use mostrador_ledger as ledger;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::row::{Product, Row};
use mostrador_terminal::view::{Language, TypedTender};
use mostrador_terminal::{SaleRequest, SaleRequestLine};
use rust_decimal::Decimal;

use crate::server::Line;
use crate::shop::{ANA, BRUNO, MORNING_MS, Shop, cash, tender, trouble};

#[test]
fn a_sale_prints_what_it_gave_and_how_its_points_came_about() {
    let shop = Shop::open();
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    shop.till.add_product("lancha", "1").expect("added");
    shop.till.add_product("queso", "0,250").expect("added");
    shop.till.add_amount(500_000, "Propina 😀").expect("added");
    shop.till.apply_code("verano10").expect("scanned");
    shop.till.apply_code("extra10").expect("scanned");
    let view = shop.till.apply_code("carlosvip").expect("scanned");
    assert_eq!(view.points.as_ref().map(|points| points.earn), Some(187));
    let receipt = shop
        .till
        .pay(&[cash(12_000_000)], view.total)
        .expect("paid");
    let number = &receipt.receipt;
    let text = receipt.text.replace(number, "CAJA1-XX00002");
    expect![[r"
                          LIVEX
                        Cartagena
        Comprobante CAJA1-XX00002
        01/03/2025 10:00
        Atiende: Rosa Ibarra
        Cliente: Ana Peña
        ------------------------------------------
        Paseo en lancha
          1 × $ 120.000                  $ 120.000
        Queso costeño
          0,25 × $ 20.000                  $ 5.000
        Propina 😀
          1 × $ 5.000                      $ 5.000
        ------------------------------------------
        Subtotal                         $ 130.000
        EXTRA10                          -$ 13.000
        VERANO10                         -$ 13.000
        CARLOSVIP
          Registra quién recomendó
        TOTAL                            $ 104.000
        Efectivo                         $ 120.000
        Cambio                            $ 16.000
        ------------------------------------------
    "]]
    .assert_eq(&text[..text.rfind("Puntos de esta").expect("points")]);
    expect![[r"
        Puntos de esta compra                  187
          1 por cada $ 1.000 sobre $ 104.000
          Primera compra × 1,5
          Fin de semana × 1,2
          Válidos hasta el 1 de marzo de 2026
        Saldo anterior                           0
        Saldo de puntos                        187
        Faltan 13 puntos para Oro
        ------------------------------------------
            Este comprobante no es una factura
                  Gracias por su compra
    "]]
    .assert_eq(&text[text.rfind("Puntos de esta").expect("points")..]);
    assert!(text.lines().all(|line| line.chars().count() <= 42));
    assert!(!text.contains('\u{a0}'), "paper has plain spaces only");
    assert_eq!((receipt.change, receipt.balance), (1_600_000, Some(187)));
    let counter = shop.till.counter().expect("a counter");
    assert!(
        counter.lines.is_empty() && counter.customer.is_none(),
        "ready for the next"
    );

    let copy = shop.till.receipt(&receipt.sale_id).expect("again");
    assert!(copy.text.contains("COPIA"));
    shop.till.set_language(Language::En).expect("set");
    let copy = shop.till.receipt(&receipt.sale_id).expect("again");
    assert!(
        copy.text
            .contains("EXTRA10                           -$13,000"),
        "{}",
        copy.text
    );
    let unknown = shop.till.receipt("no such sale");
    assert_eq!(trouble(unknown).0, "unknown_sale");
}

#[test]
fn payment_refuses_what_does_not_pay_and_keeps_the_basket() {
    let shop = Shop::open();
    assert_eq!(trouble(shop.till.pay(&[cash(1)], 0)).0, "empty_basket");
    let total = shop.till.add_product("queso", "").expect("added").total;
    for (tenders, seen, expected) in [
        (vec![], total, "underpaid"),
        (vec![cash(total - 1)], total, "underpaid"),
        (vec![tender("card", total + 1)], total, "overpaid"),
        (vec![tender("cheque", total)], total, "unknown_tender"),
        (vec![cash(0)], total, "amount_zero"),
        (vec![cash(-5)], total, "amount_zero"),
        (vec![cash(i64::MAX)], total, "amount_too_large"),
        (vec![cash(total)], total - 1, "price_changed"),
    ] {
        assert_eq!(trouble(shop.till.pay(&tenders, seen)).0, expected);
    }
    assert_eq!(shop.till.counter().expect("a counter").lines.len(), 1);
    assert_eq!(shop.till.today().expect("figures").sales, 0);
    let paid = shop
        .till
        .pay(&[tender("card", 1_500_000), cash(1_000_000)], total);
    assert_eq!(paid.expect("paid").change, 500_000);
}

#[test]
fn a_total_that_changed_in_between_is_asked_again() {
    let shop = Shop::open();
    // Both tills of a customer: what is on screen was priced before her first purchase was known.
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    shop.till.add_product("queso", "").expect("added");
    let seen = shop.till.apply_code("unavez").expect("scanned").total;
    shop.till.park().expect("parked");
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    shop.till.add_product("limonada", "").expect("added");
    shop.till.apply_code("unavez").expect("scanned");
    shop.pay_cash();
    shop.till.recall().expect("recalled");
    let (code, message) = trouble(shop.till.pay(&[cash(seen)], seen));
    assert_eq!(code, "price_changed");
    assert_eq!(message, "El total cambió: ahora es $\u{a0}20.000.");
    assert_eq!(
        shop.till.counter().expect("a counter").lines.len(),
        1,
        "the basket stays"
    );
}

#[test]
fn what_is_typed_for_payment_is_read_once_and_pays_as_it_was_read() {
    let shop = Shop::open();
    shop.till.add_product("queso", "2").expect("added");
    let typed = |kind: &str, text: &str| TypedTender {
        kind: kind.to_owned(),
        text: text.to_owned(),
    };
    let card = shop.till.preview_tenders(&[], &typed("card", "15.000"));
    let card = card.expect("weighed");
    assert_eq!((card.given, card.missing), (1_500_000, 2_500_000));
    let all = shop
        .till
        .preview_tenders(&card.entered, &typed("cash", "$ 30'000"));
    let all = all.expect("weighed");
    assert_eq!((all.missing, all.change), (0, 500_000));
    let paid = shop.till.pay(&all.entered, all.total).expect("paid");
    assert_eq!(paid.change, 500_000);
    let cheque = shop
        .till
        .preview_tenders(&[tender("cheque", 1)], &typed("cash", ""));
    assert_eq!(trouble(cheque).0, "unknown_tender");
}

#[test]
fn lines_come_together_change_and_go() {
    let shop = Shop::open();
    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.add_product("queso", "1.5").expect("added");
    assert_eq!(
        (view.lines.len(), view.lines[0].quantity.as_str()),
        (1, "2.5")
    );
    assert_eq!(view.said, "1,5 × Queso costeño");
    shop.till.add_amount_text("12.000", "").expect("added");
    let view = shop.till.add_amount_text("12.000", "").expect("added");
    assert_eq!(view.lines.len(), 3, "open amounts stay apart");
    assert_eq!(view.lines[1].name, "Venta libre");
    let view = shop.till.set_quantity(0, "3").expect("set");
    assert_eq!(view.lines[0].gross, 6_000_000);
    let view = shop.till.set_quantity(0, "0").expect("removed");
    assert_eq!(view.lines.len(), 2);
    assert_eq!(trouble(shop.till.remove_line(2)).0, "unknown_line");
    assert_eq!(
        trouble(shop.till.set_quantity(0, "mucho")).0,
        "quantity_unreadable"
    );
    assert_eq!(
        trouble(shop.till.add_product("nada", "")).0,
        "unknown_product"
    );
    for (text, code) in [
        ("0", "amount_zero"),
        ("", "amount_zero"),
        ("999999999999999", "amount_too_large"),
        ("-5", "amount_unreadable"),
        ("doce mil", "amount_unreadable"),
        ("😀", "amount_unreadable"),
    ] {
        assert_eq!(
            trouble(shop.till.add_amount_text(text, "")).0,
            code,
            "{text}"
        );
    }
    assert_eq!(shop.till.clear_basket().expect("cleared").gross, 0);
    let (_, message) = trouble(shop.till.recall());
    assert_eq!(message, "No hay ventas apartadas.");
}

#[test]
fn a_parked_basket_survives_a_restart_and_changes_places_with_an_open_one() {
    let shop = Shop::open();
    shop.till
        .set_customer(&BRUNO.to_string())
        .expect("identified");
    shop.till.add_product("queso", "2").expect("added");
    shop.till.apply_code("verano10").expect("scanned");
    assert_eq!(shop.till.park().expect("parked").parked, 1);
    let shop = shop.restart();
    shop.till.unlock("1212").expect("in");
    shop.till.add_product("lancha", "").expect("added");
    let view = shop.till.recall().expect("recalled");
    assert_eq!(view.customer.expect("Bruno").name, "Bruno Díaz");
    assert_eq!(
        (view.lines[0].name.as_str(), view.codes.len()),
        ("Queso costeño", 1)
    );
    assert_eq!(view.parked, 1, "the boat trip waits now");
    let view = shop.till.recall().expect("recalled");
    assert_eq!(view.lines[0].name, "Paseo en lancha");
}

#[test]
fn a_parked_basket_that_cannot_be_read_stays_parked_and_hides_no_other() {
    let shop = Shop::open();
    let of_later = ledger::parked::Parked {
        id: uuid::Uuid::from_u128(7),
        parked_at_ms: 0,
        cashier_id: uuid::Uuid::from_u128(1),
        label: String::new(),
        body: r#"{"lines": "of a later version"}"#.to_owned(),
    };
    shop.till
        .ledger()
        .transact(|tx| ledger::parked::put(tx, &of_later))
        .expect("parked");
    assert_eq!(trouble(shop.till.recall()).0, "parked_unreadable");
    shop.till.add_product("queso", "").expect("added");
    assert_eq!(trouble(shop.till.recall()).0, "parked_unreadable");
    let view = shop.till.counter().expect("a counter");
    assert_eq!((view.lines.len(), view.parked), (1, 1), "nothing is lost");
    assert_eq!(shop.till.park().expect("parked").parked, 2);
    let view = shop.till.recall().expect("recalled");
    assert_eq!((view.lines.len(), view.parked), (1, 1));
}

#[test]
fn recalling_again_and_again_shows_every_parked_basket() {
    let shop = Shop::open();
    for product in ["queso", "limonada"] {
        shop.till.add_product(product, "").expect("added");
        shop.till.park().expect("parked");
        shop.clock.advance_ms(1_000);
    }
    shop.till.add_product("lancha", "").expect("added");
    let mut seen = Vec::new();
    for _ in 0..4 {
        let view = shop.till.recall().expect("recalled");
        seen.push(view.lines[0].sku.clone());
        shop.clock.advance_ms(1_000);
    }
    assert_eq!(seen, ["LX-003", "LX-002", "LX-001", "LX-003"]);
}

#[test]
fn a_reference_is_sold_once_whatever_the_time() {
    let shop = Shop::open();
    shop.till.lock();
    shop.server.set_line(Line::Cut);
    let request = SaleRequest {
        reference: "B-1".to_owned(),
        at_ms: MORNING_MS + 60_000,
        cashier: None,
        customer: Some(ANA),
        lines: vec![SaleRequestLine {
            product: "queso".to_owned(),
            quantity: Decimal::TWO,
            unit_price: Some(1_000_000),
        }],
        codes: vec!["verano10".to_owned(), "viejo".to_owned()],
    };
    let first = shop.till.sell(&request).expect("sold");
    assert_eq!((first.repeated, first.sale.total), (false, 1_800_000));
    assert_eq!(first.sale.local_time.to_string(), "2025-03-01 10:01:00");
    assert_eq!(first.sale.refused[0].refusal, "expired");
    let again = shop.till.sell(&request).expect("answered");
    assert!(again.repeated);
    assert_eq!(again.sale, first.sale);
    let nameless = SaleRequest {
        reference: " ".to_owned(),
        ..request
    };
    assert_eq!(trouble(shop.till.sell(&nameless)).0, "reference_empty");
}

#[test]
fn a_sale_in_one_call_has_no_more_codes_than_a_basket_remembers() {
    let shop = Shop::open();
    let request = |codes: usize| SaleRequest {
        reference: format!("B-{codes}"),
        at_ms: MORNING_MS + 60_000,
        cashier: None,
        customer: None,
        lines: vec![SaleRequestLine {
            product: "queso".to_owned(),
            quantity: Decimal::ONE,
            unit_price: None,
        }],
        codes: (0..codes).map(|number| format!("none{number}")).collect(),
    };
    let refused = trouble(shop.till.sell(&request(21)));
    assert_eq!(refused.0, "too_many_codes");
    assert!(refused.1.contains("20"), "{refused:?}");
    let sold = shop.till.sell(&request(20)).expect("sold");
    assert_eq!(sold.sale.refused.len(), 20);
}

#[test]
fn a_sale_in_one_call_is_refused_where_a_screen_would_refuse_it() {
    let shop = Shop::open();
    shop.server.publish([Row::Product(Product {
        id: "viejo".to_owned(),
        sku: "LX-009".to_owned(),
        name: "Ya no se vende".to_owned(),
        unit_price: 100,
        active: false,
        barcode: None,
        categories: Vec::new(),
        partner: None,
        floor: 0,
        discountable: true,
        earns_points: true,
    })]);
    shop.till.sync_now().expect("a view");
    shop.until("the product is here", |till| {
        let found = till
            .ledger()
            .read(|look| ledger::product::get(look, "viejo"));
        found.is_ok_and(|product| product.is_some())
    });
    let line = |product: &str, quantity: i64, unit_price| SaleRequestLine {
        product: product.to_owned(),
        quantity: Decimal::from(quantity),
        unit_price,
    };
    let sell = |line, customer| {
        shop.till.sell(&SaleRequest {
            reference: "B-3".to_owned(),
            at_ms: MORNING_MS,
            cashier: None,
            customer,
            lines: vec![line],
            codes: Vec::new(),
        })
    };
    let stranger = Some(uuid::Uuid::from_u128(0xe));
    for (line, customer, code) in [
        (line("queso", 1, Some(-1)), None, "price_negative"),
        (line("queso", 0, None), None, "quantity_zero"),
        (line("queso", -1, None), None, "quantity_unreadable"),
        (line("viejo", 1, None), None, "product_inactive"),
        (line("nada", 1, None), None, "unknown_product"),
        (line("queso", 1, None), stranger, "unknown_customer"),
    ] {
        assert_eq!(trouble(sell(line, customer)).0, code);
    }
    let gift = sell(line("queso", 1, Some(0)), Some(ANA)).expect("sold");
    assert!(!gift.repeated && gift.sale.total == 0);
}

#[test]
fn a_customer_whose_profile_is_gone_still_buys() {
    let shop = Shop::open();
    let stranger = uuid::Uuid::from_u128(0xe);
    let account = AccountDocument {
        purchases: 2,
        ..AccountDocument::default()
    };
    shop.tell(stranger, account);
    shop.till.add_product("queso", "").expect("added");
    let (code, _) = trouble(shop.till.set_customer(&stranger.to_string()));
    assert_eq!(code, "unknown_customer");
    let request = SaleRequest {
        reference: "B-2".to_owned(),
        at_ms: MORNING_MS,
        cashier: None,
        customer: Some(stranger),
        lines: vec![SaleRequestLine {
            product: "queso".to_owned(),
            quantity: Decimal::ONE,
            unit_price: None,
        }],
        codes: Vec::new(),
    };
    let sold = shop.till.sell(&request).expect("sold").sale;
    let receipt = shop
        .till
        .receipt(&sold.sale_id.to_string())
        .expect("printed");
    assert!(
        receipt.text.contains("Cliente: Cliente sin perfil"),
        "{}",
        receipt.text
    );
    assert_eq!(receipt.balance, Some(24));
}
