//! One order for points at the counter: rewards that do something, coupons, points as money.

use mostrador_protocol::program::{ProgramDocument, RewardDocument};
use mostrador_terminal::view::{CounterView, RefundInput, RewardView};

use crate::points_shop::{NEXT_YEAR, balance, lot, redemption, rewards, shop, shop_with, slip};
use crate::shop::Shop;

/// "Cata privada para dos" of the coffee house, for whoever has 100 points.
fn tasting() -> RewardDocument {
    let program = include_str!("../../../../fixtures/cafe-vt/program.toml");
    let program = ProgramDocument::parse(program).expect("a program");
    let mut rewards = program.rewards.into_iter();
    let tasting = rewards.find(|reward| reward.slug == "cata-diamante");
    RewardDocument {
        tier: None,
        points: 100,
        per_customer_limit: None,
        ..tasting.expect("the coffee house has tastings")
    }
}

fn offered(shop: &Shop, slug: &str) -> RewardView {
    let mut rows = rewards(shop).into_iter();
    rows.find(|row| row.slug == slug).expect("in the catalogue")
}

fn kinds(view: &CounterView) -> Vec<(&str, i64)> {
    let codes = view.codes.iter();
    codes
        .map(|code| (code.kind.as_str(), code.amount))
        .collect()
}

/// Whether the catalogue lets somebody have the reward, and applying it does what the catalogue says.
fn can_be_had(shop: &Shop, slug: &str) -> bool {
    let is_offered = offered(shop, slug).refusal.is_empty();
    let before = shop.till.counter().expect("a counter");
    let view = shop.till.apply_reward(slug).expect("an answer");
    let has_points = !view.said.contains("[not_enough_points]");
    assert_eq!(is_offered, has_points, "{slug}: {}", view.said);
    let known: Vec<&str> = before.codes.iter().map(|code| code.text.as_str()).collect();
    let refused = before.refused.iter().map(|row| row.text.as_str());
    let known: Vec<&str> = refused.chain(known).collect();
    let rows = view.codes.iter().map(|code| &code.text);
    let rows = rows.chain(view.refused.iter().map(|row| &row.text));
    for text in rows.filter(|text| !known.contains(&text.as_str())) {
        shop.till.remove_code(text).expect("removed");
    }
    is_offered
}

#[test]
fn a_reward_that_is_handed_over_is_called_by_its_name() {
    let name = "Cata privada para dos";
    let shop = shop_with(vec![tasting()], vec![lot(300, NEXT_YEAR)]);
    shop.till.add_product("queso", "").expect("added");
    assert_eq!(offered(&shop, "cata-diamante").gives, name);
    let view = shop.till.apply_reward("cata-diamante").expect("applied");
    assert_eq!(view.codes[0].gives, name);
    assert!(
        view.said
            .starts_with(&format!("Recompensa en esta venta: {name}.")),
        "{}",
        view.said
    );
    let receipt = shop.pay_cash();
    assert_eq!(receipt.points_spent, 100);
    // Under its code and among the points that were spent.
    assert_eq!(receipt.text.matches(name).count(), 2, "{}", receipt.text);

    shop.till
        .set_customer(&crate::shop::ANA.to_string())
        .expect("identified");
    let made = slip(shop.till.make_coupon("cata-diamante").expect("made"));
    assert_eq!(made.text.matches(name).count(), 1, "{}", made.text);
    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.apply_code(&made.code).expect("scanned");
    assert_eq!(view.codes[0].gives, name);
    let coupon = shop.pay_cash();
    assert!(
        coupon.text.contains("Se entrega al cliente"),
        "{}",
        coupon.text
    );
    for text in [receipt.text, made.text, coupon.text] {
        assert!(!text.contains("Registra"), "{text}");
    }
}

