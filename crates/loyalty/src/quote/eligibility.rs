//! Whether a code may be used at all: flat early returns in the order of precedence.

use chrono::{NaiveDateTime, NaiveTime};

use crate::code::{Benefit, Code, Window};
use crate::customer::CustomerFacts;
use crate::money::Amount;
use crate::program::Resolved;
use crate::refusal::Refusal;

use super::Request;
use super::ground::{Ground, Reach};
use super::work::free_lines;

/// Refusals that the basket has no part in: `inactive` to `own_code`.
pub(super) fn refusal_by_person_and_time(
    request: &Request<'_>,
    resolved: &Resolved<'_>,
) -> Option<Refusal> {
    let code = resolved.code;
    if !code.active {
        return Some(Refusal::Inactive);
    }
    let day = request.now.local_day();
    if let Some(from) = code.valid_from.filter(|from| day < *from) {
        return Some(Refusal::NotStarted { from });
    }
    if let Some(until) = code.valid_until.filter(|until| day > *until) {
        return Some(Refusal::Expired { until });
    }
    let restrictions = &code.restrictions;
    let windows = &restrictions.windows;
    if !windows.is_empty()
        && !windows
            .iter()
            .any(|window| is_open(window, request.now.local))
    {
        return Some(Refusal::OutsideHours);
    }
    if !restrictions.stores.is_empty() && !restrictions.stores.contains(&request.place.store) {
        return Some(Refusal::WrongStore);
    }
    let Some(customer) = request.customer else {
        return needs_customer(resolved).then_some(Refusal::CustomerRequired);
    };
    if !restrictions.customers.is_empty() && !restrictions.customers.contains(&customer.id) {
        return Some(Refusal::WrongCustomer);
    }
    if let Some(needs) = tier_missing(request, code, customer) {
        return Some(Refusal::TierTooLow { needs });
    }
    if let Some(badge) = restrictions
        .badge
        .as_ref()
        .filter(|badge| !customer.badges.contains(*badge))
    {
        let badge = badge.clone();
        return Some(Refusal::BadgeRequired { badge });
    }
    if restrictions.first_purchase_only && customer.purchases > 0 {
        return Some(Refusal::NotFirstPurchase);
    }
    if code.owner_customer == Some(customer.id) {
        return Some(Refusal::OwnCode);
    }
    None
}

/// Refusals by basket: `no_eligible_line` and `minimum_not_met`.
pub(super) fn refusal_by_basket(
    ground: &Ground<'_>,
    code: &Code,
    reach: &Reach,
) -> Option<Refusal> {
    if reach.is_empty() || free_product_is_missing(ground, code) {
        return Some(Refusal::NoEligibleLine);
    }
    let minimum = minimum(code);
    if reach.gross < minimum {
        let missing = minimum.saturating_sub(reach.gross);
        return Some(Refusal::MinimumNotMet { missing, minimum });
    }
    None
}

/// Whether a rule of the code or a limit of its parent speaks about the customer, who is then needed.
fn needs_customer(resolved: &Resolved<'_>) -> bool {
    let restrictions = &resolved.code.restrictions;
    let parent = resolved.parent.map(|parent| parent.limits.per_customer);
    restrictions.first_purchase_only
        || resolved.code.limits.per_customer.is_some()
        || parent.flatten().is_some()
        || !restrictions.tiers.is_empty()
        || restrictions.badge.is_some()
        || !restrictions.customers.is_empty()
}

/// The lowest tier that would do, if the customer stands below every tier that the code names. A
/// tier that the program does not know is met only by its own name.
fn tier_missing(request: &Request<'_>, code: &Code, customer: &CustomerFacts) -> Option<String> {
    let wanted = &code.restrictions.tiers;
    if wanted.is_empty()
        || customer
            .tier
            .as_ref()
            .is_some_and(|tier| wanted.contains(tier))
    {
        return None;
    }
    let rank = |slug: &String| request.program.tiers.as_ref()?.rank(slug);
    let lowest = wanted
        .iter()
        .filter(|slug| rank(slug).is_some())
        .min_by_key(|slug| rank(slug));
    let held = customer.tier.as_ref().and_then(rank);
    match (held, lowest.and_then(rank)) {
        (Some(held), Some(needed)) if held >= needed => None,
        _ => lowest.or(wanted.first()).cloned(),
    }
}

/// `from` is inside, `to` is outside. A window that closes at or before it opens runs into the next
/// day and belongs to the weekday on which it opened; one that closes when it opens lasts a day.
fn is_open(window: &Window, local: NaiveDateTime) -> bool {
    let on = |day: chrono::Weekday| window.weekdays.is_empty() || window.weekdays.contains(&day);
    let (today, time): (_, NaiveTime) = (chrono::Datelike::weekday(&local.date()), local.time());
    if window.from < window.to {
        return on(today) && window.from <= time && time < window.to;
    }
    (on(today) && window.from <= time) || (on(today.pred()) && time < window.to)
}

/// The eligible gross needed: the minimum purchase, or the first spend tier if that is more.
fn minimum(code: &Code) -> Amount {
    let first_tier = match &code.benefit {
        Benefit::SpendTiers(tiers) => tiers.iter().map(|tier| tier.from).min(),
        _ => None,
    };
    code.min_purchase.max(first_tier.unwrap_or(Amount::ZERO))
}

fn free_product_is_missing(ground: &Ground<'_>, code: &Code) -> bool {
    match &code.benefit {
        Benefit::FreeProduct { product, .. } => free_lines(ground, product).is_empty(),
        _ => false,
    }
}
