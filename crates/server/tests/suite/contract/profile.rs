//! Profiles: the later writer wins, whoever comes first.

use mostrador_protocol::row::{Customer, Row};
use mostrador_server::Store;
use mostrador_server::feed::PageRequest;
use uuid::Uuid;

use super::scribe::{Scribe, TENANT, profile};

const ANA: Uuid = Uuid::from_u128(1);

async fn send<S: Store>(store: &S, till: &Scribe, profile: Customer) {
    let mut batch = till.batch(till.seq());
    batch.profiles = vec![profile];
    store.ingest(batch).await.unwrap();
}

async fn stored<S: Store>(store: &S) -> Customer {
    let (profile, _) = store.customer(TENANT, ANA).await.unwrap().unwrap();
    profile.unwrap()
}

pub(crate) async fn the_later_profile_wins_in_any_order<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    send(&store, &till, profile(ANA, "second", 20)).await;
    send(&store, &till, profile(ANA, "first", 10)).await;
    assert_eq!(stored(&store).await.name, "second");
    send(&store, &till, profile(ANA, "third", 30)).await;
    assert_eq!(stored(&store).await.name, "third");

    let silent = Customer {
        marketing_consent: false,
        ..profile(ANA, "third", 30)
    };
    send(&store, &till, silent.clone()).await;
    send(&store, &till, profile(ANA, "third", 30)).await;
    assert_eq!(
        stored(&store).await,
        silent,
        "at the same clock no consent wins"
    );
    assert_eq!(store.customers(TENANT).await.unwrap().len(), 1);
}

pub(crate) async fn a_profile_reaches_every_terminal<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    send(&store, &till, profile(ANA, "Ana 🎉", 20)).await;
    send(&store, &till, profile(ANA, "older", 10)).await;
    let request = PageRequest {
        tenant: TENANT.to_owned(),
        cursor: 0,
        limit: 100,
        stream: None,
    };
    let page = store.page(request).await.unwrap();
    let rows = page.rows.iter().map(|row| &row.row);
    let fed: Vec<&Row> = rows.filter(|row| matches!(row, Row::Customer(_))).collect();
    assert_eq!(fed, [&Row::Customer(profile(ANA, "Ana 🎉", 20))]);
}
