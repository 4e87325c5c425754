//! What a run will do, decided before anything is written.

use std::ops::Range;

use loyalty::code::CodeText;
use loyalty::code::generated::LONGEST;
use loyalty::code::series::{
    FEWEST_SIGNS, MOST_SIGNS, Pattern, PatternFault, SPARSENESS, Series, SeriesKey,
};
use loyalty::program::Program;
use mostrador_loyalty as loyalty;
use mostrador_protocol::program::{ProgramDocument, SeriesDocument, nearest};
use uuid::Uuid;

use super::pattern::{self, Asked};
use super::pending::Pending;
use super::series_edit::SeriesEdit;
use super::{Job, MOST_AT_ONCE, Refusal, range};
use crate::{Error, Mint};

/// Codes to be made for one code of a program.
#[derive(Debug)]
pub(super) struct Plan {
    before: String,
    document: ProgramDocument,
    place: usize,
    new_key: Option<String>,
    key: SeriesKey,
    /// With the series as long as it can become: what a till will make of each member.
    program: Program,
    /// As long as it can become.
    series: Series,
    pub(super) wanted: u64,
    pub(super) code: CodeText,
    pub(super) pattern: Asked,
    pub(super) is_new: bool,
    /// Number of the series' first member.
    pub(super) from: u64,
    /// Number of the first new member.
    pub(super) next: u64,
}

impl Plan {
    /// Decides, or says why not. The mint gives the key of a program that has none.
    pub(super) fn make(job: &Job<'_>, before: &str, mint: &Mint) -> Result<Self, Error> {
        if !(1..=MOST_AT_ONCE).contains(&job.count) {
            return Err(Refusal::Count(job.count).into());
        }
        let document = ProgramDocument::parse(before).map_err(Error::ProgramFaults)?;
        let (place, code) = find(&document, job.code)?;
        if !document.codes[place].variants.is_empty() {
            return Err(Refusal::HasVariants(code.to_string()).into());
        }
        let has = document.codes[place].series.as_ref();
        let pattern = pattern::choose(
            &code,
            has.map(|series| series.pattern.as_str()),
            job.pattern,
        )
        .map_err(|refusal| too_short(refusal, job.count))?;
        let taken = taken(&document, place, &pattern)?;
        let numbers = numbers(&code, has, &pattern, job.count, &taken)?;
        let new_key = match document.series_key {
            Some(_) => None,
            None => Some(hex::encode(mint.random::<32>()?)),
        };
        let mut plan = document.clone();
        plan.series_key = plan.series_key.or_else(|| new_key.clone());
        plan.codes[place].series = Some(SeriesDocument {
            pattern: pattern.text.clone(),
            from: numbers.from,
            count: numbers.end - numbers.from,
            ..has.cloned().unwrap_or_default()
        });
        let program = plan.compile().map_err(Error::ProgramFaults)?;
        let series = program
            .codes
            .get(&code)
            .and_then(|code| code.series.clone());
        Ok(Self {
            before: before.to_owned(),
            is_new: has.is_none(),
            document,
            place,
            new_key,
            key: program.series_key.clone().expect("BUG: the plan has a key"),
            series: series.expect("BUG: the plan has a series"),
            program,
            wanted: job.count,
            code,
            pattern,
            from: numbers.from,
            next: numbers.next,
        })
    }

    /// The new members and their numbers. A text that is another code of the program is passed over.
    pub(super) fn members(&self) -> impl Iterator<Item = (u64, CodeText)> {
        let end = self.series.from + self.series.count;
        let members = (self.next..end).filter_map(|index| {
            let text = self.series.member(&self.key, index)?;
            self.is_of_series(&text).then_some((index, text))
        });
        members.take(usize::try_from(self.wanted).unwrap_or(usize::MAX))
    }

    fn is_of_series(&self, text: &CodeText) -> bool {
        let resolved = self.program.resolve(text, Uuid::nil());
        let parent = resolved.and_then(|code| code.parent);
        parent.is_some_and(|parent| parent.text == self.code)
    }

    /// The program's text with the series up to this number.
    pub(super) fn program(&self, end: u64) -> Result<String, Error> {
        let edit = SeriesEdit {
            code: &self.code,
            pattern: &self.pattern.text,
            from: self.from,
            count: end - self.from,
            new_key: self.new_key.as_deref(),
        };
        let text = edit.apply(&self.before).ok_or(Refusal::Layout)?;
        let mut after = ProgramDocument::parse(&text).map_err(Error::ProgramFaults)?;
        let series = after.codes[self.place].series.take();
        let is_meant = series.is_some_and(|series| {
            series.from == self.from
                && series.count == edit.count
                && Pattern::parse(&series.pattern).as_ref() == Ok(&self.pattern.pattern)
        });
        let mut before = self.document.clone();
        before.codes[self.place].series = None;
        before.series_key = before.series_key.or_else(|| self.new_key.clone());
        // Whatever the layout of the file: it says what was meant, and nothing else has changed.
        if is_meant && after == before {
            Ok(text)
        } else {
            Err(Refusal::Layout.into())
        }
    }
}

