//! New customers in two fields, profiles that are corrected, and what is known of somebody.

use mostrador_ledger as ledger;
use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::code::generated::is_intact;
use mostrador_protocol::row::Customer;
use mostrador_terminal::view::{BoxReading, CounterView, ProfileInput, ProfileSaved};
use uuid::Uuid;

use crate::server::Line;
use crate::shop::{ANA, BRUNO, MORNING_MS, Shop, trouble};

fn newcomer(name: &str, phone: &str) -> ProfileInput {
    ProfileInput {
        name: name.to_owned(),
        phone: phone.to_owned(),
        ..ProfileInput::default()
    }
}

fn colombian() -> Shop {
    Shop::open_with(|program| program.calling_code = Some("57".to_owned()))
}

fn saved(shop: &Shop, input: &ProfileInput) -> CounterView {
    match shop.till.save_profile(input).expect("an outcome") {
        ProfileSaved::Saved { counter } => *counter,
        other => panic!("{other:?}"),
    }
}

fn profile(shop: &Shop, id: &str) -> Customer {
    let id: Uuid = id.parse().expect("an id");
    let found = shop
        .till
        .ledger()
        .read(|look| ledger::customer::get(look, id));
    found.expect("read").expect("a profile")
}

#[test]
fn two_fields_enrol_somebody_onto_the_open_basket_without_a_network() {
    let shop = colombian();
    shop.settle();
    shop.server.set_line(Line::Cut);
    shop.till.add_product("queso", "1").expect("added");
    let form = shop.till.new_profile("300 555 66 77").expect("a form");
    assert_eq!(form.fields.phone, "300 555 66 77");
    assert!(form.consent_text.contains("LIVEX"), "{}", form.consent_text);

    let counter = saved(&shop, &newcomer("Delia  Cantillo", "300 555 66 77"));
    let card = counter.customer.expect("on the basket");
    assert_eq!((card.name.as_str(), card.purchases), ("Delia Cantillo", 0));
    assert_eq!(counter.lines.len(), 1);
    let kept = profile(&shop, &card.id);
    assert_eq!(kept.phone.as_deref(), Some("573005556677"));
    let consent = kept.consent.expect("recorded");
    assert_eq!((consent.version, consent.marketing), (0, false));
    assert_eq!(consent.given_ms, MORNING_MS);
    let code = CodeText::parse(&kept.referral_code.expect("drawn")).expect("a code");
    assert!(is_intact(&code) && code.as_str().len() == 8);

    shop.pay_cash();
    shop.server.set_line(Line::Up);
    shop.settle();
    assert_eq!(shop.server.profiles().len(), 1);
    let sold_to = shop.server.sales()[0].customer_id;
    assert_eq!(sold_to.map(|id| id.to_string()), Some(card.id));
}

#[test]
fn a_restart_between_enrolment_and_sale_keeps_the_customer() {
    let shop = colombian();
    let card = saved(&shop, &newcomer("Delia Cantillo", "3005556677"));
    let id = card.customer.expect("on the basket").id;
    let shop = shop.restart();
    shop.till.unlock("1212").expect("Rosa");
    shop.till.set_customer(&id).expect("still known");
    shop.till.add_product("queso", "1").expect("added");
    shop.pay_cash();
    shop.settle();
    assert_eq!(shop.server.profiles().len(), 1);
}

#[test]
fn nobody_is_enrolled_twice_however_the_phone_is_written() {
    let shop = colombian();
    for phone in ["3001234567", "+57 300 123 45 67", "573001234567"] {
        let answer = shop
            .till
            .save_profile(&newcomer("Otra Ana", phone))
            .expect("an answer");
        let ProfileSaved::Known { sentence, customer } = answer else {
            panic!("{phone}: {answer:?}");
        };
        assert_eq!(customer.id, ANA.to_string());
        assert!(
            sentence.contains("Ana Peña ya es cliente con ese teléfono"),
            "{sentence}"
        );
    }
    let with_card = ProfileInput {
        card: "LX-200".to_owned(),
        ..newcomer("Otro Bruno", "3005556677")
    };
    let answer = shop.till.save_profile(&with_card).expect("an answer");
    assert!(
        matches!(&answer, ProfileSaved::Known { customer, .. } if customer.id == BRUNO.to_string()),
        "{answer:?}"
    );
    assert!(shop.till.counter().expect("a counter").customer.is_none());
}

