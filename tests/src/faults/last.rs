//! Many tills want the last use of a code, and some of them die on the way.

use std::time::Duration;

use loyalty::lease::Stock;
use mostrador_loyalty as loyalty;
use mostrador_protocol::lease::LeaseResource;
use mostrador_server::Store as _;
use mostrador_terminal::Till;

use super::audit::{self, PRODUCT};
use super::books::Books;
use super::worker::{Receipt, Worker};
use super::{Outcome, Site, Tally, end};
use crate::shop::Shop;
use crate::{Error, counter};

/// How many tills enrol at once.
const AT_ONCE: usize = 5;

/// `last-use`.
pub(super) async fn last_use(site: &mut Site) -> Result<Outcome, Error> {
    let crowd = if site.is_quick { 15 } else { 50 };
    let mortal = crowd / 5;
    let mut names = Vec::new();
    let mut alive = Vec::new();
    while names.len() < crowd {
        let some: Vec<String> = (0..AT_ONCE).map(|_| site.next_name()).collect();
        let url = site.shop.url();
        let shop = &site.shop;
        let mut opened = Vec::new();
        for name in &some {
            opened.push(shop.till("centro", name, &url).await?);
        }
        names.extend(some);
        alive.extend(opened);
    }
    let mut tally = Tally::default();
    let mut printed = Vec::new();
    for round in 0..site.times(1, 6) {
        let code = format!("ULTIMO{round}");
        publish(site, round + 2, &code)?;
        let dying: Vec<String> = names[..mortal].to_vec();
        for till in alive.drain(..mortal) {
            till.stop_sync().await;
        }
        let mut receipts = rush(site, &alive, (&dying, &code), &mut tally).await?;
        let mut back = Vec::new();
        for name in &dying {
            let till = audit::opened(&site.shop.till_folder(name))?;
            till.start_sync()?;
            back.push(till);
        }
        back.append(&mut alive);
        alive = back;
        site.shop.agree(&alive.iter().collect::<Vec<_>>()).await?;
        let afterwards = one_after_the_other(site, &alive, &code).await?;
        if !afterwards.is_empty() {
            tally.says("used only when nobody died any more".to_owned());
        }
        receipts.extend(afterwards);
        check(&site.shop, &code, (&receipts, &mut tally)).await?;
        printed.extend(receipts);
        tally.repetitions += 1;
    }
    let said = site
        .shop
        .owner(&["report", "exceptions", "--tenant", site.shop.tenant()])?;
    tally.expects(said == "nothing to look at\n", || {
        format!("exceptions: {said}")
    });
    end::of_tills(site, &alive, (printed, tally)).await
}

/// Everybody scans and pays at once; those that are mortal are processes and are killed on the way.
async fn rush(
    site: &Site,
    alive: &[Till],
    (dying, code): (&[String], &str),
    tally: &mut Tally,
) -> Result<Vec<Receipt>, Error> {
    let mut sellers = Vec::new();
    for till in alive {
        let (till, code) = (till.clone(), code.to_owned());
        sellers.push(tokio::task::spawn_blocking(move || {
            audit::charge(&till, PRODUCT, &code)
        }));
    }
    let scanning = [
        "--product",
        PRODUCT,
        "--code",
        code,
        "--online",
        "--scan",
        "--persist",
    ];
    let mut workers = Vec::new();
    for name in dying {
        let folder = site.shop.till_folder(name);
        workers.push(Worker::start(&[], ("seller", &folder), &scanning)?);
    }
    let mut printed = Vec::new();
    for mut worker in workers {
        tokio::time::sleep(Duration::from_millis(site.random.below(250))).await;
        worker.kill()?;
        let said = worker.finish()?;
        tally.expects(said.was_killed(), || {
            format!("a till ended before it was killed: {}", said.complaint)
        });
        printed.extend(said.printed);
    }
    for seller in sellers {
        match seller.await.map_err(std::io::Error::other)? {
            Ok(receipt) => printed.push(receipt),
            Err(error) => tally.fails(format!("nobody killed it, and it refused: {error}")),
        }
    }
    Ok(printed)
}

/// Until it is used: whoever died may hold the right to it, and sells it when they are back; nobody's it is for
/// whoever asks. A right that comes only after the sale is there for the next round.
async fn one_after_the_other(
    site: &Site,
    alive: &[Till],
    code: &str,
) -> Result<Vec<Receipt>, Error> {
    let mut printed = Vec::new();
    for till in alive.iter().chain(alive) {
        if stock(&site.shop, code).await?.used > 0 {
            break;
        }
        let (seller, scanned) = (till.clone(), code.to_owned());
        let sale = tokio::task::spawn_blocking(move || audit::charge(&seller, PRODUCT, &scanned));
        printed.push(sale.await.map_err(std::io::Error::other)??);
        site.shop.agree(&[till]).await?;
    }
    Ok(printed)
}

/// Used once, and on one receipt at most: who died before printing used it, too.
async fn check(
    shop: &Shop,
    code: &str,
    (receipts, tally): (&[Receipt], &mut Tally),
) -> Result<(), Error> {
    let Stock { used, exposure, .. } = stock(shop, code).await?;
    tally.expects(used == 1 && exposure == 0, || {
        format!("{used} uses of the last one of {code}, exposure {exposure}")
    });
    let books = Books::read(shop, tally).await?;
    let with_it = receipts.iter().filter(|(id, _)| books.uses(code, *id));
    let sold = with_it.count();
    tally.expects(sold <= 1, || format!("{sold} receipts with {code}"));
    let told = books.code_uses().get(code).copied().unwrap_or(0);
    tally.expects(told == used, || {
        format!("{told} sales with {code}, the server counts {used}")
    });
    Ok(())
}

/// Of a code that nobody used or was granted: nothing.
async fn stock(shop: &Shop, code: &str) -> Result<Stock, Error> {
    let resource = LeaseResource::CodeUses(code.to_owned());
    let stocks = shop.store()?.stocks(shop.tenant()).await?;
    let found = stocks.into_iter().find(|(known, _)| *known == resource);
    Ok(found.map(|(_, stock)| stock).unwrap_or_default())
}

fn publish(site: &Site, version: u32, code: &str) -> Result<(), Error> {
    let fixtures = crate::shop::fixtures();
    let program = std::fs::read_to_string(fixtures.join("cafe-vt/program.toml"))?;
    let program = program.replacen("version = 1", &format!("version = {version}"), 1);
    let path = site.folder.join(format!("program-{version}.toml"));
    std::fs::write(&path, program + &counter::usable_once(code))?;
    let path = path.to_string_lossy();
    site.shop
        .owner(&["program", "publish", "--tenant", site.shop.tenant(), &path])?;
    Ok(())
}
