//! Figures of accounts: how fast entries become accounts, and that a customer with many entries costs
//! what one with few does.

mod year;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use mostrador_ledger::{Connection, Error, Ledger, account, receipt, record, replica};
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::{Decoded, Effects, Payload, RawEntry};
use mostrador_protocol::message::PullReply;
use mostrador_protocol::row::{FeedRow, Row};
use serde::Deserialize;
use uuid::Uuid;

use loyalty::account::{Accounts, Fact};

use self::year::{CUSTOMERS, entry, regular, sale_to};
use crate::bench_ledger::{Figure, beside, enrolled, now, stamp};

/// Entries that are folded, so many at a time.
const ENTRIES: u32 = 1_000_000;
const AT_ONCE: u32 = 10_000;

/// Entries of the two customers that are compared.
const MANY: u32 = 5_000;
const FEW: u32 = 10;

/// Commits of each, by turns.
const COMMITS: u32 = 400;

/// Looks at each account.
const LOOKS: u32 = 400;

/// Measures everything in files below `folder`.
///
/// # Errors
/// What the till's file says.
pub fn figures(folder: &Path) -> Result<Vec<Figure>, Error> {
    let mut figures = folds();
    figures.extend(of_many_and_few(folder)?);
    Ok(figures)
}

/// What a bare sum reads of an entry.
#[derive(Deserialize)]
struct Bare {
    customer_id: Option<Uuid>,
    points: Option<BarePoints>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum BarePoints {
    Sale { earned: i64 },
    Undone { taken_back: i64 },
    Plain(i64),
}

impl BarePoints {
    const fn change(&self) -> i64 {
        match self {
            Self::Sale { earned } => *earned,
            Self::Undone { taken_back } => -*taken_back,
            Self::Plain(points) => *points,
        }
    }
}

/// A million entries of every kind, of [`CUSTOMERS`] customers, from their bytes and from what they were
/// read to; the baselines sum the points of each customer and nothing else.
fn folds() -> Vec<Figure> {
    let mut accounts = Accounts::default();
    let mut sums: BTreeMap<Uuid, i64> = BTreeMap::new();
    let mut bare: BTreeMap<Uuid, i64> = BTreeMap::new();
    let [mut read, mut fold, mut read_bare, mut sum] = [Duration::ZERO; 4];
    for batch in 0..ENTRIES / AT_ONCE {
        let numbers = batch * AT_ONCE..(batch + 1) * AT_ONCE;
        let raws: Vec<RawEntry> = numbers.map(entry).collect();
        let started = now();
        let effects: Vec<Effects> = raws.iter().filter_map(effects_of).collect();
        read += started.elapsed();
        let started = now();
        for effects in &effects {
            for (customer, fact) in &effects.accounts {
                accounts.apply(*customer, fact);
            }
        }
        fold += started.elapsed();
        let started = now();
        for (customer, points) in effects.iter().flat_map(changes) {
            *sums.entry(customer).or_default() += points;
        }
        sum += started.elapsed();
        let started = now();
        for raw in &raws {
            let entry: Bare = serde_json::from_str(&raw.payload).expect("BUG: entries are JSON");
            if let (Some(customer), Some(points)) = (entry.customer_id, entry.points) {
                *bare.entry(customer).or_default() += points.change();
            }
        }
        read_bare += started.elapsed();
    }
    assert!(sums.len() <= CUSTOMERS as usize && bare.len() == sums.len());
    let per_second = |time: Duration| f64::from(ENTRIES) / time.as_secs_f64();
    let figure = |name: &str, measured, baseline| Figure {
        name: name.to_owned(),
        measured: per_second(measured),
        baseline: per_second(baseline),
        unit: "entries/s",
    };
    vec![
        figure("1,000,000 entries into accounts (bare sum)", fold, sum),
        figure(
            "the same from their bytes (bare sum from bytes)",
            read + fold,
            read_bare,
        ),
    ]
}

fn effects_of(raw: &RawEntry) -> Option<Effects> {
    let header = raw.header().ok()?;
    match raw.payload(&header).ok()? {
        Decoded::Known(payload) => Some(payload.effects(header.effective_ms)),
        Decoded::Unknown => None,
    }
}

fn changes(effects: &Effects) -> impl Iterator<Item = (Uuid, i64)> + '_ {
    effects.accounts.iter().map(|(customer, fact)| {
        let points = match fact {
            Fact::Purchase(purchase) => purchase.points,
            Fact::Refund(undo) | Fact::Void(undo) => -undo.points_taken_back,
            Fact::Adjustment { points, .. } => *points,
            _ => 0,
        };
        (*customer, points)
    })
}

