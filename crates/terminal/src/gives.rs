//! What a code of the program gives, in words: "10 % de descuento en náutica".

use mostrador_loyalty::code::{Benefit, Code, CodeKind, SpendTier, SpendTierBenefit};
use mostrador_loyalty::money::Amount;

use crate::speaker::Speaker;
use crate::words;

/// The benefit with where it applies, from what amount, and up to what.
pub(crate) fn gives(speaker: &Speaker<'_>, code: &Code) -> String {
    let mut text = match (code.kind, &code.benefit) {
        (CodeKind::Reward, Benefit::Tracking) => speaker.say("gives.handed_over", &[]),
        (_, given) => benefit(speaker, given),
    };
    if let Some(places) = speaker.places(&code.restrictions) {
        let parameters = [("gives", text.as_str()), ("where", places.as_str())];
        text = speaker.say("gives.in", &parameters);
    }
    if !code.min_purchase.is_zero() {
        text = from(speaker, &text, code.min_purchase);
    }
    if let Some(maximum) = code.max_discount {
        let maximum = speaker.money(maximum);
        let parameters = [("gives", text.as_str()), ("maximum", maximum.as_str())];
        text = speaker.say("gives.at_most", &parameters);
    }
    text
}

/// The same of a reward with this name: something that is handed over is called by it.
pub(crate) fn reward_gives(speaker: &Speaker<'_>, code: &Code, name: Option<&str>) -> String {
    let is_handed_over = code.kind == CodeKind::Reward && code.benefit == Benefit::Tracking;
    match name.filter(|_| is_handed_over) {
        Some(name) => name.to_owned(),
        None => gives(speaker, code),
    }
}

fn from(speaker: &Speaker<'_>, gives: &str, minimum: Amount) -> String {
    let minimum = speaker.money(minimum);
    let parameters = [("gives", gives), ("minimum", minimum.as_str())];
    speaker.say("gives.from", &parameters)
}

fn benefit(speaker: &Speaker<'_>, benefit: &Benefit) -> String {
    let language = speaker.language;
    match benefit {
        Benefit::Tracking => speaker.say("gives.tracking", &[]),
        Benefit::Percent(rate) => {
            let percent = words::percent(language, *rate);
            speaker.say("gives.percent", &[("percent", percent.as_str())])
        }
        Benefit::Fixed(amount) => {
            let amount = speaker.money(*amount);
            speaker.say("gives.fixed", &[("amount", amount.as_str())])
        }
        Benefit::SpendTiers(steps) => {
            let say = |tier: &SpendTier| from(speaker, &step(speaker, tier.gives), tier.from);
            let mut steps = steps.clone();
            steps.sort_unstable_by_key(|step| step.from);
            let steps: Vec<String> = steps.iter().map(say).collect();
            words::list(language, &steps)
        }
        Benefit::FreeProduct { product, units } => {
            let (units, product) = (units.to_string(), speaker.product(product));
            let parameters = [("units", units.as_str()), ("product", product.as_str())];
            speaker.say("gives.free_product", &parameters)
        }
        Benefit::PointsMultiplier(factor) => {
            let factor = words::decimal(language, *factor);
            speaker.say("gives.points_multiplier", &[("factor", factor.as_str())])
        }
        Benefit::BonusPoints(points) => {
            let points = words::number(language, *points);
            speaker.say("gives.bonus_points", &[("points", points.as_str())])
        }
    }
}

/// What a step of spend tiers gives: `10 %` or `$ 20.000`.
pub(crate) fn step(speaker: &Speaker<'_>, gives: SpendTierBenefit) -> String {
    match gives {
        SpendTierBenefit::Percent(rate) => words::percent(speaker.language, rate),
        SpendTierBenefit::Fixed(amount) => speaker.money(amount),
    }
}
