//! The server is killed while tills push, and put back to an earlier day.

use std::time::Duration;

use mostrador_terminal::Till;

use super::disk::put_back;
use super::kill_server::waiting;
use super::worker::Receipt;
use super::{Outcome, Site, Tally, audit, end};
use crate::Error;
use crate::proxy::Proxy;
use crate::shop::until;

/// How many tills push at once.
const TILLS: usize = 3;

/// `server-kill`.
pub(super) async fn kill(site: &mut Site) -> Result<Outcome, Error> {
    let cable = Proxy::start(site.shop.address()).await?;
    let tills = open(site, &cable.url()).await?;
    let mut tally = Tally::default();
    let mut printed = Vec::new();
    for _ in 0..site.times(3, 30) {
        cable.cut();
        sell(&tills, 8, &mut printed)?;
        cable.restore();
        for till in &tills {
            till.sync_now()?;
        }
        // While they push, or just before or after.
        tokio::time::sleep(Duration::from_millis(site.random.below(120))).await;
        site.shop.kill_server()?;
        sell(&tills, 1, &mut printed)?;
        site.shop.start_server()?;
        for till in &tills {
            emptied(till).await?;
        }
        tally.repetitions += 1;
    }
    end::of_tills(site, &tills, (printed, tally)).await
}

/// `server-restore`.
pub(super) async fn restore(site: &mut Site) -> Result<Outcome, Error> {
    let url = site.shop.url();
    let tills = open(site, &url).await?;
    let mut tally = Tally::default();
    let mut printed = Vec::new();
    let kept = site.folder.join("backup");
    for _ in 0..site.times(2, 12) {
        sell(&tills, 2, &mut printed)?;
        site.shop.agree(&tills.iter().collect::<Vec<_>>()).await?;
        site.shop.stop_server()?;
        put_back(&site.shop.data(), &kept)?;
        site.shop.start_server()?;
        sell(&tills, 1 + site.random.below(6), &mut printed)?;
        site.shop.agree(&tills.iter().collect::<Vec<_>>()).await?;
        site.shop.kill_server()?;
        put_back(&kept, &site.shop.data())?;
        sell(&tills, 1, &mut printed)?;
        site.shop.start_server()?;
        site.shop.agree(&tills.iter().collect::<Vec<_>>()).await?;
        audit::server(&site.shop, &printed, &mut tally).await?;
        tally.says("sent again by itself");
        tally.repetitions += 1;
    }
    end::of_tills(site, &tills, (printed, tally)).await
}

async fn open(site: &mut Site, url: &str) -> Result<Vec<Till>, Error> {
    let mut tills = Vec::new();
    for _ in 0..TILLS {
        let till = audit::opened(&site.new_till(url).await?)?;
        till.start_sync()?;
        tills.push(till);
    }
    Ok(tills)
}

fn sell(tills: &[Till], times: u64, printed: &mut Vec<Receipt>) -> Result<(), Error> {
    for till in tills {
        for _ in 0..times {
            printed.push(audit::sell(till)?);
        }
    }
    Ok(())
}

async fn emptied(till: &Till) -> Result<(), Error> {
    let is_empty = || waiting(till).is_ok_and(|waiting| waiting == 0);
    until("the queue to be empty by itself", is_empty).await
}
