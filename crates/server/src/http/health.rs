//! `GET /healthz`: whether the server reaches its data.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::failure::Reply;
use super::{App, status};
use crate::store::Store;

#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
}

pub(super) async fn health<S: Store>(State(app): State<Arc<App<S>>>) -> Response {
    let health = |status| {
        Reply(Health {
            status,
            version: env!("CARGO_PKG_VERSION"),
        })
    };
    match app.store.tenants().await {
        Ok(_) => health("ok").into_response(),
        Err(error) => {
            tracing::error!(cause = error.sentence(), "the health check failed");
            (status::UNHEALTHY, health("no data").into_response()).into_response()
        }
    }
}
