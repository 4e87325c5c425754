//! Profiles: who has what, what waits for the server, and how its rows meet changes made here.

use mostrador_ledger::customer::{self, Unique};
use mostrador_ledger::{outbox, replica};
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::message::PullReply;
use mostrador_protocol::row::{Consent, Customer, FeedRow, Row};
use uuid::Uuid;

use crate::counter::{Counter, profile};

fn full(number: u32) -> Customer {
    Customer {
        email: Some("ana@example.com".to_owned()),
        card: Some("MC-1".to_owned()),
        document: Some("52345678".to_owned()),
        referral_code: Some("K7M2Q9X5".to_owned()),
        consent: Some(said(100, false, None)),
        ..profile(number, "Ana Peña", "573001234567")
    }
}

fn said(given_ms: i64, marketing: bool, answers_ms: Option<i64>) -> Consent {
    Consent {
        version: 1,
        marketing,
        given_ms,
        terminal: Uuid::from_u128(7),
        answers_ms,
    }
}

fn save(till: &Counter, customer: &Customer) -> Customer {
    till.ledger
        .transact(|tx| customer::save_local(tx, customer))
        .expect("saved")
}

fn receive(till: &Counter, position: u64, row: Customer) {
    let page = PullReply {
        rows: vec![FeedRow {
            position,
            row: Row::Customer(row),
        }],
        next_cursor: position,
        own_through: 0,
        more: false,
        server_time_ms: 0,
        next_hash: None,
        seals: std::collections::BTreeMap::new(),
    };
    till.ledger
        .transact(|tx| replica::apply_page(tx, &page))
        .expect("applied");
}

fn get(till: &Counter, id: Uuid) -> Customer {
    till.ledger
        .read(|look| customer::get(look, id))
        .expect("read")
        .expect("a profile")
}

fn waiting(till: &Counter) -> Vec<Customer> {
    let waiting = till.ledger.read(|look| outbox::profiles(look, 9));
    waiting.expect("read")
}

#[test]
fn a_profile_comes_back_whole_and_waits_to_be_sent() {
    let till = Counter::enrolled();
    let saved = save(&till, &full(1));
    assert_eq!(get(&till, saved.id), saved);
    assert_eq!(waiting(&till), std::slice::from_ref(&saved));
    let code = CodeText::parse("k7m2q9x5").unwrap();
    let found = till
        .ledger
        .read(|look| customer::by_referral_code(look, &code));
    assert_eq!(found.unwrap(), Some(saved));
}

#[test]
fn whoever_has_a_phone_an_address_a_document_or_a_card_already_is_named() {
    let till = Counter::enrolled();
    let ana = save(&till, &full(1));
    let phones = ["3001234567".to_owned(), "573001234567".to_owned()];
    let check = |newcomer: Customer, phones: &[String], what: Option<Unique>| {
        let holder = till
            .ledger
            .read(|look| customer::holder(look, &newcomer, phones))
            .unwrap();
        assert_eq!(holder.as_ref().map(|holder| holder.what), what);
        assert!(holder.is_none_or(|holder| holder.customer == ana));
    };
    let nobody = profile(2, "Beto", "");
    check(nobody.clone(), &[], None);
    check(nobody.clone(), &phones, Some(Unique::Phone));
    let email = Some("ANA@example.com".to_owned());
    check(
        Customer {
            email,
            ..nobody.clone()
        },
        &[],
        Some(Unique::Email),
    );
    let document = ana.document.clone();
    check(
        Customer {
            document,
            ..nobody.clone()
        },
        &[],
        Some(Unique::Document),
    );
    let card = ana.card.clone();
    check(Customer { card, ..nobody }, &[], Some(Unique::Card));
    check(ana.clone(), &phones, None);
}

#[test]
fn a_withdrawal_that_was_not_sent_survives_a_later_edit_of_another_till() {
    let till = Counter::enrolled();
    let agreed = Customer {
        marketing_consent: true,
        consent: Some(said(100, true, None)),
        ..full(1)
    };
    receive(&till, 1, agreed.clone());
    let withdrawn = save(
        &till,
        &Customer {
            marketing_consent: false,
            consent: Some(said(200, false, Some(100))),
            ..agreed.clone()
        },
    );
    let edited = Customer {
        name: "Ana María Peña".to_owned(),
        hlc: withdrawn.hlc + 10,
        ..agreed
    };
    receive(&till, 2, edited.clone());
    let merged = get(&till, edited.id);
    assert_eq!(merged.name, "Ana María Peña");
    assert!(!merged.marketing_consent && merged.hlc > edited.hlc);
    assert_eq!(
        waiting(&till),
        std::slice::from_ref(&merged),
        "the server does not have it yet"
    );
    receive(&till, 3, merged);
    assert_eq!(waiting(&till), []);
}

#[test]
fn a_code_that_the_server_gave_replaces_the_one_drawn_here() {
    let till = Counter::enrolled();
    let sent = save(&till, &full(1));
    let given = Customer {
        referral_code: Some("23456789".to_owned()),
        ..sent.clone()
    };
    receive(&till, 1, given.clone());
    assert_eq!(get(&till, sent.id), given);
    assert_eq!(waiting(&till), []);
}

#[test]
fn a_second_thought_before_sending_answers_what_the_first_answered() {
    let till = Counter::enrolled();
    let known = full(1);
    receive(&till, 1, known.clone());
    let decide = |given_ms, marketing| {
        let before = get(&till, known.id);
        let answers_ms = before.consent.as_ref().map(|consent| consent.given_ms);
        save(
            &till,
            &Customer {
                marketing_consent: marketing,
                consent: Some(said(given_ms, marketing, answers_ms)),
                ..before
            },
        )
    };
    decide(200, true);
    let second = decide(300, false).consent.unwrap();
    assert_eq!((second.given_ms, second.answers_ms), (300, Some(100)));
}
