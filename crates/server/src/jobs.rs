//! What follows from entries: lots expire, tiers are moved, referrals pay. The server writes it into a
//! stream of its own, each once per cause.
//!
//! Every account has the first local day on which something may follow from it (`mostrador_loyalty::due`). A
//! [`run`] looks at the accounts whose day has come, a page at a time, and writes what follows on that
//! day, not on the day of the run: running twice, from two servers or after a missed week comes to the
//! same. The id of an entry follows from its [`cause::Cause`], and the store lets each id in once.
//! [`after_ingest`] does the same at once for the customers that a batch touched.

pub mod cause;
pub mod following;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::Error;
use crate::http::App;
use crate::mint::Mint;
use crate::store::Store;

/// Customers that one transaction looks at.
const AT_ONCE: u32 = 200;

/// Rounds after a batch: who is touched by what followed is looked at too. A bonus touches the referrer,
/// and what follows from that touches nobody else.
const MOST_ROUNDS: usize = 4;

/// Which accounts one transaction looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Those that are due, by day and customer, after this place, at most so many.
    Due {
        /// Where the page before ended.
        after: Option<(NaiveDate, Uuid)>,
        /// The most customers.
        limit: u32,
    },
    /// Of these customers, those that are due.
    Of(BTreeSet<Uuid>),
}

/// What one transaction is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Whose accounts.
    pub tenant: String,
    /// Which of them.
    pub scope: Scope,
    /// Now, milliseconds since the epoch.
    pub now_ms: i64,
    /// The terminal as which the server writes, if it has none yet.
    pub terminal: Uuid,
    /// Its stream, if it has none yet.
    pub stream: Uuid,
}

/// An entry that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its kind.
    pub kind: &'static str,
    /// Whose accounts it changes.
    pub customers: Vec<Uuid>,
}

/// What one transaction did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// How many accounts it looked at.
    pub accounts: u64,
    /// The last of them, where the next page begins.
    pub last: Option<(NaiveDate, Uuid)>,
    /// What it wrote.
    pub written: Vec<Written>,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many accounts were looked at.
    pub accounts: u64,
    /// Lots that expired.
    pub expired: u64,
    /// Tiers that were moved.
    pub moved: u64,
    /// Referral bonuses given.
    pub bonuses: u64,
    /// Badges awarded.
    pub badges: u64,
}

impl Report {
    /// Entries written.
    pub const fn written(&self) -> u64 {
        self.expired + self.moved + self.bonuses + self.badges
    }

    fn add(&mut self, looked: &Looked) {
        self.accounts += looked.accounts;
        for written in &looked.written {
            match written.kind {
                "points_expired" => self.expired += 1,
                "tier_moved" => self.moved += 1,
                "badge_awarded" => self.badges += 1,
                _ => self.bonuses += 1,
            }
        }
    }
}

/// Writes everything that is due for a tenant. A run with nothing due writes nothing.
///
/// # Errors
/// What the store says; the pages before stay done.
pub async fn run<S: Store>(store: &S, mint: &Mint, tenant: &str) -> Result<Report, Error> {
    let mut report = Report::default();
    loop {
        let before = report.written();
        pass(store, mint, (tenant, &mut report)).await?;
        // What followed for one customer may touch another, whose page is over.
        if report.written() == before {
            return Ok(report);
        }
    }
}

async fn pass<S: Store>(
    store: &S,
    mint: &Mint,
    (tenant, report): (&str, &mut Report),
) -> Result<(), Error> {
    let mut after = None;
    loop {
        let limit = AT_ONCE;
        let look = look(mint, tenant, Scope::Due { after, limit })?;
        let looked = store.look(look).await?;
        report.add(&looked);
        if looked.last.is_none() {
            return Ok(());
        }
        after = looked.last;
    }
}

/// A tenant's jobs while the server serves; who waits for changes hears of them.
pub(crate) async fn while_serving<S: Store>(app: Arc<App<S>>, tenant: String) -> Result<(), Error> {
    let report = run(&app.store, &app.mint, &tenant).await?;
    if report.written() > 0 {
        app.changes.wake(&tenant);
        tracing::info!(
            tenant,
            expired = report.expired,
            moved = report.moved,
            bonuses = report.bonuses,
            badges = report.badges,
            "the jobs wrote what follows from entries"
        );
    }
    Ok(())
}

/// Writes what follows at once from what a batch did to these customers.
///
/// # Errors
/// What the store says. The next [`run`] finds what was left.
pub async fn after_ingest<S: Store>(
    store: &S,
    mint: &Mint,
    (tenant, customers): (&str, BTreeSet<Uuid>),
) -> Result<Report, Error> {
    let mut report = Report::default();
    let mut touched = customers;
    for _ in 0..MOST_ROUNDS {
        if touched.is_empty() {
            break;
        }
        let looked = store.look(look(mint, tenant, Scope::Of(touched))?).await?;
        report.add(&looked);
        let written = looked.written.into_iter();
        touched = written.flat_map(|written| written.customers).collect();
    }
    Ok(report)
}

fn look(mint: &Mint, tenant: &str, scope: Scope) -> Result<Look, Error> {
    Ok(Look {
        tenant: tenant.to_owned(),
        scope,
        now_ms: mint.now_ms(),
        terminal: mint.id()?,
        stream: mint.id()?,
    })
}
