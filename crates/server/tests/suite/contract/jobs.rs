//! What follows from entries is written once per cause, whenever and however often somebody looks.

use chrono::{Days, NaiveDate};
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::{
    Chosen, Decoded, EntryHash, Payload, ReferralRegistered, SaleCompleted, SalePoints, UndoneAt,
};
use mostrador_protocol::program::{
    BasisDocument, PointsDocument, ProgramDocument, ReferralDocument, TierDocument, TiersDocument,
};
use mostrador_protocol::row::{Customer, Role, Row, Staff};
use mostrador_server::clock::ManualClock;
use mostrador_server::jobs::{Report, after_ingest, run};
use mostrador_server::{Mint, Store, publish};
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

use super::scribe::{Scribe, TENANT, page_after, profile, sale};

pub(super) const ANA: Uuid = Uuid::from_u128(1);
pub(super) const EVA: Uuid = Uuid::from_u128(2);
pub(super) const DAY_MS: i64 = 86_400_000;

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Noon in Mexico of a day, when no clock is changed.
fn noon(on: NaiveDate) -> i64 {
    on.and_hms_opt(18, 0, 0)
        .unwrap()
        .and_utc()
        .timestamp_millis()
}

pub(super) fn mint_at(on: &str) -> (Mint, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(noon(day(on))));
    (Mint::new(clock.clone()), clock)
}

/// 30 days of life for points, silver from 1,000 points in 60 days with 10 days of grace, 500 points for
/// a referral whose sale reaches 50.00.
pub(super) fn program(version: u32) -> ProgramDocument {
    let tier = |slug: &str, from_points| TierDocument {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        from_points,
        multiplier: Decimal::ONE,
        discount_bp: 0,
        benefits: Vec::new(),
    };
    ProgramDocument {
        version,
        points: Some(PointsDocument {
            lifetime_days: 30,
            ..PointsDocument::default()
        }),
        tiers: Some(TiersDocument {
            basis: BasisDocument::Points,
            window_days: 60,
            grace_days: 10,
            levels: vec![tier("bronze", 0), tier("silver", 1_000)],
        }),
        referral: Some(ReferralDocument {
            bonus_points: 500,
            welcome_points: 50,
            min_purchase: 5_000,
        }),
        ..ProgramDocument::bare("Café", "MXN", "America/Mexico_City")
    }
}

pub(super) async fn start<S: Store>(store: &S, mint: &Mint) -> Scribe {
    let till = Scribe::new(store).await;
    publish(store, mint, TENANT, program(2)).await.unwrap();
    till
}

/// A sale of 90.00 with a bonus of points on top.
pub(super) fn sold(customer: Uuid, on: NaiveDate, bonus: i64) -> SaleCompleted {
    let Payload::SaleCompleted(sale) = sale(customer, "FREE") else {
        unreachable!("it is a sale")
    };
    SaleCompleted {
        local_time: on.and_hms_opt(12, 0, 0).unwrap(),
        points: Some(SalePoints {
            base: 9_000,
            per_unit: Decimal::ONE,
            factors: Vec::new(),
            bonus,
            earned: 90 + bonus,
            expires_on: on + Days::new(30),
            usable_from: None,
        }),
        ..*sale
    }
}

pub(super) async fn push<S: Store>(
    store: &S,
    till: &mut Scribe,
    payloads: &[(Payload, NaiveDate)],
) {
    let base = till.seq();
    for (payload, on) in payloads {
        till.write_at(Mint::system().id().unwrap(), payload, noon(*on));
    }
    till.push(store, base).await;
}

pub(super) fn refund_of(sale: &SaleCompleted, on: NaiveDate) -> Payload {
    let lines = sale.lines.iter().enumerate();
    let all = Chosen {
        refund_id: Mint::system().id().unwrap(),
        lines: lines
            .map(|(line, _)| mostrador_loyalty::refund::ReturnedLine {
                line,
                quantity: mostrador_loyalty::basket::Quantity::ONE,
            })
            .collect(),
        tender: "cash".to_owned(),
        at: undone_at(on),
    };
    Payload::SaleRefunded(Box::new(sale.refund(&[], all, |_| false).unwrap()))
}

