//! Rights that are held here: only what was asked for and not spent, in the sale's own transaction.

use mostrador_ledger::{Connection, Error, lease, outbox, rebuild, record, replica};
use mostrador_protocol::entry::{Payload, SaleCompleted};
use mostrador_protocol::lease::{LeaseClosed, LeaseResource, LeaseRow, LeaseSpend, LeaseState};
use mostrador_protocol::message::{Disposition, EntryDisposition, PullReply};
use mostrador_protocol::row::{FeedRow, Row};
use uuid::Uuid;

use crate::branching::part;
use crate::counter::{Counter, START_MS, STREAM, Sold, customer_id, identity};
use crate::sending;

fn uses() -> LeaseResource {
    LeaseResource::CodeUses("ONCE".to_owned())
}

fn granted(lease_id: Uuid, units: i64) -> LeaseRow {
    LeaseRow {
        lease_id,
        terminal_id: identity().terminal_id,
        resource: uses(),
        granted: units,
        used: 0,
        state: LeaseState::Open,
        granted_ms: START_MS,
        expires_ms: START_MS + 1_000,
    }
}

/// A till that holds a lease of so many uses.
fn holding(units: i64) -> (Counter, Uuid) {
    let counter = Counter::enrolled();
    let id = Uuid::from_u128(0x1ea5e);
    let held = counter.ledger.transact(|tx| {
        let asked = lease::ask(tx, &uses(), id)?;
        lease::answered(tx, &[asked], &[granted(asked, units)])
    });
    held.expect("a lease");
    (counter, id)
}

/// The id by which a use is asked for; `id` is a new one.
fn ask(counter: &Counter, id: u128) -> Uuid {
    let asked = counter
        .ledger
        .transact(|tx| lease::ask(tx, &uses(), Uuid::from_u128(id)));
    asked.expect("a question")
}

fn left(counter: &Counter) -> i64 {
    let left = counter.ledger.read(|look| lease::left(look, &uses()));
    left.expect("a count")
}

/// A sale that spends as planned; an error leaves nothing.
fn sell(counter: &Counter, number: u128, spends: &[LeaseSpend]) -> Result<(), Error> {
    let sale = SaleCompleted {
        leases: spends.to_vec(),
        ..Sold::default().sale(Uuid::from_u128(number), format!("C-{number}"))
    };
    let payload = Payload::SaleCompleted(Box::new(sale));
    counter.ledger.transact(|tx| {
        record::record(tx, &counter.stamp(), &payload)?;
        Ok(())
    })
}

fn planned(counter: &Counter, units: i64) -> Vec<LeaseSpend> {
    let planned = |look: &Connection| lease::plan_spend(look, &uses(), units);
    counter.ledger.read(planned).expect("a plan")
}

#[test]
fn a_sale_spends_what_is_held_and_no_more() {
    let (counter, id) = holding(2);
    assert_eq!(left(&counter), 2);
    let one = planned(&counter, 1);
    assert_eq!(
        one,
        [LeaseSpend {
            lease_id: id,
            units: 1
        }]
    );
    sell(&counter, 1, &one).expect("a sale");
    sell(&counter, 2, &one).expect("a sale");
    assert_eq!((left(&counter), planned(&counter, 1)), (0, Vec::new()));
    let refused = sell(&counter, 3, &one);
    assert!(
        matches!(refused, Err(Error::LeaseSpent { left: 0, .. })),
        "{refused:?}"
    );
    let sold = counter
        .ledger
        .read(|look| Ok::<_, Error>(mostrador_ledger::sale::recent(look, 9)?.len()));
    assert_eq!(sold.expect("sales"), 2, "the refused sale left nothing");
}

#[test]
fn what_was_closed_is_no_right_whatever_arrives_later() {
    let (counter, id) = holding(3);
    let closed = Payload::LeaseClosed(LeaseClosed {
        lease_id: id,
        spent: 0,
        reason: "expired".to_owned(),
    });
    let close = || {
        counter.ledger.transact(|tx| {
            record::record(tx, &counter.stamp(), &closed)?;
            Ok::<_, Error>(())
        })
    };
    close().expect("a close");
    assert!(close().is_err(), "a lease is closed once");
    let again = counter
        .ledger
        .transact(|tx| lease::answered(tx, &[], &[granted(id, 3)]));
    again.expect("an old answer");
    assert_eq!(left(&counter), 0);
    let spend = LeaseSpend {
        lease_id: id,
        units: 1,
    };
    assert!(sell(&counter, 1, &[spend]).is_err());
}

#[test]
fn what_the_server_does_not_list_any_more_has_ended_for_good() {
    let (counter, id) = holding(3);
    let gone = counter.ledger.transact(|tx| lease::answered(tx, &[], &[]));
    gone.expect("an answer");
    assert_eq!(left(&counter), 0);
    let late = counter
        .ledger
        .transact(|tx| lease::answered(tx, &[], &[granted(id, 3)]));
    late.expect("a late answer");
    assert_eq!(left(&counter), 0);
}

#[test]
fn a_question_keeps_its_id_until_it_is_answered() {
    let counter = Counter::enrolled();
    let first = ask(&counter, 1);
    assert_eq!(
        ask(&counter, 2),
        first,
        "the answer was lost: the same question"
    );
    let answered = counter
        .ledger
        .transact(|tx| lease::answered(tx, &[first], &[granted(first, 1)]));
    answered.expect("an answer");
    assert_ne!(ask(&counter, 3), first);
}

