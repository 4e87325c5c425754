//! A push may come any number of times and in any pieces.

use mostrador_protocol::entry::{Payload, RawEntry};
use mostrador_protocol::message::Disposition::{Applied, Held};
use mostrador_protocol::signature::SecretKey;
use mostrador_server::Store;
use mostrador_server::ingest::Outcome;
use proptest::collection;
use proptest::prelude::any;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use super::scribe::{Scribe, TENANT, dispositions, enrol, furnish, sale, standing, uses};

const ANA: Uuid = Uuid::from_u128(1);

pub(crate) async fn a_lost_ack_counts_the_sale_once<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.sell(ANA, "FREE");
    till.sell(ANA, "FREE");
    let first = till.push(&store, 0).await;
    assert_eq!(dispositions(&first), [Applied, Applied]);
    assert!(first.changed);
    for _ in 0..3 {
        let again = till.push(&store, 0).await;
        assert_eq!(again.dispositions, first.dispositions);
        assert_eq!((again.through, again.head_hash), (2, till.head()));
        assert!(!again.changed);
    }
    assert_eq!(standing(&store, ANA).await, (2, 180));
    assert_eq!(uses(&store, "FREE").await, 2);
}

pub(crate) async fn a_batch_that_overlaps_adds_only_what_is_new<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.sell(ANA, "FREE");
    till.sell(ANA, "FREE");
    till.push(&store, 0).await;
    till.sell(ANA, "FREE");
    let overlapping = till.push(&store, 1).await;
    assert_eq!(dispositions(&overlapping), [Applied, Applied]);
    assert_eq!(standing(&store, ANA).await, (3, 270));

    let mut shorter = till.clone();
    shorter.entries.truncate(1);
    let earlier = shorter.push(&store, 0).await;
    assert_eq!(
        earlier.through, 3,
        "an old batch that arrives late changes nothing"
    );
    assert_eq!(standing(&store, ANA).await, (3, 270));
}

pub(crate) async fn a_gap_is_asked_for<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.sell(ANA, "FREE");
    till.push(&store, 0).await;
    let held = till.head();
    till.sell(ANA, "FREE");
    till.sell(ANA, "FREE");
    let gap = store.ingest(till.batch(2)).await.unwrap();
    let expected = Outcome::NeedFrom {
        accepted_through: 1,
        head_hash: held,
    };
    assert_eq!(gap, expected);
    assert_eq!(standing(&store, ANA).await, (1, 90));
    till.push(&store, 1).await;
    assert_eq!(standing(&store, ANA).await, (3, 270));
}

pub(crate) async fn a_held_entry_does_not_block_the_stream<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.open_shift();
    till.write_raw(RawEntry {
        header: "{\"half\":".to_owned(),
        payload: "\u{1F389}".to_owned(),
    });
    let mut wrong = sale(ANA, "FREE");
    if let Payload::SaleCompleted(sale) = &mut wrong {
        sale.total += 1;
    }
    till.write(Uuid::from_u128(70), &wrong);
    let sold = till.sell(ANA, "FREE");
    let mut unknown = till.entries[3].clone();
    unknown.header = unknown
        .header
        .replace("sale_completed", "coffee_spilled")
        .replace(&sold.to_string(), &Uuid::from_u128(71).to_string())
        .replace("\"seq\":4", "\"seq\":5");
    till.write_raw(unknown);
    till.sell(ANA, "FREE");

    let accepted = till.push(&store, 0).await;
    let expected = [Applied, Held, Held, Applied, Held, Applied];
    assert_eq!(dispositions(&accepted), expected);
    let reason = |index: usize| {
        let reason = accepted.dispositions[index].reason.as_deref();
        reason.unwrap_or_default()
    };
    assert!(reason(1).starts_with("undecodable: "), "{}", reason(1));
    assert!(reason(2).starts_with("inconsistent: "), "{}", reason(2));
    assert!(reason(4).starts_with("unknown_kind: "), "{}", reason(4));
    assert_eq!(standing(&store, ANA).await, (2, 180));
    let counts = store.counts(TENANT).await.unwrap();
    assert_eq!((counts.entries, counts.held), (6, 3));
}

pub(crate) async fn bytes_come_back_as_they_were_sent<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    till.sell(ANA, "FREE");
    till.write_raw(RawEntry {
        header: "  \r\n ñ \u{FEFF}".to_owned(),
        payload: String::new(),
    });
    till.push(&store, 0).await;
    let stored = store.entries(TENANT, till.stream).await.unwrap();
    let bytes: Vec<RawEntry> = stored.iter().map(|entry| entry.raw.clone()).collect();
    assert_eq!(bytes, till.entries);
    let hashes: Vec<_> = stored.iter().map(|entry| entry.hash).collect();
    assert_eq!(hashes, till.hashes[1..]);
    let heads = store.streams(TENANT).await.unwrap();
    assert_eq!(
        (heads.len(), heads[0].seq, heads[0].hash),
        (1, 2, till.head())
    );
}

/// Pieces of two streams, any range, any number of times, in any order: what is not accepted changes
/// nothing, and whatever arrived is counted once.
pub(crate) async fn any_pieces_in_any_order_come_to_the_same<S: Store>(store: S) {
    const SALES: u64 = 6;
    furnish(&store, TENANT).await;
    let piece = (any::<bool>(), 0..SALES, 1..=SALES);
    let deliveries = collection::vec(piece, 1..12);
    let mut runner = TestRunner::deterministic();
    for round in 0..24 {
        let customer = Uuid::from_u128(1000 + round);
        let mut tills = [Scribe::another(&store).await, Scribe::another(&store).await];
        for _ in 0..SALES {
            for till in &mut tills {
                till.sell(customer, "FREE");
            }
        }
        let plan = deliveries.new_tree(&mut runner).unwrap().current();
        let mut arrived = [0; 2];
        for (which, from, length) in &plan {
            let which = usize::from(*which);
            let mut part = tills[which].clone();
            let until = (from + length).min(SALES);
            part.entries.truncate(usize::try_from(until).unwrap());
            let outcome = store.ingest(part.batch(*from)).await.unwrap();
            if *from <= arrived[which] {
                arrived[which] = arrived[which].max(until);
                assert!(
                    matches!(outcome, Outcome::Accepted(_)),
                    "{plan:?}: {outcome:?}"
                );
            } else {
                assert!(
                    matches!(outcome, Outcome::NeedFrom { .. }),
                    "{plan:?}: {outcome:?}"
                );
            }
            let (purchases, points) = standing(&store, customer).await;
            assert_eq!(
                u64::try_from(purchases),
                Ok(arrived[0] + arrived[1]),
                "{plan:?}"
            );
            assert_eq!(points, purchases * 90, "{plan:?}");
        }
    }
}

pub(crate) async fn tenants_do_not_see_each_other<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    furnish(&store, "rival").await;
    let terminal = enrol(&store, "rival", &SecretKey::from_bytes(&[8; 32])).await;
    let mut rival = Scribe::of(&terminal);
    // The same stream, entry and customer ids: a copied folder, or bad luck.
    rival.stream = till.stream;
    let entry_id = till.sell(ANA, "FREE");
    rival.write(entry_id, &sale(ANA, "FREE"));
    till.push(&store, 0).await;
    rival.push(&store, 0).await;
    assert_eq!(standing(&store, ANA).await, (1, 90));
    let (_, account) = store.customer("rival", ANA).await.unwrap().unwrap();
    assert_eq!(account.purchases, 1);
    assert_eq!(store.entries("rival", rival.stream).await.unwrap().len(), 1);
}
