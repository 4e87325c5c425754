//! What the server may need back: published programs under its seal.
//!
//! A server that was restored from a backup has lost what was published since, and its tills go on
//! selling by it. They bring it back. The server takes only what it published itself: its signature
//! stands under the document, whatever the order of names in it.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Error;
use crate::signature::{PublicKey, SecretKey};

/// A program as it was published, with the server's seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedProgram {
    /// The document as JSON text.
    pub document: String,
    /// What [`seal`] made of it.
    pub seal: String,
}

/// The server's signature under a program of a tenant, base64.
///
/// ```
/// use mostrador_protocol::seal::{seal, verify};
/// use mostrador_protocol::signature::SecretKey;
/// let key = SecretKey::from_bytes(&[7; 32]);
/// let seal = seal(&key, "acme", r#"{"version":2,"name":"Acme"}"#)?;
/// assert!(verify(&key.public(), "acme", (r#"{"name":"Acme","version":2}"#, &seal)).is_ok());
/// assert!(verify(&key.public(), "acme", (r#"{"name":"Acme","version":3}"#, &seal)).is_err());
/// assert!(verify(&key.public(), "other", (r#"{"name":"Acme","version":2}"#, &seal)).is_err());
/// # Ok::<(), mostrador_protocol::Error>(())
/// ```
///
/// # Errors
/// [`Error::Signature`] when the text is no JSON.
pub fn seal(key: &SecretKey, tenant: &str, document: &str) -> Result<String, Error> {
    Ok(key.sign(&message(tenant, document)?))
}

/// # Errors
/// [`Error::Signature`] unless the holder of `key` sealed this document for this tenant.
pub fn verify(key: &PublicKey, tenant: &str, (document, seal): (&str, &str)) -> Result<(), Error> {
    key.verify(&message(tenant, document)?, seal)
}

fn message(tenant: &str, document: &str) -> Result<Vec<u8>, Error> {
    let value: Value = serde_json::from_str(document).map_err(|_| Error::Signature)?;
    let mut text = String::with_capacity(document.len());
    write_sorted(&mut text, &value);
    let digest = hex::encode(Sha256::digest(text.as_bytes()));
    Ok(format!("mostrador/program/1\n{tenant}\n{digest}").into_bytes())
}

/// JSON with the names of every object in order.
fn write_sorted(text: &mut String, value: &Value) {
    match value {
        Value::Object(map) => {
            let mut names: Vec<&String> = map.keys().collect();
            names.sort();
            text.push('{');
            for name in names {
                let _ = write!(text, "{}:", Value::String(name.clone()));
                write_sorted(text, &map[name]);
                text.push(',');
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write_sorted(text, item);
                text.push(',');
            }
            text.push(']');
        }
        plain => {
            let _ = write!(text, "{plain}");
        }
    }
}