pub(super) fn undone_at(on: NaiveDate) -> UndoneAt {
    UndoneAt {
        receipt: "C-9".to_owned(),
        store: "centro".to_owned(),
        terminal_id: Uuid::nil(),
        cashier_id: Uuid::nil(),
        local_time: on.and_hms_opt(12, 0, 0).unwrap(),
        reason: None,
        note: None,
        approval_id: None,
    }
}

pub(super) fn sold_entry(sale: &SaleCompleted) -> (Payload, NaiveDate) {
    let on = sale.local_time.date();
    (Payload::SaleCompleted(Box::new(sale.clone())), on)
}

pub(super) fn brought(customer: Uuid, referrer: Uuid, on: NaiveDate) -> (Payload, NaiveDate) {
    let registered = ReferralRegistered {
        customer_id: customer,
        referrer_id: referrer,
        code: None,
        cashier_id: Uuid::nil(),
        local_time: on.and_hms_opt(12, 0, 0).unwrap(),
    };
    (Payload::ReferralRegistered(registered), on)
}

pub(super) async fn account<S: Store>(store: &S, customer: Uuid) -> AccountDocument {
    let found = store.customer(TENANT, customer).await.unwrap();
    found.map(|(_, account)| account).unwrap_or_default()
}

pub(super) async fn points<S: Store>(store: &S, customer: Uuid) -> i64 {
    let account = account(store, customer).await;
    account.lots.iter().map(|lot| lot.points).sum::<i64>() - account.debt
}

/// What the server wrote: the payloads of its own stream, whose chain must be whole.
pub(super) async fn written<S: Store>(store: &S, tills: &[&Scribe]) -> Vec<Payload> {
    let mut all = Vec::new();
    for head in store.streams(TENANT).await.unwrap() {
        if tills.iter().any(|till| till.stream == head.stream) {
            continue;
        }
        let mut hash = EntryHash::ZERO;
        let entries = store.entries(TENANT, head.stream).await.unwrap();
        for (seq, entry) in (1..).zip(&entries) {
            hash = entry.raw.hash(&hash);
            assert_eq!((entry.seq, entry.hash), (seq, hash));
            let header = entry.raw.header().unwrap();
            match entry.raw.payload(&header).unwrap() {
                Decoded::Known(payload) => all.push(payload),
                Decoded::Unknown => panic!("{header:?}"),
            }
        }
        assert_eq!((head.seq, head.hash), (entries.len() as u64, hash));
    }
    all
}

pub(super) fn kinds(written: &[Payload]) -> Vec<&'static str> {
    written.iter().map(Payload::kind).collect()
}

pub(crate) async fn a_second_run_writes_nothing<S: Store>(store: S) {
    let (mint, clock) = mint_at("2026-01-10");
    let mut till = start(&store, &mint).await;
    push(
        &store,
        &mut till,
        &[sold_entry(&sold(ANA, day("2026-01-10"), 1_000))],
    )
    .await;
    clock.advance(40 * DAY_MS);
    let first = run(&store, &mint, TENANT).await.unwrap();
    assert_eq!((first.expired, first.moved), (1, 1), "{first:?}");
    let before = store.counts(TENANT).await.unwrap();
    for _ in 0..2 {
        let again = run(&store, &mint, TENANT).await.unwrap();
        assert_eq!(again, Report::default(), "nothing was even looked at");
    }
    assert_eq!(store.counts(TENANT).await.unwrap(), before);
    assert_eq!(
        kinds(&written(&store, &[&till]).await),
        ["tier_moved", "points_expired"]
    );
}

