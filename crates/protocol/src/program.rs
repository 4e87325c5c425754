//! The program as a document: TOML in a file, JSON on the wire, checked into `loyalty::program`.

use serde::{Deserialize, Serialize};

/// A whole program as its author writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgramDocument {
    /// Ascending with each publication.
    pub version: u32,
}
