//! `POST /v1/leases`: a terminal asks for rights that it can spend without a connection.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use mostrador_protocol::lease::{LeasesReply, LeasesRequest, MAX_WANTS};

use super::App;
use super::exchange::Caller;
use super::failure::{Failure, Reply, read};
use crate::lease::{Asked, Lease};
use crate::store::Store;

pub(super) async fn leases<S: Store>(
    State(app): State<Arc<App<S>>>,
    Extension(Caller(terminal)): Extension<Caller>,
    body: Bytes,
) -> Result<Reply<LeasesReply>, Failure> {
    let request: LeasesRequest = read(&body)?;
    let wanted = request.wants.len();
    if wanted > MAX_WANTS {
        return Err(Failure::too_large(format!(
            "{wanted} resources are asked for, {MAX_WANTS} are answered at once"
        )));
    }
    let asked = Asked {
        tenant: terminal.tenant.id.clone(),
        terminal: terminal.id,
        wants: request.wants,
        now_ms: app.mint.now_ms(),
    };
    let granted = app.store.lease(asked).await?;
    if granted.changed {
        app.changes.wake(&terminal.tenant.id);
    }
    Ok(Reply(LeasesReply {
        leases: granted.leases.iter().map(Lease::row).collect(),
        exhausted: granted.exhausted,
        server_time_ms: app.mint.now_ms(),
    }))
}
