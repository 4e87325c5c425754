//! What was ever signed is verified for ever: one file in `fixtures/wire/signed` for each form, with keys
//! that everybody knows. A file is never changed.

#![expect(clippy::unwrap_used, reason = "a test says by panicking")]

use std::path::Path;

use mostrador_protocol::signature::{
    SecretKey, Signed as _, SignedEnrolment, SignedReply, SignedRequest, Standing, first,
};
use serde::Deserialize;
use uuid::Uuid;

#[derive(Debug, Deserialize)]
struct Signed {
    request: Request,
    request_signature: String,
    reply: Reply,
    reply_signature: String,
    unverified_signature: Option<String>,
    enrolment: Enrolment,
}

#[derive(Debug, Deserialize)]
struct Request {
    method: String,
    target: String,
    terminal: Uuid,
    time_ms: i64,
    body: String,
}

#[derive(Debug, Deserialize)]
struct Reply {
    status: u16,
    body: String,
}

#[derive(Debug, Deserialize)]
struct Enrolment {
    code: String,
    request: String,
    body: String,
    signature: String,
}

fn form(number: u32) -> Signed {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire/signed");
    let text = std::fs::read_to_string(folder.join(format!("{number:03}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn keys() -> (SecretKey, SecretKey) {
    (
        SecretKey::from_bytes(&[7; 32]),
        SecretKey::from_bytes(&[9; 32]),
    )
}

#[test]
fn the_first_form_is_verified_and_made_as_it_was() {
    let (terminal, server) = keys();
    let signed = form(1);
    let request = first::SignedRequest {
        method: &signed.request.method,
        target: &signed.request.target,
        time_ms: signed.request.time_ms,
        body: signed.request.body.as_bytes(),
    };
    request
        .verify(&terminal.public(), &signed.request_signature)
        .unwrap();
    assert_eq!(request.sign(&terminal), signed.request_signature);
    let reply = first::SignedReply {
        request_signature: &signed.request_signature,
        status: signed.reply.status,
        body: signed.reply.body.as_bytes(),
    };
    reply
        .verify(&server.public(), &signed.reply_signature)
        .unwrap();
    assert_eq!(reply.sign(&server), signed.reply_signature);
    let enrolment = first::SignedReply {
        request_signature: &signed.enrolment.code,
        status: 200,
        body: signed.enrolment.body.as_bytes(),
    };
    enrolment
        .verify(&server.public(), &signed.enrolment.signature)
        .unwrap();
}

#[test]
fn the_second_form_is_verified_and_made_as_it_was() {
    let (terminal, server) = keys();
    let signed = form(2);
    let request = SignedRequest {
        method: &signed.request.method,
        target: &signed.request.target,
        terminal: signed.request.terminal,
        time_ms: signed.request.time_ms,
        body: signed.request.body.as_bytes(),
    };
    request
        .verify(&terminal.public(), &signed.request_signature)
        .unwrap();
    assert_eq!(request.sign(&terminal), signed.request_signature);
    let digest = request.digest(&signed.request_signature);
    let reply = |standing: Standing| SignedReply {
        request: &digest,
        standing,
        status: signed.reply.status,
        body: signed.reply.body.as_bytes(),
    };
    let unverified = signed.unverified_signature.as_deref().unwrap();
    let verified = reply(Standing::Verified);
    assert_eq!(verified.sign(&server), signed.reply_signature);
    assert!(verified.verify(&server.public(), unverified).is_err());
    assert_eq!(reply(Standing::Unverified).sign(&server), unverified);
    let enrolment = SignedEnrolment {
        code: &signed.enrolment.code,
        request: signed.enrolment.request.as_bytes(),
        status: 200,
        body: signed.enrolment.body.as_bytes(),
    };
    assert_eq!(enrolment.sign(&server), signed.enrolment.signature);
}

#[test]
fn no_signature_of_one_form_or_domain_is_one_of_another() {
    let (terminal, server) = keys();
    let (old, new) = (form(1), form(2));
    let request = SignedRequest {
        method: &new.request.method,
        target: &new.request.target,
        terminal: new.request.terminal,
        time_ms: new.request.time_ms,
        body: new.request.body.as_bytes(),
    };
    assert!(
        request
            .verify(&terminal.public(), &old.request_signature)
            .is_err()
    );
    let digest = request.digest(&new.request_signature);
    let reply = SignedReply {
        request: &digest,
        standing: Standing::Verified,
        status: new.reply.status,
        body: new.reply.body.as_bytes(),
    };
    for signature in [
        &old.reply_signature,
        &old.enrolment.signature,
        &new.enrolment.signature,
    ] {
        assert!(reply.verify(&server.public(), signature).is_err());
    }
}
