//! Tells the window what to fetch again, and nothing of the content.

use mostrador_terminal::Till;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event;

/// Something that a screen shows has changed behind its back.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct TillStale {
    /// What.
    pub(crate) what: Vec<Stale>,
}

/// The views that can go stale by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stale {
    /// The strip.
    Sync,
    /// Customer, balances, program: everything the counter shows.
    Counter,
    /// The figures of the day.
    Today,
    /// Names, currency, staff: what the window knows before anybody unlocks it.
    Till,
}

/// Follows sync until the till is gone.
pub(crate) async fn tell(app: AppHandle, till: Till) {
    let mut changes = till.sync_changes();
    drop(till);
    let mut seen = changes.borrow_and_update().changes;
    while changes.changed().await.is_ok() {
        let now = changes.borrow_and_update().changes;
        let what = gone_stale(seen, now);
        seen = now;
        if let Err(error) = (TillStale { what }).emit(&app) {
            tracing::warn!(%error, "the window could not be told what went stale");
        }
    }
}

/// Every move of sync shows on the strip and in the figures of what waits; a page that changed rows
/// shows everywhere.
fn gone_stale(pages_before: u64, pages_now: u64) -> Vec<Stale> {
    let mut what = vec![Stale::Sync, Stale::Today];
    if pages_before != pages_now {
        what.extend([Stale::Counter, Stale::Till]);
    }
    what
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_from_the_server_make_everything_stale_and_a_try_only_the_strip() {
        assert_eq!(gone_stale(3, 3), [Stale::Sync, Stale::Today]);
        let everything = [Stale::Sync, Stale::Today, Stale::Counter, Stale::Till];
        assert_eq!(gone_stale(3, 4), everything);
    }
}
