//! The feed: dense, whole transactions, nothing missed.

use std::collections::BTreeMap;

use mostrador_protocol::row::{FeedRow, Row};
use mostrador_server::feed::{Page, PageRequest};
use mostrador_server::{Error, Store};
use uuid::Uuid;

use super::scribe::{Scribe, TENANT, profile};

const ANA: Uuid = Uuid::from_u128(1);

async fn page<S: Store>(store: &S, cursor: u64, limit: u32, stream: Option<Uuid>) -> Page {
    let request = PageRequest {
        tenant: TENANT.to_owned(),
        cursor,
        hash: None,
        limit,
        stream,
    };
    store.page(request).await.unwrap()
}

pub(crate) async fn a_page_ends_where_a_transaction_ends<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    let start = page(&store, 0, 100, None).await;
    let first = FeedRow {
        position: 1,
        row: start.rows[0].row.clone(),
    };
    assert!(matches!(first.row, Row::Program(_)));
    assert_eq!(start.rows, [first]);
    let rows = |from: u128| {
        let ids = from..from + 7;
        ids.map(|id| Row::Customer(profile(Uuid::from_u128(id), "Ana", 1)))
            .collect()
    };
    store.put(&till.tenant, rows(100)).await.unwrap();
    store.put(&till.tenant, rows(200)).await.unwrap();

    // cursor, limit -> rows, next cursor, more
    let cases = [
        (1, 3, (7, 8, true)),
        (1, 7, (7, 8, true)),
        (1, 8, (14, 15, false)),
        (8, 100, (7, 15, false)),
        (15, 100, (0, 15, false)),
        (99, 100, (0, 99, false)),
    ];
    for (cursor, limit, expected) in cases {
        let page = page(&store, cursor, limit, None).await;
        let found = (page.rows.len(), page.next_cursor, page.more);
        assert_eq!(found, expected, "cursor {cursor}, limit {limit}");
    }
}

pub(crate) async fn a_page_is_bounded_in_bytes<S: Store>(store: S) {
    let till = Scribe::new(&store).await;
    let row = |id: u128, mebibytes: usize| {
        let name = "A".repeat(mebibytes << 20);
        Row::Customer(profile(Uuid::from_u128(id), &name, 1))
    };
    for (id, sizes) in [(100, &[3, 3][..]), (200, &[1]), (300, &[3]), (400, &[5, 6])] {
        let rows = (id..).zip(sizes).map(|(id, size)| row(id, *size));
        store.put(&till.tenant, rows.collect()).await.unwrap();
    }
    // cursor, limit -> rows, next cursor, more
    let cases = [
        (1, 1_000, (3, 4, true)),
        (1, 1, (2, 3, true)),
        (4, 1_000, (1, 5, true)),
        (5, 1_000, (2, 7, false)),
    ];
    for (cursor, limit, expected) in cases {
        let page = page(&store, cursor, limit, None).await;
        let found = (page.rows.len(), page.next_cursor, page.more);
        assert_eq!(found, expected, "cursor {cursor}, limit {limit}");
    }
    let rows = (500..).zip([31, 31]).map(|(id, size)| row(id, size));
    store.put(&till.tenant, rows.collect()).await.unwrap();
    let request = PageRequest {
        tenant: till.tenant.clone(),
        cursor: 7,
        hash: None,
        limit: 1_000,
        stream: None,
    };
    let error = store.page(request).await.unwrap_err();
    assert!(
        matches!(error, Error::PageTooLarge { ends: 9, .. }),
        "{error:?}"
    );
    assert_eq!(page(&store, 5, 1_000, None).await.next_cursor, 7);
}

pub(crate) async fn own_through_agrees_with_the_rows_of_the_page<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let mut other = Scribe::another(&store).await;
    for _ in 0..5 {
        let base = till.seq();
        till.sell(ANA, "FREE");
        till.push(&store, base).await;
        let base = other.seq();
        other.sell(ANA, "FREE");
        other.sell(ANA, "FREE");
        other.push(&store, base).await;
    }
    let mut cursor = 0;
    let mut purchases = 0;
    let mut others = 0;
    loop {
        let page = page(&store, cursor, 1, Some(till.stream)).await;
        for row in &page.rows {
            match &row.row {
                Row::Account { account, .. } => purchases = account.purchases,
                Row::Stream { stream, through } if *stream == other.stream => others = *through,
                _ => {}
            }
        }
        // What the account holds at this cursor is own sales up to own_through, and the others'.
        assert_eq!(
            purchases,
            i64::try_from(page.own_through + others).unwrap(),
            "at {}",
            page.next_cursor
        );
        cursor = page.next_cursor;
        if !page.more {
            assert_eq!(page.own_through, till.seq());
            break;
        }
    }
    assert_eq!(purchases, 15);
}

pub(crate) async fn a_cursor_misses_nothing_under_concurrent_pushes<S: Store>(store: S) {
    const TILLS: u64 = 4;
    const SALES: u64 = 25;
    let mut tills = vec![Scribe::new(&store).await];
    for _ in 1..TILLS {
        tills.push(Scribe::another(&store).await);
    }
    let own = tills[0].stream;
    let mut writers = Vec::new();
    for till in tills {
        writers.push(tokio::spawn(sell_and_push(store.clone(), till, SALES)));
    }

    let mut cursor = 0;
    let mut through: BTreeMap<Uuid, u64> = BTreeMap::new();
    let mut purchases = 0;
    while through.values().sum::<u64>() < TILLS * SALES {
        let page = page(&store, cursor, 3, Some(own)).await;
        for row in &page.rows {
            assert_eq!(row.position, cursor + 1, "positions are dense");
            cursor = row.position;
            match &row.row {
                Row::Account { account, .. } => {
                    assert_eq!(account.purchases, purchases + 1, "every change is seen");
                    purchases = account.purchases;
                }
                Row::Stream {
                    stream,
                    through: seq,
                } => {
                    let before = through.insert(*stream, *seq).unwrap_or(0);
                    assert_eq!(*seq, before + 1);
                }
                _ => {}
            }
        }
        assert_eq!(cursor, page.next_cursor);
        assert_eq!(page.own_through, through.get(&own).copied().unwrap_or(0));
        tokio::task::yield_now().await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(u64::try_from(purchases), Ok(TILLS * SALES));
    assert!(!page(&store, cursor, 3, None).await.more);
}

async fn sell_and_push<S: Store>(store: S, mut till: Scribe, sales: u64) {
    for _ in 0..sales {
        let base = till.seq();
        till.sell(ANA, "FREE");
        till.push(&store, base).await;
    }
}

pub(crate) async fn nothing_new_writes_nothing<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.sell(ANA, "FREE");
    till.push(&store, 0).await;
    let before = store.counts(TENANT).await.unwrap();
    till.push(&store, 0).await;
    till.push(&store, 1).await;
    let same = vec![Row::Customer(profile(ANA, "Ana", 1))];
    store.put(TENANT, same.clone()).await.unwrap();
    let once = store.counts(TENANT).await.unwrap();
    assert_eq!(once.feed, before.feed + 1);
    store.put(TENANT, same).await.unwrap();
    assert_eq!(store.counts(TENANT).await.unwrap(), once);
}
