//! Codes at the counter: sums, reasons, the best set, and what is offered.

use expect_test::expect;
use mostrador_loyalty::code::generated::with_check_sign;
use mostrador_protocol::program::{CodeDocument, FreeProductDocument, SpendTierDocument};
use mostrador_terminal::view::{CounterView, Language};
use mostrador_terminal::words::NO_BREAK;

use crate::shop::{ANA, Shop, trouble};

fn counter_text(view: &CounterView) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for code in &view.codes {
        let parts = [&code.gives, &code.applies_to].into_iter();
        let parts = parts
            .chain(&code.bounds)
            .chain([&code.next_step, &code.sentence]);
        let said: Vec<&str> = parts
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        let _ = writeln!(
            text,
            "+ {} {} | {}",
            code.text,
            code.amount,
            said.join(" | ")
        );
    }
    for code in &view.refused {
        let _ = writeln!(text, "- {}", code.sentence);
    }
    if let Some(best) = &view.best_set {
        let _ = writeln!(text, "* {}", best.sentence);
    }
    for chip in &view.chips {
        let _ = writeln!(text, "? {} {} | {}", chip.text, chip.gain, chip.sentence);
    }
    let _ = writeln!(text, "{} - {} = {}", view.gross, view.discount, view.total);
    // Sentences keep a sign and its digits on one line; the expectations below are typed by hand.
    text.replace(NO_BREAK, " ")
}

#[test]
fn a_refused_code_that_is_scanned_again_hears_its_refusal_again() {
    let shop = Shop::open();
    shop.till.add_product("queso", "").expect("added");
    let first = shop.till.apply_code("viejo").expect("said").said;
    assert!(first.ends_with("[expired]"), "{first}");
    let view = shop.till.apply_code("VIEJO").expect("said");
    assert_eq!(view.said, first);
    assert_eq!(view.refused.len(), 1, "it is there once");
    shop.till.apply_code("verano10").expect("scanned");
    let said = shop.till.apply_code("verano10").expect("said").said;
    assert!(said.ends_with("[already_applied]"), "{said}");
    // What is on the basket may fall out: then that is what there is to say.
    shop.till.remove_line(0).expect("removed");
    let said = shop.till.apply_code("verano10").expect("said").said;
    assert!(said.ends_with("[no_eligible_line]"), "{said}");
}

