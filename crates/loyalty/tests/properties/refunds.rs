//! Refunds by parts are the whole, to the cent and to the point.

use chrono::NaiveDate;
use mostrador_loyalty as loyalty;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::cases;
use crate::draw::amounts;
use loyalty::account::{Lot, LotDays};
use loyalty::basket::Quantity;
use loyalty::money::Amount;
use loyalty::refund::{ReturnedLine, Returns, SoldLine, SoldSale};

fn thousandths(count: u32) -> Quantity {
    Quantity::new(Decimal::new(count.into(), 3)).expect("three places")
}

/// A sale on which so many points of one lot were spent.
fn sale_of(lines: &[SoldLine], earned: i64, spent: i64) -> SoldSale {
    let days = LotDays::at_once(NaiveDate::MIN, NaiveDate::MAX);
    SoldSale {
        lines: lines.to_vec(),
        earned,
        redeemed: vec![Lot {
            days,
            points: spent,
        }],
        paid_by_points: Amount::ZERO,
    }
}

proptest! {
    #![proptest_config(cases(400))]

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
        let mut returns = Returns::of(&sale_of(&sold, earned, spent));
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

    /// Weighed goods come back in any weights, and never more than was sold.
    #[test]
    fn fractions_of_a_line_come_back_to_its_price_and_no_further(
        net in 0..1_000_000_i64,
        sold in 1..5_000_u32,
        parts in prop::collection::vec(1..2_000_u32, 0..12),
        earned in 0..10_000_i64,
    ) {
        let line = SoldLine { net: Amount::from_minor(net).unwrap(), quantity: thousandths(sold) };
        let mut returns = Returns::of(&sale_of(&[line], earned, 0));
        let (mut left, mut money, mut taken) = (sold, 0, 0);
        for part in parts.into_iter().chain([sold]) {
            let too_much = ReturnedLine { line: 0, quantity: thousandths(left + 1) };
            prop_assert!(returns.take_back(&[too_much]).is_err());
            let part = part.min(left);
            if part == 0 {
                break;
            }
            left -= part;
            let back = ReturnedLine { line: 0, quantity: thousandths(part) };
            let refund = returns.take_back(&[back]).unwrap();
            money += refund.money.minor();
            taken += refund.points_taken_back;
            let due = i128::from(net) * i128::from(sold - left) / i128::from(sold);
            prop_assert_eq!(i128::from(money), due);
            prop_assert!(taken <= earned);
            prop_assert_eq!(refund.is_full, left == 0);
        }
        prop_assert_eq!((left, money, taken), (0, net, earned));
    }
}
