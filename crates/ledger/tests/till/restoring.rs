//! What a till does for a server that was restored from a backup.

use mostrador_ledger::{Error, account, customer, outbox, program, replica, restored};
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::message::PullReply;
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::{Customer, Row};

use crate::counter::{Counter, STREAM, Sold, customer_id, profile};
use crate::syncing::page;

fn apply(till: &Counter, page: &PullReply) {
    let applied = till.ledger.transact(|tx| replica::apply_page(tx, page));
    applied.expect("a page");
}

fn waiting(till: &Counter) -> Vec<Customer> {
    let waiting = till.ledger.read(|look| outbox::profiles(look, 10));
    waiting.expect("a list")
}

fn published(version: u32, name: &str) -> Row {
    let document = ProgramDocument {
        version,
        ..ProgramDocument::bare(name, "COP", "America/Bogota")
    };
    Row::Program(Box::new(document))
}

#[test]
fn a_profile_that_was_taken_and_that_the_feed_does_not_show_is_pushed_again() {
    let till = Counter::enrolled();
    let saved = till
        .ledger
        .transact(|tx| customer::save_local(tx, &profile(1, "Ana Torres", "3001234567")))
        .expect("a change");
    let take = || {
        till.ledger
            .transact(|tx| outbox::acknowledge_profiles(tx, std::slice::from_ref(&saved)))
            .expect("taken");
    };
    take();
    let half = PullReply {
        more: true,
        ..page(1, vec![published(1, "A")])
    };
    apply(&till, &half);
    assert_eq!(waiting(&till), [], "the feed goes on");
    apply(&till, &page(2, vec![published(2, "A")]));
    assert_eq!(waiting(&till), std::slice::from_ref(&saved));
    take();
    apply(&till, &page(3, vec![Row::Customer(saved.clone())]));
    apply(&till, &page(4, vec![published(3, "A")]));
    assert_eq!(waiting(&till), [], "it was shown");
}

#[test]
fn a_server_that_begins_again_gets_back_what_its_feed_does_not_show() {
    let till = Counter::enrolled();
    let (old, new) = (
        profile(1, "Ana", "3001234567"),
        profile(2, "Eva", "3007654321"),
    );
    let balance = Row::Account {
        customer_id: customer_id(1),
        account: AccountDocument {
            purchases: 3,
            ..AccountDocument::default()
        },
    };
    let before = PullReply {
        seals: [(1, "seal one".to_owned()), (2, "seal two".to_owned())].into(),
        ..page(
            5,
            vec![
                published(1, "A"),
                published(2, "A"),
                Row::Customer(old.clone()),
                Row::Customer(new.clone()),
                balance,
            ],
        )
    };
    apply(&till, &before);
    till.ledger
        .transact(|tx| outbox::confirm(tx, STREAM, 1))
        .expect("the server has the till's entries");
    till.ledger
        .transact(restored::begin_again)
        .expect("a beginning");
    assert_eq!(till.ledger.read(replica::cursor).expect("a cursor"), 0);
    assert_eq!(waiting(&till), [], "the feed may show everything");
    let purchases = || {
        let shown = till
            .ledger
            .read(|look| account::shown(look, customer_id(1)));
        shown.expect("an account").purchases
    };
    assert_eq!(purchases(), 3, "rows stay until the feed was read");

    let after = vec![published(1, "A"), Row::Customer(old)];
    apply(&till, &page(2, after));
    assert_eq!(waiting(&till), [new]);
    let programs = till.ledger.read(|look| outbox::programs(look, 10));
    let programs = programs.expect("a list");
    assert_eq!(
        programs
            .iter()
            .map(|it| it.seal.as_str())
            .collect::<Vec<_>>(),
        ["seal two"]
    );
    assert_eq!(purchases(), 0, "nobody's entries come to that any more");
    till.ledger
        .transact(|tx| outbox::acknowledge_programs(tx, &programs))
        .expect("taken");
    let programs = till.ledger.read(|look| outbox::programs(look, 10));
    assert_eq!(programs.expect("a list"), []);
}

#[test]
fn a_number_that_a_restored_server_gave_again_means_what_the_server_says() {
    let till = Counter::enrolled();
    let name = || {
        let held = till.ledger.read(|look| program::by_version(look, 2));
        held.expect("a look").expect("a program").name
    };
    apply(&till, &page(1, vec![published(2, "first")]));
    apply(&till, &page(2, vec![published(2, "changed")]));
    assert_eq!(name(), "first", "a published version never changes");
    till.ledger
        .transact(restored::begin_again)
        .expect("a beginning");
    apply(&till, &page(1, vec![published(2, "again")]));
    assert_eq!(name(), "again");
}

