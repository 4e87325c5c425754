//! `POST /v1/enrol`: a terminal proves with a one-time code that the owner wants it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use mostrador_protocol::message::{BOUND_PROTOCOL, EnrolReply, EnrolRequest, ErrorCode};
use mostrador_protocol::signature::{
    PublicKey, SIGNATURE_HEADER, Signed as _, SignedEnrolment, first,
};
use tokio::time::Instant;
use uuid::Uuid;

use super::App;
use super::exchange::{read_body, whole};
use super::failure::{Failure, Reply, read};
use super::proof::header;
use crate::enrol_code;
use crate::limits::Limits;
use crate::store::Store;
use crate::terminal::Enrolment;

/// The most bytes of an enrolment: a code and a key.
const MOST_BYTES: usize = 16 << 10;

pub(super) async fn enrol<S: Store>(State(app): State<Arc<App<S>>>, body: Body) -> Response {
    let limits = Limits {
        body_bytes: MOST_BYTES,
        ..app.limits
    };
    let sent = match read_body(&limits, body).await {
        Ok(sent) => sent,
        Err(failure) => return failure.into_response(),
    };
    let request: EnrolRequest = match read(&sent) {
        Ok(request) => request,
        Err(failure) => return failure.into_response(),
    };
    let (response, is_admitted) = match admit(&app, &request).await {
        Ok(reply) => (Reply(reply).into_response(), true),
        Err(failure) => (failure.into_response(), false),
    };
    let (mut parts, body) = response.into_parts();
    let body = whole(body).await;
    let status = parts.status.as_u16();
    if request.protocol >= BOUND_PROTOCOL {
        let answer = SignedEnrolment {
            code: &request.code,
            request: &sent,
            status,
            body: &body,
        };
        let signature = header(&answer.sign(&app.secret_key));
        parts.headers.insert(SIGNATURE_HEADER, signature);
    } else if is_admitted {
        // The first form signs over the code as over any text, so only over one that the owner made.
        let answer = first::SignedReply {
            request_signature: &request.code,
            status,
            body: &body,
        };
        let signature = header(&answer.sign(&app.secret_key));
        parts.headers.insert(first::SIGNATURE_HEADER, signature);
    }
    Response::from_parts(parts, Body::from(body))
}

async fn admit<S: Store>(app: &App<S>, request: &EnrolRequest) -> Result<EnrolReply, Failure> {
    let asked = app.strangers.ask(Uuid::nil(), Instant::now());
    asked.map_err(Failure::too_many_strangers)?;
    let key = PublicKey::from_hex(&request.public_key)
        .map_err(|error| Failure::malformed(error.to_string()))?;
    let enrolment = Enrolment {
        code_hash: enrol_code::hash(&request.code),
        terminal_id: app.mint.id()?,
        public_key: key.to_hex(),
        now_ms: app.mint.now_ms(),
    };
    let Some(terminal) = app.store.enrol(enrolment).await? else {
        tracing::warn!("an enrolment with an unknown, used or old code was refused");
        return Err(Failure::new(
            ErrorCode::EnrolCodeInvalid,
            "the one-time code is unknown, used or older than 15 minutes",
            "make a new one with `mostrador-server enrol-code` and type it again",
        ));
    };
    tracing::info!(
        tenant = terminal.tenant.id,
        store = terminal.shop.id,
        terminal = %terminal.id,
        "a terminal enrolled"
    );
    Ok(EnrolReply {
        terminal_id: terminal.id,
        terminal_name: terminal.name,
        tenant: terminal.tenant.id,
        tenant_name: terminal.tenant.name,
        store: terminal.shop.id,
        store_name: terminal.shop.name,
        server_public_key: app.secret_key.public().to_hex(),
    })
}