#[test]
fn stacked_codes_add_up_and_every_no_has_its_reason() {
    let shop = Shop::open();
    shop.till.add_product("queso", "").expect("added");
    shop.till.apply_code("verano-10").expect("scanned");
    shop.till.apply_code(" extra 10 ").expect("scanned");
    shop.till.apply_code("carlosvip").expect("scanned");
    shop.till.apply_code("viejo").expect("scanned");
    shop.till.apply_code("mitad").expect("scanned");
    shop.till.apply_code("unavez").expect("scanned");
    let view = shop.till.apply_code("nadie").expect("scanned");
    expect![[r"
        + VERANO10 200000 | 10 % de descuento | En toda la compra
        + CARLOSVIP 0 | Registra quién recomendó | Cuenta para Carlos.
        - Faltan $ 30.000 para usar EXTRA10 (compra mínima $ 50.000). Agregue productos o retírelo. [minimum_not_met]
        - VIEJO venció el 28 de febrero de 2025. Retírelo y cobre sin él. [expired]
        - Este código no se combina con VERANO10. Conviene MITAD: descuenta $ 8.000 más. [not_stackable]
        - UNAVEZ es para clientes identificados. Busque al cliente por nombre, teléfono o tarjeta. [customer_required]
        - El código NADIE no existe en el programa. Revise cada letra o retírelo. [unknown_code]
        * Conviene MITAD: descuenta $ 8.000 más.
        2000000 - 200000 = 1800000
    "]].assert_eq(&counter_text(&view));

    // EXTRA10 falls in by itself when the basket grows.
    let view = shop.till.add_product("lancha", "1").expect("added");
    assert!(view.codes.iter().any(|code| code.text == "EXTRA10"));
    assert_eq!(view.discount, 2_800_000, "10 % and 10 % of $ 140.000");
}

#[test]
fn the_newest_refusal_is_said_and_an_accepted_code_says_nothing() {
    let shop = Shop::open();
    shop.till.add_product("queso", "").expect("added");
    for code in ["viejo", "nadie"] {
        let view = shop.till.apply_code(code).expect("scanned");
        let newest = view.refused.last().expect("refused");
        assert_eq!(view.said, newest.sentence);
        assert!(newest.text.eq_ignore_ascii_case(code), "{}", newest.text);
        let again = shop.till.counter().expect("a counter");
        assert_eq!(again.said, view.said, "it stays until the next action");
    }
    let view = shop.till.apply_code("verano10").expect("scanned");
    assert_eq!(view.said, "");
}

#[test]
fn a_code_for_some_products_names_them_even_where_nothing_else_is_bought() {
    let shop = Shop::open_with(|program| {
        program.codes.push(CodeDocument {
            text: "QUESERO".to_owned(),
            percent_bp: Some(1_000),
            products: vec!["queso".to_owned()],
            ..CodeDocument::default()
        });
    });
    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.apply_code("quesero").expect("scanned");
    assert_eq!(view.codes[0].applies_to, "En Queso costeño");
}

#[test]
fn the_best_set_takes_over_in_one_action_and_leaves_what_only_counts() {
    let shop = Shop::open();
    shop.till.add_product("queso", "").expect("added");
    for code in ["verano10", "mitad", "carlosvip"] {
        shop.till.apply_code(code).expect("scanned");
    }
    let view = shop.till.use_best_set().expect("used");
    assert_eq!(view.said, "Quedan MITAD.");
    let codes: Vec<_> = view
        .codes
        .iter()
        .map(|code| (code.text.as_str(), code.amount))
        .collect();
    assert_eq!(codes, [("MITAD", 1_000_000), ("CARLOSVIP", 0)]);
    assert!(view.best_set.is_none() && view.refused.is_empty());
    let view = shop.till.remove_code("mitad").expect("removed");
    assert_eq!(view.discount, 0);
}

/// Whatever variant was assigned, the cashier sees and removes what was scanned.
#[test]
fn a_variant_is_shown_by_what_was_scanned_and_the_best_set_keeps_it() {
    let shop = Shop::open_with(|program| {
        let half = program.codes.iter_mut().find(|code| code.text == "MITAD");
        let variants = r#"[
            { "text": "MITADA", "percent_bp": 1000, "active": false },
            { "text": "MITADB", "percent_bp": 4000 }
        ]"#;
        half.expect("a code").variants = serde_json::from_str(variants).expect("variants");
    });
    shop.till.add_product("queso", "").expect("added");
    shop.till.apply_code("verano10").expect("scanned");
    let view = shop.till.apply_code("mitad").expect("scanned");
    assert_eq!(view.refused[0].text, "MITAD");
    assert!(
        view.refused[0]
            .sentence
            .contains("Conviene MITAD: descuenta")
    );
    assert_eq!(view.best_set.expect("a better set").codes, ["MITAD"]);

    let view = shop.till.use_best_set().expect("used");
    let code = &view.codes[0];
    assert_eq!(
        (code.text.as_str(), code.variant.as_str()),
        ("MITAD", "variante B")
    );
    assert_eq!(code.amount, 800_000, "40 % of $ 20.000");
    assert!(view.best_set.is_none() && view.refused.is_empty());
    let view = shop.till.remove_code("mitad").expect("removed");
    assert!(view.codes.is_empty());
}

/// The best set may need every place that the program gives; what only counts then waits outside.
#[test]
fn the_best_set_takes_the_places_that_it_needs() {
    let shop = Shop::open_with(|program| program.max_codes = 2);
    shop.till.add_product("lancha", "").expect("added");
    for code in ["carlosvip", "verano10", "extra10"] {
        shop.till.apply_code(code).expect("scanned");
    }
    let offered = shop.till.counter().expect("a counter").best_set;
    let gain = offered.expect("a better set").gain;
    assert_eq!(gain, 1_200_000, "EXTRA10 on $ 120.000");
    let view = shop.till.use_best_set().expect("used");
    assert_eq!(view.discount, 2_400_000);
    assert_eq!(view.refused[0].refusal, "stack_limit");
    assert_eq!(view.refused[0].text, "CARLOSVIP");
}

#[test]
fn a_code_is_scanned_once_and_what_cannot_be_one_says_so() {
    let shop = Shop::open();
    shop.till.add_product("queso", "").expect("added");
    shop.till.apply_code("verano10").expect("scanned");
    let view = shop.till.apply_code("VERANO 10").expect("scanned again");
    assert!(view.said.ends_with("[already_applied]"), "{}", view.said);
    assert_eq!((view.codes.len(), view.refused.len()), (1, 0));
    let (code, message) = trouble(shop.till.apply_code("🎉🎉"));
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("code_unreadable", "«🎉🎉» no puede ser un código.")
    );
    for number in 0..19 {
        shop.till
            .apply_code(&format!("otro{number}"))
            .expect("scanned");
    }
    assert_eq!(trouble(shop.till.apply_code("uno más")).0, "too_many_codes");
}

