//! Who said it: Ed25519 over every request of a terminal and every reply of the server.
//!
//! Each signature has a domain of its own, `mostrador/request/2`, `mostrador/reply/2` or
//! `mostrador/enrolment/2`, so that none can be passed as another. A request is signed over all that
//! makes it this one; a reply over the digest of the request that it answers, and over whether the
//! server verified that request: what the server says to somebody whom it does not know is worth only
//! that. A request carries the time at which it was signed, and is worth nothing [`FRESH_MS`] later.
//!
//! [`first`] is the form before, which tills and servers of then still speak.

mod enrolment;
pub mod first;
mod reply;
mod request;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::Error;

pub use self::enrolment::SignedEnrolment;
pub use self::reply::{SignedReply, Standing};
pub use self::request::{RequestDigest, SignedRequest};

/// Header with the terminal's id.
pub const TERMINAL_HEADER: &str = "mostrador-terminal";
/// Header with the terminal's wall clock, milliseconds since the epoch.
pub const TIME_HEADER: &str = "mostrador-time";
/// How far the time of a request may be from the server's clock, either way, milliseconds.
///
/// Repeating a request within that time changes nothing, because every request can be repeated; a
/// network may do so by itself.
pub const FRESH_MS: u64 = 300_000;
/// Header with the signature of this form, base64, on requests and on replies.
pub const SIGNATURE_HEADER: &str = "mostrador-signature-2";

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

/// What one side says so that the other can know who said it.
pub trait Signed {
    /// The text that is signed: the domain of its form, and then each part in a line of its own.
    fn message(&self) -> String;

    /// A signature, base64: the value of the header of its form, [`SIGNATURE_HEADER`] or
    /// [`first::SIGNATURE_HEADER`].
    fn sign(&self, key: &SecretKey) -> String {
        key.sign(self.message().as_bytes())
    }

    /// Whether `signature` is the one of exactly this.
    ///
    /// # Errors
    /// [`Error::Signature`] unless the holder of `key` made it over this text.
    fn verify(&self, key: &PublicKey, signature: &str) -> Result<(), Error> {
        key.verify(self.message().as_bytes(), signature)
    }
}

/// SHA-256 as 64 hexadecimal signs, which no line of a signed text can be confused with.
fn digest_of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_no_key_is_refused() {
        let key = SecretKey::from_bytes(&[7; 32]).public();
        for text in ["", "zz", &"f".repeat(63), &"0g".repeat(32)] {
            assert!(PublicKey::from_hex(text).is_err(), "{text}");
        }
        assert_eq!(PublicKey::from_hex(&key.to_hex()).unwrap(), key);
    }
}
