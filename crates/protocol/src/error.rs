//! What can be wrong with bytes from the wire or from a file.

use thiserror::Error;

/// Bytes that do not say what they should.
#[derive(Debug, Error)]
pub enum Error {
    /// The header of an entry cannot be read.
    #[error("reading the header of an entry")]
    Header(#[source] serde_json::Error),
    /// The payload of an entry has another length than its header names.
    #[error("entry {seq} names a payload of {named} bytes and carries {found}")]
    PayloadLength {
        /// Position in the stream.
        seq: u64,
        /// What the header says.
        named: u32,
        /// What is there.
        found: usize,
    },
    /// The payload of a known kind cannot be read.
    #[error("reading the payload of entry {seq} ({kind})")]
    Payload {
        /// Position in the stream.
        seq: u64,
        /// The kind its header names.
        kind: String,
        /// What the reader says.
        source: serde_json::Error,
    },
    /// The entry was written by a later version.
    #[error(
        "entry {seq} has format {format}, this version reads up to {}: update first",
        crate::entry::FORMAT
    )]
    Format {
        /// Position in the stream.
        seq: u64,
        /// Its format.
        format: u16,
    },
    /// A body is no zstd frame, or a damaged one.
    #[error("opening a compressed body")]
    Frame(#[source] std::io::Error),
    /// A compressed body grows beyond what is read.
    #[error("a compressed body grows beyond {max_bytes} bytes")]
    FrameTooLarge {
        /// The most that is read.
        max_bytes: usize,
    },
    /// A compressed body grows as no message does.
    #[error("a compressed body grows more than {} times", crate::frame::MAX_RATIO)]
    FrameRatio,
    /// A key is not 32 bytes of hex, or no point of the curve.
    #[error("reading an Ed25519 public key: 64 hexadecimal signs are expected")]
    PublicKey,
    /// A signature does not fit what was signed.
    #[error("the signature does not fit")]
    Signature,
}
