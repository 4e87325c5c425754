//! No bound is ever passed.

use mostrador_loyalty as loyalty;
use proptest::prelude::*;

use crate::cases;
use crate::draw::sale;
use loyalty::basket::Quantity;
use loyalty::code::Benefit;
use loyalty::money::Amount;
use loyalty::rate;

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn no_code_passes_its_maximum(sale in sale()) {
        for code in &sale.quote(&sale.scanned).accepted {
            let rules = sale.program.code(&code.text).expect("an accepted code");
            prop_assert!(code.amount <= rules.max_discount.unwrap_or(Amount::MAX));
        }
    }

    #[test]
    fn no_code_passes_the_rest_of_its_budget_or_its_parents(sale in sale()) {
        for code in &sale.quote(&sale.scanned).accepted {
            for text in [Some(&code.text), code.parent.as_ref()].into_iter().flatten() {
                let limits = sale.program.code(text).expect("an accepted code").limits;
                let used = sale.usage.codes.get(text).copied().unwrap_or_default();
                let Some(budget) = limits.budget else { continue };
                prop_assert!(code.amount <= budget.saturating_sub(used.discount));
            }
        }
    }

    #[test]
    fn no_code_is_used_more_often_than_its_limits_say(sale in sale()) {
        for code in &sale.quote(&sale.scanned).accepted {
            for text in [Some(&code.text), code.parent.as_ref()].into_iter().flatten() {
                let limits = sale.program.code(text).expect("an accepted code").limits;
                let used = sale.usage.codes.get(text).copied().unwrap_or_default();
                prop_assert!(limits.total.is_none_or(|limit| used.total < limit));
                prop_assert!(limits.per_day.is_none_or(|limit| used.today < limit));
                let is_known = sale.customer.is_some();
                let most = limits.per_customer;
                prop_assert!(most.is_none_or(|limit| is_known && used.by_customer < limit));
            }
        }
    }

    #[test]
    fn no_line_goes_below_its_floor(sale in sale()) {
        let quote = sale.quote(&sale.scanned);
        for (line, quoted) in sale.basket.lines.iter().zip(&quote.lines) {
            let floor = rate::price(line.floor, line.quantity).min(quoted.gross);
            prop_assert!(quoted.net >= floor, "{quoted:?} below {floor:?}");
        }
    }

    #[test]
    fn lines_that_are_free_or_not_discountable_take_no_share(sale in sale()) {
        let quote = sale.quote(&sale.scanned);
        for (line, quoted) in sale.basket.lines.iter().zip(&quote.lines) {
            let takes_none = !line.discountable || quoted.gross.is_zero();
            prop_assert!(!takes_none || quoted.discount.is_zero());
        }
    }

    #[test]
    fn a_code_takes_nothing_off_lines_that_it_does_not_name(sale in sale()) {
        for code in &sale.quote(&sale.scanned).accepted {
            let rules = sale.program.code(&code.text).expect("an accepted code");
            let named = &rules.restrictions;
            for (line, share) in sale.basket.lines.iter().zip(&code.shares) {
                if share.is_zero() {
                    continue;
                }
                if let Benefit::FreeProduct { product, .. } = &rules.benefit {
                    prop_assert_eq!(&line.product, product);
                    continue;
                }
                prop_assert!(named.products.is_empty() || named.products.contains(&line.product));
                let mut categories = line.categories.iter();
                prop_assert!(named.categories.is_empty() || categories.any(|one| named.categories.contains(one)));
                let mut partner = line.partner.iter();
                prop_assert!(named.partners.is_empty() || partner.any(|one| named.partners.contains(one)));
            }
        }
    }

    #[test]
    fn the_basket_cap_holds(sale in sale()) {
        let quote = sale.quote(&sale.scanned);
        prop_assert!(quote.discount <= rate::share_floor(quote.gross, sale.program.basket_cap));
        let best = quote.best_set.discount;
        prop_assert!(best <= rate::share_floor(quote.gross, sale.program.basket_cap));
    }

    #[test]
    fn no_more_codes_meet_than_the_program_allows(sale in sale()) {
        let quote = sale.quote(&sale.scanned);
        prop_assert!(quote.accepted.len() <= sale.program.max_codes);
        prop_assert!(quote.best_set.codes.len() <= sale.program.max_codes);
        let meeting = quote.accepted.iter().filter(|code| code.discounts);
        let rules = meeting.map(|code| sale.program.code(&code.text).expect("an accepted code"));
        let rules: Vec<_> = rules.collect();
        prop_assert!(rules.len() <= 1 || rules.iter().all(|code| code.stackable));
    }

    #[test]
    fn quotes_of_the_largest_numbers_do_not_fail(sale in sale(), prices in prop::collection::vec(0..=Amount::MAX.minor(), 8)) {
        let mut huge = sale;
        for (line, price) in huge.basket.lines.iter_mut().zip(prices) {
            line.unit_price = Amount::from_minor(price).unwrap();
            line.quantity = Quantity::new(Quantity::MAX).unwrap();
        }
        let quote = huge.quote(&huge.scanned);
        prop_assert_eq!(quote.total.minor(), quote.lines.iter().map(|line| line.net.minor()).sum::<i64>());
    }
}
