//! What is scarce and how tills share it: real tills, a real server, and cables that are cut.

mod codes;
mod customers;

use std::path::Path;

use mostrador_terminal::Till;
use mostrador_terminal::view::{CounterView, SyncState};
use mostrador_tests::Error;
use mostrador_tests::counter::work;
use mostrador_tests::proxy::Proxy;
use mostrador_tests::shop::{Shop, fixtures, until};

/// Publishes the company's program with more codes, and points that a till may risk.
fn publish(shop: &Shop, folder: &Path, (version, codes): (u32, &str)) -> Result<(), Error> {
    let program = std::fs::read_to_string(fixtures().join("cafe-vt/program.toml"))?;
    let program = program
        .replacen("version = 1", &format!("version = {version}"), 1)
        .replacen(
            "minimum_redeem = 100",
            "minimum_redeem = 100\noffline_points = 250",
            1,
        );
    let path = folder.join(format!("program-{version}.toml"));
    std::fs::write(&path, format!("{program}\n{codes}"))?;
    let path = path.to_string_lossy();
    shop.owner(&["program", "publish", "--tenant", shop.tenant(), &path])?;
    Ok(())
}

/// A till behind a cable, with a cashier at work.
async fn till(shop: &Shop, (store, name): (&str, &str)) -> Result<(Till, Proxy), Error> {
    let cable = Proxy::start(shop.address()).await?;
    let till = shop.till(store, name, &cable.url()).await?;
    work(&till)?;
    Ok((till, cable))
}

/// Cuts the cable and waits until the till knows.
async fn cut(till: &Till, cable: &Proxy) -> Result<(), Error> {
    cable.cut();
    till.sync_now()?;
    let is_offline = || {
        let view = till.sync_view();
        view.is_ok_and(|view| view.state == SyncState::Offline)
    };
    until("a till to be offline", is_offline).await
}

/// One espresso with a code, as the counter shows it.
fn scan(till: &Till, code: &str) -> Result<CounterView, Error> {
    till.add_product("espresso", "1")?;
    Ok(till.apply_code(code)?)
}

/// Why a code did not join; empty when it did.
fn refusal<'a>(view: &'a CounterView, code: &str) -> (&'a str, &'a str) {
    let mut refused = view.refused.iter();
    let found = refused.find(|refused| refused.text == code);
    found.map_or(("", ""), |refused| (&refused.refusal, &refused.sentence))
}
