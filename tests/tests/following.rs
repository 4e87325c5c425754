//! What follows from sales once, whoever looks and however often: referral bonuses, badges, and merges
//! that another till has not heard of.

use mostrador_ledger as ledger;
use mostrador_loyalty::account::Account;
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::entry::{Decoded, Payload};
use mostrador_protocol::row::Customer;
use mostrador_server::Store as _;
use mostrador_terminal::Till;
use mostrador_terminal::view::{
    MergeSaved, ReceiptView, ReferralSaved, ReferrerInput, RefundInput,
};
use mostrador_tests::Error;
use mostrador_tests::counter::{enrol_zulema, pay, pin, regulars, work};
use mostrador_tests::proxy::Proxy;
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop, until};
use tempfile::TempDir;
use uuid::Uuid;

/// The first two customers, by card.
async fn two_people(shop: &Shop) -> Result<[Customer; 2], Error> {
    let mut first = regulars(shop).await?.into_iter();
    Ok([0, 1].map(|_| first.next().expect("customers were imported")))
}

/// Sells some of a product at the counter.
fn sell(till: &Till, buyer: Uuid, (product, quantity): (&str, &str)) -> Result<ReceiptView, Error> {
    till.set_customer(&buyer.to_string())?;
    till.add_product(product, quantity)?;
    pay(till)
}

async fn on_server(shop: &Shop, customer: Uuid) -> Result<Account, Error> {
    let found = shop.store()?.customer(shop.tenant(), customer).await?;
    Ok(found.map_or_else(Account::default, |(_, document)| Account::from(&document)))
}

/// What the server wrote itself of this kind.
async fn written(shop: &Shop, kind: &str) -> Result<Vec<Payload>, Error> {
    let store = shop.store()?;
    let mut written = Vec::new();
    for head in store.streams(shop.tenant()).await? {
        for entry in store.entries(shop.tenant(), head.stream).await? {
            let header = entry.raw.header().expect("entries have headers");
            if header.kind != kind {
                continue;
            }
            match entry.raw.payload(&header) {
                Ok(Decoded::Known(payload)) => written.push(payload),
                other => panic!("{header:?}: {other:?}"),
            }
        }
    }
    Ok(written)
}

/// Looks for what is due, several times.
fn run_jobs(shop: &Shop) -> Result<(), Error> {
    for _ in 0..3 {
        shop.owner(&["jobs", "run", "--tenant", shop.tenant()])?;
    }
    Ok(())
}

/// Enrols Zulema, whom `referrer` brought.
fn enrol_brought(till: &Till, referrer: &Customer) -> Result<Uuid, Error> {
    let id = enrol_zulema(till)?;
    let by = ReferrerInput {
        id: referrer.id.to_string(),
        code: referrer.referral_code.clone(),
    };
    for _ in 0..2 {
        let saved = till.register_referral(&id, &by)?;
        assert!(
            matches!(saved, ReferralSaved::Registered { .. }),
            "{saved:?}"
        );
    }
    Ok(id.parse().expect("an id"))
}

