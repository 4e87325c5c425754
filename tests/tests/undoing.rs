//! Giving back and voiding, with real tills and a real server.

use std::time::Duration;

use chrono::DateTime;
use mostrador_ledger as ledger;
use mostrador_loyalty::account::Account;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::SaleCompleted;
use mostrador_server::Store as _;
use mostrador_terminal::view::{ReceiptView, RefundInput, VoidInput};
use mostrador_terminal::{SaleRequest, SaleRequestLine, Till};
use mostrador_tests::Error;
use mostrador_tests::counter::{pay, pin, somebody, work};
use mostrador_tests::deadline::Deadline;
use mostrador_tests::proxy::Proxy;
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop, until};
use rust_decimal::Decimal;
use tempfile::TempDir;
use uuid::Uuid;

/// A Tuesday, so that no factor of the weekend stands between the figures.
const TUESDAY: &str = "2026-11-17T18:00:00Z";

/// Sells `quantity` of a product to a customer on that Tuesday.
fn sell(
    till: &Till,
    buyer: Uuid,
    (product, quantity): (&str, i64),
) -> Result<SaleCompleted, Error> {
    let number = till.today().map_or(0, |today| today.recent.len());
    let at = DateTime::parse_from_rfc3339(TUESDAY).expect("a moment");
    let sold = till.sell(&SaleRequest {
        reference: format!("{buyer}-{number}-{}", till.sync_view()?.waiting),
        at_ms: at.timestamp_millis(),
        cashier: None,
        customer: Some(buyer),
        lines: vec![SaleRequestLine {
            product: product.to_owned(),
            quantity: Decimal::from(quantity),
            unit_price: None,
        }],
        codes: Vec::new(),
    })?;
    Ok(sold.sale)
}

/// Gives back what is chosen of the sale that is found, with a manager's PIN.
fn give_back(till: &Till, lines: &[&str]) -> Result<ReceiptView, Error> {
    let mut input = RefundInput {
        lines: lines.iter().map(|text| (*text).to_owned()).collect(),
        reason: "changed-mind".to_owned(),
        ..RefundInput::default()
    };
    input.seen = till.preview_refund(&input)?.value;
    Ok(till.refund(&input, &pin(till, "manager"))?)
}

async fn on_server(shop: &Shop, customer: Uuid) -> Result<Account, Error> {
    let found = shop.store()?.customer(shop.tenant(), customer).await?;
    let document = found.map_or_else(AccountDocument::default, |(_, document)| document);
    Ok(Account::from(&document))
}

fn points(account: &Account) -> i64 {
    account.lots.iter().map(|lot| lot.points).sum::<i64>() - account.debt
}

/// PrestaShop/PrestaShop#25687.
#[tokio::test(flavor = "multi_thread")]
async fn a_partial_return_takes_points_back_for_the_part_not_for_the_whole_sale()
-> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    work(&till)?;
    let ana = somebody(&shop).await?.id;
    // 4 x $58 at a point a peso, half as much again on a first purchase.
    let sale = sell(&till, ana, ("capuchino-chico", 4))?;
    let earned = sale.points.as_ref().map_or(0, |points| points.earned);
    assert_eq!((sale.total, earned), (23_200, 348));

    till.find_sale(&sale.receipt)?;
    let receipt = give_back(&till, &["1"])?;
    assert_eq!((receipt.total, receipt.points_earned), (5_800, -87));
    shop.agree(&[&till]).await?;
    let account = on_server(&shop, ana).await?;
    assert_eq!((points(&account), account.purchases), (261, 1));
    assert_eq!(account.spent, 17_400);

    till.find_sale(&sale.receipt)?;
    give_back(&till, &["3"])?;
    shop.agree(&[&till]).await?;
    let account = on_server(&shop, ana).await?;
    assert_eq!((points(&account), account.purchases), (0, 0));
    Ok(())
}

