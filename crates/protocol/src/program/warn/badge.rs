//! Badges that nobody can win, and parts of a score that nobody can have.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate, Weekday};
use loyalty::code::CodeText;
use loyalty::score::HIGHEST;
use mostrador_loyalty as loyalty;

use super::{CodeDocument, Path, Scope, Warnings, validity};
use crate::program::near::nearest;
use crate::program::{BadgeDocument, BasisDocument, ProgramDocument, ScoreDocument};

/// Why a badge is never won, where the program's codes are the reason.
type Hindrance = (String, &'static str);

pub(super) fn look(warnings: &mut Warnings<'_>, scope: &Scope<'_>) {
    let list = Path::default().key("badges");
    for (index, badge) in scope.document.badges.iter().enumerate() {
        let path = list.at(index);
        if let Some(until) = badge.until.filter(|until| *until < scope.today) {
            warnings.add(
                "badge_over",
                path.key("until"),
                format!(
                    "{} ended on {until}, nobody can win it any more",
                    badge.slug
                ),
                "write a later challenge, or remove it when no code needs it",
            );
            continue;
        }
        streak(warnings, &path, badge);
        if let Some((what, remedy)) = hindrance(scope, badge) {
            warnings.add("badge_never_won", path.key("code"), what, remedy);
        }
        categories(warnings, scope, &path, badge);
    }
    if let Some(score) = &scope.document.score {
        parts(warnings, scope.document, score);
        tiers(warnings, scope.document, score);
    }
}

/// A run that is longer than the challenge in which it has to happen.
fn streak(warnings: &mut Warnings<'_>, path: &Path, badge: &BadgeDocument) {
    let (Some(from), Some(until)) = (badge.from, badge.until) else {
        return;
    };
    let days = until.signed_duration_since(from).num_days() + 1;
    let weeks = week_of(until) - week_of(from) + 1;
    let runs = [
        ("streak_days", badge.streak_days, days, "days"),
        ("streak_weeks", badge.streak_weeks, weeks, "weeks"),
    ];
    for (key, run, most, unit) in runs {
        if let Some(run) = run.filter(|run| i64::from(*run) > most) {
            warnings.add(
                "badge_never_won",
                path.key(key),
                format!("{run} {unit} in a row, and the challenge has {most}"),
                "write a shorter run, or a longer challenge",
            );
        }
    }
}

/// Weeks as a streak counts them, from Monday on.
fn week_of(day: NaiveDate) -> i64 {
    let monday = day.week(Weekday::Mon).checked_first_day().unwrap_or(day);
    i64::from(monday.num_days_from_ce()).div_euclid(7)
}

/// What keeps everybody from using the code of a badge as often as it asks for.
fn hindrance(scope: &Scope<'_>, badge: &BadgeDocument) -> Option<Hindrance> {
    let uses = u64::from(badge.uses?);
    let code = code_named(scope.document, badge.code.as_deref()?)?;
    let text = &code.text;
    if !code.active || validity::is_over(code, scope.today) {
        let what = format!("{text} cannot be used any more");
        return Some((what, "name a code that can, or remove the badge"));
    }
    if code.first_purchase_only && uses > 1 {
        let what = format!("{text} is for a first purchase only, which nobody makes {uses} times");
        return Some((what, "write uses = 1, or name another code"));
    }
    let limits = [
        ("per_customer_limit", code.per_customer_limit),
        ("total_limit", code.total_limit),
    ];
    for (key, limit) in limits {
        if let Some(limit) = limit.filter(|limit| *limit < uses) {
            let what =
                format!("{text} has a {key} of {limit}, which is reached before {uses} uses");
            return Some((what, "write fewer uses, or a higher limit of the code"));
        }
    }
    needs_itself(scope.document, badge).then(|| {
        let what = format!("{text} can only be used by who has this badge already");
        (what, "name another code, or remove badge from the code")
    })
}

/// Whether the way to a badge leads through codes and badges back to it.
fn needs_itself(document: &ProgramDocument, badge: &BadgeDocument) -> bool {
    let mut seen = BTreeSet::new();
    let mut at = badge;
    while seen.insert(at.slug.as_str()) {
        let code = at.code.as_deref();
        let code = code.and_then(|text| code_named(document, text));
        let needed = code.and_then(|code| code.badge.as_deref());
        let next = needed.and_then(|slug| document.badges.iter().find(|badge| badge.slug == slug));
        let Some(next) = next else { return false };
        at = next;
    }
    true
}

fn code_named<'a>(document: &'a ProgramDocument, text: &str) -> Option<&'a CodeDocument> {
    let wanted = CodeText::parse(text)?;
    let mut codes = document.codes.iter();
    codes.find(|code| CodeText::parse(&code.text).as_ref() == Some(&wanted))
}

