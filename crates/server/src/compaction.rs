//! Compaction of the feed: below a horizon only the latest row of every key is left.
//!
//! A terminal that stands at or above the horizon reads on as before: what it still reads is all there,
//! dense. One that stands below it begins with a snapshot, see [`crate::snapshot`]. The chain of every
//! position where a terminal can stand is kept, so that a server that was restored is still recognised by
//! terminals that read what is gone.
//!
//! Rows have no time, so the end of the feed is noted once a day; the horizon is the latest note that is
//! old enough. It is moved in small transactions, each of them whole: the work can stop after any.

use std::sync::Arc;
use std::time::Duration;

use crate::Error;
use crate::http::App;
use crate::store::Store;

/// How long rows stay that later ones replaced: a terminal that was away for less reads on. Milliseconds.
pub const KEEP_MS: i64 = 30 * DAY_MS;

/// How often the end of the feed is noted, milliseconds.
pub const DAY_MS: i64 = 86_400_000;

/// Positions by which one transaction moves the horizon.
const AT_ONCE: u32 = 2_000;

/// How often a server looks whether there is something to do.
pub(crate) const EVERY: Duration = Duration::from_hours(1);

/// What one transaction is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compaction {
    /// Whose feed.
    pub tenant: String,
    /// Now, milliseconds since the epoch.
    pub now_ms: i64,
    /// How long rows stay that later ones replaced, milliseconds; 0: not at all.
    pub keep_ms: i64,
    /// Positions by which the horizon is moved; exceeded only to end with a transaction.
    pub at_most: u32,
}

/// What one transaction did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compacted {
    /// The horizon from now on.
    pub horizon: u64,
    /// Rows that were deleted.
    pub removed: u64,
    /// Whether the horizon is where it should be.
    pub is_done: bool,
}

/// Compacts a tenant's feed as far as it may. Running it again does nothing more.
///
/// # Errors
/// [`Error::UnknownTenant`], and what the store says.
pub async fn run<S: Store>(
    store: &S,
    tenant: &str,
    (now_ms, keep_ms): (i64, i64),
) -> Result<Compacted, Error> {
    let mut removed = 0;
    loop {
        let compaction = Compaction {
            tenant: tenant.to_owned(),
            now_ms,
            keep_ms,
            at_most: AT_ONCE,
        };
        let step = store.compact(compaction).await?;
        removed += step.removed;
        if step.is_done {
            return Ok(Compacted { removed, ..step });
        }
    }
}

/// A tenant's feed while the server serves.
pub(crate) async fn while_serving<S: Store>(app: Arc<App<S>>, tenant: String) -> Result<(), Error> {
    let compacted = run(&app.store, &tenant, (app.mint.now_ms(), KEEP_MS)).await?;
    if compacted.removed > 0 {
        tracing::info!(
            tenant,
            horizon = compacted.horizon,
            removed = compacted.removed,
            "rows of the feed that later ones replaced were deleted"
        );
    }
    Ok(())
}
