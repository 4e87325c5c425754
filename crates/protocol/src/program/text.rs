//! A program file: TOML text into a document, with the place of every fault.
//!
//! Three passes, so that nothing hides behind an earlier fault: syntax; shapes (unknown keys, missing
//! keys, wrong types), where a value that cannot be read is replaced by one that can; the rules of
//! `check`, less those about replaced values.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::bracket;
use super::fault::{Path, Step};
use super::read::Reader;
use super::warn::{Around, Warning};
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
        let (text, faults) = closed(text);
        let read = Read::new(&text, faults);
        match read.document {
            Some(document) if read.faults.is_empty() => Ok(document),
            _ => Err(read.faults),
        }
    }

    /// Reads a program file with its faults and, around them, its warnings.
    pub fn examine(text: &str, around: &Around<'_>) -> Findings {
        let (text, faults) = closed(text);
        let read = Read::new(&text, faults);
        let document = read.document.as_ref();
        let warnings = document.map_or_else(Vec::new, |document| {
            document.key_warnings(around, &read.doubtful)
        });
        let placed = warnings.into_iter().map(|warning| {
            let offset = offset_of(read.root.get_ref(), &warning.path);
            let (line, column) = position(read.text, offset);
            warning.placed(line, column)
        });
        let mut warnings: Vec<Warning> = placed.collect();
        warnings.sort();
        Findings {
            document: read.document.filter(|_| read.faults.is_empty()),
            faults: read.faults,
            warnings,
        }
    }
}

/// What was found in a program file.
#[derive(Debug, Clone)]
pub struct Findings {
    /// The program; none when it has faults.
    pub document: Option<ProgramDocument>,
    /// Every fault, in the order of the text.
    pub faults: Vec<Fault>,
    /// What is legal but surely not meant, in the order of the text. Of a file with broken syntax
    /// there are none, and of one with faults only those that no fault has a part in.
    pub warnings: Vec<Warning>,
}

/// A text that was read as far as it goes.
struct Read<'t> {
    text: &'t str,
    root: Spanned<DeTable<'t>>,
    /// With stand-ins for what could not be read; none when the syntax is broken.
    document: Option<ProgramDocument>,
    faults: Vec<Fault>,
    /// Where faults were found.
    doubtful: Vec<Path>,
}

impl<'t> Read<'t> {
    /// `faults` were found already.
    fn new(text: &'t str, mut faults: Vec<Fault>) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        faults.extend(errors.iter().map(|error| syntax(text, error)));
        let is_whole = faults.is_empty();
        let mut reader = Reader::default();
        let read = reader.document(root.get_ref());
        let mut doubtful = reader.replaced;
        for fault in reader.faults {
            let placed = place(text, fault.offset, &fault.path, fault.what, fault.remedy);
            let is_shadow = fault.is_missing
                || faults.iter().any(|one| one.line == placed.line)
                || (!is_whole && is_below_broken_header(text, fault.offset, &errors));
            doubtful.push(fault.path);
            if is_whole || !is_shadow {
                faults.push(placed);
            }
        }
        let mut document = None;
        match serde_json::from_value::<ProgramDocument>(read) {
            Ok(read) if is_whole => {
                let mut broken = read.key_faults();
                broken.retain(|fault| !doubtful.iter().any(|other| overlap(other, &fault.path)));
                for fault in broken {
                    let offset = offset_of(root.get_ref(), &fault.path);
                    doubtful.push(fault.path.clone());
                    faults.push(place(text, offset, &fault.path, fault.what, fault.remedy));
                }
                document = Some(read);
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
        Self {
            text,
            root,
            document,
            faults,
            doubtful,
        }
    }
}

/// The text as it can be read, and a fault for each bracket that had to be closed for it.
fn closed(text: &str) -> (Cow<'_, str>, Vec<Fault>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (_, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return (Cow::Borrowed(text), Vec::new());
    }
    let closed = bracket::close(text);
    let faults = closed.open.iter().map(|(at, needed)| {
        let kind = if *needed == ']' { "list" } else { "table" };
        let what = format!("the {kind} that begins here has no end");
        let remedy = format!("write `{needed}` behind its last value");
        place(&closed.text, *at, &Path::default(), what, remedy)
    });
    let faults = faults.collect();
    (Cow::Owned(closed.text), faults)
}

fn syntax(text: &str, error: &toml::de::Error) -> Fault {
    let Some(span) = error.span() else {
        return Fault {
            line: first_unplaced(text),
            column: 1,
            what: format!("values are nested too deep ({})", error.message()),
            remedy: "write keys without dots, and no table or list within another but those of docs/program.md"
                .to_owned(),
        };
    };
    let (line, column) = position(text, span.start);
    let message = error.message();
    let word: String = text
        .get(span.start..)
        .unwrap_or_default()
        .chars()
        .take_while(|sign| sign.is_alphabetic())
        .collect();
    let is_flag = ["yes", "no", "on", "off", "true", "false", "si", "sí"]
        .contains(&word.to_lowercase().as_str());
    let remedy = if is_flag {
        "write true or false, in lower case"
    } else if message.contains("duplicate key") {
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

/// The first line, from 1, after which the parser has an error that it gives no place: it says so of
/// nesting beyond its limit, and a text stays too deep however it goes on.
fn first_unplaced(text: &str) -> usize {
    let ends: Vec<usize> = text
        .split_inclusive('\n')
        .scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        })
        .collect();
    let is_fine = |end: &usize| {
        let (_, errors) = DeTable::parse_recoverable(text.get(..*end).unwrap_or(text));
        errors.iter().all(|error| error.span().is_some())
    };
    (ends.partition_point(is_fine) + 1).min(ends.len().max(1))
}

/// Whether the nearest header above a byte of the text is one that cannot be read: what stands below it
/// belongs to nothing that is known.
fn is_below_broken_header(text: &str, offset: usize, errors: &[toml::de::Error]) -> bool {
    let above = text.get(..offset).unwrap_or(text);
    let mut start = 0;
    let mut header = None;
    for line in above.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            header = Some(start..start + line.len());
        }
        start += line.len();
    }
    let Some(header) = header else { return false };
    let mut spans = errors.iter().filter_map(toml::de::Error::span);
    spans.any(|span| header.contains(&span.start))
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
