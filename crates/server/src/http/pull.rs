//! `GET /v1/pull?cursor=N&limit=N&wait=MS`: what changed after the cursor.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::message::{ErrorCode, PullReply};
use mostrador_protocol::row::Row;
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::App;
use super::exchange::Caller;
use super::failure::{Failure, Reply};
use super::snapshot;
use crate::feed::{DEFAULT_LIMIT, MAX_LIMIT, Page, PageRequest};
use crate::snapshot::{rows_of, seals};
use crate::store::Store;

/// The longest that a pull waits, milliseconds.
const MAX_WAIT_MS: u64 = 25_000;

/// What a terminal asks for.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// The position it holds.
    #[serde(default)]
    cursor: u64,
    /// The chain of the feed up to there.
    hash: Option<String>,
    /// Rows wanted.
    limit: Option<u32>,
    /// Milliseconds to wait for a first row.
    #[serde(default)]
    wait: u64,
    /// Whose `own_through` is answered; without it, the stream that the terminal writes now.
    stream: Option<Uuid>,
    /// Whether it reads rows of leases; it gets its own.
    #[serde(default)]
    leases: bool,
    /// Whether it can begin with a snapshot.
    #[serde(default)]
    snapshot: bool,
}

pub(super) async fn pull<S: Store>(
    State(app): State<Arc<App<S>>>,
    Extension(Caller(terminal)): Extension<Caller>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Reply<PullReply>, Failure> {
    let Query(asked) = asked.map_err(|error| Failure::malformed(error.body_text()))?;
    if terminal.is_unheard {
        let message = "the server was restored, and the terminal has not said yet what it has";
        return Err(restored(message));
    }
    let request = PageRequest {
        tenant: terminal.tenant.id.clone(),
        cursor: asked.cursor,
        hash: asked.hash.as_deref().and_then(EntryHash::from_hex),
        limit: asked.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT),
        stream: asked.stream.or(terminal.stream),
    };
    let wait = Duration::from_millis(asked.wait.min(MAX_WAIT_MS));
    // Who holds nothing reads every row of every key, or of each the latest.
    let is_long = asked.snapshot
        && asked.cursor == 0
        && app.store.feed_head(&request.tenant).await? >= app.limits.snapshot_rows.max(1);
    let page = first_rows(&app, request, wait).await?;
    if page.is_other {
        return Err(other_feed(asked.cursor));
    }
    if page.is_compacted || is_long {
        return Err(snapshot::needed(asked.cursor));
    }
    let mut rows = page.rows;
    rows.retain(|row| match &row.row {
        Row::Lease(lease) => asked.leases && lease.terminal_id == terminal.id,
        _ => true,
    });
    let seals = seals(&app.secret_key, &terminal.tenant.id, rows_of(&rows));
    Ok(Reply(PullReply {
        seals,
        next_hash: page.next_hash,
        rows,
        next_cursor: page.next_cursor,
        own_through: page.own_through,
        more: page.more,
        server_time_ms: app.mint.now_ms(),
    }))
}

/// The terminal read another feed than this one.
pub(super) fn other_feed(position: u64) -> Failure {
    restored(format!(
        "position {position} of this feed is not what the terminal read there"
    ))
}

/// A terminal whose line never broke says hello only when it is asked to.
fn restored(message: impl Into<String>) -> Failure {
    Failure::new(
        ErrorCode::OtherFeed,
        message,
        "the server was restored: the terminal says hello and reads the feed again",
    )
}

/// A page as soon as it has rows, or an empty one when the wait is over or the server stops.
///
/// A commit of this process wakes it at once; rows of another process are met at the next look.
async fn first_rows<S: Store>(
    app: &App<S>,
    request: PageRequest,
    wait: Duration,
) -> Result<Page, Failure> {
    let until = Instant::now() + wait;
    let mut stopping = app.stopping.clone();
    let bell = app.changes.of(&request.tenant);
    loop {
        let changed = bell.notified();
        tokio::pin!(changed);
        // From here on no commit is missed: one between the look and the wait wakes the wait.
        changed.as_mut().enable();
        let page = app.store.page(request.clone()).await?;
        let now = Instant::now();
        if !page.rows.is_empty() || page.is_other || page.is_compacted || now >= until {
            return Ok(page);
        }
        tokio::select! {
            biased;
            () = changed => {}
            () = sleep_until(until.min(now + app.look_every)) => {}
            // The sender gone means the same as a stop.
            _ = stopping.wait_for(|stopping| *stopping) => return Ok(page),
        }
    }
}
