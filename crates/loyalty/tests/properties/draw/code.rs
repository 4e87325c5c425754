//! Codes and what they give.

use mostrador_loyalty as loyalty;
use proptest::prelude::*;
use uuid::Uuid;

use loyalty::code::{Benefit, Code, CodeKind, CodeText, SpendTier, SpendTierBenefit};
use loyalty::customer::CodeUse;
use loyalty::money::{Amount, BasisPoints};

use super::program::multiplier;
use super::rules::{limits, restrictions, validity};
use super::{amounts, prices};

/// A code of one of three letters, and what was used of it before.
pub(super) fn code() -> impl Strategy<Value = (Code, CodeUse)> {
    let bounds = (
        prop::option::weighted(0.25, prices()),
        prop_oneof![4 => Just(Amount::ZERO), 1 => prices()],
        validity(),
        limits(),
    );
    let flags = (
        prop::bool::weighted(0.93),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.97),
        prop::bool::weighted(0.04),
    );
    let letter = prop::sample::select(vec!["A", "B", "C"]);
    (letter, benefit(), -1..2_i32, restrictions(), bounds, flags)
        .prop_map(|(letter, benefit, priority, restrictions, bounds, flags)| {
            let (max_discount, min_purchase, (valid_from, valid_until), (limits, used)) = bounds;
            let (stackable, is_reward, active, is_owned) = flags;
            let text = CodeText::parse(letter).expect("a letter");
            let mut code = Code {
                stackable,
                priority,
                restrictions,
                max_discount,
                min_purchase,
                valid_from,
                valid_until,
                limits,
                active,
                owner_customer: is_owned.then(|| Uuid::from_u128(2)),
                ..Code::new(text, benefit)
            };
            if is_reward {
                code.kind = CodeKind::Reward;
            }
            (code, used)
        })
        .boxed()
}

pub(super) fn benefit() -> impl Strategy<Value = Benefit> {
    let step = (prices(), prices(), 1..5_000_u32, prices());
    let tiers = step.prop_map(|(from, more, rate, fixed)| {
        let higher = from.saturating_add(more);
        let one = Amount::from_minor(1).expect("one");
        Benefit::SpendTiers(vec![
            SpendTier {
                from,
                gives: SpendTierBenefit::Percent(BasisPoints(rate)),
            },
            SpendTier {
                from: higher.saturating_add(one),
                gives: SpendTierBenefit::Fixed(fixed),
            },
        ])
    });
    prop_oneof![
        4 => (1..3_000_u32).prop_map(|rate| Benefit::Percent(BasisPoints(rate))),
        1 => (1..10_001_u32).prop_map(|rate| Benefit::Percent(BasisPoints(rate))),
        3 => prices().prop_map(Benefit::Fixed),
        1 => amounts().prop_map(Benefit::Fixed),
        1 => tiers,
        1 => (0..3_u32, 1..4_u32).prop_map(|(product, units)| Benefit::FreeProduct {
            product: format!("p{product}"),
            units,
        }),
        1 => Just(Benefit::Tracking),
        1 => multiplier().prop_map(Benefit::PointsMultiplier),
        1 => (0..50_i64).prop_map(Benefit::BonusPoints),
    ]
    .boxed()
}
