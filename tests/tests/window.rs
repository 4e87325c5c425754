//! A day in the real window, by keyboard only.
#![cfg(target_os = "linux")]

use mostrador_protocol::row::Customer;
use mostrador_server::Store as _;
use mostrador_tests::Error;
use mostrador_tests::counter::regulars;
use mostrador_tests::points_scene::bring_near;
use mostrador_tests::proxy::Proxy;
use mostrador_tests::shop::{CAFE_VT, Crowd, LIVEX, Shop};
use mostrador_tests::window::{Window, key};
use tempfile::TempDir;

const BOX: &str = "[role=combobox]";

/// A shop with an enrolled till that nobody has opened yet.
async fn shop_with_till(folder: &TempDir) -> Result<(Shop, Proxy), Error> {
    let shop = Shop::open(folder.path(), LIVEX, Crowd::Few)?;
    let cable = Proxy::start(shop.address()).await?;
    let till = shop.till("cartagena", "Caja 1", &cable.url()).await?;
    till.stop_sync().await;
    Ok((shop, cable))
}

async fn pin_of_a_cashier(shop: &Shop) -> Result<String, Error> {
    let staff = shop.store()?.staff(shop.tenant()).await?;
    let cashier = staff
        .iter()
        .find(|person| person.store.as_deref() == Some("cartagena") && person.demo_pin.is_some());
    let cashier = cashier.expect("the fixtures have a cashier in Cartagena");
    Ok(cashier.demo_pin.clone().unwrap_or_default())
}

/// Somebody whose name has an accent, and the same name as people type it.
async fn somebody_with_an_accent(shop: &Shop) -> Result<(Customer, String), Error> {
    let customers = regulars(shop).await?;
    let found = customers
        .into_iter()
        .find(|customer| customer.name.contains(['é', 'í', 'ó', 'á']))
        .expect("the fixtures have accents");
    let plain: String = found
        .name
        .to_lowercase()
        .chars()
        .map(|sign| match sign {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' => 'u',
            'ñ' => 'n',
            other => other,
        })
        .collect();
    Ok((found, plain))
}

async fn unlock(window: &Window, pin: &str) -> Result<(), Error> {
    window.find("input[name=pin]").await?;
    window.enter(pin).await?;
    window.find(BOX).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_takes_the_best_set_and_the_panel_says_what_cut_it() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let (shop, _cable) = shop_with_till(&folder).await?;
    let window = Window::open(&shop.till_folder("Caja 1")).await?;
    unlock(&window, &pin_of_a_cashier(&shop).await?).await?;
    for (sku, name) in [("LX-ADV-002", "parapente"), ("LX-CUL-011", "champeta")] {
        window.enter(sku).await?;
        window.read_until("main ol", name).await?;
    }
    window.scan("ESCALERA").await?;
    let step = "[data-code=ESCALERA] [data-next-step]";
    let missing = plain(&window.read(step).await?);
    assert_eq!(missing, "Faltan $ 300.000 para 10 %.");
    window.scan("BLACKFRIDAY50").await?;
    let refused = "[data-code=BLACKFRIDAY50][data-tone=bad]";
    let refused = plain(&window.read_until(refused, "[not_stackable]").await?);
    assert!(
        refused.contains(
            "no se combina con ESCALERA. Conviene BLACKFRIDAY50: descuenta $ 85.000 más."
        ),
        "{refused}"
    );

    window.press(&[key::CONTROL, 'b']).await?;
    let taken = "[data-code=BLACKFRIDAY50][data-tone=good]";
    let taken = plain(&window.read_until(taken, "sin tope").await?);
    assert!(taken.contains("En toda la compra"), "{taken}");
    assert!(
        taken.contains("Tope de $ 100.000 alcanzado: sin tope serían $ 150.000."),
        "{taken}"
    );
    assert_eq!(window.axe().await?, Vec::<String>::new());
    window.close().await
}

