//! Tills that begin with a snapshot: new ones, those that were away for too long, and those of a server
//! that was restored; while somebody sells.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mostrador_ledger as ledger;
use mostrador_protocol::row::{Customer, Row};
use mostrador_protocol::snapshot::{MAX_PART_ROWS, SnapshotPart};
use mostrador_server::{Limits, Mint, Options, Server, SqliteStore, Store as _};
use mostrador_sync::{Bringing, State};
use mostrador_terminal::Till;
use mostrador_tests::Error;
use mostrador_tests::counter::{pay, regulars, work};
use mostrador_tests::faults::worker::{Line, Worker};
use mostrador_tests::proxy::{Change, Forger};
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop, copy_files, options, until};
use tempfile::TempDir;
use tokio::sync::watch;
use uuid::Uuid;

/// More customers than two parts of a snapshot have rows.
const CUSTOMERS: u32 = 2 * MAX_PART_ROWS + 1_000;

/// How long a till may take to print a receipt.
const PATIENCE: Duration = Duration::from_mins(1);

/// The shop's server in this process, telling every till that holds nothing to begin with a snapshot.
async fn eager(shop: &mut Shop) -> Result<Server<SqliteStore>, Error> {
    shop.kill_server()?;
    let limits = Limits {
        snapshot_rows: 1,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::at(shop.address())
    };
    Ok(Server::start_with(shop.store()?, options, Mint::system()).await?)
}

/// What a till said while it began.
#[derive(Debug, Default, Clone)]
struct Seen(Arc<Mutex<Vec<Bringing>>>);

impl Seen {
    fn of(till: &Till) -> Self {
        let seen = Self::default();
        let heard = seen.clone();
        let mut state: watch::Receiver<State> = till.sync_changes();
        tokio::spawn(async move {
            while state.changed().await.is_ok() {
                let bringing = state.borrow_and_update().bringing;
                heard.0.lock().expect("one at a time").extend(bringing);
            }
        });
        seen
    }

    fn count(&self) -> usize {
        self.0.lock().expect("one at a time").len()
    }
}

fn sell(till: &Till, buyer: Option<&Customer>) -> Result<(), Error> {
    if let Some(buyer) = buyer {
        till.set_customer(&buyer.id.to_string())?;
    }
    till.add_product("espresso", "1")?;
    pay(till)?;
    Ok(())
}

fn is_under_way(till: &Till) -> bool {
    let begun = till.ledger().read(ledger::bootstrap::current);
    matches!(begun, Ok(Some(_)))
}