/// A regular with [`MANY`] own entries of a year beside one with [`FEW`].
fn of_many_and_few(folder: &Path) -> Result<Vec<Figure>, Error> {
    let ledger = enrolled(&folder.join("regulars.ledger"))?;
    let [many, few] = [1, 2].map(Uuid::from_u128);
    fill(&ledger, many, MANY)?;
    fill(&ledger, few, FEW)?;
    let looks = beside(
        "account of a customer with 5,000 entries (with 10)",
        &mut look_at(&ledger, many)?,
        &mut look_at(&ledger, few)?,
        &[50, 99],
    );
    let mut fold = vec![fold_again(&ledger, many)?];
    let mut bare = vec![bare_sum(&ledger, many)?];
    let name = "the same folded again from 5,000 own entries (bare sum in SQL)";
    let again = beside(name, &mut fold, &mut bare, &[50]);
    let waiting = commits(&ledger, many, few)?;
    include(&ledger, [many, few])?;
    let sent = commits(&ledger, many, few)?;
    let name = "sale commit, customer with 5,000 entries (with 10)";
    let mut figures = looks;
    figures.extend(again);
    for ([mut many, mut few], when) in [(waiting, "unsent"), (sent, "sent")] {
        let name = format!("{name}, {when}");
        figures.extend(beside(&name, &mut many, &mut few, &[50, 99]));
    }
    Ok(figures)
}

/// Sales of a customer over the days of a year, some in each transaction.
fn fill(ledger: &Ledger, customer: Uuid, entries: u32) -> Result<(), Error> {
    for first in (0..entries).step_by(100) {
        ledger.transact(|tx| -> Result<(), Error> {
            for number in first..entries.min(first + 100) {
                sell(tx, customer, regular(number, entries))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn sell(tx: &Connection, customer: Uuid, day: u32) -> Result<(), Error> {
    let receipt = receipt::next(tx)?;
    let seq = mostrador_ledger::stream::head(tx)?.map_or(0, |head| head.seq);
    let number = u32::try_from(seq).unwrap_or(0);
    let sale = sale_to(customer, &receipt, (number, day));
    record::record(
        tx,
        &stamp(number + 1_000_000),
        &Payload::SaleCompleted(Box::new(sale)),
    )?;
    Ok(())
}

fn look_at(ledger: &Ledger, customer: Uuid) -> Result<Vec<Duration>, Error> {
    let mut times = Vec::new();
    for _ in 0..LOOKS {
        let started = now();
        ledger.read(|connection| account::held(connection, customer))?;
        times.push(started.elapsed());
    }
    Ok(times)
}

/// A page about the customer arrives while nothing of what the till wrote is included.
fn fold_again(ledger: &Ledger, customer: Uuid) -> Result<Duration, Error> {
    let row = Row::Account {
        customer_id: customer,
        account: AccountDocument::default(),
    };
    let rows = vec![FeedRow { position: 1, row }];
    timed_page(ledger, &PullReply { rows, ..page(1) })
}

/// The server's rows of these customers arrive, with everything that the till wrote.
fn include(ledger: &Ledger, customers: [Uuid; 2]) -> Result<(), Error> {
    let head = ledger.read(mostrador_ledger::stream::head)?;
    let mut rows = Vec::new();
    for (position, customer_id) in (2..).zip(customers) {
        let account = ledger.read(|connection| account::shown(connection, customer_id))?;
        let account = AccountDocument::from(&account);
        let row = Row::Account {
            customer_id,
            account,
        };
        rows.push(FeedRow { position, row });
    }
    let reply = PullReply {
        rows,
        own_through: head.map_or(0, |head| head.seq),
        ..page(3)
    };
    timed_page(ledger, &reply)?;
    for customer in customers {
        let waits = ledger.read(|connection| account::has_pending(connection, customer))?;
        assert!(!waits, "BUG: the server's row has everything");
    }
    Ok(())
}

const fn page(next_cursor: u64) -> PullReply {
    PullReply {
        rows: Vec::new(),
        next_cursor,
        own_through: 0,
        more: false,
        server_time_ms: 0,
        next_hash: None,
        seals: BTreeMap::new(),
    }
}

fn timed_page(ledger: &Ledger, reply: &PullReply) -> Result<Duration, Error> {
    let started = now();
    ledger.transact(|tx| replica::apply_page(tx, reply))?;
    Ok(started.elapsed())
}

fn bare_sum(ledger: &Ledger, customer: Uuid) -> Result<Duration, Error> {
    let started = now();
    ledger.read(|connection| -> Result<i64, Error> {
        let sql = "select sum(points) from sale where customer_id = ?";
        Ok(connection.query_row(sql, [customer.as_bytes()], |row| row.get(0))?)
    })?;
    Ok(started.elapsed())
}

/// Commits of the one and the other by turns.
fn commits(ledger: &Ledger, many: Uuid, few: Uuid) -> Result<[Vec<Duration>; 2], Error> {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..COMMITS {
        for (customer, times) in [many, few].into_iter().zip(&mut times) {
            let started: Instant = now();
            ledger.transact(|tx| sell(tx, customer, 0))?;
            times.push(started.elapsed());
        }
    }
    Ok(times)
}