/// Sentences keep a sign and its digits on one line; what is expected is typed by hand.
fn plain(text: &str) -> String {
    text.replace(mostrador_terminal::words::NO_BREAK, " ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_with_the_server_down_arrives_when_it_is_back() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let (mut shop, _cable) = shop_with_till(&folder).await?;
    let (customer, typed) = somebody_with_an_accent(&shop).await?;
    let window = Window::open(&shop.till_folder("Caja 1")).await?;
    unlock(&window, &pin_of_a_cashier(&shop).await?).await?;
    window.find("[data-state=up_to_date]").await?;

    window.type_text(&typed).await?;
    window.read_until("#pick-1", &customer.name).await?;
    window.press(&[key::ALT, '1']).await?;
    window
        .read_until("section:first-of-type", &customer.name)
        .await?;
    window.enter("LX-NAU-004").await?;
    window.read_until("main ol", "Catamarán").await?;

    window.scan("VERANO10").await?;
    window.find("[data-code=VERANO10][data-tone=good]").await?;
    window.enter("first 5").await?;
    window.find("[data-code=FIRST5][data-tone=good]").await?;
    window.enter("verano2025").await?;
    let refused = window
        .read_until("[data-code=VERANO2025][data-tone=bad]", "[not_stackable]")
        .await?;
    assert!(refused.contains("no se combina con"), "{refused}");
    // The variant that this customer draws takes 15 %, as much as both codes, or 5 %.
    let remedies = [
        "descuenta lo mismo",
        "ya está aplicado lo que más descuenta",
    ];
    assert!(
        remedies.iter().any(|remedy| refused.contains(remedy)),
        "{refused}"
    );

    shop.kill_server()?;
    window.press(&[key::F9]).await?;
    window.find("input[name=given]").await?;
    window.press(&[key::ENTER]).await?;
    let receipt = window
        .read_until("[data-screen=receipt] pre", "TOTAL")
        .await?;
    assert!(
        receipt.contains("VERANO10") && receipt.contains("FIRST5"),
        "{receipt}"
    );
    assert!(
        receipt.contains("$ 242.250"),
        "285.000 less 15 %: {receipt}"
    );
    window.find("[data-state=offline]").await?;

    shop.start_server()?;
    window.press(&[key::CONTROL, 's']).await?;
    window.press(&[key::CONTROL, 's']).await?;
    window.find("[data-state=up_to_date]").await?;
    window.close().await?;

    let accounts = shop.store()?.accounts(shop.tenant()).await?;
    assert_eq!(accounts.len(), 1);
    let (who, account) = &accounts[0];
    assert_eq!(*who, customer.id);
    assert_eq!((account.purchases, account.spent), (1, 24_225_000));
    assert_eq!(account.lots.iter().map(|lot| lot.points).sum::<i64>(), 242);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_customer_is_enrolled_and_looked_up_by_keyboard_alone() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let (shop, _cable) = shop_with_till(&folder).await?;
    let (known, _) = somebody_with_an_accent(&shop).await?;
    let window = Window::open(&shop.till_folder("Caja 1")).await?;
    unlock(&window, &pin_of_a_cashier(&shop).await?).await?;
    window.find("[data-state=up_to_date]").await?;

    // Nobody of this name is here; her phone is somebody's.
    window.type_text("Zulema Yepes").await?;
    window.find("[data-screen=results]").await?;
    window.press(&[key::CONTROL, 'n']).await?;
    window.read_until("[data-consent]", "Ley 1581").await?;
    window
        .enter(known.phone.as_deref().unwrap_or_default())
        .await?;
    window.read_until("[data-known]", &known.name).await?;
    window.press(&[key::ESCAPE]).await?;
    window.type_text("Zulema Yepes").await?;
    window.find("[data-screen=results]").await?;
    window.press(&[key::CONTROL, 'n']).await?;
    window.find("[data-consent]").await?;
    window.enter("300 222 33 44").await?;
    window
        .read_until("section:first-of-type", "Zulema Yepes")
        .await?;

    window.enter("LX-NAU-004").await?;
    window.read_until("main ol", "Catamarán").await?;
    window.press(&[key::F9]).await?;
    window.find("input[name=given]").await?;
    window.press(&[key::ENTER]).await?;
    window
        .read_until("[data-screen=receipt] pre", "TOTAL")
        .await?;
    window.find("[data-state=up_to_date]").await?;

    window.type_text("Zulema").await?;
    window.read_until("#pick-1", "Zulema").await?;
    window.press(&[key::ALT, '1']).await?;
    window.press(&[key::CONTROL, 'h']).await?;
    window.find("[data-screen=history] [data-event]").await?;
    window.close().await?;

    let customers = shop.store()?.customers(shop.tenant()).await?;
    let zulema: Vec<&Customer> = customers
        .iter()
        .filter(|customer| customer.name == "Zulema Yepes")
        .collect();
    let [zulema] = zulema.as_slice() else {
        panic!("once: {zulema:?}");
    };
    assert_eq!(zulema.phone.as_deref(), Some("573002223344"));
    assert!(zulema.consent.is_some() && zulema.referral_code.is_some());
    Ok(())
}

/// What axe-core objects to on the screen that is shown, with the screen's name in front.
async fn objections(window: &Window, screen: &str) -> Result<Vec<String>, Error> {
    let found = window.axe().await?;
    Ok(found
        .into_iter()
        .map(|objection| format!("{screen}: {objection}"))
        .collect())
}

/// What axe-core objects to while the sale on the screen is given back, and voided.
async fn undoing(window: &Window, look: usize) -> Result<Vec<String>, Error> {
    window.press(&[key::CONTROL, 'u']).await?;
    window.find("input[data-units]:focus").await?;
    let mut found = objections(window, &format!("refund {look}")).await?;
    window.press(&[key::ALT, '0']).await?;
    window.press(&[key::CONTROL, '4']).await?;
    window
        .find("button[aria-keyshortcuts='Control+Enter']:not(:disabled)")
        .await?;
    window.press(&[key::CONTROL, key::ENTER]).await?;
    window.find("[data-approval]").await?;
    found.extend(objections(window, &format!("approval {look}")).await?);
    window.press(&[key::ESCAPE]).await?;
    window.find("input[data-units]").await?;
    window.press(&[key::ESCAPE]).await?;
    window.press(&[key::CONTROL, 'z']).await?;
    window.find("[data-screen=void] [data-effects]").await?;
    found.extend(objections(window, &format!("void {look}")).await?);
    window.press(&[key::ESCAPE]).await?;
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_objects_to_no_screen_in_any_look() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let (shop, _cable) = shop_with_till(&folder).await?;
    let (customer, _) = somebody_with_an_accent(&shop).await?;
    let window = Window::open(&shop.till_folder("Caja 1")).await?;
    let mut found = Vec::new();
    let looks = 3;
    for look in 0..looks {
        window.find("input[name=pin]").await?;
        found.extend(objections(&window, &format!("PIN {look}")).await?);
        unlock(&window, &pin_of_a_cashier(&shop).await?).await?;
        found.extend(objections(&window, &format!("welcome {look}")).await?);

        window.type_text(&customer.name).await?;
        window.find("#pick-1").await?;
        found.extend(objections(&window, &format!("results {look}")).await?);
        window.press(&[key::ALT, '1']).await?;
        window.enter("LX-NAU-004").await?;
        window.find("main ol li").await?;
        for code in ["VERANO10", "FIRST5", "VERANO2025A", "NOEXISTE9"] {
            window.scan(code).await?;
            window.find(&format!("[data-code={code}]")).await?;
        }
        found.extend(objections(&window, &format!("codes {look}")).await?);

        let panels: [(&[char], &str); 8] = [
            (&[key::F6], "redeem"),
            (&[key::CONTROL, 'n'], "profile"),
            (&[key::CONTROL, 'h'], "history"),
            (&[key::F1], "help"),
            (&[key::F7], "amount"),
            (&[key::CONTROL, 's'], "sync"),
            (&[key::CONTROL, 'd'], "today"),
            (&[key::F9], "pay"),
        ];
        for (chord, screen) in panels {
            window.press(chord).await?;
            window.find(&format!("[data-screen={screen}]")).await?;
            found.extend(objections(&window, &format!("{screen} {look}")).await?);
        }
        window.find("input[name=given]").await?;
        window.press(&[key::ENTER]).await?;
        window.find("[data-screen=receipt] pre").await?;
        found.extend(objections(&window, &format!("receipt {look}")).await?);
        found.extend(undoing(&window, look).await?);

        // The next look, and the PIN screen again.
        window.press(&[key::ESCAPE]).await?;
        window.press(&[key::CONTROL, 't']).await?;
        window.press(&[key::CONTROL, 'l']).await?;
    }
    window.close().await?;
    assert!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_objects_to_no_screen_of_points_in_any_look() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    let customers = regulars(&shop).await?;
    let looks = 3;
    for customer in &customers[..looks] {
        bring_near(&till, customer.id)?;
    }
    let pins = till.view().demo_pins;
    till.stop_sync().await;
    drop(till);
    let window = Window::open(&shop.till_folder("Caja 1")).await?;
    let mut found = Vec::new();
    for (look, customer) in customers[..looks].iter().enumerate() {
        unlock(&window, &pins[0].pin).await?;
        window.type_text(&customer.name).await?;
        window.read_until("#pick-1", &customer.name).await?;
        window.press(&[key::ALT, '1']).await?;
        window.enter("GRA-004").await?;
        window.read_until("main ol", "Chiapas").await?;
        window.press(&[key::F6]).await?;
        window.find("input[name=points]:focus").await?;
        window.type_text("99").await?;
        window
            .read_until("#points-preview", "[points_below_minimum]")
            .await?;
        found.extend(objections(&window, &format!("redeem {look}")).await?);
        window.press(&[key::CONTROL, '1']).await?;
        window.find("[data-slip]").await?;
        found.extend(objections(&window, &format!("slip {look}")).await?);
        window.press(&[key::ESCAPE]).await?;
        window.find("[data-screen=redeem] [data-coupon]").await?;
        found.extend(objections(&window, &format!("coupons {look}")).await?);
        window.press(&[key::F6]).await?;
        window.find("input[name=points]:focus").await?;
        window.enter("100").await?;
        window.find("[data-redemption='100']").await?;
        window.press(&[key::F9]).await?;
        window.find("input[name=given]:focus").await?;
        window.press(&[key::ENTER]).await?;
        window.find("[data-tier-up=gold]").await?;
        found.extend(objections(&window, &format!("tier up {look}")).await?);
        window.press(&[key::ESCAPE]).await?;
        window.press(&[key::CONTROL, 't']).await?;
        window.press(&[key::CONTROL, 'l']).await?;
    }
    window.close().await?;
    assert!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_that_belongs_to_nobody_is_enrolled_in_the_window() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), LIVEX, Crowd::Few)?;
    let window = Window::open(&shop.till_folder("Caja 1")).await?;
    window.find("input[name=server]").await?;
    assert_eq!(
        objections(&window, "enrolment").await?,
        Vec::<String>::new()
    );
    window.type_text(&shop.url()).await?;
    window.press(&['\u{E004}']).await?;
    let code = shop.enrol_code("cartagena", "Caja 1")?;
    window.enter(&code).await?;
    unlock(&window, &pin_of_a_cashier(&shop).await?).await?;
    window.find("[data-state=up_to_date]").await?;
    window.close().await
}
