//! `POST /v1/enrol`: a terminal proves with a one-time code that the owner wants it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use mostrador_protocol::enrolment::proof;
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
    let (response, admitted) = match admit(&app, &request).await {
        Ok((reply, code_hash)) => (Reply(reply).into_response(), Some(code_hash)),
        Err(failure) => (failure.into_response(), None),
    };
    let (mut parts, body) = response.into_parts();
    let body = whole(body).await;
    let status = parts.status.as_u16();
    // Signed over what both know of the code, and nobody else: where it was not told, over its hash.
    let code = match (&request.proof, &admitted) {
        (Some(_), code_hash) => code_hash.as_deref(),
        (None, _) => Some(request.code.as_str()),
    };
    if let Some(code) = code.filter(|_| request.protocol >= BOUND_PROTOCOL) {
        let answer = SignedEnrolment {
            code,
            request: &sent,
            status,
            body: &body,
        };
        let signature = header(&answer.sign(&app.secret_key));
        parts.headers.insert(SIGNATURE_HEADER, signature);
    } else if admitted.is_some() && request.proof.is_none() {
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

/// The new terminal, and the hash of the code that it came by.
async fn admit<S: Store>(
    app: &App<S>,
    request: &EnrolRequest,
) -> Result<(EnrolReply, String), Failure> {
    let asked = app.strangers.ask(Uuid::nil(), Instant::now());
    asked.map_err(Failure::too_many_strangers)?;
    let key = PublicKey::from_hex(&request.public_key)
        .map_err(|error| Failure::malformed(error.to_string()))?;
    let now_ms = app.mint.now_ms();
    let code_hash = match &request.proof {
        None => enrol_code::hash(&request.code),
        Some(shown) => {
            let known = app.store.enrol_codes(now_ms).await?.into_iter();
            let mut fitting = known.filter(|hash| proof(hash, &request.public_key) == *shown);
            fitting.next().ok_or_else(refused)?
        }
    };
    let enrolment = Enrolment {
        code_hash: code_hash.clone(),
        terminal_id: app.mint.id()?,
        public_key: key.to_hex(),
        now_ms,
    };
    let Some(terminal) = app.store.enrol(enrolment).await? else {
        return Err(refused());
    };
    tracing::info!(
        tenant = terminal.tenant.id,
        store = terminal.shop.id,
        terminal = %terminal.id,
        "a terminal enrolled"
    );
    let reply = EnrolReply {
        terminal_id: terminal.id,
        terminal_name: terminal.name,
        tenant: terminal.tenant.id,
        tenant_name: terminal.tenant.name,
        store: terminal.shop.id,
        store_name: terminal.shop.name,
        server_public_key: app.secret_key.public().to_hex(),
    };
    Ok((reply, code_hash))
}

fn refused() -> Failure {
    tracing::warn!("an enrolment with an unknown, used or old code was refused");
    Failure::new(
        ErrorCode::EnrolCodeInvalid,
        "the one-time code is unknown, used or older than 15 minutes",
        "make a new one with `mostrador-server enrol-code` and type it again",
    )
}
