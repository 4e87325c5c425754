//! Splits of an amount over parts with a weight and room.

use mostrador_loyalty as loyalty;
use proptest::prelude::*;

use crate::draw::amounts;
use crate::{cases, sum};
use loyalty::allocation::{Part, split};
use loyalty::money::Amount;

proptest! {
    #![proptest_config(cases(400))]

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
}
