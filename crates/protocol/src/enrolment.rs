//! How a terminal shows that it knows the owner's one-time code, without telling it.
//!
//! The code is on no line: what travels is a [`proof`] over the terminal's key, and the answer is signed over
//! the code's [`code_hash`] ([`crate::signature::SignedEnrolment`]). Whoever reads all of it can neither enrol
//! a terminal of his own nor answer in the server's place, because a code has 99 bits and cannot be guessed.

use sha2::{Digest, Sha256};

/// What stands for a code as somebody typed it: spaces, dashes and case make no difference. Who knows it
/// can use the code.
pub fn code_hash(typed: &str) -> String {
    let normal: String = typed
        .chars()
        .filter(|sign| sign.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect();
    let mut hasher = Sha256::new();
    hasher.update(b"mostrador/enrol-code/1");
    hasher.update(normal.as_bytes());
    hex::encode(hasher.finalize())
}

/// That who holds this key (hex) knows the code with this [`code_hash`], 64 hexadecimal signs. For another
/// key it is worth nothing.
///
/// ```
/// use mostrador_protocol::enrolment::{code_hash, proof};
/// let hash = code_hash("abcde-23456");
/// assert_eq!(hash, code_hash(" ABCDE 23456 "));
/// assert_eq!(proof(&hash, "aa"), proof(&hash, "aa"));
/// assert_ne!(proof(&hash, "aa"), proof(&hash, "bb"));
/// assert_ne!(proof(&hash, "aa"), proof(&code_hash("ABCDE-23457"), "aa"));
/// ```
pub fn proof(code_hash: &str, public_key: &str) -> String {
    let shown = format!("mostrador/enrol-proof/1\n{code_hash}\n{public_key}\n");
    hex::encode(Sha256::digest(shown))
}
