//! Codes by the thousand for one code of a program: its series, and a file of their texts.
//!
//! One idea: the program says which numbers are codes, the file says their texts, and a run that is
//! stopped anywhere leaves either both or neither. Numbers are only handed out once:
//!
//! 1. the codes are written beside their file, as `FILE.part`, whole and on the disk;
//! 2. a note in the lock file says what is about to happen;
//! 3. the program is replaced by one that knows the codes;
//! 4. `FILE.part` becomes `FILE`, and the note is taken away.
//!
//! Stopped before 3, no till will ever know the codes, nobody has seen them, and the next run makes the
//! same ones. Stopped after 3, the next run, for whatever code, finds the note and does 4 first.

mod again;
mod draft;
mod export;
mod pattern;
mod pending;
mod plan;
mod program_file;
mod range;
mod refusal;
mod series_edit;
#[cfg(test)]
mod stopped;

use std::path::{Path, PathBuf};

use crate::{Error, Mint};
pub use again::{Again, Listed, export_again};
use draft::Part;
use pending::Pending;
use plan::Plan;
use program_file::ProgramFile;
pub use refusal::Refusal;

/// The most codes of one run. More come from another one.
pub const MOST_AT_ONCE: u64 = 10_000_000;

/// What to generate.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// The TOML file of the program.
    pub program: &'a Path,
    /// The code that every generated code is priced like.
    pub code: &'a str,
    /// How the codes look; not needed when the code has a series.
    pub pattern: Option<&'a str>,
    /// How many.
    pub count: u64,
    /// The CSV file for them.
    pub export: &'a Path,
    /// Whether that file may be replaced.
    pub is_forced: bool,
}

/// What was generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// The code, normalised.
    pub code: String,
    /// How its members look, with dashes.
    pub pattern: String,
    /// Whether it had no series before: from now on it cannot be scanned by its own text.
    pub is_new: bool,
    /// New codes in the file.
    pub count: u64,
    /// Numbers passed over, whose texts are other codes of the program.
    pub skipped: u64,
    /// All members of the series now.
    pub members: u64,
    /// Codes of an earlier run that was stopped, whose file was finished first.
    pub finished: Option<PathBuf>,
    /// Whether the codes stand in the place of another file.
    pub replaced: bool,
}

/// Generates codes: extends the series of a code in the program file, and writes the new ones to a file.
///
/// # Errors
/// [`Error::Generate`] with what stands against it, [`Error::ProgramFaults`] of the file as it is, or
/// [`Error::File`]. Nothing was changed then, unless the last step failed: the next run does it.
pub fn generate(job: Job<'_>, mint: &Mint) -> Result<Generated, Error> {
    let mut file = ProgramFile::open(job.program)?;
    let finished = recover(&mut file)?;
    let export = writable(job.export, job.is_forced, &file)?;
    let replaced = export.exists();
    let plan = Plan::make(&job, file.text(), mint)?;
    let written = export::write(&plan, &export)?;
    let program = plan.program(written.end)?;
    file.note(&Pending {
        code: plan.code.to_string(),
        pattern: plan.pattern.pattern.to_string(),
        from: plan.next,
        end: written.end,
        export,
        is_forced: job.is_forced,
    })?;
    // From here on the codes exist.
    file.replace(program)?;
    written.part.appear()?;
    file.forget()?;
    Ok(Generated {
        code: plan.code.to_string(),
        pattern: plan.pattern.text,
        is_new: plan.is_new,
        count: job.count,
        skipped: written.end - plan.next - job.count,
        members: written.end - plan.from,
        finished,
        replaced,
    })
}

/// Finishes what an earlier run could not; gives the file that appeared.
fn recover(file: &mut ProgramFile) -> Result<Option<PathBuf>, Error> {
    let Some(pending) = file.pending()? else {
        return Ok(None);
    };
    let part = Part::of(&pending.export);
    let mut finished = None;
    if part.path().is_file() {
        if plan::is_committed(file.text(), &pending)? {
            if pending.export.exists() && !pending.is_forced {
                return Err(Refusal::InTheWay(pending.export).into());
            }
            part.appear()?;
            finished = Some(pending.export);
        } else {
            part.discard()?;
        }
    }
    // Without the part the file had appeared already, and only the note was left.
    file.forget()?;
    Ok(finished)
}

/// The file of codes, by its absolute path, if it may be written.
fn writable(export: &Path, is_forced: bool, file: &ProgramFile) -> Result<PathBuf, Error> {
    let export = std::path::absolute(export).map_err(|source| Error::File {
        attempt: "writing",
        path: export.to_owned(),
        source,
    })?;
    if !export.exists() {
        return Ok(export);
    }
    if export.canonicalize().is_ok_and(|path| file.is_at(&path)) {
        return Err(Refusal::ExportIsProgram(export).into());
    }
    if !is_forced {
        return Err(Refusal::ExportExists(export).into());
    }
    Ok(export)
}
