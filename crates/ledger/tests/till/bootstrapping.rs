//! Beginning with a snapshot: in parts, over restarts, while the till sells.

use std::collections::BTreeMap;

use mostrador_ledger::bootstrap::{self, Chunk};
use mostrador_ledger::{account, customer, outbox, program, replica, restored, stream};
use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::Row;
use mostrador_protocol::snapshot::{SnapshotPlace, SnapshotReply};
use proptest::prelude::*;
use uuid::Uuid;

use crate::counter::{Counter, Sold, customer_id, profile};
use crate::server::Server;
use crate::syncing::{check_rebuild, check_shown, effects, page, pull, push};

const HASH: EntryHash = EntryHash([5; 32]);

fn begin(till: &Counter, position: u64) {
    let told = SnapshotReply {
        position,
        hash: HASH,
        generation: Uuid::nil(),
        customers: 2,
        accounts: 3,
        server_time_ms: 0,
    };
    let begun = till.ledger.transact(|tx| bootstrap::begin(tx, &told));
    begun.expect("a beginning");
}

/// Takes the next `count` rows over, as the file says where to go on; whether there are more.
fn take(till: &Counter, (position, rows): (u64, &[Row]), count: usize) -> bool {
    let begun = till.ledger.read(bootstrap::current).expect("a look");
    let Some(begun) = begun else { return false };
    let from = begun.place.as_ref().map_or(0, |place| {
        let last = rows
            .iter()
            .position(|row| SnapshotPlace::after(row) == *place);
        last.expect("the place is one of the snapshot") + 1
    });
    let through = rows.len().min(from + count);
    let chunk = Chunk {
        position,
        after: begun.place.as_ref(),
        rows: &rows[from..through],
        seals: &BTreeMap::new(),
    };
    let taken = till.ledger.transact(|tx| {
        bootstrap::apply(tx, chunk)?;
        // The same once more, and one of another snapshot, change nothing.
        bootstrap::apply(tx, chunk)?;
        let other = Chunk {
            position: position + 1,
            ..chunk
        };
        bootstrap::apply(tx, other)
    });
    taken.expect("rows");
    if through == rows.len() {
        let finished = till.ledger.transact(|tx| bootstrap::finish(tx, position));
        finished.expect("an end");
    }
    through < rows.len()
}

fn cursor(till: &Counter) -> u64 {
    till.ledger.read(replica::cursor).expect("a cursor")
}

#[test]
fn rows_come_in_parts_over_restarts_and_the_cursor_moves_at_the_end() {
    let mut till = Counter::enrolled();
    let document = ProgramDocument::bare("LIVEX", "COP", "America/Bogota");
    let rows = [
        Row::Program(Box::new(document)),
        Row::Customer(profile(1, "Ana Torres", "3001234567")),
        Row::Customer(profile(2, "Eva Ruiz", "3007654321")),
    ];
    begin(&till, 40);
    let found = |till: &Counter, typed: &str| {
        let found = till
            .ledger
            .read(|look| customer::search(look, typed, 5))
            .expect("a search");
        found.len()
    };
    assert!(take(&till, (40, &rows), 2));
    assert_eq!((found(&till, "ana"), found(&till, "eva")), (1, 0));
    assert_eq!(cursor(&till), 0);
    let program = till.ledger.read(program::current).expect("a look");
    assert!(program.is_some(), "the till can sell by now");

    till = till.reopened().expect("the same file");
    let begun = till.ledger.read(bootstrap::current).expect("a look");
    let begun = begun.expect("it goes on");
    assert_eq!((begun.at, begun.customers), ((40, HASH), (1, 2)));
    assert!(!take(&till, (40, &rows), 2));
    assert_eq!(found(&till, "eva"), 1);
    let hash = till.ledger.read(replica::cursor_hash).expect("a chain");
    assert_eq!((cursor(&till), hash), (40, Some(HASH)));
    assert_eq!(till.ledger.read(bootstrap::current).expect("a look"), None);
}

#[test]
fn a_change_that_was_not_sent_survives_the_servers_row() {
    let till = Counter::enrolled();
    let saved = till
        .ledger
        .transact(|tx| customer::save_local(tx, &profile(1, "Ana María", "3001234567")))
        .expect("a change");
    begin(&till, 9);
    let mut old = profile(1, "Ana", "3001234567");
    old.hlc = 0;
    let rows = [Row::Customer(old)];
    assert!(!take(&till, (9, &rows), 5));
    let waiting = till.ledger.read(|look| outbox::profiles(look, 5));
    assert_eq!(waiting.expect("a list"), [saved]);
}

#[test]
fn pages_or_another_server_end_a_beginning() {
    let till = Counter::enrolled();
    let rows = [Row::Customer(profile(1, "Ana", "3001234567"))];
    let is_under_way = || {
        let begun = till.ledger.read(bootstrap::current).expect("a look");
        begun.is_some()
    };
    begin(&till, 9);
    till.ledger
        .transact(restored::begin_again)
        .expect("a beginning");
    assert!(!is_under_way());
    begin(&till, 9);
    let applied = till
        .ledger
        .transact(|tx| replica::apply_page(tx, &page(1, Vec::new())));
    applied.expect("an empty page");
    assert!(is_under_way(), "an empty page changes nothing");
    let applied = till
        .ledger
        .transact(|tx| replica::apply_page(tx, &page(2, rows.to_vec())));
    applied.expect("a page");
    assert!(!is_under_way());
}

