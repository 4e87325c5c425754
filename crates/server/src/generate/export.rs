//! The file of codes: one line each, written as they are made.

use std::path::Path;

use csv::Writer;
use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;

use super::Refusal;
use super::draft::{Draft, Part};
use super::plan::Plan;
use crate::Error;

/// `code`: as people read it; `text`: as a till knows it, for a QR code; `index`: its number.
const COLUMNS: [&str; 3] = ["code", "text", "index"];

/// The codes of a run, on the disk.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) part: Part,
    /// The number after the last one.
    pub(super) end: u64,
}

/// Writes as many codes as the plan wants, beside their file. None is kept in memory.
pub(super) fn write(plan: &Plan, export: &Path) -> Result<Written, Error> {
    let (part, last) = write_members(&plan.pattern.text, plan.members(), export)?;
    if last.count < plan.wanted {
        // The last numbers of the series' room were other codes.
        part.discard()?;
        let (code, room) = (plan.code.to_string(), last.count);
        return Err(Refusal::NoRoomToGrow { code, room }.into());
    }
    let end = last.index.map_or(plan.next, |index| index + 1);
    Ok(Written { part, end })
}

/// How many codes were written, and the number of the last one.
#[derive(Debug, Default)]
pub(super) struct Last {
    pub(super) count: u64,
    pub(super) index: Option<u64>,
}

/// Writes codes with their numbers, beside their file.
pub(super) fn write_members(
    pattern: &str,
    members: impl Iterator<Item = (u64, CodeText)>,
    export: &Path,
) -> Result<(Part, Last), Error> {
    let failed = |source: csv::Error| Error::File {
        attempt: "writing",
        path: export.to_owned(),
        source: source.into(),
    };
    let mut writer = Writer::from_writer(Draft::begin(export)?);
    writer.write_record(COLUMNS).map_err(failed)?;
    let mut last = Last::default();
    for (index, text) in members {
        let row = [grouped(pattern, &text), text.to_string(), index.to_string()];
        writer.write_record(row).map_err(failed)?;
        last.index = Some(index);
        last.count += 1;
    }
    let draft = writer.into_inner().map_err(|error| Error::File {
        attempt: "writing",
        path: export.to_owned(),
        source: error.into_error(),
    })?;
    Ok((draft.finish()?, last))
}

/// The text with the dashes of its pattern: `MAR-7K2M-Q9XA`.
fn grouped(pattern: &str, text: &CodeText) -> String {
    let mut signs = text.as_str().chars();
    let next = |sign: char| match sign {
        '-' => Some('-'),
        _ => signs.next(),
    };
    pattern.chars().filter_map(next).collect()
}
