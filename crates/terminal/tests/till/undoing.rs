//! Refunds and voids at the counter.

use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::program::{ReasonDocument, RefundsDocument};
use mostrador_protocol::row::Row;
use mostrador_terminal::view::{
    BoxReading, ReceiptKind, RefundInput, RefundView, UndoEffect, VoidInput,
};

use crate::points_shop::lot;
use crate::shop::{ANA, Shop, cash, tender, trouble};

const CASHIER: &str = "1212";
const MANAGER: &str = "8080";

/// Three lemonades and a boat to Ana, with a code; its number.
fn sell(shop: &Shop) -> String {
    let till = &shop.till;
    till.set_customer(&ANA.to_string()).expect("Ana");
    till.add_product("limonada", "3").expect("lemonades");
    till.add_product("lancha", "1").expect("a boat");
    till.apply_code("VERANO10").expect("a code");
    shop.pay_cash().receipt
}

/// What is chosen, with what the screen shows for it.
fn choice(shop: &Shop, lines: &[&str]) -> RefundInput {
    let mut input = RefundInput {
        lines: lines.iter().map(|text| (*text).to_owned()).collect(),
        note: "se arrepintió".to_owned(),
        ..RefundInput::default()
    };
    input.seen = shop.till.preview_refund(&input).expect("a preview").value;
    input
}

fn sentences(effects: &[UndoEffect]) -> String {
    let said = effects.iter().map(|effect| effect.sentence.as_str());
    said.collect::<Vec<_>>().join("\n")
}

fn money(view: &RefundView) -> Vec<i64> {
    view.lines.iter().map(|line| line.money).collect()
}

#[test]
fn parts_of_a_sale_come_back_one_after_the_other_exact_to_the_cent() {
    let shop = Shop::open();
    let number = sell(&shop);
    let till = &shop.till;
    let view = till.find_sale(&number.to_lowercase()).expect("found");
    assert_eq!(view.sale.customer.as_deref(), Some("Ana Peña"));
    assert_eq!(view.sale.total, 14_040_000);
    let earned = till.today().expect("figures").points;

    let mut given = Vec::new();
    for _ in 0..3 {
        till.find_sale(&number).expect("found");
        let input = choice(&shop, &["1"]);
        given.push(input.seen);
        let receipt = till.refund(&input, MANAGER).expect("given back");
        assert_eq!(receipt.kind, ReceiptKind::Refund);
        assert!(receipt.text.contains(&number), "{}", receipt.text);
    }
    assert_eq!(given.iter().sum::<i64>(), 3_240_000);

    let view = till.find_sale(&number).expect("found");
    assert_eq!((view.lines[0].left.as_str(), view.earlier.len()), ("0", 3));
    let again = choice(&shop, &["1"]);
    let view = till.preview_refund(&again).expect("a view");
    assert!(
        view.lines[0].trouble.starts_with("Ya se devolvió 1 el"),
        "{view:?}"
    );
    let (code, said) = trouble(till.refund(&again, MANAGER));
    assert_eq!(code, "already_returned");
    assert!(said.contains("01/03/2025 10:00"), "{said}");

    let last = choice(&shop, &["", "1"]);
    till.refund(&last, MANAGER).expect("the rest");
    let today = till.today().expect("figures");
    assert_eq!(
        (today.total, today.refunded, today.net),
        (14_040_000, 14_040_000, 0)
    );
    assert_eq!((today.refunds, today.points), (4, 0));
    assert!(earned > 0);
    assert_eq!(today.tenders[0].amount, 0);
    assert_eq!(today.recent[4].undone, "devuelta");
    let view = till.find_sale(&number).expect("found");
    assert!(
        view.refusal.starts_with("Todo lo de esta venta"),
        "{}",
        view.refusal
    );
}

