//! What a record had, and what it took over before, belongs to who absorbs it.

use mostrador_protocol::entry::{CustomerLinked, Payload};
use mostrador_server::Store;
use mostrador_server::jobs::run;
use mostrador_server::store::{HistoryRequest, Ranking};
use uuid::Uuid;

use super::jobs::{
    ANA, EVA, account, brought, day, mint_at, points, push, refund_of, sold, sold_entry, start,
};
use super::scribe::{Scribe, TENANT};

const FIRST: Uuid = Uuid::from_u128(11);
const SECOND: Uuid = Uuid::from_u128(12);

fn absorbs(survivor_id: Uuid, absorbed_id: Uuid) -> (Payload, chrono::NaiveDate) {
    let on = day("2026-01-10");
    let linked = CustomerLinked {
        survivor_id,
        absorbed_id,
        cashier_id: Uuid::nil(),
        local_time: on.and_hms_opt(13, 0, 0).unwrap(),
        approval_id: None,
    };
    (Payload::CustomerLinked(linked), on)
}

/// How many entries the history of a customer has.
async fn history<S: Store>(store: &S, customer: Uuid) -> usize {
    let request = HistoryRequest {
        tenant: TENANT.to_owned(),
        customer,
        before: None,
        limit: 50,
    };
    store.history(request).await.unwrap().len()
}

/// Who earned how many points with how many sales.
async fn places<S: Store>(store: &S) -> Vec<(Uuid, i64, u64)> {
    let on = day("2026-01-10");
    let ranking = Ranking {
        tenant: TENANT.to_owned(),
        store: None,
        days: on..=on,
        limit: 10,
    };
    let places = store.leaderboard(ranking).await.unwrap().into_iter();
    places
        .map(|place| (place.customer_id, place.points, place.sales))
        .collect()
}

pub(crate) async fn who_absorbs_a_record_has_what_that_one_took_over<S: Store>(store: S) {
    let (mint, _) = mint_at("2026-01-12");
    let mut till = start(&store, &mint).await;
    let mut offline = Scribe::another(&store).await;
    let on = day("2026-01-10");
    let customers = [ANA, FIRST, SECOND];
    let sales = customers.map(|customer| sold_entry(&sold(customer, on, 10)));
    push(&store, &mut till, &sales).await;
    // Two tills merge the same record, and the second one did not know of the first.
    push(&store, &mut till, &[absorbs(FIRST, ANA)]).await;
    push(&store, &mut offline, &[absorbs(SECOND, ANA)]).await;
    assert_eq!(account(&store, SECOND).await.purchases, 3);
    assert_eq!(places(&store).await, [(SECOND, 300, 3)]);
    assert_eq!(history(&store, SECOND).await, 5);
    // What comes late for any of them is theirs too.
    let late = sold_entry(&sold(FIRST, on, 10));
    push(&store, &mut offline, &[late]).await;
    assert_eq!(places(&store).await, [(SECOND, 400, 4)]);
    assert_eq!(history(&store, SECOND).await, 6);
}

pub(crate) async fn a_bonus_follows_the_sale_through_two_merges<S: Store>(store: S) {
    let (mint, _) = mint_at("2026-01-12");
    let mut till = start(&store, &mint).await;
    let mut offline = Scribe::another(&store).await;
    let on = day("2026-01-10");
    let bought = sold(FIRST, on, 0);
    push(
        &store,
        &mut till,
        &[brought(FIRST, EVA, on), sold_entry(&bought)],
    )
    .await;
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().bonuses, 1);
    assert_eq!(points(&store, EVA).await, 500);
    push(&store, &mut till, &[absorbs(FIRST, ANA)]).await;
    push(&store, &mut offline, &[absorbs(SECOND, ANA)]).await;
    let undone = (refund_of(&bought, on), on);
    push(&store, &mut offline, &[undone]).await;
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().bonuses, 1);
    assert_eq!(points(&store, EVA).await, 0, "taken back");
    assert_eq!(points(&store, SECOND).await, 0);
}