#[test]
fn a_reward_without_effect_holds_no_points_that_another_one_needs() {
    let shop = shop(vec![lot(200, NEXT_YEAR)]);
    shop.till.add_product("limonada", "").expect("added");
    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.apply_reward("limonada").expect("applied");
    assert_eq!(kinds(&view), [("reward", 1_200_000)]);
    assert!(!can_be_had(&shop, "cinco-mil"), "100 points are left");

    shop.till.remove_line(0).expect("no lemonade");
    assert!(can_be_had(&shop, "cinco-mil"), "the lemonade costs nothing");
    let view = shop.till.apply_reward("cinco-mil").expect("applied");
    assert_eq!(kinds(&view), [("reward", 500_000)]);
    assert!(
        view.refused[0].sentence.contains("puede usar 50 puntos"),
        "{:?}",
        view.refused
    );
    // The lemonade was asked for first.
    let view = shop.till.add_product("limonada", "").expect("added");
    assert_eq!(kinds(&view), [("reward", 1_200_000)]);
    assert_eq!(view.refused[0].refusal, "not_enough_points");
    assert_eq!(shop.pay_cash().points_spent, 100);
    assert_eq!(balance(&shop), 120, "and 20 for what was paid");
}

#[test]
fn rewards_go_before_points_that_pay_on_the_basket_and_as_a_coupon() {
    let shop = shop(vec![lot(400, NEXT_YEAR)]);
    shop.till.add_product("queso", "").expect("added");
    shop.till.redeem_points("400").expect("reserved");
    assert!(can_be_had(&shop, "cinco-mil"));
    let view = shop.till.apply_reward("cinco-mil").expect("applied");
    assert_eq!(redemption(&view), (250, 250_000, 1_250_000));
    assert!(can_be_had(&shop, "diez") && can_be_had(&shop, "limonada"));

    let made = shop.till.make_coupon("limonada").expect("made");
    assert_eq!(redemption(&made.counter), (150, 150_000, 1_350_000));
    let note = made.counter.redemption.clone().map(|spent| spent.note);
    assert_eq!(
        note.as_deref(),
        Some("Pidió 400 puntos; ahora solo se pueden usar 150.")
    );
    slip(made);
    assert_eq!(balance(&shop), 300);
    let refused = shop.till.make_coupon("diez").expect("an answer");
    assert!(refused.slip.is_none());
    assert_eq!(
        refused.counter.said,
        "El cliente puede usar 150 puntos y faltan 50 para esta recompensa. Elija otra del catálogo. \
         [not_enough_points]"
    );
    assert!(!can_be_had(&shop, "diez"));
    assert_eq!(shop.pay_cash().points_spent, 300);
}

#[test]
fn a_code_that_lacks_a_part_of_its_minimum_is_offered_beside_a_reward_coupon() {
    let shop = shop(vec![lot(600, NEXT_YEAR)]);
    shop.till.add_product("queso", "2").expect("added");
    let view = shop.till.counter().expect("a counter");
    let near = |view: &CounterView| {
        let mut chips = view.chips.iter();
        let chip = chips.find(|chip| chip.text == "EXTRA10");
        chip.map(|chip| chip.sentence.replace('\u{a0}', " "))
    };
    let missing = Some("faltan $ 10.000".to_owned());
    assert_eq!(near(&view), missing);
    let view = shop.till.apply_reward("cinco-mil").expect("applied");
    assert_eq!(near(&view), missing, "a reward meets what is stackable");
    shop.till.clear_basket().expect("cleared");
    shop.till.add_product("queso", "2").expect("added");
    let view = shop.till.apply_code("mitad").expect("scanned");
    assert_eq!(near(&view), None, "it would not meet this one");
}

#[test]
fn undoing_a_sale_says_of_its_reward_only_what_becomes_of_the_reward() {
    let shop = shop(vec![lot(600, NEXT_YEAR)]);
    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.apply_reward("cinco-mil").expect("applied");
    let code = view.codes[0].text.clone();
    let number = shop.pay_cash().receipt;
    let void = shop.till.offer_void().expect("an offer");
    shop.till.find_sale(&number).expect("found");
    let choice = |units: &str| RefundInput {
        lines: vec![units.to_owned()],
        ..RefundInput::default()
    };
    let refund = shop.till.preview_refund(&choice("1")).expect("a view");
    for effects in [void.effects, refund.effects] {
        let said: Vec<&str> = effects.iter().map(|it| it.sentence.as_str()).collect();
        let said = said.join(" ");
        assert!(!said.contains(&code), "{said}");
        assert!(
            said.contains("La recompensa $ 5.000 en lo que quiera se puede pedir otra vez."),
            "{said}"
        );
    }
    let part = shop.till.preview_refund(&choice("0,5")).expect("a view");
    assert!(
        part.effects.iter().all(|it| !it.sentence.contains(&code)),
        "{part:?}"
    );
}
