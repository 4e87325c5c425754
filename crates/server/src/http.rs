//! The `/v1` protocol over HTTP: one file per endpoint, one for statuses, one for signatures.

mod changes;
mod connection;
mod customer;
mod enrol;
mod exchange;
mod failure;
mod health;
mod hello;
mod history;
mod lease;
mod observe;
mod proof;
mod pull;
mod push;
mod sale;
mod snapshot;
mod status;
mod terminals;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use mostrador_protocol::signature::SecretKey;
use tokio::sync::watch;

use self::changes::Changes;
pub(crate) use self::connection::serve;
use self::health::LastLook;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::mint::Mint;
use crate::rate::Rate;
use crate::store::Store;

/// How often a waiting pull looks for rows that another process wrote, unless somebody knows better.
const POLL_EVERY: Duration = Duration::from_millis(500);

/// What every endpoint needs. Clones share it.
#[derive(Debug)]
pub(crate) struct App<S> {
    pub(crate) store: S,
    pub(crate) mint: Mint,
    /// Since when it runs, milliseconds since the epoch.
    pub(crate) serving_since_ms: i64,
    pub(crate) secret_key: SecretKey,
    /// Wakes waiting pulls after a commit of this process.
    pub(crate) changes: Changes,
    /// Turns true when the server stops.
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) limits: Limits,
    pub(crate) rate: Rate,
    /// Counts who is no terminal yet, all of them together.
    pub(crate) strangers: Rate,
    pub(crate) metrics: Metrics,
    pub(crate) last_look: LastLook,
    /// How often a waiting pull looks for rows that another process wrote.
    pub(crate) look_every: Duration,
    /// Kinds of entries that it takes for those of a later version: none but in a harness.
    pub(crate) unread: &'static [&'static str],
}

impl<S> App<S> {
    /// One that nobody has asked anything yet; it stops when `stopping` turns true.
    pub(crate) fn new(
        store: S,
        mint: Mint,
        (secret_key, limits): (SecretKey, Limits),
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            store,
            serving_since_ms: mint.now_ms(),
            mint,
            secret_key,
            changes: Changes::default(),
            stopping,
            rate: Rate::new(limits.requests_per_second, limits.burst),
            strangers: Rate::new(limits.enrolments_per_second, limits.enrolment_burst),
            limits,
            metrics: Metrics::new(),
            last_look: LastLook::default(),
            look_every: POLL_EVERY,
            unread: &[],
        }
    }
}

/// The routes that terminals and probes use.
pub(crate) fn router<S: Store>(app: Arc<App<S>>) -> Router {
    Router::new()
        .route("/v1/hello", post(hello::hello::<S>))
        .route("/v1/push", post(push::push::<S>))
        .route("/v1/pull", get(pull::pull::<S>))
        .route("/v1/snapshot", get(snapshot::snapshot::<S>))
        .route("/v1/snapshot/rows", get(snapshot::rows::<S>))
        .route("/v1/customers/{id}", get(customer::customer::<S>))
        .route("/v1/leases", post(lease::leases::<S>))
        .route("/v1/customers/{id}/history", get(history::history::<S>))
        .route("/v1/sales/{number}", get(sale::sales::<S>))
        // The signature's check reads the body up to the one limit; the framework's own is lower.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&app), exchange::signed::<S>))
        .route("/v1/enrol", post(enrol::enrol::<S>))
        .merge(health_routes())
        .fallback(failure::no_such_endpoint)
        .layer(from_fn_with_state(Arc::clone(&app), observe::observe::<S>))
        .with_state(app)
}

/// The routes of the second address: numbers and probes, nothing that a terminal uses.
pub(crate) fn metrics_router<S: Store>(app: Arc<App<S>>) -> Router {
    Router::new()
        .route("/metrics", get(observe::metrics::<S>))
        .route("/terminals", get(terminals::terminals::<S>))
        .merge(health_routes())
        .fallback(failure::no_such_endpoint)
        .with_state(app)
}

fn health_routes<S: Store>() -> Router<Arc<App<S>>> {
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready::<S>))
        .route("/healthz", get(health::ready::<S>))
}
