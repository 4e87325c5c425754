//! Requests that do not get their reply: a stable code, a sentence, what to do.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use mostrador_protocol::message::{ErrorCode, ErrorReply};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::status;
use crate::Error;

/// When a terminal tries again while the database is away: as long as a restart takes.
const BACK_SOON: Duration = Duration::from_secs(2);

/// A "no" on its way to the wire.
#[derive(Debug)]
pub(super) struct Failure {
    code: ErrorCode,
    message: String,
    hint: &'static str,
    server_time_ms: Option<i64>,
    retry_after: Option<Duration>,
    by_database: bool,
}

/// What a refused response carries for those who count; it does not travel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused {
    pub(super) code: ErrorCode,
    pub(super) by_database: bool,
}

impl Failure {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>, hint: &'static str) -> Self {
        Self {
            code,
            message: message.into(),
            hint,
            server_time_ms: None,
            retry_after: None,
            by_database: false,
        }
    }

    /// A request whose time is not the server's; the answer tells which one is right.
    pub(super) fn stale(time_ms: i64, now_ms: i64) -> Self {
        let away_s = now_ms.abs_diff(time_ms) / 1_000;
        Self {
            server_time_ms: Some(now_ms),
            ..Self::new(
                ErrorCode::Stale,
                format!("the request is signed for a time {away_s} s from the server's"),
                "sign it for the server's time, which this answer tells",
            )
        }
    }

    /// A terminal that asked too often.
    pub(super) fn slow_down(wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..Self::new(
                ErrorCode::SlowDown,
                "the terminal asks more often than one terminal may",
                "it tries again by itself; look for a program that uses its key",
            )
        }
    }

    /// More enrolments than the server looks at, of everybody together.
    pub(super) fn too_many_strangers(wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..Self::new(
                ErrorCode::SlowDown,
                "more terminals try to enrol than this server looks at",
                "try again in a minute; look for a program that guesses codes",
            )
        }
    }

    /// A body in an encoding that cannot be read.
    pub(super) fn encoding(message: impl Into<String>) -> Self {
        let hint = "send the body as plain JSON";
        Self::new(ErrorCode::EncodingRefused, message, hint)
    }

    /// More than one request may hold.
    pub(super) fn too_large(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::TooLarge, message, "send smaller batches")
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
        if let Error::PageTooLarge { .. } = error {
            let hint = "the terminal sells on and sends what it has; the owner calls support";
            return Self::new(ErrorCode::PageTooLarge, error.to_string(), hint);
        }
        let hint = "the terminal keeps everything and tries again; the server's log has the cause";
        let by_database = matches!(error, Error::Database { .. } | Error::Stored { .. });
        let (code, retry_after) = if error.is_passing() {
            (ErrorCode::Unavailable, Some(BACK_SOON))
        } else {
            (ErrorCode::Internal, None)
        };
        Self {
            retry_after,
            by_database,
            ..Self::new(code, "the server could not do its work", hint)
        }
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
        let refused = Refused {
            code: self.code,
            by_database: self.by_database,
        };
        let json = [(CONTENT_TYPE, "application/json")];
        let mut response = (status::of(self.code), json, body).into_response();
        response.extensions_mut().insert(refused);
        if let Some(wait) = self.retry_after {
            // Whole seconds, rounded up: coming back early is refused again.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_page_can_hold_is_named_on_the_wire() {
        let (ends, bytes) = (9, 100 << 20);
        let failure = Failure::from(Error::PageTooLarge { ends, bytes });
        assert_eq!(failure.code, ErrorCode::PageTooLarge);
        assert!(failure.message.contains('9'), "{}", failure.message);
    }
}
