//! A server that was restored from a backup: it is recognised, and gets back what it published.

use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::Row;
use mostrador_server::Store;
use mostrador_server::feed::{Page, PageRequest, chain};
use mostrador_server::ingest::{Batch, Outcome};
use mostrador_server::store::Greeting;
use uuid::Uuid;

use super::fork::greeting;
use super::scribe::{Scribe, TENANT};

const ANA: Uuid = Uuid::from_u128(1);

async fn page<S: Store>(store: &S, cursor: u64, hash: Option<EntryHash>) -> Page {
    let request = PageRequest {
        tenant: TENANT.to_owned(),
        cursor,
        hash,
        limit: 100,
        stream: None,
    };
    store.page(request).await.unwrap()
}

pub(crate) async fn a_terminal_that_read_another_feed_is_recognised<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.sell(ANA, "FREE");
    till.push(&store, 0).await;
    let all = page(&store, 0, Some(EntryHash::ZERO)).await;
    let folded = all.rows.iter().fold(EntryHash::ZERO, |hash, row| {
        chain(&hash, &serde_json::to_string(&row.row).unwrap())
    });
    assert_eq!(all.next_hash, Some(folded));
    let (end, hash) = (all.next_cursor, all.next_hash);
    assert!(!page(&store, end, hash).await.is_other);
    for (cursor, hash) in [
        (end, Some(EntryHash([9; 32]))),
        (end + 1, hash),
        (0, hash),
        (end - 1, hash),
    ] {
        let page = page(&store, cursor, hash).await;
        assert!(page.is_other && page.rows.is_empty(), "{cursor}");
    }

    let first = store.identity().await.unwrap().generation;
    let greet = async |hash, generation, next| {
        let greeting = Greeting {
            cursor: (end, hash),
            generation,
            next_generation: Uuid::from_u128(next),
            ..greeting(&till, 1)
        };
        store.greet(greeting).await.unwrap().unwrap().generation
    };
    let second = Uuid::from_u128(2);
    let other = Some(EntryHash([9; 32]));
    assert_eq!(greet(hash, Some(first), 2).await, first);
    assert_eq!(greet(other, Some(first), 2).await, second);
    // Every other terminal that read the lost feed hears of it, and nothing changes again.
    assert_eq!(greet(other, Some(first), 3).await, second);
    assert_eq!(store.identity().await.unwrap().generation, second);
}

pub(crate) async fn a_lost_program_comes_back_once_and_takes_no_others_place<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    let first = store.program(TENANT).await.unwrap().unwrap();
    let lost = ProgramDocument {
        version: first.version + 1,
        name: "Lost".to_owned(),
        ..first.clone()
    };
    let offer = async |program: &ProgramDocument| {
        let batch = Batch {
            programs: vec![program.clone()],
            ..till.batch(0)
        };
        match store.ingest(batch).await.unwrap() {
            Outcome::Accepted(accepted) => accepted.changed,
            other => panic!("{other:?}"),
        }
    };
    let start = page(&store, 0, None).await.next_cursor;
    assert!(offer(&lost).await);
    assert_eq!(store.program(TENANT).await.unwrap(), Some(lost.clone()));
    let rows = page(&store, start, None).await.rows;
    let expected = Row::Program(Box::new(lost.clone()));
    assert!(
        matches!(rows.as_slice(), [row] if row.row == expected),
        "{rows:?}"
    );

    assert!(!offer(&lost).await, "it is there already");
    let other = ProgramDocument {
        name: "Other".to_owned(),
        ..lost.clone()
    };
    assert!(!offer(&other).await, "its number is taken");
    assert_eq!(store.program(TENANT).await.unwrap(), Some(lost));
}
