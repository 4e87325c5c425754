//! Selling, with and without a connection.

use std::time::Duration;

use mostrador_ledger as ledger;
use mostrador_protocol::row::Customer;
use mostrador_server::Store as _;
use mostrador_terminal::Till;
use mostrador_terminal::view::{ReceiptView, SyncState};
use mostrador_tests::Error;
use mostrador_tests::counter::{pay, somebody, work};
use mostrador_tests::deadline::Deadline;
use mostrador_tests::proxy::Proxy;
use mostrador_tests::shop::{CAFE_VT, Crowd, LIVEX, Shop, until};
use tempfile::TempDir;

/// A sale is a matter of the till's own disk. This is far more than a slow one needs and far less
/// than any patience of the network.
const AT_ONCE: Duration = Duration::from_secs(1);

fn sell(till: &Till, customer: &Customer, product: &str) -> Result<ReceiptView, Error> {
    till.set_customer(&customer.id.to_string())?;
    till.add_product(product, "1")?;
    pay(till)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_reaches_the_server_once() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    work(&till)?;
    let ana = somebody(&shop).await?;
    let receipt = sell(&till, &ana, "latte-chico")?;
    shop.agree(&[&till]).await?;

    let accounts = shop.store()?.accounts(shop.tenant()).await?;
    let (_, account) = accounts
        .iter()
        .find(|(customer, _)| *customer == ana.id)
        .expect("the sale has an account");
    assert_eq!((account.purchases, account.spent), (1, receipt.total));
    assert_eq!(
        account.lots.iter().map(|lot| lot.points).sum::<i64>(),
        receipt.points_earned
    );
    assert!(receipt.points_earned > 0);
    assert_eq!(till.sync_view()?.waiting, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tills_sell_offline_and_agree() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let cables = [
        Proxy::start(shop.address()).await?,
        Proxy::start(shop.address()).await?,
    ];
    let one = shop.till("centro", "Caja 1", &cables[0].url()).await?;
    let two = shop.till("norte", "Caja 2", &cables[1].url()).await?;
    for till in [&one, &two] {
        work(till)?;
    }
    let ana = somebody(&shop).await?;
    cables.iter().for_each(Proxy::cut);

    let mut paid = 0;
    let mut points = 0;
    for (till, product) in [
        (&one, "espresso"),
        (&two, "brownie"),
        (&one, "concha-vainilla"),
        (&two, "grano-chiapas-250"),
    ] {
        let receipt = sell(till, &ana, product)?;
        paid += receipt.total;
        points += receipt.points_earned;
    }
    // Each till counts its own sales and cannot know the other's.
    for till in [&one, &two] {
        let shown = till
            .ledger()
            .read(|connection| ledger::account::shown(connection, ana.id))?;
        assert_eq!(shown.purchases, 2);
    }

    cables.iter().for_each(Proxy::restore);
    shop.agree(&[&one, &two]).await?;
    for till in [&one, &two] {
        let card = till.set_customer(&ana.id.to_string())?;
        let card = card.customer.expect("the customer is on the counter");
        assert_eq!((card.purchases, card.balance), (4, points));
        assert!(!card.balance_has_pending);
    }
    let accounts = shop.store()?.accounts(shop.tenant()).await?;
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0].1.spent, paid);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_ack_counts_the_sale_once() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let cable = Proxy::start(shop.address()).await?;
    let till = shop.till("centro", "Caja 1", &cable.url()).await?;
    work(&till)?;
    let ana = somebody(&shop).await?;

    // The push arrives, its reply does not: the server stores the sale, the till cannot know.
    cable.lose_acknowledgements();
    sell(&till, &ana, "moka")?;
    let store = shop.store()?;
    let deadline = Deadline::after(Duration::from_mins(1));
    let mut held = store.accounts(shop.tenant()).await?;
    while held.is_empty() {
        deadline.pause_async("the server to get the sale").await?;
        till.sync_now()?;
        held = store.accounts(shop.tenant()).await?;
    }
    assert_eq!(held[0].1.purchases, 1);
    assert!(till.sync_view()?.waiting > 0, "nobody acknowledged it");

    cable.restore();
    shop.agree(&[&till]).await?;
    let held = store.accounts(shop.tenant()).await?;
    assert_eq!(held[0].1.purchases, 1, "counted once");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_never_delays_a_sale() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let cable = Proxy::start(shop.address()).await?;
    let till = shop.till("centro", "Caja 1", &cable.url()).await?;
    work(&till)?;
    let ana = somebody(&shop).await?;

    // A cut cable answers at once; one that loses acknowledgements keeps the till trying.
    for trouble in [Proxy::cut, Proxy::lose_acknowledgements] {
        trouble(&cable);
        for _ in 0..10 {
            till.sync_now()?;
            let (till, ana) = (till.clone(), ana.clone());
            let sale = tokio::task::spawn_blocking(move || sell(&till, &ana, "cortado"));
            tokio::time::timeout(AT_ONCE, sale)
                .await
                .expect("the sale waits for nobody")
                .expect("the sale does not panic")?;
        }
    }
    cable.restore();
    shop.agree(&[&till]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strip_tells_offline_from_up_to_date() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let mut shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    work(&till)?;
    let ana = somebody(&shop).await?;
    let is = |wanted| move |view: mostrador_terminal::view::SyncView| view.state == wanted;
    until("up to date", || {
        till.sync_view().is_ok_and(is(SyncState::UpToDate))
    })
    .await?;

    shop.kill_server()?;
    sell(&till, &ana, "flan")?;
    until("offline", || {
        till.sync_now().is_ok_and(is(SyncState::Offline))
    })
    .await?;
    assert!(till.sync_view()?.waiting > 0);

    shop.start_server()?;
    until("up to date again", || {
        till.sync_now().is_ok_and(is(SyncState::UpToDate))
    })
    .await?;
    shop.agree(&[&till]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_for_all_is_counted_over_both_tills() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), LIVEX, Crowd::Few)?;
    let one = shop.till("cartagena", "Caja 1", &shop.url()).await?;
    let two = shop.till("bogota", "Caja 2", &shop.url()).await?;
    for till in [&one, &two] {
        work(till)?;
        till.add_product("parapente", "1")?;
        let counter = till.apply_code("verano-10")?;
        assert_eq!(counter.codes.len(), 1, "{:?}", counter.refused);
        pay(till)?;
    }
    shop.agree(&[&one, &two]).await?;
    let uses = shop.store()?.code_uses(shop.tenant()).await?;
    let verano = uses.iter().find(|row| row.code == "VERANO10");
    let verano = verano.expect("the code was used");
    assert_eq!((verano.total, verano.discount), (2, 2 * 2_400_000));
    Ok(())
}
