//! Customers: one till at a time decides on what is theirs once.

use mostrador_ledger as ledger;
use mostrador_protocol::row::Customer;
use mostrador_server::Store as _;
use mostrador_terminal::Till;
use mostrador_tests::Error;
use mostrador_tests::counter::{earn, pay, somebody};
use mostrador_tests::proxy::Proxy;
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop, until};
use tempfile::TempDir;

use crate::{cut, publish, refusal, scan, till};

/// How often each till begins a conversation while nobody does anything.
const ROUNDS: u32 = 2;

const ONCE: &str = r#"
[[codes]]
text = "SOLOUNA"
fixed = 100
stackable = true
per_customer_limit = 1
offline = "block"
"#;

/// Two tills and Ana, who has points. The second till has her on its basket and decides on her.
struct Scene {
    shop: Shop,
    one: Till,
    first: Proxy,
    two: Till,
    second: Proxy,
    ana: Customer,
    _folder: TempDir,
}

impl Scene {
    async fn open() -> Result<Self, Error> {
        let folder = TempDir::new()?;
        let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
        publish(&shop, folder.path(), (2, ONCE))?;
        let (one, first) = till(&shop, ("centro", "Caja 1")).await?;
        let (two, second) = till(&shop, ("norte", "Caja 2")).await?;
        let ana = somebody(&shop).await?;
        earn(&one, &ana)?;
        shop.agree(&[&one, &two]).await?;
        two.set_customer(&ana.id.to_string())?;
        let scene = Self {
            shop,
            one,
            first,
            two,
            second,
            ana,
            _folder: folder,
        };
        until("the second till to decide on Ana", || {
            scene.decides(&scene.two)
        })
        .await?;
        Ok(scene)
    }

    /// Whether a till holds the right to decide on Ana.
    fn decides(&self, till: &Till) -> bool {
        let held = till
            .ledger()
            .read(|look| ledger::lease::holds_customer(look, self.ana.id));
        held.is_ok_and(|is_held| is_held)
    }
}

/// Breaks a till's line and waits until it has looked after its rights in a new conversation.
async fn begins_again(till: &Till, cable: &Proxy) -> Result<(), Error> {
    let looked = || till.sync_changes().borrow().lease_round_done;
    cut(till, cable).await?;
    let before = looked();
    cable.restore();
    until("a till to look after its rights", || {
        till.sync_now().is_ok() && looked() > before
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_till_at_a_time_decides_on_a_customer() -> Result<(), Error> {
    let scene = Scene::open().await?;
    let Scene {
        shop,
        one,
        first,
        two,
        second,
        ana,
        ..
    } = &scene;
    cut(one, first).await?;
    cut(two, second).await?;

    // Who holds the right spends as before; the other risks what the program allows, and says so.
    scan(two, "SOLOUNA")?;
    two.add_product("chemex", "1")?;
    let view = two.redeem_points("300")?;
    assert_eq!(view.redemption.map(|spent| spent.points), Some(300));
    assert_eq!(view.refused, []);
    pay(two)?;
    one.set_customer(&ana.id.to_string())?;
    let view = scan(one, "SOLOUNA")?;
    let (code, why) = refusal(&view, "SOLOUNA");
    assert_eq!(code, "lease_required");
    assert!(why.contains("no sabe si el cliente ya usó"), "{why}");
    one.remove_code("SOLOUNA")?;
    one.add_product("chemex", "1")?;
    let offer = one.redeem_view()?.points;
    assert_eq!(offer.most, 250, "{offer:?}");
    assert!(offer.sentence.contains("sin conexión"), "{offer:?}");
    let view = one.redeem_points("300")?;
    assert_eq!(
        (view.redemption, true),
        (None, view.said.contains("[points_withheld]"))
    );
    one.redeem_points("200")?;
    pay(one)?;
    one.set_customer(&ana.id.to_string())?;
    one.add_product("chemex", "1")?;
    let view = one.redeem_points("100")?;
    assert!(view.said.contains("hasta 50"), "{}", view.said);

    // With a connection the right follows the customer.
    first.restore();
    second.restore();
    shop.agree(&[two]).await?;
    let wanted = || {
        let view = one.sync_now().and_then(|_| one.redeem_points("300"));
        view.is_ok_and(|view| view.redemption.is_some())
    };
    until("the first till to decide on Ana", wanted).await?;
    assert!(scene.decides(one) && !scene.decides(two));
    pay(one)?;
    shop.agree(&[one, two]).await?;
    let accounts = shop.store()?.accounts(shop.tenant()).await?;
    assert_eq!(accounts[0].1.debt, 0);
    Ok(())
}

/// Nobody does anything at either counter: nothing is asked for, nothing is written.
#[tokio::test(flavor = "multi_thread")]
async fn two_open_baskets_of_one_customer_do_not_pass_the_right_to_and_fro() -> Result<(), Error> {
    let scene = Scene::open().await?;
    let Scene { shop, one, two, .. } = &scene;
    one.set_customer(&scene.ana.id.to_string())?;
    until("the first till to decide on Ana", || scene.decides(one)).await?;
    shop.agree(&[one, two]).await?;
    let written = |till: &Till| {
        let head = till.ledger().read(ledger::stream::head)?;
        Ok::<_, Error>(head.map(|head| head.seq))
    };
    let before = (written(one)?, written(two)?);
    for _ in 0..ROUNDS {
        // Who let the right go looks first: whatever it asked for, the other would hear of before it looks.
        for (till, cable) in [(two, &scene.second), (one, &scene.first)] {
            begins_again(till, cable).await?;
            shop.agree(&[one, two]).await?;
        }
    }
    assert_eq!((written(one)?, written(two)?), before);
    assert!(scene.decides(one) && !scene.decides(two));

    // Whoever does something gets it again.
    two.redeem_view()?;
    until("the second till to decide on Ana again", || {
        scene.decides(two)
    })
    .await
}
