//! Refunds and voids: what the till takes, and what it knows afterwards.

use chrono::NaiveDateTime;
use loyalty::basket::Quantity;
use loyalty::refund::ReturnedLine;
use mostrador_ledger::record::{Recorded, record};
use mostrador_ledger::sale::Sold as Kept;
use mostrador_ledger::undo::Extent;
use mostrador_ledger::{Error, account, customer_entry, reward, sale, undo};
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::{
    Chosen, Fault, Payload, RewardRedeemed, SaleCompleted, SaleRefunded, UndoneAt,
};
use uuid::Uuid;

use crate::counter::{Counter, Sold, customer_id, day, identity};

fn now() -> NaiveDateTime {
    day(21).and_hms_opt(18, 0, 0).expect("a time")
}

fn at(number: u128) -> UndoneAt {
    UndoneAt {
        receipt: format!("D-{number}"),
        store: "cartagena".to_owned(),
        terminal_id: identity().terminal_id,
        cashier_id: Uuid::nil(),
        local_time: now(),
        reason: None,
        note: None,
        approval_id: None,
    }
}

fn bought(till: &Counter) -> SaleCompleted {
    till.sell(&Sold {
        customer: Some(customer_id(1)),
        points: 100,
        reference: Some("POS-7".to_owned()),
        ..Sold::default()
    });
    last(till).sale
}

fn last(till: &Counter) -> Kept {
    let recent = till.ledger.read(|look| sale::recent(look, 1));
    recent.expect("sales").remove(0)
}

fn refund(
    sale: &SaleCompleted,
    earlier: &[SaleRefunded],
    (number, quantity): (u128, &str),
) -> SaleRefunded {
    let quantity = Quantity::new(quantity.parse().expect("a number")).expect("a quantity");
    let chosen = Chosen {
        refund_id: Uuid::from_u128(number),
        lines: vec![ReturnedLine { line: 0, quantity }],
        tender: "cash".to_owned(),
        at: at(number),
    };
    sale.refund(earlier, chosen, |_| false).expect("a refund")
}

fn write(till: &Counter, payload: &Payload) -> Result<Recorded, Error> {
    till.ledger
        .transact(|tx| record(tx, &till.stamp(), payload))
}

fn refunded(refund: &SaleRefunded) -> Payload {
    Payload::SaleRefunded(Box::new(refund.clone()))
}

fn points(till: &Counter) -> (i64, i64) {
    let held = till
        .ledger
        .read(|look| account::held(look, customer_id(1)))
        .expect("an account")
        .1;
    (held.balance(), held.purchases)
}

#[test]
fn parts_of_a_sale_come_back_until_nothing_is_left() {
    let till = Counter::enrolled();
    let sale = bought(&till);
    let first = refund(&sale, &[], (1, "0.25"));
    write(&till, &refunded(&first)).expect("a refund");
    assert_eq!(
        (points(&till), last(&till).undone),
        ((75, 1), Some(Extent::Part))
    );
    let known = till
        .ledger
        .read(|look| undo::of_sale(look, sale.sale_id))
        .expect("a look");
    assert_eq!(
        (known.refunds.as_slice(), known.void),
        ([first.clone()].as_slice(), None)
    );
    let rest = refund(&sale, &known.refunds, (2, "0.75"));
    write(&till, &refunded(&rest)).expect("the rest");
    assert_eq!(
        (points(&till), last(&till).undone),
        ((0, 0), Some(Extent::Whole))
    );
    let again = SaleRefunded {
        refund_id: Uuid::from_u128(3),
        at: at(3),
        ..rest.clone()
    };
    let refused = write(&till, &refunded(&again));
    assert!(
        matches!(
            refused,
            Err(Error::Sale(Fault::Return {
                refusal: "already_returned"
            }))
        ),
        "{refused:?}"
    );
    let retried = write(&till, &refunded(&rest));
    assert!(matches!(retried, Err(Error::AlreadyUndone { id }) if id == rest.refund_id));
    let concerned = till
        .ledger
        .read(|look| customer_entry::recent(look, customer_id(1), 9))
        .expect("a history");
    let kinds: Vec<_> = concerned
        .iter()
        .map(|entry| entry.header.kind.as_str())
        .collect();
    assert_eq!(kinds, ["sale_refunded", "sale_refunded", "sale_completed"]);
}

