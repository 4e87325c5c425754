//! Refunds and voids are made from their sale, and every entry about an account reads back, adds up
//! and has its effects.

#![expect(clippy::unwrap_used, reason = "a test says by panicking")]

use chrono::{NaiveDate, NaiveDateTime};
use mostrador_loyalty::account::{Account, Fact};
use mostrador_loyalty::basket::Quantity;
use mostrador_loyalty::refund::ReturnedLine;
use mostrador_protocol::account::{AccountDocument, CouponDocument, LotDocument};
use mostrador_protocol::entry::{
    ApprovalGiven, BadgeAwarded, Chosen, CustomerLinked, Decoded, Header, Payload, PointsAdjusted,
    PointsExpired, PointsRedeemed, ReferralBonus, ReferralCodeMade, ReferralRegistered,
    RewardRedeemed, SaleCode, SaleCompleted, SaleLine, SalePoints, SaleRefunded, Tender, TierMoved,
    UndoneAt,
};
use rust_decimal::Decimal;
use uuid::Uuid;

const ANA: Uuid = Uuid::from_u128(6);
const LUZ: Uuid = Uuid::from_u128(7);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn noon() -> NaiveDateTime {
    day("2026-11-21").and_hms_opt(12, 0, 0).unwrap()
}

fn lot(points: i64) -> LotDocument {
    LotDocument {
        earned_on: day("2026-01-01"),
        expires_on: day("2027-01-01"),
        usable_from: None,
        points,
    }
}

/// Three units for 90.00, of which 200 points paid 20.00; 70 points earned.
fn sale() -> SaleCompleted {
    SaleCompleted {
        sale_id: Uuid::from_u128(3),
        receipt: "C1-1".to_owned(),
        store: "centro".to_owned(),
        terminal_id: Uuid::from_u128(4),
        cashier_id: Uuid::from_u128(5),
        customer_id: Some(ANA),
        reference: None,
        currency: "MXN".to_owned(),
        local_time: noon(),
        lines: vec![SaleLine {
            product: "A".to_owned(),
            sku: "A".to_owned(),
            name: "A".to_owned(),
            unit_price: 3_333,
            quantity: Decimal::from(3),
            categories: vec!["coffee".to_owned()],
            partner: None,
            gross: 9_999,
            discount: 999,
            net: 9_000,
            earns_points: true,
        }],
        tier_discount: None,
        codes: vec![SaleCode {
            consumed: true,
            amount: 999,
            shares: vec![999],
            ..code()
        }],
        refused: vec![],
        gross: 9_999,
        discount: 999,
        total: 9_000,
        tenders: vec![tender("points", 2_000), tender("cash", 7_000)],
        change: 0,
        points: Some(SalePoints {
            base: 7_000,
            per_unit: Decimal::ONE,
            factors: vec![],
            bonus: 0,
            earned: 70,
            expires_on: day("2027-11-21"),
            usable_from: None,
        }),
        points_redeemed: Some(PointsRedeemed {
            points: 200,
            amount: 2_000,
            lots: vec![lot(200)],
        }),
        leases: Vec::new(),
        rewards: vec![],
    }
}

fn code() -> SaleCode {
    serde_json::from_str(
        r#"{"text":"P10","kind":"coupon","amount":0,"shares":[],"consumed":false}"#,
    )
    .unwrap()
}

fn tender(kind: &str, amount: i64) -> Tender {
    Tender {
        kind: kind.to_owned(),
        amount,
    }
}

fn at() -> UndoneAt {
    UndoneAt {
        receipt: "C1-2".to_owned(),
        store: "centro".to_owned(),
        terminal_id: Uuid::from_u128(4),
        cashier_id: Uuid::from_u128(5),
        local_time: noon(),
        reason: None,
        note: None,
        approval_id: None,
    }
}

fn refund(earlier: &[SaleRefunded], units: i64) -> SaleRefunded {
    let chosen = Chosen {
        refund_id: Uuid::from_u128(20),
        lines: vec![ReturnedLine {
            line: 0,
            quantity: Quantity::new(units.into()).unwrap(),
        }],
        tender: "cash".to_owned(),
        at: at(),
    };
    sale().refund(earlier, chosen, |_| true).unwrap()
}

fn header() -> Header {
    serde_json::from_value(serde_json::json!({
        "format": 1, "kind": "", "stream": Uuid::nil(), "seq": 2, "entry_id": Uuid::nil(),
        "hlc": 0, "wall_ms": 0, "effective_ms": 0, "boot_id": Uuid::nil(), "monotonic_ms": 0,
        "program_version": 1, "payload_len": 0,
    }))
    .unwrap()
}

fn fold(payloads: &[Payload], customer: Uuid) -> Account {
    let mut account = Account::default();
    for payload in payloads {
        for (of, fact) in payload.effects(1).accounts {
            if of == customer {
                account.apply(&fact);
            }
        }
    }
    account
}

