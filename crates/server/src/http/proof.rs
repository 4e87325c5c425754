//! The signature of a request, in either form, and that of its reply.

use axum::http::header::HeaderName;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use mostrador_protocol::signature::{
    PublicKey, SIGNATURE_HEADER, SecretKey, Signed as _, SignedReply, SignedRequest, Standing,
    TERMINAL_HEADER, TIME_HEADER, first,
};
use uuid::Uuid;

/// What the headers of a request say of who asks, not yet believed.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) terminal: Uuid,
    pub(super) time_ms: i64,
    form: Form,
    signature: String,
}

/// Which form a terminal signs in. One that speaks both is held to the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    First,
    Second,
}

impl Proof {
    /// None when a header is missing or cannot be read: then there is nothing that a reply could be
    /// signed over.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        let (form, signature) = match text(SIGNATURE_HEADER) {
            Some(signature) => (Form::Second, signature),
            None => (Form::First, text(first::SIGNATURE_HEADER)?),
        };
        Some(Self {
            terminal: text(TERMINAL_HEADER)?.parse().ok()?,
            time_ms: text(TIME_HEADER)?.parse().ok()?,
            form,
            signature: signature.to_owned(),
        })
    }

    /// Whether the holder of `key` signed the request with this head and body.
    pub(super) fn is_by(&self, key: &PublicKey, (parts, body): (&Parts, &[u8])) -> bool {
        let verified = match self.form {
            Form::Second => self.request((parts, body)).verify(key, &self.signature),
            Form::First => first::SignedRequest {
                method: parts.method.as_str(),
                target: target(parts),
                time_ms: self.time_ms,
                body,
            }
            .verify(key, &self.signature),
        };
        verified.is_ok()
    }

    /// What a reply to the request with this head and body is signed over.
    pub(super) fn seal_for(&self, (parts, body): (&Parts, &[u8])) -> Seal {
        match self.form {
            Form::Second => {
                let request = self.request((parts, body));
                Seal::Second(request.digest(&self.signature))
            }
            Form::First => Seal::First(self.signature.clone()),
        }
    }

    fn request<'a>(&'a self, (parts, body): (&'a Parts, &'a [u8])) -> SignedRequest<'a> {
        SignedRequest {
            method: parts.method.as_str(),
            target: target(parts),
            terminal: self.terminal,
            time_ms: self.time_ms,
            body,
        }
    }
}

fn target(parts: &Parts) -> &str {
    let target = parts.uri.path_and_query();
    target.map_or("/", |target| target.as_str())
}

/// The request that a reply belongs to.
#[derive(Debug)]
pub(super) enum Seal {
    /// By the text of its signature alone.
    First(String),
    /// By all of it.
    Second(mostrador_protocol::signature::RequestDigest),
}

impl Seal {
    /// The header of a reply with this status and body. In the first form a reply cannot say that the
    /// request was not verified, so it is not signed at all then: the text may be anybody's.
    pub(super) fn sign(
        &self,
        key: &SecretKey,
        standing: Standing,
        (status, body): (u16, &[u8]),
    ) -> Option<(HeaderName, HeaderValue)> {
        let (name, signature) = match self {
            Self::Second(request) => {
                let reply = SignedReply {
                    request,
                    standing,
                    status,
                    body,
                };
                (SIGNATURE_HEADER, reply.sign(key))
            }
            Self::First(_) if standing == Standing::Unverified => return None,
            Self::First(request_signature) => {
                let reply = first::SignedReply {
                    request_signature,
                    status,
                    body,
                };
                (first::SIGNATURE_HEADER, reply.sign(key))
            }
        };
        Some((HeaderName::from_static(name), header(&signature)))
    }
}

/// A signature as the value of a header.
pub(super) fn header(signature: &str) -> HeaderValue {
    HeaderValue::from_str(signature).expect("BUG: base64 is made of signs that headers may carry")
}
