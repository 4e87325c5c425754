//! Generated and public codes of the program in force that the new one would take from their holders.

use std::ops::Range;

use loyalty::code::CodeText;
use loyalty::code::series::{Pattern, Series};
use mostrador_loyalty as loyalty;

use super::{CodeDocument, Path, ProgramDocument, Scope, Warnings, validity};
use crate::program::derived::series_key;

pub(super) fn look(warnings: &mut Warnings<'_>, scope: &Scope<'_>, published: &ProgramDocument) {
    let living = published.codes.iter();
    let living = living.filter(|code| code.active && !validity::is_over(code, scope.today));
    let (generated, public): (Vec<_>, Vec<_>) = living.partition(|code| code.series.is_some());
    for code in public {
        look_at_public(warnings, scope, published, code);
    }
    let generated = generated.into_iter();
    let out: Vec<(&CodeDocument, Series)> = generated
        .filter_map(|code| Some((code, code.series.as_ref()?.compile()?)))
        .collect();
    if out.is_empty() || !look_at_key(warnings, scope, published, &out) {
        return;
    }
    for (code, series) in out {
        look_at_series(warnings, scope, published, (code, &series));
    }
}

/// A code that people have by its own text, and that only says what others give from now on.
fn look_at_public(
    warnings: &mut Warnings<'_>,
    scope: &Scope<'_>,
    published: &ProgramDocument,
    code: &CodeDocument,
) {
    let Some((path, _)) = find(scope, code).filter(|(_, new)| new.series.is_some()) else {
        return;
    };
    warnings.add(
        "public_code_generated",
        path.key("series"),
        format!(
            "{} can be scanned in version {}; with a series its own text is refused from everybody who has it",
            code.text, published.version
        ),
        "give the series to a code of its own, and leave this one as it is",
    );
}

/// Whether generated codes are read with the key that made them.
fn look_at_key(
    warnings: &mut Warnings<'_>,
    scope: &Scope<'_>,
    published: &ProgramDocument,
    out: &[(&CodeDocument, Series)],
) -> bool {
    let key = |document: &ProgramDocument| document.series_key.as_deref().and_then(series_key);
    let (old, new) = (key(published), key(scope.document));
    if old.is_none() || old == new {
        return true;
    }
    let codes: u64 = out.iter().map(|(_, series)| series.count).sum();
    let what = match new {
        Some(_) => "is another one than",
        None => "is missing, unlike",
    };
    warnings.add(
        "series_key_changed",
        Path::default().key("series_key"),
        format!(
            "{what} in version {}: none of the {codes} generated codes that are out will be known",
            published.version
        ),
        "take it over from the file of that version; it never changes",
    );
    false
}

fn look_at_series(
    warnings: &mut Warnings<'_>,
    scope: &Scope<'_>,
    published: &ProgramDocument,
    (code, series): (&CodeDocument, &Series),
) {
    let lost = lost(series, &kept(scope, &series.pattern));
    let count: u64 = lost.iter().map(|range| range.end - range.start).sum();
    let Some(first) = lost.first() else {
        return;
    };
    let (version, pattern) = (
        published.version,
        &code.series.as_ref().map(|one| &one.pattern),
    );
    let pattern = pattern.map_or("", String::as_str);
    let place = find(scope, code);
    let (from, all) = (series.from, series.count);
    let remedy = format!("write pattern = {pattern:?}, from = {from} and count = {all} or more");
    let generated = place.as_ref().filter(|(_, new)| new.series.is_some());
    match generated {
        Some((path, _)) if count < all => warnings.add(
            "series_cut",
            path.key("series"),
            format!(
                "{count} codes of version {version}, from number {} on, are left out: whoever has one is refused",
                first.start
            ),
            &remedy,
        ),
        Some((path, _)) => warnings.add(
            "series_gone",
            path.key("series"),
            format!("the {all} codes {pattern} of version {version} are left out: whoever has one is refused"),
            &format!("{remedy}; give other codes a code of their own"),
        ),
        None => warnings.add(
            "series_gone",
            match &place {
                Some((path, _)) => path.key("text"),
                None => Path::default().key("codes"),
            },
            format!(
                "{} has no series any more: whoever has one of its {all} codes {pattern} of version {version} is refused",
                code.text
            ),
            "put the series back; to end it, write valid_until or active = false, which says so at the till",
        ),
    }
}

/// The code of this text in the new program.
fn find<'a>(scope: &Scope<'a>, code: &CodeDocument) -> Option<(Path, &'a CodeDocument)> {
    let text = CodeText::parse(&code.text)?;
    scope
        .codes()
        .find(|(_, new)| CodeText::parse(&new.text).as_ref() == Some(&text))
}

/// The numbers of this pattern that are codes in the new program, whatever they give.
fn kept(scope: &Scope<'_>, pattern: &Pattern) -> Vec<Range<u64>> {
    let series = scope
        .codes()
        .filter_map(|(_, code)| code.series.as_ref()?.compile());
    let mut kept: Vec<Range<u64>> = series
        .filter(|series| series.pattern == *pattern)
        .map(|series| numbers(&series))
        .collect();
    kept.sort_unstable_by_key(|range| range.start);
    kept
}

const fn numbers(series: &Series) -> Range<u64> {
    series.from..series.from.saturating_add(series.count)
}

/// The numbers of `series` that are not among `kept`, which ascend.
fn lost(series: &Series, kept: &[Range<u64>]) -> Vec<Range<u64>> {
    let Range { mut start, end } = numbers(series);
    let mut lost = Vec::new();
    for range in kept {
        if range.start >= end {
            break;
        }
        if range.start > start {
            lost.push(start..range.start);
        }
        start = start.max(range.end);
    }
    if start < end {
        lost.push(start..end);
    }
    lost
}
