//! Uses of codes: who holds one sells, who holds none says why.

use std::sync::Arc;

use loyalty::lease::Stock;
use mostrador_ledger as ledger;
use mostrador_loyalty as loyalty;
use mostrador_protocol::lease::LeaseResource;
use mostrador_server::Store as _;
use mostrador_terminal::Till;
use mostrador_tests::Error;
use mostrador_tests::counter::{pay, pin, usable_once};
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop, copy_files, until};
use tempfile::TempDir;

use crate::{cut, publish, refusal, scan, till};

/// How many tills want the last use at once.
const CROWD: usize = 50;

fn left(till: &Till, code: &str) -> Result<i64, Error> {
    let resource = LeaseResource::CodeUses(code.to_owned());
    let left = till
        .ledger()
        .read(|look| ledger::lease::left(look, &resource))?;
    Ok(left)
}

/// Waits until a till holds a use of a code.
async fn holds(till: &Till, code: &str) -> Result<(), Error> {
    let is_held = || left(till, code).is_ok_and(|left| left == 1);
    until("a till to hold a use", is_held).await
}

async fn stock(shop: &Shop, code: &str) -> Result<Stock, Error> {
    let resource = LeaseResource::CodeUses(code.to_owned());
    let stocks = shop.store()?.stocks(shop.tenant()).await?;
    assert!(stocks.iter().all(|(_, stock)| stock.holds()), "{stocks:?}");
    let found = stocks.into_iter().find(|(known, _)| *known == resource);
    Ok(found.expect("it was used or granted").1)
}

fn exceptions(shop: &Shop) -> Result<String, Error> {
    shop.owner(&["report", "exceptions", "--tenant", shop.tenant()])
}