#[test]
fn a_refund_that_does_not_follow_from_its_sale_is_not_recorded() {
    let till = Counter::enrolled();
    let sale = bought(&till);
    let right = refund(&sale, &[], (1, "0.5"));
    let mut dearer = right.clone();
    dearer.money += 1;
    dearer.lines[0].money += 1;
    dearer.tenders[0].amount += 1;
    let mut kinder = right.clone();
    kinder.points.as_mut().expect("points").taken_back = 1;
    let mut others = right.clone();
    others.customer_id = Some(customer_id(2));
    for wrong in [dearer, kinder, others] {
        let refused = write(&till, &refunded(&wrong));
        assert!(matches!(refused, Err(Error::Sale(_))), "{refused:?}");
    }
    assert_eq!((points(&till), last(&till).undone), ((100, 1), None));
    write(&till, &refunded(&right)).expect("a refund");
}

#[test]
fn a_refund_after_one_at_another_till_is_taken_as_far_as_units_are_left_here() {
    let till = Counter::enrolled();
    let sale = bought(&till);
    let elsewhere = refund(&sale, &[], (1, "0.333"));
    let after = refund(&sale, &[elsewhere], (2, "0.333"));
    assert_eq!(after.after, [Uuid::from_u128(1)]);
    write(&till, &refunded(&after)).expect("a refund after another till's");
    let mut over = refund(&sale, &[], (3, "1"));
    over.after = after.after.clone();
    let refused = write(&till, &refunded(&over));
    assert!(
        matches!(refused, Err(Error::Sale(Fault::Return { .. }))),
        "{refused:?}"
    );
}

#[test]
fn a_refund_of_another_tills_sale_has_its_effects_here() {
    let (till, other) = (Counter::enrolled(), Counter::enrolled());
    let sale = bought(&other);
    write(&till, &refunded(&refund(&sale, &[], (1, "1")))).expect("a refund");
    assert_eq!(points(&till), (-100, -1));
    let known = till
        .ledger
        .read(|look| undo::of_sale(look, sale.sale_id))
        .expect("a look");
    assert_eq!(known.refunds.len(), 1);
}

#[test]
fn the_last_sale_is_voided_once_and_its_basket_can_be_sold_again() {
    let till = Counter::enrolled();
    let sale = bought(&till);
    let candidate = till.ledger.read(undo::void_candidate).expect("a look");
    assert_eq!(candidate.expect("a sale").sale, sale);
    let void =
        |number| Payload::SaleVoided(Box::new(sale.void(Uuid::from_u128(number), at(number))));
    write(&till, &void(1)).expect("a void");
    assert_eq!(
        (points(&till), last(&till).undone),
        ((0, 0), Some(Extent::Voided))
    );
    assert_eq!(
        till.ledger.read(undo::void_candidate).expect("a look"),
        None
    );
    for payload in [void(2), refunded(&refund(&sale, &[], (3, "1")))] {
        let refused = write(&till, &payload);
        assert!(matches!(refused, Err(Error::AlreadyUndone { id }) if id == sale.sale_id));
    }
    let is_sold = || till.ledger.read(|look| sale::is_sold(look, "POS-7"));
    assert!(!is_sold().expect("a look"));
    let again = bought(&till);
    assert_ne!(again.sale_id, sale.sale_id);
    assert!(is_sold().expect("a look"));
    let found = till.ledger.read(|look| sale::by_reference(look, "POS-7"));
    assert_eq!(found.expect("a look").expect("a sale").sale, again);
}

#[test]
fn a_sale_of_which_something_came_back_is_not_voided() {
    let till = Counter::enrolled();
    let sale = bought(&till);
    write(&till, &refunded(&refund(&sale, &[], (1, "0.5")))).expect("a refund");
    assert_eq!(
        till.ledger.read(undo::void_candidate).expect("a look"),
        None
    );
    let void = Payload::SaleVoided(Box::new(sale.void(Uuid::from_u128(2), at(2))));
    let refused = write(&till, &void);
    let reason = "void_after_return";
    assert!(matches!(refused, Err(Error::Sale(Fault::Return { refusal })) if refusal == reason));
}

#[test]
fn a_reward_comes_back_once() {
    let till = Counter::enrolled();
    let redeemed = RewardRedeemed {
        redemption_id: Uuid::from_u128(9),
        customer_id: customer_id(1),
        store: "cartagena".to_owned(),
        cashier_id: Uuid::nil(),
        local_time: now(),
        reward: "mug".to_owned(),
        points: 0,
        lots: Vec::new(),
        coupon: None,
    };
    let uses = || till.ledger.read(|look| reward::uses_here(look, "mug"));
    write(&till, &Payload::RewardRedeemed(Box::new(redeemed.clone()))).expect("a reward");
    assert_eq!(uses().expect("a count"), 1);
    let back = Payload::RewardReturned(Box::new(redeemed.clone()));
    write(&till, &back).expect("its return");
    assert_eq!(uses().expect("a count"), 0);
    let again = write(&till, &back);
    assert!(matches!(again, Err(Error::AlreadyUndone { id }) if id == redeemed.redemption_id));
}