/// Whether the program of this text has the codes of a note.
pub(super) fn is_committed(text: &str, pending: &Pending) -> Result<bool, Error> {
    let document = ProgramDocument::parse(text).map_err(Error::ProgramFaults)?;
    let code = document
        .codes
        .iter()
        .find(|code| CodeText::parse(&code.text).is_some_and(|text| text.as_str() == pending.code));
    let series = code.and_then(|code| code.series.as_ref()?.compile());
    Ok(series.is_some_and(|series| {
        series.pattern.to_string() == pending.pattern
            && series.contains(pending.from)
            && series.contains(pending.end - 1)
    }))
}

/// The place of a code in the program, and its text.
pub(super) fn find(document: &ProgramDocument, code: &str) -> Result<(usize, CodeText), Refusal> {
    let texts = document
        .codes
        .iter()
        .map(|code| CodeText::parse(&code.text));
    let wanted = CodeText::parse(code);
    let found = texts.enumerate().find_map(|(place, text)| {
        let text = text.filter(|text| Some(text) == wanted.as_ref())?;
        Some((place, text))
    });
    found.ok_or_else(|| {
        let known = document.codes.iter().map(|code| code.text.as_str());
        Refusal::UnknownCode {
            text: code.to_owned(),
            near: nearest(code, known).map(str::to_owned),
        }
    })
}

/// Numbers that other codes have of the same pattern. Another pattern whose codes could look the same
/// stands against it.
fn taken(
    document: &ProgramDocument,
    place: usize,
    asked: &Asked,
) -> Result<Vec<Range<u64>>, Refusal> {
    let mut taken = Vec::new();
    for (other, code) in document.codes.iter().enumerate() {
        let Some(series) = code.series.as_ref().and_then(SeriesDocument::compile) else {
            continue;
        };
        if other == place {
            continue;
        }
        if series.pattern == asked.pattern {
            taken.push(series.from..series.from.saturating_add(series.count));
        } else if series.pattern.may_meet(&asked.pattern) {
            return Err(Refusal::Ambiguous {
                pattern: asked.pattern.to_string(),
                other: series.pattern.to_string(),
                code: code.text.clone(),
            });
        }
    }
    Ok(taken)
}

/// Where the series begins, where it goes on, and where it must end.
struct Numbers {
    from: u64,
    next: u64,
    end: u64,
}

fn numbers(
    code: &CodeText,
    has: Option<&SeriesDocument>,
    asked: &Asked,
    count: u64,
    taken: &[Range<u64>],
) -> Result<Numbers, Refusal> {
    // Numbers are written as TOML integers.
    let largest = u64::try_from(i64::MAX).unwrap_or(u64::MAX);
    let room =
        u64::try_from(asked.pattern.space() / SPARSENESS).map_or(largest, |room| room.min(largest));
    let held: u64 = taken.iter().map(|range| range.end - range.start).sum();
    let own = has.map_or(0, |series| series.count);
    let all = held.saturating_add(own).saturating_add(count);
    if all > room {
        return Err(Refusal::Space {
            pattern: asked.pattern.to_string(),
            room,
            count: all,
            smallest: smallest(asked.pattern.prefix(), all),
        });
    }
    let (from, next) = if let Some(series) = has {
        (series.from, series.from.saturating_add(series.count))
    } else {
        let from = range::place(count, room, taken).ok_or_else(|| Refusal::Fragmented {
            pattern: asked.pattern.to_string(),
            largest: range::largest_gap(room, taken),
        })?;
        (from, from)
    };
    let room = range::room_after(next, room, taken);
    if room < count {
        let code = code.to_string();
        return Err(Refusal::NoRoomToGrow { code, room });
    }
    let end = next.saturating_add(room);
    Ok(Numbers { from, next, end })
}

/// A pattern with too few random signs for any series is too small, too; then say what is large enough.
fn too_short(refusal: Refusal, count: u64) -> Refusal {
    let Refusal::Pattern { pattern, fault } = refusal else {
        return refusal;
    };
    let prefix = pattern::beginning(&pattern);
    match fault {
        PatternFault::Signs(signs) if signs < FEWEST_SIGNS.into() => Refusal::Space {
            room: 0,
            count,
            smallest: smallest(&prefix, count),
            pattern,
        },
        fault => Refusal::Pattern { pattern, fault },
    }
}

/// The shortest pattern with this beginning that has room for so many.
fn smallest(prefix: &str, count: u64) -> Option<String> {
    let enough = |signs: &u8| 31_u128.saturating_pow((*signs).into()) / SPARSENESS >= count.into();
    let signs = (FEWEST_SIGNS..=MOST_SIGNS).find(enough)?;
    let random = "?".repeat(signs.into());
    let text = format!("{prefix}{random}#");
    (text.len() <= LONGEST.into()).then_some(text)
}