#[test]
fn a_program_that_the_server_does_not_take_back_waits_no_more_until_it_is_published_again() {
    let till = Counter::enrolled();
    let sealed = PullReply {
        seals: [(1, "seal one".to_owned())].into(),
        ..page(1, vec![published(1, "A")])
    };
    apply(&till, &sealed);
    till.ledger
        .transact(|tx| outbox::confirm(tx, STREAM, 1))
        .expect("the server has the till's entries");
    till.ledger
        .transact(restored::begin_again)
        .expect("a beginning");
    apply(&till, &page(1, Vec::new()));
    let beside = || till.ledger.read(outbox::waiting_beside).expect("a count");
    assert_eq!(beside(), 1);
    let lost = till.ledger.read(|look| outbox::programs(look, 10));
    till.ledger
        .transact(|tx| outbox::refuse_programs(tx, &lost.expect("a list")))
        .expect("noted");
    let refused = || till.ledger.read(program::refused).expect("a list");
    assert_eq!((beside(), refused()), (0, vec![1]));
    apply(&till, &page(2, vec![published(1, "A")]));
    assert_eq!((beside(), refused()), (0, Vec::new()));
}

#[test]
fn every_profile_that_waits_is_counted() {
    let till = Counter::enrolled();
    for number in 0..130 {
        let phone = format!("300{number:07}");
        till.ledger
            .transact(|tx| customer::save_local(tx, &profile(number, "Ana", &phone)))
            .expect("a change");
    }
    let beside = till.ledger.read(outbox::waiting_beside);
    assert_eq!(beside.expect("a count"), 130);
}

fn balance(purchases: i64) -> Row {
    Row::Account {
        customer_id: customer_id(1),
        account: AccountDocument {
            purchases,
            ..AccountDocument::default()
        },
    }
}

fn purchases(till: &Counter) -> i64 {
    let shown = till
        .ledger
        .read(|look| account::shown(look, customer_id(1)));
    shown.expect("an account").purchases
}

fn own(page: PullReply, through: u64, more: bool) -> PullReply {
    PullReply {
        own_through: through,
        more,
        ..page
    }
}

#[test]
fn reading_the_feed_again_shows_nothing_older_and_ends_with_what_the_server_has() {
    let till = Counter::enrolled();
    let basket = Sold {
        customer: Some(customer_id(1)),
        ..Sold::default()
    };
    till.sell(&basket);
    till.sell(&basket);
    // The first of the two is in the row of the server, the second is not yet.
    apply(&till, &own(page(2, vec![balance(1), balance(7)]), 2, false));
    assert_eq!(purchases(&till), 8);
    till.ledger
        .transact(restored::begin_again)
        .expect("a beginning");
    assert_eq!(purchases(&till), 8);
    apply(&till, &own(page(1, vec![balance(1)]), 1, true));
    assert_eq!(purchases(&till), 8, "no state of before is used");
    till.sell(&basket);
    assert_eq!(purchases(&till), 9, "what is sold meanwhile counts");
    // The server lost the last of its sales, and the till's.
    apply(&till, &own(page(3, vec![balance(2), balance(5)]), 1, false));
    assert_eq!(purchases(&till), 8, "five, and three own ones");
    apply(&till, &own(page(4, vec![balance(8)]), 4, false));
    assert_eq!(purchases(&till), 8);
    let back: Result<(), Error> = till.ledger.transact(|tx| {
        tx.execute("update stream set included = 1", [])?;
        Ok(())
    });
    assert!(back.is_err(), "no reading again, no way back");
}

#[test]
fn what_the_feed_shows_as_it_stands_here_waits_nowhere() {
    let till = Counter::enrolled();
    apply(&till, &page(2, vec![balance(1), balance(7)]));
    till.ledger
        .transact(restored::begin_again)
        .expect("a beginning");
    apply(&till, &own(page(1, vec![balance(1)]), 0, true));
    let aside = || {
        let count: Result<u64, Error> = till.ledger.read(|look| {
            let sql = "select count(*) from read_again";
            Ok(look.query_row(sql, [], |row| row.get::<_, u32>(0))?.into())
        });
        count.expect("a count")
    };
    assert_eq!(aside(), 1);
    apply(&till, &own(page(2, vec![balance(7)]), 0, true));
    assert_eq!((aside(), purchases(&till)), (0, 7));
    apply(&till, &own(page(2, Vec::new()), 0, false));
    assert_eq!(purchases(&till), 7);
}
