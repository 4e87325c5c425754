//! What the till shows while entries go up and rows come down in any order: every sale that it knows
//! of counts exactly once, always.

use loyalty::account::{Account, CodeTally};
use loyalty::code::CodeText;
use mostrador_ledger::{
    Error, account, code_use, customer, outbox, rebuild, replica, sale, stream,
};
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::Effects;
use mostrador_protocol::message::PullReply;
use mostrador_protocol::row::{FeedRow, Row};
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value;
use uuid::Uuid;

use crate::counter::{Counter, START_MS, Sold, customer_id, day, profile};
use crate::sending::held;
use crate::server::Server;

const CODES: [&str; 3] = ["VERANO10", "EXTRA10", "VERANO"];

/// What the first two codes derive from in some baskets, and a code of its own in others.
const PARENT: &str = "VERANO";

#[derive(Debug, Clone)]
enum Act {
    Sell(Basket),
    SellElsewhere(Basket),
    Push { entries: usize, reply_lost: bool },
    Pull { rows: usize },
    PullAgain,
    Reopen,
}

#[derive(Debug, Clone)]
struct Basket {
    customer: Option<u32>,
    code: Option<usize>,
    derived: bool,
    points: i64,
    day: u32,
}

impl Basket {
    fn sold(&self) -> Sold {
        Sold {
            customer: self.customer.map(customer_id),
            code: self.code.map(|code| (CODES[code], 100)),
            parent: self
                .code
                .filter(|code| self.derived && CODES[*code] != PARENT)
                .map(|_| PARENT),
            points: if self.customer.is_some() {
                self.points
            } else {
                0
            },
            day: day(self.day),
            ..Sold::default()
        }
    }
}

fn basket() -> impl Strategy<Value = Basket> {
    (
        proptest::option::weighted(0.8, 0_u32..3),
        proptest::option::of(0_usize..3),
        any::<bool>(),
        0_i64..100,
        20_u32..23,
    )
        .prop_map(|(customer, code, derived, points, day)| Basket {
            customer,
            code,
            derived,
            points,
            day,
        })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => basket().prop_map(Act::Sell),
        2 => basket().prop_map(Act::SellElsewhere),
        3 => (1_usize..4, any::<bool>()).prop_map(|(entries, reply_lost)| Act::Push { entries, reply_lost }),
        3 => (1_usize..6).prop_map(|rows| Act::Pull { rows }),
        1 => Just(Act::PullAgain),
        1 => Just(Act::Reopen),
    ]
}

pub(crate) fn effects(sold: &Sold, at_ms: i64) -> Effects {
    sold.sale(Uuid::nil(), String::new()).effects(at_ms)
}

/// Everything this till knows: what the server counted up to its cursor, and its own sales that are
/// not among them.
fn expected(till: &Counter, server: &Server) -> Vec<Effects> {
    let look = |connection: &Connection| -> Result<_, Error> {
        let head = stream::head(connection)?.expect("a stream");
        Ok((
            replica::cursor(connection)?,
            head.included,
            sale::recent(connection, 10_000)?,
        ))
    };
    let (cursor, included, own) = till.ledger.read(look).expect("a look");
    let from_server = server
        .counted
        .iter()
        .filter(|counted| counted.position <= cursor);
    let pending = own.iter().filter(|sold| sold.seq > included);
    from_server
        .map(|counted| counted.effects.clone())
        .chain(pending.map(|sold| sold.sale.effects(sold.effective_ms)))
        .collect()
}

pub(crate) fn check_shown(till: &Counter, server: &Server) {
    let known = expected(till, server);
    for number in 0..3 {
        let mut account = Account::default();
        for (customer, fact) in known.iter().flat_map(|effects| &effects.accounts) {
            if *customer == customer_id(number) {
                account.apply(fact);
            }
        }
        let shown = till
            .ledger
            .read(|connection| account::shown(connection, customer_id(number)));
        assert_eq!(shown.expect("an account"), account, "customer {number}");
    }
    for code in CODES.map(|code| CodeText::parse(code).expect("a code")) {
        let mut uses: Vec<_> = known
            .iter()
            .flat_map(|effects| &effects.codes)
            .filter(|used| used.code == code)
            .collect();
        uses.sort_by_key(|used| used.day);
        let mut tally = CodeTally::default();
        for used in &uses {
            tally.apply(used.day, used.discount);
        }
        let shown = till
            .ledger
            .read(|connection| code_use::shown(connection, &code))
            .expect("a tally");
        assert_eq!(
            (shown.total, shown.discount),
            (tally.total, tally.discount),
            "{code}"
        );
    }
}