#[test]
fn the_preview_says_what_follows_and_records_nothing() {
    let shop = Shop::open();
    let number = sell(&shop);
    let till = &shop.till;
    shop.settle();
    let before = shop.server.entries();
    let view = till.find_sale(&number).expect("found");
    assert_eq!((view.value, view.missing.is_empty()), (0, false));

    let part = choice(&shop, &["2", ""]);
    let view = till.preview_refund(&part).expect("a view");
    assert_eq!(money(&view), [2_160_000, 0]);
    assert_eq!(view.tenders[0].kind, "cash");
    let said = sentences(&view.effects);
    // 140.400 pesos at a point for each thousand, on a Saturday and a first purchase: 252 points.
    assert!(said.contains("Se retiran 38 de los 252 puntos"), "{said}");
    assert!(said.contains("VERANO10 sigue usado: queda parte"), "{said}");
    assert!(said.contains("Saldo después: 214 puntos"), "{said}");

    let all = till
        .preview_refund(&choice(&shop, &["3", "1"]))
        .expect("a view");
    let said = sentences(&all.effects);
    assert!(said.contains("solo vuelve si la venta se anula"), "{said}");
    shop.settle();
    assert_eq!(shop.server.entries(), before);
}

/// A shop where 20.000 pesos go back by a manager only, and for a reason that the program has.
fn strict() -> Shop {
    Shop::open_with(|program| {
        program.refunds = Some(RefundsDocument {
            approval_from: 2_000_000,
            reasons: vec![ReasonDocument {
                slug: "late".to_owned(),
                es: "Tarde".to_owned(),
                en: None,
            }],
            ..RefundsDocument::default()
        });
    })
}

#[test]
fn a_cashier_needs_a_manager_and_a_reason_and_a_manager_needs_a_reason() {
    let shop = strict();
    let number = sell(&shop);
    let till = &shop.till;
    till.find_sale(&number).expect("found");
    let small = RefundInput {
        note: String::new(),
        ..choice(&shop, &["1"])
    };
    assert_eq!(trouble(till.refund(&small, "")).0, "reason_needed");
    let named = RefundInput {
        reason: "late".to_owned(),
        ..small.clone()
    };
    let view = till.preview_refund(&named).expect("a view");
    assert_eq!((view.approval.as_str(), view.missing.as_str()), ("", ""));
    let receipt = till.refund(&named, "").expect("below the amount");
    assert!(receipt.text.contains("Motivo: Tarde"), "{}", receipt.text);

    till.find_sale(&number).expect("found");
    let large = RefundInput {
        reason: "late".to_owned(),
        ..choice(&shop, &["2"])
    };
    assert!(
        !till
            .preview_refund(&large)
            .expect("a view")
            .approval
            .is_empty()
    );
    assert_eq!(trouble(till.refund(&large, "")).0, "approval_needed");
    assert_eq!(trouble(till.refund(&large, CASHIER)).0, "not_a_manager");
    assert_eq!(trouble(till.refund(&large, "9999")).0, "pin_wrong");
    till.refund(&large, MANAGER).expect("approved");
    till.unlock(MANAGER).expect("the manager is at work");
    till.find_sale(&number).expect("found");
    let boat = RefundInput {
        reason: "late".to_owned(),
        ..choice(&shop, &["", "1"])
    };
    till.refund(&boat, "").expect("by herself");
    let gone = RefundInput {
        reason: "gone".to_owned(),
        ..boat
    };
    assert_eq!(trouble(till.refund(&gone, "")).0, "unknown_sale");
}

#[test]
fn an_amount_that_is_not_on_the_screen_is_not_given() {
    let shop = Shop::open();
    let number = sell(&shop);
    shop.till.find_sale(&number).expect("found");
    let seen = choice(&shop, &["1"]);
    let other = RefundInput {
        lines: vec!["2".to_owned()],
        ..seen
    };
    assert_eq!(
        trouble(shop.till.refund(&other, MANAGER)).0,
        "refund_changed"
    );
}

