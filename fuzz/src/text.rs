//! Any text as a program file.

use mostrador_protocol::program::{Around, ProgramDocument};

/// 2026-11-21.
const NOW_MS: i64 = 1_795_262_400_000;

/// Reads `text`: what is accepted compiles and survives its journey as JSON, what is refused has faults
/// with their places, and warnings never panic.
pub fn check(text: &str) {
    let around = Around {
        now_ms: NOW_MS,
        catalogue: None,
        published: None,
    };
    let findings = ProgramDocument::examine(text, &around);
    assert_eq!(findings.document.is_some(), findings.faults.is_empty());
    let lines = text.lines().count() + 1;
    for fault in &findings.faults {
        assert!(
            (1..=lines).contains(&fault.line) && fault.column >= 1,
            "{fault}"
        );
        assert!(
            !fault.what.is_empty() && !fault.remedy.is_empty(),
            "{fault}"
        );
    }
    for warning in &findings.warnings {
        assert!((1..=lines).contains(&warning.line), "{warning}");
    }
    if let Some(document) = findings.document {
        let program = document.compile().expect("what is read compiles");
        assert_eq!(program.version, document.version);
    }
}