/// The same entries, looked at every day or once at the end, come to the same accounts and entries.
pub(crate) async fn a_missed_month_comes_to_the_same_as_daily_runs<S: Store>(store: S) {
    let (mint, clock) = mint_at("2026-01-10");
    let mut till = start(&store, &mint).await;
    let mut accounts = Vec::new();
    for (customer, daily) in [(ANA, true), (EVA, false)] {
        clock.advance(noon(day("2026-01-10")) - mint.now_ms());
        for (on, bonus) in [("2026-01-10", 0), ("2026-01-20", 950), ("2026-02-03", 10)] {
            push(
                &store,
                &mut till,
                &[sold_entry(&sold(customer, day(on), bonus))],
            )
            .await;
        }
        let mut total = 0;
        for step in 0..120 {
            if daily || step == 119 {
                let report = run(&store, &mint, TENANT).await.unwrap();
                total += report.written();
            }
            clock.advance(DAY_MS);
        }
        assert_eq!(total, 5, "three lots and a tier up and down");
        let mut account = account(&store, customer).await;
        account.first_purchase_ms = None;
        accounts.push(account);
    }
    assert_eq!(accounts[0], accounts[1]);
    assert_eq!(accounts[0].tier.as_ref().unwrap().since, day("2026-03-31"));
    let written = written(&store, &[&till]).await;
    let (ana, eva) = written.split_at(5);
    let told = |payloads: &[Payload]| -> BTreeSet<String> {
        let texts = payloads.iter().map(|payload| format!("{payload:?}"));
        texts
            .map(|text| text.replace(&EVA.to_string(), &ANA.to_string()))
            .collect()
    };
    assert_eq!(told(ana), told(eva));
}

pub(crate) async fn an_expired_lot_is_never_counted<S: Store>(store: S) {
    let (mint, clock) = mint_at("2026-01-10");
    let mut till = start(&store, &mint).await;
    push(
        &store,
        &mut till,
        &[sold_entry(&sold(ANA, day("2026-01-10"), 0))],
    )
    .await;
    let available = |account: &AccountDocument, on: &str| {
        mostrador_loyalty::account::Account::from(account).available(day(on))
    };
    let before = account(&store, ANA).await;
    assert_eq!(
        available(&before, "2026-02-09"),
        90,
        "through the end of its last day"
    );
    assert_eq!(available(&before, "2026-02-10"), 0, "before the entry");
    clock.advance(30 * DAY_MS);
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().written(), 0);
    clock.advance(DAY_MS);
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().expired, 1);
    let after = account(&store, ANA).await;
    assert_eq!((available(&after, "2026-02-09"), after.lots.len()), (0, 0));

    // A till that was away tells of a sale of that day: its points are over too.
    push(
        &store,
        &mut till,
        &[sold_entry(&sold(ANA, day("2026-01-10"), 5))],
    )
    .await;
    assert_eq!(available(&account(&store, ANA).await, "2026-02-10"), 0);
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().expired, 1);
    assert_eq!(points(&store, ANA).await, 0);
}

pub(crate) async fn a_tier_goes_up_at_once<S: Store>(store: S) {
    let (mint, _) = mint_at("2026-01-10");
    let mut till = start(&store, &mint).await;
    push(
        &store,
        &mut till,
        &[sold_entry(&sold(ANA, day("2026-01-10"), 910))],
    )
    .await;
    let feed = store.counts(TENANT).await.unwrap().feed;
    let touched = BTreeSet::from([ANA]);
    let report = after_ingest(&store, &mint, (TENANT, touched.clone()))
        .await
        .unwrap();
    assert_eq!(report.moved, 1);
    let rows = page_after(&store, feed).await.rows;
    let tier = rows.iter().find_map(|row| match &row.row {
        Row::Account { account, .. } => account.tier.clone(),
        _ => None,
    });
    let tier = tier.unwrap();
    assert_eq!(
        (tier.tier.as_str(), tier.since),
        ("silver", day("2026-01-10"))
    );
    assert_eq!(
        tier.at_ms,
        noon(day("2026-01-10")) + 1,
        "just after the sale"
    );
    let again = after_ingest(&store, &mint, (TENANT, touched))
        .await
        .unwrap();
    assert_eq!(again.written(), 0);
}

