//! The server dies at one system call of a push.

use std::ffi::OsString;
use std::time::Duration;

use mostrador_ledger as ledger;
use mostrador_terminal::Till;

use super::audit;
use super::kill::{killer, why_not};
use super::worker::Receipt;
use super::{Outcome, Site, Tally, end};
use crate::Error;
use crate::deadline::Deadline;

/// What the server's database writes with, how many of each a thread of it may do before it has done a whole push
/// for certain, and whether no push can do without.
const CALLS: [(&str, u32, bool); 4] = [
    ("pwrite64", 400, true),
    ("fsync", 40, true),
    // What another build of the database may use in its place.
    ("fdatasync", 40, false),
    ("ftruncate", 20, false),
];

/// How long a push may take, restarts and all.
const PATIENCE: Duration = Duration::from_mins(1);

/// `kill-push`.
pub(super) async fn push(site: &mut Site) -> Result<Outcome, Error> {
    if let Some(why) = why_not() {
        return Ok(Outcome::Skipped(why));
    }
    let data = site.till().await?;
    let till = audit::opened(&data)?;
    till.start_sync()?;
    let mut tally = Tally::default();
    let mut printed = Vec::new();
    let step = site.times(9, 1);
    for (name, most, is_needed) in CALLS {
        let mut nth = 1 + u32::try_from(site.random.below(u64::from(step))).unwrap_or(0);
        let mut deaths = 0;
        while nth <= most && one(site, &till, (name, nth), &mut printed).await? {
            deaths += 1;
            nth += step;
        }
        if is_needed && deaths == 0 {
            // A push may do fewer than where chance began, and never none.
            deaths += u32::from(one(site, &till, (name, 1), &mut printed).await?);
            tally.expects(deaths > 0, || format!("no server died at a {name}"));
        }
        tally.repetitions += deaths;
    }
    tally.says("sold on each time");
    end::of_tills(site, &[till], (printed, tally)).await
}

/// Sells against a server that dies at its `nth` call of `name`, then against one that does not. Whether it
/// died: a server that lived did a whole push with fewer calls.
async fn one(
    site: &mut Site,
    till: &Till,
    (name, nth): (&str, u32),
    printed: &mut Vec<Receipt>,
) -> Result<bool, Error> {
    site.shop.kill_server()?;
    let wrapper: Vec<OsString> = killer(name, nth);
    // Where it dies before it listens, there is nothing to sell against, and the next start is the test.
    let started = site.shop.start_server_under(&wrapper).is_ok();
    printed.push(audit::sell(till)?);
    till.sync_now()?;
    let deadline = Deadline::after(PATIENCE);
    let mut died = !started;
    while !died && waiting(till)? > 0 {
        deadline
            .pause_async("a push, or the end of the server")
            .await?;
        died = site.shop.server_has_ended()?;
    }
    // It may die right after its answer: the checkpoint of a push comes behind it.
    died = died || site.shop.server_has_ended()?;
    if died {
        site.shop.kill_server()?;
        site.shop.start_server()?;
        till.sync_now()?;
        let deadline = Deadline::after(PATIENCE);
        while waiting(till)? > 0 {
            deadline.pause_async("the queue to be empty").await?;
        }
    }
    Ok(died)
}

/// Entries that the server has not acknowledged.
pub(super) fn waiting(till: &Till) -> Result<u64, Error> {
    Ok(till.ledger().read(ledger::outbox::waiting)?)
}
