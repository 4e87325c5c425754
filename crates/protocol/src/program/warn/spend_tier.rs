//! Spend tiers that never decide, or give less than the one before.

use super::{CodeDocument, Path, Warnings};
use crate::program::SpendTierDocument;

pub(super) fn look(warnings: &mut Warnings<'_>, path: &Path, code: &CodeDocument) {
    let tiers = &code.spend_tiers;
    for (index, pair) in tiers.windows(2).enumerate() {
        let [before, tier] = pair else { continue };
        let list = path.key("spend_tiers");
        if tier.from <= code.min_purchase {
            warnings.add(
                "spend_tier_without_effect",
                list.at(index),
                format!(
                    "never decides: min_purchase {} is in the next one",
                    code.min_purchase
                ),
                "remove it, or write a lower min_purchase",
            );
            continue;
        }
        compare(
            warnings,
            &list.at(index + 1),
            (before, tier),
            code.max_discount,
        );
    }
}

/// Both take their amounts off a basket that just reaches the later one.
fn compare(
    warnings: &mut Warnings<'_>,
    path: &Path,
    (before, tier): (&SpendTierDocument, &SpendTierDocument),
    max_discount: Option<i64>,
) {
    let (less, more) = (takes(before, tier.from), takes(tier, tier.from));
    let is_capped = max_discount.is_some_and(|max| less >= i128::from(max));
    if is_capped && more >= less {
        warnings.add(
            "spend_tier_without_effect",
            path.key("from"),
            "the tier before has reached max_discount here already",
            "write a higher max_discount, or remove the tier",
        );
    } else if more < less {
        warnings.add(
            "spend_tier_gives_less",
            path.key("from"),
            format!(
                "from {} on it takes {more} off, the tier before takes {less}",
                tier.from
            ),
            "give more to those who buy more",
        );
    } else if (before.percent_bp, before.fixed) == (tier.percent_bp, tier.fixed) {
        warnings.add(
            "spend_tier_without_effect",
            path.key("from"),
            "gives what the tier before gives",
            "give more to those who buy more, or remove the tier",
        );
    }
}

/// Minor units off a basket of `gross`, to compare with each other: rounded down.
fn takes(tier: &SpendTierDocument, gross: i64) -> i128 {
    match (tier.percent_bp, tier.fixed) {
        (Some(rate), _) => i128::from(gross) * i128::from(rate) / 10_000,
        (None, fixed) => i128::from(fixed.unwrap_or(0)),
    }
}
