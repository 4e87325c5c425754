//! What a person should look at of each terminal.

use mostrador_protocol::lease::{LeaseResource, LeaseWant};
use mostrador_protocol::message::Verdict;
use mostrador_server::Store;
use mostrador_server::attention::{Standing, terminals};
use mostrador_server::lease::{Asked, WriteOff};
use mostrador_server::store::Greeting;
use uuid::Uuid;

use super::fork::greeting;
use super::scribe::{Scribe, TENANT};

const DAY_MS: i64 = 86_400_000;

async fn standing<S: Store>(store: &S, till: &Scribe, now_ms: i64) -> Standing {
    let all = terminals(store, TENANT, now_ms).await.unwrap();
    let own = all
        .into_iter()
        .find(|known| known.terminal == till.terminal);
    own.unwrap()
}

fn codes(standing: &Standing) -> Vec<&str> {
    let codes = standing.attention.iter();
    codes.map(|attention| attention.code.as_str()).collect()
}

pub(crate) async fn a_terminal_that_is_silent_or_ahead_is_named_with_a_remedy<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let never = standing(&store, &till, 0).await;
    assert_eq!((codes(&never), &never.said), (vec![], &None));
    till.open_shift();
    till.push(&store, 0).await;
    store.greet(greeting(&till, 1)).await.unwrap().unwrap();
    let seen = standing(&store, &till, 0).await;
    let seen_ms = seen.last_seen_ms.unwrap();
    assert_eq!(codes(&seen), Vec::<&str>::new(), "{seen:?}");
    assert_eq!((seen.entries, seen.held, seen.new_streams), (1, 0, 0));
    let soon = standing(&store, &till, seen_ms + 4 * DAY_MS - 1).await;
    assert_eq!(codes(&soon), Vec::<&str>::new());
    let late = standing(&store, &till, seen_ms + 9 * DAY_MS).await;
    assert_eq!(codes(&late), ["silent"]);
    assert!(late.attention[0].says.contains("9 days"), "{late:?}");
    assert!(late.attention.iter().all(|line| !line.remedy.is_empty()));
    let switched_off = store.set_terminal_active(till.terminal, false).await;
    assert!(switched_off.unwrap());
    let off = standing(&store, &till, seen_ms + 9 * DAY_MS).await;
    assert_eq!((codes(&off), off.active), (vec![], false));
}

pub(crate) async fn leases_of_before_a_new_stream_are_named_until_they_are_written_off<S: Store>(
    store: S,
) {
    let mut till = Scribe::new(&store).await;
    till.open_shift();
    till.push(&store, 0).await;
    let want = LeaseWant {
        lease_id: Uuid::from_u128(0x1ea5e),
        resource: LeaseResource::CodeUses("ONCE".to_owned()),
        units: 1,
        urgent: false,
    };
    let asked = Asked {
        tenant: TENANT.to_owned(),
        terminal: till.terminal,
        wants: vec![want],
        now_ms: 5_000,
    };
    assert_eq!(store.lease(asked).await.unwrap().leases.len(), 1);
    let holds = standing(&store, &till, 6_000).await;
    assert_eq!((holds.leases.open, holds.leases.left), (1, 1));
    assert_eq!((holds.leases.lost, codes(&holds)), (0, vec![]));

    // The till was restored from a backup and goes on in a new stream.
    let terminal = store.terminal(till.terminal).await.unwrap().unwrap();
    let restored = Scribe::of(&terminal);
    let greeting = Greeting {
        now_ms: 10_000,
        ..greeting(&restored, 0)
    };
    store.greet(greeting).await.unwrap().unwrap();
    let parted = standing(&store, &till, 11_000).await;
    assert_eq!(parted.new_streams, 1);
    assert_eq!((parted.leases.lost, parted.leases.lost_units), (1, 1));
    assert_eq!(codes(&parted), ["new_stream", "lost_leases"]);
    assert!(parted.attention[1].remedy.contains("leases write-off"));
    let written_off = store.write_off(TENANT, WriteOff::Lease(Uuid::from_u128(0x1ea5e)));
    assert_eq!(written_off.await.unwrap().len(), 1);
    let after = standing(&store, &till, 12_000).await;
    assert_eq!((after.leases.lost, codes(&after)), (0, vec!["new_stream"]));
}

pub(crate) async fn a_new_stream_is_named_for_a_week_whatever_its_next_hello_says<S: Store>(
    store: S,
) {
    let mut till = Scribe::new(&store).await;
    till.open_shift();
    till.open_shift();
    till.push(&store, 0).await;
    let at_ms = DAY_MS;
    let rewound = Greeting {
        now_ms: at_ms,
        ..greeting(&till, 1)
    };
    let verdict = store.greet(rewound).await.unwrap().unwrap().verdict;
    assert_eq!(verdict, Verdict::Rewound);
    let seen = standing(&store, &till, at_ms).await;
    assert_eq!(codes(&seen), ["rewound"], "it goes on in its stream so far");

    let terminal = store.terminal(till.terminal).await.unwrap().unwrap();
    let restored = Scribe::of(&terminal);
    let parted = Greeting {
        now_ms: at_ms,
        ..greeting(&restored, 0)
    };
    let verdict = store.greet(parted).await.unwrap().unwrap().verdict;
    assert_eq!(verdict, Verdict::Ok, "nothing is wrong with the new stream");
    for (after_ms, says) in [
        (0, "less than an hour ago"),
        (5 * 3_600_000, "5 h ago"),
        (3 * DAY_MS, "3 days ago"),
    ] {
        let seen = standing(&store, &till, at_ms + after_ms).await;
        assert_eq!(codes(&seen), ["new_stream"]);
        let line = &seen.attention[0];
        assert!(line.says.contains(says), "{line:?}");
        assert!(!line.remedy.is_empty());
    }
    // It is heard again meanwhile, so that it is not silent.
    let heard = Greeting {
        now_ms: at_ms + 6 * DAY_MS,
        ..greeting(&restored, 0)
    };
    store.greet(heard).await.unwrap().unwrap();
    let last = standing(&store, &till, at_ms + 7 * DAY_MS - 1).await;
    assert_eq!(codes(&last), ["new_stream"]);
    let after = standing(&store, &till, at_ms + 7 * DAY_MS).await;
    assert_eq!((codes(&after), after.new_streams), (vec![], 1));
}
