//! Who may speak, and what the owner publishes.

use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::signature::SecretKey;
use mostrador_server::terminal::{Enrolment, Shop, Tenant};
use mostrador_server::{Error, Mint, Published, Store, enrol_code};

use super::scribe::{TENANT, furnish};

fn enrolment(mint: &Mint, code: &str, key: u8) -> Enrolment {
    Enrolment {
        code_hash: enrol_code::hash(code),
        terminal_id: mint.id().unwrap(),
        public_key: SecretKey::from_bytes(&[key; 32]).public().to_hex(),
        now_ms: mint.now_ms(),
    }
}

async fn issue<S: Store>(store: &S, mint: &Mint) -> String {
    let place = (TENANT, "centro");
    enrol_code::issue(store, mint, place, "Caja 1")
        .await
        .unwrap()
}

pub(crate) async fn a_code_enrols_one_terminal_once<S: Store>(store: S) {
    furnish(&store, TENANT).await;
    let mint = Mint::system();
    let code = issue(&store, &mint).await;
    let first = store
        .enrol(enrolment(&mint, &code, 1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (first.name.as_str(), first.shop.id.as_str()),
        ("Caja 1", "centro")
    );

    let again = store.enrol(enrolment(&mint, &code, 1)).await.unwrap();
    assert_eq!(
        again.unwrap().id,
        first.id,
        "a lost answer can be asked for again"
    );
    let thief = store.enrol(enrolment(&mint, &code, 2)).await.unwrap();
    assert_eq!(thief, None);
    let guess = enrolment(&mint, "AAAAA-AAAAA-AAAAA-AAAAA", 1);
    assert_eq!(store.enrol(guess).await.unwrap(), None);

    assert_eq!(store.terminals(TENANT).await.unwrap(), vec![first.clone()]);
    assert!(store.set_terminal_active(first.id, false).await.unwrap());
    assert!(!store.terminal(first.id).await.unwrap().unwrap().active);
}

pub(crate) async fn an_old_code_is_worth_nothing<S: Store>(store: S) {
    furnish(&store, TENANT).await;
    let mint = Mint::system();
    let code = issue(&store, &mint).await;
    let late = Enrolment {
        now_ms: mint.now_ms() + enrol_code::LIFETIME_MS + 1_000,
        ..enrolment(&mint, &code, 1)
    };
    assert_eq!(store.enrol(late).await.unwrap(), None);
}

pub(crate) async fn names_that_are_taken_or_unknown_say_so<S: Store>(store: S) {
    furnish(&store, TENANT).await;
    let tenant = Tenant {
        id: TENANT.to_owned(),
        name: String::new(),
    };
    let taken = store.add_tenant(tenant, 0).await;
    assert!(matches!(taken, Err(Error::Exists { .. })), "{taken:?}");
    let shop = |tenant: &str| Shop {
        tenant: tenant.to_owned(),
        id: "centro".to_owned(),
        name: String::new(),
    };
    let taken = store.add_shop(shop(TENANT), 0).await;
    assert!(matches!(taken, Err(Error::Exists { .. })), "{taken:?}");
    let unknown = store.add_shop(shop("nobody"), 0).await;
    assert!(
        matches!(unknown, Err(Error::UnknownTenant(_))),
        "{unknown:?}"
    );
    let mint = Mint::system();
    let nowhere = enrol_code::issue(&store, &mint, (TENANT, "nowhere"), "Caja").await;
    assert!(
        matches!(nowhere, Err(Error::UnknownStore { .. })),
        "{nowhere:?}"
    );
    assert_eq!(store.shops(TENANT).await.unwrap().len(), 1);
    assert_eq!(store.tenants().await.unwrap().len(), 1);
}

pub(crate) async fn a_program_is_published_once_and_ascends<S: Store>(store: S) {
    furnish(&store, TENANT).await;
    let program = |version| ProgramDocument {
        version,
        ..ProgramDocument::bare("Café", "MXN", "America/Mexico_City")
    };
    let again = store.publish(TENANT, program(1), 0).await;
    let refused = matches!(
        again,
        Err(Error::ProgramVersion {
            offered: 1,
            published: 1
        })
    );
    assert!(refused, "{again:?}");
    let three = store.publish(TENANT, program(3), 0).await;
    assert_eq!(three.unwrap(), Published::Now);
    let positions = store.counts(TENANT).await.unwrap().feed;
    let three = store.publish(TENANT, program(3), 9).await;
    assert_eq!(three.unwrap(), Published::Already);
    assert_eq!(store.counts(TENANT).await.unwrap().feed, positions);
    assert!(store.publish(TENANT, program(2), 0).await.is_err());
    assert_eq!(store.program(TENANT).await.unwrap().unwrap().version, 3);

    let wrong = ProgramDocument::bare("Café", "pesos", "America/Mexico_City");
    let wrong = ProgramDocument {
        version: 4,
        ..wrong
    };
    let refused = mostrador_server::publish(&store, &Mint::system(), TENANT, wrong).await;
    assert!(matches!(refused, Err(Error::ProgramFaults(faults)) if !faults.is_empty()));
}
