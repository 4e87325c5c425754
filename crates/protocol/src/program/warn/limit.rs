//! Limits that another limit reaches first, and words about limits that are not there.

use super::{CodeDocument, Path, Warnings};

pub(super) fn look(warnings: &mut Warnings<'_>, path: &Path, code: &CodeDocument) {
    let limits = [
        ("per_customer_limit", code.per_customer_limit),
        ("per_day_limit", code.per_day_limit),
    ];
    for (key, limit) in limits {
        if let (Some(limit), Some(total)) = (limit, code.total_limit) {
            is_reached(warnings, path.key(key), limit, ("total_limit", total));
        }
    }
    let shared = [code.total_limit.is_some(), code.budget.is_some()];
    let of_series = code.series.is_some();
    let of_variants = code.variants.iter();
    let mut of_variants = of_variants.map(|it| it.total_limit.is_some() || it.budget.is_some());
    let of_each = code.per_customer_limit.is_some() || code.first_purchase_only;
    let is_shared_out = shared.contains(&true) || of_series || of_each || of_variants.any(|is| is);
    if code.offline.is_some() && !is_shared_out {
        warnings.add(
            "limit_without_effect",
            path.key("offline"),
            "is about limits that tills cannot count alone, and the code has none".to_owned(),
            "remove it, or write a limit",
        );
    }
    if let Some(limit) = code.per_customer_limit.filter(|limit| *limit > 1)
        && code.first_purchase_only
    {
        warnings.add(
            "limit_without_effect",
            path.key("per_customer_limit"),
            format!("{limit} uses are never reached: a customer has one first purchase"),
            "remove it",
        );
    }
}

/// Warns when `total` of everybody (or of the whole stock) comes before `limit`.
pub(super) fn is_reached(
    warnings: &mut Warnings<'_>,
    path: Path,
    limit: u64,
    (key, total): (&str, u64),
) {
    if limit > total {
        warnings.add(
            "limit_without_effect",
            path,
            format!("{limit} is more than {key}, {total}, which is reached first"),
            "write a lower one, or remove it",
        );
    }
}