/// Every row of every projection, as text.
pub(crate) fn projections(connection: &Connection) -> Result<Vec<String>, Error> {
    let mut dump = Vec::new();
    for sql in rebuild::PROJECTIONS
        .map(|table| format!("select * from {table}"))
        .into_iter()
        .chain(["select word, customers from name_word order by word".to_owned()])
    {
        let mut statement = connection.prepare(&sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|column| row.get::<_, Value>(column));
            dump.push(format!(
                "{sql}: {:?}",
                values.collect::<Result<Vec<_>, _>>()?
            ));
        }
    }
    Ok(dump)
}

pub(crate) fn check_rebuild(till: &Counter) {
    let live = till.ledger.read(projections).expect("the projections");
    assert!(
        !live.is_empty()
            || till
                .ledger
                .read(|connection| sale::recent(connection, 1))
                .expect("sales")
                .is_empty()
    );
    till.ledger
        .transact(rebuild::projections)
        .expect("a rebuild");
    let rebuilt = till.ledger.read(projections).expect("the projections");
    assert_eq!(live, rebuilt);
}

pub(crate) fn push(till: &Counter, server: &mut Server, entries: usize, reply_lost: bool) {
    let batch = till
        .ledger
        .read(|connection| outbox::next(connection, entries, 1 << 20));
    let Some(batch) = batch.expect("a batch") else {
        return;
    };
    assert!(batch.entries.len() <= entries);
    server.push(&batch);
    if !reply_lost {
        let held = held(till, server.held_seq);
        let outcome: Result<(), Error> = till
            .ledger
            .transact(|tx| outbox::acknowledge(tx, batch.stream, held, &[]));
        outcome.expect("an acknowledgement");
    }
}

pub(crate) fn pull(till: &Counter, server: &Server, rows: usize) -> PullReply {
    let cursor = till.ledger.read(replica::cursor).expect("a cursor");
    let page = server.pull(cursor, rows);
    till.ledger
        .transact(|tx| replica::apply_page(tx, &page))
        .expect("a page");
    page
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_known_sale_counts_once_in_any_order_of_work(acts in proptest::collection::vec(act(), 1..40)) {
        let mut till = Counter::enrolled();
        let mut server = Server::default();
        let mut pages: Vec<PullReply> = Vec::new();
        for (number, act) in acts.iter().enumerate() {
            match act {
                Act::Sell(basket) => { till.sell(&basket.sold()); }
                Act::SellElsewhere(basket) => {
                    let at_ms = 1_789_000_000_000 + i64::try_from(number).expect("few acts");
                    server.count(effects(&basket.sold(), at_ms));
                }
                Act::Push { entries, reply_lost } => push(&till, &mut server, *entries, *reply_lost),
                Act::Pull { rows } => pages.push(pull(&till, &server, *rows)),
                Act::PullAgain => {
                    for page in &pages {
                        till.ledger.transact(|tx| replica::apply_page(tx, page)).expect("an old page");
                    }
                }
                Act::Reopen => till = till.reopened().expect("the same file"),
            }
            check_shown(&till, &server);
        }
        check_rebuild(&till);
        while till.ledger.read(outbox::waiting).expect("a count") > 0 {
            push(&till, &mut server, 500, false);
        }
        while pull(&till, &server, 100).more {}
        check_shown(&till, &server);
        for number in 0..3 {
            let pending = till.ledger.read(|connection| account::has_pending(connection, customer_id(number)));
            prop_assert!(!pending.expect("a look"), "everything is included after quiet");
        }
        check_rebuild(&till);
    }
}

