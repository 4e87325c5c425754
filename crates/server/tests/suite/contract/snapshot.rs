//! Snapshots and compaction: what a terminal begins with, and what nobody reads any more.

use std::collections::BTreeMap;

use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::row::{CodeUseRow, Row};
use mostrador_protocol::snapshot::{KINDS, SnapshotPlace};
use mostrador_server::Store;
use mostrador_server::compaction::{self, Compaction, DAY_MS};
use mostrador_server::feed::{Page, PageRequest};
use mostrador_server::snapshot::{Part, PartRequest};
use uuid::Uuid;

use super::scribe::{Scribe, TENANT, profile};

const ANA: Uuid = Uuid::from_u128(1);

type At = (u64, EntryHash);

type State = BTreeMap<(&'static str, String), Row>;

async fn part<S: Store>(store: &S, at: At, after: Option<SnapshotPlace>, limit: u32) -> Part {
    let request = PartRequest {
        tenant: TENANT.to_owned(),
        at,
        after,
        limit,
    };
    store.snapshot_part(request).await.unwrap()
}

async fn now<S: Store>(store: &S) -> At {
    let snapshot = store.snapshot(TENANT).await.unwrap();
    (snapshot.position, snapshot.hash)
}

/// All rows of the snapshot at a position, fetched `limit` at a time.
async fn rows<S: Store>(store: &S, at: At, limit: u32) -> Vec<Row> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let Part::Rows(rows, next) = part(store, at, after, limit).await else {
            panic!("the snapshot at {} is there", at.0);
        };
        assert!(rows.len() <= usize::try_from(limit).unwrap());
        all.extend(rows);
        match next {
            Some(next) => after = Some(next),
            None => return all,
        }
    }
}

async fn state<S: Store>(store: &S, at: At) -> State {
    let rows = rows(store, at, 3).await.into_iter();
    rows.map(|row| (row.key(), row)).collect()
}

async fn page<S: Store>(store: &S, cursor: u64, hash: Option<EntryHash>) -> Page {
    let request = PageRequest {
        tenant: TENANT.to_owned(),
        cursor,
        hash,
        limit: 1,
        stream: None,
    };
    store.page(request).await.unwrap()
}

/// Every page after a cursor, with the places where they end.
async fn pages<S: Store>(store: &S, mut cursor: u64) -> (Vec<Row>, Vec<At>) {
    let (mut rows, mut ends) = (Vec::new(), Vec::new());
    loop {
        let page = page(store, cursor, None).await;
        assert!(!page.is_compacted && !page.is_other);
        for row in page.rows {
            cursor += 1;
            assert_eq!(row.position, cursor, "positions are dense");
            rows.push(row.row);
        }
        ends.push((cursor, page.next_hash.unwrap()));
        if !page.more {
            return (rows, ends);
        }
    }
}

async fn sell_some<S: Store>(store: &S, till: &mut Scribe, sales: u128) {
    for number in 0..sales {
        let base = till.seq();
        till.sell(Uuid::from_u128(1 + number % 3), "FREE");
        till.push(store, base).await;
        let name = format!("Ana {number}");
        let hlc = base + 1;
        let rows = vec![Row::Customer(profile(ANA, &name, hlc))];
        store.put(TENANT, rows).await.unwrap();
    }
}

async fn compact<S: Store>(store: &S) -> compaction::Compacted {
    compaction::run(store, TENANT, (0, 0)).await.unwrap()
}

/// Invariant 7 of the feed, before and after compaction.
pub(crate) async fn a_snapshot_and_what_follows_is_the_later_snapshot<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    sell_some(&store, &mut till, 5).await;
    let first = now(&store).await;
    let mut expected = state(&store, first).await;
    sell_some(&store, &mut till, 5).await;
    let last = now(&store).await;
    let (feed, _) = pages(&store, first.0).await;
    let feed = feed.into_iter().filter(|row| row.key().0 != "lease");
    expected.extend(feed.map(|row| (row.key(), row)));

    assert_eq!(state(&store, last).await, expected);
    assert_eq!(
        rows(&store, first, 1).await,
        rows(&store, first, 1_000).await
    );
    let told = store.snapshot(TENANT).await.unwrap();
    let of = |kind| expected.keys().filter(|key| key.0 == kind).count() as u64;
    assert_eq!(
        (told.customers, told.accounts),
        (of("customer"), of("account"))
    );
    let kinds: Vec<_> = rows(&store, last, 7)
        .await
        .iter()
        .map(|row| row.key().0)
        .collect();
    let mut sorted = kinds.clone();
    sorted.sort_by_key(|kind| KINDS.iter().position(|known| known == kind));
    assert_eq!(kinds, sorted, "in the order in which a till needs them");

    let compacted = compact(&store).await;
    assert_eq!(compacted.horizon, last.0);
    assert!(compacted.removed > 0);
    assert_eq!(state(&store, last).await, expected);
}

