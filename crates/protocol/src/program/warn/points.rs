//! Points that nobody earns or can spend, and factors that look like a slip of the pen.

use rust_decimal::Decimal;

use super::{Path, Scope, Warnings};
use crate::program::BasisDocument;

/// A larger factor is rather a percent or a missing decimal point.
const MOST_FACTOR: u32 = 10;

pub(super) fn look(warnings: &mut Warnings<'_>, scope: &Scope<'_>) {
    let root = Path::default();
    for (path, code) in scope.living_codes() {
        if let Some(multiplier) = code.points_multiplier {
            factor(warnings, path.key("points_multiplier"), multiplier);
        }
    }
    let Some(points) = &scope.document.points else {
        without_points(warnings, scope, &root);
        return;
    };
    let path = root.key("points");
    for (key, multiplier) in [
        ("first_purchase", points.first_purchase),
        ("weekend", points.weekend),
    ] {
        if let Some(multiplier) = multiplier {
            factor(warnings, path.key(key), multiplier);
        }
    }
    for (index, campaign) in points.campaigns.iter().enumerate() {
        factor(
            warnings,
            path.key("campaigns").at(index).key("multiplier"),
            campaign.multiplier,
        );
    }
    let document = scope.document;
    if points.point_value == 0 && document.rewards.is_empty() && document.tiers.is_none() {
        warnings.add(
            "points_without_use",
            path.key("point_value"),
            "points can neither pay nor buy a reward nor reach a tier",
            "add point_value, [[rewards]] or [tiers]",
        );
    }
    if let Some(referral) = &document.referral
        && referral.bonus_points == 0
        && referral.welcome_points == 0
    {
        warnings.add(
            "referral_without_effect",
            root.key("referral").key("bonus_points"),
            "bringing a customer gives nothing to either of the two",
            "write points for one of them, or remove [referral]",
        );
    }
}

/// Whatever gives or needs points in a program that has none.
fn without_points(warnings: &mut Warnings<'_>, scope: &Scope<'_>, root: &Path) {
    let remedy = "add [points] with per_unit, or remove it";
    let what = "the program has no [points]: nobody earns any";
    for (path, code) in scope.living_codes() {
        for (key, is_set) in [
            ("points_multiplier", code.points_multiplier.is_some()),
            ("bonus_points", code.bonus_points.is_some()),
        ] {
            if is_set {
                warnings.add("no_points", path.key(key), what, remedy);
            }
        }
    }
    let document = scope.document;
    if document
        .tiers
        .as_ref()
        .is_some_and(|tiers| tiers.basis == BasisDocument::Points && tiers.levels.len() > 1)
    {
        let path = root.key("tiers").key("levels").at(1).key("from_points");
        warnings.add("no_points", path, what, remedy);
    }
    if !document.rewards.is_empty() {
        warnings.add(
            "no_points",
            root.key("rewards").at(0).key("points"),
            what,
            remedy,
        );
    }
    if document.referral.is_some() {
        warnings.add(
            "no_points",
            root.key("referral").key("bonus_points"),
            what,
            remedy,
        );
    }
}

fn factor(warnings: &mut Warnings<'_>, path: Path, multiplier: Decimal) {
    if multiplier == Decimal::ONE {
        let what = "multiplies by 1, which changes nothing";
        warnings.add(
            "multiplier_without_effect",
            path,
            what,
            "write a higher one, or remove it",
        );
    } else {
        odd_factor(warnings, path, multiplier);
    }
}

/// A factor that takes points away, or gives very many.
pub(super) fn odd_factor(warnings: &mut Warnings<'_>, path: Path, multiplier: Decimal) {
    if multiplier < Decimal::ONE {
        warnings.add(
            "multiplier_below_one",
            path,
            format!("{multiplier} takes points away"),
            "write the whole factor: \"1.2\" is 20 % more",
        );
    } else if multiplier > Decimal::from(MOST_FACTOR) {
        warnings.add(
            "multiplier_above_ten",
            path,
            format!("{multiplier} gives {multiplier} times the points"),
            "write a factor, not a percent: \"1.2\" is 20 % more",
        );
    }
}
