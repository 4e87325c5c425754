//! Codes that give nothing, or have keys that need another benefit.

use super::{CodeDocument, Path, Warnings, discounts};
use crate::program::CodeKindDocument;

pub(super) fn look(warnings: &mut Warnings<'_>, path: &Path, code: &CodeDocument) {
    let takes_money_off = discounts(code);
    let gives = takes_money_off || code.points_multiplier.is_some() || code.bonus_points.is_some();
    let has_owner = code.owner.is_some() || code.owner_customer.is_some();
    if !gives && !has_owner && code.variants.is_empty() {
        warnings.add(
            "gives_nothing",
            path.key("text"),
            format!("{} gives nothing and counts its uses for nobody", code.text),
            "add percent_bp, fixed or another benefit, or the owner whose uses it counts",
        );
    } else if code.kind == CodeKindDocument::Referral && !has_owner {
        warnings.add(
            "referral_without_owner",
            path.key("kind"),
            "a referral code that belongs to nobody",
            "add owner or owner_customer, or make it a coupon",
        );
    }
    if takes_money_off {
        return;
    }
    let idle = [
        (
            "stackable",
            code.stackable,
            "codes that take nothing off meet every code anyway",
        ),
        (
            "max_discount",
            code.max_discount.is_some(),
            "the code takes nothing off",
        ),
        (
            "budget",
            code.budget.is_some(),
            "the code takes nothing off",
        ),
    ];
    for (key, is_set, why) in idle {
        if is_set {
            warnings.add(
                "key_without_effect",
                path.key(key),
                format!("changes nothing: {why}"),
                "remove it, or add the benefit that it is about",
            );
        }
    }
}
