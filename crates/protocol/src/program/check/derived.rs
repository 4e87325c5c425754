//! The rules for codes that derive from another one: variants and series.

use std::collections::{BTreeMap, HashMap};

use loyalty::code::series::{FEWEST_SIGNS, MOST_SIGNS, Pattern, PatternFault, Series};
use loyalty::code::variant::MOST_WEIGHT;
use loyalty::code::{CodeText, MAX_CODE_CHARS, generated};
use mostrador_loyalty as loyalty;

use super::super::derived::{VariantDocument, series_key};
use super::super::fault::Path;
use super::super::{CodeDocument, ProgramDocument, SeriesDocument};
use super::{Faults, code};

/// The most variants of one code.
const MOST_VARIANTS: usize = 20;

pub(super) fn check(faults: &mut Faults, root: &Path, document: &ProgramDocument) {
    check_key(faults, root, document);
    let list = root.key("codes");
    let mut series = Vec::new();
    for (index, code) in document.codes.iter().enumerate() {
        let path = list.at(index);
        check_variants(faults, &path.key("variants"), &code.variants);
        let Some(of) = &code.series else { continue };
        let path = path.key("series");
        if !code.variants.is_empty() {
            faults.add(
                path.clone(),
                "variants and series stand together".to_owned(),
                "keep one of them, or make two codes",
            );
        }
        if let Some(rules) = check_series(faults, &path, of) {
            series.push((path, rules));
        }
    }
    check_texts(faults, &list, &document.codes);
    check_ranges(faults, &series);
    check_patterns(faults, &series);
}

fn check_key(faults: &mut Faults, root: &Path, document: &ProgramDocument) {
    let path = root.key("series_key");
    let remedy = "add 64 random hexadecimal digits, as `openssl rand -hex 32` makes them";
    let has_series = document.codes.iter().any(|code| code.series.is_some());
    match &document.series_key {
        None if has_series => {
            faults.add(path, "is missing, and there are series".to_owned(), remedy);
        }
        Some(text) if series_key(text).is_none() => {
            faults.add(path, "is no key".to_owned(), remedy);
        }
        _ => {}
    }
}

fn check_variants(faults: &mut Faults, path: &Path, variants: &[VariantDocument]) {
    if variants.len() > MOST_VARIANTS {
        faults.add(
            path.clone(),
            format!("there are {} variants", variants.len()),
            format!("write at most {MOST_VARIANTS}: each needs its share of the customers"),
        );
    }
    for (index, variant) in variants.iter().enumerate() {
        let path = path.at(index);
        if CodeText::parse(&variant.text).is_none() {
            faults.add(
                path.key("text"),
                format!("{:?} cannot be a code", variant.text),
                format!("write 1 to {MAX_CODE_CHARS} letters, digits and underscores"),
            );
        }
        faults.whole(
            &path.key("weight"),
            variant.weight.into(),
            1,
            MOST_WEIGHT.into(),
        );
        code::check_values(faults, &path, &variant.as_code());
        let gives = variant.as_code().gives().iter().any(|(_, is)| *is);
        if variant.tracking && gives {
            faults.add(
                path.key("tracking"),
                "tracking and a benefit stand together".to_owned(),
                "keep one of them: a benefit is one thing",
            );
        }
    }
}

fn check_series(faults: &mut Faults, path: &Path, of: &SeriesDocument) -> Option<Series> {
    for (key, limit) in [
        ("total_limit", Some(of.total_limit)),
        ("per_customer_limit", of.per_customer_limit),
        ("per_day_limit", of.per_day_limit),
    ] {
        faults.limit(&path.key(key), limit);
    }
    if let Some(budget) = of.budget {
        faults.amount(&path.key("budget"), budget, 1);
    }
    faults.limit(&path.key("count"), Some(of.count));
    if let Err(fault) = Pattern::parse(&of.pattern) {
        let (what, remedy) = told(&of.pattern, fault);
        faults.add(path.key("pattern"), what, remedy);
        return None;
    }
    let series = of.compile()?;
    if let Err(small) = series.check_room() {
        faults.add(
            path.key("count"),
            format!(
                "{} has room for {} codes, {} are needed",
                series.pattern,
                small.room,
                u128::from(of.from) + u128::from(of.count)
            ),
            "add a `?` to the pattern: there must be 1,000 texts for each code",
        );
    }
    Some(series)
}

