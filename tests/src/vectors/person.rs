//! `[[person]]`: what an account says of somebody: the score with its parts, and badges.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use loyalty::account::{Account, Visit};
use loyalty::badge::unawarded;
use loyalty::code::CodeText;
use loyalty::score::score;
use mostrador_loyalty as loyalty;
use mostrador_protocol::program::{
    BadgeDocument, CodeDocument, PointsDocument, ProgramDocument, ScoreDocument,
};
use serde::Deserialize;

use super::Difference;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonCase {
    #[serde(rename = "name")]
    _name: String,
    #[serde(default, rename = "source")]
    _source: String,
    day: NaiveDate,
    #[serde(default)]
    visits: Vec<VisitKeys>,
    #[serde(default)]
    categories: BTreeSet<String>,
    #[serde(default)]
    brought: i64,
    #[serde(default)]
    code_uses: BTreeMap<String, i64>,
    #[serde(default)]
    has: BTreeSet<String>,
    score: Option<ScoreDocument>,
    #[serde(default)]
    badges: Vec<BadgeDocument>,
    expect: Expect,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VisitKeys {
    day: NaiveDate,
    #[serde(default = "one")]
    sales: i64,
    #[serde(default)]
    spent: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    score: Option<i64>,
    parts: Option<BTreeMap<String, i64>>,
    progress: Option<BTreeMap<String, (i64, i64)>>,
    awarded: Option<BTreeSet<String>>,
}

const fn one() -> i64 {
    1
}

pub(super) fn differences(case: &PersonCase) -> Result<Vec<Difference>, String> {
    let program = program(case).compile().map_err(|faults| {
        let faults = faults.iter().map(ToString::to_string);
        faults.collect::<Vec<_>>().join("; ")
    })?;
    let account = account(case)?;
    let expect = &case.expect;
    let mut differences = Vec::new();
    let scored = program.score.map(|rules| score(&rules, &account, case.day));
    if expect.score.is_some() {
        let total = scored.map(|score| score.total);
        differences.extend(Difference::between("score", &expect.score, &total));
    }
    if let Some(expected) = &expect.parts {
        let parts = scored.iter().flat_map(|score| score.parts);
        let found = parts.map(|part| (part.kind.code().to_owned(), part.score));
        differences.extend(Difference::between("parts", expected, &found.collect()));
    }
    if let Some(expected) = &expect.progress {
        let found = program.badges.iter().map(|badge| {
            let progress = badge.progress(&account);
            (badge.slug.clone(), (progress.done, progress.needed))
        });
        differences.extend(Difference::between("progress", expected, &found.collect()));
    }
    if let Some(expected) = &expect.awarded {
        let due = unawarded(&program.badges, &account);
        let found = due.map(|badge| badge.slug.clone()).collect();
        differences.extend(Difference::between("awarded", expected, &found));
    }
    Ok(differences)
}

/// A program with this score and these badges, points for those that bring some, and the codes that they
/// name.
fn program(case: &PersonCase) -> ProgramDocument {
    let named = case.badges.iter().filter_map(|badge| badge.code.clone());
    let codes: BTreeSet<String> = named.collect();
    let codes = codes.into_iter().map(|text| CodeDocument {
        text,
        ..CodeDocument::default()
    });
    ProgramDocument {
        score: case.score,
        badges: case.badges.clone(),
        points: Some(PointsDocument::default()),
        codes: codes.collect(),
        ..ProgramDocument::bare("Case", "COP", "America/Bogota")
    }
}

fn account(case: &PersonCase) -> Result<Account, String> {
    let mut account = Account::default();
    for visit in &case.visits {
        let VisitKeys { day, sales, spent } = *visit;
        account.visits.insert(day, Visit { sales, spent });
        account.purchases += sales;
        account.spent += spent;
    }
    account.categories.clone_from(&case.categories);
    account.referral.brought = case.brought;
    for (text, uses) in &case.code_uses {
        let code = CodeText::parse(text).ok_or_else(|| format!("{text:?} is no code"))?;
        account.code_uses.insert(code, *uses);
    }
    for badge in &case.has {
        account.badges.insert(badge.clone(), case.day);
    }
    Ok(account)
}
