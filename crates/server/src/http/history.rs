//! `GET /v1/customers/{id}/history?before=PLACE&limit=N`: what every store's entries say of a customer.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use mostrador_protocol::history::{HistoryPlace, HistoryReply, MAX_HISTORY_ENTRIES};
use serde::Deserialize;

use super::App;
use super::customer::id_of;
use super::exchange::Caller;
use super::failure::{Failure, Reply};
use crate::store::{HistoryRequest, Store};

/// Entries of a page where nothing else is asked for.
const DEFAULT_ENTRIES: u32 = 30;

/// What a terminal asks for.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// Where the page before ended.
    before: Option<HistoryPlace>,
    /// Entries wanted.
    limit: Option<u32>,
}

/// A customer of whom no entry is here has an empty history.
pub(super) async fn history<S: Store>(
    State(app): State<Arc<App<S>>>,
    Extension(Caller(terminal)): Extension<Caller>,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Reply<HistoryReply>, Failure> {
    let Query(asked) = asked.map_err(|error| Failure::malformed(error.body_text()))?;
    let limit = asked.limit.unwrap_or(DEFAULT_ENTRIES);
    let limit = limit.clamp(1, MAX_HISTORY_ENTRIES);
    let request = HistoryRequest {
        tenant: terminal.tenant.id.clone(),
        customer: id_of(&id)?,
        before: asked.before,
        limit: limit + 1,
    };
    let mut entries = app.store.history(request).await?;
    let wanted = limit as usize;
    let has_more = entries.len() > wanted;
    entries.truncate(wanted);
    let last = entries.last().filter(|_| has_more);
    Ok(Reply(HistoryReply {
        next: last.map(|entry| entry.place),
        entries,
        server_time_ms: app.mint.now_ms(),
    }))
}
