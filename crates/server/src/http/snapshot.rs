//! `GET /v1/snapshot` and its rows: where a terminal begins that holds nothing the feed leads on from.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::message::ErrorCode;
use mostrador_protocol::snapshot::{MAX_PART_ROWS, SnapshotPart, SnapshotPlace, SnapshotReply};
use serde::Deserialize;

use super::App;
use super::exchange::Caller;
use super::failure::{Failure, Reply};
use super::pull::other_feed;
use crate::snapshot::{Part, PartRequest, seals};
use crate::store::Store;

/// What a terminal asks for.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// The position that it was told.
    position: u64,
    /// The chain up to there.
    hash: String,
    /// Where the part before ended.
    after: Option<String>,
    /// Rows wanted.
    limit: Option<u32>,
}

pub(super) async fn snapshot<S: Store>(
    State(app): State<Arc<App<S>>>,
    Extension(Caller(terminal)): Extension<Caller>,
) -> Result<Reply<SnapshotReply>, Failure> {
    let snapshot = app.store.snapshot(&terminal.tenant.id).await?;
    Ok(Reply(SnapshotReply {
        position: snapshot.position,
        hash: snapshot.hash,
        generation: snapshot.generation,
        customers: snapshot.customers,
        accounts: snapshot.accounts,
        server_time_ms: app.mint.now_ms(),
    }))
}

pub(super) async fn rows<S: Store>(
    State(app): State<Arc<App<S>>>,
    Extension(Caller(terminal)): Extension<Caller>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Reply<SnapshotPart>, Failure> {
    let Query(asked) = asked.map_err(|error| Failure::malformed(error.body_text()))?;
    let hash = EntryHash::from_hex(&asked.hash);
    let hash =
        hash.ok_or_else(|| Failure::malformed("the chain of a snapshot is 64 hex digits"))?;
    let after: Option<SnapshotPlace> = match asked.after.as_deref().map(str::parse) {
        Some(Ok(place)) => Some(place),
        Some(Err(error)) => return Err(Failure::malformed(error.to_string())),
        None => None,
    };
    let request = PartRequest {
        tenant: terminal.tenant.id.clone(),
        at: (asked.position, hash),
        after,
        limit: asked.limit.unwrap_or(MAX_PART_ROWS).clamp(1, MAX_PART_ROWS),
    };
    match app.store.snapshot_part(request).await? {
        Part::Rows(rows, next) => Ok(Reply(SnapshotPart {
            seals: seals(&app.secret_key, &terminal.tenant.id, rows.iter()),
            rows,
            next,
            server_time_ms: app.mint.now_ms(),
        })),
        Part::Other => Err(other_feed(asked.position)),
        Part::Gone => Err(needed(asked.position)),
    }
}

/// The terminal must begin with a snapshot of now.
pub(super) fn needed(position: u64) -> Failure {
    Failure::new(
        ErrorCode::Snapshot,
        format!("the feed does not lead on from position {position} row by row"),
        "the terminal asks for a snapshot and reads on from there; one that cannot must be updated",
    )
}
