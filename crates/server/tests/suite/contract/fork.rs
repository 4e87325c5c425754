//! Restored backups and cloned disks.

use mostrador_protocol::entry::{Decoded, EntryHash, Payload, RawEntry};
use mostrador_protocol::message::Disposition::{Applied, Held};
use mostrador_protocol::message::{PROTOCOL, Verdict};
use mostrador_server::Store;
use mostrador_server::ingest::Outcome;
use mostrador_server::store::{Greeting, HistoryRequest};
use mostrador_server::terminal::Told;
use uuid::Uuid;

use super::scribe::{Scribe, dispositions, page_after, sale, standing};

const ANA: Uuid = Uuid::from_u128(1);

fn told(seq: u64) -> Told {
    Told {
        protocol: PROTOCOL,
        app_version: "0.1.0".to_owned(),
        head_seq: seq,
        waiting: Some(7),
        skew_ms: -61_000,
        at_ms: 3_000,
    }
}

pub(crate) fn greeting(till: &Scribe, seq: u64) -> Greeting {
    Greeting {
        tenant: till.tenant.clone(),
        terminal: till.terminal,
        stream: till.stream,
        seq,
        hash: till.hashes[usize::try_from(seq).unwrap().min(till.entries.len())],
        told: told(seq),
        cursor: (0, None),
        generation: None,
        acknowledged: None,
        next_generation: Uuid::from_u128(2),
        now_ms: 0,
        serving_since_ms: 0,
    }
}

pub(crate) async fn another_entry_at_the_same_position_is_a_fork<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.sell(ANA, "FREE");
    let mut clone = till.clone();
    till.sell(ANA, "FREE");
    clone.sell(ANA, "FREE");
    clone.sell(ANA, "FREE");
    till.push(&store, 0).await;
    for base in [0, 1, 2] {
        let outcome = store.ingest(clone.batch(base)).await.unwrap();
        assert_eq!(outcome, Outcome::Fork { seq: 2 }, "sent after {base}");
    }
    assert_eq!(standing(&store, ANA).await, (2, 180));

    let greeted = store.greet(greeting(&clone, 2)).await.unwrap().unwrap();
    assert_eq!(greeted.verdict, Verdict::Fork, "a hello sees it as well");
    let fine = store.greet(greeting(&till, 2)).await.unwrap().unwrap();
    assert_eq!(fine.verdict, Verdict::Ok);
    let behind = store.greet(greeting(&till, 1)).await.unwrap().unwrap();
    assert_eq!(behind.verdict, Verdict::Rewound);
}

pub(crate) async fn the_owner_sees_what_a_terminal_said_and_how_it_stands<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let silent = store.terminal(till.terminal).await.unwrap().unwrap();
    assert_eq!((silent.told, silent.verdict), (None, None));
    let mut clone = till.clone();
    till.sell(ANA, "FREE");
    clone.sell(ANA, "FREE");
    till.push(&store, 0).await;
    store.greet(greeting(&till, 1)).await.unwrap().unwrap();
    let seen = store.terminal(till.terminal).await.unwrap().unwrap();
    assert_eq!(
        (seen.told, seen.verdict),
        (Some(told(1)), Some(Verdict::Ok))
    );
    store.ingest(clone.batch(0)).await.unwrap();
    let seen = store.terminal(till.terminal).await.unwrap().unwrap();
    assert_eq!(seen.verdict, Some(Verdict::Fork), "a push sees it as well");
}

pub(crate) async fn a_cursor_beyond_the_feed_changes_the_generation<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    let head = page_after(&store, 0).await.next_cursor;
    let first = store.identity().await.unwrap().generation;
    let generation = async |cursor| {
        let greeting = Greeting {
            cursor,
            ..greeting(&till, 0)
        };
        store.greet(greeting).await.unwrap().unwrap().generation
    };
    assert_eq!(generation((head, None)).await, first);
    let anybody_can_say_so = (head + 1, None);
    assert_eq!(generation(anybody_can_say_so).await, first);
    let read = (head + 1, Some(EntryHash([9; 32])));
    assert_eq!(generation(read).await, Uuid::from_u128(2));
    assert_eq!(generation((head, None)).await, Uuid::from_u128(2));
}

pub(crate) async fn a_stream_of_another_terminal_is_refused<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.sell(ANA, "FREE");
    till.push(&store, 0).await;
    let mut thief = Scribe::another(&store).await;
    thief.stream = till.stream;
    thief.sell(ANA, "FREE");
    assert_eq!(
        store.ingest(thief.batch(0)).await.unwrap(),
        Outcome::Foreign
    );
    assert_eq!(store.greet(greeting(&thief, 0)).await.unwrap(), None);
    assert_eq!(standing(&store, ANA).await, (1, 90));
}

pub(crate) async fn both_branches_are_kept_and_each_id_counts_once<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let first = till.sell(ANA, "FREE");
    till.push(&store, 0).await;
    let terminal = store.terminal(till.terminal).await.unwrap().unwrap();

    // The restored till does not know that its first sale arrived: it writes it again.
    let mut restored = Scribe::of(&terminal);
    restored.write(first, &payload_of(&till.entries[0]));
    restored.sell(ANA, "FREE");
    let accepted = restored.push(&store, 0).await;
    assert_eq!(dispositions(&accepted), [Applied, Applied]);
    assert_eq!(
        standing(&store, ANA).await,
        (2, 180),
        "two sales, not three"
    );
    let asked = HistoryRequest {
        tenant: till.tenant.clone(),
        customer: ANA,
        before: None,
        limit: 10,
    };
    let told = store.history(asked).await.unwrap();
    assert_eq!(told.len(), 2, "and two in the history");
    for (stream, entries) in [(till.stream, 1), (restored.stream, 2)] {
        let stored = store.entries(&till.tenant, stream).await.unwrap();
        assert_eq!(stored.len(), entries);
    }
}

pub(crate) async fn an_id_with_another_payload_is_held<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let first = till.sell(ANA, "FREE");
    till.write(first, &sale(ANA, "OTHER"));
    let accepted = till.push(&store, 0).await;
    assert_eq!(dispositions(&accepted), [Applied, Held]);
    let reason = accepted.dispositions[1].reason.clone().unwrap();
    assert!(reason.starts_with("entry_id_reused: "), "{reason}");
    assert_eq!(standing(&store, ANA).await, (1, 90));
}

fn payload_of(raw: &RawEntry) -> Payload {
    let header = raw.header().unwrap();
    match raw.payload(&header).unwrap() {
        Decoded::Known(payload) => payload,
        Decoded::Unknown => panic!("the scribe writes known kinds"),
    }
}
