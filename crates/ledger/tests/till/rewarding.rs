//! What is known of rewards over all accounts: own entries, the server's rows, and both.

use mostrador_ledger::record::record;
use mostrador_ledger::{rebuild, replica, reward};
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::account::{AccountDocument, CouponDocument};
use mostrador_protocol::entry::{Payload, RewardRedeemed};
use mostrador_protocol::row::Row;
use uuid::Uuid;

use crate::counter::{Counter, customer_id, day};
use crate::syncing::page;

fn coupon(code: &str) -> CouponDocument {
    CouponDocument {
        code: code.to_owned(),
        reward: "mug".to_owned(),
        made_on: day(21),
        valid_until: None,
    }
}

fn redeemed() -> RewardRedeemed {
    RewardRedeemed {
        redemption_id: Uuid::from_u128(9),
        customer_id: customer_id(1),
        store: "cartagena".to_owned(),
        cashier_id: Uuid::nil(),
        local_time: day(21).and_hms_opt(18, 0, 0).expect("a time"),
        reward: "mug".to_owned(),
        points: 0,
        lots: Vec::new(),
        coupon: Some(coupon("MUG2")),
    }
}

/// The account of a customer as the server knows it, with so many mugs and these coupons.
fn account(customer: u32, mugs: i64, coupons: &[&str]) -> Row {
    let rewards = (mugs != 0).then(|| ("mug".to_owned(), mugs));
    Row::Account {
        customer_id: customer_id(customer),
        account: AccountDocument {
            rewards: rewards.into_iter().collect(),
            coupons: coupons.iter().map(|code| coupon(code)).collect(),
            ..AccountDocument::default()
        },
    }
}

fn write(till: &Counter, payload: &Payload) {
    let written = till
        .ledger
        .transact(|tx| record(tx, &till.stamp(), payload));
    written.expect("recorded");
}

fn apply(till: &Counter, page: &mostrador_protocol::message::PullReply) {
    let applied = till.ledger.transact(|tx| replica::apply_page(tx, page));
    applied.expect("a page");
}

fn check(till: &Counter, mugs: u64, holders: [Option<u32>; 2]) {
    let holder = |look: &_, code: &str| {
        let code = CodeText::parse(code).expect("a code");
        reward::coupon_holder(look, &code).expect("a look")
    };
    let seen = till.ledger.read(|look| {
        let mugs = reward::redeemed_by_all(look, "mug")?;
        Ok::<_, mostrador_ledger::Error>((mugs, [holder(look, "MUG2"), holder(look, "MUG3")]))
    });
    let holders = holders.map(|holder| holder.map(customer_id));
    assert_eq!(seen.expect("a look"), (mugs, holders));
}

#[test]
fn rewards_of_everybody_are_counted_once_whatever_has_arrived() {
    let till = Counter::enrolled();
    write(&till, &Payload::RewardRedeemed(Box::new(redeemed())));
    check(&till, 1, [Some(1), None]);
    apply(&till, &page(1, vec![account(2, 2, &["MUG3"])]));
    check(&till, 3, [Some(1), Some(2)]);

    // The server knows another mug of customer 1, and not the one of this till yet.
    apply(&till, &page(2, vec![account(1, 1, &[])]));
    check(&till, 4, [Some(1), Some(2)]);
    till.ledger
        .transact(rebuild::projections)
        .expect("a rebuild");
    check(&till, 4, [Some(1), Some(2)]);

    // Now it includes this till's entries.
    let mut with_own = page(3, vec![account(1, 2, &["MUG2"])]);
    with_own.own_through = 2;
    apply(&till, &with_own);
    check(&till, 4, [Some(1), Some(2)]);

    write(&till, &Payload::RewardReturned(Box::new(redeemed())));
    check(&till, 3, [None, Some(2)]);
}

#[test]
fn the_redemption_behind_a_coupon_is_found_until_its_points_come_back() {
    let till = Counter::enrolled();
    let found = |code: &str| {
        let code = CodeText::parse(code).expect("a code");
        let found = till.ledger.read(|look| reward::redemption(look, &code));
        found.expect("a look")
    };
    assert_eq!(found("MUG2"), None);
    write(&till, &Payload::RewardRedeemed(Box::new(redeemed())));
    assert_eq!(found("MUG2"), Some(redeemed()));
    assert_eq!(found("MUG3"), None);
    write(&till, &Payload::RewardReturned(Box::new(redeemed())));
    assert_eq!(found("MUG2"), None);
}
