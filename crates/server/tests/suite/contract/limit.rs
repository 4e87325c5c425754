//! Limits that only the server sees whole: the sale stands, somebody looks.

use mostrador_protocol::message::Disposition::{Adjusted, Applied};
use mostrador_protocol::program::{CodeDocument, ProgramDocument};
use mostrador_server::Store;
use uuid::Uuid;

use super::scribe::{Scribe, TENANT, dispositions, standing, uses};

const ANA: Uuid = Uuid::from_u128(1);
const EVA: Uuid = Uuid::from_u128(2);

pub(crate) async fn a_use_beyond_the_total_limit_is_adjusted<S: Store>(store: S) {
    let mut first = Scribe::new(&store).await;
    let mut second = Scribe::another(&store).await;
    first.sell(ANA, "ONCE");
    second.sell(EVA, "ONCE");
    assert_eq!(dispositions(&first.push(&store, 0).await), [Applied]);
    let late = second.push(&store, 0).await;
    assert_eq!(dispositions(&late), [Adjusted]);
    let reason = late.dispositions[0].reason.clone().unwrap();
    assert_eq!(
        reason,
        "over_limit: code ONCE was used 2 times, its limit is 1"
    );
    assert_eq!(second.push(&store, 0).await.dispositions, late.dispositions);
    assert_eq!(
        standing(&store, EVA).await,
        (1, 90),
        "a sale already made is not undone"
    );
    assert_eq!(uses(&store, "ONCE").await, 2);
}

pub(crate) async fn a_use_beyond_the_customer_limit_is_adjusted<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.sell(ANA, "MINE");
    till.sell(EVA, "MINE");
    till.sell(ANA, "MINE");
    let accepted = till.push(&store, 0).await;
    assert_eq!(dispositions(&accepted), [Applied, Applied, Adjusted]);
    assert_eq!(uses(&store, "MINE").await, 3);
}

pub(crate) async fn uses_beyond_a_day_or_a_budget_are_adjusted<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    for code in ["DAILY", "BUDGET", "DAILY", "BUDGET"] {
        till.sell(ANA, code);
    }
    let accepted = till.push(&store, 0).await;
    assert_eq!(
        dispositions(&accepted),
        [Applied, Applied, Adjusted, Adjusted]
    );
    let reasons = accepted
        .dispositions
        .iter()
        .filter_map(|entry| entry.reason.as_deref());
    let reasons: Vec<&str> = reasons.collect();
    let expected = [
        "over_limit: code DAILY was used 2 times on 2026-11-21, its limit is 1 a day",
        "over_limit: code BUDGET gave 2000 minor units, its budget is 1500",
    ];
    assert_eq!(reasons, expected);
}

pub(crate) async fn a_program_that_cannot_be_read_any_more_keeps_no_sale_out<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let faulty = CodeDocument {
        text: "🎉".to_owned(),
        ..CodeDocument::default()
    };
    let program = ProgramDocument {
        version: 99,
        codes: vec![faulty],
        ..ProgramDocument::bare("Café", "MXN", "America/Mexico_City")
    };
    store.publish(TENANT, program, 0).await.unwrap();
    till.sell(ANA, "FREE");
    assert_eq!(dispositions(&till.push(&store, 0).await), [Applied]);
    assert_eq!(standing(&store, ANA).await, (1, 90));
}
