//! A customer who was erased leaves nothing on a till, and does not come back.

use mostrador_ledger::customer::{self, Found};
use mostrador_ledger::{outbox, replica, restored};
use mostrador_protocol::message::PullReply;
use mostrador_protocol::row::{Customer, Row};
use rusqlite::Connection;

use crate::counter::{Counter, customer_id, profile};
use crate::syncing::page;

const NAME: &str = "Anacleta Zarzaparrilla";
const PHONE: &str = "573119998877";

fn apply(till: &Counter, page: &PullReply) {
    let applied = till.ledger.transact(|tx| replica::apply_page(tx, page));
    applied.expect("a page");
}

fn ana() -> Customer {
    Customer {
        email: Some("zarzaparrilla@example.com".to_owned()),
        ..profile(1, NAME, PHONE)
    }
}

fn found(till: &Counter, text: &str) -> Vec<Found> {
    let found = till.ledger.read(|look| customer::search(look, text, 5));
    found.expect("a search")
}

fn waiting(till: &Counter) -> Vec<Customer> {
    let waiting = till.ledger.read(|look| outbox::profiles(look, 10));
    waiting.expect("a list")
}

fn known(till: &Counter) -> (Option<Customer>, bool) {
    let id = customer_id(1);
    let known = till.ledger.read(|look| {
        Ok::<_, mostrador_ledger::Error>((customer::get(look, id)?, customer::is_erased(look, id)?))
    });
    known.expect("a look")
}

/// Whether the opened file says any of these somewhere, in rows or in the index.
fn says(till: Counter, texts: &[&str]) -> (bool, Counter) {
    let (path, folder) = till.closed();
    let plain = folder.path().join("plain.sqlite");
    let file = Connection::open(&path).expect("the file");
    let key = hex::encode([7_u8; 32]);
    file.execute_batch(&format!("pragma key = \"x'{key}'\""))
        .expect("the key");
    file.execute_batch(&format!(
        "attach database '{}' as plain key ''; select sqlcipher_export('plain'); detach plain",
        plain.display()
    ))
    .expect("a copy without encryption");
    drop(file);
    let bytes = std::fs::read(&plain).expect("the copy");
    std::fs::remove_file(&plain).expect("removed");
    let is_there = |text: &&str| {
        bytes
            .windows(text.len())
            .any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
    };
    let says = texts.iter().any(is_there);
    (says, Counter::over(path, folder))
}

#[test]
fn nothing_of_who_was_erased_is_left_in_the_file() {
    let till = Counter::enrolled();
    let others = (2..40).map(|number| Row::Customer(profile(number, "Beto Gil", "3001234567")));
    let mut rows = vec![Row::Customer(ana())];
    rows.extend(others);
    apply(&till, &page(39, rows));
    let own = till
        .ledger
        .transact(|tx| customer::save_local(tx, &Customer { hlc: 5, ..ana() }));
    own.expect("a change that waits");
    assert_eq!(found(&till, "zarzapa").len(), 1);
    let canaries = ["zarzaparrilla", "anacleta", PHONE, "9998877"];
    let (says_so, till) = says(till, &canaries);
    assert!(says_so, "the canary is seen while it sings");

    apply(
        &till,
        &page(40, vec![Row::Customer(Customer::erased(customer_id(1), 3))]),
    );
    assert_eq!(known(&till), (None, true));
    assert_eq!(waiting(&till), [], "what waited is not sent");
    for text in ["zarzapa", "anacleta", "9998877", "zarsaparrila"] {
        assert_eq!(found(&till, text).len(), 0, "{text}");
    }
    assert_eq!(found(&till, "beto").len(), 5, "others are found as before");
    // The index is put together when the file is opened.
    let till = till.reopened().expect("the same file");
    let (says_so, till) = says(till, &canaries);
    assert!(!says_so);
    assert_eq!(found(&till, "beto").len(), 5);
}

#[test]
fn an_old_row_does_not_bring_anybody_back_and_the_server_is_told() {
    let till = Counter::enrolled();
    apply(&till, &page(1, vec![Row::Customer(ana())]));
    let gone = Customer::erased(customer_id(1), 9);
    apply(&till, &page(2, vec![Row::Customer(gone.clone())]));
    // The server was restored from a copy of before: its feed begins again, without the erasure.
    till.ledger
        .transact(restored::begin_again)
        .expect("read again");
    apply(
        &till,
        &page(1, vec![Row::Customer(Customer { hlc: 20, ..ana() })]),
    );
    assert_eq!(known(&till), (None, true));
    let told = Customer::erased(customer_id(1), 21);
    assert_eq!(waiting(&till), std::slice::from_ref(&told));
    till.ledger
        .transact(|tx| outbox::acknowledge_profiles(tx, std::slice::from_ref(&told)))
        .expect("taken");
    assert_eq!(waiting(&till), []);
    apply(&till, &page(2, vec![Row::Customer(told)]));
    assert_eq!((known(&till), waiting(&till)), ((None, true), vec![]));
}

#[test]
fn a_server_that_lost_the_erasure_alone_is_told_again() {
    let till = Counter::enrolled();
    let gone = Customer::erased(customer_id(1), 9);
    apply(&till, &page(1, vec![Row::Customer(gone.clone())]));
    till.ledger
        .transact(restored::begin_again)
        .expect("read again");
    apply(&till, &page(1, vec![Row::Customer(profile(2, "Beto", ""))]));
    assert_eq!(waiting(&till), [gone]);
}

#[test]
fn what_is_deleted_is_overwritten_in_the_file() {
    let till = Counter::enrolled();
    let secure: Result<i64, rusqlite::Error> = till
        .ledger
        .transact(|tx| {
            Ok::<_, mostrador_ledger::Error>(
                tx.query_row("pragma secure_delete", [], |row| row.get(0)),
            )
        })
        .expect("a look");
    assert_eq!(secure.expect("a setting"), 1);
}
