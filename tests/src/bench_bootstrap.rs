//! What beginning costs a new till: a real server whose feed has customers with accounts, a real till that
//! is enrolled, and sales at the counter meanwhile; beside bare SQLite that inserts the same rows into one
//! plain table in transactions of the same size, with the same durability.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use mostrador_ledger as ledger;
use mostrador_protocol::account::{AccountDocument, LotDocument};
use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::frame;
use mostrador_protocol::row::{Customer, Row};
use mostrador_protocol::snapshot::{MAX_PART_ROWS, SnapshotPart};
use mostrador_server::feed::chain;
use mostrador_server::snapshot::{Part, PartRequest};
use mostrador_server::{SqliteStore, Store as _};
use mostrador_sync::clock::{Clock as _, SystemClock};
use mostrador_terminal::{SaleRequest, SaleRequestLine, Till};
use rusqlite::{Connection, params};
use rust_decimal::Decimal;

use crate::Error;
use crate::bench_ledger::Figure;
use crate::bench_ledger::people::{Chance, person};
use crate::shop::{CAFE_VT, Crowd, Shop, options};

/// Rows of one transaction, on the till and beside it.
const AT_ONCE: usize = 500;

/// Sales of the quiet till.
const QUIET_SALES: usize = 300;

/// The pause between two sales of a busy counter.
const BETWEEN_SALES: Duration = Duration::from_millis(20);

/// How often it is looked whether somebody is found.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Begins with `customers` customers and as many accounts.
///
/// # Errors
/// When the shop cannot be opened, or the till does not hold at the end what the server holds.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
pub async fn figures(fixtures: &Path, folder: &Path, customers: u32) -> Result<Vec<Figure>, Error> {
    let mut shop = Shop::open_from(fixtures, folder, CAFE_VT, Crowd::Few)?;
    shop.kill_server()?;
    let file = shop.data().join("server.sqlite");
    let begin = Instant::now();
    fill(&file, shop.tenant(), customers).map_err(ledger::Error::from)?;
    let filling = begin.elapsed();
    let store = shop.store()?;
    let parts = parts(&store, shop.tenant()).await?;
    drop(store);
    let begin = Instant::now();
    let copy = folder.join("copy.sqlite");
    std::fs::copy(&file, &copy)?;
    let copying = begin.elapsed();
    std::fs::remove_file(copy)?;
    let bare =
        bare((&file, shop.tenant()), &folder.join("bare.sqlite")).map_err(ledger::Error::from)?;

    shop.start_server()?;
    let code = shop.enrol_code("centro", "Caja 1")?;
    let till = Till::open(options(&shop.till_folder("Caja 1")))?;
    let begin = Instant::now();
    till.enrol(&shop.url(), &code).await?;
    found(&till, &people(customers, 0)).await?;
    let first = begin.elapsed();
    let is_over = Arc::new(AtomicBool::new(false));
    let busy = sell_until(till.clone(), Arc::clone(&is_over));
    found(&till, &people(customers, customers - 1)).await?;
    let last = begin.elapsed();
    while till.ledger().read(ledger::replica::cursor)? == 0 {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let whole = begin.elapsed();
    is_over.store(true, Ordering::SeqCst);
    let busy = busy.await.map_err(std::io::Error::other)??;
    let held = till.ledger().read(ledger::customer::count)?;
    let quiet = sell_some(&till, QUIET_SALES, Duration::ZERO)?;
    shop.agree(&[&till]).await?;
    till.stop_sync().await;
    assert!(held >= customers.into(), "{held} customers are here");

    let seconds = |name: &str, took: Duration, baseline: Duration| Figure {
        name: format!("{customers} customers with accounts, {name}"),
        measured: took.as_secs_f64(),
        baseline: baseline.as_secs_f64(),
        unit: "s",
    };
    Ok(vec![
        seconds(
            "written on the server, indexed / bare insert",
            filling,
            bare,
        ),
        seconds(
            "parts read and framed / server's file copied",
            parts.took,
            copying,
        ),
        Figure {
            name: "  the same, in frames / in plain JSON".to_owned(),
            measured: megabytes(parts.framed),
            baseline: megabytes(parts.plain),
            unit: "MB",
        },
        seconds(
            "enrolled until the first is found / bare insert",
            first,
            bare,
        ),
        seconds("until each is found / bare insert", last, bare),
        seconds("until every row is here / bare insert", whole, bare),
        milliseconds("a sale meanwhile, p50 / after", (&busy, &quiet), 50),
        milliseconds("a sale meanwhile, p99 / after", (&busy, &quiet), 99),
    ])
}

#[expect(
    clippy::cast_precision_loss,
    reason = "bytes of a benchmark stay below 2^52"
)]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn milliseconds(name: &str, (busy, quiet): (&[Duration], &[Duration]), percent: usize) -> Figure {
    let at = |times: &[Duration]| {
        let mut times = times.to_vec();
        times.sort_unstable();
        let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times.get(place).map_or(0.0, Duration::as_secs_f64) * 1_000.0
    };
    Figure {
        name: name.to_owned(),
        measured: at(busy),
        baseline: at(quiet),
        unit: "ms",
    }
}

