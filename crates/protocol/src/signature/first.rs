//! The first form: a reply is signed over the text of the request's signature, and says neither which
//! request that was nor whether it was verified.
//!
//! A server answers a till of that form only where it verified the request: then the text is the
//! signature of exactly one request of one terminal. A till believes it only of a server that never
//! spoke the later form.

use super::{Signed, digest_of};

/// Header with the signature of this form, base64, on requests and on replies.
pub const SIGNATURE_HEADER: &str = "mostrador-signature";

/// What is signed of a request.
#[derive(Debug, Clone, Copy)]
pub struct SignedRequest<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// Path and query as sent: `/v1/pull?cursor=7`.
    pub target: &'a str,
    /// The value of [`super::TIME_HEADER`].
    pub time_ms: i64,
    /// The body as sent, so compressed where it travels compressed; empty for `GET`.
    pub body: &'a [u8],
}

impl Signed for SignedRequest<'_> {
    fn message(&self) -> String {
        let Self {
            method,
            target,
            time_ms,
            body,
        } = self;
        let digest = digest_of(body);
        format!("mostrador/request/1\n{method}\n{target}\n{time_ms}\n{digest}")
    }
}

/// What is signed of a reply.
#[derive(Debug, Clone, Copy)]
pub struct SignedReply<'a> {
    /// [`SIGNATURE_HEADER`] of the request; for an enrolment, which has none yet, its one-time code.
    pub request_signature: &'a str,
    /// HTTP status.
    pub status: u16,
    /// The body as sent, so compressed where it travels compressed.
    pub body: &'a [u8],
}

impl Signed for SignedReply<'_> {
    fn message(&self) -> String {
        let Self {
            request_signature,
            status,
            body,
        } = self;
        let digest = digest_of(body);
        format!("mostrador/reply/1\n{request_signature}\n{status}\n{digest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::SecretKey;

    const REQUEST: SignedRequest<'_> = SignedRequest {
        method: "POST",
        target: "/v1/push",
        time_ms: 7,
        body: b"{}",
    };

    #[test]
    fn a_signature_fits_only_what_was_signed() {
        let key = SecretKey::from_bytes(&[7; 32]);
        let signature = REQUEST.sign(&key);
        assert!(REQUEST.verify(&key.public(), &signature).is_ok());

        let changed = [
            SignedRequest {
                method: "GET",
                ..REQUEST
            },
            SignedRequest {
                target: "/v1/pull",
                ..REQUEST
            },
            SignedRequest {
                time_ms: 8,
                ..REQUEST
            },
            SignedRequest {
                body: b"{ }",
                ..REQUEST
            },
        ];
        for request in changed {
            assert!(
                request.verify(&key.public(), &signature).is_err(),
                "{request:?}"
            );
        }
        let stranger = SecretKey::from_bytes(&[8; 32]);
        assert!(REQUEST.verify(&stranger.public(), &signature).is_err());
    }

    #[test]
    fn a_reply_answers_one_request() {
        let key = SecretKey::from_bytes(&[9; 32]);
        let reply = SignedReply {
            request_signature: "one",
            status: 200,
            body: b"{}",
        };
        let signature = reply.sign(&key);
        assert!(reply.verify(&key.public(), &signature).is_ok());
        let other = SignedReply {
            request_signature: "two",
            ..reply
        };
        assert!(other.verify(&key.public(), &signature).is_err());
    }

    #[test]
    fn nonsense_is_refused_and_never_panics() {
        let key = SecretKey::from_bytes(&[7; 32]).public();
        for signature in ["", "🎉", "AAAA", "====", &"A".repeat(500)] {
            assert!(REQUEST.verify(&key, signature).is_err(), "{signature}");
        }
    }
}
