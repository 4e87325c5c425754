//! Minimum, maximum and budget beside what a code takes off.

use super::{CodeDocument, Path, Scope, Warnings, percent};

/// From this share on a code without a maximum gives the basket away.
pub(super) const NEARLY_ALL_BP: u32 = 9_000;

pub(super) fn look(
    warnings: &mut Warnings<'_>,
    scope: &Scope<'_>,
    path: &Path,
    code: &CodeDocument,
) {
    gives_all(warnings, scope, path, code);
    let most = most_it_takes(code);
    maximum(warnings, path, code, most);
    if let (Some(budget), Some(fixed)) = (code.budget, code.fixed)
        && budget < fixed.min(code.max_discount.unwrap_or(fixed))
    {
        warnings.add(
            "budget_below_amount",
            path.key("budget"),
            format!("{budget} is not even enough for one use, which takes {fixed}"),
            "write a budget of several uses",
        );
    }
    minimum(warnings, path, code);
}

/// A share of nearly everything with nothing that bounds it. Codes for named products are let be: what
/// they can cost is what those products cost.
fn gives_all(warnings: &mut Warnings<'_>, scope: &Scope<'_>, path: &Path, code: &CodeDocument) {
    let is_bounded = code.max_discount.is_some()
        || !code.products.is_empty()
        || scope.document.basket_cap_bp < NEARLY_ALL_BP;
    if is_bounded {
        return;
    }
    let remedy = "add max_discount, the most that it takes off one basket";
    if let Some(rate) = code.percent_bp.filter(|rate| *rate >= NEARLY_ALL_BP) {
        let what = format!("takes {} off every basket, however large", percent(rate));
        warnings.add("no_maximum", path.key("percent_bp"), what, remedy);
    }
    for (index, tier) in code.spend_tiers.iter().enumerate() {
        if let Some(rate) = tier.percent_bp.filter(|rate| *rate >= NEARLY_ALL_BP) {
            let path = path.key("spend_tiers").at(index).key("percent_bp");
            let what = format!("takes {} off, however large the basket", percent(rate));
            warnings.add("no_maximum", path, what, remedy);
        }
    }
}

/// The most that amounts written in the code can take; `None` where that depends on the basket.
fn most_it_takes(code: &CodeDocument) -> Option<i64> {
    if code.fixed.is_some() {
        return code.fixed;
    }
    let fixed = code.spend_tiers.iter().map(|tier| tier.fixed);
    fixed.collect::<Option<Vec<i64>>>()?.into_iter().max()
}

fn maximum(warnings: &mut Warnings<'_>, path: &Path, code: &CodeDocument, most: Option<i64>) {
    let Some(max) = code.max_discount else {
        return;
    };
    if let Some(most) = most.filter(|most| *most <= max) {
        warnings.add(
            "maximum_without_effect",
            path.key("max_discount"),
            format!("the code never takes more than {most} anyway"),
            "remove it, or write a lower one",
        );
    } else if let Some(budget) = code.budget.filter(|budget| *budget < max) {
        warnings.add(
            "maximum_without_effect",
            path.key("max_discount"),
            format!("the budget of all uses together, {budget}, ends before it"),
            "write a maximum below the budget",
        );
    }
}

fn minimum(warnings: &mut Warnings<'_>, path: &Path, code: &CodeDocument) {
    let minimum = code.min_purchase;
    if minimum == 0 {
        return;
    }
    if let Some(first) = code
        .spend_tiers
        .first()
        .filter(|first| first.from >= minimum)
    {
        warnings.add(
            "minimum_without_effect",
            path.key("min_purchase"),
            format!("the first spend tier needs {} anyway", first.from),
            "remove it",
        );
    }
    let takes = code
        .fixed
        .map(|fixed| fixed.min(code.max_discount.unwrap_or(fixed)));
    if let Some(takes) = takes.filter(|takes| *takes >= minimum) {
        warnings.add(
            "minimum_given_back",
            path.key("min_purchase"),
            format!("a basket that reaches {minimum} gets {takes} off and costs nothing"),
            "write a minimum above what the code takes off",
        );
    }
}
