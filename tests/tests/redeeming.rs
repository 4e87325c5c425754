//! Points at the counter against the real server: what a till spends, the server applies.

use mostrador_ledger as ledger;
use mostrador_protocol::message::Disposition;
use mostrador_protocol::row::Customer;
use mostrador_server::Store as _;
use mostrador_terminal::Till;
use mostrador_terminal::view::RefundInput;
use mostrador_tests::Error;
use mostrador_tests::counter::{earn, pay, pay_with, pin, somebody, work};
use mostrador_tests::proxy::Proxy;
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop};
use tempfile::TempDir;

fn balance(till: &Till, customer: &Customer) -> Result<i64, Error> {
    let account = till
        .ledger()
        .read(|look| ledger::account::shown(look, customer.id))?;
    Ok(account.balance())
}

/// Every entry of every till, and whether the server applied it as it is.
async fn not_applied(shop: &Shop) -> Result<Vec<String>, Error> {
    let store = shop.store()?;
    let mut found = Vec::new();
    for head in store.streams(shop.tenant()).await? {
        for entry in store.entries(shop.tenant(), head.stream).await? {
            if entry.disposition != Disposition::Applied {
                found.push(format!("{:?} {:?}", entry.disposition, entry.reason));
            }
        }
    }
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn points_rewards_and_coupons_spent_at_two_tills_are_applied_as_they_are() -> Result<(), Error>
{
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let one = shop.till("centro", "Caja 1", &shop.url()).await?;
    let two = shop.till("norte", "Caja 2", &shop.url()).await?;
    for till in [&one, &two] {
        work(till)?;
    }
    let ana = somebody(&shop).await?;
    let earned = earn(&one, &ana)?;
    shop.agree(&[&one, &two]).await?;

    // A coupon of one till is used at the other, together with a reward at once and points that pay,
    // and a gift card pays the rest.
    one.set_customer(&ana.id.to_string())?;
    let coupon = one
        .make_coupon("postre")?
        .slip
        .expect("500 points are there")
        .code;
    let kept = one
        .make_coupon("espresso")?
        .slip
        .expect("and 100 more")
        .code;
    assert_eq!(balance(&one, &ana)?, earned - 600);
    shop.agree(&[&one, &two]).await?;
    two.add_product("cheesecake", "2")?;
    let view = two.apply_code(&coupon)?;
    let known = view.customer.map(|card| card.name);
    assert_eq!((known, view.discount), (Some(ana.name.clone()), 6_000));
    two.apply_reward("plata-15")?;
    let view = two.redeem_points("100")?;
    assert_eq!(view.redemption.map(|spent| spent.points), Some(100));
    let receipt = pay_with(&two, "gift_card")?;
    assert_eq!((receipt.points_spent, receipt.points_earned), (1_000, 0));
    one.return_coupon(&kept)?;
    shop.agree(&[&one, &two]).await?;
    assert_eq!(balance(&one, &ana)?, earned - 1_500);
    assert_eq!(balance(&two, &ana)?, earned - 1_500);

    // The whole sale comes back, and with it every point that it took.
    two.find_sale(&receipt.receipt)?;
    let mut input = RefundInput {
        lines: vec!["2".to_owned()],
        ..RefundInput::default()
    };
    let offer = two.preview_refund(&input)?;
    input.reason = offer.reasons[0].slug.clone();
    input.seen = offer.value;
    two.refund(&input, &pin(&two, "manager"))?;
    shop.agree(&[&one, &two]).await?;
    assert_eq!(balance(&one, &ana)?, earned - 500);
    assert_eq!(not_applied(&shop).await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_coupon_made_offline_is_used_on_its_till_and_refused_where_nobody_knows_it()
-> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let cable = Proxy::start(shop.address()).await?;
    let one = shop.till("centro", "Caja 1", &cable.url()).await?;
    let two = shop.till("norte", "Caja 2", &shop.url()).await?;
    for till in [&one, &two] {
        work(till)?;
    }
    let ana = somebody(&shop).await?;
    let earned = earn(&one, &ana)?;
    shop.agree(&[&one, &two]).await?;

    cable.cut();
    one.set_customer(&ana.id.to_string())?;
    let coupon = one.make_coupon("postre")?.slip.expect("made offline").code;
    two.add_product("cheesecake", "1")?;
    let view = two.apply_code(&coupon)?;
    assert_eq!(view.refused[0].refusal, "unknown_code");
    one.add_product("cheesecake", "1")?;
    assert_eq!(one.apply_code(&coupon)?.discount, 6_000);
    pay(&one)?;

    cable.restore();
    shop.agree(&[&one, &two]).await?;
    let view = two.counter()?;
    assert_eq!(
        view.refused[0].refusal, "customer_required",
        "known now, and Ana's"
    );
    two.set_customer(&ana.id.to_string())?;
    let view = two.counter()?;
    assert_eq!(view.refused[0].refusal, "customer_limit_reached");
    assert!(balance(&two, &ana)? < earned);
    assert_eq!(not_applied(&shop).await?, Vec::<String>::new());
    Ok(())
}