#[test]
fn chips_offer_what_this_customer_could_use_now() {
    let shop = Shop::open();
    let offered = |view: &CounterView| -> Vec<String> {
        view.chips.iter().map(|chip| chip.text.clone()).collect()
    };
    assert!(
        offered(&shop.till.counter().expect("a counter")).is_empty(),
        "empty basket"
    );
    let view = shop.till.add_product("lancha", "").expect("added");
    assert_eq!(
        offered(&view),
        ["EXTRA10", "VERANO10", "MITAD"],
        "most first"
    );
    assert_eq!(
        view.chips[2].gives,
        "50\u{a0}% de descuento, hasta $\u{a0}10.000"
    );
    assert_eq!(view.chips[2].sentence, "descuenta $\u{a0}10.000");
    let view = shop
        .till
        .set_customer(&ANA.to_string())
        .expect("identified");
    assert_eq!(offered(&view), ["EXTRA10", "VERANO10", "MITAD", "UNAVEZ"]);
    shop.till.apply_code("unavez").expect("scanned");
    shop.pay_cash();
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    let view = shop.till.add_product("lancha", "").expect("added");
    assert!(
        !offered(&view).contains(&"UNAVEZ".to_owned()),
        "used up by her"
    );
    let view = shop.till.apply_code("unavez").expect("scanned");
    assert_eq!(view.refused[0].refusal, "customer_limit_reached");
}

