//! Points at the counter: as money, on rewards, as coupons.

use expect_test::expect;
use mostrador_protocol::account::{AccountDocument, LotDocument};
use mostrador_terminal::view::RefundInput;
use mostrador_terminal::words::NO_BREAK;

use crate::points_shop::{NEXT_YEAR, TODAY, balance, lot, redemption, rewards, shop, shown, slip};
use crate::shop::{ANA, BRUNO, Shop, cash, tender, trouble};

#[test]
fn points_pay_a_part_and_only_what_is_really_paid_earns() {
    let shop = shop(vec![lot(60, "2025-03-01"), lot(600, NEXT_YEAR)]);
    let view = shop.till.add_product("queso", "2").expect("added");
    assert_eq!(view.points.as_ref().map(|points| points.earn), Some(40));
    let offer = shop.till.redeem_view().expect("a view").points;
    assert_eq!((offer.most, offer.most_amount), (660, 660_000));
    let typed = shop.till.preview_points("250").expect("read");
    assert_eq!(
        (typed.amount, typed.due, typed.left),
        (250_000, 3_750_000, 410)
    );
    assert_eq!(redemption(&shop.till.counter().expect("a counter")).0, 0);

    let view = shop.till.redeem_points("250").expect("reserved");
    assert_eq!(redemption(&view), (250, 250_000, 3_750_000));
    assert_eq!(
        (view.total, view.points.map(|points| points.earn)),
        (4_000_000, Some(37))
    );
    assert_eq!(balance(&shop), 660, "nothing is spent before it is paid");

    let receipt = shop.till.pay(&[cash(4_000_000)], 3_750_000).expect("paid");
    assert_eq!(
        (receipt.change, receipt.points_earned, receipt.points_spent),
        (250_000, 37, 250)
    );
    let text = receipt.text.replace(NO_BREAK, " ");
    expect![[r"
        Puntos de esta compra                   37
          1 por cada $ 1.000 sobre $ 37.500
          Válidos hasta el 1 de marzo de 2026
        Puntos usados                         -250
          Como pago                            250
        Saldo anterior                         660
        Saldo de puntos                        447
        Vencen primero 410, el 1 de febrero de
        2026
        Faltan 163 puntos para Oro
        ------------------------------------------
            Este comprobante no es una factura
                  Gracias por su compra
    "]]
    .assert_eq(&text[text.find("Puntos de esta").expect("points")..]);
    // The lot that goes today went first.
    let left: Vec<i64> = shown(&shop).lots.iter().map(|lot| lot.points).collect();
    assert_eq!(left, [410, 37]);
    let sold = shop.till.receipt(&receipt.sale_id).expect("a copy");
    assert!(sold.text.contains("Puntos"), "{}", sold.text);
}

#[test]
fn the_bounds_of_points_are_exact_and_each_says_why() {
    let refused = |shop: &Shop, text: &str| shop.till.preview_points(text).expect("read").refusal;
    let code = |text: &str| text[text.rfind('[').map_or(0, |at| at)..].to_owned();

    let few = shop(vec![lot(99, NEXT_YEAR)]);
    few.till.add_product("lancha", "").expect("added");
    let offer = few.till.redeem_view().expect("a view").points;
    assert_eq!(
        offer.refusal,
        "El cliente puede usar 99 puntos y faltan 1 para el mínimo. Cobre sin puntos. [not_enough_points]"
    );
    assert_eq!(offer.most, 0);
    let view = few.till.redeem_points("99").expect("said");
    assert_eq!(
        (redemption(&view).0, code(&view.said)),
        (0, "[points_below_minimum]".to_owned())
    );

    let exact = shop(vec![lot(100, TODAY)]);
    exact.till.add_product("lancha", "").expect("added");
    assert_eq!(code(&refused(&exact, "99")), "[points_below_minimum]");
    assert_eq!(code(&refused(&exact, "101")), "[not_enough_points]");
    assert_eq!(
        refused(&exact, "100"),
        "",
        "a lot can be spent on its last day"
    );
    assert_eq!(
        refused(&exact, "$ 1.000"),
        "",
        "money is read as the points that it stands for"
    );
    assert_eq!(
        trouble(exact.till.preview_points("cien")).0,
        "points_unreadable"
    );
    assert_eq!(
        trouble(exact.till.redeem_points("-5")).0,
        "points_unreadable"
    );
    let view = exact.till.redeem_points("").expect("reserved");
    assert_eq!(redemption(&view), (100, 100_000, 11_900_000));
    exact.pay_cash();
    assert_eq!(
        balance(&exact),
        119,
        "all of them went, and what was paid in cash earned"
    );

    let over = shop(vec![lot(500, "2025-02-28")]);
    assert_eq!(
        over.till
            .counter()
            .expect("a counter")
            .customer
            .map(|card| card.balance),
        Some(0)
    );
    let pending = shop(vec![LotDocument {
        usable_from: Some("2025-03-02".parse().expect("a day")),
        ..lot(500, NEXT_YEAR)
    }]);
    pending.till.add_product("lancha", "").expect("added");
    assert_eq!(code(&refused(&pending, "100")), "[not_enough_points]");
    let small = shop(vec![lot(5_000, NEXT_YEAR)]);
    small.till.add_product("limonada", "").expect("added");
    assert_eq!(code(&refused(&small, "1201")), "[points_above_total]");
    let view = small.till.redeem_points("1.200").expect("reserved");
    assert_eq!(redemption(&view), (1_200, 1_200_000, 0));
    let paid = small.till.pay(&[], 0).expect("points alone pay");
    assert_eq!((paid.points_earned, paid.points_spent), (0, 1_200));
}

#[test]
fn what_was_reserved_shrinks_with_the_basket_and_is_free_when_it_is_parked_or_cleared() {
    let shop = shop(vec![lot(5_000, NEXT_YEAR)]);
    shop.till.add_product("queso", "").expect("added");
    shop.till.add_product("limonada", "").expect("added");
    shop.till.redeem_points("3000").expect("reserved");
    let view = shop.till.remove_line(0).expect("removed");
    assert_eq!(redemption(&view), (1_200, 1_200_000, 0));
    let note = view.redemption.map(|spent| spent.note);
    assert_eq!(
        note.as_deref(),
        Some("Pidió 3.000 puntos; ahora solo se pueden usar 1.200.")
    );
    let view = shop.till.add_product("queso", "").expect("added");
    assert_eq!(redemption(&view).0, 3_000, "as much as was asked for");

    let view = shop.till.park().expect("parked");
    assert!(view.said.contains("quedan libres"), "{}", view.said);
    let view = shop.till.recall().expect("recalled");
    assert_eq!(
        (view.redemption, view.customer.map(|card| card.balance)),
        (None, Some(5_000))
    );

    shop.till.redeem_points("3000").expect("reserved");
    let view = shop.till.set_customer(&BRUNO.to_string()).expect("another");
    assert_eq!((view.redemption.clone(), view.due), (None, view.total));
    assert!(view.said.contains("quedan libres"), "{}", view.said);
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    assert_eq!(shop.till.counter().expect("a counter").redemption, None);
    shop.till.redeem_points("3000").expect("reserved");
    let view = shop.till.redeem_points("0").expect("given up");
    assert_eq!((view.redemption, view.due), (None, 3_200_000));
    shop.till.redeem_points("").expect("reserved");
    shop.till.clear_basket().expect("cleared");
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    assert_eq!(shop.till.counter().expect("a counter").redemption, None);
    assert_eq!(balance(&shop), 5_000);
}

#[test]
fn a_balance_that_falls_elsewhere_is_asked_again_and_the_program_may_end_in_between() {
    let shop = shop(vec![lot(500, NEXT_YEAR)]);
    shop.till.add_product("queso", "").expect("added");
    let seen = shop.till.redeem_points("500").expect("reserved").due;
    assert_eq!(seen, 1_500_000);
    // Another till spent most of them.
    let account = AccountDocument {
        lots: vec![lot(120, NEXT_YEAR)],
        purchases: 4,
        ..AccountDocument::default()
    };
    shop.tell(ANA, account);
    assert_eq!(
        trouble(shop.till.pay(&[cash(seen)], seen)).0,
        "price_changed"
    );
    let view = shop.till.counter().expect("a counter");
    assert_eq!(redemption(&view), (120, 120_000, 1_880_000));

    let shop = shop.restart();
    shop.till.unlock("1212").expect("Rosa is back");
    assert_eq!(balance(&shop), 120, "what was only reserved is not lost");
    assert_eq!(shop.server.sales().len(), 0);
}

#[test]
fn a_gift_card_pays_and_earns_nothing() {
    let shop = shop(vec![lot(500, NEXT_YEAR)]);
    shop.till.add_product("queso", "").expect("added");
    shop.till.redeem_points("200").expect("reserved");
    let paid = shop
        .till
        .pay(
            &[tender("gift_card", 500_000), tender("card", 1_300_000)],
            1_800_000,
        )
        .expect("paid");
    assert_eq!((paid.points_earned, paid.points_spent), (13, 200));
    let text = paid.text.replace(NO_BREAK, " ");
    for row in [
        "Tarjeta de regalo",
        "Puntos                             $ 2.000",
    ] {
        assert!(text.contains(row), "{row}: {text}");
    }
    shop.settle();
    let [sale] = shop.server.sales().try_into().expect("one sale");
    assert_eq!(sale.check(), Ok(()));
    assert_eq!(sale.points_redeemed.map(|spent| spent.points), Some(200));
}

#[test]
fn the_catalogue_says_why_a_reward_cannot_be_had_and_what_it_would_do_now() {
    let shop = shop(vec![lot(180, NEXT_YEAR)]);
    shop.till.add_product("queso", "").expect("added");
    let rows = rewards(&shop).into_iter().map(|row| {
        let facts = row.facts.join(", ");
        format!(
            "{} {} | {facts} | {} | {} | {}\n",
            row.slug, row.points, row.refusal, row.gain, row.not_now
        )
    });
    expect![[r"
        diez 200 | puede canjear 1 de 1, vale 30 días | faltan 20 puntos | 200000 | 
        cinco-mil 150 | vale 30 días |  | 500000 | 
        limonada 100 | vale 30 días |  | 0 | falta en la venta: Limonada de coco
        paseo 300 | desde Oro, vale 30 días | desde Oro | 0 | 
        gorra 120 | quedan 0, vale 30 días | agotado | 0 | 
    "]]
    .assert_eq(&rows.collect::<String>());
    let view = shop.till.clear_customer().expect("nobody");
    assert_eq!(view.redemption, None);
    assert_eq!(shop.till.redeem_view().expect("a view").customer, None);
    let said = shop.till.apply_reward("cinco-mil").expect("said").said;
    assert!(said.ends_with("[customer_required]"), "{said}");
}

#[test]
fn a_reward_works_on_the_open_basket_beside_points_that_pay() {
    let shop = shop(vec![lot(600, NEXT_YEAR)]);
    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.apply_reward("diez").expect("applied");
    let [code] = view.codes.as_slice() else {
        panic!("{:?}", view.refused);
    };
    assert_eq!((code.amount, code.kind.as_str()), (200_000, "reward"));
    assert!(code.sentence.contains("200 puntos"), "{}", code.sentence);
    let view = shop.till.redeem_points("").expect("reserved");
    assert_eq!(redemption(&view), (400, 400_000, 1_400_000));
    // Once per customer, also inside one basket.
    let said = shop.till.apply_reward("diez").expect("said").said;
    assert!(said.ends_with("[reward_limit_reached]"), "{said}");
    // What is left of the points pays for no other.
    let said = shop.till.apply_reward("cinco-mil").expect("said").said;
    assert!(said.is_empty() || !said.contains('['), "{said}");
    let view = shop.till.counter().expect("a counter");
    assert_eq!(redemption(&view).0, 250, "two rewards leave that many");

    let mut second = view.codes.iter().filter(|code| code.amount == 500_000);
    let code = second.next().expect("it is on").text.clone();
    let view = shop.till.remove_code(&code).expect("removed");
    assert_eq!((view.codes.len(), redemption(&view).0), (1, 400));
    let receipt = shop.pay_cash();
    assert_eq!((receipt.points_spent, receipt.points_earned), (600, 14));
    assert!(
        receipt.text.contains("10 % en una compra"),
        "{}",
        receipt.text
    );
    assert_eq!(balance(&shop), 14);
    shop.settle();
    let [sale] = shop.server.sales().try_into().expect("one sale");
    assert_eq!(sale.check(), Ok(()));
    assert_eq!(sale.rewards.len(), 1);
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    let once = rewards(&shop).into_iter().find(|row| row.slug == "diez");
    assert_eq!(
        once.map(|row| row.refusal).as_deref(),
        Some("ya canjeado 1 de 1")
    );
    // The figures of the day call it by its name, not by the code that was made for it.
    let codes = shop.till.today().expect("figures").codes;
    let texts: Vec<&str> = codes.iter().map(|code| code.text.as_str()).collect();
    assert_eq!(texts, ["10 % en una compra"]);
}

#[test]
fn points_that_come_back_say_what_they_had_been_spent_on() {
    let shop = shop(vec![lot(600, NEXT_YEAR)]);
    let till = &shop.till;
    till.add_product("queso", "2").expect("added");
    till.apply_reward("diez").expect("applied");
    till.redeem_points("100").expect("reserved");
    let number = shop.pay_cash().receipt;
    let view = till.find_sale(&number).expect("found");
    let half = RefundInput {
        lines: vec!["1".to_owned(); view.lines.len()],
        ..RefundInput::default()
    };
    let view = till.preview_refund(&half).expect("a view");
    let said: Vec<&str> = view.effects.iter().map(|it| it.sentence.as_str()).collect();
    assert_eq!(
        said[1..],
        [
            "Vuelven 50 de los 100 puntos con los que pagó.",
            "Vuelven 100 de los 200 puntos de la recompensa 10 % en una compra.",
            "Los puntos que vuelven vencen el 1 de febrero de 2026.",
            "Saldo después: 468 puntos.",
            "La recompensa 10 % en una compra cuenta como usada: queda parte de la venta.",
        ],
        "{said:?}"
    );
    // The button says what leaves the drawer: the points are not handed over.
    assert_eq!((view.value, view.money), (1_800_000, 1_750_000));
}

#[test]
fn a_reward_that_does_nothing_costs_nothing() {
    let shop = shop(vec![lot(600, NEXT_YEAR)]);
    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.apply_reward("limonada").expect("said");
    assert!(view.said.contains("Limonada de coco"), "{}", view.said);
    let receipt = shop.pay_cash();
    assert_eq!(receipt.points_spent, 0);
    assert_eq!(balance(&shop), 620);
}

#[test]
fn a_coupon_is_bought_printed_scanned_once_and_spent() {
    let shop = shop(vec![lot(600, NEXT_YEAR)]);
    let made = slip(shop.till.make_coupon("cinco-mil").expect("made"));
    let text = made.text.replace(
        &format!("{} {}", &made.code[..4], &made.code[4..]),
        "ABCD EFGH",
    );
    expect![[r"
                          LIVEX
                        Cartagena
        ------------------------------------------
                   CUPÓN DE RECOMPENSA
                 $ 5.000 en lo que quiera
                   $ 5.000 de descuento

                        ABCD EFGH

                    Cliente: Ana Peña
           Válido hasta el 31 de marzo de 2025
        ------------------------------------------
         Preséntelo al pagar. Sirve una sola vez.
    "]]
    .assert_eq(&text);
    assert_eq!(balance(&shop), 450, "a coupon is paid for when it is made");
    let again = shop.till.coupon_slip(&made.code).expect("printed again");
    assert_eq!(again.text, made.text);

    // The customer comes back and is known by the coupon alone.
    shop.till.clear_basket().expect("cleared");
    shop.till.add_product("queso", "").expect("added");
    let view = shop
        .till
        .apply_code(&made.code.to_lowercase())
        .expect("scanned");
    assert_eq!(
        view.customer.map(|card| card.name).as_deref(),
        Some("Ana Peña")
    );
    assert_eq!((view.discount, view.codes.len()), (500_000, 1));
    let view = shop.till.apply_code(&made.code).expect("scanned");
    assert!(view.said.ends_with("[already_applied]"), "{}", view.said);
    shop.pay_cash();

    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.apply_code(&made.code).expect("scanned");
    assert_eq!(view.refused[0].refusal, "customer_limit_reached");
    assert_eq!(
        trouble(shop.till.return_coupon("NADIE")).0,
        "unknown_coupon"
    );
    let view = shop.till.return_coupon(&made.code).expect("said");
    assert!(view.said.ends_with("[coupon_kept]"), "{}", view.said);
    let view = shop.till.set_customer(&BRUNO.to_string()).expect("another");
    assert_eq!(view.refused[0].refusal, "wrong_customer");
}

#[test]
fn a_coupon_that_nobody_used_gives_its_points_back_to_their_lot() {
    let shop = shop(vec![lot(60, TODAY), lot(600, NEXT_YEAR)]);
    let before = shown(&shop).lots;
    let made = slip(shop.till.make_coupon("cinco-mil").expect("made"));
    shop.till.add_product("queso", "").expect("added");
    shop.till.apply_code(&made.code).expect("scanned");
    let coupons = shop.till.redeem_view().expect("a view").coupons;
    assert_eq!(
        (
            coupons.len(),
            coupons[0].on_basket,
            coupons[0].kept.as_str()
        ),
        (1, true, "")
    );

    let shop = shop.restart();
    shop.till.unlock("1212").expect("Rosa is back");
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    assert_eq!(balance(&shop), 510, "the coupon is still paid for");
    let view = shop.till.return_coupon(&made.code).expect("returned");
    assert!(view.said.contains("150 puntos"), "{}", view.said);
    assert_eq!(shown(&shop).lots, before);
    let said = trouble(shop.till.return_coupon(&made.code));
    assert_eq!(said.0, "unknown_coupon", "once");
    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.apply_code(&made.code).expect("scanned");
    assert_eq!(view.refused[0].refusal, "unknown_code");
}

#[test]
fn a_sale_that_reaches_the_next_tier_says_so_once() {
    let shop = shop(vec![lot(600, NEXT_YEAR)]);
    shop.till.add_product("lancha", "1").expect("added");
    let quiet = shop.pay_cash();
    assert_eq!(quiet.tier_up, None);
    assert!(
        quiet.text.contains("Faltan 80 puntos para Oro"),
        "{}",
        quiet.text
    );
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    shop.till.add_product("lancha", "1").expect("added");
    let receipt = shop.pay_cash();
    let up = receipt.tier_up.expect("120 + 120 points are gold");
    assert_eq!(
        (up.tier.slug.as_str(), up.tier.name.as_str()),
        ("gold", "Oro")
    );
    assert!(receipt.text.contains("¡Subió a Oro!"), "{}", receipt.text);
    let copy = shop.till.receipt(&receipt.sale_id).expect("a copy");
    assert_eq!(copy.tier_up, None);
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    shop.till.add_product("lancha", "1").expect("added");
    assert_eq!(shop.pay_cash().tier_up, None);
}

#[test]
fn a_tier_that_holds_by_grace_says_until_when_and_what_keeps_it() {
    let shop = shop(vec![lot(600, NEXT_YEAR)]);
    let account = AccountDocument {
        earned_by_day: [("2024-02-10".parse().expect("a day"), 250)].into(),
        purchases: 4,
        ..AccountDocument::default()
    };
    shop.tell(ANA, account);
    let card = shop.till.counter().expect("a counter").customer;
    let card = card.expect("Ana is here");
    assert_eq!(card.tier.as_deref(), Some("Oro"));
    let said = "Oro hasta el 10 de marzo de 2025 si no gana 200 puntos antes";
    assert_eq!(card.grace, said);
    let tier = shop.till.redeem_view().expect("a view").tier;
    assert_eq!(tier.map(|tier| tier.grace).as_deref(), Some(said));
    shop.till.add_product("queso", "").expect("added");
    let receipt = shop.pay_cash();
    let flat = receipt.text.replace('\n', " ");
    assert!(
        flat.contains("Oro hasta el 10 de marzo de 2025 si no gana 170 puntos antes"),
        "{flat}"
    );
}