#[test]
fn a_question_that_was_refused_and_granted_later_is_a_right() {
    let counter = Counter::enrolled();
    let first = ask(&counter, 1);
    let refused = counter.ledger.transact(|tx| lease::answered(tx, &[], &[]));
    refused.expect("an answer");
    assert_eq!(ask(&counter, 2), first, "it is asked for by the same id");
    let page = PullReply {
        rows: vec![FeedRow {
            position: 1,
            row: Row::Lease(granted(first, 1)),
        }],
        next_cursor: 1,
        own_through: 0,
        more: false,
        server_time_ms: 0,
        next_hash: None,
        seals: std::collections::BTreeMap::new(),
    };
    let told: Result<(), Error> = counter.ledger.transact(|tx| replica::apply_page(tx, &page));
    told.expect("a copy of the first question was granted");
    assert_eq!(left(&counter), 1);
    assert_ne!(ask(&counter, 3), first, "more is another right");
}

#[test]
fn after_a_rewind_nothing_is_held_and_an_answer_to_lost_questions_is_no_right() {
    let (counter, id) = holding(3);
    let voided = counter.ledger.transact(lease::void_all);
    voided.expect("nothing held");
    assert_eq!(left(&counter), 0);
    let unknown = granted(Uuid::from_u128(0xdead), 5);
    let answered = counter
        .ledger
        .transact(|tx| lease::answered(tx, &[], &[granted(id, 3), unknown.clone()]));
    answered.expect("an answer");
    assert_eq!(left(&counter), 0);
}

#[test]
fn rights_are_the_same_when_everything_is_made_again() {
    let (counter, _) = holding(3);
    let one = planned(&counter, 1);
    sell(&counter, 1, &one).expect("a sale");
    let before = counter.ledger.read(lease::held).expect("leases");
    let rebuilt = counter.ledger.transact(rebuild::projections);
    rebuilt.expect("projections");
    assert_eq!(counter.ledger.read(lease::held).expect("leases"), before);
    assert_eq!(left(&counter), 2);
}

#[test]
fn a_new_branch_holds_nothing_and_spends_nothing_twice() {
    let (counter, id) = holding(3);
    sell(&counter, 1, &planned(&counter, 1)).expect("a sale");
    part(&counter);
    assert_eq!(left(&counter), 0, "a copy may have spent the rest");
    let spent: Result<(i64, i64), Error> = counter.ledger.read(|look| {
        let sql = "select count(*), sum(units) from lease_spent";
        Ok(look.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
    });
    assert_eq!(
        spent.expect("a look"),
        (1, 1),
        "it is written again, and counts once"
    );
    let answered = counter
        .ledger
        .transact(|tx| lease::answered(tx, &[], &[granted(id, 3)]));
    answered.expect("an answer");
    assert_eq!(
        left(&counter),
        0,
        "what the server still lists is no right here"
    );
}

#[test]
fn nothing_is_spent_between_a_restore_and_the_servers_next_word() {
    let (counter, id) = holding(2);
    let one = planned(&counter, 1);
    counter.ledger.transact(lease::doubt).expect("a restore");
    assert_eq!((left(&counter), planned(&counter, 1)), (0, Vec::new()));
    let refused = sell(&counter, 1, &one);
    assert!(
        matches!(refused, Err(Error::LeaseSpent { left: 0, .. })),
        "{refused:?}"
    );
    let answer = |open: &[LeaseRow]| {
        let answered: Result<(), Error> =
            counter.ledger.transact(|tx| lease::answered(tx, &[], open));
        answered.expect("an answer");
    };
    answer(&[granted(id, 2)]);
    assert_eq!(left(&counter), 2, "the server has it still");
    counter.ledger.transact(lease::doubt).expect("a restore");
    answer(&[]);
    assert_eq!(left(&counter), 0, "it was granted after the backup");
}

#[test]
fn what_decided_on_a_customer_is_told_before_their_right_goes() {
    let (counter, id) = (Counter::enrolled(), Uuid::from_u128(0x1ea5e));
    let customer = LeaseResource::Customer(customer_id(1));
    let held: Result<(), Error> = counter.ledger.transact(|tx| {
        let asked = lease::ask(tx, &customer, id)?;
        let row = LeaseRow {
            resource: customer.clone(),
            ..granted(asked, 1)
        };
        lease::answered(tx, &[asked], &[row])
    });
    held.expect("a lease");
    let is_untold = || {
        let all = counter.ledger.read(lease::held).expect("the leases");
        assert_eq!(all.len(), 1);
        all[0].is_untold
    };
    assert!(!is_untold(), "it decided on nothing");
    let spend = LeaseSpend {
        lease_id: id,
        units: 0,
    };
    sell(&counter, 1, &[spend]).expect("a sale");
    assert!(is_untold());
    let acknowledge = |disposition| {
        let became = EntryDisposition {
            seq: 2,
            disposition,
            reason: None,
        };
        let done: Result<(), Error> = counter
            .ledger
            .transact(|tx| outbox::acknowledge(tx, STREAM, sending::held(&counter, 2), &[became]));
        done.expect("an acknowledgement");
    };
    acknowledge(Disposition::Held);
    assert!(
        is_untold(),
        "the server has the entry and none of its effects"
    );
    acknowledge(Disposition::Applied);
    assert!(!is_untold());
}
