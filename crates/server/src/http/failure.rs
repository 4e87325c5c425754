//! Requests that do not get their reply: a stable code, a sentence, what to do.

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use mostrador_protocol::message::{ErrorCode, ErrorReply};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::status;
use crate::Error;

/// A "no" on its way to the wire.
#[derive(Debug)]
pub(super) struct Failure {
    code: ErrorCode,
    message: String,
    hint: &'static str,
    server_time_ms: Option<i64>,
}

impl Failure {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>, hint: &'static str) -> Self {
        Self {
            code,
            message: message.into(),
            hint,
            server_time_ms: None,
        }
    }

    /// A request that is not what the protocol says.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        let hint = "bring the terminal and the server to the same version";
        Self::new(ErrorCode::Malformed, message, hint)
    }
}

impl From<Error> for Failure {
    /// The cause goes to the log; the wire learns only that it is not the terminal's fault.
    fn from(error: Error) -> Self {
        tracing::error!(cause = error.sentence(), "a request could not be served");
        let hint = "the terminal keeps everything and tries again; the server's log has the cause";
        Self::new(
            ErrorCode::Internal,
            "the server could not do its work",
            hint,
        )
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let reply = ErrorReply {
            code: self.code.as_str().to_owned(),
            message: self.message,
            hint: self.hint.to_owned(),
            server_time_ms: self.server_time_ms,
        };
        let body = serde_json::to_vec(&reply).expect("BUG: three strings always serialise");
        (
            status::of(self.code),
            [(CONTENT_TYPE, "application/json")],
            body,
        )
            .into_response()
    }
}

/// The reply to a request.
#[derive(Debug)]
pub(super) struct Reply<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.0).expect("BUG: replies have string keys only");
        (status::OK, [(CONTENT_TYPE, "application/json")], body).into_response()
    }
}

/// Reads the JSON of a request.
pub(super) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Failure> {
    serde_json::from_slice(body)
        .map_err(|error| Failure::malformed(format!("reading the request: {error}")))
}

/// Any other path.
pub(super) async fn no_such_endpoint() -> Failure {
    let hint = "check the server's address; the protocol lives below /v1";
    Failure::new(ErrorCode::NotFound, "there is no such endpoint", hint)
}