/// A server that was put back has lost entries that it had included: how far they are included goes back
/// with its rows, and they count once before, meanwhile and after they are sent again.
#[test]
fn entries_that_a_restored_server_lost_count_once_while_its_snapshot_is_taken() {
    for count in 1..6 {
        let till = Counter::enrolled();
        let (mut lost, mut server) = (Server::default(), Server::default());
        for customer in [0, 1, 0, 2] {
            till.sell(&sold(customer));
        }
        let first = till.ledger.read(|look| outbox::next(look, 3, 1 << 20));
        server.push(&first.expect("a batch").expect("entries"));
        while till.ledger.read(outbox::waiting).expect("a count") > 0 {
            push(&till, &mut lost, 3, false);
        }
        while pull(&till, &lost, 100).more {}
        let check = |when: &str| {
            for (customer, bought) in [(0, 2), (1, 1), (2, 1)] {
                let shown = till
                    .ledger
                    .read(|look| account::shown(look, customer_id(customer)));
                let shown = shown.expect("an account").purchases;
                assert_eq!(
                    shown, bought,
                    "customer {customer} {when}, {count} at a time"
                );
            }
        };
        check("before");

        let set_back = till.ledger.transact(|tx| {
            restored::begin_again(tx)?;
            outbox::doubt_all(tx)
        });
        set_back.expect("the server is another one");
        let (position, rows) = server.snapshot();
        begin(&till, position);
        while take(&till, (position, &rows), count) {
            check("meanwhile");
        }
        check("at the end");
        assert_eq!(cursor(&till), position);
        let head = till.ledger.read(stream::head).expect("a look");
        let included = head.expect("a stream").included;
        assert_eq!(included, 3, "what the server lost is not included");

        while till.ledger.read(outbox::waiting).expect("a count") > 0 {
            push(&till, &mut server, 1, false);
            check("while it is sent again");
        }
        while pull(&till, &server, 1).more {
            check("while it comes back");
        }
        check("after");
        check_shown(&till, &server);
        check_rebuild(&till);
    }
}

#[derive(Debug, Clone)]
enum Act {
    Sell(u32),
    SellElsewhere(u32),
    Push { entries: usize, reply_lost: bool },
    Pull(usize),
    Take(usize),
    Reopen,
}

fn act(takes: bool) -> impl Strategy<Value = Act> {
    let read = if takes {
        (1..4_usize).prop_map(Act::Take).boxed()
    } else {
        (1..4_usize).prop_map(Act::Pull).boxed()
    };
    prop_oneof![
        3 => (0..3_u32).prop_map(Act::Sell),
        2 => (3..6_u32).prop_map(Act::SellElsewhere),
        2 => (1..4_usize, any::<bool>())
            .prop_map(|(entries, reply_lost)| Act::Push { entries, reply_lost }),
        3 => read,
        1 => Just(Act::Reopen),
    ]
}

fn sold(customer: u32) -> Sold {
    Sold {
        customer: Some(customer_id(customer)),
        code: Some(("VERANO", 100)),
        points: 10,
        ..Sold::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Customers 0 to 2 buy here only: what is shown of them is every sale made here, once, at any
    /// moment; whatever the server's rows included when the snapshot was taken.
    #[test]
    fn own_sales_count_once_at_any_moment_of_a_beginning(
        before in proptest::collection::vec(act(false), 0..20),
        during in proptest::collection::vec(act(true), 1..40),
    ) {
        let mut till = Counter::enrolled();
        let mut server = Server::default();
        let mut bought = [0_i64; 3];
        let mut snapshot: Option<(u64, Vec<Row>)> = None;
        let first = before.len();
        for (number, act) in before.iter().chain(&during).enumerate() {
            if number == first && server.snapshot().0 > 0 {
                let (position, rows) = server.snapshot();
                begin(&till, position);
                snapshot = Some((position, rows));
            }
            match act {
                Act::Sell(customer) => {
                    till.sell(&sold(*customer));
                    bought[usize::try_from(*customer).expect("few")] += 1;
                }
                Act::SellElsewhere(customer) => {
                    let at_ms = 1_789_000_000_000 + i64::try_from(number).expect("few acts");
                    server.count(effects(&sold(*customer), at_ms));
                }
                Act::Push { entries, reply_lost } => push(&till, &mut server, *entries, *reply_lost),
                Act::Pull(rows) => { pull(&till, &server, *rows); }
                Act::Take(count) => {
                    if let Some((position, rows)) = &snapshot {
                        take(&till, (*position, rows), *count);
                    }
                }
                Act::Reopen => till = till.reopened().expect("the same file"),
            }
            for (customer, bought) in (0..).zip(bought) {
                let shown = till.ledger.read(|look| account::shown(look, customer_id(customer)));
                prop_assert_eq!(shown.expect("an account").purchases, bought, "{} {:?}", number, act);
            }
        }
        if let Some((position, rows)) = &snapshot {
            while take(&till, (*position, rows), 2) {}
            prop_assert_eq!(cursor(&till), *position);
            check_shown(&till, &server);
            check_rebuild(&till);
        }
        while till.ledger.read(outbox::waiting).expect("a count") > 0 {
            push(&till, &mut server, 500, false);
        }
        while pull(&till, &server, 100).more {}
        check_shown(&till, &server);
        check_rebuild(&till);
    }
}
