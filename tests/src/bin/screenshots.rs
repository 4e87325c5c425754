//! `screenshots`: the pictures of the documentation, taken of the real window in both languages.

#[cfg(target_os = "linux")]
mod take {
    use std::path::{Path, PathBuf};

    use clap::{Parser, ValueEnum};
    use mostrador_server::Store as _;
    use mostrador_sync::clock::{Clock as _, SystemClock};
    use mostrador_terminal::{SaleRequest, SaleRequestLine, Till};
    use mostrador_tests::Error;
    use mostrador_tests::camera::speak;
    use mostrador_tests::counter::regulars;
    use mostrador_tests::shop::{CAFE_VT, Crowd, LIVEX, Shop};
    use mostrador_tests::window::{Window, key};
    use rust_decimal::Decimal;
    use uuid::Uuid;

    /// Take the pictures
    #[derive(Debug, Parser)]
    struct Cli {
        /// Folder with the demo companies
        #[arg(long)]
        fixtures: PathBuf,
        /// Where the pictures go
        #[arg(long)]
        into: PathBuf,
        /// Only these; all of them if none is named
        #[arg(long)]
        only: Vec<Part>,
    }

    /// A part of the pictures, with a shop of its own.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
    enum Part {
        Counter,
        Points,
        People,
        Codes,
    }

    impl Cli {
        fn wants(&self, part: Part) -> bool {
            self.only.is_empty() || self.only.contains(&part)
        }
    }

    /// What was sold before the pictures are taken: product, how many, codes.
    const EARLIER: [(&str, i64, &[&str]); 9] = [
        ("capuchino-grande", 2, &["CAFE10"]),
        ("grano-veracruz-1kg", 1, &[]),
        ("cheesecake", 2, &["DULCE20"]),
        ("latte-cajeta", 1, &["CAFE10", "ANAVIP"]),
        ("concha-vainilla", 6, &["DULCE20", "CAFE10"]),
        ("chemex", 1, &[]),
        ("grano-chiapas-1kg", 1, &["GRANDE30"]),
        ("molletes", 2, &["VERANO25"]),
        ("te-jamaica", 3, &["ANAVIP"]),
    ];

    /// A basket with its codes, and what has to be on the screen.
    struct Scene {
        name: &'static str,
        /// Stock keeping unit, and a part of the name.
        products: &'static [(&'static str, &'static str)],
        /// Code, and the tone of its row.
        codes: &'static [(&'static str, &'static str)],
        shows: &'static str,
    }

    const SCENES: [Scene; 6] = [
        Scene {
            name: "codes-stacked",
            products: &[("LX-ISL-002", "balinesa"), ("LX-CUL-001", "amurallada")],
            codes: &[
                ("VERANO10", "good"),
                ("FIRST5", "good"),
                ("ISLAS15", "good"),
                ("CARLOSVIP", "good"),
            ],
            shows: "[data-offers]",
        },
        Scene {
            name: "codes-capped",
            products: &[("LX-ADV-002", "parapente"), ("LX-CUL-011", "champeta")],
            codes: &[("BLACKFRIDAY50", "good")],
            shows: "[data-bound]",
        },
        Scene {
            name: "codes-best-set",
            products: &[("LX-NAU-007", "Snorkel"), ("LX-CUL-001", "amurallada")],
            codes: &[("VERANO10", "good"), ("BLACKFRIDAY50", "bad")],
            shows: "[data-best-set]",
        },
        Scene {
            name: "codes-missing",
            products: &[("LX-CUL-005", "mochila"), ("LX-EXT-001", "fotos")],
            codes: &[("ESCALERA", "bad")],
            shows: "[data-code=ESCALERA][data-tone=bad]",
        },
        Scene {
            name: "codes-next-step",
            products: &[("LX-NAU-009", "dos tanques"), ("LX-ADV-003", "Torrentismo")],
            codes: &[("ESCALERA", "good")],
            shows: "[data-next-step]",
        },
        Scene {
            name: "codes-offers",
            products: &[("LX-NAU-007", "Snorkel")],
            codes: &[],
            shows: "[data-offers]",
        },
    ];

    /// Takes all of them.
    pub(super) async fn run() -> Result<(), Error> {
        let cli = Cli::parse();
        std::fs::create_dir_all(&cli.into)?;
        if cli.wants(Part::Counter) {
            days(&cli).await?;
        }
        if cli.wants(Part::Points) {
            mostrador_tests::points_scene::take(&cli.fixtures, &cli.into).await?;
        }
        if cli.wants(Part::People) {
            mostrador_tests::people_scene::take(&cli.fixtures, &cli.into).await?;
        }
        if cli.wants(Part::Codes) {
            codes(&cli).await?;
        }
        Ok(())
    }

