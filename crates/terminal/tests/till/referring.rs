//! Who brought a customer: said at enrolment or before the first purchase, refused with a reason.

use mostrador_ledger as ledger;
use mostrador_protocol::program::ReferralDocument;
use mostrador_terminal::view::{
    CounterView, ProfileInput, ProfileSaved, ReferralSaved, ReferrerInput,
};

use crate::server::Line;
use crate::shop::{ANA, ANA_MARIA, BRUNO, Shop};

/// A shop whose program has referrals, 500 points for who brings.
fn shop() -> Shop {
    let shop = Shop::open_with(|program| {
        program.calling_code = Some("57".to_owned());
        program.referral = Some(ReferralDocument {
            bonus_points: 500,
            welcome_points: 0,
            min_purchase: 1_000_000,
        });
    });
    shop.settle();
    shop
}

fn delia(referrer: Option<ReferrerInput>) -> ProfileInput {
    ProfileInput {
        name: "Delia Cantillo".to_owned(),
        phone: "3005556677".to_owned(),
        referrer,
        ..ProfileInput::default()
    }
}

fn by(id: &impl ToString, code: Option<&str>) -> ReferrerInput {
    ReferrerInput {
        id: id.to_string(),
        code: code.map(str::to_owned),
    }
}

fn enrolled(shop: &Shop, input: &ProfileInput) -> CounterView {
    match shop.till.save_profile(input).expect("an outcome") {
        ProfileSaved::Saved { counter } => *counter,
        other => panic!("{other:?}"),
    }
}

/// The code of the refusal; the sentence ends in it.
fn refused(answer: ReferralSaved) -> String {
    match answer {
        ReferralSaved::Refused { refusal, sentence } => {
            assert!(sentence.ends_with(&format!("[{refusal}]")), "{sentence}");
            refusal
        }
        ReferralSaved::Registered { counter } => panic!("{counter:?}"),
    }
}

#[test]
fn who_brought_a_new_customer_is_found_by_code_phone_or_name_and_recorded_offline() {
    let shop = shop();
    shop.server.set_line(Line::Cut);
    let form = shop.till.edit_profile(&ANA.to_string()).expect("a form");
    let offer = form.referral.expect("a program with referrals");
    assert!(offer.may_say);
    assert_eq!(
        offer.sentence.replace('\u{a0}', " "),
        "Quien lo trajo recibe 500 puntos con la primera compra desde $ 10.000."
    );
    // Bruno gets a code when his profile is saved here.
    let fields = shop
        .till
        .edit_profile(&BRUNO.to_string())
        .expect("a form")
        .fields;
    enrolled(&shop, &fields);
    let form = shop.till.edit_profile(&BRUNO.to_string()).expect("a form");
    let code = form.referral_code.expect("drawn");

    for (text, shown) in [
        (code.to_lowercase(), Some(code.as_str())),
        ("310 987 6543".to_owned(), None),
        ("LX-200".to_owned(), None),
        ("bruno dia".to_owned(), None),
    ] {
        let found = shop.till.find_person(&text).expect("a reading");
        assert!(found.sure && found.hits.len() == 1, "{text}: {found:?}");
        assert_eq!(found.hits[0].id, BRUNO.to_string());
        assert_eq!(found.code.as_deref(), shown);
    }
    let nobody = shop.till.find_person("zzyzx").expect("a reading");
    assert!(nobody.sentence.contains("«zzyzx»"), "{nobody:?}");

    let counter = enrolled(&shop, &delia(Some(by(&BRUNO, Some(&code)))));
    let card = counter.customer.expect("on the basket");
    let referral = card.referral.expect("a program with referrals");
    assert!(!referral.may_say);
    assert!(
        referral
            .sentence
            .contains("Lo trajo Bruno Díaz: recibe 500"),
        "{}",
        referral.sentence
    );
    let history = shop.till.history(&card.id).expect("a history");
    assert!(history.events[0].what.contains("Lo trajo Bruno Díaz"));
    let history = shop.till.history(&BRUNO.to_string()).expect("a history");
    assert!(history.events[0].what.contains("Trajo a Delia Cantillo"));
    let brought = history.facts.iter().find(|fact| fact.name == "Ha traído");
    let brought = &brought.expect("a fact").value;
    assert_eq!(brought, "1: Delia Cantillo (con bono: 0)");
}

