//! Entries: all or nothing, chained, never changed; and the figures that follow from them.

use crate::counter::{Counter, STREAM, Sold, customer_id, day};
use expect_test::expect;
use mostrador_ledger::record::{Recorded, record};
use mostrador_ledger::{Error, account, entry, outbox, parked, report, sale, stream};
use mostrador_protocol::entry::{Payload, Shift};
use rusqlite::Connection;
use uuid::Uuid;

fn count(counter: &Counter, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    counter
        .ledger
        .read(|connection| -> Result<i64, Error> {
            Ok(connection.query_row(&sql, [], |row| row.get(0))?)
        })
        .expect("a count")
}

#[test]
fn a_sale_is_there_with_everything_that_follows_from_it() {
    let till = Counter::enrolled();
    let recorded = till.sell(&Sold {
        customer: Some(customer_id(1)),
        code: Some(("VERANO10", 1_000)),
        points: 90,
        ..Sold::default()
    });
    assert_eq!(recorded.seq, 2);
    till.ledger
        .read(|connection| -> Result<(), Error> {
            let sold = sale::recent(connection, 5)?;
            assert_eq!(sold.len(), 1);
            assert_eq!(sold[0].sale.receipt, "CAJA1-2300002");
            assert!(!sold[0].sent);
            assert_eq!(
                sale::by_id(connection, sold[0].sale.sale_id)?,
                Some(sold[0].clone())
            );
            assert_eq!(
                sale::by_receipt(connection, "CAJA1-2300002")?,
                Some(sold[0].clone())
            );
            let account = account::shown(connection, customer_id(1))?;
            assert_eq!((account.available(day(21)), account.purchases), (90, 1));
            assert!(account::has_pending(connection, customer_id(1))?);
            assert_eq!(outbox::waiting(connection)?, 2);
            Ok(())
        })
        .expect("a look");
}

#[test]
fn a_clock_years_ahead_holds_times_up_until_the_server_tells_its_own() {
    let till = Counter::enrolled();
    let made_at = |ahead_ms: i64| {
        let mut stamp = till.stamp();
        stamp.effective_ms += ahead_ms;
        let shift = Payload::ShiftOpened(Shift {
            cashier_id: Uuid::nil(),
        });
        let made: Result<Recorded, Error> = till.ledger.transact(|tx| record(tx, &stamp, &shift));
        (made.expect("an entry").effective_ms, stamp.wall_ms)
    };
    let told = |now_ms: i64| {
        let told: Result<(), Error> = till
            .ledger
            .transact(|tx| stream::let_go_of_the_future(tx, now_ms));
        told.expect("told");
    };
    let year_ms = 365 * 86_400_000;
    let (ahead, _) = made_at(year_ms);
    assert_eq!(made_at(0).0, ahead, "nobody knows better yet");
    let (_, now_ms) = made_at(0);
    told(now_ms);
    let (effective, wall) = made_at(0);
    assert_eq!(effective, wall);
    // A few minutes are how clocks are.
    let (near, now_ms) = made_at(9 * 60_000);
    told(now_ms);
    assert_eq!(made_at(0).0, near);
}

#[test]
fn a_crash_between_append_and_commit_leaves_nothing() {
    let till = Counter::enrolled();
    till.sell(&Sold::default());
    let before = till.ledger.read(stream::head).expect("a head");
    let outcome: Result<Recorded, Error> = till.ledger.transact(|tx| {
        till.sell_in(tx, &Sold::default())?;
        Err(Error::NoStream)
    });
    assert!(outcome.is_err());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _: Result<(), Error> = till.ledger.transact(|tx| {
            till.sell_in(tx, &Sold::default())?;
            panic!("the power went");
        });
    }));
    assert!(panicked.is_err());
    for table in ["entry", "sale"] {
        let expected = if table == "entry" { 2 } else { 1 };
        assert_eq!(count(&till, table), expected, "{table}");
    }
    assert_eq!(till.ledger.read(stream::head).expect("a head"), before);
    assert_eq!(till.sell(&Sold::default()).seq, 3);
}

#[test]
fn the_chain_verifies_from_the_first_entry_and_after_reopening() {
    let till = Counter::enrolled();
    for _ in 0..20 {
        till.sell(&Sold::default());
    }
    let till = till.reopened().expect("the same file");
    assert_eq!(till.ledger.rewound(), None);
    till.ledger
        .read(|connection| stream::verify(connection, STREAM))
        .expect("a chain");
}

#[test]
fn clocks_that_go_back_do_not_take_the_ledger_along() {
    let till = Counter::enrolled();
    let shift = Payload::ShiftOpened(Shift {
        cashier_id: Uuid::from_u128(1),
    });
    let mut stamps = Vec::new();
    for back_ms in [0, 60_000, 3_600_000] {
        let mut stamp = till.stamp();
        stamp.wall_ms -= back_ms;
        stamp.effective_ms -= back_ms;
        let recorded: Result<Recorded, Error> =
            till.ledger.transact(|tx| record(tx, &stamp, &shift));
        let recorded = recorded.expect("an entry");
        let raw = till
            .ledger
            .read(|connection| entry::at(connection, STREAM, recorded.seq));
        let header = raw
            .expect("a read")
            .expect("an entry")
            .header()
            .expect("a header");
        assert_eq!(header.wall_ms, stamp.wall_ms);
        stamps.push((header.hlc, header.effective_ms));
    }
    assert!(
        stamps
            .windows(2)
            .all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1)
    );
}

