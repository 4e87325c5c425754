//! The key of the till's file.

use std::fmt;

/// 32 random bytes that encrypt the file. They are used as they are, without key derivation: a raw
/// key opens in a tenth of a millisecond, and it never was a passphrase.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseKey([u8; 32]);

impl DatabaseKey {
    /// The key with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for a key store.
    pub const fn to_bytes(&self) -> [u8; 32] {
        self.0
    }

    /// What SQLCipher takes as a raw key.
    pub(crate) fn pragma(&self) -> String {
        format!("pragma key = \"x'{}'\"", hex::encode(self.0))
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(..)")
    }
}