    /// A day at the counter: PIN, customers, sales, refunds, figures.
    async fn days(cli: &Cli) -> Result<(), Error> {
        let folder = tempfile::TempDir::new()?;
        let shop = Shop::open_from(&cli.fixtures, folder.path(), CAFE_VT, Crowd::All)?;
        let till = shop.till("centro", "Caja 1", &shop.url()).await?;
        let regular = sell_earlier(&shop, &till).await?;
        shop.agree(&[&till]).await?;
        till.stop_sync().await;
        drop(till);

        let customers = shop.store()?.customers(shop.tenant()).await?;
        let phone = customers
            .into_iter()
            .find(|customer| customer.name == regular)
            .and_then(|customer| customer.phone)
            .unwrap_or_default();
        let window = Window::open(&shop.till_folder("Caja 1")).await?;
        let pin = cashier(&shop, "centro").await?;
        for language in ["es", "en"] {
            let into = |name: &str| cli.into.join(format!("{language}-{name}.png"));
            window.find("input[name=pin]").await?;
            speak(&window, language).await?;
            save(&window, &into("pin")).await?;
            window.enter(&pin).await?;
            people(&window, (&regular, &phone), into).await?;
            counter(&window, &regular, into).await?;
            window.press(&[key::CONTROL, 'l']).await?;
        }
        window.close().await
    }

    /// The code panel of the other company: codes that stack, a cap that bit, a better set, a step that
    /// is not reached yet.
    async fn codes(cli: &Cli) -> Result<(), Error> {
        let folder = tempfile::TempDir::new()?;
        let shop = Shop::open_from(&cli.fixtures, folder.path(), LIVEX, Crowd::All)?;
        let (store, _) = LIVEX.stores[0];
        let till = shop.till(store, "Caja 1", &shop.url()).await?;
        shop.agree(&[&till]).await?;
        till.stop_sync().await;
        drop(till);
        let window = Window::open(&shop.till_folder("Caja 1")).await?;
        window.find("input[name=pin]").await?;
        window.enter(&cashier(&shop, store).await?).await?;
        window.find("[role=combobox]").await?;
        for language in ["es", "en"] {
            speak(&window, language).await?;
            for scene in &SCENES {
                play(&window, scene).await?;
                let path = cli.into.join(format!("{language}-{}.png", scene.name));
                save(&window, &path).await?;
                // Parked, so that the next scene begins with an empty basket.
                window.press(&[key::F4]).await?;
                window.find("button[aria-keyshortcuts=F9]:disabled").await?;
            }
        }
        window.close().await
    }

    async fn play(window: &Window, scene: &Scene) -> Result<(), Error> {
        for (sku, name) in scene.products {
            window.enter(sku).await?;
            window.read_until("main ol", name).await?;
        }
        for (code, tone) in scene.codes {
            window.scan(code).await?;
            window
                .find(&format!("[data-code={code}][data-tone={tone}]"))
                .await?;
        }
        window.find(scene.shows).await?;
        Ok(())
    }

    /// A new customer, one who is there already, and a history.
    async fn people(
        window: &Window,
        (regular, phone): (&str, &str),
        into: impl Fn(&str) -> PathBuf,
    ) -> Result<(), Error> {
        window.find("[role=combobox]").await?;
        window.find("[data-state=up_to_date]").await?;
        window.type_text("Zulema Yepes").await?;
        window.find("[data-screen=results]").await?;
        window.press(&[key::CONTROL, 'n']).await?;
        window.find("[data-consent]").await?;
        window.type_text("55 1234 9876").await?;
        save(window, &into("enrolment")).await?;
        window.press(&[key::ESCAPE]).await?;

        window.type_text(regular).await?;
        window.read_until("#pick-1", regular).await?;
        window.press(&[key::ALT, '1']).await?;
        window.press(&[key::CONTROL, 'h']).await?;
        window.find("[data-screen=history] [data-event]").await?;
        window.find("[data-history=answered]").await?;
        save(window, &into("history")).await?;
        window.press(&[key::CONTROL, 'e']).await?;
        window.find("input[name=phone]").await?;
        save(window, &into("profile")).await?;
        window.press(&[key::ESCAPE]).await?;
        window.press(&[key::ESCAPE]).await?;

        window.press(&[key::CONTROL, 'n']).await?;
        window.find("[data-consent]").await?;
        window.type_text("Otra persona").await?;
        window.press(&[key::TAB]).await?;
        window.enter(phone).await?;
        window.read_until("[data-known]", regular).await?;
        save(window, &into("known-customer")).await?;
        window.press(&[key::ESCAPE]).await?;
        window.press(&[key::CONTROL, 'q']).await
    }

