//! Who earned most at this till.

use mostrador_ledger::customer;
use mostrador_ledger::leaderboard::leaderboard;
use mostrador_ledger::record::record;
use mostrador_ledger::sale;
use mostrador_protocol::entry::{CustomerLinked, Payload, UndoneAt};
use uuid::Uuid;

use crate::counter::{Counter, Sold, customer_id, day, identity, profile};

#[test]
fn the_places_are_those_of_the_period_and_of_what_stands() {
    let till = Counter::enrolled();
    let sell = |number: u32, points: i64, on: u32| {
        till.sell(&Sold {
            customer: Some(customer_id(number)),
            points,
            day: day(on),
            ..Sold::default()
        });
    };
    sell(1, 70, 20);
    sell(2, 500, 19);
    sell(2, 60, 20);
    sell(3, 60, 20);
    sell(3, 10, 21);
    sell(1, 900, 21);
    let last = till
        .ledger
        .read(|look| sale::recent(look, 1))
        .expect("sales")
        .remove(0)
        .sale;
    let at = UndoneAt {
        receipt: "D-1".to_owned(),
        store: "cartagena".to_owned(),
        terminal_id: identity().terminal_id,
        cashier_id: Uuid::nil(),
        local_time: last.local_time,
        reason: None,
        note: None,
        approval_id: None,
    };
    let void = Payload::SaleVoided(Box::new(last.void(Uuid::from_u128(9), at)));
    till.ledger
        .transact(|tx| record(tx, &till.stamp(), &void))
        .expect("a void");
    till.ledger
        .transact(|tx| customer::save_local(tx, &profile(1, "Ana Torres", "3001234567")))
        .expect("a profile");
    let places = |days: std::ops::RangeInclusive<u32>, limit| {
        let days = day(*days.start())..=day(*days.end());
        let places = till.ledger.read(|look| leaderboard(look, &days, limit));
        let places = places.expect("places").into_iter();
        let told = places.map(|place| (place.customer_id, place.points, place.sales));
        told.collect::<Vec<_>>()
    };
    let [ana, eva, rosa] = [1, 2, 3].map(customer_id);
    assert_eq!(
        places(20..=21, 9),
        [(rosa, 70, 2), (ana, 70, 1), (eva, 60, 1)]
    );
    assert_eq!(places(19..=20, 1), [(eva, 560, 2)]);
    assert!(places(1..=2, 9).is_empty());
    let days = day(20)..=day(20);
    let first = till
        .ledger
        .read(|look| leaderboard(look, &days, 1))
        .expect("places");
    assert_eq!(first[0].name.as_deref(), Some("A. T."));
}

#[test]
fn records_that_were_merged_one_after_the_other_have_one_place() {
    let till = Counter::enrolled();
    for (number, points) in [(1, 40), (2, 30), (3, 20), (4, 80)] {
        till.sell(&Sold {
            customer: Some(customer_id(number)),
            points,
            day: day(20),
            ..Sold::default()
        });
    }
    for (survivor, absorbed) in [(2, 1), (3, 2)] {
        let linked = CustomerLinked {
            survivor_id: customer_id(survivor),
            absorbed_id: customer_id(absorbed),
            cashier_id: Uuid::nil(),
            local_time: day(20).and_hms_opt(13, 0, 0).expect("a time"),
            approval_id: None,
        };
        till.ledger
            .transact(|tx| record(tx, &till.stamp(), &Payload::CustomerLinked(linked)))
            .expect("a merge");
    }
    let places = till
        .ledger
        .read(|look| leaderboard(look, &(day(20)..=day(20)), 9))
        .expect("places");
    let told: Vec<_> = places
        .iter()
        .map(|place| (place.customer_id, place.points, place.sales))
        .collect();
    assert_eq!(told, [(customer_id(3), 90, 3), (customer_id(4), 80, 1)]);
}
