//! Profiles: the later writer wins, whoever comes first.

use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::code::generated::{is_intact, with_check_sign};
use mostrador_protocol::entry::{CustomerLinked, Payload};
use mostrador_protocol::row::{Consent, Customer, Row};
use mostrador_server::Store;
use mostrador_server::store::HistoryRequest;
use uuid::Uuid;

use super::scribe::{Scribe, TENANT, page_after, profile};

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
    let kept = stored(&store).await;
    assert!(!kept.marketing_consent, "at the same clock no consent wins");
    assert_eq!(kept.name, silent.name);
    assert_eq!(store.customers(TENANT).await.unwrap().len(), 1);
}

pub(crate) async fn a_profile_reaches_every_terminal<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    send(&store, &till, profile(ANA, "Ana 🎉", 20)).await;
    send(&store, &till, profile(ANA, "older", 10)).await;
    let page = page_after(&store, 0).await;
    let rows = page.rows.iter().map(|row| &row.row);
    let fed: Vec<&Row> = rows.filter(|row| matches!(row, Row::Customer(_))).collect();
    assert_eq!(fed, [&Row::Customer(stored(&store).await)]);
    assert_eq!(stored(&store).await.name, "Ana 🎉");
}

fn said(hlc: u64, marketing: bool, answers_ms: Option<i64>) -> Customer {
    let given_ms = i64::try_from(hlc).unwrap();
    Customer {
        marketing_consent: marketing,
        consent: Some(Consent {
            version: 1,
            marketing,
            given_ms,
            terminal: Uuid::from_u128(7),
            answers_ms,
        }),
        ..profile(ANA, "Ana", hlc)
    }
}

pub(crate) async fn of_two_consents_the_more_restrictive_wins<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    send(&store, &till, said(10, true, None)).await;
    send(&store, &till, said(20, false, Some(10))).await;
    send(&store, &till, said(30, true, Some(10))).await;
    let kept = stored(&store).await;
    assert!(
        !kept.marketing_consent,
        "the later one did not know of the withdrawal"
    );
    assert_eq!(kept.consent.unwrap().given_ms, 20);
    send(&store, &till, said(40, true, Some(20))).await;
    assert!(stored(&store).await.marketing_consent, "this one did");
    let before = store.counts(TENANT).await.unwrap().feed;
    send(&store, &till, said(30, true, Some(10))).await;
    send(&store, &till, said(40, true, Some(20))).await;
    assert_eq!(
        store.counts(TENANT).await.unwrap().feed,
        before,
        "nothing new"
    );
}

pub(crate) async fn the_later_of_two_equal_referral_codes_becomes_another<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    let code = with_check_sign("K7M2Q9X").unwrap().to_string();
    let drew = |id: Uuid, hlc| Customer {
        referral_code: Some(code.clone()),
        ..profile(id, "Ana", hlc)
    };
    let later = Uuid::from_u128(2);
    send(&store, &till, drew(ANA, 10)).await;
    send(&store, &till, drew(later, 5)).await;
    assert_eq!(stored(&store).await.referral_code, Some(code.clone()));
    let (other, _) = store.customer(TENANT, later).await.unwrap().unwrap();
    let given = other.clone().unwrap().referral_code.unwrap();
    assert_ne!(given, code);
    assert!(is_intact(&CodeText::parse(&given).unwrap()));

    // The till meets its new code in the feed, at the clock of what it sent.
    let page = page_after(&store, 0).await;
    let last = page.rows.last().map(|row| row.row.clone());
    assert_eq!(last, other.map(Row::Customer));

    send(&store, &till, drew(later, 6)).await;
    let (again, _) = store.customer(TENANT, later).await.unwrap().unwrap();
    assert_eq!(again.unwrap().referral_code.unwrap(), given, "given once");
}

pub(crate) async fn who_comes_without_a_referral_code_gets_one<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    send(&store, &till, profile(ANA, "Ana", 10)).await;
    let broken = Customer {
        referral_code: Some("K7M2Q9XX".to_owned()),
        ..profile(Uuid::from_u128(2), "Beto", 10)
    };
    store
        .put(TENANT, vec![Row::Customer(broken)])
        .await
        .unwrap();
    for customer in store.customers(TENANT).await.unwrap() {
        let code = CodeText::parse(&customer.referral_code.unwrap()).unwrap();
        assert!(is_intact(&code) && code.as_str().len() == 8, "{code}");
    }
}

pub(crate) async fn a_history_has_every_entry_once_the_latest_first<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    for _ in 0..5 {
        till.sell(ANA, "FREE");
        till.sell(Uuid::from_u128(2), "FREE");
    }
    store.ingest(till.batch(0)).await.unwrap();
    store.ingest(till.batch(0)).await.unwrap();
    let mut request = HistoryRequest {
        tenant: TENANT.to_owned(),
        customer: ANA,
        before: None,
        limit: 2,
    };
    let mut places = Vec::new();
    loop {
        let page = store.history(request.clone()).await.unwrap();
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 2);
        assert!(
            page.iter()
                .all(|entry| entry.entry.payload.contains(&ANA.to_string()))
        );
        request.before = Some(last.place);
        places.extend(
            page.iter()
                .map(|entry| (entry.place.effective_ms, entry.place.seq)),
        );
    }
    assert_eq!(places.len(), 5);
    assert!(places.is_sorted_by(|one, next| one > next), "{places:?}");
    let other_tenant = HistoryRequest {
        tenant: "bar".to_owned(),
        before: None,
        ..request
    };
    assert!(store.history(other_tenant).await.unwrap().is_empty());
}

pub(crate) async fn a_history_goes_on_with_what_was_merged_into_it<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let id = Uuid::from_u128;
    let day = chrono::NaiveDate::from_ymd_opt(2025, 3, 1).unwrap();
    let link = |survivor_id, absorbed_id| {
        Payload::CustomerLinked(CustomerLinked {
            survivor_id,
            absorbed_id,
            cashier_id: id(9),
            local_time: day.into(),
            approval_id: None,
        })
    };
    for customer in [ANA, id(2), id(3), id(4)] {
        till.sell(customer, "FREE");
    }
    till.write(id(101), &link(id(2), id(3)));
    till.write(id(102), &link(ANA, id(2)));
    till.sell(id(3), "FREE");
    store.ingest(till.batch(0)).await.unwrap();
    let history = async |customer| {
        let request = HistoryRequest {
            tenant: TENANT.to_owned(),
            customer,
            before: None,
            limit: 50,
        };
        store.history(request).await.unwrap().len()
    };
    // Three first sales, two merges, and what was sold to the record that is gone.
    assert_eq!(history(ANA).await, 6);
    assert_eq!(history(id(3)).await, 3);
    assert_eq!(history(id(4)).await, 1);
}