/// odoo/odoo#257854.
#[tokio::test(flavor = "multi_thread")]
async fn buying_and_refunding_again_and_again_leaves_no_points_and_no_tier() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    work(&till)?;
    let ana = somebody(&shop).await?.id;
    for round in 0..6 {
        let sale = sell(&till, ana, ("grano-veracruz-1kg", 3))?;
        till.find_sale(&sale.receipt)?;
        if round % 2 == 0 {
            give_back(&till, &["1"])?;
            till.find_sale(&sale.receipt)?;
            give_back(&till, &["2"])?;
        } else {
            give_back(&till, &["3"])?;
        }
        let card = till.set_customer(&ana.to_string())?.customer.expect("Ana");
        assert_eq!(
            (card.balance, card.debt, card.purchases),
            (0, 0, 0),
            "round {round}"
        );
        assert_eq!(card.tier_slug.as_deref(), Some("bronze"));
    }
    shop.agree(&[&till]).await?;
    let account = on_server(&shop, ana).await?;
    assert_eq!(
        (points(&account), account.purchases, account.spent),
        (0, 0, 0)
    );
    assert_eq!(account.earned_by_day.values().sum::<i64>(), 0);
    Ok(())
}

/// OCA/pos#185.
#[tokio::test(flavor = "multi_thread")]
async fn a_sale_and_a_refund_that_are_sent_twice_count_once() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let cable = Proxy::start(shop.address()).await?;
    let till = shop.till("centro", "Caja 1", &cable.url()).await?;
    work(&till)?;
    let ana = somebody(&shop).await?.id;
    cable.lose_acknowledgements();
    let sale = sell(&till, ana, ("capuchino-chico", 4))?;
    till.find_sale(&sale.receipt)?;
    give_back(&till, &["1"])?;
    // The server has it all and the till does not know: whatever it pushes now it pushes once more.
    let own = till.ledger().read(ledger::stream::head)?;
    let own = own.expect("a till that sold has a stream");
    let heard = async || {
        let heads = shop.store()?.streams(shop.tenant()).await?;
        let head = heads.into_iter().find(|head| head.stream == own.stream);
        Ok::<_, Error>(head.map_or(0, |head| head.seq))
    };
    let deadline = Deadline::after(Duration::from_mins(1));
    while heard().await? < own.seq {
        deadline
            .pause_async("the server to hold the sale and the refund")
            .await?;
    }
    let lost = cable.unacknowledged();
    until("the server to hear all of it again", || {
        till.sync_now().is_ok() && cable.unacknowledged() > lost
    })
    .await?;
    assert!(till.ledger().read(ledger::outbox::waiting)? > 0);
    cable.restore();
    shop.agree(&[&till]).await?;
    let account = on_server(&shop, ana).await?;
    assert_eq!((account.purchases, account.spent), (1, 17_400));
    assert_eq!(points(&account), 261);
    Ok(())
}

