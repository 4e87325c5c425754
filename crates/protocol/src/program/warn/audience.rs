//! Codes that no customer can use.

use super::{CodeDocument, Path, Scope, Warnings};

pub(super) fn look(
    warnings: &mut Warnings<'_>,
    scope: &Scope<'_>,
    path: &Path,
    code: &CodeDocument,
) {
    if let Some(owner) = code.owner_customer
        && !code.customers.is_empty()
        && code.customers.iter().all(|customer| *customer == owner)
    {
        warnings.add(
            "nobody_may_use",
            path.key("customers"),
            "only its owner is named, who may not use their own code",
            "name other customers, or remove customers",
        );
    }
    if code.first_purchase_only && !code.customer_tiers.is_empty() {
        first_purchase_tier(warnings, scope, path, code);
    }
}

/// Before the first purchase a customer has earned nothing but the welcome points.
fn first_purchase_tier(
    warnings: &mut Warnings<'_>,
    scope: &Scope<'_>,
    path: &Path,
    code: &CodeDocument,
) {
    let levels = scope.document.tiers.iter().flat_map(|tiers| &tiers.levels);
    let lowest = levels
        .filter(|level| code.customer_tiers.contains(&level.slug))
        .map(|level| level.from_points)
        .min();
    let referral = scope.document.referral.as_ref();
    let welcome = referral.map_or(0, |referral| referral.welcome_points);
    if let Some(lowest) = lowest.filter(|lowest| *lowest > welcome) {
        warnings.add(
            "first_purchase_tier",
            path.key("customer_tiers"),
            format!("nobody has {lowest} points before a first purchase"),
            "remove first_purchase_only or customer_tiers",
        );
    }
}
