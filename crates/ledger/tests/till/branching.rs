//! A till that was restored or copied goes on in a new stream.

use mostrador_ledger::branch::{self, Branch};
use mostrador_ledger::outbox::Held;
use mostrador_ledger::record::Recorded;
use mostrador_ledger::{Error, account, entry, outbox, rebuild, replica, sale, stream};
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::{Decoded, Payload};
use mostrador_protocol::message::PullReply;
use mostrador_protocol::row::Row;
use uuid::Uuid;

use crate::counter::{Counter, STREAM, Sold, customer_id, identity};
use crate::sending::held;
use crate::syncing::page;

const NEW: Uuid = Uuid::from_u128(0x5712_0002);

pub(crate) fn part(till: &Counter) -> Recorded {
    part_as(till, NEW)
}

fn part_as(till: &Counter, stream: Uuid) -> Recorded {
    let branch = Branch {
        stream,
        terminal_id: identity().terminal_id,
        reason: "fork",
        stamp: till.stamp(),
    };
    let parted: Result<Recorded, Error> = till.ledger.transact(|tx| branch::open(tx, &branch));
    parted.expect("a new stream")
}

fn confirm(till: &Counter, through: u64) {
    let held: Held = held(till, through);
    let done: Result<(), Error> = till
        .ledger
        .transact(|tx| outbox::acknowledge(tx, STREAM, held, &[]));
    done.expect("an acknowledgement");
}

/// Three sales to a customer, of which the server confirmed the first.
fn copied() -> (Counter, [Recorded; 3]) {
    let till = Counter::enrolled();
    let basket = Sold {
        customer: Some(customer_id(1)),
        points: 10,
        ..Sold::default()
    };
    let sold = [(); 3].map(|()| till.sell(&basket));
    confirm(&till, 2);
    (till, sold)
}

#[test]
fn what_was_not_confirmed_is_written_again_under_its_ids() {
    let (till, sold) = copied();
    let last = part(&till);
    assert_eq!((last.stream, last.seq), (NEW, 3));
    let again = |seq| {
        let raw = till.ledger.read(|look| entry::at(look, NEW, seq));
        raw.expect("a read").expect("an entry")
    };
    let opened = again(1);
    let header = opened.header().expect("a header");
    let Ok(Decoded::Known(Payload::StreamOpened(opened))) = opened.payload(&header) else {
        panic!("{opened:?}");
    };
    let parent = opened.parent.expect("a parent");
    assert_eq!((parent.stream, parent.seq), (STREAM, 2));
    assert_eq!(
        (opened.reason.as_str(), parent.hash),
        ("fork", sold[0].hash)
    );
    for (seq, before) in [(2, sold[1]), (3, sold[2])] {
        let raw = again(seq);
        let header = raw.header().expect("a header");
        assert_eq!(header.entry_id, before.entry_id);
        let old = till
            .ledger
            .read(|look| entry::at(look, STREAM, before.seq))
            .expect("a read")
            .expect("the entry stays where it was");
        assert_eq!(raw.payload, old.payload);
    }
    till.ledger
        .read(|look| stream::verify(look, NEW))
        .expect("a whole chain");
}

#[test]
fn no_receipt_is_numbered_as_one_of_an_earlier_stream() {
    let (till, _) = copied();
    // The signs of a stream come from its last two bytes, and 0x1f is written as 0x01 is.
    part_as(&till, Uuid::from_u128(STREAM.as_u128() + 0x1e));
    for _ in 0..3 {
        till.sell(&Sold::default());
    }
    let sales = till.ledger.read(|look| sale::recent(look, 10));
    let mut receipts: Vec<_> = sales
        .expect("the sales")
        .into_iter()
        .map(|sold| sold.sale.receipt)
        .collect();
    receipts.sort();
    assert_eq!(
        receipts,
        [
            "CAJA1-2300002",
            "CAJA1-2300003",
            "CAJA1-2300004",
            "CAJA1-2300005",
            "CAJA1-2300006",
            "CAJA1-XM00004",
        ]
    );
}

#[test]
fn what_follows_from_the_servers_rows_alone_stays_as_it_is() {
    let (till, _) = copied();
    let [other, own] = [9, 1].map(|number| customer_id(number).into_bytes());
    // Whatever looked at every customer again would take this visit away: there is no such account.
    let put: Result<(), Error> = till.ledger.transact(|tx| {
        tx.execute(
            "insert into visit (customer_id, last_ms) values (?, 5)",
            [other],
        )?;
        Ok(())
    });
    put.expect("a visit");
    let visits = || {
        let found: Result<Vec<Option<i64>>, Error> = till.ledger.read(|look| {
            let mut statement =
                look.prepare("select max(last_ms) from visit where customer_id = ?")?;
            let visits = [other, own].map(|id| statement.query_row([id], |row| row.get(0)));
            visits.into_iter().map(|visit| Ok(visit?)).collect()
        });
        found.expect("a read")
    };
    let before = visits();
    assert!(before.iter().all(Option::is_some), "{before:?}");
    part(&till);
    assert_eq!(visits(), before);
}