/// frappe/erpnext#33550.
#[tokio::test(flavor = "multi_thread")]
async fn the_sale_that_crosses_a_threshold_has_the_factor_of_the_tier_before_it()
-> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    work(&till)?;
    let ana = somebody(&shop).await?.id;
    let tier_of = |sale: &SaleCompleted| {
        let factors = &sale.points.as_ref().expect("points").factors;
        let tier = factors.iter().find(|factor| factor.name == "tier");
        tier.map(|factor| factor.multiplier.to_string())
    };
    // 20 x $58 = 1,160 points and half as much again: beyond the 1,000 of silver at once.
    let crossing = sell(&till, ana, ("capuchino-chico", 20))?;
    assert_eq!(
        crossing.points.as_ref().map(|points| points.earned),
        Some(1_740)
    );
    assert_eq!(tier_of(&crossing), None, "bronze multiplies by one");
    let card = till.set_customer(&ana.to_string())?.customer.expect("Ana");
    assert_eq!(card.tier_slug.as_deref(), Some("silver"));
    let next = sell(&till, ana, ("capuchino-chico", 10))?;
    assert_eq!(tier_of(&next).as_deref(), Some("1.1"));
    assert_eq!(next.points.as_ref().map(|points| points.earned), Some(638));

    // What the crossing sale gave is taken back as it was given, and the tier goes with it.
    till.find_sale(&crossing.receipt)?;
    let receipt = give_back(&till, &["20"])?;
    assert_eq!(receipt.points_earned, -1_740);
    shop.agree(&[&till]).await?;
    assert_eq!(points(&on_server(&shop, ana).await?), 638);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_of_another_store_is_returned_with_the_server_and_not_without() -> Result<(), Error>
{
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let cable = Proxy::start(shop.address()).await?;
    let sold_it = shop.till("centro", "Caja 1", &shop.url()).await?;
    let other = shop.till("norte", "Caja 2", &cable.url()).await?;
    for till in [&sold_it, &other] {
        work(till)?;
    }
    let ana = somebody(&shop).await?.id;
    let sale = sell(&sold_it, ana, ("capuchino-chico", 4))?;
    shop.agree(&[&sold_it, &other]).await?;

    assert_eq!(
        other.find_sale(&sale.receipt).map_err(|error| error.code()),
        Err("unknown_sale")
    );
    let view = other.find_sale_online(&sale.receipt).await?;
    assert!(view.is_whole && view.sale.when.contains("2026"), "{view:?}");
    let receipt = give_back(&other, &["3"])?;
    assert!(receipt.text.contains("Capuchino 12 oz"), "{}", receipt.text);
    let copy = other.receipt(&receipt.sale_id)?;
    assert!(copy.text.contains(&sale.receipt), "{}", copy.text);
    shop.agree(&[&sold_it, &other]).await?;
    assert_eq!(points(&on_server(&shop, ana).await?), 87);

    // The till that sold it learns from the server what is left.
    assert_eq!(sold_it.find_sale(&sale.receipt)?.lines[0].left, "4");
    let view = sold_it.find_sale_online(&sale.receipt).await?;
    assert_eq!((view.lines[0].left.as_str(), view.earlier.len()), ("1", 1));
    give_back(&sold_it, &["1"])?;
    shop.agree(&[&sold_it, &other]).await?;
    let view = other.find_sale_online(&sale.receipt).await?;
    assert!(
        view.refusal.starts_with("Todo lo de esta venta"),
        "{}",
        view.refusal
    );
    assert_eq!(points(&on_server(&shop, ana).await?), 0);

    cable.cut();
    let cut = other.find_sale_online(&sale.receipt).await;
    let error = cut.expect_err("no server");
    assert_eq!(error.code(), "sale_elsewhere");
    assert!(
        other
            .trouble(&error)
            .hint
            .starts_with("Devuélvala en la caja que vendió")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn units_that_two_tills_gave_back_without_knowing_are_taken_off_the_account_once()
-> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let cable = Proxy::start(shop.address()).await?;
    let sold_it = shop.till("centro", "Caja 1", &cable.url()).await?;
    let other = shop.till("norte", "Caja 2", &shop.url()).await?;
    for till in [&sold_it, &other] {
        work(till)?;
    }
    let ana = somebody(&shop).await?.id;
    let sale = sell(&sold_it, ana, ("capuchino-chico", 4))?;
    shop.agree(&[&sold_it, &other]).await?;
    other.find_sale_online(&sale.receipt).await?;
    give_back(&other, &["4"])?;
    shop.agree(&[&other]).await?;
    // The till that sold it does not hear of that and gives the same units back.
    cable.cut();
    sold_it.find_sale(&sale.receipt)?;
    give_back(&sold_it, &["4"])?;
    cable.restore();
    sold_it.sync_now()?;
    let waiting = || sold_it.sync_view().is_ok_and(|view| view.waiting == 0);
    until("the second refund to arrive", waiting).await?;
    let account = on_server(&shop, ana).await?;
    assert_eq!((points(&account), account.purchases), (0, 0));
    let counts = shop.store()?.counts(shop.tenant()).await?;
    assert_eq!((counts.adjusted, counts.held), (1, 0), "the owner sees it");
    let found = sold_it.find_sale_online(&sale.receipt).await?;
    assert!(
        found.refusal.starts_with("Todo lo de esta venta"),
        "{found:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voided_sale_leaves_nothing_behind_on_till_and_server() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    work(&till)?;
    let ana = somebody(&shop).await?.id;
    till.set_customer(&ana.to_string())?;
    till.add_product("capuchino-chico", "2")?;
    let counter = till.apply_code("CAFE10")?;
    assert_eq!(counter.codes.len(), 1, "{counter:?}");
    pay(&till)?;
    shop.agree(&[&till]).await?;
    let offer = till.offer_void()?;
    let input = VoidInput {
        sale_id: offer.sale.id,
        reason: "wrong-item".to_owned(),
        ..VoidInput::default()
    };
    till.void_sale(&input, "")?;
    shop.agree(&[&till]).await?;
    let account = on_server(&shop, ana).await?;
    assert_eq!(
        (points(&account), account.purchases, account.spent),
        (0, 0, 0)
    );
    let uses = shop.store()?.code_uses(shop.tenant()).await?;
    assert_eq!(uses.iter().map(|row| row.total).sum::<i64>(), 0);
    let found = till.find_sale_online(&offer.sale.receipt).await?;
    assert!(
        found.refusal.starts_with("Esta venta se anuló"),
        "{}",
        found.refusal
    );
    Ok(())
}
