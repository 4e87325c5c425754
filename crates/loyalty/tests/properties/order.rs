//! Scan order decides who joins, never the amounts; and the best set is the best.

use std::cmp::Reverse;

use mostrador_loyalty as loyalty;
use proptest::prelude::*;

use crate::cases;
use crate::draw::{Sale, sale, sale_of};
use loyalty::code::CodeText;
use loyalty::quote::Quote;

/// The accepted codes as they were scanned, in the order in which they were.
fn accepted_scans(sale: &Sale, quote: &Quote) -> Vec<CodeText> {
    let mut texts: Vec<CodeText> = quote
        .accepted
        .iter()
        .map(|code| code.scanned().clone())
        .collect();
    texts.sort_by_key(|text| sale.scanned.iter().position(|scanned| scanned == text));
    texts
}

/// A sale, and its accepted codes in another order.
fn reordered() -> impl Strategy<Value = (Sale, Vec<CodeText>)> {
    sale().prop_flat_map(|sale| {
        let accepted = accepted_scans(&sale, &sale.quote(&sale.scanned));
        (Just(sale), Just(accepted).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn the_order_of_the_accepted_codes_changes_nothing((sale, order) in reordered()) {
        let (one, other) = (sale.quote(&sale.scanned), sale.quote(&order));
        prop_assert_eq!(&one.lines, &other.lines);
        prop_assert_eq!(&one.accepted, &other.accepted);
        prop_assert_eq!(&one.points, &other.points);
        prop_assert_eq!(one.total, other.total);
    }

    #[test]
    fn a_set_that_is_accepted_whole_has_one_quote_in_any_order((sale, order) in reordered()) {
        let scanned = accepted_scans(&sale, &sale.quote(&sale.scanned));
        let (one, other) = (sale.quote(&scanned), sale.quote(&order));
        prop_assert_eq!(&one.refused, &[]);
        prop_assert_eq!(one, other);
    }

    #[test]
    fn one_more_scanned_code_never_lowers_the_best(sale in sale()) {
        let mut best = 0;
        for count in 0..=sale.scanned.len() {
            let quote = sale.quote(&sale.scanned[..count]);
            prop_assert!(quote.best_set.discount.minor() >= best);
            best = quote.best_set.discount.minor();
        }
    }

    #[test]
    fn the_best_set_does_not_depend_on_the_order_of_scanning(
        (sale, order) in sale().prop_flat_map(|sale| {
            let scanned = sale.scanned.clone();
            (Just(sale), Just(scanned).prop_shuffle())
        })
    ) {
        let (one, other) = (sale.quote(&sale.scanned).best_set, sale.quote(&order).best_set);
        prop_assert_eq!((one.codes, one.discount, one.total), (other.codes, other.discount, other.total));
    }

    #[test]
    fn a_trial_is_the_quote_without_its_best_set(sale in sale()) {
        let (quote, trial) = (sale.quote(&sale.scanned), sale.trial(&sale.scanned));
        prop_assert_eq!((quote.discount, quote.refused), (trial.discount, trial.refused));
    }

    #[test]
    fn the_best_set_costs_no_more_than_the_accepted_codes(sale in sale()) {
        let quote = sale.quote(&sale.scanned);
        prop_assert!(quote.best_set.total <= quote.total);
        prop_assert_eq!(quote.best_set.gain.minor(), quote.total.minor() - quote.best_set.total.minor());
    }

    #[test]
    fn the_best_set_gives_what_it_promises(sale in sale()) {
        let best = sale.quote(&sale.scanned).best_set;
        let taken = sale.quote(&best.codes);
        prop_assert_eq!(taken.discount, best.discount);
        prop_assert_eq!(taken.total, best.total);
        prop_assert_eq!(taken.refused.len(), 0);
    }

    #[test]
    fn the_best_set_is_the_best_of_all_subsets(sale in sale_of(1..8)) {
        let best = sale.quote(&sale.scanned).best_set;
        let texts = competitors(&sale);
        let found = (0..1_u32 << texts.len())
            .map(|bits| -> Vec<CodeText> {
                let chosen = (0..).zip(&texts).filter(|(index, _)| bits >> index & 1 == 1);
                chosen.map(|(_, text)| text.clone()).collect()
            })
            .map(|subset| (sale.quote(&subset), subset))
            .filter(|(quote, _)| quote.refused.is_empty())
            .map(|(quote, subset)| (Reverse(quote.discount), subset.len(), subset))
            .min()
            .unwrap();
        prop_assert_eq!((found.0.0, found.2), (best.discount, best.codes));
    }
}

/// The scanned codes that take money off and are accepted alone, ascending.
fn competitors(sale: &Sale) -> Vec<CodeText> {
    let takes_money_off = |text: &&CodeText| {
        let code = sale.resolve(text);
        code.is_some_and(|code| code.code.benefit.discounts())
    };
    let is_accepted = |text: &&CodeText| sale.quote(std::slice::from_ref(*text)).refused.is_empty();
    let texts = sale.scanned.iter().filter(takes_money_off);
    let mut texts: Vec<CodeText> = texts.filter(is_accepted).cloned().collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}
