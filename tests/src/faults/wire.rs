//! A wire that does one thing wrong while a till sells.

use std::time::Duration;

use super::kill_server::waiting;
use super::tally::without_numbers;
use super::{Outcome, Site, Tally, audit, end};
use crate::Error;
use crate::deadline::Deadline;
use crate::proxy::{Proxy, Trouble};

/// How long the queue may take to be empty after the wire is whole again.
const HEALING: Duration = Duration::from_mins(1);

/// How long the trouble may take to meet a connection.
const MEETING: Duration = Duration::from_secs(20);

/// How many sales fall into one trouble.
const SALES: u32 = 8;

/// The time between two of them.
const PAUSE: Duration = Duration::from_millis(250);

/// `wire-...`.
pub(super) async fn trouble(site: &mut Site, trouble: Trouble) -> Result<Outcome, Error> {
    let cable = Proxy::start(site.shop.address()).await?;
    let data = site.new_till(&cable.url()).await?;
    let till = audit::opened(&data)?;
    till.start_sync()?;
    let mut tally = Tally::default();
    let mut printed = Vec::new();
    for _ in 0..site.times(1, 10) {
        site.shop.agree(&[&till]).await?;
        let before = cable.troubled();
        cable.trouble(trouble);
        for _ in 0..SALES {
            printed.push(audit::sell(&till)?);
            tokio::time::sleep(PAUSE).await;
        }
        tally.says(without_numbers(&till.sync_view()?.sentence));
        let met = Deadline::after(MEETING);
        while cable.troubled() == before {
            if met
                .pause_async("the trouble to meet a connection")
                .await
                .is_err()
            {
                tally.fails("the wire did nothing wrong".to_owned());
                break;
            }
        }
        cable.restore();
        if site.is_quick {
            // A dead connection is waited for as long as an exchange may take; the full table does.
            till.stop_sync().await;
            till.start_sync()?;
        }
        let deadline = Deadline::after(HEALING);
        while waiting(&till)? > 0 {
            if deadline.pause_async("the queue to be empty").await.is_err() {
                tally.fails(format!(
                    "{} entries wait after {HEALING:?}",
                    waiting(&till)?
                ));
                break;
            }
        }
        tally.repetitions += 1;
    }
    end::of_tills(site, &[till], (printed, tally)).await
}