#[test]
fn what_cut_a_code_and_what_is_missing_to_the_next_step_are_said_with_figures() {
    let shop = Shop::open_with(|program| {
        let steps = [(10_000_000, 500), (13_200_000, 1_000)];
        program.codes.push(CodeDocument {
            text: "ESCALERA".to_owned(),
            spend_tiers: steps
                .map(|(from, percent)| SpendTierDocument {
                    from,
                    percent_bp: Some(percent),
                    fixed: None,
                })
                .to_vec(),
            ..CodeDocument::default()
        });
    });
    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.apply_code("escalera").expect("scanned");
    expect![[r"
        - Faltan $ 80.000 para usar ESCALERA (compra mínima $ 100.000). Agregue productos o retírelo. [minimum_not_met]
        ? MITAD 1000000 | descuenta $ 10.000
        ? VERANO10 200000 | descuenta $ 2.000
        ? EXTRA10 0 | faltan $ 30.000
        2000000 - 0 = 2000000
    "]].assert_eq(&counter_text(&view));
    shop.till.remove_code("escalera").expect("removed");
    shop.till.add_product("lancha", "").expect("added");
    shop.till.set_quantity(0, "0").expect("taken out");
    let view = shop.till.apply_code("escalera").expect("scanned");
    expect![[r"
        + ESCALERA 600000 | 5 % desde $ 100.000 y 10 % desde $ 132.000 | En toda la compra | Faltan $ 12.000 para 10 %.
        ? EXTRA10 600000 | descuenta $ 6.000 más en lugar de ESCALERA
        ? VERANO10 600000 | descuenta $ 6.000 más en lugar de ESCALERA
        ? MITAD 400000 | descuenta $ 4.000 más en lugar de ESCALERA
        12000000 - 600000 = 11400000
    "]].assert_eq(&counter_text(&view));
    shop.till.remove_code("escalera").expect("removed");
    let view = shop.till.apply_code("mitad").expect("scanned");
    expect![[r"
        + MITAD 1000000 | 50 % de descuento, hasta $ 10.000 | En toda la compra | Tope de $ 10.000 alcanzado: sin tope serían $ 60.000.
        ? EXTRA10 200000 | descuenta $ 2.000 más en lugar de MITAD
        ? VERANO10 200000 | descuenta $ 2.000 más en lugar de MITAD
        12000000 - 1000000 = 11000000
    "]].assert_eq(&counter_text(&view));
}

#[test]
fn a_hand_written_code_of_the_length_of_generated_ones_is_offered_and_a_generated_one_is_not() {
    let generated = with_check_sign("SUMMER2").expect("a code");
    let shop = Shop::open_with(|program| {
        program.generated_length = Some(8);
        let verano = program.codes.iter().find(|code| code.text == "VERANO10");
        let verano = verano.expect("a code of the shop").clone();
        for text in ["SUMMER24", generated.as_str()] {
            program.codes.push(CodeDocument {
                text: text.to_owned(),
                ..verano.clone()
            });
        }
    });
    assert_ne!(generated.as_str(), "SUMMER24");
    let view = shop.till.add_product("lancha", "").expect("added");
    let offered: Vec<&str> = view.chips.iter().map(|chip| chip.text.as_str()).collect();
    assert!(offered.contains(&"SUMMER24"), "{offered:?}");
    assert!(!offered.contains(&generated.as_str()), "{offered:?}");
}

#[test]
fn a_code_that_could_not_meet_the_others_is_not_offered_for_what_it_lacks() {
    let shop = Shop::open();
    let near = |view: &CounterView| -> Vec<String> {
        let chips = view.chips.iter().filter(|chip| chip.gain == 0);
        chips.map(|chip| chip.text.clone()).collect()
    };
    let view = shop.till.add_product("queso", "").expect("added");
    assert_eq!(near(&view), ["EXTRA10"]);
    let view = shop.till.apply_code("verano10").expect("scanned");
    assert_eq!(near(&view), ["EXTRA10"], "both are stackable");
    shop.till.remove_code("verano10").expect("removed");
    let view = shop.till.apply_code("mitad").expect("scanned");
    assert!(near(&view).is_empty(), "MITAD meets nothing");
}

#[test]
fn english_is_complete_at_the_counter() {
    let shop = Shop::open();
    shop.till.set_language(Language::En).expect("set");
    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.apply_code("extra10").expect("scanned");
    assert_eq!(
        view.refused[0].sentence,
        "$30,000 more is needed to use EXTRA10 (minimum purchase $50,000). Add products or remove \
         it. [minimum_not_met]"
    );
}

/// One percent, and alone.
fn poor(text: &str) -> CodeDocument {
    CodeDocument {
        text: text.to_owned(),
        percent_bp: Some(100),
        ..CodeDocument::default()
    }
}

#[test]
fn a_better_code_that_does_not_meet_what_is_there_is_offered_in_its_place() {
    let shop = Shop::open_with(|program| program.codes.push(poor("POBRE")));
    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.apply_code("pobre").expect("scanned");
    let offer = view.chips.iter().find(|chip| chip.text == "MITAD");
    let offer = offer.expect("half the price is offered");
    assert_eq!(
        (offer.gain, offer.instead.join(" ").as_str()),
        (980_000, "POBRE")
    );
    let said = offer.sentence.replace(NO_BREAK, " ");
    assert_eq!(said, "descuenta $ 9.800 más en lugar de POBRE");
    shop.till.apply_code("mitad").expect("scanned");
    let view = shop.till.use_best_set().expect("the better one");
    let texts: Vec<&str> = view.codes.iter().map(|code| code.text.as_str()).collect();
    assert_eq!((texts, view.refused.len()), (vec!["MITAD"], 0));
}

/// A lemonade for nothing, together with other codes.
fn free_lemonade() -> CodeDocument {
    CodeDocument {
        free_product: Some(FreeProductDocument {
            product: "limonada".to_owned(),
            units: 1,
        }),
        percent_bp: None,
        stackable: true,
        ..poor("GRATIS")
    }
}

#[test]
fn nothing_is_asked_for_that_would_not_let_the_code_in() {
    let shop = Shop::open_with(|program| {
        program.codes.push(poor("POBRE"));
        program.codes.push(free_lemonade());
    });
    let till = &shop.till;
    till.add_product("queso", "").expect("added");
    let said = till.apply_code("gratis").expect("scanned").said;
    assert!(said.ends_with("[no_eligible_line]"), "{said}");
    till.remove_code("gratis").expect("removed");
    till.apply_code("pobre").expect("scanned");
    for text in ["gratis", "extra10"] {
        let view = till.apply_code(text).expect("scanned");
        let said = view.said;
        assert!(said.contains("no se combina con POBRE"), "{said}");
        assert_eq!(
            view.refused.last().map(|it| it.refusal.as_str()),
            Some("not_stackable")
        );
    }
    let view = till.add_product("limonada", "1").expect("added");
    assert_eq!(view.codes.len(), 1, "as was said: {:?}", view.refused);
}

#[test]
fn a_free_product_says_what_had_been_taken_off_it_before() {
    let shop = Shop::open_with(|program| {
        program.codes.push(free_lemonade());
    });
    let till = &shop.till;
    till.add_product("limonada", "1").expect("added");
    let alone = till.apply_code("gratis").expect("scanned");
    assert_eq!(alone.codes[0].sentence, "");
    let view = till.apply_code("verano10").expect("scanned");
    let free = view.codes.iter().find(|code| code.text == "GRATIS");
    let free = free.expect("it joined");
    assert_eq!(free.amount, 1_080_000);
    assert_eq!(
        free.sentence.replace(NO_BREAK, " "),
        "Antes de este código ya se habían descontado $ 1.200 de Limonada de coco."
    );
}

#[test]
fn the_right_code_takes_the_place_of_the_mistyped_one() {
    let right = with_check_sign("SUMMER2").expect("a code");
    let text = right.as_str().to_owned();
    let listed = text.clone();
    let shop = Shop::open_with(|program| {
        program.generated_length = Some(8);
        program.codes.push(poor(&listed));
    });
    shop.till.add_product("queso", "").expect("added");
    let wrong = format!("SUMNER2{}", &text[7..]);
    let view = shop.till.apply_code(&wrong).expect("scanned");
    let meant = view.refused[0].suggestion.clone();
    let meant = meant.expect("one sign is wrong");
    assert_eq!(
        (meant.text.as_str(), meant.differs),
        (text.as_str(), vec![3])
    );
    let view = shop.till.apply_code(&text).expect("scanned");
    assert_eq!((view.codes.len(), view.refused.len()), (1, 0));
}
