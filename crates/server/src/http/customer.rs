//! `GET /v1/customers/{id}`: a customer as the server knows them now.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use mostrador_protocol::message::{CustomerReply, ErrorCode};
use uuid::Uuid;

use super::App;
use super::exchange::Caller;
use super::failure::{Failure, Reply};
use crate::store::Store;

pub(super) async fn customer<S: Store>(
    State(app): State<Arc<App<S>>>,
    Extension(Caller(terminal)): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Reply<CustomerReply>, Failure> {
    let id = id_of(&id)?;
    let found = app.store.customer(&terminal.tenant.id, id).await?;
    let (profile, account) = found.ok_or_else(|| {
        let hint = "search by name, phone or card; the profile may not have been sent yet";
        Failure::new(
            ErrorCode::NotFound,
            format!("there is no customer {id}"),
            hint,
        )
    })?;
    Ok(Reply(CustomerReply {
        profile,
        account,
        server_time_ms: app.mint.now_ms(),
    }))
}

/// The id in a path.
pub(super) fn id_of(text: &str) -> Result<Uuid, Failure> {
    text.parse()
        .map_err(|_| Failure::malformed(format!("{text:?} is no customer id")))
}
