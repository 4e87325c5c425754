//! Refunds and voids in the real window, by keyboard only.
#![cfg(target_os = "linux")]

use mostrador_protocol::row::Customer;
use mostrador_server::Store as _;
use mostrador_tests::Error;
use mostrador_tests::counter::somebody;
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop};
use mostrador_tests::window::{Window, key};
use tempfile::TempDir;

const GIVE_BACK: &str = "button[aria-keyshortcuts='Control+Enter']:not(:disabled)";

async fn pin(shop: &Shop, name: Option<&str>) -> Result<String, Error> {
    let staff = shop.store()?.staff(shop.tenant()).await?;
    let mut fitting = staff
        .iter()
        .filter(|person| person.store.as_deref() == name);
    let pin = fitting.find_map(|person| person.demo_pin.clone());
    Ok(pin.expect("the fixtures have one with a PIN"))
}

/// A shop, somebody who comes often, and a window in which a cashier just sold her three cappuccinos; the number
/// of that receipt.
struct Scene {
    shop: Shop,
    customer: Customer,
    window: Window,
    number: String,
    _folder: TempDir,
}

impl Scene {
    async fn open() -> Result<Self, Error> {
        let folder = TempDir::new()?;
        let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
        let till = shop.till("centro", "Caja 1", &shop.url()).await?;
        till.stop_sync().await;
        drop(till);
        let customer = somebody(&shop).await?;
        let window = Window::open(&shop.till_folder("Caja 1")).await?;
        window.find("input[name=pin]").await?;
        window.enter(&pin(&shop, Some("centro")).await?).await?;
        window.find("[data-state=up_to_date]").await?;
        let number = sell(&window, &customer).await?;
        Ok(Self {
            shop,
            customer,
            window,
            number,
            _folder: folder,
        })
    }
}

/// Three cappuccinos to the customer, in cash; the number of the receipt.
async fn sell(window: &Window, customer: &Customer) -> Result<String, Error> {
    window
        .scan(customer.card.as_deref().unwrap_or_default())
        .await?;
    window
        .read_until("section:first-of-type", &customer.name)
        .await?;
    for _ in 0..3 {
        window.enter("CAF-005").await?;
        window.read_until("main ol", "Capuchino").await?;
    }
    window.press(&[key::F9]).await?;
    window.find("input[name=given]").await?;
    window.press(&[key::ENTER]).await?;
    window
        .read_until("[data-screen=receipt] pre", "TOTAL")
        .await?;
    let title = window.read("[data-screen=receipt] h2").await?;
    Ok(title.rsplit(' ').next().unwrap_or_default().to_owned())
}

/// Types how many of the first line come back, names a reason, and confirms.
async fn give_back(window: &Window, units: &str) -> Result<(), Error> {
    window.find("input[data-units]:focus").await?;
    window.type_text(units).await?;
    window.press(&[key::CONTROL, '5']).await?;
    window.find(GIVE_BACK).await?;
    window.press(&[key::CONTROL, key::ENTER]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_comes_back_in_two_parts_and_a_third_is_refused() -> Result<(), Error> {
    let Scene {
        shop,
        customer,
        window,
        number,
        _folder,
    } = Scene::open().await?;

    window.press(&[key::CONTROL, 'u']).await?;
    window.find(&format!("[data-sale={number}]")).await?;
    give_back(&window, "1").await?;
    let said = window.read("[data-undone=refund]").await?;
    assert!(said.contains("58"), "{said}");
    window
        .read_until("[data-screen=receipt] pre", &number)
        .await?;

    window.scan(&number).await?;
    window
        .read_until("[data-line='0']", "Ya se devolvió")
        .await?;
    give_back(&window, "2").await?;
    window.find("[data-undone=refund]").await?;
    window.find("[data-state=up_to_date]").await?;

    window.scan(&number).await?;
    window
        .read_until("[data-screen=refund] [role=alert]", "ya se devolvió")
        .await?;
    window.close().await?;

    let (_, account) = shop
        .store()?
        .customer(shop.tenant(), customer.id)
        .await?
        .expect("the customer has an account");
    assert_eq!((account.purchases, account.spent), (0, 0));
    assert!(account.lots.is_empty(), "{account:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_sale_is_voided_with_one_key_that_no_scan_can_confirm() -> Result<(), Error> {
    let Scene {
        shop,
        customer,
        window,
        number,
        _folder,
    } = Scene::open().await?;

    // What is in the basket is undone first.
    window.enter("POS-001").await?;
    window.read_until("main ol", "Cheesecake").await?;
    window.press(&[key::CONTROL, 'z']).await?;
    window.find("button[aria-keyshortcuts=F9]:disabled").await?;
    window.press(&[key::CONTROL, 'z']).await?;
    window
        .find(&format!("[data-screen=void] [data-sale={number}]"))
        .await?;
    window.scan("7501234567890").await?;
    window.press(&[key::ESCAPE]).await?;
    window.find("[data-screen=void]").await?;
    window.press(&[key::CONTROL, 'z']).await?;
    window.find(GIVE_BACK).await?;
    window.press(&[key::CONTROL, '4']).await?;
    window.press(&[key::CONTROL, key::ENTER]).await?;
    window.find("[data-undone=void]").await?;
    window.find("[data-state=up_to_date]").await?;

    // Another cashier's void needs the manager; there is nothing left to void here.
    window.press(&[key::CONTROL, 'z']).await?;
    window
        .read_until("[data-screen=void] [role=alert]", "se anuló")
        .await?;
    window.close().await?;
    let (_, account) = shop
        .store()?
        .customer(shop.tenant(), customer.id)
        .await?
        .expect("the customer has an account");
    assert_eq!((account.purchases, account.lots.len()), (0, 0));
    Ok(())
}
