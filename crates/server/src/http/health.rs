//! `GET /health/live`: the process answers. `GET /health/ready` (also `/healthz`): it can serve.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::failure::Reply;
use super::{App, status};
use crate::store::Store;

/// Whoever asks more often gets the answer of a moment ago: the look writes to the disk.
const LOOK_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
}

/// The last look, and when it was.
#[derive(Debug, Default)]
pub(crate) struct LastLook(Mutex<Option<(Instant, bool)>>);

fn health(status: &'static str) -> Reply<Health> {
    Reply(Health {
        status,
        version: env!("CARGO_PKG_VERSION"),
    })
}

pub(super) async fn live() -> Response {
    health("ok").into_response()
}

/// Ready means: the data answers, its tables are of this version (a store that opens has brought them
/// there), what is written stays, and nobody asked the server to stop.
pub(super) async fn ready<S: Store>(State(app): State<Arc<App<S>>>) -> Response {
    if *app.stopping.borrow() {
        return (status::UNHEALTHY, health("stopping").into_response()).into_response();
    }
    if can_write(&app).await {
        health("ok").into_response()
    } else {
        (status::UNHEALTHY, health("no data").into_response()).into_response()
    }
}

async fn can_write<S: Store>(app: &App<S>) -> bool {
    let mut last = app.last_look.0.lock().await;
    if let Some((at, answer)) = *last
        && at.elapsed() < LOOK_EVERY
    {
        return answer;
    }
    let answer = match app.store.try_writing().await {
        Ok(()) => true,
        Err(error) => {
            tracing::error!(cause = error.sentence(), "the server cannot write its data");
            false
        }
    };
    *last = Some((Instant::now(), answer));
    answer
}
