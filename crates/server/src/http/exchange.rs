//! What stands around every exchange with an enrolled terminal: signature, freshness, rate, frames.
//!
//! The order matters. A signature is checked over the bytes as sent before anything is believed or
//! opened, so only who holds a terminal's key learns the server's time or makes it expand a frame.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use mostrador_protocol::message::ErrorCode;
use mostrador_protocol::signature::{FRESH_MS, PublicKey, Standing};
use mostrador_protocol::{Error as ProtocolError, frame};
use tokio::time::Instant;

use super::App;
use super::failure::Failure;
use super::proof::Proof;
use crate::limits::Limits;
use crate::store::Store;
use crate::terminal::Terminal;

/// The terminal that signed the request; endpoints find it among the request's extensions.
#[derive(Debug, Clone)]
pub(super) struct Caller(pub(super) Arc<Terminal>);

/// How many bytes the body had on its way, beside the opened body that endpoints read.
#[derive(Debug, Clone, Copy)]
pub(super) struct SentBytes(pub(super) usize);

/// Lets a request through when an active terminal signed it, and signs whatever is answered: to who
/// is not known with the word that the request was not verified.
pub(super) async fn signed<S: Store>(
    State(app): State<Arc<App<S>>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Some(proof) = Proof::of(&parts.headers) else {
        return unsigned().into_response();
    };
    // What did not arrive whole has no digest that could be signed.
    let body = match read_body(&app.limits, body).await {
        Ok(body) => body,
        Err(failure) => return failure.into_response(),
    };
    let takes_frames = names_zstd(&parts.headers);
    let seal = proof.seal_for((&parts, &body));
    let (standing, response) = match known(&app, &proof, (&parts, &body)).await {
        Err(failure) => (Standing::Unverified, failure.into_response()),
        Ok(terminal) => {
            let admitted = admit(&app, (terminal, proof.time_ms), (parts, body));
            let response = match admitted {
                Ok(request) => next.run(request).await,
                Err(failure) => failure.into_response(),
            };
            (Standing::Verified, response)
        }
    };
    let response = if takes_frames {
        pack(response).await
    } else {
        response
    };
    let (mut parts, body) = response.into_parts();
    let body = whole(body).await;
    let reply = (parts.status.as_u16(), body.as_ref());
    if let Some((name, signature)) = seal.sign(&app.secret_key, standing, reply) {
        parts.headers.insert(name, signature);
    }
    Response::from_parts(parts, Body::from(body))
}

/// Whether the terminal reads zstd frames. No quality values: a till names what it reads.
fn names_zstd(headers: &HeaderMap) -> bool {
    let accepted = text(headers, ACCEPT_ENCODING.as_str()).unwrap_or_default();
    accepted.split(',').any(|name| name.trim() == frame::ZSTD)
}

/// Compresses a body that is worth it.
async fn pack(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = whole(body).await;
    if body.len() < frame::WORTH_BYTES {
        return Response::from_parts(parts, Body::from(body));
    }
    let zstd = HeaderValue::from_static(frame::ZSTD);
    parts.headers.insert(CONTENT_ENCODING, zstd);
    Response::from_parts(parts, Body::from(frame::compress(&body)))
}

pub(super) async fn whole(body: Body) -> Bytes {
    to_bytes(body, usize::MAX)
        .await
        .expect("BUG: every body is made in memory by this server")
}

/// Reads a body up to the limits of size and time.
pub(super) async fn read_body(limits: &Limits, body: Body) -> Result<Bytes, Failure> {
    let arriving = to_bytes(body, limits.body_bytes);
    match tokio::time::timeout(limits.body_within, arriving).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(Failure::too_large(format!(
            "the request did not arrive whole within {} bytes",
            limits.body_bytes
        ))),
        Err(_) => Err(Failure::new(
            ErrorCode::TooSlow,
            format!("the request did not arrive within {:?}", limits.body_within),
            "send smaller batches",
        )),
    }
}

/// The JSON of a body whose signature was verified.
fn open(headers: &HeaderMap, body: Bytes, limits: &Limits) -> Result<Bytes, Failure> {
    let json = match text(headers, CONTENT_ENCODING.as_str()) {
        None | Some("identity") => body,
        Some(frame::ZSTD) => {
            let opened = frame::expand(&body, limits.body_bytes);
            Bytes::from(opened.map_err(|error| match error {
                ProtocolError::FrameTooLarge { .. } => Failure::too_large(error.to_string()),
                _ => Failure::encoding(error.to_string()),
            })?)
        }
        Some(other) => return Err(Failure::encoding(format!("{other:?} is no known encoding"))),
    };
    if frame::nesting(&json) > frame::MAX_NESTING {
        let most = frame::MAX_NESTING;
        let message = format!("lists and objects stand more than {most} deep in each other");
        return Err(Failure::malformed(message));
    }
    Ok(json)
}

fn unsigned() -> Failure {
    Failure::new(
        ErrorCode::SignatureInvalid,
        "the request is not signed by an enrolled terminal",
        "enrol the terminal, then try again",
    )
}

/// The active terminal that signed the request.
async fn known<S: Store>(
    app: &App<S>,
    proof: &Proof,
    request: (&Parts, &[u8]),
) -> Result<Terminal, Failure> {
    let terminal = app.store.terminal(proof.terminal).await?;
    let terminal = terminal.filter(|terminal| terminal.active).ok_or_else(|| {
        Failure::new(
            ErrorCode::TerminalUnknown,
            "the terminal is unknown here or was switched off",
            "ask the owner for a new one-time code and enrol the terminal again",
        )
    })?;
    let key = PublicKey::from_hex(&terminal.public_key).map_err(|_| unsigned())?;
    if proof.is_by(&key, request) {
        return Ok(terminal);
    }
    Err(Failure::new(
        ErrorCode::SignatureInvalid,
        "the signature does not fit the request",
        "something between terminal and server changes requests: check proxies",
    ))
}

/// Opens a request that was verified, where it is fresh and its terminal does not ask too often.
fn admit<S: Store>(
    app: &App<S>,
    (terminal, time_ms): (Terminal, i64),
    (mut parts, body): (Parts, Bytes),
) -> Result<Request, Failure> {
    let now_ms = app.mint.now_ms();
    if now_ms.abs_diff(time_ms) > FRESH_MS {
        return Err(Failure::stale(time_ms, now_ms));
    }
    let asked = app.rate.ask(terminal.id, Instant::now());
    asked.map_err(Failure::slow_down)?;
    parts.extensions.insert(SentBytes(body.len()));
    let body = open(&parts.headers, body, &app.limits)?;
    parts.extensions.insert(Caller(Arc::new(terminal)));
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