/// The customer with this number.
fn people(customers: u32, number: u32) -> Customer {
    let mut chance = Chance(u64::from(customers) << 32 | u64::from(number));
    Customer {
        referral_code: Some(format!("R{number:07}")),
        ..person(&mut chance, number)
    }
}

/// Their account after some purchases.
fn account_of(customers: u32, number: u32) -> AccountDocument {
    let mut chance = Chance(u64::from(customers) << 33 | u64::from(number));
    let mut points = BTreeMap::new();
    for _ in 0..=chance.below(4) {
        let day = NaiveDate::from_ymd_opt(2026, 1 + chance.below(11), 1 + chance.below(28));
        let day = day.expect("BUG: each month has 28 days");
        points.insert(day, i64::from(1 + chance.below(900)));
    }
    let lots = points.iter().map(|(day, points)| LotDocument {
        earned_on: *day,
        expires_on: *day + chrono::Days::new(365),
        usable_from: None,
        points: *points,
    });
    let first_ms = 1_760_000_000_000 + 1_000 * i64::from(chance.below(10_000_000));
    AccountDocument {
        lots: lots.collect(),
        purchases: i64::try_from(points.len()).unwrap_or(i64::MAX),
        spent: 100 * points.values().sum::<i64>(),
        first_purchase_ms: Some(first_ms),
        last_purchase_ms: Some(first_ms + 1_000 * i64::from(chance.below(20_000_000))),
        earned_by_day: points,
        ..AccountDocument::default()
    }
}

/// Writes customers and accounts as the server does: rows, and their places in the feed.
fn fill(file: &PathBuf, tenant: &str, customers: u32) -> rusqlite::Result<()> {
    let db = Connection::open(file)?;
    db.execute_batch("pragma cache_size = -500000")?;
    let (mut position, hash): (i64, String) = db.query_row(
        "select position, hash from feed_head where tenant_id = ?",
        [tenant],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mut hash = EntryHash::from_hex(&hash).expect("BUG: the server wrote it");
    db.execute_batch("begin immediate")?;
    for number in 0..customers {
        let customer = people(customers, number);
        let id = customer.id.to_string();
        db.prepare_cached(
            "insert into customer (tenant_id, customer_id, name, phone, email, card, referral_code,
                 marketing_consent, hlc) values (?, ?, ?, ?, ?, ?, ?, 0, 1)",
        )?
        .execute(params![
            tenant,
            id,
            customer.name,
            customer.phone,
            customer.email,
            customer.card,
            customer.referral_code
        ])?;
        let account = account_of(customers, number);
        let document = serde_json::to_string(&account).expect("BUG: its keys are strings");
        db.prepare_cached(
            "insert into account (tenant_id, customer_id, document) values (?, ?, ?)",
        )?
        .execute(params![tenant, id, document])?;
        let customer_id = customer.id;
        let account = Row::Account {
            customer_id,
            account,
        };
        let ends = position + 2;
        for (kind, row) in [("customer", Row::Customer(customer)), ("account", account)] {
            let body = serde_json::to_string(&row).expect("BUG: rows have string keys only");
            position += 1;
            hash = chain(&hash, &body);
            db.prepare_cached(
                "insert into feed (tenant_id, position, ends, kind, row_key, body, hash)
                 values (?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                tenant,
                position,
                ends,
                kind,
                id,
                body,
                hash.to_hex()
            ])?;
        }
    }
    db.execute(
        "update feed_head set position = ?, hash = ? where tenant_id = ?",
        params![position, hash.to_hex(), tenant],
    )?;
    db.execute_batch("commit; pragma wal_checkpoint(truncate)")
}