#[test]
fn a_gift_card_is_not_turned_into_money() {
    let shop = Shop::open();
    let till = &shop.till;
    till.unlock(MANAGER).expect("the manager");
    till.add_product("limonada", "2").expect("lemonades");
    let tenders = [tender("gift_card", 1_500_000), cash(1_000_000)];
    let number = till.pay(&tenders, 2_400_000).expect("paid").receipt;
    let view = till.find_sale(&number).expect("found");
    assert_eq!(view.kinds, ["cash", "gift_card"]);
    assert_eq!(view.kind, "gift_card", "it paid most");
    let by = |kind: &str, units: &str| RefundInput {
        tender: kind.to_owned(),
        ..choice(&shop, &[units])
    };
    let (code, _) = trouble(till.preview_refund(&by("card", "1")));
    assert_eq!(code, "unknown_tender", "no card paid");
    // 9,000 were paid in cash, and a lemonade costs 12,000.
    let view = till.preview_refund(&by("cash", "1")).expect("a view");
    assert!(
        view.missing
            .contains("pueden volver como máximo $\u{a0}9.000"),
        "{}",
        view.missing
    );
    assert_eq!(
        trouble(till.refund(&by("cash", "1"), "")).0,
        "gift_card_paid"
    );
    let half = till.refund(&by("cash", "0,5"), "").expect("given back");
    assert_eq!(half.total, 600_000);
    till.find_sale(&number).expect("found");
    assert_eq!(
        trouble(till.refund(&by("cash", "0,5"), "")).0,
        "gift_card_paid"
    );
    let rest = till
        .refund(&by("gift_card", "1,5"), "")
        .expect("given back");
    assert!(rest.text.contains("Tarjeta de regalo"), "{}", rest.text);

    let number = sell(&shop);
    let view = till.find_sale(&number).expect("found");
    assert_eq!(view.kinds, ["cash", "card", "transfer"]);
}

#[test]
fn the_last_sale_is_voided_once_with_everything_it_did() {
    let shop = Shop::open();
    let till = &shop.till;
    assert_eq!(trouble(till.offer_void()).0, "nothing_to_void");
    till.set_customer(&ANA.to_string()).expect("Ana");
    till.add_product("limonada", "1").expect("a lemonade");
    till.apply_code("UNAVEZ").expect("a code");
    shop.pay_cash();
    let offer = till.offer_void().expect("an offer");
    assert_eq!(offer.refusal, "");
    assert!(sentences(&offer.effects).contains("UNAVEZ se puede usar otra vez"));
    let input = VoidInput {
        sale_id: offer.sale.id,
        ..VoidInput::default()
    };
    let receipt = till.void_sale(&input, MANAGER).expect("voided");
    assert_eq!(receipt.kind, ReceiptKind::Void);
    assert_eq!(receipt.balance, Some(0));
    assert_eq!(trouble(till.void_sale(&input, "")).0, "sale_voided");
    let copy = till.receipt(&receipt.sale_id).expect("a copy");
    assert!(copy.text.contains("COPIA"), "{}", copy.text);

    let today = till.today().expect("figures");
    assert_eq!((today.sales, today.voids, today.net), (1, 1, 0));
    assert!(today.codes.is_empty(), "{:?}", today.codes);
    // The code may be used once by a customer: it is free again, and the purchase is the first again.
    till.set_customer(&ANA.to_string()).expect("Ana");
    till.add_product("limonada", "1").expect("a lemonade");
    let counter = till.apply_code("UNAVEZ").expect("a code");
    assert_eq!((counter.codes.len(), counter.refused.len()), (1, 0));
    let card = counter.customer.expect("Ana");
    assert_eq!((card.purchases, card.balance), (0, 0));
}

#[test]
fn a_void_is_no_way_round_a_managers_limit_and_takes_a_reason() {
    let shop = strict();
    let till = &shop.till;
    till.add_product("limonada", "1").expect("a lemonade");
    shop.pay_cash();
    let small = till.offer_void().expect("an offer");
    assert!(small.sale.total < 2_000_000 && small.approval.is_empty());
    let mut input = VoidInput {
        sale_id: small.sale.id,
        ..VoidInput::default()
    };
    assert_eq!(trouble(till.void_sale(&input, "")).0, "reason_needed");
    input.reason = "late".to_owned();
    till.void_sale(&input, "").expect("below the limit");

    sell(&shop);
    let large = till.offer_void().expect("an offer");
    assert!(large.sale.total >= 2_000_000 && !large.approval.is_empty());
    input.sale_id = large.sale.id;
    assert_eq!(trouble(till.void_sale(&input, "")).0, "approval_needed");
    assert_eq!(trouble(till.void_sale(&input, CASHIER)).0, "not_a_manager");
    till.void_sale(&input, MANAGER).expect("approved");
}

