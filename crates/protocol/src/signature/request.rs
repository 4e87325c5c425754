//! What a terminal signs.

use uuid::Uuid;

use super::{Signed, digest_of};

/// What is signed of a request.
#[derive(Debug, Clone, Copy)]
pub struct SignedRequest<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// Path and query as sent: `/v1/pull?cursor=7`.
    pub target: &'a str,
    /// The value of [`super::TERMINAL_HEADER`].
    pub terminal: Uuid,
    /// The value of [`super::TIME_HEADER`].
    pub time_ms: i64,
    /// The body as sent, so compressed where it travels compressed; empty for `GET`.
    pub body: &'a [u8],
}

/// Which request a reply answers: all that was signed of it, and its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestDigest(String);

impl RequestDigest {
    /// 64 hexadecimal signs.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl SignedRequest<'_> {
    /// What a reply to this request with this `signature`, right or wrong, is signed over.
    pub fn digest(&self, signature: &str) -> RequestDigest {
        let signature = digest_of(signature.as_bytes());
        RequestDigest(digest_of(
            format!("{}\n{signature}", self.message()).as_bytes(),
        ))
    }
}

impl Signed for SignedRequest<'_> {
    fn message(&self) -> String {
        let Self {
            method,
            target,
            terminal,
            time_ms,
            body,
        } = self;
        let digest = digest_of(body);
        format!("mostrador/request/2\n{method}\n{target}\n{terminal}\n{time_ms}\n{digest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::SecretKey;

    const REQUEST: SignedRequest<'_> = SignedRequest {
        method: "POST",
        target: "/v1/push",
        terminal: Uuid::from_u128(7),
        time_ms: 7,
        body: b"{}",
    };

    #[test]
    fn a_signature_and_a_digest_fit_only_what_was_signed() {
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
                terminal: Uuid::from_u128(8),
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
            let verified = request.verify(&key.public(), &signature);
            assert!(verified.is_err(), "{request:?}");
            let digest = request.digest(&signature);
            assert_ne!(digest, REQUEST.digest(&signature), "{request:?}");
        }
        assert_ne!(REQUEST.digest("another"), REQUEST.digest(&signature));
        let stranger = SecretKey::from_bytes(&[8; 32]);
        assert!(REQUEST.verify(&stranger.public(), &signature).is_err());
    }

    #[test]
    fn nonsense_is_refused_and_never_panics() {
        let key = SecretKey::from_bytes(&[7; 32]).public();
        for signature in ["", "🎉", "AAAA", "====", &"A".repeat(500)] {
            assert!(REQUEST.verify(&key, signature).is_err(), "{signature}");
        }
    }
}
