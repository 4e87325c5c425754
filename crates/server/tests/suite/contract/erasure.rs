//! A person who asked to be forgotten is nowhere, and does not come back.

use mostrador_protocol::entry::{CustomerLinked, Payload};
use mostrador_protocol::row::{Customer, FeedRow, Row};
use mostrador_server::Store;
use mostrador_server::erasure::{Erasure, held_about};
use mostrador_server::feed::{Page, PageRequest};
use uuid::Uuid;

use super::scribe::{Scribe, TENANT, profile, standing};

const ANA: Uuid = Uuid::from_u128(1);
const ANA_AGAIN: Uuid = Uuid::from_u128(2);

pub(crate) fn erasure(customer: Uuid) -> Erasure {
    Erasure {
        tenant: TENANT.to_owned(),
        customer,
        reason: "asked at the counter".to_owned(),
        at_ms: 1_790_000_000_000,
    }
}

async fn send<S: Store>(store: &S, till: &Scribe, profile: Customer) {
    let mut batch = till.batch(till.seq());
    batch.profiles = vec![profile];
    store.ingest(batch).await.unwrap();
}

async fn page<S: Store>(store: &S, cursor: u64, known: Option<&Page>) -> Page {
    let request = PageRequest {
        tenant: TENANT.to_owned(),
        cursor,
        hash: known.and_then(|page| page.next_hash),
        limit: 1_000,
        stream: None,
    };
    store.page(request).await.unwrap()
}

/// The rows of the feed about a customer.
fn about(page: &Page, id: Uuid) -> Vec<&Customer> {
    let of = |row: &FeedRow| matches!(&row.row, Row::Customer(profile) if profile.id == id);
    let rows = page.rows.iter().filter(|row| of(row));
    rows.map(|row| match &row.row {
        Row::Customer(profile) => profile,
        row => panic!("{row:?}"),
    })
    .collect()
}

pub(crate) async fn who_is_erased_is_in_no_row_and_the_points_stay<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.open_shift();
    till.sell(ANA, "VERANO10");
    store.ingest(till.batch(0)).await.unwrap();
    send(&store, &till, profile(ANA, "Anacleta", 10)).await;
    send(&store, &till, profile(ANA, "Anacleta Canaria", 20)).await;
    let before = page(&store, 0, None).await;
    assert_eq!(about(&before, ANA).len(), 2);
    let points = standing(&store, ANA).await;

    let erased = store.erase(erasure(ANA)).await.unwrap();
    assert_eq!(erased, Some(vec![ANA]));
    let after = page(&store, before.next_cursor, Some(&before)).await;
    assert!(!after.is_other, "the chain is the one that was told before");
    let gone = Customer::erased(ANA, 21);
    assert_eq!(about(&after, ANA), [&gone]);
    let again = page(&store, 0, None).await;
    assert_eq!(about(&again, ANA), [&gone; 3], "also in earlier rows");
    let dense = again.rows.iter().map(|row| row.position);
    assert!(dense.eq(1..=again.next_cursor));
    assert!(!format!("{again:?}").contains("Anacleta"));
    let (kept, account) = store.customer(TENANT, ANA).await.unwrap().unwrap();
    assert_eq!(kept, None);
    assert_eq!(
        (account.purchases, standing(&store, ANA).await),
        (1, points)
    );

    let repeated = store.erase(erasure(ANA)).await.unwrap();
    assert_eq!(repeated, Some(vec![]));
    assert_eq!(store.counts(TENANT).await.unwrap().feed, after.next_cursor);
    let unknown = store.erase(erasure(Uuid::from_u128(404))).await.unwrap();
    assert_eq!(unknown, None);
}

pub(crate) async fn a_late_edit_does_not_bring_anybody_back<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    send(&store, &till, profile(ANA, "Ana", 10)).await;
    store.erase(erasure(ANA)).await.unwrap();
    let fed = store.counts(TENANT).await.unwrap().feed;
    send(&store, &till, profile(ANA, "of before", 5)).await;
    assert_eq!(
        store.counts(TENANT).await.unwrap().feed,
        fed,
        "the till reads it anyhow"
    );
    for _ in 0..2 {
        send(&store, &till, profile(ANA, "an edit of later", 50)).await;
        let told = page(&store, fed, None).await;
        assert_eq!(
            about(&told, ANA),
            [&Customer::erased(ANA, 51)],
            "told once more"
        );
    }
    let row = Row::Customer(profile(ANA, "imported again", 60));
    store.put(TENANT, vec![row]).await.unwrap();
    assert_eq!(store.customers(TENANT).await.unwrap(), []);
}

pub(crate) async fn a_restored_server_is_told_who_was_erased<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    send(&store, &till, profile(ANA, "of the backup", 10)).await;
    for _ in 0..2 {
        send(&store, &till, Customer::erased(ANA, 11)).await;
    }
    assert_eq!(store.customers(TENANT).await.unwrap(), []);
    let all = page(&store, 0, None).await;
    assert_eq!(about(&all, ANA), [&Customer::erased(ANA, 11); 2]);
    let erased = store.erased(TENANT).await.unwrap();
    assert_eq!((erased.len(), erased[0].at_ms), (1, None));
}

pub(crate) async fn a_person_is_erased_with_every_record_and_can_see_what_is_held<S: Store>(
    store: S,
) {
    let mut till = Scribe::new(&store).await;
    till.open_shift();
    till.sell(ANA, "VERANO10");
    till.sell(ANA_AGAIN, "VERANO10");
    let link = CustomerLinked {
        survivor_id: ANA,
        absorbed_id: ANA_AGAIN,
        cashier_id: Uuid::nil(),
        local_time: chrono::NaiveDateTime::default(),
        approval_id: None,
    };
    till.write(Uuid::from_u128(77), &Payload::CustomerLinked(link));
    store.ingest(till.batch(0)).await.unwrap();
    send(&store, &till, profile(ANA, "Anacleta", 10)).await;
    send(&store, &till, profile(ANA_AGAIN, "Anacleta C.", 10)).await;
    let held = held_about(&store, TENANT, ANA_AGAIN)
        .await
        .unwrap()
        .unwrap();
    let ids: Vec<Uuid> = held
        .records
        .iter()
        .map(|record| record.customer_id)
        .collect();
    assert_eq!((ids, held.entries.len()), (vec![ANA, ANA_AGAIN], 3));
    let text = serde_json::to_string(&held).unwrap();
    assert!(text.contains("Anacleta C.") && text.contains("3001234567"));

    let erased = store.erase(erasure(ANA_AGAIN)).await.unwrap();
    assert_eq!(erased, Some(vec![ANA, ANA_AGAIN]));
    let held = held_about(&store, TENANT, ANA).await.unwrap().unwrap();
    let text = serde_json::to_string(&held).unwrap();
    assert!(!text.contains("Anacleta"), "{text}");
    assert!(text.contains("asked at the counter"), "{text}");
    assert_eq!(held.entries.len(), 3, "facts stay");
    let nobody = held_about(&store, TENANT, Uuid::from_u128(404)).await;
    assert!(nobody.unwrap().is_none());
}
