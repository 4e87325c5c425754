//! Experiments that can show nothing.

use rust_decimal::Decimal;

use super::amount::NEARLY_ALL_BP;
use super::{CodeDocument, Path, Scope, Warnings, percent};
use crate::program::{FreeProductDocument, SpendTierDocument, VariantDocument};

pub(super) fn look(
    warnings: &mut Warnings<'_>,
    scope: &Scope<'_>,
    path: &Path,
    code: &CodeDocument,
) {
    let list = path.key("variants");
    let active = || {
        let all = code.variants.iter().enumerate();
        all.filter(|(_, variant)| variant.active)
    };
    if active().count() == 1 {
        warnings.add(
            "single_variant",
            list.clone(),
            "only one of them is active: everybody gets it and there is nothing to compare",
            "add another one; a control needs a text only",
        );
    }
    let all: u64 = active().map(|(_, variant)| u64::from(variant.weight)).sum();
    for (index, variant) in active() {
        let path = list.at(index);
        if u64::from(variant.weight) * 100 < all {
            warnings.add(
                "variant_starves",
                path.key("weight"),
                format!(
                    "{} of {all} is less than 1 % of the customers",
                    variant.weight
                ),
                "write a higher weight, or pause the variant",
            );
        }
        let same = active()
            .find(|(other, them)| *other < index && gives(code, them) == gives(code, variant));
        if let Some((_, same)) = same {
            warnings.add(
                "variants_the_same",
                path.key("text"),
                format!("{} gives what {} gives", variant.text, same.text),
                "let one of them give something else, or remove it",
            );
        }
        let max = variant.max_discount.or(code.max_discount);
        let is_bounded = max.is_some()
            || !code.products.is_empty()
            || scope.document.basket_cap_bp < NEARLY_ALL_BP;
        if let Some(rate) = variant
            .percent_bp
            .filter(|rate| *rate >= NEARLY_ALL_BP && !is_bounded)
        {
            warnings.add(
                "no_maximum",
                path.key("percent_bp"),
                format!("takes {} off every basket, however large", percent(rate)),
                "add max_discount, the most that it takes off one basket",
            );
        }
    }
}

/// What a variant comes to with what it leaves to its parent.
#[derive(Debug, PartialEq, Eq)]
struct Gives<'a> {
    percent_bp: Option<u32>,
    fixed: Option<i64>,
    spend_tiers: &'a [SpendTierDocument],
    free_product: Option<&'a FreeProductDocument>,
    points_multiplier: Option<Decimal>,
    bonus_points: Option<i64>,
    min_purchase: i64,
    max_discount: Option<i64>,
    limits: [Option<u64>; 3],
    budget: Option<i64>,
}

fn gives<'a>(code: &'a CodeDocument, variant: &'a VariantDocument) -> Gives<'a> {
    let own = Gives {
        percent_bp: variant.percent_bp,
        fixed: variant.fixed,
        spend_tiers: &variant.spend_tiers,
        free_product: variant.free_product.as_ref(),
        points_multiplier: variant.points_multiplier,
        bonus_points: variant.bonus_points,
        min_purchase: variant.min_purchase.unwrap_or(code.min_purchase),
        max_discount: variant.max_discount.or(code.max_discount),
        limits: [
            variant.total_limit,
            variant.per_customer_limit,
            variant.per_day_limit,
        ],
        budget: variant.budget,
    };
    if variant.tracking || has_benefit(variant) {
        return own;
    }
    Gives {
        percent_bp: code.percent_bp,
        fixed: code.fixed,
        spend_tiers: &code.spend_tiers,
        free_product: code.free_product.as_ref(),
        points_multiplier: code.points_multiplier,
        bonus_points: code.bonus_points,
        ..own
    }
}

fn has_benefit(variant: &VariantDocument) -> bool {
    takes_money_off(variant)
        || variant.points_multiplier.is_some()
        || variant.bonus_points.is_some()
}

/// Whether the variant has a benefit of its own that takes money off.
pub(super) fn takes_money_off(variant: &VariantDocument) -> bool {
    variant.percent_bp.is_some()
        || variant.fixed.is_some()
        || !variant.spend_tiers.is_empty()
        || variant.free_product.is_some()
}