fn given() -> Payload {
    Payload::PointsAdjusted(PointsAdjusted {
        customer_id: ANA,
        store: "centro".to_owned(),
        cashier_id: Uuid::from_u128(5),
        points: 200,
        reason: "complaint".to_owned(),
        note: None,
        local_time: day("2026-01-01").and_hms_opt(9, 0, 0).unwrap(),
        expires_on: day("2027-01-01"),
        approval_id: None,
    })
}

#[test]
fn refunds_in_parts_give_back_what_was_paid_how_it_was_paid() {
    assert_eq!(sale().check(), Ok(()));
    let first = refund(&[], 1);
    assert_eq!(
        first.tenders,
        [tender("points", 666), tender("cash", 2_334)]
    );
    assert_eq!(first.points.as_ref().unwrap().taken_back, 23);
    assert!(first.codes.is_empty() && !first.is_full);
    let rest = refund(std::slice::from_ref(&first), 2);
    assert!(rest.is_full);
    assert_eq!(rest.codes[0].text, "P10");
    assert_eq!(first.check(), Ok(()));
    assert_eq!(
        rest.check_against(&sale(), std::slice::from_ref(&first)),
        Ok(())
    );
    let before = fold(&[given()], ANA);
    let sold = Payload::SaleCompleted(Box::new(sale()));
    let after = fold(
        &[
            given(),
            sold,
            Payload::SaleRefunded(Box::new(first)),
            Payload::SaleRefunded(Box::new(rest)),
        ],
        ANA,
    );
    assert_eq!(after.lots, before.lots);
    assert_eq!((after.debt, after.spent, after.purchases), (0, 0, 0));
    assert!(after.earned_by_day.is_empty() && after.code_uses.is_empty());
}

#[test]
fn a_refund_of_nothing_is_refused() {
    let chosen = Chosen {
        refund_id: Uuid::from_u128(20),
        lines: vec![],
        tender: "cash".to_owned(),
        at: at(),
    };
    let refusal = sale().refund(&[], chosen, |_| true).unwrap_err();
    assert_eq!(refusal.code(), "nothing_chosen");
}

#[test]
fn a_void_undoes_the_whole_sale() {
    let void = Payload::SaleVoided(Box::new(sale().void(Uuid::from_u128(21), at())));
    assert_eq!(void.check(), Ok(()));
    assert_eq!(void.effects(1).codes_given_back[0].discount.minor(), 999);
    let sold = Payload::SaleCompleted(Box::new(sale()));
    let (before, after) = (fold(&[given()], ANA), fold(&[given(), sold, void], ANA));
    assert_eq!((after.lots, after.purchases), (before.lots, 0));
}

#[test]
fn a_refund_that_does_not_follow_from_its_sale_says_why() {
    let told = |change: fn(&mut SaleRefunded)| {
        let mut wrong = refund(&[], 3);
        change(&mut wrong);
        wrong
            .check()
            .and_then(|()| wrong.check_against(&sale(), &[]))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        told(|refund| refund.money = 9_001),
        "sum of the lines' money: expected 9000, found 9001"
    );
    assert_eq!(
        told(|refund| refund.points.as_mut().unwrap().taken_back = 69),
        "points taken back: expected 70, found 69"
    );
    assert_eq!(
        told(|refund| refund.customer_id = None),
        "points were earned but nobody is identified"
    );
    assert_eq!(
        told(|refund| refund.lines[0].quantity = Decimal::from(4)),
        "the sale refuses the refund: more_than_sold"
    );
    let again = refund(&[], 3);
    let whole = refund(&[], 3);
    assert_eq!(
        again
            .check_against(&sale(), &[whole])
            .unwrap_err()
            .to_string(),
        "the sale refuses the refund: already_returned"
    );
}

#[test]
fn a_sale_paid_by_points_names_the_lots_and_earns_on_the_rest() {
    let told = |change: fn(&mut SaleCompleted)| {
        let mut wrong = sale();
        change(&mut wrong);
        wrong.check().unwrap_err().to_string()
    };
    assert_eq!(
        told(|sale| sale.points_redeemed = None),
        "tender of points: expected 2000, found 0"
    );
    assert_eq!(
        told(|sale| sale.points_redeemed.as_mut().unwrap().lots[0].points = 199),
        "points redeemed: expected 199, found 200"
    );
    assert_eq!(
        told(|sale| {
            let points = sale.points.as_mut().unwrap();
            points.base = 6_900;
            points.earned = 69;
        }),
        "base of the points: expected 7000, found 6900"
    );
}

fn redemption() -> RewardRedeemed {
    RewardRedeemed {
        redemption_id: Uuid::from_u128(30),
        customer_id: ANA,
        store: "centro".to_owned(),
        cashier_id: Uuid::from_u128(5),
        local_time: noon(),
        reward: "coffee".to_owned(),
        points: 150,
        lots: vec![lot(150)],
        coupon: Some(CouponDocument {
            code: "RWD2".to_owned(),
            reward: "coffee".to_owned(),
            made_on: day("2026-11-21"),
            valid_until: None,
        }),
    }
}