#[test]
fn a_form_that_cannot_be_saved_says_which_field_and_why() {
    let shop = colombian();
    let save = |input: ProfileInput| trouble(shop.till.save_profile(&input));
    assert_eq!(save(newcomer("", "3005556677")).0, "profile_name");
    let (code, message) = save(newcomer("Delia", "12"));
    assert_eq!(code, "profile_phone");
    assert!(message.contains("«12»"), "{message}");
    let email = ProfileInput {
        email: "delia".to_owned(),
        ..newcomer("Delia", "3005556677")
    };
    assert_eq!(save(email).0, "profile_email");
    let unknown = ProfileInput {
        id: Some(Uuid::from_u128(99).to_string()),
        ..newcomer("Delia", "3005556677")
    };
    assert_eq!(save(unknown).0, "unknown_customer");
}

#[test]
fn an_edit_keeps_the_code_and_records_a_changed_mind() {
    let shop = colombian();
    let id = saved(&shop, &newcomer("Delia Cantillo", "3005556677"))
        .customer
        .expect("on the basket")
        .id;
    let first = profile(&shop, &id);
    // A talk with the server that the step falls into would take it for a wrong clock.
    shop.stop();
    shop.clock.advance_ms(60_000);
    let mut fields = shop.till.edit_profile(&id).expect("a form").fields;
    fields.name = "Delia Cantillo Ruiz".to_owned();
    fields.marketing = true;
    saved(&shop, &fields);
    let edited = profile(&shop, &id);
    assert_eq!(edited.name, "Delia Cantillo Ruiz");
    assert_eq!(edited.referral_code, first.referral_code);
    assert!(edited.marketing_consent && edited.hlc > first.hlc);
    let consent = edited.consent.expect("recorded");
    assert_eq!(consent.given_ms, MORNING_MS + 60_000);
    let form = shop.till.edit_profile(&id).expect("a form");
    assert!(
        form.consent_given.contains("recibe mensajes"),
        "{}",
        form.consent_given
    );
}

#[test]
fn the_box_says_whose_referral_code_it_is() {
    let shop = colombian();
    let card = saved(&shop, &newcomer("Delia Cantillo", "3005556677"));
    let id = card.customer.expect("on the basket").id;
    let code = profile(&shop, &id).referral_code.expect("drawn");
    match shop.till.read_box(&code.to_lowercase()).expect("a reading") {
        BoxReading::Referral {
            text,
            sentence,
            owner,
        } => {
            assert_eq!(owner.id, id);
            assert_eq!(text, code);
            assert!(sentence.contains("Delia Cantillo"), "{sentence}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_history_has_every_factor_and_says_until_when_this_till_knows() {
    let shop = Shop::open();
    shop.settle();
    shop.till.set_customer(&ANA.to_string()).expect("Ana");
    shop.till.add_product("queso", "3").expect("added");
    shop.till.apply_code("VERANO10").expect("applied");
    shop.till.apply_code("VIEJO").expect("refused");
    shop.server.set_line(Line::Cut);
    shop.pay_cash();
    let history = shop.till.history(&ANA.to_string()).expect("a history");
    assert!(
        !history.is_whole && history.said.contains("hasta 01/03/2025"),
        "{}",
        history.said
    );
    let [event] = history.events.as_slice() else {
        panic!("{history:?}");
    };
    assert_eq!(
        (event.day.as_str(), event.time.as_str()),
        ("2025-03-01", "10:00")
    );
    assert_eq!(event.amount, Some(5_400_000));
    // 54 x first purchase 1.5 x weekend 1.2 = 97.2, down.
    assert_eq!(event.points, 97);
    let reasons = event.reasons.join("\n");
    for part in ["VERANO10", "VIEJO", "× 1,5", "× 1,2", "se enviará solo"] {
        assert!(reasons.contains(part), "{part} in {reasons}");
    }
    let online = shop.block_on(shop.till.history_online(&ANA.to_string(), ""));
    assert_eq!(trouble(online).0, "server_unreachable");
}
