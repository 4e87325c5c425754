//! Refusals, notes and benefits in words.

use mostrador_loyalty::code::{Benefit, Code, CodeText};
use mostrador_loyalty::program::Factor;
use mostrador_loyalty::quote::{AcceptedCode, BestSet};
use mostrador_loyalty::refusal::{Note, Refusal};

use crate::message::{has, say};
use crate::rules::Rules;
use crate::view::Language;
use crate::words;

/// Why a code did not join, and what to do.
pub(crate) fn refusal(
    language: Language,
    rules: &Rules,
    code: &CodeText,
    refusal: &Refusal,
) -> String {
    let money = rules.money;
    let number = |value: u64| value.to_string();
    let more: Vec<(&str, String)> = match refusal {
        Refusal::BadCheckSign {
            did_you_mean: Some(suggestion),
        } => vec![("suggestion", suggestion.to_string())],
        Refusal::NotStarted { from } => vec![("from", words::day(language, *from))],
        Refusal::Expired { until } => vec![("until", words::day(language, *until))],
        Refusal::TierTooLow { needs } => vec![("needs", rules.tier_name(needs).to_owned())],
        Refusal::MinimumNotMet { missing, minimum } => vec![
            ("missing", money.amount(language, *missing)),
            ("minimum", money.amount(language, *minimum)),
        ],
        Refusal::TotalLimitReached { limit }
        | Refusal::CustomerLimitReached { limit }
        | Refusal::DayLimitReached { limit } => vec![("limit", number(*limit))],
        Refusal::StackLimit { max } => vec![("max", max.to_string())],
        Refusal::NotStackable { with } => vec![("with", with.to_string())],
        _ => Vec::new(),
    };
    let mut parameters = vec![("code", code.as_str())];
    parameters.extend(more.iter().map(|(name, value)| (*name, value.as_str())));
    let key = match refusal {
        Refusal::BadCheckSign {
            did_you_mean: Some(_),
        } => "refusal.bad_check_sign.did_you_mean".to_owned(),
        other => format!("refusal.{}", other.code()),
    };
    say(language, &key, &parameters)
}

/// The refusal's name without parameters, for figures.
pub(crate) fn refusal_title(language: Language, refusal: &str) -> String {
    let key = format!("refusal.{refusal}.title");
    if has(language, &key) {
        say(language, &key, &[])
    } else {
        refusal.to_owned()
    }
}

/// What there is to say about a code that joined; may be empty.
pub(crate) fn accepted(language: Language, rules: &Rules, code: &AcceptedCode) -> String {
    let text = code.text.as_str();
    let mut sentences = Vec::new();
    match &code.note {
        Some(Note::NoEffect) => {
            sentences.push(say(language, "note.no_effect", &[("code", text)]));
        }
        Some(Note::Truncated { lost }) => {
            let lost = rules.money.amount(language, *lost);
            let parameters = [("code", text), ("lost", lost.as_str())];
            sentences.push(say(language, "note.truncated", &parameters));
        }
        None => {}
    }
    if code.is_capped() {
        sentences.push(say(language, "code.capped", &[]));
    }
    if let Some(owner) = &code.owner {
        sentences.push(say(language, "code.counts_for", &[("owner", owner)]));
    }
    sentences.join(" ")
}

/// The better set of the scanned codes, and what it saves.
pub(crate) fn best_set(language: Language, rules: &Rules, set: &BestSet) -> String {
    let codes: Vec<String> = set.codes.iter().map(ToString::to_string).collect();
    let codes = words::list(language, &codes);
    let gain = rules.money.amount(language, set.gain);
    say(
        language,
        "code.best_set",
        &[("codes", codes.as_str()), ("gain", gain.as_str())],
    )
}

/// What a code of the program gives: "10 % de descuento en nautical".
pub(crate) fn gives(language: Language, rules: &Rules, code: &Code) -> String {
    let mut text = benefit(language, rules, &code.benefit);
    let restrictions = &code.restrictions;
    let places: Vec<String> = restrictions
        .categories
        .iter()
        .chain(&restrictions.partners)
        .take(3)
        .cloned()
        .collect();
    if !places.is_empty() {
        let places = words::list(language, &places);
        let parameters = [("gives", text.as_str()), ("where", places.as_str())];
        text = say(language, "gives.in", &parameters);
    }
    if !code.min_purchase.is_zero() {
        let minimum = rules.money.amount(language, code.min_purchase);
        let parameters = [("gives", text.as_str()), ("minimum", minimum.as_str())];
        text = say(language, "gives.from", &parameters);
    }
    if let Some(maximum) = code.max_discount {
        let maximum = rules.money.amount(language, maximum);
        let parameters = [("gives", text.as_str()), ("maximum", maximum.as_str())];
        text = say(language, "gives.at_most", &parameters);
    }
    text
}

fn benefit(language: Language, rules: &Rules, benefit: &Benefit) -> String {
    match benefit {
        Benefit::Tracking => say(language, "gives.tracking", &[]),
        Benefit::Percent(rate) => {
            let percent = words::percent(language, *rate);
            say(language, "gives.percent", &[("percent", percent.as_str())])
        }
        Benefit::Fixed(amount) => {
            let amount = rules.money.amount(language, *amount);
            say(language, "gives.fixed", &[("amount", amount.as_str())])
        }
        Benefit::SpendTiers(_) => say(language, "gives.spend_tiers", &[]),
        Benefit::FreeProduct { product, units } => {
            let units = units.to_string();
            let parameters = [("units", units.as_str()), ("product", product.as_str())];
            say(language, "gives.free_product", &parameters)
        }
        Benefit::PointsMultiplier(factor) => {
            let factor = words::decimal(language, *factor);
            let parameters = [("factor", factor.as_str())];
            say(language, "gives.points_multiplier", &parameters)
        }
        Benefit::BonusPoints(points) => {
            let points = words::number(language, *points);
            say(
                language,
                "gives.bonus_points",
                &[("points", points.as_str())],
            )
        }
    }
}

/// A factor of the points: "Fin de semana × 1,2". `tier` is the name of the customer's tier.
pub(crate) fn factor(language: Language, factor: &Factor, tier: Option<&str>) -> String {
    let name = match (factor.name.as_str(), tier) {
        ("tier", Some(tier)) => tier.to_owned(),
        (name, _) => {
            let key = format!("factor.{name}");
            if has(language, &key) {
                say(language, &key, &[])
            } else {
                name.to_owned()
            }
        }
    };
    let multiplier = words::decimal(language, factor.multiplier);
    let parameters = [("name", name.as_str()), ("multiplier", multiplier.as_str())];
    say(language, "factor.line", &parameters)
}
