//! `GET /v1/sales/{number}`: a sale of any store by its receipt number or id, with what undid it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use mostrador_protocol::found::SalesReply;

use super::App;
use super::exchange::Caller;
use super::failure::{Failure, Reply};
use crate::store::Store;

/// The longest number or id.
const MOST_SIGNS: usize = 64;

/// Nobody knows the number: no sales.
pub(super) async fn sales<S: Store>(
    State(app): State<Arc<App<S>>>,
    Extension(Caller(terminal)): Extension<Caller>,
    Path(number): Path<String>,
) -> Result<Reply<SalesReply>, Failure> {
    if number.chars().count() > MOST_SIGNS {
        return Err(Failure::malformed("the number of the sale is too long"));
    }
    let sales = app.store.sales(&terminal.tenant.id, &number).await?;
    Ok(Reply(SalesReply {
        sales,
        server_time_ms: app.mint.now_ms(),
    }))
}
