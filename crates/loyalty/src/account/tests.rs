//! What single facts do to an account.

use super::*;
use crate::money::Amount;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn lot_of(on: &str) -> LotDays {
    LotDays::at_once(day(on), day(on) + chrono::Days::new(365))
}

fn share(on: &str, points: i64) -> Lot {
    Lot {
        days: lot_of(on),
        points,
    }
}

fn purchase(on: &str, points: i64) -> Purchase {
    Purchase::earning(
        0,
        Amount::from_minor(points * 100).unwrap(),
        points,
        lot_of(on),
    )
}

fn bought(on: &str, points: i64) -> Fact {
    Fact::Purchase(purchase(on, points))
}

fn adjusted(on: &str, points: i64) -> Fact {
    Fact::Adjustment {
        day: day(on),
        points,
        lot: lot_of(on),
    }
}

fn redeemed(on: &str, lots: &[Lot]) -> Fact {
    Fact::Redemption(Redemption {
        day: day(on),
        reward: "coffee".to_owned(),
        lots: lots.to_vec(),
        coupon: None,
    })
}

fn account(facts: &[Fact]) -> Account {
    let mut account = Account::default();
    for fact in facts {
        let postings = account.apply(fact);
        assert_eq!(postings.sum_of(|_| true), 0, "{fact:?}");
    }
    account
}

fn points(account: &Account) -> Vec<i64> {
    account.lots.iter().map(|lot| lot.points).collect()
}

#[test]
fn a_lot_can_be_spent_through_its_last_day() {
    let account = account(&[bought("2026-01-01", 40), bought("2026-03-01", 2)]);
    assert_eq!(account.available(day("2027-01-01")), 42);
    assert_eq!(account.available(day("2027-01-02")), 2);
    assert_eq!(account.available(day("2027-03-02")), 0);
    let next = account.next_to_expire(day("2027-01-02"));
    assert_eq!(next, Some((2, day("2027-03-01"))));
}

#[test]
fn a_pending_lot_is_neither_spent_nor_shown_before_its_day() {
    let mut pending = purchase("2026-01-01", 40);
    pending.lot.usable_from = day("2026-01-08");
    let account = account(&[Fact::Purchase(pending)]);
    assert_eq!(account.available(day("2026-01-07")), 0);
    assert_eq!(account.pending(day("2026-01-07")), 40);
    assert_eq!(account.available(day("2026-01-08")), 40);
    assert_eq!(account.pending(day("2026-01-08")), 0);
}

#[test]
fn purchases_of_one_day_share_a_lot() {
    let account = account(&[bought("2026-01-01", 40), bought("2026-01-01", 2)]);
    assert_eq!((account.lots.len(), account.purchases), (1, 2));
}

#[test]
fn what_was_taken_beyond_the_balance_is_debt_that_gains_pay_first() {
    let mut account = account(&[bought("2026-01-01", 40), adjusted("2026-01-02", -100)]);
    assert_eq!(
        (account.available(day("2026-01-02")), account.debt),
        (0, 60)
    );
    assert_eq!(account.balance(), -60);
    account.apply(&bought("2026-01-03", 75));
    assert_eq!(
        (account.available(day("2026-01-03")), account.debt),
        (15, 0)
    );
    assert_eq!(account.earned_by_day.values().sum::<i64>(), 115);
}

#[test]
fn points_are_taken_from_the_soonest_expiry_and_never_from_a_lot_that_is_over() {
    let account = account(&[
        bought("2026-03-01", 5),
        bought("2026-01-01", 40),
        adjusted("2027-01-02", -1),
    ]);
    assert_eq!(points(&account), [40, 4]);
}

