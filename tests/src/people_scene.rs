//! What is done with customers beside selling to them, shown in the real window: who brought somebody, two
//! records that become one, points by hand, badges, the score, the leaderboard.

use std::path::Path;

use mostrador_protocol::row::Customer;
use mostrador_sync::clock::{Clock as _, SystemClock};
use mostrador_terminal::{SaleRequest, SaleRequestLine, Till};
use rust_decimal::Decimal;
use tempfile::TempDir;

use crate::Error;
use crate::camera::{self, Camera};
use crate::counter::regulars;
use crate::shop::{CAFE_VT, Crowd, Shop};
use crate::window::key;

/// The demo's badge for a tenth purchase.
const TENTH: i64 = 10;

/// Takes the pictures, in both languages, into a folder.
///
/// # Errors
/// When the shop or the window does not do what is asked.
pub async fn take(fixtures: &Path, into: &Path) -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open_from(fixtures, folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    let customers = regulars(&shop).await?;
    // Two who come for the tenth time, and some who came less often.
    for (customer, times) in customers
        .iter()
        .zip([TENTH - 1, TENTH - 1, 7, 5, 4, 3, 2, 1])
    {
        sell(&till, customer, times)?;
    }
    let window = camera::open(&shop, till).await?;
    for (at, language) in ["es", "en"].into_iter().enumerate() {
        camera::speak(&window, language).await?;
        let camera = Camera {
            window: &window,
            into,
            language,
        };
        let [regular, other, newcomer] = [&customers[at], &customers[at + 2], &customers[at + 8]];
        camera.badges(regular).await?;
        camera.records((regular, other)).await?;
        camera.referral((newcomer, regular)).await?;
    }
    window.close().await
}

impl Camera<'_> {
    /// The sale that wins a badge, what is known of it at the next visit, and who leads.
    async fn badges(&self, regular: &Customer) -> Result<(), Error> {
        let window = self.window;
        self.choose(regular).await?;
        window.enter("CAF-006").await?;
        window.read_until("main ol", "Capuchino").await?;
        window.press(&[key::F9]).await?;
        window.find("input[name=given]:focus").await?;
        window.press(&[key::ENTER]).await?;
        window.find("[data-badge-won=regular]").await?;
        window.find("[data-square]").await?;
        window.find("[data-state=up_to_date]").await?;
        self.save("badge-won").await?;

        self.choose(regular).await?;
        window.find("[data-badge=regular]").await?;
        window.press(&[key::CONTROL, 'w']).await?;
        window.find("[data-screen=merit] [data-score]").await?;
        self.save("badges-score").await?;
        window.press(&[key::CONTROL, 'o']).await?;
        window.find("[data-place='1']").await?;
        self.save("leaderboard").await?;
        window.press(&[key::ESCAPE]).await?;
        window.press(&[key::ESCAPE]).await
    }

    /// Two records side by side, and points by hand.
    async fn records(&self, (one, other): (&Customer, &Customer)) -> Result<(), Error> {
        let window = self.window;
        window.press(&[key::CONTROL, 'g']).await?;
        window.find("input[name=person]:focus").await?;
        window.type_text(&other.name).await?;
        window.read_until("[data-finder]", &other.name).await?;
        window.press(&[key::ENTER]).await?;
        window.find("[data-merge]").await?;
        self.save("merge").await?;
        window.press(&[key::ESCAPE]).await?;

        self.choose(one).await?;
        window.press(&[key::CONTROL, 'j']).await?;
        window.find("input[name=points]:focus").await?;
        window.type_text("120").await?;
        window.press(&[key::ALT, '1']).await?;
        self.save("points-by-hand").await?;
        window.press(&[key::ESCAPE]).await?;
        window.press(&[key::CONTROL, 'q']).await
    }

    /// Who brought somebody who has not bought yet.
    async fn referral(&self, (newcomer, referrer): (&Customer, &Customer)) -> Result<(), Error> {
        let window = self.window;
        self.choose(newcomer).await?;
        window.press(&[key::CONTROL, 'r']).await?;
        window.find("input[name=person]:focus").await?;
        window.type_text(&referrer.name).await?;
        window.read_until("[data-finder]", &referrer.name).await?;
        self.save("referral").await?;
        window.press(&[key::ESCAPE]).await?;
        window.press(&[key::CONTROL, 'q']).await
    }
}

/// Sells something small to a customer so many times.
fn sell(till: &Till, customer: &Customer, times: i64) -> Result<(), Error> {
    let clock = SystemClock::new();
    for number in 0..times {
        till.sell(&SaleRequest {
            reference: format!("{}-{number}", customer.id),
            at_ms: clock.now_ms(),
            cashier: None,
            customer: Some(customer.id),
            lines: vec![SaleRequestLine {
                product: if number % 2 == 0 {
                    "espresso"
                } else {
                    "cheesecake"
                }
                .to_owned(),
                quantity: Decimal::ONE,
                unit_price: None,
            }],
            codes: Vec::new(),
        })?;
    }
    Ok(())
}
