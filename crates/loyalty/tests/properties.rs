//! What holds for every basket, every program and every account.

mod draw;

use chrono::{Days, NaiveDate};
use mostrador_loyalty as loyalty;
use proptest::prelude::*;

use draw::{Sale, amounts, day, sale};
use loyalty::account::{Account, CodeTally, Fact};
use loyalty::allocation::{Part, split};
use loyalty::basket::Quantity;
use loyalty::code::CodeText;
use loyalty::money::Amount;
use loyalty::quote::Quote;
use loyalty::rate;
use loyalty::refund::{ReturnedLine, Returns, SoldLine};
use loyalty::refusal::Note;

fn sum(amounts: &[Amount]) -> i64 {
    amounts.iter().map(|amount| amount.minor()).sum()
}

fn accepted_texts(quote: &Quote) -> Vec<CodeText> {
    quote
        .accepted
        .iter()
        .map(|code| code.text.clone())
        .collect()
}

/// So many cases, or as many as `PROPTEST_CASES` says.
fn cases(usual: u32) -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(usual),
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn every_sum_is_the_sum_of_its_parts(sale in sale()) {
        let quote = sale.quote(&sale.scanned);
        let mut by_line = vec![0; quote.lines.len()];
        let mut discount = 0;
        let codes = quote.accepted.iter().map(|code| (code.amount, &code.shares));
        let tier = quote.tier_discount.iter().map(|tier| (tier.amount, &tier.shares));
        for (amount, shares) in codes.chain(tier) {
            prop_assert_eq!(sum(shares), amount.minor());
            discount += amount.minor();
            for (line, share) in by_line.iter_mut().zip(shares) {
                *line += share.minor();
            }
        }
        prop_assert_eq!(quote.discount.minor(), discount);
        prop_assert_eq!(quote.total.minor(), quote.gross.minor() - discount);
        for (line, discount) in quote.lines.iter().zip(by_line) {
            prop_assert_eq!(line.discount.minor(), discount);
            prop_assert_eq!(line.net.minor(), line.gross.minor() - discount);
        }
        prop_assert_eq!(quote.lines.iter().map(|line| line.gross.minor()).sum::<i64>(), quote.gross.minor());
    }

    #[test]
    fn no_bound_is_passed(sale in sale()) {
        let quote = sale.quote(&sale.scanned);
        prop_assert!(quote.accepted.len() <= sale.program.max_codes);
        prop_assert!(quote.discount <= rate::share_floor(quote.gross, sale.program.basket_cap));
        for (line, quoted) in sale.basket.lines.iter().zip(&quote.lines) {
            let floor = rate::price(line.floor, line.quantity).min(quoted.gross);
            prop_assert!(quoted.net >= floor);
            prop_assert!(line.discountable || quoted.discount.is_zero());
        }
        for code in &quote.accepted {
            let rules = sale.program.codes.get(&code.text).expect("an accepted code");
            let most = rules.max_discount.unwrap_or(Amount::MAX);
            prop_assert!(code.amount <= most);
            prop_assert!(!code.discounts || code.consumed != code.amount.is_zero());
        }
        prop_assert!(quote.points.is_none_or(|points| points.total >= 0));
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
    }

    #[test]
    fn the_order_of_the_accepted_codes_changes_nothing(
        (sale, order) in sale().prop_flat_map(|sale| {
            let accepted = accepted_texts(&sale.quote(&sale.scanned));
            (Just(sale), Just(accepted).prop_shuffle())
        })
    ) {
        let texts = accepted_texts(&sale.quote(&sale.scanned));
        let (one, other) = (sale.quote(&texts), sale.quote(&order));
        prop_assert_eq!(&one.accepted, &other.accepted);
        prop_assert_eq!(&one.lines, &other.lines);
        prop_assert_eq!(&one.best_set, &other.best_set);
        prop_assert_eq!(&one.points, &other.points);
    }

    #[test]
    fn one_more_scanned_code_never_lowers_the_best(sale in sale()) {
        let mut best = 0;
        for count in 0..=sale.scanned.len() {
            let quote = sale.quote(&sale.scanned[..count]);
            prop_assert!(quote.best_set.discount.minor() >= best);
            prop_assert!(quote.best_set.discount >= quote.discount);
            best = quote.best_set.discount.minor();
        }
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
    fn the_best_set_is_the_best_of_all_subsets(sale in sale()) {
        let best = sale.quote(&sale.scanned).best_set;
        let mut texts = sale.scanned.clone();
        texts.retain(|text| {
            let code = sale.program.codes.get(text);
            code.is_some_and(|code| code.benefit.discounts())
        });
        texts.sort_unstable();
        texts.dedup();
        let found = (0..1_u32 << texts.len())
            .map(|bits| -> Vec<CodeText> {
                let chosen = (0..).zip(&texts).filter(|(index, _)| bits >> index & 1 == 1);
                chosen.map(|(_, text)| text.clone()).collect()
            })
            .map(|subset| (sale.quote(&subset), subset))
            .filter(|(quote, _)| quote.refused.is_empty())
            .map(|(quote, subset)| (std::cmp::Reverse(quote.discount), subset.len(), subset))
            .min()
            .unwrap();
        prop_assert_eq!((found.0.0, found.2), (best.discount, best.codes));
    }

    #[test]
    fn a_split_gives_everything_that_fits(amount in amounts(), parts in prop::collection::vec((amounts(), amounts()), 0..20)) {
        let parts: Vec<Part> = parts.into_iter().map(|(weight, room)| Part { weight, room }).collect();
        let shares = split(amount, &parts);
        let room: Amount = parts.iter().filter(|part| !part.weight.is_zero()).map(|part| part.room).sum();
        prop_assert_eq!(sum(&shares), amount.min(room).minor());
        for (share, part) in shares.iter().zip(&parts) {
            prop_assert!(*share <= part.room);
            prop_assert!(!part.weight.is_zero() || share.is_zero());
        }
    }

    #[test]
    fn a_split_without_bounds_is_within_a_cent_of_the_proportion(amount in 0..1_000_000_i64, weights in prop::collection::vec(1..100_000_i64, 1..20)) {
        let whole: i64 = weights.iter().sum();
        let parts: Vec<Part> = weights.iter().map(|weight| Part {
            weight: Amount::from_minor(*weight).unwrap(),
            room: Amount::MAX,
        }).collect();
        let shares = split(Amount::from_minor(amount).unwrap(), &parts);
        for (share, weight) in shares.iter().zip(&weights) {
            let exact_times_whole = i128::from(amount) * i128::from(*weight);
            let given_times_whole = i128::from(share.minor()) * i128::from(whole);
            prop_assert!((exact_times_whole - given_times_whole).abs() < i128::from(whole));
        }
    }

    #[test]
    fn refunds_in_any_parts_add_up_to_the_whole(
        lines in prop::collection::vec((amounts(), 1..20_u32), 1..6),
        earned in 0..1_000_000_i64,
        spent in 0..1_000_000_i64,
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..200),
    ) {
        // Amounts small enough for their sum to be exact.
        let sold: Vec<SoldLine> = lines.iter().map(|(net, units)| SoldLine {
            net: Amount::from_minor(net.minor() / 8).unwrap(),
            quantity: Quantity::new((*units).into()).unwrap(),
        }).collect();
        let mut left: Vec<usize> = lines.iter().enumerate()
            .flat_map(|(line, (_, units))| std::iter::repeat_n(line, *units as usize))
            .collect();
        let mut returns = Returns::of(&sold, earned, spent);
        let (mut money, mut taken, mut given) = (0, 0, 0);
        let mut picks = picks.into_iter();
        while !left.is_empty() {
            let index = picks.next().map_or(0, |pick| pick.index(left.len()));
            let line = left.swap_remove(index);
            let refund = returns.take_back(&[ReturnedLine { line, quantity: Quantity::ONE }]).unwrap();
            money += refund.money.minor();
            taken += refund.points_taken_back;
            given += refund.points_given_back;
            prop_assert!(refund.points_taken_back >= 0 && refund.points_given_back >= 0);
            prop_assert_eq!(refund.is_full, left.is_empty());
        }
        prop_assert_eq!(money, sold.iter().map(|line| line.net.minor()).sum::<i64>());
        prop_assert_eq!((taken, given), (earned, spent));
    }

    #[test]
    fn expired_points_are_never_available(facts in facts(), on in 0..900_u64) {
        let on = day(on);
        let mut account = Account::default();
        let mut earned = 0;
        for fact in &facts {
            account.apply(fact);
            if let Fact::Purchase { points, expires_on, .. } = fact
                && *expires_on >= on
            {
                earned += points;
            }
        }
        prop_assert!(account.available(on) <= earned);
        prop_assert!(account.available(on) >= 0 && account.debt >= 0);
        prop_assert_eq!(account.available(NaiveDate::MAX), 0);
    }

    #[test]
    fn purchases_fold_to_the_same_account_in_any_order(
        (one, other) in facts().prop_flat_map(|facts| {
            let purchases: Vec<Fact> = facts.into_iter()
                .filter(|fact| matches!(fact, Fact::Purchase { .. }))
                .collect();
            (Just(purchases.clone()), Just(purchases).prop_shuffle())
        })
    ) {
        let fold = |facts: &[Fact]| {
            let mut account = Account::default();
            for fact in facts {
                account.apply(fact);
            }
            account
        };
        prop_assert_eq!(fold(&one), fold(&other));
    }

    #[test]
    fn a_tally_is_the_same_in_any_order(
        (one, other) in prop::collection::vec(0..5_u64, 0..20)
            .prop_flat_map(|days| (Just(days.clone()), Just(days).prop_shuffle()))
    ) {
        let fold = |days: &[u64]| {
            let mut tally = CodeTally::default();
            for on in days {
                tally.apply(day(*on), Amount::from_minor(3).unwrap());
            }
            tally
        };
        prop_assert_eq!(fold(&one), fold(&other));
    }

    #[test]
    fn reading_a_code_never_fails_and_is_done_once(raw in any::<String>()) {
        if let Some(text) = CodeText::parse(&raw) {
            prop_assert_eq!(CodeText::parse(text.as_str()), Some(text));
        }
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

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let purchase =
        (0..400_u64, 0..500_u64, 0..1_000_i64).prop_map(|(on, life, points)| Fact::Purchase {
            at_ms: 0,
            day: day(on),
            total: Amount::clamped(points.into()),
            points,
            expires_on: day(on) + Days::new(life),
            codes: Vec::new(),
        });
    let adjustment = (0..400_u64, -800..0_i64).prop_map(|(on, points)| Fact::Adjustment {
        day: day(on),
        points,
        expires_on: day(on),
    });
    prop::collection::vec(prop_oneof![4 => purchase, 1 => adjustment], 0..30)
}

/// Keeps the drawn sales honest: a property over sales without discounts would show nothing.
#[test]
fn drawn_sales_have_discounts_refusals_and_better_sets() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut draw = || -> Sale { sale().new_tree(&mut runner).unwrap().current() };
    let quotes: Vec<Quote> = (0..300)
        .map(|_| draw())
        .map(|sale| sale.quote(&sale.scanned))
        .collect();
    let count = |is: &dyn Fn(&Quote) -> bool| quotes.iter().filter(|quote| is(quote)).count();
    assert!(count(&|quote| !quote.discount.is_zero()) > 100);
    assert!(count(&|quote| quote.accepted.len() > 2) > 30);
    assert!(count(&|quote| !quote.refused.is_empty()) > 100);
    assert!(count(&|quote| !quote.best_set.gain.is_zero()) > 20);
    assert!(count(&|quote| quote.tier_discount.is_some()) > 30);
}
