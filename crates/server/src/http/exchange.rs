//! Signatures around every exchange with an enrolled terminal.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use mostrador_protocol::message::ErrorCode;
use mostrador_protocol::signature::{
    PublicKey, SIGNATURE_HEADER, SignedReply, SignedRequest, TERMINAL_HEADER, TIME_HEADER,
};
use uuid::Uuid;

use super::failure::Failure;
use super::{App, MAX_BODY_BYTES};
use crate::store::Store;
use crate::terminal::Terminal;

/// The terminal that signed the request; endpoints find it among the request's extensions.
#[derive(Debug, Clone)]
pub(super) struct Caller(pub(super) Arc<Terminal>);

/// Lets a request through when an active terminal signed it, and signs whatever is answered.
pub(super) async fn signed<S: Store>(
    State(app): State<Arc<App<S>>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let signature = text(&parts.headers, SIGNATURE_HEADER).map(str::to_owned);
    let response = match admit(&app, parts, body).await {
        Ok(request) => next.run(request).await,
        Err(failure) => failure.into_response(),
    };
    match signature {
        Some(signature) => sign(&app, &signature, response).await,
        None => response,
    }
}

/// Signs a response as the answer to the request with this signature.
pub(super) async fn sign<S: Store>(
    app: &App<S>,
    request_signature: &str,
    response: Response,
) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX)
        .await
        .expect("BUG: every body is made in memory by this server");
    let reply = SignedReply {
        request_signature,
        status: parts.status.as_u16(),
        body: &body,
    };
    let signature = HeaderValue::from_str(&reply.sign(&app.secret_key))
        .expect("BUG: base64 is made of signs that headers may carry");
    parts.headers.insert(SIGNATURE_HEADER, signature);
    Response::from_parts(parts, Body::from(body))
}

/// Reads a body up to the limit.
pub(super) async fn read_body(body: Body) -> Result<Bytes, Failure> {
    to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| {
        Failure::new(
            ErrorCode::TooLarge,
            format!("the request did not arrive whole within {MAX_BODY_BYTES} bytes"),
            "send smaller batches",
        )
    })
}

async fn admit<S: Store>(app: &App<S>, mut parts: Parts, body: Body) -> Result<Request, Failure> {
    let unsigned = || {
        Failure::new(
            ErrorCode::SignatureInvalid,
            "the request is not signed by an enrolled terminal",
            "enrol the terminal, then try again",
        )
    };
    let terminal_id: Uuid = text(&parts.headers, TERMINAL_HEADER)
        .and_then(|id| id.parse().ok())
        .ok_or_else(unsigned)?;
    let time_ms = text(&parts.headers, TIME_HEADER)
        .and_then(|time| time.parse().ok())
        .ok_or_else(unsigned)?;
    let signature = text(&parts.headers, SIGNATURE_HEADER).ok_or_else(unsigned)?;
    let terminal = app.store.terminal(terminal_id).await?;
    let terminal = terminal.filter(|terminal| terminal.active).ok_or_else(|| {
        Failure::new(
            ErrorCode::TerminalUnknown,
            "the terminal is unknown here or was switched off",
            "ask the owner for a new one-time code and enrol the terminal again",
        )
    })?;
    let key = PublicKey::from_hex(&terminal.public_key).map_err(|_| unsigned())?;
    let body = read_body(body).await?;
    let request = SignedRequest {
        method: parts.method.as_str(),
        target: parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str()),
        time_ms,
        body: &body,
    };
    request.verify(&key, signature).map_err(|_| {
        Failure::new(
            ErrorCode::SignatureInvalid,
            "the signature does not fit the request",
            "something between terminal and server changes requests: check proxies",
        )
    })?;
    parts.extensions.insert(Caller(Arc::new(terminal)));
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