#[test]
fn triggers_refuse_to_change_the_ledger() {
    let till = Counter::enrolled();
    till.sell(&Sold::default());
    let cases = [
        "update entry set payload = '{}'",
        "update entry set seq = 9 where seq = 2",
        "delete from entry",
        "delete from entry where seq = 2",
        "insert or replace into entry (stream, seq, entry_id, kind, header, payload, hash)
         select stream, seq, entry_id, kind, header, '{}', hash from entry where seq = 2",
        "insert into entry (stream, seq, entry_id, kind, header, payload, hash)
         select stream, 9, randomblob(16), kind, header, payload, hash from entry where seq = 2",
        "delete from stream",
        "update stream set seq = seq - 1",
        "update stream set seq = seq + 2",
        "update stream set acknowledged = 1; update stream set acknowledged = 0",
    ];
    for sql in cases {
        let outcome: Result<(), Error> = till.ledger.transact(|tx| Ok(tx.execute_batch(sql)?));
        assert!(outcome.is_err(), "{sql}");
    }
    assert_eq!(count(&till, "entry"), 2);
}

#[test]
fn a_reference_is_sold_once() {
    let till = Counter::enrolled();
    let basket = Sold {
        reference: Some("basket 17".to_owned()),
        ..Sold::default()
    };
    till.sell(&basket);
    let again: Result<Recorded, Error> = till.ledger.transact(|tx| till.sell_in(tx, &basket));
    assert!(matches!(again, Err(Error::ReferenceSold { reference }) if reference == "basket 17"));
    let sold = till
        .ledger
        .read(|connection| sale::by_reference(connection, "basket 17"));
    assert_eq!(sold.expect("a read").map(|sold| sold.seq), Some(2));
    let other = till
        .ledger
        .read(|connection| sale::by_reference(connection, "basket 18"));
    assert_eq!(other.expect("a read"), None);
}

#[test]
fn a_sale_that_does_not_add_up_is_refused() {
    let till = Counter::enrolled();
    let mut sale = Sold::default().sale(Uuid::from_u128(1), "R".to_owned());
    sale.total += 1;
    let payload = Payload::SaleCompleted(Box::new(sale));
    let outcome: Result<Recorded, Error> = till
        .ledger
        .transact(|tx| record(tx, &till.stamp(), &payload));
    assert!(matches!(outcome, Err(Error::Sale(_))));
    assert_eq!(count(&till, "entry"), 1);
}

#[test]
fn a_stream_begins_with_stream_opened_once() {
    let till = Counter::enrolled();
    let again: Result<Recorded, Error> =
        till.ledger.transact(|tx| till.open_stream(tx, "enrolled"));
    assert!(matches!(again, Err(Error::Opening { seq: 2, .. })));
    let second = Uuid::from_u128(0x5712_0002);
    let outcome: Result<Recorded, Error> = till.ledger.transact(|tx| {
        stream::open(tx, second)?;
        till.sell_in(tx, &Sold::default())
    });
    assert!(matches!(outcome, Err(Error::Opening { seq: 1, .. })));
}

#[test]
fn an_older_copy_of_the_file_is_noticed_and_takes_no_more_entries() {
    let till = Counter::enrolled();
    till.sell(&Sold::default());
    let till = till.reopened().expect("the same file");
    let copy = std::fs::read(&till.path).expect("a copy");
    till.sell(&Sold::default());
    till.sell(&Sold::default());
    let Counter {
        ledger,
        path,
        folder,
        ..
    } = till;
    drop(ledger);
    std::fs::write(&path, copy).expect("the copy put back");
    for _ in 0..2 {
        let ledger =
            mostrador_ledger::Ledger::open(&path, &crate::counter::KEY).expect("the old copy");
        let rewound = ledger.rewound().expect("noticed at every start").clone();
        assert_eq!((rewound.held_seq, rewound.witnessed_seq), (2, 4));
        let head = ledger.read(stream::head).expect("a read").expect("a head");
        assert_eq!(head.sealed.as_deref(), Some("rewound"));
    }
    let till = Counter::over(path, folder);
    let refused: Result<Recorded, Error> = till
        .ledger
        .transact(|tx| till.sell_in(tx, &Sold::default()));
    assert!(matches!(refused, Err(Error::StreamSealed { reason, .. }) if reason == "rewound"));
    let outcome: Result<Recorded, Error> = till.ledger.transact(|tx| {
        stream::open(tx, Uuid::from_u128(0x5712_0002))?;
        till.open_stream(tx, "rewound")?;
        till.sell_in(tx, &Sold::default())
    });
    assert_eq!(outcome.expect("a new stream").seq, 2);
    let till = till.reopened().expect("the new stream");
    assert_eq!(till.ledger.rewound(), None);
}

