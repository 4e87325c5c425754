//! Processes that are killed.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use mostrador_ledger as ledger;
use mostrador_server::Store as _;
use mostrador_terminal::Till;
use mostrador_tests::Error;
use mostrador_tests::process::program;
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop, options};
use tempfile::TempDir;
use uuid::Uuid;

/// Sells until `receipts` receipts were printed, kills the process in the middle of whatever it is
/// doing, and gives back every receipt that was printed whole.
fn sell_and_kill(data: &std::path::Path, receipts: usize) -> Result<Vec<(Uuid, i64)>, Error> {
    let mut seller = Command::new(program("seller")?)
        .arg("--data")
        .arg(data)
        .args(["--product", "cortado"])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut paper = BufReader::new(seller.stdout.take().expect("the paper is a pipe"));
    let mut printed = Vec::new();
    let mut line = String::new();
    loop {
        line.clear();
        paper.read_line(&mut line)?;
        if !line.ends_with('\n') {
            break;
        }
        let (sale, total) = line.trim().split_once(' ').expect("id and total");
        printed.push((
            sale.parse().expect("an id"),
            total.parse().expect("an amount"),
        ));
        if printed.len() == receipts {
            seller.kill()?;
        }
    }
    seller.wait()?;
    Ok(printed)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_till_loses_no_printed_receipt() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    till.stop_sync().await;
    drop(till);

    let data = shop.till_folder("Caja 1");
    let mut printed = Vec::new();
    for receipts in [1, 7, 20] {
        printed.extend(sell_and_kill(&data, receipts)?);
    }
    assert!(printed.len() >= 28);

    let till = Till::open(options(&data))?;
    for (sale, total) in &printed {
        let found = till
            .ledger()
            .read(|connection| ledger::sale::by_id(connection, *sale))?;
        assert_eq!(found.map(|sold| sold.sale.total), Some(*total), "{sale}");
    }
    let stream = till
        .ledger()
        .read(ledger::stream::head)?
        .expect("an enrolled till has a stream")
        .stream;
    till.ledger()
        .read(|connection| ledger::stream::verify(connection, stream))?;

    till.start_sync()?;
    shop.agree(&[&till]).await?;
    let held = shop.store()?.counts(shop.tenant()).await?.entries;
    let own = till
        .ledger()
        .read(ledger::stream::head)?
        .map(|head| head.seq);
    assert_eq!(Some(held), own);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_has_everything_it_acknowledged() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let mut shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    let cashier = till.view().demo_pins[0].pin.clone();
    till.unlock(&cashier)?;
    for kill in 0..3 {
        till.add_product("espresso", "2")?;
        let counter = till.apply_code("CAFE10")?;
        let tender = mostrador_terminal::view::TenderInput {
            kind: "card".to_owned(),
            amount: counter.total,
        };
        till.pay(&[tender], counter.total)?;
        if kind_of_kill(kill) {
            shop.agree(&[&till]).await?;
        }
        shop.kill_server()?;
        shop.start_server()?;
    }
    shop.agree(&[&till]).await?;
    let uses = shop.store()?.code_uses(shop.tenant()).await?;
    assert_eq!(uses.iter().map(|row| row.total).sum::<i64>(), 3);
    Ok(())
}

/// Every second time the server is killed while it may be in the middle of the push.
fn kind_of_kill(kill: u32) -> bool {
    kill.is_multiple_of(2)
}
