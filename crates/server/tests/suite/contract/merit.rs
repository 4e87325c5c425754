//! Badges, tiers by score, and who earned most.

use std::collections::BTreeSet;

use mostrador_protocol::entry::Payload;
use mostrador_protocol::leaderboard::Place;
use mostrador_protocol::program::{
    BadgeDocument, BasisDocument, ProgramDocument, ScoreDocument, WeightsDocument,
};
use mostrador_protocol::row::{Customer, Row};
use mostrador_server::jobs::{after_ingest, run};
use mostrador_server::store::Ranking;
use mostrador_server::{Store, publish};
use uuid::Uuid;

use super::jobs::{
    ANA, DAY_MS, EVA, account, day, kinds, mint_at, points, program, push, refund_of, sold,
    sold_entry, start, written,
};
use super::scribe::{TENANT, profile};

pub(crate) async fn a_badge_is_awarded_once_with_its_points<S: Store>(store: S) {
    let (mint, clock) = mint_at("2026-01-10");
    let mut till = start(&store, &mint).await;
    let two_visits = |version| ProgramDocument {
        badges: vec![BadgeDocument {
            slug: "regular".to_owned(),
            name: "Regular".to_owned(),
            visits: Some(2),
            bonus_points: 30,
            ..BadgeDocument::default()
        }],
        ..program(version)
    };
    // Ana has earned it before it is there, Eva earns it with her second purchase.
    let (first, second) = (day("2026-01-08"), day("2026-01-09"));
    let ana = [
        sold_entry(&sold(ANA, first, 0)),
        sold_entry(&sold(ANA, second, 0)),
    ];
    push(&store, &mut till, &ana).await;
    push(&store, &mut till, &[sold_entry(&sold(EVA, first, 0))]).await;
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().badges, 0);
    publish(&store, &mint, TENANT, two_visits(3)).await.unwrap();
    for expected in [1, 0] {
        let report = run(&store, &mint, TENANT).await.unwrap();
        assert_eq!(report.badges, expected);
    }
    let again = sold(EVA, day("2026-01-10"), 0);
    push(&store, &mut till, &[sold_entry(&again)]).await;
    let touched = BTreeSet::from([EVA]);
    let report = after_ingest(&store, &mint, (TENANT, touched)).await;
    assert_eq!(report.unwrap().badges, 1);
    for customer in [ANA, EVA] {
        let account = account(&store, customer).await;
        assert_eq!(account.badges["regular"], day("2026-01-10"));
        assert_eq!(points(&store, customer).await, 90 + 90 + 30);
        assert_eq!(
            account.earned_by_day.values().sum::<i64>(),
            180,
            "no points for tiers"
        );
    }
    // It stays when the purchase comes back, and is not awarded again with the next.
    let on = day("2026-01-10");
    push(&store, &mut till, &[(refund_of(&again, on), on)]).await;
    push(&store, &mut till, &[sold_entry(&sold(EVA, on, 0))]).await;
    clock.advance(DAY_MS);
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().badges, 0);
    assert_eq!(
        kinds(&written(&store, &[&till]).await),
        ["badge_awarded"; 2]
    );
}

pub(crate) async fn tiers_by_score_move_with_the_days<S: Store>(store: S) {
    let (mint, clock) = mint_at("2026-01-10");
    let mut till = start(&store, &mint).await;
    let mut by_score = program(3);
    by_score.score = Some(ScoreDocument {
        window_days: 30,
        visits: 2,
        spend: 18_000,
        categories: 1,
        referrals: 1,
        weights: WeightsDocument {
            frequency_bp: 4_000,
            amount_bp: 3_000,
            recency_bp: 3_000,
            ..WeightsDocument::default()
        },
    });
    let tiers = by_score.tiers.as_mut().unwrap();
    tiers.basis = BasisDocument::Score;
    tiers.levels[1].from_points = 60;
    publish(&store, &mint, TENANT, by_score).await.unwrap();
    let on = day("2026-01-10");
    push(&store, &mut till, &[sold_entry(&sold(ANA, on, 0))]).await;
    // Half of the visits, half of the money, today: 20 + 15 + 30.
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().moved, 1);
    let mut moved = Vec::new();
    for _ in 0..60 {
        clock.advance(DAY_MS);
        let report = run(&store, &mint, TENANT).await.unwrap();
        if report.moved > 0 {
            moved.push(account(&store, ANA).await.tier.unwrap());
        }
        assert!(report.accounts <= 2, "{report:?}");
    }
    // 60 and more through January 14th (recency 87: 26 points), and ten days of grace.
    let moved: Vec<_> = moved
        .iter()
        .map(|tier| (tier.tier.as_str(), tier.since))
        .collect();
    assert_eq!(moved, [("bronze", day("2026-01-26"))]);
}

pub(crate) async fn a_leaderboard_counts_what_stands_and_names_what_was_agreed<S: Store>(store: S) {
    let (mint, _) = mint_at("2026-01-12");
    let mut till = start(&store, &mint).await;
    let rosa = Uuid::from_u128(3);
    let agreed = Row::Customer(Customer {
        consent: Some(mostrador_protocol::row::Consent {
            version: 1,
            marketing: false,
            given_ms: 1,
            terminal: Uuid::nil(),
            answers_ms: None,
        }),
        ..profile(ANA, "Ana Torres", 1)
    });
    let silent = Row::Customer(profile(EVA, "Eva Luna", 1));
    store.put(TENANT, vec![agreed, silent]).await.unwrap();
    let (before, on) = (day("2026-01-09"), day("2026-01-10"));
    let undone = sold(ANA, on, 500);
    let entries = [
        sold_entry(&sold(ANA, on, 10)),
        sold_entry(&undone),
        (refund_of(&undone, on), on),
        sold_entry(&sold(EVA, before, 900)),
        sold_entry(&sold(EVA, on, 60)),
        sold_entry(&sold(rosa, on, 0)),
    ];
    push(&store, &mut till, &entries).await;
    let ranking = |days, shop: Option<&str>| Ranking {
        tenant: TENANT.to_owned(),
        store: shop.map(str::to_owned),
        days,
        limit: 2,
    };
    let told = |places: Vec<Place>| -> Vec<(Option<String>, i64, u64)> {
        let places = places.into_iter();
        places
            .map(|place| (place.name, place.points, place.sales))
            .collect()
    };
    let name = |name: &str| Some(name.to_owned());
    let places = store
        .leaderboard(ranking(on..=on, Some("centro")))
        .await
        .unwrap();
    assert_eq!(
        told(places),
        [(name("E. L."), 150, 1), (name("Ana T."), 100, 1)]
    );
    let places = store.leaderboard(ranking(before..=on, None)).await.unwrap();
    assert_eq!(
        told(places),
        [(name("E. L."), 1_140, 2), (name("Ana T."), 100, 1)]
    );
    let nowhere = ranking(on..=on, Some("norte"));
    assert!(store.leaderboard(nowhere).await.unwrap().is_empty());
    let merged = mostrador_protocol::entry::CustomerLinked {
        survivor_id: ANA,
        absorbed_id: EVA,
        cashier_id: Uuid::nil(),
        local_time: on.and_hms_opt(13, 0, 0).unwrap(),
        approval_id: None,
    };
    push(&store, &mut till, &[(Payload::CustomerLinked(merged), on)]).await;
    let places = store.leaderboard(ranking(on..=on, None)).await.unwrap();
    assert_eq!(told(places), [(name("Ana T."), 250, 2), (None, 90, 1)]);
}
