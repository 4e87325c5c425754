//! Rewards that nobody can have, or whose limits never bite.

use std::collections::BTreeSet;

use super::catalogue::{name, names};
use super::limit::is_reached;
use super::{Path, Scope, Warnings};

pub(super) fn look(warnings: &mut Warnings<'_>, scope: &Scope<'_>) {
    let list = Path::default().key("rewards");
    let minimum = scope
        .document
        .points
        .as_ref()
        .map_or(0, |points| points.minimum_redeem);
    for (index, reward) in scope.document.rewards.iter().enumerate() {
        let path = list.at(index);
        if reward.points < minimum {
            warnings.add(
                "reward_below_minimum",
                path.key("points"),
                format!(
                    "costs {} points, and fewer than {minimum} cannot be spent",
                    reward.points
                ),
                "write a price of at least points.minimum_redeem",
            );
        }
        if let (Some(limit), Some(stock)) = (reward.per_customer_limit, reward.stock) {
            is_reached(
                warnings,
                path.key("per_customer_limit"),
                limit,
                ("stock", stock),
            );
        }
        let Some(catalogue) = &scope.catalogue else {
            continue;
        };
        if catalogue.products.is_empty() {
            continue;
        }
        let products = catalogue.products.iter();
        let ids: BTreeSet<&str> = products.map(|product| product.id.as_str()).collect();
        let categories: BTreeSet<&str> = catalogue
            .products
            .iter()
            .flat_map(|product| product.categories.iter().map(String::as_str))
            .collect();
        let unknown = ("unknown_product", "product", &ids);
        names(warnings, &path.key("products"), &reward.products, unknown);
        let of = ("unknown_category", "category", &categories);
        names(warnings, &path.key("categories"), &reward.categories, of);
        if let Some(free) = &reward.free_product {
            let path = path.key("free_product").key("product");
            name(warnings, path, &free.product, unknown);
        }
    }
}
