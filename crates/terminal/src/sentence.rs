//! Refusals, the better set and factors of points in words.

pub(crate) mod redeem;

use mostrador_loyalty::code::{Benefit, Code, CodeText, Offline};
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::program::Factor;
use mostrador_loyalty::quote::BestSet;
use mostrador_loyalty::refusal::Refusal;
use mostrador_protocol::entry::SalePoints;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::message::{has, say};
use crate::rules::Rules;
use crate::speaker::Speaker;
use crate::view::Language;
use crate::words;

/// What is better than a code that cannot meet the others.
#[derive(Debug, Clone)]
pub(crate) struct Better {
    /// Codes to use instead, as they were scanned.
    pub(crate) codes: Vec<String>,
    /// How much more they take off.
    pub(crate) more: Amount,
    /// Whether they are the codes on the sale, so that nothing is to be done.
    pub(crate) is_applied: bool,
}

/// Why a code did not join, and what to do. `better` is for codes that cannot meet others.
pub(crate) fn refusal(
    speaker: &Speaker<'_>,
    code: &CodeText,
    refusal: &Refusal,
    better: Option<&Better>,
) -> String {
    let known = speaker.code(code);
    let mut more = parameters(speaker, refusal);
    let mut key = format!("refusal.{}", refusal.code());
    if let Some((variant, parameter)) = detail(speaker, known, refusal) {
        key = format!("{key}.{variant}");
        more.push(parameter);
    }
    if let (Refusal::NotStackable { .. }, Some(better)) = (refusal, better) {
        let codes = words::list(speaker.language, &better.codes);
        let compared = match (better.more.is_zero(), better.is_applied) {
            (true, _) => "same",
            (false, true) => "applied",
            (false, false) => "better",
        };
        key = format!("{key}.{compared}");
        more.extend([("best", codes), ("more", speaker.money(better.more))]);
    }
    let code = match refusal {
        Refusal::BadCheckSign { .. } => speaker.printed(code),
        _ => code.to_string(),
    };
    let mut parameters = vec![("code", code.as_str())];
    parameters.extend(more.iter().map(|(name, value)| (*name, value.as_str())));
    speaker.say(&key, &parameters)
}

/// Why a code of `parent` did not join where `there`, another of it, is on the sale.
pub(crate) fn sibling(speaker: &Speaker<'_>, parent: &CodeText, there: &CodeText) -> String {
    let parameters = [("parent", parent.as_str()), ("there", there.as_str())];
    speaker.say("refusal.already_applied.sibling", &parameters)
}

type Parameter = (&'static str, String);

/// The figures that the refusal itself has.
fn parameters(speaker: &Speaker<'_>, refusal: &Refusal) -> Vec<Parameter> {
    let language = speaker.language;
    let number = |value: u64| words::number(language, i64::try_from(value).unwrap_or(i64::MAX));
    match refusal {
        Refusal::NotStarted { from } => vec![("from", words::day(language, *from))],
        Refusal::Expired { until } => vec![("until", words::day(language, *until))],
        Refusal::TierTooLow { needs } => {
            vec![("needs", speaker.rules.tier_name(needs).to_owned())]
        }
        Refusal::BadgeRequired { badge } => {
            vec![("badge", speaker.rules.badge_name(badge).to_owned())]
        }
        Refusal::MinimumNotMet { missing, minimum } => vec![
            ("missing", speaker.money(*missing)),
            ("minimum", speaker.money(*minimum)),
        ],
        Refusal::TotalLimitReached { limit }
        | Refusal::CustomerLimitReached { limit }
        | Refusal::DayLimitReached { limit } => vec![("limit", number(*limit))],
        Refusal::StackLimit { max } => vec![("max", max.to_string())],
        Refusal::NotStackable { with } => vec![("with", with.to_string())],
        _ => Vec::new(),
    }
}

/// What the program knows beyond the refusal: the better sentence, and its parameter.
fn detail(
    speaker: &Speaker<'_>,
    known: Option<&Code>,
    refusal: &Refusal,
) -> Option<(&'static str, Parameter)> {
    match refusal {
        Refusal::BadCheckSign { did_you_mean } => {
            let suggestion = speaker.printed(did_you_mean.as_ref()?);
            Some(("did_you_mean", ("suggestion", suggestion)))
        }
        Refusal::TotalLimitReached { limit: 1 } if known?.limits.total == Some(1) => {
            Some(("used", ("limit", "1".to_owned())))
        }
        Refusal::LeaseRequired { of_customer } => match &known?.offline {
            Offline::HomeStore(store) => Some(("home", ("store", speaker.store(store)))),
            Offline::Approval { most: Some(most) } => {
                Some(("approval_up_to", ("most", speaker.money(*most))))
            }
            Offline::Approval { most: None } => Some(("approval", ("most", String::new()))),
            Offline::Unsaid | Offline::Block => {
                of_customer.then(|| ("customer", ("most", String::new())))
            }
        },
        Refusal::OutsideHours => {
            let windows = &known?.restrictions.windows;
            Some(("when", ("when", speaker.hours(windows))))
        }
        Refusal::WrongStore => {
            let stores = speaker.stores(&known?.restrictions)?;
            Some(("which", ("stores", stores)))
        }
        Refusal::NoEligibleLine => {
            let code = known?;
            if let Benefit::FreeProduct { product, .. } = &code.benefit {
                return Some(("free", ("product", speaker.product(product))));
            }
            let places = speaker.places(&code.restrictions)?;
            Some(("which", ("where", places)))
        }
        _ => None,
    }
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

/// The better set of the scanned codes, and what it saves.
pub(crate) fn best_set(speaker: &Speaker<'_>, set: &BestSet) -> String {
    let codes: Vec<String> = set.codes.iter().map(ToString::to_string).collect();
    let codes = words::list(speaker.language, &codes);
    let gain = speaker.money(set.gain);
    let parameters = [("codes", codes.as_str()), ("gain", gain.as_str())];
    speaker.say("code.best_set", &parameters)
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

/// What a sale's points were made from: "1 punto por cada $ 1.000 de $ 48.000".
pub(crate) fn points_base(language: Language, rules: &Rules, points: &SalePoints) -> String {
    let (per_unit, unit) = points_rate(language, rules, points.per_unit);
    let base = rules.money.say(language, points.base);
    let parameters = [
        ("per_unit", per_unit.as_str()),
        ("unit", unit.as_str()),
        ("base", base.as_str()),
    ];
    say(language, "receipt.points_base", &parameters)
}

/// `1` for each `$ 1.000`, or `2` for each `$ 1`: never a fraction of a point where a whole one can
/// be named.
fn points_rate(language: Language, rules: &Rules, per_unit: Decimal) -> (String, String) {
    let per_major = rules.money.currency.minor_per_major();
    let majors = Decimal::ONE
        .checked_div(per_unit)
        .filter(|majors| *majors > Decimal::ONE && majors.fract().is_zero())
        .and_then(|majors| majors.to_i64());
    let (points, majors) = majors.map_or((per_unit, 1), |majors| (Decimal::ONE, majors));
    let unit = rules
        .money
        .short(language, majors.saturating_mul(per_major));
    (words::decimal(language, points), unit)
}

#[cfg(test)]
mod tests;