/// All parts of a snapshot.
struct Parts {
    took: Duration,
    plain: usize,
    framed: usize,
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
async fn parts(store: &SqliteStore, tenant: &str) -> Result<Parts, Error> {
    let begin = Instant::now();
    let told = store.snapshot(tenant).await?;
    let (mut plain, mut framed, mut after) = (0, 0, None);
    loop {
        let request = PartRequest {
            tenant: tenant.to_owned(),
            at: (told.position, told.hash),
            after,
            limit: MAX_PART_ROWS,
        };
        let Part::Rows(rows, next) = store.snapshot_part(request).await? else {
            return Err(Error::Gone);
        };
        let part = SnapshotPart {
            rows,
            next: next.clone(),
            seals: BTreeMap::new(),
            server_time_ms: 0,
        };
        let json = serde_json::to_vec(&part).expect("BUG: replies have string keys only");
        plain += json.len();
        framed += frame::compress(&json).len();
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    Ok(Parts {
        took: begin.elapsed(),
        plain,
        framed,
    })
}

/// Inserts the bodies of all rows into one plain table.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn bare((file, tenant): (&PathBuf, &str), path: &Path) -> rusqlite::Result<Duration> {
    let source = Connection::open(file)?;
    let bare = Connection::open(path)?;
    let _: String = bare.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
    bare.execute_batch(
        "pragma synchronous = full;
         create table row (kind text, row_key text, body text, primary key (kind, row_key));",
    )?;
    let begin = Instant::now();
    let mut read = source.prepare(
        "select kind, row_key, body from feed where tenant_id = ?
         order by kind, row_key, position",
    )?;
    let mut rows = read.query([tenant])?;
    let mut count = 0_usize;
    bare.execute_batch("begin immediate")?;
    while let Some(row) = rows.next()? {
        let (kind, key, body): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        bare.prepare_cached("insert or replace into row (kind, row_key, body) values (?, ?, ?)")?
            .execute([kind, key, body])?;
        count += 1;
        if count.is_multiple_of(AT_ONCE) {
            bare.execute_batch("commit; begin immediate")?;
        }
    }
    bare.execute_batch("commit")?;
    Ok(begin.elapsed())
}

/// Waits until a customer is found by the digits of the phone.
async fn found(till: &Till, customer: &Customer) -> Result<(), Error> {
    let phone = customer.phone.as_deref().unwrap_or_default();
    loop {
        let found = till
            .ledger()
            .read(|look| ledger::customer::search(look, phone, 20))?;
        if found.iter().any(|found| found.customer.id == customer.id) {
            return Ok(());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Sells until it is over; how long each sale took.
fn sell_until(
    till: Till,
    is_over: Arc<AtomicBool>,
) -> tokio::task::JoinHandle<Result<Vec<Duration>, Error>> {
    tokio::task::spawn_blocking(move || {
        let mut took = Vec::new();
        while !is_over.load(Ordering::SeqCst) {
            took.extend(sell_some(&till, 1, BETWEEN_SALES)?);
        }
        Ok(took)
    })
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn sell_some(till: &Till, sales: usize, pause: Duration) -> Result<Vec<Duration>, Error> {
    let clock = SystemClock::new();
    let mut took = Vec::with_capacity(sales);
    for number in 0..sales {
        let line = SaleRequestLine {
            product: "espresso".to_owned(),
            quantity: Decimal::ONE,
            unit_price: None,
        };
        let request = SaleRequest {
            reference: format!("bench-{number}-{}", clock.monotonic_ms()),
            at_ms: clock.now_ms(),
            cashier: None,
            customer: None,
            lines: vec![line],
            codes: Vec::new(),
        };
        let begin = Instant::now();
        till.sell(&request)?;
        took.push(begin.elapsed());
        std::thread::sleep(pause);
    }
    Ok(took)
}