fn give_all_back(till: &Till, receipt: &str, quantity: &str) -> Result<(), Error> {
    till.find_sale(receipt)?;
    let mut input = RefundInput {
        lines: vec![quantity.to_owned()],
        reason: "changed-mind".to_owned(),
        ..RefundInput::default()
    };
    input.seen = till.preview_refund(&input)?.value;
    till.refund(&input, &pin(till, "manager"))?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_referral_pays_once_however_often_it_is_told_and_not_for_a_sale_that_came_back()
-> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let cable = Proxy::start(shop.address()).await?;
    let till = shop.till("centro", "Caja 1", &cable.url()).await?;
    work(&till)?;
    let [ana, _] = two_people(&shop).await?;
    let zulema = enrol_brought(&till, &ana)?;
    // Below the minimum of 100.00 first; then the server hears the sale that pays, and the till does
    // not hear that it did.
    sell(&till, zulema, ("latte-chico", "1"))?;
    shop.agree(&[&till]).await?;
    run_jobs(&shop)?;
    assert_eq!(on_server(&shop, ana.id).await?.balance(), 0);
    cable.lose_acknowledgements();
    let receipt = sell(&till, zulema, ("latte-chico", "2"))?;
    till.sync_now()?;
    until("the server to have heard it twice", || cable.carried() > 0).await?;
    cable.restore();
    shop.agree(&[&till]).await?;
    run_jobs(&shop)?;
    sell(&till, zulema, ("latte-chico", "3"))?;
    shop.agree(&[&till]).await?;
    run_jobs(&shop)?;
    shop.agree(&[&till]).await?;
    let account = on_server(&shop, ana.id).await?;
    assert_eq!((account.balance(), account.referral.brought), (500, 1));
    assert_eq!(written(&shop, "referral_bonus").await?.len(), 1);
    let tree = shop.owner(&["referrals", "tree", "--tenant", shop.tenant()])?;
    assert!(tree.contains("paid 500 points"), "{tree}");
    assert!(tree.contains("1 referrals: 1 paid, 0 taken back"), "{tree}");
    let json = ["referrals", "loops", "--json", "--tenant", shop.tenant()];
    assert_eq!(shop.owner(&json)?.trim(), "[]");

    // The sale that paid comes back, all of it; the next one that reaches the minimum pays.
    let before = on_server(&shop, zulema).await?.balance();
    give_all_back(&till, &receipt.receipt, "2")?;
    shop.agree(&[&till]).await?;
    run_jobs(&shop)?;
    shop.agree(&[&till]).await?;
    let told: Vec<(bool, i64)> = written(&shop, "referral_bonus")
        .await?
        .iter()
        .filter_map(|payload| match payload {
            Payload::ReferralBonus(bonus) => Some((bonus.taken_back, bonus.bonus.points)),
            _ => None,
        })
        .collect();
    let account = on_server(&shop, ana.id).await?;
    assert_eq!(told, [(false, 500), (true, 500), (false, 500)]);
    assert_eq!((account.balance(), account.referral.brought), (500, 1));
    let after = on_server(&shop, zulema).await?.balance();
    assert_eq!(
        before - after,
        receipt.points_earned,
        "her welcome stands once"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_sale_of_a_referral_takes_the_bonus_with_it() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    work(&till)?;
    let [ana, _] = two_people(&shop).await?;
    let zulema = enrol_brought(&till, &ana)?;
    let receipt = sell(&till, zulema, ("latte-chico", "2"))?;
    shop.agree(&[&till]).await?;
    assert_eq!(on_server(&shop, ana.id).await?.balance(), 500);
    give_all_back(&till, &receipt.receipt, "2")?;
    shop.agree(&[&till]).await?;
    run_jobs(&shop)?;
    shop.agree(&[&till]).await?;
    for customer in [ana.id, zulema] {
        let account = on_server(&shop, customer).await?;
        assert_eq!((account.balance(), account.debt), (0, 0), "{customer}");
    }
    let tree = shop.owner(&["referrals", "tree", "--tenant", shop.tenant()])?;
    assert!(tree.contains("1 referrals: 0 paid, 1 taken back"), "{tree}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_to_a_record_that_was_merged_elsewhere_counts_once_for_the_one_that_stays()
-> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let one = shop.till("centro", "Caja 1", &shop.url()).await?;
    let two = shop.till("norte", "Caja 2", &shop.url()).await?;
    for till in [&one, &two] {
        work(till)?;
    }
    let [stays, goes] = two_people(&shop).await?;
    let first = sell(&one, stays.id, ("latte-chico", "1"))?.points_earned;
    let second = sell(&two, goes.id, ("capuchino-chico", "1"))?.points_earned;
    shop.agree(&[&one, &two]).await?;

    two.stop_sync().await;
    let (id, gone) = (stays.id.to_string(), goes.id.to_string());
    let merged = one.merge_customers(&id, &gone, &pin(&one, "manager"))?;
    assert!(matches!(merged, MergeSaved::Merged { .. }), "{merged:?}");
    let third = sell(&one, goes.id, ("latte-chico", "2"))?.points_earned;
    let fourth = sell(&two, goes.id, ("latte-chico", "3"))?.points_earned;
    shop.agree(&[&one]).await?;
    two.start_sync()?;
    shop.agree(&[&one, &two]).await?;

    let account = on_server(&shop, stays.id).await?;
    assert_eq!(account.purchases, 4);
    assert_eq!(account.balance(), first + second + third + fourth);
    assert_eq!(account.spent, 6_000 + 5_800 + 12_000 + 18_000);
    let old = on_server(&shop, goes.id).await?;
    assert_eq!((old.balance(), old.purchases), (0, 0));
    assert_eq!(old.merged_into, Some(stays.id));
    // Both codes find the one that stays; its own is the one on the profile.
    let codes = [&stays, &goes].map(|customer| customer.referral_code.clone().expect("given"));
    for till in [&one, &two] {
        for code in &codes {
            let found = till.find_person(code)?;
            assert_eq!(found.hits[0].id, id, "{code}");
        }
        let shown = till.ledger().read(|look| -> Result<_, ledger::Error> {
            let code = CodeText::parse(&codes[1]).expect("a code");
            let by_old_code = ledger::customer::by_referral_code(look, &code)?;
            let profile = ledger::customer::get(look, stays.id)?;
            Ok((
                by_old_code,
                profile.and_then(|profile| profile.referral_code),
            ))
        })?;
        assert_eq!(shown.1.as_ref(), Some(&codes[0]), "one code survives");
        assert!(shown.0.is_some(), "the other is an alias");
    }
    let held = shop.store()?.held(shop.tenant()).await?;
    assert!(held.is_empty(), "{held:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_badge_that_two_tills_earned_together_is_awarded_once() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let one = shop.till("centro", "Caja 1", &shop.url()).await?;
    let two = shop.till("norte", "Caja 2", &shop.url()).await?;
    let [ana, _] = two_people(&shop).await?;
    let mut earned = 0;
    for till in [&one, &two] {
        work(till)?;
        till.stop_sync().await;
        for _ in 0..6 {
            earned += sell(till, ana.id, ("latte-chico", "1"))?.points_earned;
        }
    }
    for till in [&one, &two] {
        till.start_sync()?;
    }
    shop.agree(&[&one, &two]).await?;
    run_jobs(&shop)?;
    earned += sell(&one, ana.id, ("latte-chico", "1"))?.points_earned;
    shop.agree(&[&one, &two]).await?;
    run_jobs(&shop)?;
    shop.agree(&[&one, &two]).await?;
    let awarded = written(&shop, "badge_awarded").await?;
    assert_eq!(awarded.len(), 1, "{awarded:?}");
    let account = on_server(&shop, ana.id).await?;
    assert!(account.badges.contains_key("regular"));
    assert_eq!(account.balance(), earned + 100);
    Ok(())
}
