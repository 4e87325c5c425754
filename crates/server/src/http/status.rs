//! HTTP status codes: here and nowhere else.

use axum::http::StatusCode;
use mostrador_protocol::message::ErrorCode;

/// A request that got its reply.
pub(super) const OK: StatusCode = StatusCode::OK;

/// The server cannot reach its own data.
pub(super) const UNHEALTHY: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// The status of a failure.
pub(super) const fn of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::EnrolCodeInvalid | ErrorCode::StreamForeign => StatusCode::FORBIDDEN,
        ErrorCode::TerminalUnknown | ErrorCode::SignatureInvalid | ErrorCode::Stale => {
            StatusCode::UNAUTHORIZED
        }
        ErrorCode::ChainBroken | ErrorCode::PageTooLarge => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::Fork | ErrorCode::OtherFeed => StatusCode::CONFLICT,
        ErrorCode::Snapshot => StatusCode::GONE,
        ErrorCode::Malformed => StatusCode::BAD_REQUEST,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::EncodingRefused => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::TooSlow => StatusCode::REQUEST_TIMEOUT,
        ErrorCode::SlowDown => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Unavailable => UNHEALTHY,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
