//! Codes that may meet in words only, and codes that give everything when they meet.

use super::{CodeDocument, Path, Scope, Warnings, discounts, percent};
use crate::program::StackingDocument;

pub(super) fn look(warnings: &mut Warnings<'_>, scope: &Scope<'_>) {
    let root = Path::default();
    let document = scope.document;
    let codes: Vec<(Path, &CodeDocument)> = scope
        .living_codes()
        .filter(|(_, code)| discounts(code))
        .collect();
    let has_tier_discount = document
        .tiers
        .iter()
        .flat_map(|tiers| &tiers.levels)
        .any(|tier| tier.discount_bp > 0);
    if document.basket_cap_bp == 0 && (has_tier_discount || !codes.is_empty()) {
        warnings.add(
            "cap_zero",
            root.key("basket_cap_bp"),
            "0 lets no code and no tier take anything off",
            "write 10000 for no cap",
        );
        return;
    }
    if document.max_codes == 0 && !document.codes.is_empty() {
        warnings.add(
            "codes_not_allowed",
            root.key("max_codes"),
            "0 refuses every code",
            "write how many codes one basket may have",
        );
        return;
    }
    let stackable: Vec<&(Path, &CodeDocument)> =
        codes.iter().filter(|(_, code)| code.stackable).collect();
    if document.max_codes == 1 && !stackable.is_empty() {
        warnings.add(
            "stackable_without_effect",
            root.key("max_codes"),
            format!(
                "1 keeps {} stackable codes from ever meeting another",
                stackable.len()
            ),
            "write how many codes one basket may have, or remove stackable",
        );
        return;
    }
    alone(warnings, &codes, &stackable);
    together(warnings, scope, &stackable);
}

/// A code that may meet others while every other one meets nobody.
fn alone(
    warnings: &mut Warnings<'_>,
    codes: &[(Path, &CodeDocument)],
    stackable: &[&(Path, &CodeDocument)],
) {
    if codes.len() < 2 {
        return;
    }
    // Most codes have no days, so that a partner is found at the first look.
    for (path, code) in stackable {
        let is_partner =
            |other: &&&(Path, &CodeDocument)| other.0 != *path && may_meet(code, other.1);
        if !stackable.iter().any(|other| is_partner(&other)) {
            warnings.add(
                "stackable_alone",
                path.key("stackable"),
                format!(
                    "{} finds no code to meet: no other stackable code takes money off in its time",
                    code.text
                ),
                "make the codes that it should meet stackable too, or remove it here",
            );
        }
    }
}

/// Whether there is a day on which both are valid.
fn may_meet(one: &CodeDocument, other: &CodeDocument) -> bool {
    let starts_in_time =
        |from: &CodeDocument, until: &CodeDocument| match (from.valid_from, until.valid_until) {
            (Some(from), Some(until)) => from <= until,
            _ => true,
        };
    starts_in_time(one, other) && starts_in_time(other, one)
}

/// The highest percents that work on every line, by anybody at any time, add up to everything.
fn together(warnings: &mut Warnings<'_>, scope: &Scope<'_>, stackable: &[&(Path, &CodeDocument)]) {
    let document = scope.document;
    if document.stacking == StackingDocument::Compounding || document.basket_cap_bp < 10_000 {
        return;
    }
    let mut rates: Vec<(u32, &Path)> = stackable
        .iter()
        .filter(|(_, code)| is_for_everything(code))
        .filter_map(|(path, code)| Some((code.percent_bp?, path)))
        .collect();
    rates.sort_by_key(|(rate, _)| std::cmp::Reverse(*rate));
    rates.truncate(usize::try_from(document.max_codes).unwrap_or(usize::MAX));
    let sum = rates
        .iter()
        .fold(0_u32, |sum, (rate, _)| sum.saturating_add(*rate));
    if let [(_, first), _, ..] = rates.as_slice()
        && sum >= 10_000
    {
        warnings.add(
            "stack_gives_all",
            first.key("percent_bp"),
            format!(
                "the {} highest stackable percents take {} off together",
                rates.len(),
                percent(sum)
            ),
            "write a basket_cap_bp below 10000, a lower max_codes, or max_discount on them",
        );
    }
}

fn is_for_everything(code: &CodeDocument) -> bool {
    code.max_discount.is_none()
        && code.products.is_empty()
        && code.categories.is_empty()
        && code.partners.is_empty()
        && code.stores.is_empty()
        && code.customers.is_empty()
        && code.windows.is_empty()
        && code.valid_from.is_none()
        && code.valid_until.is_none()
}
