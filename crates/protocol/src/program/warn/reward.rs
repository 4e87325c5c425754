//! Rewards that nobody can have, or whose limits never bite.

use std::collections::BTreeSet;

use super::limit::is_reached;
use super::{Path, Scope, Warnings};
use crate::program::near::nearest;

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
        let ids: BTreeSet<&str> = catalogue
            .products
            .iter()
            .map(|product| product.id.as_str())
            .collect();
        if let Some(free) = &reward.free_product
            && !ids.is_empty()
            && !ids.contains(free.product.as_str())
        {
            let remedy = nearest(&free.product, ids).map_or_else(
                || "import the product first".to_owned(),
                |near| format!("did you mean {near:?}?"),
            );
            let path = path.key("free_product").key("product");
            let what = format!("the company has no product {:?}", free.product);
            warnings.add("unknown_product", path, what, &remedy);
        }
    }
}