pub(crate) async fn a_referral_pays_once_whatever_arrives_first<S: Store>(store: S) {
    let (mint, _) = mint_at("2026-01-12");
    let mut one = start(&store, &mint).await;
    let mut other = Scribe::another(&store).await;
    let first = sold(EVA, day("2026-01-10"), 0);
    let second = sold(EVA, day("2026-01-11"), 0);
    // The sales of both tills come before the till that registered her.
    push(&store, &mut other, &[sold_entry(&second)]).await;
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().bonuses, 0);
    let registered = brought(EVA, ANA, day("2026-01-10"));
    push(&store, &mut one, &[registered.clone(), sold_entry(&first)]).await;
    for expected in [1, 0, 0] {
        let report = run(&store, &mint, TENANT).await.unwrap();
        assert_eq!(report.bonuses, expected);
    }
    push(&store, &mut other, &[registered]).await;
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().bonuses, 0);
    assert_eq!(points(&store, ANA).await, 500);
    assert_eq!(points(&store, EVA).await, 90 + 90 + 50);
    let Some(Payload::ReferralBonus(bonus)) = written(&store, &[&one, &other]).await.pop() else {
        panic!("no bonus")
    };
    assert_eq!(
        (bonus.sale_id, bonus.day),
        (first.sale_id, day("2026-01-10"))
    );
}

pub(crate) async fn an_undone_sale_takes_the_bonus_back_once<S: Store>(store: S) {
    let (mint, _) = mint_at("2026-01-12");
    let mut till = start(&store, &mint).await;
    let bought = sold(EVA, day("2026-01-10"), 0);
    let start = [brought(EVA, ANA, day("2026-01-10")), sold_entry(&bought)];
    push(&store, &mut till, &start).await;
    run(&store, &mint, TENANT).await.unwrap();
    let on = day("2026-01-11");
    push(&store, &mut till, &[(refund_of(&bought, on), on)]).await;
    for expected in [1, 0] {
        let report = run(&store, &mint, TENANT).await.unwrap();
        assert_eq!(report.bonuses, expected);
    }
    assert_eq!(
        (points(&store, ANA).await, points(&store, EVA).await),
        (0, 0)
    );

    // Buying again earns it again, and a void takes it back again: nothing is won in a circle.
    let again = sold(EVA, on, 0);
    push(&store, &mut till, &[sold_entry(&again)]).await;
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().bonuses, 1);
    assert_eq!(points(&store, ANA).await, 500);
    let void = again.void(Mint::system().id().unwrap(), undone_at(on));
    push(
        &store,
        &mut till,
        &[(Payload::SaleVoided(Box::new(void)), on)],
    )
    .await;
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().bonuses, 1);
    assert_eq!(
        (points(&store, ANA).await, points(&store, EVA).await),
        (0, 0)
    );
}

pub(crate) async fn a_refused_referral_pays_nothing<S: Store>(store: S) {
    let (mint, _) = mint_at("2026-01-12");
    let mut till = start(&store, &mint).await;
    let (rosa, luz, sol) = (Uuid::from_u128(3), Uuid::from_u128(4), Uuid::from_u128(5));
    // Eva shares Ana's phone; Rosa had bought before; Luz bought for too little.
    let named = |id, name: &str| Row::Customer(profile(id, name, 1));
    store
        .put(TENANT, vec![named(ANA, "Ana"), named(EVA, "Eva")])
        .await
        .unwrap();
    let other_phone = Row::Customer(Customer {
        phone: Some("3119998877".to_owned()),
        ..profile(sol, "Sol", 1)
    });
    store.put(TENANT, vec![other_phone]).await.unwrap();
    let small = SaleCompleted {
        lines: vec![],
        codes: vec![],
        gross: 0,
        discount: 0,
        total: 0,
        tenders: vec![],
        points: None,
        ..sold(luz, day("2026-01-10"), 0)
    };
    let (before, on) = (day("2026-01-09"), day("2026-01-10"));
    let entries = [
        brought(EVA, ANA, on),
        sold_entry(&sold(EVA, on, 0)),
        sold_entry(&sold(rosa, before, 0)),
        brought(rosa, ANA, on),
        sold_entry(&sold(rosa, on, 0)),
        brought(luz, ANA, on),
        sold_entry(&small),
    ];
    push(&store, &mut till, &entries).await;
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().bonuses, 0);
    assert_eq!(points(&store, ANA).await, 0);
    let accepted = [brought(sol, ANA, on), sold_entry(&sold(sol, on, 0))];
    push(&store, &mut till, &accepted).await;
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().bonuses, 1);
}

