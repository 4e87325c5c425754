//! The `/v1` protocol over HTTP: one file per endpoint, one for statuses, one for signatures.

mod customer;
mod enrol;
mod exchange;
mod failure;
mod health;
mod hello;
mod history;
mod pull;
mod push;
mod status;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use mostrador_protocol::signature::SecretKey;
use tokio::sync::{Notify, watch};

use crate::mint::Mint;
use crate::store::Store;

/// The most bytes of a request's body.
const MAX_BODY_BYTES: usize = 4 << 20;

/// How often a waiting pull looks for rows that another process wrote.
const POLL_EVERY: Duration = Duration::from_millis(500);

/// What every endpoint needs. Clones share it.
#[derive(Debug)]
pub(crate) struct App<S> {
    pub(crate) store: S,
    pub(crate) mint: Mint,
    pub(crate) secret_key: SecretKey,
    /// Wakes waiting pulls after a commit of this process.
    pub(crate) changed: Notify,
    /// Turns true when the server stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// All routes.
pub(crate) fn router<S: Store>(app: Arc<App<S>>) -> Router {
    Router::new()
        .route("/v1/hello", post(hello::hello::<S>))
        .route("/v1/push", post(push::push::<S>))
        .route("/v1/pull", get(pull::pull::<S>))
        .route("/v1/customers/{id}", get(customer::customer::<S>))
        .route("/v1/customers/{id}/history", get(history::history::<S>))
        // The signature's check reads the body up to the one limit; the framework's own is lower.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&app), exchange::signed::<S>))
        .route("/v1/enrol", post(enrol::enrol::<S>))
        .route("/healthz", get(health::health::<S>))
        .fallback(failure::no_such_endpoint)
        .with_state(app)
}