#[test]
fn a_named_lot_goes_first_and_what_another_till_spent_comes_from_the_others() {
    let taken = [share("2026-02-01", 30)];
    let facts = [bought("2026-01-01", 20), bought("2026-02-01", 30)];
    let mut account = account(&facts);
    account.apply(&redeemed("2026-02-02", &taken));
    assert_eq!(points(&account), [20]);
    account.apply(&redeemed("2026-02-02", &taken));
    assert_eq!((points(&account), account.debt), (vec![], 10));
    assert_eq!(account.redemptions_of("coffee"), 2);
}

#[test]
fn spent_points_come_back_to_their_lot_or_for_fifteen_days() {
    let mut sale = purchase("2026-12-01", 10);
    sale.redeemed = vec![share("2026-01-01", 40)];
    let back = sale.undone_on(day("2026-12-02"));
    let late = sale.undone_on(day("2027-02-01"));
    let facts = [bought("2026-01-01", 40), Fact::Purchase(sale)];
    let before = account(&facts);
    let mut in_time = before.clone();
    in_time.apply(&Fact::Refund(back));
    assert_eq!(in_time.lots, [share("2026-01-01", 40)]);
    let mut too_late = before;
    too_late.apply(&Fact::Refund(late));
    assert_eq!(too_late.available(day("2027-02-16")), 40);
    assert_eq!(too_late.available(day("2027-02-17")), 0);
}

#[test]
fn an_expiry_takes_what_is_there_and_only_once() {
    let expiry = Fact::Expiry {
        day: day("2027-01-02"),
        lot: share("2026-01-01", 40),
    };
    let early = Fact::Expiry {
        day: day("2027-01-01"),
        lot: share("2026-01-01", 40),
    };
    let mut account = account(&[bought("2026-01-01", 40), adjusted("2026-05-01", -15), early]);
    assert_eq!(points(&account), [25]);
    assert_eq!(account.apply(&expiry).balance_change(), -25);
    assert_eq!(account.apply(&expiry), Postings::default());
    assert_eq!(account.balance(), 0);
}

#[test]
fn points_spent_offline_before_their_expiry_are_not_lost_twice() {
    let expiry = Fact::Expiry {
        day: day("2027-01-02"),
        lot: share("2026-01-01", 40),
    };
    let spent = redeemed("2027-01-01", &[share("2026-01-01", 40)]);
    let facts = [bought("2026-01-01", 40), bought("2026-06-01", 50)];
    let mut one = account(&facts);
    let mut other = one.clone();
    one.apply(&spent);
    one.apply(&expiry);
    other.apply(&expiry);
    other.apply(&spent);
    assert_eq!(one, other);
    assert_eq!(one.balance(), 50);
}

#[test]
fn a_void_is_the_exact_inverse_of_its_purchase() {
    let before = account(&[bought("2026-01-01", 300)]);
    let mut sale = purchase("2026-03-01", 90);
    sale.redeemed = vec![share("2026-01-01", 250)];
    sale.codes = vec![CodeText::parse("VERANO10").unwrap()];
    sale.rewards = vec!["coffee".to_owned()];
    let void = Fact::Void(sale.undone_on(day("2026-03-01")));
    let mut after = before.clone();
    after.apply(&Fact::Purchase(sale));
    assert_eq!((after.completed_purchases(), after.code_uses.len()), (2, 1));
    after.apply(&void);
    assert_eq!(after, before);
}

#[test]
fn a_merge_sums_points_and_pays_what_either_record_owed() {
    let mut kept = account(&[bought("2026-01-01", 40)]);
    kept.referral
        .learn_code(7, &CodeText::parse("KEPT").unwrap());
    let mut gone = account(&[bought("2026-02-01", 10), adjusted("2026-02-02", -25)]);
    gone.referral
        .learn_code(3, &CodeText::parse("GONE").unwrap());
    let survivor = Uuid::from_u128(1);
    let (state, out) = gone.hand_over(survivor);
    let merge = Fact::Merge {
        day: day("2026-03-01"),
        absorbed: Box::new(state),
    };
    let into = kept.apply(&merge);
    assert_eq!((kept.balance(), kept.debt, kept.purchases), (25, 0, 2));
    assert_eq!(gone.merged_into, Some(survivor));
    assert_eq!((gone.balance(), gone.purchases), (0, 0));
    assert_eq!(into.balance_change() + out.balance_change(), 0);
    let own = kept.referral.own_code.as_ref().unwrap();
    assert_eq!(own.1.as_str(), "GONE", "the older code survives");
    assert!(kept.referral.owns(&CodeText::parse("KEPT").unwrap()));
}