pub(crate) async fn a_referral_by_an_employee_pays_nothing<S: Store>(store: S) {
    let (mint, _) = mint_at("2026-01-12");
    let mut till = start(&store, &mint).await;
    let (luz, on) = (Uuid::from_u128(4), day("2026-01-10"));
    let works_here = |id: u128, name: &str, phone: Option<&str>, active| {
        Row::Staff(Staff {
            id: Uuid::from_u128(id),
            name: name.to_owned(),
            role: Role::Cashier,
            store: None,
            phone: phone.map(str::to_owned),
            pin_hash: String::new(),
            demo_pin: None,
            active,
        })
    };
    let who = |id, name: &str, phone: &str| {
        Row::Customer(Customer {
            phone: Some(phone.to_owned()),
            ..profile(id, name, 1)
        })
    };
    let rows = vec![
        works_here(91, "Anita", Some("3001112233"), true),
        works_here(92, "Luz Marina", Some("3004445566"), false),
        who(ANA, "Ana Torres", "+57 300 111 2233"),
        who(luz, "Luz Marina", "3004445566"),
    ];
    store.put(TENANT, rows).await.unwrap();
    let entries = [brought(EVA, ANA, on), sold_entry(&sold(EVA, on, 0))];
    push(&store, &mut till, &entries).await;
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().bonuses, 0);
    // Who worked here once is a customer like others.
    let rosa = Uuid::from_u128(3);
    let entries = [brought(rosa, luz, on), sold_entry(&sold(rosa, on, 0))];
    push(&store, &mut till, &entries).await;
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().bonuses, 1);
}

pub(crate) async fn new_thresholds_move_tiers_on_the_day_they_are_published<S: Store>(store: S) {
    let (mint, clock) = mint_at("2026-01-10");
    let mut till = start(&store, &mint).await;
    push(
        &store,
        &mut till,
        &[sold_entry(&sold(ANA, day("2026-01-10"), 10))],
    )
    .await;
    clock.advance(3 * DAY_MS);
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().moved, 0);
    let mut easier = program(3);
    easier.tiers.as_mut().unwrap().levels[1].from_points = 100;
    publish(&store, &mint, TENANT, easier).await.unwrap();
    assert_eq!(run(&store, &mint, TENANT).await.unwrap().moved, 1);
    let tier = account(&store, ANA).await.tier.unwrap();
    assert_eq!(
        (tier.tier.as_str(), tier.since),
        ("silver", day("2026-01-13"))
    );
}

pub(crate) async fn many_are_due_on_one_day<S: Store>(store: S) {
    let (mint, clock) = mint_at("2026-01-10");
    let mut till = start(&store, &mint).await;
    let on = day("2026-01-10");
    let sales: Vec<_> = (100..550)
        .map(|id| sold_entry(&sold(Uuid::from_u128(id), on, 0)))
        .collect();
    push(&store, &mut till, &sales).await;
    clock.advance(31 * DAY_MS);
    let report = run(&store, &mint, TENANT).await.unwrap();
    assert_eq!((report.expired, report.accounts), (450, 450));
    assert_eq!(run(&store, &mint, TENANT).await.unwrap(), Report::default());
    assert_eq!(written(&store, &[&till]).await.len(), 450);
}