fn told(pattern: &str, fault: PatternFault) -> (String, String) {
    match fault {
        PatternFault::Sign(sign) => (
            format!("{pattern:?} begins with {sign:?}, which generated codes do not have"),
            format!("write signs of {}", generated::ALPHABET),
        ),
        PatternFault::Shape => (
            format!("{pattern:?} is no pattern"),
            "write a beginning, a `?` for each random sign, and `#` at the end: \"MAR-????-????#\""
                .to_owned(),
        ),
        PatternFault::Signs(signs) => (
            format!("{pattern:?} has {signs} random signs"),
            format!("write {FEWEST_SIGNS} to {MOST_SIGNS} `?`"),
        ),
        PatternFault::Length(signs) => (
            format!("{pattern:?} has {signs} signs"),
            format!("write at most {}", generated::LONGEST),
        ),
    }
}

/// A variant is a code like others: no text stands twice.
fn check_texts(faults: &mut Faults, list: &Path, codes: &[CodeDocument]) {
    let mut first: HashMap<CodeText, Path> = HashMap::new();
    for (index, code) in codes.iter().enumerate() {
        if let Some(text) = CodeText::parse(&code.text) {
            first.entry(text).or_insert_with(|| list.at(index));
        }
    }
    for (index, code) in codes.iter().enumerate() {
        for (place, variant) in code.variants.iter().enumerate() {
            let Some(text) = CodeText::parse(&variant.text) else {
                continue;
            };
            let path = list.at(index).key("variants").at(place);
            if let Some(first) = first.get(&text) {
                faults.add(
                    path.key("text"),
                    format!("{:?} is already {first}", text.as_str()),
                    "give it another one, or remove one of the two",
                );
            } else {
                first.insert(text, path);
            }
        }
    }
}

/// Two series of one pattern share its numbers.
fn check_ranges(faults: &mut Faults, series: &[(Path, Series)]) {
    let mut by_pattern: BTreeMap<&Pattern, Vec<&(Path, Series)>> = BTreeMap::new();
    for one in series {
        by_pattern.entry(&one.1.pattern).or_default().push(one);
    }
    for mut same in by_pattern.into_values() {
        same.sort_by_key(|(_, series)| series.from);
        // The series that ends last of those that begin before.
        let mut last: Option<(&Path, u64)> = None;
        for (path, series) in same {
            if let Some((before, end)) = last.filter(|(_, end)| series.from < *end) {
                faults.add(
                    path.key("from"),
                    format!("number {} belongs to {before} already", series.from),
                    format!("write {end} or more, or another pattern"),
                );
            }
            let end = series.from.saturating_add(series.count);
            if last.is_none_or(|(_, latest)| latest < end) {
                last = Some((path, end));
            }
        }
    }
}

/// Two patterns share no text: whose code one would be is for nobody to say.
fn check_patterns(faults: &mut Faults, series: &[(Path, Series)]) {
    let mut sorted: Vec<&(Path, Series)> = series.iter().collect();
    sorted.sort_by_key(|(_, series)| (series.pattern.length(), series.pattern.prefix()));
    // Patterns that meet stand together now, that of the shortest beginning first.
    let mut widest: Option<&(Path, Series)> = None;
    for one @ (path, series) in sorted {
        match widest.filter(|(_, widest)| widest.pattern.may_meet(&series.pattern)) {
            Some((before, widest)) if widest.pattern != series.pattern => faults.add(
                path.key("pattern"),
                format!(
                    "{}: its codes could be codes of {before}, {}",
                    series.pattern, widest.pattern
                ),
                "write another beginning or another length",
            ),
            Some(_) => {}
            None => widest = Some(one),
        }
    }
}
