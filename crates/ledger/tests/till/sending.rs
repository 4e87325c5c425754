//! What goes out in which pieces, and what an answer acknowledges.

use mostrador_ledger::outbox::Held;
use mostrador_ledger::{Error, account, entry, outbox, replica, stream};
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::message::{Disposition, EntryDisposition, PullReply};
use mostrador_protocol::row::{FeedRow, Row};
use rusqlite::Connection;
use uuid::Uuid;

use crate::counter::{Counter, STREAM, Sold, customer_id};

/// What an honest server says that holds the till's own stream up to `through`.
pub(crate) fn held(till: &Counter, through: u64) -> Held {
    let chain = |connection: &Connection| {
        let mut hash = EntryHash::ZERO;
        entry::walk(connection, STREAM, |seq, _, stored| {
            hash = if seq == through { stored } else { hash };
            Ok(())
        })?;
        Ok::<_, Error>(hash)
    };
    let hash = till.ledger.read(chain).expect("the chain");
    Held { through, hash }
}

#[test]
fn batches_keep_to_their_limits_and_carry_the_bytes_as_made() {
    let till = Counter::enrolled();
    for _ in 0..5 {
        till.sell(&Sold::default());
    }
    let next = |entries, bytes| {
        let batch = till
            .ledger
            .read(|connection| outbox::next(connection, entries, bytes));
        batch.expect("a read").expect("a batch")
    };
    assert_eq!(next(500, 1 << 20).entries.len(), 6);
    assert_eq!(next(2, 1 << 20).entries.len(), 2);
    assert_eq!(next(500, 1).entries.len(), 1, "always at least one");
    let outcome: Result<(), Error> = till
        .ledger
        .transact(|tx| outbox::acknowledge(tx, STREAM, held(&till, 4), &[]));
    outcome.expect("an acknowledgement");
    let batch = next(500, 1 << 20);
    assert_eq!((batch.base_seq, batch.entries.len()), (4, 2));
    let head = till
        .ledger
        .read(stream::head)
        .expect("a read")
        .expect("a head");
    let chain = batch
        .entries
        .iter()
        .fold(batch.base_hash, |hash, raw| raw.hash(&hash));
    assert_eq!(chain, head.hash);
    let doubted: Result<(), Error> = till.ledger.transact(outbox::doubt_all);
    doubted.expect("another server");
    let again = till
        .ledger
        .read(|connection| outbox::next(connection, 500, 1 << 20));
    assert_eq!(
        again.expect("a read").map(|batch| batch.entries.len()),
        Some(6)
    );
}

#[test]
fn acknowledgements_repeat_and_come_late_without_harm_but_never_lie_ahead() {
    let till = Counter::enrolled();
    till.sell(&Sold::default());
    let acknowledge = |through| -> Result<(), Error> {
        let held = held(&till, through);
        till.ledger
            .transact(|tx| outbox::acknowledge(tx, STREAM, held, &[]))
    };
    acknowledge(2).expect("all of it");
    acknowledge(1).expect("late");
    acknowledge(2).expect("again");
    assert_eq!(till.ledger.read(outbox::waiting).expect("a count"), 0);
    assert!(matches!(
        acknowledge(3),
        Err(Error::AcknowledgedTooFar { head: 2, .. })
    ));
}

#[test]
fn entries_of_a_copy_of_this_till_acknowledge_nothing() {
    let till = Counter::enrolled();
    till.sell(&Sold::default());
    let of_the_copy = Held {
        hash: EntryHash([7; 32]),
        ..held(&till, 2)
    };
    let outcome: Result<(), Error> = till
        .ledger
        .transact(|tx| outbox::acknowledge(tx, STREAM, of_the_copy, &[]));
    assert!(matches!(
        outcome,
        Err(Error::AcknowledgedOther { through: 2, .. })
    ));
    assert_eq!(till.ledger.read(outbox::waiting).expect("a count"), 2);
}

