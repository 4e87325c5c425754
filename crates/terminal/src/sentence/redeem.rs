//! Why points cannot be spent, in words.

use mostrador_loyalty::redeem::RedeemRefusal;

use crate::message::say;
use crate::rules::Rules;
use crate::view::Language;
use crate::words;

/// What happened and what to do, with the stable code at the end.
pub(crate) fn refusal(language: Language, rules: &Rules, refusal: &RedeemRefusal) -> String {
    said(
        language,
        rules,
        &format!("redeem.{}", refusal.code()),
        refusal,
    )
}

/// The same of a reward, where there is nothing to type.
pub(crate) fn of_reward(language: Language, rules: &Rules, refusal: &RedeemRefusal) -> String {
    let key = match refusal {
        RedeemRefusal::NotEnoughPoints { .. } => "redeem.not_enough_points.reward".to_owned(),
        refusal => format!("redeem.{}", refusal.code()),
    };
    said(language, rules, &key, refusal)
}

/// The same of whatever points could pay: fewer than may be spent at once are there.
pub(crate) fn of_all(language: Language, rules: &Rules, refusal: &RedeemRefusal) -> String {
    let key = match refusal {
        RedeemRefusal::NotEnoughPoints { .. } => "redeem.not_enough_points.all".to_owned(),
        RedeemRefusal::PointsBelowMinimum { .. } => "redeem.points_below_minimum.all".to_owned(),
        refusal => format!("redeem.{}", refusal.code()),
    };
    said(language, rules, &key, refusal)
}

/// The same in a few words, for a row that cannot be used: "faltan 340 puntos".
pub(crate) fn in_short(language: Language, rules: &Rules, refusal: &RedeemRefusal) -> String {
    said(
        language,
        rules,
        &format!("redeem.short.{}", refusal.code()),
        refusal,
    )
}

fn said(language: Language, rules: &Rules, key: &str, refusal: &RedeemRefusal) -> String {
    let number = |value: i64| words::number(language, value);
    let parameters: Vec<(&str, String)> = match refusal {
        RedeemRefusal::PointsCannotPay
        | RedeemRefusal::RewardUnknown
        | RedeemRefusal::RewardOutOfStock => Vec::new(),
        RedeemRefusal::RewardExpired { until } => vec![("until", words::day(language, *until))],
        RedeemRefusal::TierTooLow { needs } => vec![("needs", rules.tier_name(needs).to_owned())],
        RedeemRefusal::RewardLimitReached { limit } => {
            vec![("limit", number(i64::try_from(*limit).unwrap_or(i64::MAX)))]
        }
        RedeemRefusal::PointsBelowMinimum { minimum } => vec![("minimum", number(*minimum))],
        RedeemRefusal::NotEnoughPoints { available, missing } => vec![
            ("available", number(*available)),
            ("missing", number(*missing)),
        ],
        RedeemRefusal::PointsWithheld { most } | RedeemRefusal::PointsAboveTotal { most } => {
            vec![("most", number(*most))]
        }
    };
    let parameters: Vec<(&str, &str)> = parameters
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    say(language, key, &parameters)
}
