//! What the network costs a sale: nothing. Sales are committed in blocks by one till, a block over a whole wire
//! and a block under a fault in turn, so that whatever else the machine does hits both.

use std::path::Path;
use std::time::{Duration, Instant};

use mostrador_ledger as ledger;
use mostrador_terminal::Till;

use crate::Error;
use crate::bench_ledger::Figure;
use crate::faults::audit;
use crate::proxy::{Proxy, Trouble};
use crate::shop::{CAFE_VT, Crowd, Shop, until};

/// Pairs of blocks for each fault.
const PAIRS: usize = 15;

/// Sales of a block.
const SALES: usize = 120;

/// From one sale to the next: no till sells faster, and the sync task gets its turns.
const PAUSE: Duration = Duration::from_millis(4);

/// In life the server is another machine's work; here it gets the processor time that the till leaves.
const ELSEWHERE: [&str; 3] = ["nice", "-n", "19"];

/// p50 and p99 of a sale under each fault of the wire, beside the quiet blocks between.
///
/// # Errors
/// When the shop cannot be opened, or a queue is not empty a minute after its wire is whole again.
pub async fn figures(fixtures: &Path, folder: &Path) -> Result<Vec<Figure>, Error> {
    let mut shop = Shop::open_from(fixtures, folder, CAFE_VT, Crowd::All)?;
    shop.kill_server()?;
    shop.start_server_under(&ELSEWHERE.map(Into::into))?;
    let cable = Proxy::start(shop.address()).await?;
    let till = shop.till("centro", "Caja 1", &cable.url()).await?;
    shop.agree(&[&till]).await?;
    // The first sales fill caches.
    block(&till).await?;
    let mut figures = Vec::new();
    let faults = Trouble::ALL.into_iter().map(Some).chain([None]);
    for fault in faults {
        let (mut quiet, mut troubled) = (Vec::new(), Vec::new());
        for _ in 0..PAIRS {
            drained(&till).await?;
            quiet.extend(block(&till).await?);
            match fault {
                Some(trouble) => cable.trouble(trouble),
                None => cable.cut(),
            }
            troubled.extend(block(&till).await?);
            cable.restore();
            // What a dead connection costs in seconds is another figure.
            till.stop_sync().await;
            till.start_sync()?;
        }
        quiet.sort_unstable();
        troubled.sort_unstable();
        let words = fault.map_or("wire: cut", Trouble::words);
        for (name, percent) in [("p50", 50), ("p99", 99)] {
            figures.push(Figure {
                name: format!("sale {name}, {words} (baseline: whole wire)"),
                measured: at(&troubled, percent),
                baseline: at(&quiet, percent),
                unit: "ms",
            });
        }
    }
    shop.agree(&[&till]).await?;
    till.stop_sync().await;
    Ok(figures)
}

/// How long each sale of a block took.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
async fn block(till: &Till) -> Result<Vec<Duration>, Error> {
    let mut took = Vec::with_capacity(SALES);
    for _ in 0..SALES {
        let begin = Instant::now();
        audit::sell(till)?;
        took.push(begin.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(took)
}

async fn drained(till: &Till) -> Result<(), Error> {
    until("the queue to be empty", || {
        let waiting = till.ledger().read(ledger::outbox::waiting);
        waiting.is_ok_and(|waiting| waiting == 0)
    })
    .await
}

/// The value at `percent` of sorted durations, in milliseconds.
fn at(sorted: &[Duration], percent: usize) -> f64 {
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted
        .get(place)
        .map_or(0.0, |took| took.as_secs_f64() * 1e3)
}