pub(crate) async fn who_stands_below_the_horizon_begins_again_and_who_stands_above_reads_on<
    S: Store,
>(
    store: S,
) {
    let mut till = Scribe::new(&store).await;
    sell_some(&store, &mut till, 4).await;
    let (_, ends) = pages(&store, 0).await;
    let before = now(&store).await;
    compact(&store).await;
    sell_some(&store, &mut till, 2).await;
    let last = now(&store).await;

    for (cursor, hash) in ends {
        let found = page(&store, cursor, Some(hash)).await;
        let is_below = cursor < before.0;
        let found = (found.is_other, found.is_compacted, found.rows.is_empty());
        assert_eq!(found, (false, is_below, is_below), "at {cursor}");
        // A server that was restored is recognised by what is gone too.
        let other = page(&store, cursor, Some(EntryHash([9; 32]))).await;
        assert!(other.is_other, "at {cursor}");
    }
    let (rows, ends) = pages(&store, before.0).await;
    assert_eq!(rows.len() as u64, last.0 - before.0);
    assert_eq!(ends.last(), Some(&last));

    assert!(matches!(
        part(&store, before, None, 9).await,
        Part::Rows(..)
    ));
    compact(&store).await;
    assert_eq!(part(&store, before, None, 9).await, Part::Gone);
    let other = (last.0, EntryHash([9; 32]));
    assert_eq!(part(&store, other, None, 9).await, Part::Other);
    let beyond = (last.0 + 1, last.1);
    assert_eq!(part(&store, beyond, None, 9).await, Part::Other);
    assert_eq!(compact(&store).await.removed, 0, "once is enough");
}

pub(crate) async fn rows_stay_until_they_are_old_enough<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let keep_ms = 30 * DAY_MS;
    let on_day = async |day: i64, at_most: u32| {
        let asked = Compaction {
            tenant: TENANT.to_owned(),
            now_ms: day * DAY_MS,
            keep_ms,
            at_most,
        };
        store.compact(asked).await.unwrap()
    };
    sell_some(&store, &mut till, 3).await;
    let first = now(&store).await;
    assert_eq!(on_day(100, 1_000).await.horizon, 0);
    sell_some(&store, &mut till, 3).await;
    let second = now(&store).await;
    assert_eq!(on_day(101, 1_000).await.horizon, 0);
    sell_some(&store, &mut till, 3).await;

    assert_eq!(on_day(129, 1_000).await.horizon, 0);
    let mut horizon = 0;
    loop {
        let step = on_day(130, 2).await;
        assert!(step.horizon > horizon && step.horizon <= first.0);
        horizon = step.horizon;
        if step.is_done {
            break;
        }
    }
    assert_eq!(horizon, first.0);
    assert_eq!(on_day(131, 1_000).await.horizon, second.0);
}

/// Keys may be any text, and stand in the address of a request.
pub(crate) async fn parts_go_on_after_any_key<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    for code in ["FREE", "Ñ/?&=%", "🎉", "FREE2"] {
        let base = till.seq();
        till.sell(ANA, code);
        till.push(&store, base).await;
    }
    let at = now(&store).await;
    let one_by_one = rows(&store, at, 1).await;
    assert_eq!(one_by_one, rows(&store, at, 1_000).await);
    for row in &one_by_one {
        let place = SnapshotPlace::after(row);
        assert_eq!(place.to_string().parse(), Ok(place));
    }
    let codes = one_by_one
        .iter()
        .filter(|row| matches!(row, Row::CodeUse(CodeUseRow { .. })));
    assert!(codes.count() >= 2);
}