    async fn counter(
        window: &Window,
        regular: &str,
        into: impl Fn(&str) -> PathBuf,
    ) -> Result<(), Error> {
        window.find("[role=combobox]").await?;
        window.type_text(regular).await?;
        window.read_until("#pick-1", regular).await?;
        window.press(&[key::ALT, '1']).await?;
        for (sku, name) in [
            ("CAF-006", "Capuchino"),
            ("CAF-006", "Capuchino"),
            ("POS-001", "Cheesecake"),
            ("PAN-001", "Concha"),
        ] {
            window.enter(sku).await?;
            window.read_until("main ol", name).await?;
        }
        for code in ["CAFE10", "DULCE20"] {
            window.scan(code).await?;
            window
                .find(&format!("[data-code={code}][data-tone=good]"))
                .await?;
        }
        window.find("[data-state=up_to_date]").await?;
        save(window, &into("counter")).await?;

        window.enter("GRA-004").await?;
        window.read_until("main ol", "Chiapas").await?;
        window.scan("GRANDE30").await?;
        window.find("[data-code=GRANDE30][data-tone=bad]").await?;
        window.find("[data-best-set]").await?;
        save(window, &into("refusal")).await?;

        window.press(&[key::F9]).await?;
        window.find("input[name=given]").await?;
        window.enter("1000").await?;
        window
            .read_until("[data-screen=receipt] pre", "TOTAL")
            .await?;
        window.find("[data-state=up_to_date]").await?;
        save(window, &into("receipt")).await?;

        undoing(window, &into).await?;
        window.press(&[key::CONTROL, 'd']).await?;
        window.find("[data-screen=today]").await?;
        save(window, &into("today")).await?;
        window.press(&[key::ESCAPE]).await
    }

    /// A part of the sale on the screen comes back; the next sale is about to be voided.
    async fn undoing(window: &Window, into: impl Fn(&str) -> PathBuf) -> Result<(), Error> {
        const CONFIRM: &str = "button[aria-keyshortcuts='Control+Enter']:not(:disabled)";
        window.press(&[key::CONTROL, 'u']).await?;
        window.find("input[data-units]:focus").await?;
        window.type_text("1").await?;
        window.press(&[key::CONTROL, '5']).await?;
        window.find(CONFIRM).await?;
        window.find("[data-effects] li").await?;
        save(window, &into("refund-preview")).await?;
        window.press(&[key::CONTROL, key::ENTER]).await?;
        window.find("[data-undone=refund]").await?;
        window.find("[data-state=up_to_date]").await?;
        save(window, &into("refund-done")).await?;

        window.enter("CAF-006").await?;
        window.read_until("main ol", "Capuchino").await?;
        window.scan("CAFE10").await?;
        window.find("[data-code=CAFE10][data-tone=good]").await?;
        window.press(&[key::F9]).await?;
        window.find("input[name=given]").await?;
        window.press(&[key::ENTER]).await?;
        window
            .read_until("[data-screen=receipt] pre", "TOTAL")
            .await?;
        window.press(&[key::CONTROL, 'z']).await?;
        window.find("[data-screen=void] [data-effects] li").await?;
        window.press(&[key::CONTROL, '5']).await?;
        save(window, &into("void")).await?;
        window.press(&[key::CONTROL, key::ENTER]).await?;
        window.find("[data-undone=void]").await?;
        window.find("[data-state=up_to_date]").await?;
        Ok(())
    }

    /// Sells what was sold earlier; gives back the name of a customer who came often.
    async fn sell_earlier(shop: &Shop, till: &Till) -> Result<String, Error> {
        let customers = regulars(shop).await?;
        let customers = customers.iter().take(4).collect::<Vec<_>>();
        let clock = SystemClock::new();
        for (number, (product, quantity, codes)) in EARLIER.into_iter().enumerate() {
            let customer: Option<Uuid> = customers.get(number % 5).map(|customer| customer.id);
            till.sell(&SaleRequest {
                reference: format!("earlier-{number}"),
                at_ms: clock.now_ms(),
                cashier: None,
                customer,
                lines: vec![SaleRequestLine {
                    product: product.to_owned(),
                    quantity: Decimal::from(quantity),
                    unit_price: None,
                }],
                codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            })?;
        }
        let regular = customers.get(1).map(|customer| customer.name.clone());
        Ok(regular.unwrap_or_default())
    }

    async fn cashier(shop: &Shop, store: &str) -> Result<String, Error> {
        let staff = shop.store()?.staff(shop.tenant()).await?;
        let cashier = staff
            .into_iter()
            .find(|person| person.store.as_deref() == Some(store));
        Ok(cashier
            .and_then(|person| person.demo_pin)
            .unwrap_or_default())
    }

    async fn save(window: &Window, path: &Path) -> Result<(), Error> {
        std::fs::write(path, window.picture().await?)?;
        eprintln!("{}", path.display());
        Ok(())
    }
}

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() -> std::process::ExitCode {
    match take::run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("screenshots: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    eprintln!("screenshots: the window is driven on Linux only");
    std::process::ExitCode::FAILURE
}
