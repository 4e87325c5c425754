//! Processes that are killed.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mostrador_ledger as ledger;
use mostrador_protocol::entry::{Decoded, Payload};
use mostrador_protocol::message::Disposition;
use mostrador_server::Store as _;
use mostrador_terminal::Till;
use mostrador_tests::Error;
use mostrador_tests::counter::{pay_with, work};
use mostrador_tests::process::program;
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop, copy_files, options, until};
use tempfile::TempDir;
use uuid::Uuid;

/// Lets `worker`, a program and its arguments, work until `receipts` receipts were printed, kills the process in the middle of whatever
/// it is doing, and gives back every receipt that was printed whole.
fn work_and_kill(worker: &str, data: &Path, receipts: usize) -> Result<Vec<(Uuid, i64)>, Error> {
    let mut words = worker.split(' ');
    let mut seller = Command::new(program(words.next().unwrap_or_default())?)
        .arg("--data")
        .arg(data)
        .args(["--product", "cortado"])
        .args(words)
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

/// A shop, and the folder of a till that was enrolled and closed.
async fn shop_with_closed_till(folder: &TempDir) -> Result<(Shop, PathBuf), Error> {
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    till.stop_sync().await;
    let data = shop.till_folder("Caja 1");
    Ok((shop, data))
}

/// The till's stream, whose chain fits from its first entry on.
fn whole_stream(till: &Till) -> Result<Uuid, Error> {
    let head = till.ledger().read(ledger::stream::head)?;
    let stream = head.expect("an enrolled till has a stream").stream;
    till.ledger()
        .read(|connection| ledger::stream::verify(connection, stream))?;
    Ok(stream)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_till_loses_no_printed_receipt() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let (shop, data) = shop_with_closed_till(&folder).await?;
    let mut printed = Vec::new();
    for receipts in [1, 7, 20] {
        printed.extend(work_and_kill("seller", &data, receipts)?);
    }
    assert!(printed.len() >= 28);

    let till = Till::open(options(&data))?;
    for (sale, total) in &printed {
        let found = till
            .ledger()
            .read(|connection| ledger::sale::by_id(connection, *sale))?;
        assert_eq!(found.map(|sold| sold.sale.total), Some(*total), "{sale}");
    }
    whole_stream(&till)?;

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
async fn a_till_killed_in_the_middle_of_a_basket_goes_on_with_it() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let (_shop, data) = shop_with_closed_till(&folder).await?;
    let mut total = 0;
    for units in [1, 3, 5] {
        let shown = work_and_kill("seller --open", &data, units)?;
        // Each start went on where the one before was killed.
        let last = shown.last().expect("a basket was shown").1;
        assert!(last > total, "{shown:?} after {total}");
        total = last;
    }
    let till = Till::open(options(&data))?;
    work(&till)?;
    assert!(till.counter()?.total >= total);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_killed_between_preview_and_commit_leaves_nothing_half() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let (shop, data) = shop_with_closed_till(&folder).await?;
    let mut printed = Vec::new();
    for receipts in [1, 2, 4] {
        printed.extend(work_and_kill("refunder", &data, receipts)?);
    }
    assert!(printed.len() >= 7);

    let till = Till::open(options(&data))?;
    for (refund, money) in &printed {
        let found = till
            .ledger()
            .read(|connection| ledger::undo::by_id(connection, *refund))?;
        let Some(Payload::SaleRefunded(found)) = found.map(|recorded| recorded.payload) else {
            panic!("{refund} was printed and is not here");
        };
        assert_eq!(found.money, *money);
        assert!(found.is_full && found.at.approval_id.is_some());
    }
    let stream = whole_stream(&till)?;
    till.start_sync()?;
    shop.agree(&[&till]).await?;

    // Every approval stands in front of the refund that it allowed: both are there, or neither.
    let entries = shop.store()?.entries(shop.tenant(), stream).await?;
    let kinds: Vec<String> = entries
        .iter()
        .filter_map(|entry| entry.raw.header().ok())
        .map(|header| header.kind)
        .collect();
    let approved = kinds.windows(2).filter(|pair| pair[0] == "approval_given");
    assert!(
        approved.clone().all(|pair| pair[1] == "sale_refunded"),
        "{kinds:?}"
    );
    let refunds = kinds.iter().filter(|kind| *kind == "sale_refunded");
    assert_eq!(approved.count(), refunds.count());
    assert_eq!(shop.store()?.counts(shop.tenant()).await?.held, 0);
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
        sell(&till)?;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_till_that_is_younger_than_the_servers_backup_is_enrolled_again_with_all_it_sold()
-> Result<(), Error> {
    let folder = TempDir::new()?;
    let mut shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let old = shop.till("centro", "Caja 1", &shop.url()).await?;
    let backup = folder.path().join("backup");
    shop.kill_server()?;
    copy_files(&shop.data(), &backup)?;
    shop.start_server()?;

    let till = shop.till("centro", "Caja 2", &shop.url()).await?;
    till.unlock(&till.view().demo_pins[0].pin)?;
    let mut sold = vec![sell(&till)?, sell(&till)?];
    shop.agree(&[&old, &till]).await?;
    shop.kill_server()?;
    std::fs::remove_dir_all(shop.data())?;
    copy_files(&backup, &shop.data())?;
    shop.start_server()?;

    sold.push(sell(&till)?);
    let is_unknown = || {
        let view = till.sync_now();
        view.is_ok_and(|view| view.enrol_at.as_deref() == Some(shop.url().as_str()))
    };
    until("the till to hear that it is unknown", is_unknown).await?;
    let refused = till.enrol(&shop.url(), "MAL").await;
    assert_eq!(refused.expect_err("no code").code(), "enrol_code_invalid");
    other_company(&shop)?;
    let foreign = shop.owner(&[
        "enrol-code",
        "--plain",
        "--tenant",
        "otra",
        "--store",
        "unica",
        "--terminal",
        "Caja 2",
    ])?;
    let refused = till.enrol(&shop.url(), foreign.trim()).await;
    assert_eq!(refused.expect_err("a stranger").code(), "other_tenant");
    assert!(is_unknown(), "it stays as it was");

    // Another store of the company will do.
    let code = shop.enrol_code("norte", "Caja 9")?;
    let view = till.enrol(&shop.url(), &code).await?;
    assert_eq!(
        (view.terminal_name.as_str(), view.session),
        ("Caja 9", None)
    );
    till.unlock(&till.view().demo_pins[0].pin)?;
    sold.push(sell(&till)?);
    shop.agree(&[&old, &till]).await?;
    let again = till.enrol(&shop.url(), &code).await;
    assert_eq!(again.expect_err("known").code(), "already_enrolled");

    let store = shop.store()?;
    let mut held = Vec::new();
    for head in store.streams(shop.tenant()).await? {
        for entry in store.entries(shop.tenant(), head.stream).await? {
            let header = entry.raw.header().expect("a header");
            let payload = entry.raw.payload(&header).expect("a payload");
            if let Decoded::Known(Payload::SaleCompleted(sale)) = payload {
                assert_eq!(entry.disposition, Disposition::Applied);
                held.push(sale.sale_id);
            }
        }
    }
    held.sort_unstable();
    sold.sort_unstable();
    assert_eq!(held, sold);
    let uses = store.code_uses(shop.tenant()).await?;
    assert_eq!(uses.iter().map(|row| row.total).sum::<i64>(), 4);
    Ok(())
}

fn other_company(shop: &Shop) -> Result<(), Error> {
    shop.owner(&["tenant", "create", "otra", "--name", "Otra"])?;
    shop.owner(&[
        "store", "create", "--tenant", "otra", "unica", "--name", "Única",
    ])?;
    Ok(())
}

/// Sells with a code and gives back the sale's id.
fn sell(till: &Till) -> Result<Uuid, Error> {
    till.add_product("espresso", "2")?;
    till.apply_code("CAFE10")?;
    let receipt = pay_with(till, "card")?;
    Ok(receipt.sale_id.parse().expect("an id"))
}
