//! The camera of the documentation's pictures: a window with a cashier in front of it, the language that it
//! speaks, and where the pictures go.

use std::path::Path;

use mostrador_protocol::row::Customer;
use mostrador_server::Store as _;
use mostrador_terminal::Till;

use crate::Error;
use crate::shop::Shop;
use crate::window::{Window, key};

/// One language's pictures.
#[derive(Debug, Clone, Copy)]
pub struct Camera<'a> {
    /// The window.
    pub window: &'a Window,
    /// The folder of the pictures.
    pub into: &'a Path,
    /// What the window speaks, and the first word of each file's name.
    pub language: &'a str,
}

impl Camera<'_> {
    /// Takes a picture.
    ///
    /// # Errors
    /// When the window gives none, or it cannot be written.
    pub async fn save(&self, name: &str) -> Result<(), Error> {
        let path = self.into.join(format!("{}-{name}.png", self.language));
        std::fs::write(&path, self.window.picture().await?)?;
        Ok(())
    }

    /// Finds a customer by name and begins a basket for them.
    ///
    /// # Errors
    /// When the window does not show them.
    pub async fn choose(&self, customer: &Customer) -> Result<(), Error> {
        self.window.type_text(&customer.name).await?;
        self.window.read_until("#pick-1", &customer.name).await?;
        self.window.press(&[key::ALT, '1']).await?;
        self.window
            .read_until("section:first-of-type", &customer.name)
            .await?;
        Ok(())
    }
}

/// Closes the till `Caja 1` and opens the window on its folder, with a cashier of the store `centro`.
///
/// # Errors
/// When the till does not agree with the server first, or the window does not open.
pub async fn open(shop: &Shop, till: Till) -> Result<Window, Error> {
    shop.agree(&[&till]).await?;
    till.stop_sync().await;
    drop(till);
    let window = Window::open(&shop.till_folder("Caja 1")).await?;
    window.find("input[name=pin]").await?;
    window.enter(&pin(shop).await?).await?;
    window.find("[role=combobox]").await?;
    window.find("[data-state=up_to_date]").await?;
    Ok(window)
}

/// Switches a window that began in Spanish to `language`.
///
/// # Errors
/// When the window does not speak it.
pub async fn speak(window: &Window, language: &str) -> Result<(), Error> {
    if language != "es" {
        window.press(&[key::CONTROL, 'i']).await?;
    }
    window.find(&format!("html[lang={language}]")).await?;
    Ok(())
}

async fn pin(shop: &Shop) -> Result<String, Error> {
    let staff = shop.store()?.staff(shop.tenant()).await?;
    let mut of_the_store = staff
        .into_iter()
        .filter(|person| person.store.as_deref() == Some("centro"));
    let pin = of_the_store.find_map(|person| person.demo_pin);
    Ok(pin.unwrap_or_default())
}
