//! Points at the counter, shown in the real window: pay, rewards, a coupon, a higher tier, a receipt with
//! every factor.

use std::path::Path;

use mostrador_ledger as ledger;
use mostrador_protocol::row::Customer;
use mostrador_sync::clock::{Clock as _, SystemClock};
use mostrador_terminal::{SaleRequest, SaleRequestLine, Till};
use rust_decimal::Decimal;
use tempfile::TempDir;
use uuid::Uuid;

use crate::Error;
use crate::camera::{self, Camera};
use crate::counter::regulars;
use crate::shop::{CAFE_VT, Crowd, Shop};
use crate::window::key;

/// Points of the window at which the program's third tier begins.
const GOLD_FROM: i64 = 5_000;

/// So many points before it stands a customer when the day begins.
const NEAR: i64 = 400;

/// Takes the pictures, in both languages, into a folder.
///
/// # Errors
/// When the shop or the window does not do what is asked.
pub async fn take(fixtures: &Path, into: &Path) -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open_from(fixtures, folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    let customers = regulars(&shop).await?;
    let [one, two] = [&customers[4], &customers[5]];
    for customer in [one, two] {
        bring_near(&till, customer.id)?;
    }
    let window = camera::open(&shop, till).await?;
    for (language, customer) in [("es", one), ("en", two)] {
        camera::speak(&window, language).await?;
        let camera = Camera {
            window: &window,
            into,
            language,
        };
        camera.redeem(customer).await?;
        camera.receipt(customer).await?;
    }
    window.close().await
}

impl Camera<'_> {
    /// Points as money, a coupon, the catalogue, and the sale that reaches the next tier.
    async fn redeem(&self, customer: &Customer) -> Result<(), Error> {
        let window = self.window;
        self.choose(customer).await?;
        window
            .find("section:first-of-type [role=progressbar]")
            .await?;
        for (sku, name) in [
            ("GRA-004", "Chiapas"),
            ("CAF-006", "Capuchino"),
            ("POS-001", "Cheesecake"),
        ] {
            window.enter(sku).await?;
            window.read_until("main ol", name).await?;
        }
        window.press(&[key::F6]).await?;
        window.find("input[name=points]:focus").await?;
        window.type_text("500").await?;
        window.read_until("[data-points-preview]", "50").await?;
        self.save("redemption").await?;

        window.press(&[key::CONTROL, '1']).await?;
        window.find("[data-slip]").await?;
        self.save("reward-coupon").await?;
        window.press(&[key::ESCAPE]).await?;
        window.find("[data-screen=redeem] [data-coupon]").await?;
        window.show_end("[data-redeem]").await?;
        self.save("rewards").await?;

        window.press(&[key::F6]).await?;
        window.find("input[name=points]:focus").await?;
        window.enter("500").await?;
        window.find("[data-redemption='500']").await?;
        self.pay().await?;
        window.find("[data-tier-up=gold]").await?;
        self.save("tier-up").await
    }

    /// A receipt with tier, weekend where it is one, and a code that multiplies, after points were spent.
    async fn receipt(&self, customer: &Customer) -> Result<(), Error> {
        let window = self.window;
        self.choose(customer).await?;
        window
            .find("section:first-of-type [role=progressbar]")
            .await?;
        window.enter("GRA-004").await?;
        window.read_until("main ol", "Chiapas").await?;
        window.scan("GRANOS3X").await?;
        window.find("[data-code=GRANOS3X][data-tone=good]").await?;
        window.press(&[key::F6]).await?;
        window.find("input[name=points]:focus").await?;
        window.enter("200").await?;
        window.find("[data-redemption='200']").await?;
        self.pay().await?;
        window.show_end("[data-screen=receipt] pre").await?;
        self.save("receipt-factors").await
    }

    async fn pay(&self) -> Result<(), Error> {
        let window = self.window;
        window.press(&[key::F9]).await?;
        window.find("input[name=given]:focus").await?;
        window.press(&[key::ENTER]).await?;
        window
            .read_until("[data-screen=receipt] pre", "TOTAL")
            .await?;
        window.find("[data-state=up_to_date]").await?;
        Ok(())
    }
}

/// Sells to a customer until few points are missing to the third tier: each sale earns less than twice
/// what it costs, so half of what is missing never oversteps it.
///
/// # Errors
/// When the till does not sell.
pub fn bring_near(till: &Till, customer: Uuid) -> Result<(), Error> {
    let clock = SystemClock::new();
    for number in 0.. {
        let account = till
            .ledger()
            .read(|connection| ledger::account::shown(connection, customer))?;
        let missing = GOLD_FROM - account.earned_by_day.values().sum::<i64>();
        if missing <= NEAR {
            return Ok(());
        }
        till.sell(&SaleRequest {
            reference: format!("{customer}-{number}"),
            at_ms: clock.now_ms(),
            cashier: None,
            customer: Some(customer),
            lines: vec![SaleRequestLine {
                product: "grano-oaxaca-250".to_owned(),
                quantity: Decimal::ONE,
                // One point for each peso, in centavos.
                unit_price: Some(missing * 50),
            }],
            codes: Vec::new(),
        })?;
    }
    Ok(())
}