#[test]
fn a_file_that_lost_every_entry_is_refused_and_left_as_it_is() {
    let till = Counter::enrolled();
    till.sell(&Sold::default());
    let Counter {
        ledger,
        path,
        folder,
        ..
    } = till;
    drop(ledger);
    let blank = folder.path().join("blank.sqlite");
    drop(mostrador_ledger::Ledger::open(&blank, &crate::counter::KEY).expect("a new file"));
    std::fs::copy(&blank, &path).expect("the blank file put in its place");
    let before = std::fs::read(&path).expect("bytes");
    let refused = mostrador_ledger::Ledger::open(&path, &crate::counter::KEY);
    let error = refused.expect_err("nobody may enrol over lost sales");
    assert_eq!(error.code(), "ledger_corrupt");
    assert_eq!(std::fs::read(&path).expect("bytes"), before);
}

#[test]
fn what_was_sold_is_in_the_file_itself_after_the_next_start() {
    let till = Counter::enrolled();
    till.sell(&Sold::default());
    let till = till.reopened().expect("the same file");
    let alone = till.folder.path().join("copy.sqlite");
    std::fs::copy(&till.path, &alone).expect("a copy without the log");
    let copy = mostrador_ledger::Ledger::open(&alone, &crate::counter::KEY).expect("whole");
    let head = copy.read(stream::head).expect("a read").expect("a head");
    assert_eq!(head.seq, 2);
}

#[test]
fn a_file_that_is_gone_is_not_begun_again() {
    let till = Counter::enrolled();
    let Counter {
        ledger,
        path,
        folder: _folder,
        ..
    } = till;
    drop(ledger);
    for file in [
        path.clone(),
        path.with_extension("ledger-wal"),
        path.with_extension("ledger-shm"),
    ] {
        let _ = std::fs::remove_file(file);
    }
    let error =
        mostrador_ledger::Ledger::open(&path, &crate::counter::KEY).expect_err("it is gone");
    assert_eq!(error.code(), "ledger_missing", "{error}");
    assert!(!path.exists());
}

#[test]
fn the_day_adds_up() {
    let till = Counter::enrolled();
    let sold = [
        Sold {
            customer: Some(customer_id(1)),
            points: 90,
            code: Some(("VERANO10", 1_000)),
            ..Sold::default()
        },
        Sold {
            code: Some(("VERANO10", 500)),
            refused: Some(("EXTRA10", "minimum_not_met")),
            ..Sold::default()
        },
        Sold {
            handed: Some(50_000),
            ..Sold::default()
        },
        Sold {
            day: day(20),
            ..Sold::default()
        },
    ];
    for basket in &sold {
        till.sell(basket);
    }
    let today = till
        .ledger
        .read(|connection| report::today(connection, day(21)))
        .expect("a report");
    let figures = format!(
        "{} sales, gross {}, discount {}, total {}, points {}, with customer {}, waiting {}\n\
         {:?}\n{:?}\n{:?}\nrecent {:?}",
        today.sales,
        today.gross,
        today.discount,
        today.total,
        today.points,
        today.with_customer,
        today.waiting,
        today.codes,
        today.refusals,
        today.tenders,
        today
            .recent
            .iter()
            .map(|sale| (sale.receipt.as_str(), sale.total))
            .collect::<Vec<_>>(),
    );
    expect![[r#"
        3 sales, gross 30000, discount 1500, total 28500, points 90, with customer 1, waiting 5
        [CodeFigures { text: "VERANO10", uses: 2, discount: 1500, total: 18500 }]
        [RefusalFigures { refusal: "minimum_not_met", count: 1 }]
        [TenderFigures { kind: "cash", kept: 28500 }]
        recent [("CAJA1-2300004", 10000), ("CAJA1-2300003", 9500), ("CAJA1-2300002", 9000)]"#]]
    .assert_eq(&figures);
}

#[test]
fn parked_baskets_come_back_in_the_order_of_waiting() {
    let till = Counter::enrolled();
    let basket = |number: u128| parked::Parked {
        id: Uuid::from_u128(number),
        parked_at_ms: i64::try_from(number).expect("small"),
        cashier_id: Uuid::from_u128(9),
        label: format!("basket {number}"),
        body: "{}".to_owned(),
    };
    let act = |tx: &Connection| -> Result<(), Error> {
        for number in 1..=3 {
            parked::put(tx, &basket(number))?;
        }
        assert_eq!(parked::take(tx, None)?, Some(basket(1)));
        assert_eq!(parked::take(tx, Some(Uuid::from_u128(3)))?, Some(basket(3)));
        assert_eq!(parked::take(tx, Some(Uuid::from_u128(3)))?, None);
        assert_eq!(parked::count(tx)?, 1);
        Ok(())
    };
    till.ledger.transact(act).expect("parking");
}