#[test]
fn held_and_adjusted_entries_are_listed_until_they_are_released() {
    let till = Counter::enrolled();
    till.sell(&Sold::default());
    till.sell(&Sold::default());
    let note = |seq, disposition, reason: Option<&str>| {
        let entry = EntryDisposition {
            seq,
            disposition,
            reason: reason.map(str::to_owned),
        };
        let outcome: Result<(), Error> = till
            .ledger
            .transact(|tx| outbox::acknowledge(tx, STREAM, held(&till, 3), &[entry]));
        outcome.expect("an acknowledgement");
    };
    note(2, Disposition::Adjusted, Some("over_limit"));
    note(3, Disposition::Held, Some("malformed"));
    let listed = till
        .ledger
        .read(|connection| outbox::attention(connection, 10))
        .expect("a list");
    let listed: Vec<_> = listed
        .iter()
        .map(|entry| (entry.seq, entry.disposition, entry.receipt.is_some()))
        .collect();
    assert_eq!(
        listed,
        [
            (3, Disposition::Held, true),
            (2, Disposition::Adjusted, true)
        ]
    );
    let released = |stream, seq| Row::Disposition {
        stream,
        entry: EntryDisposition {
            seq,
            disposition: Disposition::Applied,
            reason: None,
        },
    };
    // Another terminal's row, one of a position that this till does not have, and its own.
    let rows = [
        released(Uuid::from_u128(404), 2),
        released(STREAM, 4),
        released(STREAM, 3),
    ];
    let page = PullReply {
        rows: (1..)
            .zip(rows)
            .map(|(position, row)| FeedRow { position, row })
            .collect(),
        next_cursor: 3,
        own_through: 0,
        more: false,
        server_time_ms: 0,
        next_hash: None,
        seals: std::collections::BTreeMap::new(),
    };
    let outcome: Result<(), Error> = till.ledger.transact(|tx| replica::apply_page(tx, &page));
    outcome.expect("a page");
    let listed = till
        .ledger
        .read(|connection| outbox::attention(connection, 10))
        .expect("a list");
    assert_eq!(listed.len(), 1);
    note(2, Disposition::Applied, None);
    let listed = till
        .ledger
        .read(|connection| outbox::attention(connection, 10))
        .expect("a list");
    assert!(listed.is_empty());
}

#[test]
fn what_the_server_holds_is_decided_by_until_it_counts_there() {
    let till = Counter::enrolled();
    let customer = customer_id(1);
    let basket = Sold {
        customer: Some(customer),
        points: 10,
        ..Sold::default()
    };
    till.sell(&basket);
    let counts = || {
        let both = till.ledger.read(|look| {
            let shown = account::shown(look, customer)?;
            let (holder, decided_by) = account::held(look, customer)?;
            assert_eq!(holder, customer);
            Ok::<_, Error>([shown, decided_by].map(|it| (it.purchases, it.balance())))
        });
        both.expect("the account")
    };
    assert_eq!(counts(), [(1, 10); 2]);
    let became = |disposition| EntryDisposition {
        seq: 2,
        disposition,
        reason: None,
    };
    let page = |position, own_through, rows: Vec<Row>| PullReply {
        rows: rows
            .into_iter()
            .zip(position..)
            .map(|(row, position)| FeedRow { position, row })
            .collect(),
        next_cursor: position + 1,
        own_through,
        more: false,
        server_time_ms: 0,
        next_hash: None,
        seals: std::collections::BTreeMap::new(),
    };
    let stream = Row::Stream {
        stream: STREAM,
        through: 2,
    };
    let of_the_server = till.ledger.read(|look| account::shown(look, customer));
    let freed = [
        Row::Account {
            customer_id: customer,
            account: AccountDocument::from(&of_the_server.expect("an account")),
        },
        Row::Disposition {
            stream: STREAM,
            entry: became(Disposition::Applied),
        },
    ];
    let done: Result<(), Error> = till.ledger.transact(|tx| {
        let held = held(&till, 2);
        outbox::acknowledge(tx, STREAM, held, &[became(Disposition::Held)])?;
        replica::apply_page(tx, &page(1, 2, vec![stream]))
    });
    done.expect("it is held");
    assert_eq!(counts(), [(0, 0), (1, 10)], "nothing of it is in the row");
    let done: Result<(), Error> = till
        .ledger
        .transact(|tx| replica::apply_page(tx, &page(3, 2, freed.to_vec())));
    done.expect("it is freed");
    assert_eq!(counts(), [(1, 10); 2]);
}
