//! A shop whose points pay and buy rewards, and what is looked at there.

use crate::shop::{ANA, BRUNO, Shop};
use mostrador_loyalty::account::Account;
use mostrador_protocol::account::{AccountDocument, LotDocument};
use mostrador_protocol::program::{FreeProductDocument, RewardDocument};
use mostrador_terminal::view::{CounterView, CouponMade, RewardView, SlipView};

/// Saturday the first of March 2025, as the shop's tests begin.
pub(crate) const TODAY: &str = "2025-03-01";
pub(crate) const NEXT_YEAR: &str = "2026-02-01";

pub(crate) fn lot(points: i64, expires_on: &str) -> LotDocument {
    LotDocument {
        earned_on: "2025-02-01".parse().expect("a day"),
        expires_on: expires_on.parse().expect("a day"),
        usable_from: None,
        points,
    }
}

pub(crate) fn reward(slug: &str, name: &str, points: i64) -> RewardDocument {
    RewardDocument {
        slug: slug.to_owned(),
        name: name.to_owned(),
        points,
        tier: None,
        percent_bp: None,
        fixed: None,
        free_product: None,
        valid_days: Some(30),
        valid_until: None,
        per_customer_limit: None,
        stock: None,
        products: Vec::new(),
        categories: Vec::new(),
    }
}

fn five_rewards() -> Vec<RewardDocument> {
    vec![
        RewardDocument {
            percent_bp: Some(1_000),
            per_customer_limit: Some(1),
            ..reward("diez", "10 % en una compra", 200)
        },
        RewardDocument {
            fixed: Some(500_000),
            ..reward("cinco-mil", "$ 5.000 en lo que quiera", 150)
        },
        RewardDocument {
            free_product: Some(FreeProductDocument {
                product: "limonada".to_owned(),
                units: 1,
            }),
            ..reward("limonada", "Limonada gratis", 100)
        },
        RewardDocument {
            tier: Some("gold".to_owned()),
            ..reward("paseo", "Paseo privado", 300)
        },
        RewardDocument {
            stock: Some(1),
            ..reward("gorra", "Gorra", 120)
        },
    ]
}

/// A shop whose points pay 10 pesos each and buy five rewards; Ana has `lots`.
pub(crate) fn shop(lots: Vec<LotDocument>) -> Shop {
    shop_with(five_rewards(), lots)
}

/// Like [`shop`], with other rewards.
pub(crate) fn shop_with(rewards: Vec<RewardDocument>, lots: Vec<LotDocument>) -> Shop {
    let shop = Shop::open_with(|program| {
        let points = program.points.as_mut().expect("the program has points");
        points.point_value = 1_000;
        (points.weekend, points.first_purchase) = (None, None);
        program.rewards = rewards;
    });
    // Bruno took the only cap, at whatever till.
    let account = AccountDocument {
        rewards: [("gorra".to_owned(), 1)].into(),
        ..AccountDocument::default()
    };
    shop.tell(BRUNO, account);
    give(&shop, lots);
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    shop
}

/// The server says that Ana has these lots.
pub(crate) fn give(shop: &Shop, lots: Vec<LotDocument>) {
    let account = AccountDocument {
        lots,
        purchases: 3,
        ..AccountDocument::default()
    };
    shop.tell(ANA, account);
}

pub(crate) fn shown(shop: &Shop) -> Account {
    let shown = shop.till.ledger();
    let shown = shown.read(|look| mostrador_ledger::account::shown(look, ANA));
    shown.expect("an account")
}

pub(crate) fn balance(shop: &Shop) -> i64 {
    shown(shop).available(TODAY.parse().expect("a day"))
}

pub(crate) fn redemption(view: &CounterView) -> (i64, i64, i64) {
    let spent = view.redemption.as_ref();
    spent.map_or((0, 0, view.due), |spent| {
        (spent.points, spent.amount, view.due)
    })
}

pub(crate) fn rewards(shop: &Shop) -> Vec<RewardView> {
    shop.till.redeem_view().expect("a view").rewards
}

pub(crate) fn slip(made: CouponMade) -> SlipView {
    let said = made.counter.said;
    made.slip.unwrap_or_else(|| panic!("not made: {said}"))
}
