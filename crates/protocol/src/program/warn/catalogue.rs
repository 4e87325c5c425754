//! Restrictions that name what the company does not have.

use std::collections::BTreeSet;

use super::{Catalogue, CodeDocument, Path, Warnings, discounts};
use crate::program::near::nearest;
use crate::row::Product;

pub(super) fn look(
    warnings: &mut Warnings<'_>,
    catalogue: &Catalogue<'_>,
    path: &Path,
    code: &CodeDocument,
) {
    let stores: BTreeSet<&str> = catalogue.stores.iter().map(String::as_str).collect();
    names(
        warnings,
        &path.key("stores"),
        &code.stores,
        ("unknown_store", "store", &stores),
    );
    if catalogue.products.is_empty() {
        return;
    }
    let products = catalogue.products;
    let ids: BTreeSet<&str> = products.iter().map(|product| product.id.as_str()).collect();
    let categories: BTreeSet<&str> = products
        .iter()
        .flat_map(|product| product.categories.iter().map(String::as_str))
        .collect();
    let partners: BTreeSet<&str> = products
        .iter()
        .filter_map(|product| product.partner.as_deref())
        .collect();
    let mut all_known = true;
    for (key, words, known) in [
        (
            "products",
            &code.products,
            ("unknown_product", "product", &ids),
        ),
        (
            "categories",
            &code.categories,
            ("unknown_category", "category", &categories),
        ),
        (
            "partners",
            &code.partners,
            ("unknown_partner", "partner", &partners),
        ),
    ] {
        all_known &= names(warnings, &path.key(key), words, known);
    }
    if let Some(free) = &code.free_product {
        let path = path.key("free_product").key("product");
        name(
            warnings,
            path,
            &free.product,
            ("unknown_product", "product", &ids),
        );
    }
    if all_known && !products.iter().any(|product| is_reached(code, product)) {
        warnings.add(
            "no_eligible_product",
            path.key("text"),
            "no product of the catalogue satisfies all of its restrictions",
            "several of one list: any of them; several lists: all of them",
        );
    }
}

fn is_reached(code: &CodeDocument, product: &Product) -> bool {
    let any =
        |words: &[String], has: &dyn Fn(&String) -> bool| words.is_empty() || words.iter().any(has);
    let is_free = code.free_product.is_some();
    product.active
        && (product.discountable || is_free || !discounts(code))
        && any(&code.products, &|id| product.id == *id)
        && any(&code.categories, &|slug| product.categories.contains(slug))
        && any(&code.partners, &|slug| {
            product.partner.as_ref() == Some(slug)
        })
}

/// The name of the warning, what is looked up, and every one there is.
pub(super) type Known<'a> = (&'static str, &'a str, &'a BTreeSet<&'a str>);

/// Whether every word is known.
pub(super) fn names(
    warnings: &mut Warnings<'_>,
    path: &Path,
    words: &[String],
    known: Known<'_>,
) -> bool {
    let found = warnings.found.len();
    for (index, word) in words.iter().enumerate() {
        name(warnings, path.at(index), word, known);
    }
    warnings.found.len() == found
}

pub(super) fn name(
    warnings: &mut Warnings<'_>,
    path: Path,
    word: &str,
    (name, kind, known): Known<'_>,
) {
    if known.is_empty() || known.contains(word) {
        return;
    }
    let remedy = nearest(word, known.iter().copied()).map_or_else(
        || format!("import the {kind} first, or remove it here"),
        |near| format!("did you mean {near:?}?"),
    );
    warnings.add(
        name,
        path,
        format!("the company has no {kind} {word:?}"),
        &remedy,
    );
}
