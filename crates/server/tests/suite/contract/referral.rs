//! Who brought whom, what came of it, and what looks wrong about it.

use mostrador_protocol::entry::{CustomerLinked, Payload, SaleCompleted};
use mostrador_protocol::row::{Customer, Row};
use mostrador_server::Store;
use mostrador_server::jobs::run;
use mostrador_server::referrals::suspicion::Suspicion;
use mostrador_server::referrals::{Member, Outcome, Referrals};
use uuid::Uuid;

use super::jobs::{DAY_MS, brought, day, mint_at, push, refund_of, sold, sold_entry, start};
use super::scribe::{TENANT, profile};

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Customer, depth, whom they brought, and the outcome.
fn told(members: &[Member]) -> Vec<(u128, Option<usize>, usize, &'static str)> {
    let outcome = |outcome: Outcome| match outcome {
        Outcome::Paid { .. } => "paid",
        Outcome::TakenBack { .. } => "taken back",
        Outcome::Refused { reason } | Outcome::Waiting { reason } => reason,
    };
    let members = members.iter();
    members
        .map(|member| {
            let came = member.came.as_ref();
            let came = came.map_or("alone", |came| outcome(came.outcome));
            (
                member.customer.as_u128(),
                member.depth,
                member.brought,
                came,
            )
        })
        .collect()
}

/// Only the second line of the sale: 36.00.
fn below_minimum(mut sale: SaleCompleted) -> SaleCompleted {
    sale.lines.remove(0);
    sale.codes[0].amount = 400;
    sale.codes[0].shares.remove(0);
    (sale.gross, sale.discount, sale.total) = (4_000, 400, 3_600);
    sale.tenders[0].amount = 3_600;
    if let Some(points) = &mut sale.points {
        (points.base, points.earned) = (3_600, 36);
    }
    sale
}

pub(crate) async fn every_referral_says_what_came_of_it<S: Store>(store: S) {
    let (mint, clock) = mint_at("2026-01-12");
    let mut till = start(&store, &mint).await;
    let profiles = (1..=8).map(|number| {
        let phone = if number == 7 { 1 } else { number };
        let profile = Customer {
            phone: Some(format!("300{phone:07}")),
            ..profile(id(number), "Ana Torres", 1)
        };
        Row::Customer(profile)
    });
    store.put(TENANT, profiles.collect()).await.unwrap();
    let (before, on) = (day("2026-01-10"), day("2026-01-11"));
    let undone = sold(id(3), on, 0);
    let small = below_minimum(sold(id(4), on, 0));
    let entries = [
        sold_entry(&sold(id(6), before, 0)),
        brought(id(2), id(1), on),
        brought(id(3), id(2), on),
        brought(id(4), id(3), on),
        brought(id(5), id(1), on),
        brought(id(6), id(1), on),
        brought(id(7), id(1), on),
        brought(id(2), id(8), on),
        sold_entry(&sold(id(2), on, 0)),
        sold_entry(&undone),
        sold_entry(&small),
        sold_entry(&sold(id(7), on, 0)),
    ];
    push(&store, &mut till, &entries).await;
    let all = Referrals::of(&store, TENANT).await.unwrap();
    let members = all.members();
    let two = members.iter().find(|it| it.customer == id(2)).unwrap();
    let came = two.came.as_ref().unwrap();
    assert_eq!((came.referrer, came.terminal), (id(1), till.terminal));
    assert_eq!(
        came.outcome,
        Outcome::Waiting {
            reason: "next_jobs"
        }
    );
    clock.advance(DAY_MS);
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().bonuses, 2);
    push(&store, &mut till, &[(refund_of(&undone, on), on)]).await;
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().bonuses, 1);
    let all = Referrals::of(&store, TENANT).await.unwrap();
    assert_eq!(
        told(&all.members()),
        [
            (1, Some(0), 4, "alone"),
            (2, Some(1), 1, "paid"),
            (3, Some(2), 1, "taken back"),
            (4, Some(3), 0, "below_minimum"),
            (5, Some(1), 0, "no_purchase"),
            (6, Some(1), 0, "already_bought"),
            (7, Some(1), 0, "same_person"),
            (8, Some(0), 1, "alone"),
            (2, Some(1), 1, "second_referrer"),
        ]
    );
    let paid = all.members()[1].came.as_ref().map(|came| came.outcome);
    assert!(
        matches!(paid, Some(Outcome::Paid { points: 500, day, .. }) if day == on),
        "{paid:?}"
    );
    let suspicions = all.suspicions();
    let same = Suspicion::SamePerson {
        one: id(7),
        other: id(1),
        shared: "phone",
    };
    assert_eq!(suspicions.first(), Some(&same));
    // Seven at one till in one moment.
    assert!(
        matches!(&suspicions[1..], [Suspicion::Burst { people, .. }] if people.len() == 7),
        "{suspicions:?}"
    );
    assert!(store.brought("elsewhere", 0).await.unwrap().is_empty());
}

pub(crate) async fn a_loop_through_a_merge_is_seen<S: Store>(store: S) {
    let (mint, _) = mint_at("2026-01-12");
    let mut till = start(&store, &mint).await;
    let on = day("2026-01-11");
    let merge = |survivor, absorbed| {
        let merged = CustomerLinked {
            survivor_id: id(survivor),
            absorbed_id: id(absorbed),
            cashier_id: Uuid::nil(),
            local_time: on.and_hms_opt(13, 0, 0).unwrap(),
            approval_id: None,
        };
        (Payload::CustomerLinked(merged), on)
    };
    let entries = [brought(id(2), id(1), on), brought(id(4), id(2), on)];
    push(&store, &mut till, &entries).await;
    let all = Referrals::of(&store, TENANT).await.unwrap();
    assert_eq!(all.suspicions(), []);
    // Whom the second brought is the first; then the first is the second's other record.
    push(&store, &mut till, &[merge(1, 4)]).await;
    let all = Referrals::of(&store, TENANT).await.unwrap();
    let people = vec![id(1), id(2)];
    assert_eq!(all.suspicions(), [Suspicion::Loop { people }]);
    assert_eq!(
        told(&all.members()),
        [(1, None, 1, "no_purchase"), (2, None, 1, "no_purchase")]
    );
    push(&store, &mut till, &[merge(1, 2)]).await;
    let all = Referrals::of(&store, TENANT).await.unwrap();
    let people = vec![id(1)];
    assert_eq!(all.suspicions(), [Suspicion::Loop { people }]);
    assert_eq!(told(&all.members())[0].3, "own_referral");
}
