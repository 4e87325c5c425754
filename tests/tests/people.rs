//! Customers who are enrolled at a till, and what every till learns of them.

use mostrador_ledger as ledger;
use mostrador_protocol::row::Customer;
use mostrador_server::Store as _;
use mostrador_terminal::Till;
use mostrador_tests::Error;
use mostrador_tests::counter::{enrol_zulema, pay, work};
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop, until};
use tempfile::TempDir;
use uuid::Uuid;

/// Enrols Zulema at this till and sells her one coffee; her id.
fn enrol_and_sell(till: &Till) -> Result<Uuid, Error> {
    let id = enrol_zulema(till)?;
    till.add_product("latte-chico", "1")?;
    pay(till)?;
    Ok(id.parse().expect("an id"))
}

fn known_here(till: &Till, id: Uuid) -> Option<Customer> {
    let found = till.ledger().read(|look| ledger::customer::get(look, id));
    found.expect("read")
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_enrolled_offline_is_known_with_her_purchases_at_every_till() -> Result<(), Error>
{
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    let other = shop.till("norte", "Caja 2", &shop.url()).await?;
    work(&till)?;
    work(&other)?;
    till.stop_sync().await;
    let zulema = enrol_and_sell(&till)?;
    assert_eq!(known_here(&other, zulema), None);

    till.start_sync()?;
    shop.agree(&[&till, &other]).await?;
    until("the other till knows her", || {
        known_here(&other, zulema).is_some()
    })
    .await?;
    let (here, there) = (known_here(&till, zulema), known_here(&other, zulema));
    assert_eq!(here, there);
    let profile = here.expect("known");
    assert_eq!(profile.phone.as_deref(), Some("525512349876"));
    assert_eq!(
        profile.consent.as_ref().map(|consent| consent.version),
        Some(1)
    );

    let own = other.history(&zulema.to_string())?;
    assert!(own.events.is_empty() && !own.is_whole);
    let whole = other.history_online(&zulema.to_string(), "").await?;
    assert!(whole.is_whole && whole.next.is_none());
    assert_eq!(whole.events.len(), 1, "{whole:?}");
    assert!(whole.events[0].points > 0 && !whole.events[0].reasons.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_two_tills_drew_stays_with_the_earlier_and_the_later_till_learns_another()
-> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    work(&till)?;
    let taken = shop.store()?.customers(shop.tenant()).await?;
    let taken = taken[0].referral_code.clone().expect("given at import");
    till.stop_sync().await;
    let zulema = enrol_and_sell(&till)?;
    let drew = Customer {
        referral_code: Some(taken.clone()),
        ..known_here(&till, zulema).expect("saved")
    };
    till.ledger()
        .transact(|tx| ledger::customer::save_local(tx, &drew))?;
    till.start_sync()?;
    shop.agree(&[&till]).await?;
    let has_another = || {
        let code = known_here(&till, zulema).and_then(|profile| profile.referral_code);
        code.is_some_and(|code| code != taken)
    };
    until("the till has the other code", has_another).await?;
    let store = shop.store()?;
    let (stored, _) = store.customer(shop.tenant(), zulema).await?.expect("there");
    assert_eq!(stored, known_here(&till, zulema));
    Ok(())
}
