//! A server that was restored from a backup: it is recognised, and gets back what it published.

use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::message::Disposition::{Adjusted, Applied};
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::Row;
use mostrador_protocol::signature::SecretKey;
use mostrador_server::Store;
use mostrador_server::feed::{Page, PageRequest, chain};
use mostrador_server::ingest::{Batch, Outcome};
use mostrador_server::store::{Greeting, Missed, Restore, Restores};
use uuid::Uuid;

use super::fork::greeting;
use super::scribe::{Scribe, TENANT, dispositions, furnish};

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
    assert_eq!(greet(hash, Some(second), 4).await, second);
}

const HOUR_MS: i64 = 60 * 60 * 1000;

/// A hello of a terminal that read more of the feed than there is.
fn beyond(till: &Scribe, seq: u64) -> Greeting {
    Greeting {
        cursor: (1_000_000, Some(EntryHash([9; 32]))),
        ..greeting(till, seq)
    }
}

async fn greet<S: Store>(store: &S, greeting: Greeting) -> Uuid {
    store.greet(greeting).await.unwrap().unwrap().generation
}

pub(crate) async fn a_connected_terminal_is_asked_again_until_it_spoke<S: Store>(store: S) {
    let finder = Scribe::new(&store).await;
    let connected = Scribe::another(&store).await;
    let is_unheard = async |till: &Scribe| {
        let terminal = store.terminal(till.terminal).await.unwrap();
        terminal.unwrap().is_unheard
    };
    greet(&store, greeting(&connected, 0)).await;
    assert!(!is_unheard(&connected).await);
    greet(&store, beyond(&finder, 0)).await;
    assert!(!is_unheard(&finder).await, "its own hello was a word");
    assert!(is_unheard(&connected).await);
    greet(&store, greeting(&connected, 0)).await;
    assert!(!is_unheard(&connected).await);
}

pub(crate) async fn the_first_word_after_a_restore_counts<S: Store>(store: S) {
    let finder = Scribe::new(&store).await;
    let mut till = Scribe::another(&store).await;
    let is_awaited = async |till: &Scribe| {
        let awaited = store.awaited(TENANT).await.unwrap();
        awaited.contains(&till.terminal)
    };
    for _ in 0..3 {
        till.sell(ANA, "FREE");
    }
    greet(&store, greeting(&till, 1)).await;
    greet(&store, beyond(&finder, 0)).await;
    greet(&store, greeting(&till, 3)).await;
    // A word that the network delivers late takes nothing back.
    greet(&store, greeting(&till, 1)).await;
    greet(&store, greeting(&till, 0)).await;
    let mut two = till.clone();
    two.entries.truncate(2);
    two.hashes.truncate(3);
    two.push(&store, 0).await;
    assert!(is_awaited(&till).await, "the third entry is missing");
    till.push(&store, 2).await;
    assert!(!is_awaited(&till).await);
    // Months later it comes back with sales of three days: they concern nobody's rights.
    till.sell(ANA, "FREE");
    greet(&store, greeting(&till, 4)).await;
    assert!(!is_awaited(&till).await);
    assert!(store.awaited(TENANT).await.unwrap().is_empty());
}

pub(crate) async fn a_terminal_that_parts_is_awaited_in_its_new_stream<S: Store>(store: S) {
    let finder = Scribe::new(&store).await;
    let mut till = Scribe::another(&store).await;
    till.sell(ANA, "FREE");
    till.sell(ANA, "FREE");
    greet(&store, greeting(&till, 1)).await;
    greet(&store, beyond(&finder, 0)).await;
    greet(&store, greeting(&till, 2)).await;
    let parted = till.again_in(Uuid::from_u128(77));
    greet(&store, greeting(&parted, 2)).await;
    greet(&store, greeting(&till, 2)).await;
    let awaited = store.awaited(TENANT).await.unwrap();
    assert_eq!(awaited, [till.terminal]);
    parted.push(&store, 0).await;
    assert!(store.awaited(TENANT).await.unwrap().is_empty());
}

pub(crate) async fn an_acknowledgement_shows_that_the_server_was_restored<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.sell(ANA, "FREE");
    till.sell(ANA, "FREE");
    let first = greet(&store, greeting(&till, 2)).await;
    let mut one = till.clone();
    one.entries.truncate(1);
    one.hashes.truncate(2);
    one.push(&store, 0).await;
    let says = async |acknowledged, generation| {
        let hello = Greeting {
            acknowledged,
            generation: Some(generation),
            ..greeting(&till, 2)
        };
        greet(&store, hello).await
    };
    for is_here in [(0, EntryHash::ZERO), (1, till.hashes[1])] {
        assert_eq!(says(Some(is_here), first).await, first);
    }
    let lost = Some((2, till.hashes[2]));
    let second = Uuid::from_u128(2);
    assert_eq!(says(lost, first).await, second);
    let awaited = store.awaited(TENANT).await.unwrap();
    assert_eq!(awaited, [till.terminal], "grants wait for the second entry");
    // The same hello once more, and what is said after it, show nothing new.
    assert_eq!(says(lost, first).await, second);
    assert_eq!(says(Some((1, till.hashes[1])), second).await, second);
    let believed = store.restores(TENANT).await.unwrap();
    assert_eq!((believed.believed.len(), believed.doubted), (1, None));
}

