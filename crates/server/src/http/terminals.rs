//! `GET /terminals` on the second address: how every terminal stands, for who looks after the shops.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;

use super::App;
use super::failure::{Failure, Reply};
use crate::attention::{self, Standing};
use crate::store::Store;

/// A company with its terminals.
#[derive(Debug, Serialize)]
pub(super) struct OfTenant {
    tenant: String,
    terminals: Vec<Standing>,
}

pub(super) async fn terminals<S: Store>(
    State(app): State<Arc<App<S>>>,
) -> Result<Reply<Vec<OfTenant>>, Failure> {
    let now_ms = app.mint.now_ms();
    let mut all = Vec::new();
    for tenant in app.store.tenants().await? {
        let terminals = attention::terminals(&app.store, &tenant.id, now_ms).await?;
        all.push(OfTenant {
            tenant: tenant.id,
            terminals,
        });
    }
    Ok(Reply(all))
}