#[test]
fn every_refusal_of_a_referral_has_its_sentence_and_writes_nothing() {
    let shop = shop();
    shop.server.set_line(Line::Cut);
    let entries = || {
        let head = shop.till.ledger().read(ledger::stream::head);
        head.expect("read").expect("a stream").seq
    };
    let before = entries();
    let refer = |customer: &str, referrer: &str| {
        let answer = shop.till.register_referral(customer, &by(&referrer, None));
        refused(answer.expect("an answer"))
    };
    let (ana, bruno) = (ANA.to_string(), BRUNO.to_string());
    assert_eq!(refer(&ana, &ana), "own_referral");

    // Whoever is enrolled with the name of a cashier is taken for her.
    let rosa = ProfileInput {
        name: "Rosa Ibarra Gómez".to_owned(),
        phone: "3009998877".to_owned(),
        ..ProfileInput::default()
    };
    let rosa = enrolled(&shop, &rosa).customer.expect("enrolled").id;
    assert_eq!(refer(&ana, &rosa), "employee_referral");

    // The form of a new customer is not saved without its referral.
    let answer = shop.till.save_profile(&delia(Some(by(&rosa, None))));
    let ProfileSaved::Refused { refusal, sentence } = answer.expect("an answer") else {
        panic!("a refusal was expected");
    };
    assert_eq!(refusal, "employee_referral");
    assert!(sentence.contains("personal"), "{sentence}");
    let found = shop.till.find_person("Delia Cantillo").expect("a reading");
    assert!(found.hits.is_empty(), "{found:?}");
    assert_eq!(entries(), before, "profiles are no entries");

    // Same e-mail.
    let mut fields = shop.till.edit_profile(&bruno).expect("a form").fields;
    fields.email = "bruno@example.co".to_owned();
    enrolled(&shop, &fields);
    let delia = enrolled(&shop, &delia(None)).customer.expect("enrolled").id;
    let twin = shop.till.ledger().transact(|tx| {
        let id = delia.parse().expect("an id");
        let known = ledger::customer::get(tx, id)?.expect("known");
        let twin = mostrador_protocol::row::Customer {
            email: Some("Bruno@example.co".to_owned()),
            ..known
        };
        ledger::customer::save_local(tx, &twin)
    });
    twin.expect("saved");
    assert_eq!(refer(&delia, &bruno), "same_person");

    let answer = shop.till.register_referral(&delia, &by(&ANA, None));
    assert!(matches!(answer, Ok(ReferralSaved::Registered { .. })));
    let written = entries();
    let again = shop.till.register_referral(&delia, &by(&ANA, None));
    assert!(matches!(again, Ok(ReferralSaved::Registered { .. })));
    assert_eq!(entries(), written, "said twice, written once");
    assert_eq!(refer(&delia, &rosa), "employee_referral");
    let other = ANA_MARIA.to_string();
    assert_eq!(refer(&delia, &other), "second_referrer");

    shop.till.set_customer(&ana).expect("Ana");
    shop.till.add_product("queso", "1").expect("added");
    shop.pay_cash();
    assert_eq!(refer(&ana, &bruno), "already_bought");
    let form = shop.till.edit_profile(&ana).expect("a form");
    let referral = form.referral.expect("a program with referrals");
    assert!(!referral.may_say && referral.sentence.is_empty());
}

#[test]
fn a_program_without_referrals_asks_nobody() {
    let shop = Shop::open();
    let form = shop.till.new_profile("Delia").expect("a form");
    assert_eq!(form.referral, None);
}