#[test]
fn a_coupon_can_be_used_once_and_through_its_last_day() {
    let coupon = HeldCoupon {
        made_on: day("2026-01-01"),
        code: CodeText::parse("RWD1").unwrap(),
        reward: "coffee".to_owned(),
        valid_until: Some(day("2026-01-31")),
    };
    let redemption = Redemption {
        day: day("2026-01-01"),
        reward: "coffee".to_owned(),
        lots: vec![],
        coupon: Some(coupon.clone()),
    };
    let mut account = account(&[Fact::Redemption(redemption)]);
    let usable = |account: &Account, on: &str| account.usable_coupons(day(on)).count();
    assert_eq!(usable(&account, "2026-01-31"), 1);
    assert_eq!(usable(&account, "2026-02-01"), 0);
    let mut sale = purchase("2026-01-02", 0);
    sale.codes = vec![coupon.code];
    account.apply(&Fact::Purchase(sale));
    assert_eq!(usable(&account, "2026-01-31"), 0);
}

#[test]
fn points_that_expired_unused_are_not_taken_back_a_second_time() {
    let sale = purchase("2026-01-01", 100);
    let expiry = Fact::Expiry {
        day: day("2027-01-02"),
        lot: share("2026-01-01", 60),
    };
    let refund = Fact::Refund(sale.undone_on(day("2027-02-01")));
    let facts = [
        Fact::Purchase(sale),
        redeemed("2026-02-01", &[share("2026-01-01", 40)]),
        bought("2026-12-01", 25),
    ];
    let mut refunded_last = account(&facts);
    refunded_last.apply(&expiry);
    refunded_last.apply(&refund);
    let mut expired_last = account(&facts);
    expired_last.apply(&refund);
    expired_last.apply(&expiry);
    assert_eq!(refunded_last, expired_last);
    assert_eq!(
        (refunded_last.balance(), refunded_last.debt),
        (-15, 15),
        "only the 40 that were spent are missing, and 25 were there"
    );
}

#[test]
fn of_too_many_coupons_the_used_ones_are_forgotten_first() {
    let made = |number: usize| HeldCoupon {
        made_on: day("2026-01-01"),
        code: CodeText::parse(&format!("RWD{number:03}")).unwrap(),
        reward: "coffee".to_owned(),
        valid_until: None,
    };
    let redemption = |number| {
        Fact::Redemption(Redemption {
            day: day("2026-01-01"),
            reward: "coffee".to_owned(),
            lots: vec![],
            coupon: Some(made(number)),
        })
    };
    let facts: Vec<Fact> = (0..COUPONS_KEPT).map(redemption).collect();
    let mut account = account(&facts);
    let mut sale = purchase("2026-01-02", 0);
    sale.codes = vec![made(COUPONS_KEPT - 1).code];
    account.apply(&Fact::Purchase(sale));
    account.apply(&redemption(COUPONS_KEPT));
    assert_eq!(account.coupons.len(), COUPONS_KEPT);
    assert!(account.coupons.contains(&made(0)), "paid for, not used");
    assert!(!account.coupons.contains(&made(COUPONS_KEPT - 1)));
}

#[test]
fn a_lot_that_is_over_pays_for_nothing() {
    let mut account = account(&[bought("2026-01-01", 40), bought("2026-12-01", 40)]);
    account.apply(&redeemed("2027-01-02", &[share("2026-01-01", 30)]));
    assert_eq!(points(&account), [40, 10]);
}
