//! Counts every exchange, and tells the numbers at `GET /metrics`.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use super::App;
use super::failure::{Failure, Refused};
use crate::store::Store;

/// Times the exchange and notes how it ended.
pub(super) async fn observe<S: Store>(
    State(app): State<Arc<App<S>>>,
    request: Request,
    next: Next,
) -> Response {
    let begin = Instant::now();
    let route = route(&request);
    let response = next.run(request).await;
    let status = response.status().as_u16();
    app.metrics.answered(&route, status, begin.elapsed());
    if let Some(refused) = response.extensions().get::<Refused>() {
        app.metrics.refused(refused.code.as_str());
        if refused.by_database {
            app.metrics.database_failed();
        }
    }
    response
}

/// The route as it was declared, so that there are as many names as routes. A pull that may wait is
/// counted apart: its time is mostly the wait.
fn route(request: &Request) -> String {
    let Some(path) = request.extensions().get::<MatchedPath>() else {
        return "other".to_owned();
    };
    let query = request.uri().query().unwrap_or_default();
    let waits = query
        .split('&')
        .any(|pair| pair.starts_with("wait=") && pair != "wait=0");
    let path = path.as_str();
    if waits {
        format!("{path}?wait")
    } else {
        path.to_owned()
    }
}

/// `GET /metrics`
pub(super) async fn metrics<S: Store>(State(app): State<Arc<App<S>>>) -> Result<Response, Failure> {
    let text = app.metrics.text(&app.store, app.mint.now_ms()).await?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(CONTENT_TYPE, kind)], text).into_response())
}
