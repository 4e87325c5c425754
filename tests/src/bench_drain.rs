//! How long a till needs that comes back after months: every waiting entry goes to a real server through the real
//! syncer and is acknowledged, and the till holds the feed up to its end. The baseline is bare SQLite that stores
//! the same bytes in batches of the same size.

use std::path::Path;
use std::time::{Duration, Instant};

use mostrador_ledger as ledger;
use mostrador_protocol::message::MAX_BATCH_ENTRIES;
use mostrador_sync::Phase;
use mostrador_sync::clock::{Clock as _, SystemClock};
use mostrador_terminal::{SaleRequest, SaleRequestLine, Till};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::Error;
use crate::bench_ledger::Figure;
use crate::bench_push::{entries_of, store_bare};
use crate::deadline::Deadline;
use crate::shop::{CAFE_VT, Crowd, Shop, options};

/// How long a till may take; far more than it should.
const PATIENCE: Duration = Duration::from_mins(20);

/// How often progress is told.
const TELL_EVERY: u64 = 20_000;

/// Sells `entries` times offline, then measures how long it takes until the server has all of it.
///
/// # Errors
/// When the shop cannot be opened, the till takes too long, or both sides do not agree at the end.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
pub async fn figures(fixtures: &Path, folder: &Path, entries: u32) -> Result<Vec<Figure>, Error> {
    let shop = Shop::open_from(fixtures, folder, CAFE_VT, Crowd::All)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    let mut state = till.sync_changes();
    let caught_up = state.wait_for(|state| state.phase == Phase::UpToDate);
    caught_up.await.map_err(std::io::Error::other)?;
    till.stop_sync().await;
    drop(till);
    let till = Till::open(options(&shop.till_folder("Caja 1")))?;
    sell(&till, entries)?;
    let waiting = till.ledger().read(ledger::outbox::waiting)?;

    let begin = Instant::now();
    till.start_sync()?;
    let deadline = Deadline::after(PATIENCE);
    let mut told = waiting;
    loop {
        let left = till.ledger().read(ledger::outbox::waiting)?;
        if left == 0 {
            break;
        }
        if left + TELL_EVERY <= told {
            told = left;
            eprintln!("{left} wait after {:.1} s", begin.elapsed().as_secs_f64());
        }
        deadline
            .pause_async("every entry to be acknowledged")
            .await?;
    }
    let drained = begin.elapsed();
    shop.agree(&[&till]).await?;
    let agreed = begin.elapsed();
    till.stop_sync().await;

    let stored = entries_of(&till)?;
    let bare = store_bare(&stored, &folder.join("bare.sqlite"), MAX_BATCH_ENTRIES)?;
    let seconds = |name: &str, took: Duration| Figure {
        name: format!("a till with {waiting} waiting entries: {name}"),
        measured: took.as_secs_f64(),
        baseline: bare.as_secs_f64(),
        unit: "s",
    };
    Ok(vec![
        seconds("all are acknowledged", drained),
        seconds("both sides show the same", agreed),
    ])
}

/// One entry each: every other sale is to one of the customers, in turn.
fn sell(till: &Till, sales: u32) -> Result<(), Error> {
    let clock = SystemClock::new();
    let customers = till.ledger().read(ids)?;
    let mut customers = customers.into_iter().cycle();
    let products = ["espresso", "latte-grande", "cheesecake"];
    for number in 0..sales {
        let lines = products.iter().map(|product| SaleRequestLine {
            product: (*product).to_owned(),
            quantity: Decimal::ONE,
            unit_price: None,
        });
        till.sell(&SaleRequest {
            reference: format!("drain-{number}"),
            at_ms: clock.now_ms(),
            cashier: None,
            customer: (number % 2 == 0).then(|| customers.next()).flatten(),
            lines: lines.collect(),
            codes: vec!["CAFE10".to_owned()],
        })?;
        if u64::from(number + 1) % TELL_EVERY == 0 {
            eprintln!("{} of {sales} are sold", number + 1);
        }
    }
    Ok(())
}

fn ids(connection: &rusqlite::Connection) -> Result<Vec<Uuid>, ledger::Error> {
    let mut statement = connection.prepare("select id from customer order by id")?;
    let found = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    let found = found.collect::<Result<Vec<_>, _>>()?;
    let ids = found
        .iter()
        .filter_map(|bytes| Uuid::from_slice(bytes).ok());
    Ok(ids.collect())
}
