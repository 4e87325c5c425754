//! A program file: TOML text into a document, with the place of every fault.

use super::{Fault, ProgramDocument};

impl ProgramDocument {
    /// Reads a program file.
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        let document: Self = toml::from_str(text).map_err(|error| {
            vec![Fault {
                line: 0,
                column: 0,
                what: error.message().to_owned(),
                remedy: "see docs/program.md".to_owned(),
            }]
        })?;
        let faults = document.check();
        if faults.is_empty() {
            Ok(document)
        } else {
            Err(faults)
        }
    }
}
