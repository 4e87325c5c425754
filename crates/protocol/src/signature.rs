//! Who said it: Ed25519 over every request of a terminal and every reply of the server.
//!
//! A reply is signed over the signature of the request that it answers, so that neither a captive
//! portal nor a replayed reply of yesterday acknowledges anything. A request carries the time at which
//! it was signed, and is worth nothing [`FRESH_MS`] later.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::Error;

/// Header with the terminal's id.
pub const TERMINAL_HEADER: &str = "mostrador-terminal";
/// Header with the terminal's wall clock, milliseconds since the epoch.
pub const TIME_HEADER: &str = "mostrador-time";
/// How far the time of a request may be from the server's clock, either way, milliseconds.
///
/// Repeating a request within that time changes nothing, because every request can be repeated; a
/// network may do so by itself.
pub const FRESH_MS: u64 = 300_000;
/// Header with the signature, base64, on requests and on replies.
pub const SIGNATURE_HEADER: &str = "mostrador-signature";

/// A key that signs. Its bytes are a secret and never printed.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The key with these random bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(bytes))
    }

    /// The bytes, to be stored encrypted.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// A signature, base64.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        STANDARD.encode(self.0.sign(message).to_bytes())
    }

    /// The key that verifies what this one signs.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(not shown)")
    }
}

/// A key that verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads 64 hexadecimal signs.
    ///
    /// # Errors
    /// [`Error::PublicKey`] when they are not a key.
    pub fn from_hex(text: &str) -> Result<Self, Error> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| Error::PublicKey)?;
        Self::from_bytes(&bytes)
    }

    /// Reads the 32 bytes of a key.
    ///
    /// # Errors
    /// [`Error::PublicKey`] when they are no point of the curve.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, Error> {
        VerifyingKey::from_bytes(bytes)
            .map(Self)
            .map_err(|_| Error::PublicKey)
    }

    /// The 32 bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// 64 hexadecimal signs.
    pub fn to_hex(self) -> String {
        hex::encode(self.0.as_bytes())
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &str) -> Result<(), Error> {
        let bytes = STANDARD.decode(signature).map_err(|_| Error::Signature)?;
        let signature = Signature::from_slice(&bytes).map_err(|_| Error::Signature)?;
        self.0
            .verify(message, &signature)
            .map_err(|_| Error::Signature)
    }
}

/// What is signed of a request.
#[derive(Debug, Clone, Copy)]
pub struct SignedRequest<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// Path and query as sent: `/v1/pull?cursor=7`.
    pub target: &'a str,
    /// The value of [`TIME_HEADER`].
    pub time_ms: i64,
    /// The body as sent, so compressed where it travels compressed; empty for `GET`.
    pub body: &'a [u8],
}

impl SignedRequest<'_> {
    /// The value of [`SIGNATURE_HEADER`], base64.
    pub fn sign(&self, key: &SecretKey) -> String {
        key.sign(&self.message())
    }

    /// # Errors
    /// [`Error::Signature`] unless `signature` is this request's by the holder of `key`.
    pub fn verify(&self, key: &PublicKey, signature: &str) -> Result<(), Error> {
        key.verify(&self.message(), signature)
    }

    fn message(&self) -> Vec<u8> {
        let Self {
            method,
            target,
            time_ms,
            body,
        } = self;
        let digest = hex::encode(Sha256::digest(body));
        format!("mostrador/request/1\n{method}\n{target}\n{time_ms}\n{digest}").into_bytes()
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

impl SignedReply<'_> {
    /// The value of [`SIGNATURE_HEADER`], base64.
    pub fn sign(&self, key: &SecretKey) -> String {
        key.sign(&self.message())
    }

    /// # Errors
    /// [`Error::Signature`] unless `signature` is this reply's by the holder of `key`.
    pub fn verify(&self, key: &PublicKey, signature: &str) -> Result<(), Error> {
        key.verify(&self.message(), signature)
    }

    fn message(&self) -> Vec<u8> {
        let Self {
            request_signature,
            status,
            body,
        } = self;
        let digest = hex::encode(Sha256::digest(body));
        format!("mostrador/reply/1\n{request_signature}\n{status}\n{digest}").into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for text in ["", "zz", &"f".repeat(63), &"0g".repeat(32)] {
            assert!(PublicKey::from_hex(text).is_err(), "{text}");
        }
        assert_eq!(PublicKey::from_hex(&key.to_hex()).unwrap(), key);
    }
}