fn compact(shop: &Shop) -> Result<String, Error> {
    shop.owner(&["feed", "compact", "--older-than-days", "0"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_till_sells_while_it_begins_and_goes_on_where_it_was_stopped() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let mut shop = Shop::open(folder.path(), CAFE_VT, Crowd::All)?;
    let server = eager(&mut shop).await?;
    server.store().put(shop.tenant(), more(CUSTOMERS)).await?;
    let wire = Forger::start(shop.address(), "/v1/snapshot/rows").await?;

    wire.change(Change::Passes(1));
    let first = shop.till("centro", "Caja 1", &wire.url()).await?;
    until("the first customers", || customers_here(&first) > 0).await?;
    let said = first.sync_view()?.sentence;
    first.stop_sync().await;
    drop(first);

    let till = Till::open(options(&shop.till_folder("Caja 1")))?;
    let begun = till.ledger().read(ledger::bootstrap::current)?;
    let begun = begun.expect("it was stopped in the middle");
    let here = till.ledger().read(ledger::customer::count)?;
    assert_eq!(here, begun.customers.0);
    assert!(0 < here && here < begun.customers.1, "{begun:?}");
    assert!(said.starts_with("Trayendo clientes: "), "{said}");
    work(&till)?;
    sell(&till, None)?;

    let seen = Seen::of(&till);
    wire.change(Change::Passes(0));
    till.start_sync()?;
    sell(&till, None)?;
    assert!(is_under_way(&till), "what it asks for is withheld");
    wire.change(Change::None);
    let mut sold = 0;
    while is_under_way(&till) {
        sell(&till, None)?;
        sold += 1;
    }
    assert!(sold > 0, "sales and the beginning share the file");
    assert!(seen.count() > 0, "it said how far it was");
    let buyers = regulars(&shop).await?;
    assert_eq!(
        till.ledger().read(ledger::customer::count)?,
        buyers.len() as u64
    );
    sell(&till, buyers.last())?;
    shop.agree(&[&till]).await?;
    till.stop_sync().await;
    server.stop().await?;
    Ok(())
}

fn customers_here(till: &Till) -> u64 {
    let here = till.ledger().read(ledger::customer::count);
    here.unwrap_or_default()
}

/// Customers of the company beside those that it began with.
fn more(customers: u32) -> Vec<Row> {
    let more = (0..customers).map(|number| {
        Row::Customer(Customer {
            id: Uuid::from_u128(0xc000_0000 + u128::from(number)),
            name: format!("Persona {number}"),
            hlc: 1,
            ..Customer::default()
        })
    });
    more.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_that_is_killed_while_it_begins_goes_on_where_it_was() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let mut shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let server = eager(&mut shop).await?;
    server.store().put(shop.tenant(), more(CUSTOMERS)).await?;
    let wire = Forger::start(shop.address(), "/v1/snapshot/rows").await?;
    wire.change(Change::Passes(1));
    let first = shop.till("centro", "Caja 1", &wire.url()).await?;
    until("the first customers", || customers_here(&first) > 0).await?;
    first.stop_sync().await;
    let mut before = customers_here(&first);
    drop(first);

    let place = shop.till_folder("Caja 1");
    let arguments = ["--product", "espresso", "--online"];
    let (mut printed, mut halves) = (Vec::new(), 0);
    let mut receipts = 0;
    let till = loop {
        // Each time it lives a little longer, and gets one part: the second never holds all that is missing.
        receipts += 15;
        wire.change(Change::Passes(1));
        let mut seller = Worker::start(&[], ("seller", &place), &arguments)?;
        for _ in 0..receipts {
            match seller.next(PATIENCE)? {
                Some(Line::Printed((sale, _))) => printed.push(sale),
                other => panic!("{other:?}: {}", seller.finish()?.complaint),
            }
        }
        seller.kill()?;
        let said = seller.finish()?;
        assert!(said.was_killed(), "{said:?}");
        printed.extend(said.printed.iter().map(|(sale, _)| *sale));

        let till = Till::open(options(&place))?;
        let here = till.ledger().read(ledger::customer::count)?;
        let Some(begun) = till.ledger().read(ledger::bootstrap::current)? else {
            break till;
        };
        assert_eq!(here, begun.customers.0, "each that was taken over, once");
        assert!(before <= here, "{before} were here, now {here}");
        halves += u32::from(before < here && here < begun.customers.1);
        before = here;
    };
    assert!(halves > 0, "it was killed among the customers");

    till.start_sync()?;
    shop.agree(&[&till]).await?;
    let here = till.ledger().read(ledger::customer::count)?;
    assert_eq!(here, regulars(&shop).await?.len() as u64);
    for sale in printed {
        let held = till.ledger().read(|look| ledger::sale::by_id(look, sale))?;
        assert!(held.is_some(), "{sale} was printed");
    }
    till.stop_sync().await;
    server.stop().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_somebody_changed_is_refused_and_asked_for_again() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let mut shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let server = eager(&mut shop).await?;
    let wire = Forger::start(shop.address(), "/v1/snapshot/rows").await?;
    let impostor = Customer {
        id: Uuid::from_u128(0xbad),
        name: "Impostora Falsa".to_owned(),
        hlc: 1,
        ..Customer::default()
    };
    let forged = SnapshotPart {
        rows: vec![Row::Customer(impostor)],
        next: None,
        seals: BTreeMap::new(),
        server_time_ms: 0,
    };
    let forged = serde_json::to_vec(&forged).expect("a part is JSON");

    wire.change(Change::FlipsAByte);
    let till = shop.till("centro", "Caja 1", &wire.url()).await?;
    let mut seen = 0;
    for change in [Change::FlipsAByte, Change::Forges(forged)] {
        wire.change(change.clone());
        until("changed parts to be asked for twice", || {
            till.sync_now().is_ok() && wire.changed() >= seen + 2
        })
        .await?;
        seen = wire.changed();
        let begun = till.ledger().read(ledger::bootstrap::current)?;
        let begun = begun.expect("it still begins");
        assert_eq!((begun.place, begun.customers.0), (None, 0), "{change:?}");
        assert_eq!(
            till.ledger().read(ledger::customer::count)?,
            0,
            "{change:?}"
        );
    }

    wire.change(Change::None);
    shop.agree(&[&till]).await?;
    let everybody = regulars(&shop).await?;
    let here = till.ledger().read(ledger::customer::count)?;
    assert_eq!(here, everybody.len() as u64);
    let found = till
        .ledger()
        .read(|look| ledger::customer::search(look, "impostora", 5))?;
    assert_eq!(found, []);
    till.stop_sync().await;
    server.stop().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_for_too_long_begins_again_while_it_sells() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let away = shop.till("centro", "Caja 1", &shop.url()).await?;
    let other = shop.till("norte", "Caja 2", &shop.url()).await?;
    shop.agree(&[&away, &other]).await?;
    let buyers = regulars(&shop).await?;
    work(&away)?;
    work(&other)?;
    sell(&away, buyers.first())?;
    shop.agree(&[&away, &other]).await?;

    away.stop_sync().await;
    for buyer in buyers.iter().take(5) {
        sell(&other, Some(buyer))?;
        sell(&away, Some(buyer))?;
    }
    shop.agree(&[&other]).await?;
    let said = compact(&shop)?;
    assert!(!said.contains(": 0 rows deleted"), "{said}");
    assert!(compact(&shop)?.contains(": 0 rows deleted"));

    let seen = Seen::of(&away);
    away.start_sync()?;
    for buyer in buyers.iter().take(5) {
        sell(&away, Some(buyer))?;
    }
    shop.agree(&[&away, &other]).await?;
    assert!(seen.count() > 0, "it began again");

    // Who stands at the horizon, or above, reads on.
    compact(&shop)?;
    let before = seen.count();
    sell(&other, buyers.first())?;
    shop.agree(&[&away, &other]).await?;
    assert_eq!(seen.count(), before);
    away.stop_sync().await;
    other.stop_sync().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_server_whose_feed_was_compacted_gets_back_what_it_lost() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let mut shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let one = shop.till("centro", "Caja 1", &shop.url()).await?;
    let two = shop.till("norte", "Caja 2", &shop.url()).await?;
    shop.agree(&[&one, &two]).await?;
    let buyers = regulars(&shop).await?;
    work(&one)?;
    work(&two)?;
    for buyer in buyers.iter().take(3) {
        sell(&one, Some(buyer))?;
    }
    shop.agree(&[&one, &two]).await?;
    compact(&shop)?;
    shop.kill_server()?;
    let backup = folder.path().join("backup");
    copy_files(&shop.data(), &backup)?;
    shop.start_server()?;

    // The second till is away from here on: what it read is below the horizon of both feeds.
    two.stop_sync().await;
    for buyer in buyers.iter().take(3) {
        sell(&one, Some(buyer))?;
        sell(&two, Some(buyer))?;
    }
    shop.agree(&[&one]).await?;
    compact(&shop)?;
    one.stop_sync().await;
    shop.kill_server()?;
    std::fs::remove_dir_all(shop.data())?;
    copy_files(&backup, &shop.data())?;
    shop.start_server()?;
    let third = shop.till("norte", "Caja 3", &shop.url()).await?;
    work(&third)?;
    for buyer in buyers.iter().skip(3).take(9) {
        sell(&third, Some(buyer))?;
    }
    shop.agree(&[&third]).await?;
    compact(&shop)?;

    one.start_sync()?;
    two.start_sync()?;
    shop.agree(&[&one, &two, &third]).await?;
    let accounts = shop.store()?.accounts(shop.tenant()).await?;
    let purchases: i64 = accounts.iter().map(|(_, account)| account.purchases).sum();
    assert_eq!(purchases, 3 + 3 + 3 + 9, "each sale, once");
    for till in [&one, &two, &third] {
        till.stop_sync().await;
    }
    Ok(())
}