pub(crate) async fn a_push_after_what_is_here_shows_that_the_server_was_restored<S: Store>(
    store: S,
) {
    let mut till = Scribe::new(&store).await;
    till.sell(ANA, "FREE");
    greet(&store, greeting(&till, 1)).await;
    let missed = |next| Missed {
        tenant: TENANT.to_owned(),
        terminal: till.terminal,
        stream: till.stream,
        seq: 1,
        next_generation: Uuid::from_u128(next),
        now_ms: 0,
        serving_since_ms: 0,
    };
    store.missed(missed(2)).await.unwrap();
    assert_eq!(store.awaited(TENANT).await.unwrap(), [till.terminal]);
    let terminal = store.terminal(till.terminal).await.unwrap().unwrap();
    assert!(terminal.is_unheard, "it is asked what it has");
    assert_eq!(greet(&store, greeting(&till, 1)).await, Uuid::from_u128(2));
    // A push that the network delivers twice shows nothing new.
    store.missed(missed(3)).await.unwrap();
    till.push(&store, 0).await;
    store.missed(missed(4)).await.unwrap();
    assert_eq!(greet(&store, greeting(&till, 1)).await, Uuid::from_u128(2));
    let restores = store.restores(TENANT).await.unwrap();
    assert_eq!((restores.believed.len(), restores.doubted), (1, None));
}

pub(crate) async fn a_restore_is_a_matter_of_one_tenant<S: Store>(store: S) {
    let finder = Scribe::new(&store).await;
    furnish(&store, "other").await;
    let stranger =
        Scribe::of(&super::scribe::enrol(&store, "other", &SecretKey::from_bytes(&[8; 32])).await);
    let first = greet(&store, greeting(&stranger, 0)).await;
    assert_eq!(greet(&store, beyond(&finder, 0)).await, Uuid::from_u128(2));
    assert_eq!(greet(&store, greeting(&stranger, 0)).await, first);
    assert!(store.awaited("other").await.unwrap().is_empty());
    let terminal = store.terminal(stranger.terminal).await.unwrap().unwrap();
    assert!(!terminal.is_unheard);
    assert_eq!(store.restores("other").await.unwrap(), Restores::default());
}

pub(crate) async fn a_terminal_is_believed_once_an_hour<S: Store>(store: S) {
    let hostile = Scribe::new(&store).await;
    let other = Scribe::another(&store).await;
    let says = async |till: &Scribe, next, now_ms| {
        let word = Greeting {
            next_generation: Uuid::from_u128(next),
            now_ms,
            ..beyond(till, 0)
        };
        greet(&store, word).await.as_u128()
    };
    assert_eq!(says(&hostile, 2, 10).await, 2);
    assert_eq!(says(&hostile, 3, HOUR_MS).await, 2, "not believed again");
    assert_eq!(says(&other, 4, HOUR_MS).await, 4, "another one is");
    assert_eq!(says(&hostile, 5, HOUR_MS + 10).await, 5);
    let word = |at_ms, till: &Scribe| Restore {
        at_ms,
        terminal: till.terminal,
    };
    let expected = Restores {
        believed: vec![
            word(HOUR_MS + 10, &hostile),
            word(HOUR_MS, &other),
            word(10, &hostile),
        ],
        doubted: Some(word(HOUR_MS, &hostile)),
    };
    assert_eq!(store.restores(TENANT).await.unwrap(), expected);
    // Who comes with any earlier generation hears of the latest, and nothing changes.
    let first = store.identity().await.unwrap().generation;
    for (known, now_ms) in [(first, 3 * HOUR_MS), (Uuid::from_u128(2), 6 * HOUR_MS)] {
        let late = Greeting {
            generation: Some(known),
            now_ms,
            ..beyond(&other, 0)
        };
        assert_eq!(greet(&store, late).await.as_u128(), 5);
    }
}

pub(crate) async fn a_server_that_was_started_since_believes_a_terminal_again<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    let says = async |next, serving_since_ms| {
        let word = Greeting {
            next_generation: Uuid::from_u128(next),
            now_ms: 1_000,
            serving_since_ms,
            ..beyond(&till, 0)
        };
        greet(&store, word).await.as_u128()
    };
    assert_eq!(says(2, 500).await, 2);
    assert_eq!(says(3, 1_000).await, 2, "it has run since then");
    assert_eq!(says(4, 1_001).await, 4);
}

pub(crate) async fn rules_of_a_batch_that_failed_judge_nobody<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.sell(ANA, "FREE");
    till.sell(ANA, "FREE");
    let first = store.program(TENANT).await.unwrap().unwrap();
    let version = first.version + 1;
    let lost = ProgramDocument {
        version,
        ..first.clone()
    };
    // The second entry says that it stands where the first one does: the database refuses it.
    let mut fails = till.batch(0);
    fails.links[1].seq = 1;
    fails.programs = vec![lost];
    store.ingest(fails).await.unwrap_err();
    assert_eq!(store.program(TENANT).await.unwrap(), Some(first.clone()));
    let mut other = ProgramDocument { version, ..first };
    for code in &mut other.codes {
        code.total_limit = (code.text == "FREE").then_some(1);
    }
    store.publish(TENANT, other, 0).await.unwrap();
    let accepted = till.push(&store, 0).await;
    assert_eq!(dispositions(&accepted), [Applied, Adjusted]);
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
