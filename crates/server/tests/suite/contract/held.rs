//! Held entries are tried again and then have the effects they would have had at first.

use mostrador_protocol::entry::Payload;
use mostrador_protocol::message::Disposition;
use mostrador_protocol::row::Row;
use mostrador_server::ingest::reading::Meaning;
use mostrador_server::ingest::release::{release, release_readable};
use mostrador_server::ingest::{Batch, Outcome};
use mostrador_server::{Mint, Store};
use uuid::Uuid;

use super::jobs::{day, refund_of};
use super::scribe::{Scribe, TENANT, dispositions, page_after, sale, standing, uses};

const ANA: Uuid = Uuid::from_u128(1);

/// The batch as a server read it that did not know these kinds yet.
fn unread(mut batch: Batch) -> Batch {
    for link in &mut batch.links {
        link.meaning = Meaning::Held("unknown_kind: this server is too old".to_owned());
    }
    batch
}

async fn taken<S: Store>(store: &S, batch: Batch) {
    let outcome = store.ingest(batch).await.unwrap();
    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
}

async fn rows_after<S: Store>(store: &S, cursor: u64) -> Vec<Row> {
    let page = page_after(store, cursor).await;
    page.rows.into_iter().map(|row| row.row).collect()
}

pub(crate) async fn a_released_entry_has_the_effects_it_would_have_had<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let first = till.sell(ANA, "ONCE");
    till.sell(ANA, "ONCE");
    taken(&store, unread(till.batch(0))).await;
    assert_eq!(standing(&store, ANA).await, (0, 0));
    let held = store.held(TENANT).await.unwrap();
    let seen: Vec<_> = held.iter().map(|held| (held.seq, held.terminal)).collect();
    assert_eq!(seen, [(1, till.terminal), (2, till.terminal)]);
    assert_eq!(held[0].entry_id, Some(first));
    assert_eq!(held[0].reason, "unknown_kind: this server is too old");

    let before = store.counts(TENANT).await.unwrap().feed;
    let one = release(&store, TENANT, Some(first)).await.unwrap();
    assert_eq!((one.tried.len(), one.freed().count()), (1, 1));
    assert_eq!(standing(&store, ANA).await, (1, 90));
    let rows = rows_after(&store, before).await;
    let told = rows.iter().any(|row| {
        matches!(row, Row::Disposition { stream, entry } if *stream == till.stream
            && (entry.seq, entry.disposition) == (1, Disposition::Applied))
    });
    assert!(told, "{rows:?}");
    assert!(rows.iter().any(|row| matches!(row, Row::Account { .. })));

    release_readable(&store).await.unwrap();
    assert_eq!(standing(&store, ANA).await, (2, 180));
    assert_eq!(uses(&store, "ONCE").await, 2);
    assert!(store.held(TENANT).await.unwrap().is_empty());
    let again = till.push(&store, 0).await;
    let limit_watched = [Disposition::Applied, Disposition::Adjusted];
    assert_eq!(dispositions(&again), limit_watched, "as at first");

    let before = store.counts(TENANT).await.unwrap();
    let nothing = release(&store, TENANT, None).await.unwrap();
    assert!(nothing.tried.is_empty());
    assert_eq!(store.counts(TENANT).await.unwrap(), before);
}

pub(crate) async fn what_still_cannot_be_read_stays_held<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.sell(ANA, "FREE");
    let mut nonsense = till.entries[0].clone();
    nonsense.payload.clear();
    till.write_raw(nonsense);
    till.sell(ANA, "FREE");
    till.push(&store, 0).await;
    let before = store.counts(TENANT).await.unwrap();
    let released = release(&store, TENANT, None).await.unwrap();
    assert_eq!((released.tried.len(), released.freed().count()), (1, 0));
    assert!(
        released.tried[0]
            .1
            .reason
            .as_ref()
            .unwrap()
            .starts_with("undecodable")
    );
    assert_eq!(
        store.counts(TENANT).await.unwrap(),
        before,
        "nothing was fed"
    );
    assert_eq!(standing(&store, ANA).await, (2, 180));
}

pub(crate) async fn a_held_copy_counts_once_with_the_first<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    // The copy's stream stands before the first one's, and after it.
    for (times, other) in [(1, Uuid::nil()), (2, Uuid::max())] {
        let entry_id = till.sell(ANA, "FREE");
        let copy = till.again_in(other);
        taken(&store, unread(till.batch(0))).await;
        taken(&store, unread(copy.batch(0))).await;
        assert_eq!(store.held(TENANT).await.unwrap().len(), 2);
        let released = release(&store, TENANT, Some(entry_id)).await.unwrap();
        assert_eq!((released.tried.len(), released.freed().count()), (2, 2));
        assert_eq!(standing(&store, ANA).await, (times, 90 * times));
        till = Scribe::another(&store).await;
    }
}

/// A refund at another till that came before its sale could be read.
pub(crate) async fn what_waited_for_a_released_sale_follows_it<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let mut other = Scribe::another(&store).await;
    let Payload::SaleCompleted(sale) = sale(ANA, "FREE") else {
        unreachable!("it is a sale")
    };
    let first = Mint::system().id().unwrap();
    let refund = refund_of(&sale, day("2026-11-21"));
    till.write(first, &Payload::SaleCompleted(sale));
    taken(&store, unread(till.batch(0))).await;
    other.write(Mint::system().id().unwrap(), &refund);
    other.push(&store, 0).await;
    let held = store.held(TENANT).await.unwrap();
    assert_eq!(held.len(), 2, "{held:?}");
    let before = store.counts(TENANT).await.unwrap().feed;

    let released = release(&store, TENANT, Some(first)).await.unwrap();
    assert_eq!(
        (released.freed().count(), released.still_held().count()),
        (2, 0)
    );
    let followed: Vec<_> = released
        .followed
        .iter()
        .map(|(stream, it)| (*stream, it.seq))
        .collect();
    assert_eq!(followed, [(other.stream, 1)]);
    assert_eq!(standing(&store, ANA).await, (0, 0));
    assert!(store.held(TENANT).await.unwrap().is_empty());
    let rows = rows_after(&store, before).await;
    for stream in [till.stream, other.stream] {
        let told = rows.iter().any(|row| {
            matches!(row, Row::Disposition { stream: of, entry } if *of == stream
                && (entry.seq, entry.disposition) == (1, Disposition::Applied))
        });
        assert!(told, "{stream}: {rows:?}");
    }
}

/// A refund of a later version's kind that came before its sale.
pub(crate) async fn a_sale_that_comes_frees_nothing_that_cannot_be_read<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let mut other = Scribe::another(&store).await;
    let Payload::SaleCompleted(sale) = sale(ANA, "FREE") else {
        unreachable!("it is a sale")
    };
    other.write(
        Mint::system().id().unwrap(),
        &refund_of(&sale, day("2026-11-21")),
    );
    taken(&store, unread(other.batch(0))).await;
    till.write(Mint::system().id().unwrap(), &Payload::SaleCompleted(sale));
    till.push(&store, 0).await;
    assert_eq!(standing(&store, ANA).await, (1, 90));
    let held = store.held(TENANT).await.unwrap();
    let reasons: Vec<&str> = held.iter().map(|held| held.reason.as_str()).collect();
    assert_eq!(reasons, ["unknown_kind: this server is too old"]);

    release_readable(&store).await.unwrap();
    assert_eq!(standing(&store, ANA).await, (0, 0));
    assert!(store.held(TENANT).await.unwrap().is_empty());
}
