//! What tests of a part of a program ask: which faults a text has.

use super::ProgramDocument;

/// A program of four lines and `more` has as many faults as `expected`, and each says its part, in order.
pub(crate) fn check(more: &str, expected: &[&str]) {
    let text = format!(
        "version = 1\nname = \"A\"\ncurrency = \"COP\"\ntime_zone = \"America/Bogota\"\n{more}\n"
    );
    let faults: Vec<String> = match ProgramDocument::parse(&text) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(faults.len(), expected.len(), "{faults:?}");
    for (fault, part) in faults.iter().zip(expected) {
        assert!(fault.contains(part), "{fault} has no {part}");
    }
}
