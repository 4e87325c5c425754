//! PINs, languages, and the one box.

use mostrador_terminal::view::{BoxReading, Language};

use crate::shop::{Shop, trouble};

#[test]
fn five_misses_then_a_wait_that_survives_a_restart_and_ends_by_itself() {
    let shop = Shop::open();
    shop.till.lock();
    assert_eq!(trouble(shop.till.counter()).0, "locked");
    for left in [4, 3, 2, 1] {
        let hint = shop
            .till
            .unlock("0000")
            .expect_err("wrong")
            .trouble(Language::Es)
            .hint;
        assert!(hint.ends_with(&format!("{left}.")), "{hint}");
    }
    assert_eq!(trouble(shop.till.unlock("0000")).0, "pin_delayed");
    assert_eq!(
        trouble(shop.till.unlock("1212")).0,
        "pin_delayed",
        "right, too early"
    );
    let shop = shop.restart();
    assert_eq!(trouble(shop.till.unlock("1212")).0, "pin_delayed");
    shop.clock.advance_ms(30_000);
    assert_eq!(
        shop.till
            .unlock("1212")
            .expect("in")
            .session
            .expect("Rosa")
            .name,
        "Rosa Ibarra"
    );
    shop.till.lock();
    // Her own misses are forgiven, those at Mónica's PIN are not: one more, and Mónica waits again.
    assert_eq!(trouble(shop.till.unlock("9999")).0, "pin_held");
    shop.till.unlock("1212").expect("Rosa waits for nothing");
    assert_eq!(trouble(shop.till.unlock("8080")).0, "pin_held");
    shop.clock.advance_ms(60_000);
    shop.till.unlock("8080").expect("Mónica is in");
    shop.till.lock();
    assert_eq!(trouble(shop.till.unlock("9999")).0, "pin_wrong", "forgiven");
}

#[test]
fn an_own_pin_between_guesses_at_a_colleague_clears_none_of_them() {
    let shop = Shop::open();
    let guess = |pin: &str| {
        shop.till.lock();
        shop.till.unlock(pin).map(|_| ())
    };
    for wrong in ["8000", "8010", "8020", "8030"] {
        assert_eq!(trouble(guess(wrong)).0, "pin_wrong");
        guess("1212").expect("Rosa is let in between");
    }
    let fifth = guess("8040").expect_err("wrong").trouble(Language::Es);
    assert_eq!((fifth.code.as_str(), fifth.wait_s), ("pin_held", Some(30)));
    guess("1212").expect("Rosa goes on working");
    // Right and wrong are answered alike, so that nobody learns from the answer.
    let right = guess("8080").expect_err("too early").trouble(Language::Es);
    assert_eq!(right, fifth);
    assert_eq!(
        guess("8050").expect_err("wrong").trouble(Language::Es),
        fifth
    );
    shop.clock.advance_ms(29_999);
    assert_eq!(trouble(guess("8080")).0, "pin_held");
    shop.clock.advance_ms(1);
    guess("8080").expect("Mónica is in");
}

#[test]
fn slips_of_a_day_fade_and_keep_out_nobody_who_was_not_there() {
    let shop = Shop::open();
    let guess = |pin: &str| {
        shop.till.lock();
        shop.till.unlock(pin).map(|_| ())
    };
    for _ in 0..20 {
        assert_eq!(trouble(guess("9999")).0, "pin_wrong");
        guess("1212").expect("Rosa is in");
        shop.clock.advance_ms(1_800_000);
    }
    guess("8080").expect("Mónica comes at night");
}

#[test]
fn switching_the_person_keeps_the_basket() {
    let shop = Shop::open();
    shop.till.add_product("queso", "2").expect("added");
    shop.till.lock();
    let view = shop.till.unlock("8080").expect("in");
    assert_eq!(view.session.expect("Mónica").role, "manager");
    assert_eq!(shop.till.counter().expect("a counter").lines.len(), 1);
}

#[test]
fn the_pin_screen_has_what_it_needs_and_the_language_is_kept() {
    let shop = Shop::open();
    let view = shop.till.view();
    assert_eq!((view.currency.as_str(), view.shown_decimals), ("COP", 0));
    assert_eq!(view.tenant_name, "LIVEX");
    assert_eq!(view.demo_pins.len(), 2, "a demo shows its PINs");
    assert!(view.warnings.is_empty());
    shop.till.set_language(Language::En).expect("set");
    let shop = shop.restart();
    assert_eq!(shop.till.view().language, Language::En);
}

#[test]
fn letters_that_look_like_a_generated_code_are_one_unless_somebody_has_that_name() {
    let shop = Shop::open_with(|program| program.generated_length = Some(5));
    let read = |text: &str| shop.till.read_box(text).expect("a reading");
    let BoxReading::Code {
        text,
        known,
        sentence,
    } = read("qwrty")
    else {
        panic!("no code");
    };
    assert_eq!((text.as_str(), known), ("QWRTY", false));
    assert!(sentence.is_some_and(|why| why.contains("[bad_check_sign]")));
    let BoxReading::Code {
        known, sentence, ..
    } = read("QUIEN99")
    else {
        panic!("no code");
    };
    assert!(!known && sentence.is_some_and(|why| why.contains("[unknown_code]")));
    let BoxReading::Code {
        known, sentence, ..
    } = read("verano10")
    else {
        panic!("no code");
    };
    assert_eq!((known, sentence), (true, None));
    assert!(matches!(read("bruno"), BoxReading::Customers { .. }));
    assert!(matches!(read("qwrtyz"), BoxReading::Nothing { .. }));
    assert!(matches!(read("qw rty"), BoxReading::Nothing { .. }));
}

#[test]
fn the_box_tells_customers_products_and_codes_apart() {
    let shop = Shop::open();
    let read = |text: &str| match shop.till.read_box(text).expect("a reading") {
        BoxReading::Empty => "empty".to_owned(),
        BoxReading::Customers { hits, sure } => format!("{} {sure}", hits[0].name),
        BoxReading::Products { hits, sure } => format!("{} {sure}", hits[0].name),
        BoxReading::Mixed {
            customers,
            products,
        } => {
            format!("{} + {}", customers.len(), products.len())
        }
        BoxReading::Code { text, known, .. } => format!("{text} {known}"),
        BoxReading::Receipt { number, .. } => format!("receipt {number}"),
        BoxReading::Referral { sentence, .. } | BoxReading::Nothing { sentence } => sentence,
    };
    for (text, reading) in [
        ("", "empty"),
        ("   ", "empty"),
        ("LX-200", "Bruno Díaz true"),
        ("https://livex.example/c/LX-200", "Bruno Díaz true"),
        ("lx-003", "Queso costeño true"),
        ("77012345002", "Limonada de coco true"),
        ("310 987 6543", "Bruno Díaz true"),
        ("verano 10", "VERANO10 true"),
        ("carlosvip", "CARLOSVIP true"),
        ("otono99", "OTONO99 false"),
        ("bruno", "Bruno Díaz true"),
        ("costeno", "Queso costeño true"),
    ] {
        assert_eq!(read(text), reading, "{text}");
    }
    assert!(read("zzzzqqqq").starts_with("Nada coincide con «zzzzqqqq»"));
    assert!(read("0000000").starts_with("Nada coincide"));
    let hits = shop.till.read_box("ana").expect("a reading");
    assert!(
        matches!(&hits, BoxReading::Customers { hits, sure: false } if hits.len() == 2),
        "{hits:?}"
    );
}