/// Categories that the company does not sell, or more of them than it has.
fn categories(warnings: &mut Warnings<'_>, scope: &Scope<'_>, path: &Path, badge: &BadgeDocument) {
    let products = scope.catalogue.as_ref().map(|catalogue| catalogue.products);
    let Some(products) = products.filter(|products| !products.is_empty()) else {
        return;
    };
    let sold: BTreeSet<&str> = products
        .iter()
        .filter(|product| product.active)
        .flat_map(|product| product.categories.iter().map(String::as_str))
        .collect();
    for (index, name) in badge.categories.iter().enumerate() {
        if !sold.contains(name.as_str()) {
            let remedy = nearest(name, sold.iter().copied()).map_or_else(
                || "nobody wins the badge without it: remove it".to_owned(),
                |near| format!("did you mean {near:?}?"),
            );
            let path = path.key("categories").at(index);
            let what = format!("no product on sale has the category {name:?}");
            warnings.add("unknown_category", path, what, &remedy);
        }
    }
    let most = u32::try_from(sold.len()).unwrap_or(u32::MAX);
    if let Some(tried) = badge.tried.filter(|tried| *tried > most) {
        warnings.add(
            "badge_never_won",
            path.key("tried"),
            format!("{tried} categories, and the products on sale have {most}"),
            "write fewer",
        );
    }
}

/// Parts whose full score nobody can have, or of which nobody can have any.
fn parts(warnings: &mut Warnings<'_>, document: &ProgramDocument, score: &ScoreDocument) {
    let path = Path::default().key("score");
    if score.visits > score.window_days {
        warnings.add(
            "score_out_of_reach",
            path.key("visits"),
            format!(
                "{} days with a purchase do not fit into {} days",
                score.visits, score.window_days
            ),
            "write at most window_days",
        );
    }
    if score.weights.referrals_bp > 0 && document.referral.is_none() {
        warnings.add(
            "score_out_of_reach",
            path.key("weights").key("referrals_bp"),
            "nobody can bring anybody, so this part is always 0",
            "add [referral], or give its weight to the other parts",
        );
    }
}

/// Levels above the best score that anybody can have.
fn tiers(warnings: &mut Warnings<'_>, document: &ProgramDocument, score: &ScoreDocument) {
    let by_score = |tiers: &&_| is_by_score(tiers);
    let Some(tiers) = document.tiers.as_ref().filter(by_score) else {
        return;
    };
    let best = best_total(document, score);
    let path = Path::default().key("tiers").key("levels");
    for (index, level) in tiers.levels.iter().enumerate() {
        if level.from_points > best {
            warnings.add(
                "score_out_of_reach",
                path.at(index).key("from_points"),
                format!(
                    "{} begins at {}, and the best score that anybody can have is {best}",
                    level.slug, level.from_points
                ),
                "write a lower one, or targets of the score that can be met",
            );
        }
    }
}

fn is_by_score(tiers: &crate::program::TiersDocument) -> bool {
    tiers.basis == BasisDocument::Score
}

/// The score of somebody who came on every day, today too, and did everything else.
fn best_total(document: &ProgramDocument, score: &ScoreDocument) -> i64 {
    let days = i64::from(score.window_days);
    let often = (HIGHEST * days / i64::from(score.visits.max(1))).min(HIGHEST);
    let brought = if document.referral.is_some() {
        HIGHEST
    } else {
        0
    };
    let weights = &score.weights;
    let parts = [
        (often, weights.frequency_bp),
        (HIGHEST, weights.amount_bp),
        (HIGHEST, weights.recency_bp),
        (HIGHEST, weights.variety_bp),
        (brought, weights.referrals_bp),
    ];
    let weighted: i64 = parts
        .iter()
        .map(|(part, weight)| part * i64::from(*weight))
        .sum();
    weighted / 10_000
}