/// One of each kind with what is wrong with its broken twin.
fn kinds() -> Vec<(Payload, Payload, &'static str)> {
    let bonus = |referrer_id| {
        Payload::ReferralBonus(ReferralBonus {
            customer_id: LUZ,
            referrer_id,
            sale_id: Uuid::from_u128(3),
            day: day("2026-11-21"),
            bonus: lot(500),
            welcome: lot(0),
            taken_back: false,
        })
    };
    let expired = |day| {
        Payload::PointsExpired(PointsExpired {
            customer_id: ANA,
            day,
            lot: lot(40),
        })
    };
    let linked = |absorbed_id| {
        Payload::CustomerLinked(CustomerLinked {
            survivor_id: ANA,
            absorbed_id,
            cashier_id: Uuid::from_u128(5),
            local_time: noon(),
            approval_id: None,
        })
    };
    let registered = |customer_id| {
        Payload::ReferralRegistered(ReferralRegistered {
            customer_id,
            referrer_id: ANA,
            code: None,
            cashier_id: Uuid::from_u128(5),
            local_time: noon(),
        })
    };
    let reward = |points| RewardRedeemed {
        points,
        ..redemption()
    };
    let made = |code: &str| {
        Payload::ReferralCodeMade(ReferralCodeMade {
            customer_id: ANA,
            code: code.to_owned(),
        })
    };
    let moved = |to: &str| {
        Payload::TierMoved(TierMoved {
            customer_id: ANA,
            from: None,
            to: to.to_owned(),
            day: day("2026-11-21"),
            window_points: 1_000,
        })
    };
    let awarded = |badge: &str| {
        Payload::BadgeAwarded(BadgeAwarded {
            customer_id: ANA,
            badge: badge.to_owned(),
            day: day("2026-11-21"),
            bonus: None,
        })
    };
    let approved = |action: &str| {
        Payload::ApprovalGiven(ApprovalGiven {
            approval_id: Uuid::from_u128(40),
            manager_id: Uuid::from_u128(41),
            cashier_id: Uuid::from_u128(5),
            action: action.to_owned(),
            subject: None,
            amount: Some(200),
            local_time: noon(),
        })
    };
    let both = "stands on both sides";
    vec![
        (bonus(ANA), bonus(LUZ), both),
        (
            expired(day("2027-01-02")),
            expired(day("2027-01-01")),
            "can be spent through",
        ),
        (linked(LUZ), linked(ANA), both),
        (registered(LUZ), registered(ANA), both),
        (
            Payload::RewardRedeemed(Box::new(reward(150))),
            Payload::RewardRedeemed(Box::new(reward(151))),
            "points of the reward",
        ),
        (
            Payload::RewardReturned(Box::new(reward(150))),
            Payload::RewardReturned(Box::new(reward(149))),
            "points of the reward",
        ),
        (made("ANA23456"), made("!"), "cannot be a code"),
        (moved("silver"), moved(""), "tier is empty"),
        (awarded("regular"), awarded(" "), "badge is empty"),
        (approved("points_adjusted"), approved(""), "action is empty"),
    ]
}

#[test]
fn every_kind_reads_back_and_names_what_is_wrong() {
    for (payload, broken, wrong) in kinds() {
        let raw = payload.seal(&header());
        let read = raw.header().unwrap();
        assert_eq!(raw.payload(&read).unwrap(), Decoded::Known(payload.clone()));
        assert_eq!(payload.check(), Ok(()), "{}", payload.kind());
        let told = broken.check().unwrap_err().to_string();
        assert!(told.contains(wrong), "{}: {told}", payload.kind());
        let is_quiet = payload.effects(1) == mostrador_protocol::entry::Effects::default();
        assert_eq!(is_quiet, payload.kind() == "approval_given");
    }
}

#[test]
fn an_account_of_every_fact_travels_whole_and_one_of_old_reads() {
    let mut payloads: Vec<Payload> = kinds().into_iter().map(|(payload, ..)| payload).collect();
    payloads.push(given());
    payloads.push(Payload::SaleCompleted(Box::new(sale())));
    let mut account = fold(&payloads, ANA);
    account.apply(&fold_fact_of_absorbed());
    let text = serde_json::to_string(&AccountDocument::from(&account)).unwrap();
    let document: AccountDocument = serde_json::from_str(&text).unwrap();
    assert_eq!(Account::from(&document), account);
    assert!(account.referral.own_code.is_some() && account.tier.is_some());
    let old = r#"{"lots":[{"earned_on":"2026-01-01","expires_on":"2027-01-01","points":40}],
        "debt":0,"earned_by_day":{"2026-01-01":40},"purchases":1,"spent":4000,"code_uses":{"P10":1}}"#;
    let old: AccountDocument = serde_json::from_str(old).unwrap();
    assert_eq!(Account::from(&old).available(day("2026-01-01")), 40);
}

fn fold_fact_of_absorbed() -> Fact {
    let mut absorbed = fold(
        &kinds()
            .into_iter()
            .map(|(payload, ..)| payload)
            .collect::<Vec<_>>(),
        LUZ,
    );
    let (state, _) = absorbed.hand_over(ANA);
    Fact::Merge {
        day: day("2026-11-21"),
        absorbed: Box::new(state),
    }
}
