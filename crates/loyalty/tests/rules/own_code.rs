//! Reward coupons: codes of one customer that the program does not list.

use mostrador_loyalty as loyalty;
use uuid::Uuid;

use crate::counter::{Counter, amount, text};
use loyalty::account::HeldCoupon;
use loyalty::code::Benefit;
use loyalty::customer::{CodeUse, CustomerFacts};
use loyalty::money::BasisPoints;
use loyalty::program::Reward;
use loyalty::redeem::coupon_code;
use loyalty::refusal::Refusal;

const ANA: Uuid = Uuid::from_u128(1);

/// A counter where Ana shows a coupon of a reward of 20 percent, good through 2026-12-31.
fn with_coupon(holder: Uuid) -> Counter {
    let mut counter = Counter::with([]);
    counter.program.rewards = vec![Reward {
        slug: "coffee".to_owned(),
        name: "Coffee".to_owned(),
        points: 200,
        tier: None,
        benefit: Benefit::Percent(BasisPoints(2_000)),
        products: [].into(),
        categories: [].into(),
        valid_days: None,
        valid_until: None,
        per_customer: None,
        stock: None,
    }];
    let coupon = HeldCoupon {
        made_on: "2026-01-01".parse().expect("a day"),
        code: text("RWD234"),
        reward: "coffee".to_owned(),
        valid_until: "2026-12-31".parse().ok(),
    };
    counter.own_codes = coupon_code(&counter.program, &coupon, holder)
        .into_iter()
        .collect();
    counter.scanned = vec![text("RWD234")];
    counter.customer = Some(CustomerFacts {
        id: ANA,
        tier: None,
        purchases: 3,
        ..CustomerFacts::default()
    });
    counter
}

fn refused(counter: &Counter) -> Option<Refusal> {
    let quote = counter.quote();
    quote.refused.first().map(|refused| refused.refusal.clone())
}

#[test]
fn a_reward_coupon_takes_off_what_its_reward_says() {
    let quote = with_coupon(ANA).quote();
    assert_eq!(quote.discount, amount(2_000));
    assert_eq!(quote.accepted[0].text, text("RWD234"));
}

#[test]
fn a_reward_coupon_is_of_its_customer_and_of_nobody_else() {
    assert_eq!(
        refused(&with_coupon(Uuid::from_u128(2))),
        Some(Refusal::WrongCustomer)
    );
    let mut nobody = with_coupon(ANA);
    nobody.customer = None;
    assert_eq!(refused(&nobody), Some(Refusal::CustomerRequired));
    let mut unknown = with_coupon(ANA);
    unknown.own_codes.clear();
    assert_eq!(refused(&unknown), Some(Refusal::UnknownCode));
}

#[test]
fn a_reward_coupon_is_used_once_and_through_its_last_day() {
    let mut used = with_coupon(ANA);
    let once = CodeUse {
        by_customer: 1,
        ..CodeUse::default()
    };
    used.usage.codes.insert(text("RWD234"), once);
    assert_eq!(
        refused(&used),
        Some(Refusal::CustomerLimitReached { limit: 1 })
    );
    let mut late = with_coupon(ANA);
    late.now = "2027-01-01T00:00:00";
    let until = "2026-12-31".parse().expect("a day");
    assert_eq!(refused(&late), Some(Refusal::Expired { until }));
    late.now = "2026-12-31T23:59:59";
    assert_eq!(refused(&late), None);
}