#[test]
fn a_sale_of_yesterday_of_somebody_else_or_returned_in_part_is_not_simply_voided() {
    let shop = Shop::open();
    let till = &shop.till;
    let number = sell(&shop);
    let offer = till.offer_void().expect("an offer");
    let input = VoidInput {
        sale_id: offer.sale.id,
        ..VoidInput::default()
    };
    till.unlock(MANAGER).expect("the manager");
    till.set_customer(&ANA.to_string()).expect("Ana");
    till.add_product("queso", "1").expect("a cheese");
    shop.pay_cash();
    assert_eq!(trouble(till.void_sale(&input, "")).0, "not_the_last_sale");
    till.unlock(CASHIER).expect("the cashier");
    let offer = till.offer_void().expect("an offer");
    assert!(!offer.approval.is_empty(), "the manager sold it");
    let input = VoidInput {
        sale_id: offer.sale.id,
        ..VoidInput::default()
    };
    assert_eq!(trouble(till.void_sale(&input, "")).0, "approval_needed");

    // The server's clock stands still; nobody hears of it.
    shop.stop();
    shop.clock.advance_ms(24 * 3_600_000);
    let late = till.offer_void().expect("an offer");
    assert!(
        late.refusal.contains("solo se anula el mismo día"),
        "{late:?}"
    );
    assert_eq!(trouble(till.void_sale(&input, MANAGER)).0, "void_too_late");
    till.find_sale(&number).expect("found");
    till.refund(&choice(&shop, &["1"]), MANAGER)
        .expect("a refund of the day after");
}

#[test]
fn a_step_of_the_basket_is_taken_back_and_looking_is_no_step() {
    let shop = Shop::open();
    let till = &shop.till;
    assert!(!till.counter().expect("a counter").can_undo);
    till.add_product("limonada", "1").expect("a lemonade");
    till.apply_code("VERANO10").expect("a code");
    till.set_quantity(0, "5").expect("five");
    till.counter().expect("a look");
    assert_eq!(till.undo_step().expect("back").lines[0].quantity, "1");
    assert!(till.undo_step().expect("back").codes.is_empty());
    till.clear_basket().expect("cleared");
    let back = till.undo_step().expect("back");
    assert_eq!((back.lines.len(), back.can_undo), (1, true));
    let empty = till.undo_step().expect("back");
    assert_eq!((empty.lines.len(), empty.can_undo), (0, false));
    assert_eq!(trouble(till.undo_step()).0, "nothing_to_undo");
    till.add_product("limonada", "1").expect("a lemonade");
    shop.pay_cash();
    assert!(
        !till.counter().expect("a counter").can_undo,
        "a sale is voided, not undone"
    );
}

#[test]
fn the_box_knows_the_number_of_a_sale() {
    let shop = Shop::open();
    let number = sell(&shop);
    let read = |text: &str| shop.till.read_box(text).expect("a reading");
    let BoxReading::Receipt {
        number: read_number,
        here: true,
        sentence,
    } = read(&number)
    else {
        panic!("{:?}", read(&number))
    };
    assert_eq!(read_number, number);
    assert!(sentence.contains("140.400"), "{sentence}");
    let elsewhere = read("caja9-7k00012");
    assert!(
        matches!(elsewhere, BoxReading::Receipt { here: false, .. }),
        "{elsewhere:?}"
    );
    assert_eq!(
        trouble(shop.till.find_sale("CAJA9-7K00012")).0,
        "unknown_sale"
    );
    assert_eq!(trouble(shop.till.find_sale("¿?")).0, "receipt_unreadable");
}

#[test]
fn money_goes_back_as_most_of_it_was_paid_unless_another_way_is_asked_for() {
    let shop = Shop::open();
    let till = &shop.till;
    till.add_product("queso", "1").expect("a cheese");
    let paid = [tender("card", 1_500_000), cash(1_000_000)];
    let number = till.pay(&paid, 2_000_000).expect("paid").receipt;
    let view = till.find_sale(&number).expect("found");
    assert_eq!(view.kind, "card");
    let kept: Vec<i64> = view
        .sale
        .tenders
        .iter()
        .map(|tender| tender.amount)
        .collect();
    assert_eq!(kept, [500_000, 1_500_000]);
    let input = RefundInput {
        tender: "cash".to_owned(),
        ..choice(&shop, &["1"])
    };
    let view = till.preview_refund(&input).expect("a view");
    assert_eq!(
        (view.kind.as_str(), view.tenders[0].amount),
        ("cash", 2_000_000)
    );
    let odd = RefundInput {
        tender: "cheque".to_owned(),
        ..input
    };
    assert_eq!(trouble(till.preview_refund(&odd)).0, "unknown_tender");
}