#[test]
fn it_counts_once_and_waits_in_the_new_stream_only() {
    let (till, _) = copied();
    let standing = || {
        till.ledger
            .read(|look| {
                let account = account::shown(look, customer_id(1))?;
                let sales = sale::recent(look, 10)?.len();
                Ok::<_, Error>((account.purchases, account.balance(), sales))
            })
            .expect("a read")
    };
    let before = standing();
    part(&till);
    assert_eq!(standing(), before);
    assert_eq!(till.ledger.read(outbox::waiting).expect("a count"), 3);
    let batch = till
        .ledger
        .read(|look| outbox::next(look, 500, 1 << 20))
        .expect("a read")
        .expect("a batch");
    assert_eq!(
        (batch.stream, batch.base_seq, batch.entries.len()),
        (NEW, 0, 3)
    );
    let again: Result<(), Error> = till.ledger.transact(rebuild::projections);
    again.expect("made again");
    assert_eq!(standing(), before);
}

#[test]
fn another_terminal_goes_on_with_every_entry_and_shows_what_was_shown() {
    let (till, sold) = copied();
    // The server's row has the first two sales, and another one of another till.
    let row = Row::Account {
        customer_id: customer_id(1),
        account: AccountDocument {
            purchases: 3,
            ..AccountDocument::default()
        },
    };
    let page = PullReply {
        own_through: 3,
        ..page(7, vec![row])
    };
    let applied: Result<(), Error> = till.ledger.transact(|tx| replica::apply_page(tx, &page));
    applied.expect("a page");
    let purchases = || {
        let shown = till
            .ledger
            .read(|look| account::shown(look, customer_id(1)));
        shown.expect("an account").purchases
    };
    assert_eq!(purchases(), 4);
    let branch = Branch {
        stream: NEW,
        terminal_id: Uuid::from_u128(99),
        reason: "enrolled",
        stamp: till.stamp(),
    };
    let begun: Result<Recorded, Error> = till.ledger.transact(|tx| branch::begin_anew(tx, &branch));
    assert_eq!(begun.expect("a stream").seq, 4);
    assert_eq!(purchases(), 4, "nothing counts twice, nothing is gone");
    let batch = till
        .ledger
        .read(|look| outbox::next(look, 500, 1 << 20))
        .expect("a read")
        .expect("a batch");
    let ids = batch.entries[1..].iter().map(|raw| {
        let header = raw.header().expect("a header");
        header.entry_id
    });
    assert_eq!((batch.stream, batch.base_seq), (NEW, 0));
    assert_eq!(
        ids.collect::<Vec<_>>(),
        sold.map(|sale| sale.entry_id),
        "also what the server before had confirmed"
    );
    let again: Result<(), Error> = till.ledger.transact(rebuild::projections);
    again.expect("made again");
    assert_eq!(purchases(), 4);
}

#[test]
fn a_second_fork_before_anything_was_sent_carries_everything_on() {
    let (till, sold) = copied();
    part(&till);
    let third = Branch {
        stream: Uuid::from_u128(0x5712_0003),
        terminal_id: identity().terminal_id,
        reason: "fork",
        stamp: till.stamp(),
    };
    let last: Result<Recorded, Error> = till.ledger.transact(|tx| branch::open(tx, &third));
    assert_eq!(last.expect("a third stream").entry_id, sold[2].entry_id);
    assert_eq!(till.ledger.read(outbox::waiting).expect("a count"), 3);
    let sales = till.ledger.read(|look| sale::recent(look, 10));
    assert_eq!(sales.expect("a read").len(), 3);
}

#[test]
fn a_server_of_another_generation_has_to_confirm_everything_again() {
    let (till, sold) = copied();
    let doubted: Result<(), Error> = till.ledger.transact(outbox::doubt_all);
    doubted.expect("in doubt");
    assert_eq!(till.ledger.read(outbox::waiting).expect("a count"), 4);
    let head = till
        .ledger
        .read(stream::head)
        .expect("a read")
        .expect("a head");
    assert_eq!(
        (head.confirmed, head.acknowledged),
        (0, 2),
        "what was said stays said"
    );
    let known = Held {
        through: 2,
        hash: sold[0].hash,
    };
    let compared: Result<(), Error> = till
        .ledger
        .transact(|tx| outbox::compare(tx, STREAM, known));
    compared.expect("a hello");
    assert_eq!(till.ledger.read(outbox::waiting).expect("a count"), 2);
}