async fn terminal_id(shop: &Shop, name: &str) -> Result<String, Error> {
    let terminals = shop.store()?.terminals(shop.tenant()).await?;
    let found = terminals.iter().find(|terminal| terminal.name == name);
    Ok(found.expect("it was enrolled").id.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tills_offline_one_sells_the_last_coupon_and_the_other_says_why() -> Result<(), Error>
{
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    publish(&shop, folder.path(), (2, &usable_once("ULTIMO")))?;
    let (one, first) = till(&shop, ("centro", "Caja 1")).await?;
    holds(&one, "ULTIMO").await?;
    let (two, second) = till(&shop, ("norte", "Caja 2")).await?;
    assert_eq!((left(&one, "ULTIMO")?, left(&two, "ULTIMO")?), (1, 0));
    cut(&one, &first).await?;
    cut(&two, &second).await?;
    let strip = one.sync_view()?.sentence;
    assert!(strip.contains("ULTIMO 1"), "{strip}");

    let view = scan(&two, "ULTIMO")?;
    let (code, sentence) = refusal(&view, "ULTIMO");
    assert_eq!(code, "lease_required");
    assert!(
        sentence.contains("no tiene usos reservados de ULTIMO"),
        "{sentence}"
    );
    assert_eq!(view.said, sentence, "it is said at once");
    pay(&two)?;
    let view = scan(&one, "ULTIMO")?;
    assert_eq!(view.codes.len(), 1);
    let shown = &view.codes[0].sentence;
    assert!(shown.contains("Queda 1 en esta caja"), "{shown}");
    pay(&one)?;
    let again = scan(&one, "ULTIMO")?;
    assert_eq!(refusal(&again, "ULTIMO").0, "total_limit_reached");
    one.remove_code("ULTIMO")?;
    pay(&one)?;

    first.restore();
    second.restore();
    shop.agree(&[&one, &two]).await?;
    let stock = stock(&shop, "ULTIMO").await?;
    assert_eq!((stock.used, stock.exposure), (1, 0));
    assert_eq!(exceptions(&shop)?, "nothing to look at\n");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_without_a_right_goes_by_the_rule_of_the_code() -> Result<(), Error> {
    let codes = r#"
[[codes]]
text = "GERENTE"
percent_bp = 1000
stackable = true
total_limit = 1
offline = "approval"
offline_max = 400

[[codes]]
text = "MUCHO"
percent_bp = 5000
stackable = true
total_limit = 1
offline = "approval"
offline_max = 400

[[codes]]
text = "CASA"
fixed = 100
stackable = true
total_limit = 1
offline = "home_store"
home_store = "norte"
"#;
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    publish(&shop, folder.path(), (2, codes))?;
    let (one, first) = till(&shop, ("centro", "Caja 1")).await?;
    for code in ["GERENTE", "MUCHO", "CASA"] {
        holds(&one, code).await?;
    }
    let (two, second) = till(&shop, ("norte", "Caja 2")).await?;
    cut(&one, &first).await?;
    cut(&two, &second).await?;

    let view = scan(&two, "GERENTE")?;
    assert!(view.refused[0].may_be_allowed, "{view:?}");
    let refused = two.allow_code("GERENTE", &pin(&two, "cashier"));
    assert!(refused.is_err(), "{refused:?}");
    let view = two.allow_code("GERENTE", &pin(&two, "manager"))?;
    assert_eq!((view.codes.len(), view.discount), (1, 380));
    // Half of an espresso is more than a manager may allow, and so is the tenth of many.
    let view = two.apply_code("MUCHO")?;
    assert_eq!(refusal(&view, "MUCHO").0, "lease_required");
    let view = two.allow_code("MUCHO", &pin(&two, "manager"))?;
    let why = refusal(&view, "MUCHO").1;
    assert!(why.contains("su PIN si descuenta hasta $"), "{why}");
    two.remove_code("MUCHO")?;
    let view = two.add_product("espresso", "1")?;
    assert_eq!(refusal(&view, "GERENTE").0, "lease_required");
    two.set_quantity(0, "1")?;
    let view = two.apply_code("CASA")?;
    assert_eq!((view.codes.len(), view.discount), (2, 480));
    pay(&two)?;
    for code in ["GERENTE", "CASA"] {
        let view = scan(&one, code)?;
        assert_eq!(view.codes.len(), 1, "{view:?}");
        pay(&one)?;
    }

    second.restore();
    shop.agree(&[&two]).await?;
    first.restore();
    shop.agree(&[&one, &two]).await?;
    for code in ["GERENTE", "CASA"] {
        let stock = stock(&shop, code).await?;
        assert_eq!(
            (stock.used, stock.limit, stock.exposure),
            (2, 1, 1),
            "{code}"
        );
    }
    let report = exceptions(&shop)?;
    assert!(report.contains("code_over_limit: 2, 480 MXN\n"), "{report}");
    assert_eq!(report.matches("Caja 2 (norte)").count(), 2, "{report}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_till_is_written_off_and_comes_back() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    publish(&shop, folder.path(), (2, &usable_once("ULTIMO")))?;
    let (one, first) = till(&shop, ("centro", "Caja 1")).await?;
    holds(&one, "ULTIMO").await?;
    let (two, _second) = till(&shop, ("norte", "Caja 2")).await?;
    cut(&one, &first).await?;
    let view = scan(&two, "ULTIMO")?;
    assert_eq!(
        refusal(&view, "ULTIMO").0,
        "lease_required",
        "online, and nobody knows what the other does"
    );
    assert_eq!(scan(&one, "ULTIMO")?.codes.len(), 1);
    pay(&one)?;

    let dead = terminal_id(&shop, "Caja 1").await?;
    let said = shop.owner(&["terminal", "write-off", &dead])?;
    assert!(said.contains("uses of ULTIMO: exposure 1\n"), "{said}");
    holds(&two, "ULTIMO").await?;
    assert_eq!(two.counter()?.codes.len(), 1);
    pay(&two)?;
    shop.agree(&[&two]).await?;
    assert_eq!(exceptions(&shop)?, "nothing to look at\n");

    first.restore();
    shop.agree(&[&one, &two]).await?;
    let sold = stock(&shop, "ULTIMO").await?;
    assert_eq!((sold.used, sold.limit, sold.exposure), (2, 1, 1));
    let report = exceptions(&shop)?;
    for part in [
        "Caja 1 (centro)",
        "ULTIMO",
        "380 MXN",
        "a right that was written off",
        "right_missing: 1, 380 MXN",
    ] {
        assert!(report.contains(part), "{part} in {report}");
    }
    assert_eq!(left(&one, "ULTIMO")?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_server_grants_nothing_before_it_knows_what_was_sold() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let mut shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let (one, first) = till(&shop, ("centro", "Caja 1")).await?;
    let (two, second) = till(&shop, ("norte", "Caja 2")).await?;
    shop.agree(&[&one, &two]).await?;
    shop.kill_server()?;
    let backup = folder.path().join("backup");
    copy_files(&shop.data(), &backup)?;
    shop.start_server()?;

    // The second till gets the last use of a code and sells it unseen; the server loses all of that.
    cut(&one, &first).await?;
    publish(&shop, folder.path(), (2, &usable_once("ULTIMO")))?;
    holds(&two, "ULTIMO").await?;
    for _ in 0..3 {
        two.add_product("espresso", "1")?;
        pay(&two)?;
        shop.agree(&[&two]).await?;
    }
    cut(&two, &second).await?;
    assert_eq!(scan(&two, "ULTIMO")?.codes.len(), 1);
    pay(&two)?;
    shop.kill_server()?;
    std::fs::remove_dir_all(shop.data())?;
    copy_files(&backup, &shop.data())?;
    shop.start_server()?;
    publish(&shop, folder.path(), (2, &usable_once("ULTIMO")))?;

    // A third till sees none of it; only who knows more than the server tells that it was restored.
    second.restore();
    until("the second till to be heard", || {
        two.sync_now().is_ok()
            && two
                .ledger()
                .read(ledger::outbox::waiting)
                .is_ok_and(|n| n == 0)
    })
    .await?;
    let list = ["leases", "list", "--tenant", shop.tenant()];
    let said = shop.owner(&list)?;
    let awaited = "awaited since the server was restored: Caja 1 (centro)";
    assert!(said.contains(awaited), "{said}");
    assert_eq!(left(&one, "ULTIMO")?, 0);
    first.restore();
    shop.agree(&[&one, &two]).await?;
    assert!(!shop.owner(&list)?.contains("awaited"));
    let sold = stock(&shop, "ULTIMO").await?;
    assert_eq!((sold.used, sold.leased), (1, 0));
    assert_eq!(
        refusal(&scan(&one, "ULTIMO")?, "ULTIMO").0,
        "total_limit_reached"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_tills_one_sells_the_last_use() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Arc::new(Shop::open(folder.path(), CAFE_VT, Crowd::Few)?);
    let mut tills = Vec::new();
    while tills.len() < CROWD {
        let enrolling = [0, 1, 2, 3, 4].map(|number| {
            let (shop, name) = (Arc::clone(&shop), format!("Caja {}", tills.len() + number));
            tokio::spawn(async move { shop.till("centro", &name, &shop.url()).await })
        });
        for till in enrolling {
            tills.push(till.await.expect("no till breaks")?);
        }
    }
    let cashier = pin(&tills[0], "cashier");
    publish(&shop, folder.path(), (2, &usable_once("ULTIMO")))?;
    let sellers: Vec<_> = tills
        .iter()
        .cloned()
        .map(|till| {
            let pin = cashier.clone();
            tokio::task::spawn_blocking(move || -> Result<bool, Error> {
                till.unlock(&pin)?;
                let view = scan(&till, "ULTIMO")?;
                assert_eq!(view.codes.len() + view.refused.len(), 1, "{view:?}");
                // The right may have come since.
                let receipt = pay(&till)?;
                Ok(receipt.total < 3_800)
            })
        })
        .collect();
    let mut sold = 0;
    for seller in sellers {
        sold += i64::from(seller.await.expect("no till breaks")?);
    }
    shop.agree(&tills.iter().collect::<Vec<_>>()).await?;
    if sold == 0 {
        // Whoever was granted it paid a moment too early, and still has it.
        let holder = || {
            tills
                .iter()
                .find(|till| left(till, "ULTIMO").is_ok_and(|left| left == 1))
        };
        until("somebody to hold the last use", || holder().is_some()).await?;
        let holder = holder().expect("who holds it");
        scan(holder, "ULTIMO")?;
        sold += i64::from(pay(holder)?.total < 3_800);
        shop.agree(&[holder]).await?;
    }
    let stock = stock(&shop, "ULTIMO").await?;
    assert_eq!((sold, stock.used, stock.exposure), (1, 1, 0));
    assert_eq!(exceptions(&shop)?, "nothing to look at\n");
    Ok(())
}