#[test]
fn what_points_had_paid_comes_back_as_points_to_their_lots_or_for_some_days_more() {
    let shop = Shop::open_with(|program| {
        let points = program.points.as_mut().expect("the program has points");
        points.point_value = 1_000;
        (points.weekend, points.first_purchase) = (None, None);
    });
    let account = AccountDocument {
        lots: vec![lot(100, "2025-03-02"), lot(200, "2025-12-31")],
        ..AccountDocument::default()
    };
    shop.server.publish([Row::Account {
        customer_id: ANA,
        account,
    }]);
    let till = &shop.till;
    till.set_customer(&ANA.to_string()).expect("Ana");
    shop.until("her points", |till| {
        till.counter()
            .is_ok_and(|counter| counter.customer.is_some_and(|card| card.balance == 300))
    });
    till.add_product("limonada", "3").expect("lemonades");
    till.redeem_points("250").expect("reserved");
    let due = till.counter().expect("a counter").due;
    assert_eq!(due, 3_350_000);
    let number = till.pay(&[cash(due)], due).expect("paid").receipt;

    // Three days later one of the two lots is over.
    // The server's clock stands still; nobody hears of it.
    shop.stop();
    shop.clock.advance_ms(3 * 24 * 3_600_000);
    till.find_sale(&number).expect("found");
    let view = till.preview_refund(&choice(&shop, &["1"])).expect("a view");
    let by_kind = |view: &RefundView| -> Vec<(String, i64)> {
        let tenders = view.tenders.iter();
        tenders
            .map(|tender| (tender.kind.clone(), tender.amount))
            .collect()
    };
    assert_eq!(
        by_kind(&view),
        [
            ("points".to_owned(), 83_333),
            ("cash".to_owned(), 1_116_667)
        ]
    );
    let said = sentences(&view.effects);
    assert!(
        said.contains("Vuelven 83 de los 250 puntos con los que pagó."),
        "{said}"
    );
    let all = choice(&shop, &["3"]);
    let view = till.preview_refund(&all).expect("a view");
    assert_eq!(
        by_kind(&view),
        [
            ("points".to_owned(), 250_000),
            ("cash".to_owned(), 3_350_000)
        ]
    );
    let said = sentences(&view.effects);
    assert!(
        said.contains("100 ya habían vencido: valen 15 días más"),
        "{said}"
    );
    let receipt = till.refund(&all, MANAGER).expect("given back");
    assert_eq!((receipt.total, receipt.balance), (3_350_000, Some(300)));
    let paper = receipt.text;
    assert!(
        paper.contains("Puntos") && paper.contains("+150"),
        "{paper}"
    );
}

#[test]
fn points_that_were_spent_already_stay_owed_and_the_screen_says_so() {
    let shop = Shop::open_with(|program| {
        let points = program.points.as_mut().expect("the program has points");
        points.point_value = 1_000;
        (points.weekend, points.first_purchase) = (None, None);
    });
    let till = &shop.till;
    let number = {
        till.set_customer(&ANA.to_string()).expect("Ana");
        till.add_product("lancha", "1").expect("a boat");
        shop.pay_cash().receipt
    };
    till.set_customer(&ANA.to_string()).expect("Ana");
    till.add_product("limonada", "1").expect("a lemonade");
    till.redeem_points("110").expect("reserved");
    let due = till.counter().expect("a counter").due;
    till.pay(&[cash(due)], due).expect("paid");
    till.find_sale(&number).expect("found");
    let view = till.preview_refund(&choice(&shop, &["1"])).expect("a view");
    let said = sentences(&view.effects);
    assert!(said.contains("queda debiendo"), "{said}");
}