#[test]
fn a_page_with_a_few_of_many_own_entries_reads_none_of_those_that_still_wait() {
    let till = Counter::enrolled();
    let mut server = Server::default();
    for number in 0..60 {
        till.sell(&Sold {
            customer: Some(customer_id(number % 3)),
            code: Some((CODES[0], 100)),
            points: 5,
            day: day(20),
            ..Sold::default()
        });
    }
    push(&till, &mut server, 20, false);
    let begin_those_that_wait_with = |first: &str| {
        till.ledger.transact(|tx| {
            tx.execute("drop trigger if exists entry_is_never_changed", [])?;
            let changed = tx.execute(
                "update entry set payload = ?1 || substr(payload, 2) where seq > 20",
                [first],
            )?;
            assert_eq!(changed, 41, "the sales that wait");
            Ok::<_, Error>(())
        })
    };
    begin_those_that_wait_with("?").expect("a change");
    while pull(&till, &server, 100).more {}
    begin_those_that_wait_with("{").expect("a change");
    check_shown(&till, &server);
    check_rebuild(&till);
    // What another terminal did has to be folded with them.
    let elsewhere = Sold {
        customer: Some(customer_id(1)),
        code: Some((CODES[0], 100)),
        points: 7,
        day: day(21),
        ..Sold::default()
    };
    server.count(effects(&elsewhere, START_MS));
    push(&till, &mut server, 20, false);
    while pull(&till, &server, 100).more {}
    check_shown(&till, &server);
    check_rebuild(&till);
}

pub(crate) fn page(next_cursor: u64, rows: Vec<Row>) -> PullReply {
    let first = next_cursor + 1 - u64::try_from(rows.len()).expect("few rows");
    let rows = (first..)
        .zip(rows)
        .map(|(position, row)| FeedRow { position, row });
    PullReply {
        rows: rows.collect(),
        next_cursor,
        own_through: 0,
        more: false,
        server_time_ms: 0,
        next_hash: None,
        seals: std::collections::BTreeMap::new(),
    }
}

#[test]
fn the_later_writer_of_a_profile_wins_and_local_changes_wait_until_taken() {
    let till = Counter::enrolled();
    let get = || {
        let found = till
            .ledger
            .read(|connection| customer::get(connection, customer_id(1)));
        found.expect("a read").expect("a profile")
    };
    let apply = |cursor, profile| {
        till.ledger
            .transact(|tx| replica::apply_page(tx, &page(cursor, vec![Row::Customer(profile)])))
            .expect("a page");
    };
    let waiting = || {
        till.ledger
            .read(|connection| outbox::profiles(connection, 10))
            .expect("a list")
    };
    let mut server = profile(1, "Ana Pérez", "3001234567");
    server.hlc = 100;
    apply(1, server.clone());
    let mut local = server.clone();
    local.name = "Ana María Pérez".to_owned();
    let saved = till
        .ledger
        .transact(|tx| customer::save_local(tx, &local))
        .expect("a change");
    assert_eq!((saved.hlc, get().name.as_str()), (101, "Ana María Pérez"));
    assert_eq!(waiting(), std::slice::from_ref(&saved));
    server.phone = None;
    apply(2, server.clone());
    assert_eq!(get(), saved, "an older row does not win");
    let mut newer = saved.clone();
    newer.email = Some("ana@example.com".to_owned());
    let newer = till
        .ledger
        .transact(|tx| customer::save_local(tx, &newer))
        .expect("a change");
    till.ledger
        .transact(|tx| outbox::acknowledge_profiles(tx, &[saved]))
        .expect("taken");
    assert_eq!(
        waiting(),
        std::slice::from_ref(&newer),
        "what changed meanwhile goes on waiting"
    );
    till.ledger
        .transact(|tx| outbox::acknowledge_profiles(tx, &[newer]))
        .expect("taken");
    assert_eq!(waiting(), []);
    server.hlc = 500;
    apply(3, server.clone());
    assert_eq!(get(), server);
}
