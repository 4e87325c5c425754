//! Tills that begin with a snapshot: new ones, those that were away for too long, and those of a server
//! that was restored; while somebody sells.

use std::sync::{Arc, Mutex};

use mostrador_ledger as ledger;
use mostrador_protocol::row::{Customer, Row};
use mostrador_server::{Limits, Mint, Options, Server, SqliteStore, Store as _};
use mostrador_sync::{Bringing, State};
use mostrador_terminal::Till;
use mostrador_tests::Error;
use mostrador_tests::counter::{pay, regulars, work};
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop, copy_files, options, until};
use tempfile::TempDir;
use tokio::sync::watch;
use uuid::Uuid;

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
    let more = (0..4_000_u32).map(|number| {
        Row::Customer(Customer {
            id: Uuid::from_u128(0xc000_0000 + u128::from(number)),
            name: format!("Persona {number}"),
            hlc: 1,
            ..Customer::default()
        })
    });
    server.store().put(shop.tenant(), more.collect()).await?;

    let first = shop.till("centro", "Caja 1", &shop.url()).await?;
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
    till.start_sync()?;
    until("the till to go on", || seen.count() > 0).await?;
    let mut sold = 0;
    while is_under_way(&till) {
        sell(&till, None)?;
        sold += 1;
    }
    assert!(sold > 0, "sales and the beginning share the file");
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
    for till in [&one, &two, &third] {
        till.stop_sync().await;
    }
    Ok(())
}
