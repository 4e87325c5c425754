//! The file of a series that exists: the key makes every code anew.

use std::path::Path;

use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;
use mostrador_protocol::program::ProgramDocument;
use uuid::Uuid;

use super::program_file::ProgramFile;
use super::{Refusal, export, plan, recover, writable};
use crate::Error;

/// Which codes to write again.
#[derive(Debug, Clone, Copy)]
pub struct Again<'a> {
    /// The TOML file of the program.
    pub program: &'a Path,
    /// The code that has the series.
    pub code: &'a str,
    /// The CSV file for its codes.
    pub export: &'a Path,
    /// Whether that file may be replaced.
    pub is_forced: bool,
}

/// What was written again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The code, normalised.
    pub code: String,
    /// How its members look, with dashes.
    pub pattern: String,
    /// Codes in the file: all of its series.
    pub count: u64,
}

/// Writes every code of a series to a file. The program stays as it is.
///
/// # Errors
/// [`Error::Generate`] with what stands against it, [`Error::ProgramFaults`] of the file as it is, or
/// [`Error::File`]. Nothing was written then.
pub fn export_again(again: Again<'_>) -> Result<Listed, Error> {
    let mut file = ProgramFile::open(again.program)?;
    recover(&mut file)?;
    let export = writable(again.export, again.is_forced, &file)?;
    let document = ProgramDocument::parse(file.text()).map_err(Error::ProgramFaults)?;
    let (place, code) = plan::find(&document, again.code)?;
    let program = document.compile().map_err(Error::ProgramFaults)?;
    let series = program
        .codes
        .get(&code)
        .and_then(|code| code.series.as_ref());
    let written = document.codes[place].series.as_ref();
    let (Some(series), Some(written), Some(key)) = (series, written, &program.series_key) else {
        return Err(Refusal::NoSeries(code.to_string()).into());
    };
    let is_of_series = |text: &CodeText| {
        let resolved = program.resolve(text, Uuid::nil());
        let parent = resolved.and_then(|code| code.parent);
        parent.is_some_and(|parent| parent.text == code)
    };
    let end = series.from.saturating_add(series.count);
    let members = (series.from..end).filter_map(|index| {
        let text = series.member(key, index)?;
        is_of_series(&text).then_some((index, text))
    });
    let (part, last) = export::write_members(&written.pattern, members, &export)?;
    part.appear()?;
    Ok(Listed {
        code: code.to_string(),
        pattern: written.pattern.clone(),
        count: last.count,
    })
}
