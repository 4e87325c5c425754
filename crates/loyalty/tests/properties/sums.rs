//! Every figure of a quote is the sum of its parts.

use mostrador_loyalty as loyalty;
use proptest::prelude::*;

use crate::draw::sale;
use crate::{cases, sum};
use loyalty::code::CodeText;
use loyalty::money::Amount;
use loyalty::rate;
use loyalty::refusal::Note;

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn the_shares_of_a_code_are_its_amount(sale in sale()) {
        let quote = sale.quote(&sale.scanned);
        for code in &quote.accepted {
            prop_assert_eq!(code.shares.len(), sale.basket.lines.len());
            prop_assert_eq!(sum(&code.shares), code.amount.minor());
        }
        if let Some(tier) = &quote.tier_discount {
            prop_assert_eq!(sum(&tier.shares), tier.amount.minor());
        }
    }

    #[test]
    fn a_line_costs_its_gross_less_its_shares(sale in sale()) {
        let quote = sale.quote(&sale.scanned);
        let codes = quote.accepted.iter().map(|code| &code.shares);
        let shares: Vec<_> = codes.chain(quote.tier_discount.iter().map(|tier| &tier.shares)).collect();
        for (index, line) in quote.lines.iter().enumerate() {
            let off: i64 = shares.iter().map(|shares| shares[index].minor()).sum();
            prop_assert_eq!(line.discount.minor(), off);
            prop_assert_eq!(line.net.minor(), line.gross.minor() - off);
            prop_assert!(line.net >= Amount::ZERO);
        }
    }

    #[test]
    fn total_and_discount_are_the_gross(sale in sale()) {
        let quote = sale.quote(&sale.scanned);
        let lines = sale.basket.lines.iter();
        let gross: i64 = lines.map(|line| rate::price(line.unit_price, line.quantity).minor()).sum();
        prop_assert_eq!(quote.gross.minor(), gross);
        prop_assert!(quote.total >= Amount::ZERO);
        prop_assert_eq!(quote.total.minor() + quote.discount.minor(), gross);
        prop_assert_eq!(quote.lines.iter().map(|line| line.discount.minor()).sum::<i64>(), quote.discount.minor());
        prop_assert_eq!(quote.lines.iter().map(|line| line.net.minor()).sum::<i64>(), quote.total.minor());
    }

    #[test]
    fn what_bounds_keep_out_is_said_in_full(sale in sale()) {
        for code in &sale.quote(&sale.scanned).accepted {
            prop_assert!(code.cuts.iter().all(|cut| !cut.lost.is_zero()));
            let said: Amount = code
                .cuts
                .iter()
                .filter(|cut| !cut.by.is_of_the_code())
                .map(|cut| cut.lost)
                .sum();
            match code.note {
                Some(Note::Truncated { lost }) => prop_assert_eq!(said, lost),
                Some(Note::NoEffect) => {}
                None => prop_assert!(said.is_zero()),
            }
            if let Some(last) = code.cuts.last() {
                prop_assert_eq!(last.to, code.amount);
            }
        }
    }

    #[test]
    fn every_scan_is_accepted_once_or_refused(sale in sale()) {
        let quote = sale.quote(&sale.scanned);
        prop_assert_eq!(quote.accepted.len() + quote.refused.len(), sale.scanned.len());
        let mut families: Vec<&CodeText> = quote.accepted.iter()
            .map(|code| code.parent.as_ref().unwrap_or(&code.text))
            .collect();
        families.sort_unstable();
        families.dedup();
        prop_assert_eq!(families.len(), quote.accepted.len());
    }

    #[test]
    fn a_refused_code_has_no_share_in_anything(sale in sale()) {
        let with = sale.quote(&sale.scanned);
        let accepted: Vec<CodeText> = with.accepted.iter().map(|code| code.scanned().clone()).collect();
        let without = sale.quote(&accepted);
        prop_assert_eq!(&without.refused, &[]);
        prop_assert_eq!(&with.lines, &without.lines);
        prop_assert_eq!(&with.accepted, &without.accepted);
        prop_assert_eq!(&with.tier_discount, &without.tier_discount);
        prop_assert_eq!(&with.points, &without.points);
    }

    #[test]
    fn a_code_without_effect_is_not_used_up(sale in sale()) {
        for code in &sale.quote(&sale.scanned).accepted {
            prop_assert_eq!(code.consumed, code.note != Some(Note::NoEffect));
            prop_assert!(!code.discounts || code.consumed != code.amount.is_zero());
        }
    }
}
