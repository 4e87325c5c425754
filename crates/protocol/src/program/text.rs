//! A program file: TOML text into a document, with the place of every fault.
//!
//! Three passes, so that nothing hides behind an earlier fault: syntax; shapes (unknown keys, missing
//! keys, wrong types), where a value that cannot be read is replaced by one that can; the rules of
//! `check`, less those about replaced values.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Path, Step};
use super::read::Reader;
use super::{Fault, ProgramDocument};

impl ProgramDocument {
    /// Reads a program file.
    ///
    /// # Errors
    /// Every fault of the file, in the order of the text.
    ///
    /// ```
    /// use mostrador_protocol::program::ProgramDocument;
    /// let faults = ProgramDocument::parse("version = 1\nname = \"X\"\ncurrency = \"peso\"").unwrap_err();
    /// let places: Vec<_> = faults.iter().map(|fault| (fault.line, fault.column)).collect();
    /// assert_eq!(places, [(1, 1), (3, 12)]); // time_zone is missing; the currency is none
    /// ```
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut faults: Vec<Fault> = errors.iter().map(|error| syntax(text, error)).collect();
        let is_whole = faults.is_empty();
        let mut reader = Reader::default();
        let read = reader.document(root.get_ref());
        for fault in reader.faults {
            let placed = place(text, fault.offset, &fault.path, fault.what, fault.remedy);
            let is_shadow = fault.is_missing || faults.iter().any(|one| one.line == placed.line);
            if is_whole || !is_shadow {
                faults.push(placed);
            }
        }
        let replaced = reader.replaced;
        match serde_json::from_value::<Self>(read) {
            Ok(document) if is_whole => {
                let broken = document.key_faults();
                let is_new = |path: &Path| !replaced.iter().any(|other| overlap(other, path));
                for fault in broken.into_iter().filter(|fault| is_new(&fault.path)) {
                    let offset = offset_of(root.get_ref(), &fault.path);
                    faults.push(place(text, offset, &fault.path, fault.what, fault.remedy));
                }
                if faults.is_empty() {
                    return Ok(document);
                }
            }
            Ok(_) => {}
            Err(error) => faults.push(Fault {
                line: 0,
                column: 0,
                what: error.to_string(),
                remedy: "docs/program.md describes every key".to_owned(),
            }),
        }
        faults.sort();
        faults.dedup();
        Err(faults)
    }
}

fn syntax(text: &str, error: &toml::de::Error) -> Fault {
    let (line, column) = error
        .span()
        .map_or((0, 0), |span| position(text, span.start));
    let message = error.message();
    let remedy = if message.contains("duplicate key") {
        "keep one of the two"
    } else if message.contains("string") || message.contains("quote") {
        "put texts, days and decimals between quotes: key = \"text\""
    } else {
        "write `key = value` on a line of its own, texts between quotes, and [[codes]] above each code"
    };
    Fault {
        line,
        column,
        what: message.to_owned(),
        remedy: remedy.to_owned(),
    }
}

fn place(text: &str, offset: usize, path: &Path, what: String, remedy: String) -> Fault {
    let (line, column) = position(text, offset);
    let what = if path.0.is_empty() {
        what
    } else {
        format!("{path}: {what}")
    };
    Fault {
        line,
        column,
        what,
        remedy,
    }
}

/// Line and column, from 1, of a byte of the text.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    (line, column)
}

/// Whether one path leads to the other or through it.
fn overlap(one: &Path, other: &Path) -> bool {
    one.0.iter().zip(&other.0).all(|(a, b)| a == b)
}

/// Where the value at `path` begins, or the deepest table or list on the way that is there.
fn offset_of(root: &DeTable<'_>, path: &Path) -> usize {
    let mut offset = 0;
    let mut value: Option<&Spanned<DeValue<'_>>> = None;
    for step in &path.0 {
        let next = match (step, value.map(Spanned::get_ref)) {
            (Step::Key(key), None) => root.get(key.as_str()),
            (Step::Key(key), Some(DeValue::Table(table))) => table.get(key.as_str()),
            (Step::At(index), Some(DeValue::Array(list))) => list.get(*index),
            _ => None,
        };
        let Some(next) = next else { break };
        offset = next.span().start;
        value = Some(next);
    }
    offset
}
