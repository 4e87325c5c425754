//! Programs come and go, the till sells on: what is in force, what is kept, what is said.

use mostrador_ledger as ledger;
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::Row;
use mostrador_terminal::view::{Language, SyncState};

use crate::shop::{ANA, Shop, cash, options, trouble};

/// The shop's program with another number, changed.
fn version(shop: &Shop, number: u32, change: impl FnOnce(&mut ProgramDocument)) -> Row {
    let current = shop.till.ledger().read(ledger::program::current);
    let mut document = current.expect("a program").expect("a program");
    document.version = number;
    change(&mut document);
    Row::Program(Box::new(document))
}

fn verano_gives(percent_bp: u32) -> impl FnOnce(&mut ProgramDocument) {
    move |document| {
        let code = document
            .codes
            .iter_mut()
            .find(|code| code.text == "VERANO10");
        code.expect("a code").percent_bp = Some(percent_bp);
    }
}

/// Publishes, and waits until the till has it.
fn publish(shop: &Shop, row: Row, number: u32) {
    shop.server.publish([row]);
    shop.till.sync_now().expect("tried");
    shop.until("it arrived", |till| {
        let versions = till.ledger().read(ledger::program::versions);
        versions.expect("versions").contains(&number)
    });
}

fn scan_cheese(shop: &Shop) -> i64 {
    shop.till.add_product("queso", "").expect("added");
    shop.till.apply_code("VERANO10").expect("applied").total
}

/// Versions of the programs that priced the sales, the first sale first.
fn priced_by(shop: &Shop) -> Vec<u32> {
    let sales = shop.server.sales();
    let sold = sales.iter().map(|sale| {
        let found = shop
            .till
            .ledger()
            .read(|connection| ledger::sale::by_id(connection, sale.sale_id));
        found.expect("read").expect("the sale").program_version
    });
    sold.collect()
}

#[test]
fn a_sale_records_the_version_that_priced_it_and_the_till_keeps_them_all() {
    let shop = Shop::open();
    shop.settle();
    assert_eq!(scan_cheese(&shop), 1_800_000);
    let first = shop.pay_cash();
    let two = version(&shop, 2, |document| {
        document.tiers = None;
        verano_gives(2_000)(document);
    });
    publish(&shop, two, 2);
    assert_eq!(scan_cheese(&shop), 1_600_000);
    shop.pay_cash();
    shop.settle();
    assert_eq!(priced_by(&shop), [1, 2]);
    let versions = shop.till.ledger().read(ledger::program::versions);
    assert_eq!(versions.expect("versions"), [2, 1]);
    let shop = shop.restart();
    shop.till.unlock("1212").expect("Rosa is at work");
    let again = shop.till.receipt(&first.sale_id).expect("a copy");
    assert_eq!(again.total, 1_800_000);
}

#[test]
fn a_version_does_not_change_and_a_lower_one_does_not_come_back() {
    let shop = Shop::open();
    shop.settle();
    let one_again = version(&shop, 1, verano_gives(9_000));
    let two = version(&shop, 2, verano_gives(2_000));
    publish(&shop, two, 2);
    let two_again = version(&shop, 2, verano_gives(9_000));
    shop.server.publish([one_again, two_again]);
    publish(&shop, version(&shop, 3, verano_gives(3_000)), 3);
    let read = |number| {
        let by_version = |connection: &_| ledger::program::by_version(connection, number);
        let document = shop.till.ledger().read(by_version).expect("read");
        let codes = document.expect("a program").codes;
        let code = codes.into_iter().find(|code| code.text == "VERANO10");
        code.expect("a code").percent_bp
    };
    assert_eq!(
        [read(1), read(2), read(3)],
        [Some(1_000), Some(2_000), Some(3_000)]
    );
    assert_eq!(scan_cheese(&shop), 1_400_000);
}

#[test]
fn an_open_basket_is_priced_again_and_the_cashier_is_told_when_the_total_changed() {
    let shop = Shop::open();
    shop.settle();
    let before = scan_cheese(&shop);
    publish(&shop, version(&shop, 2, verano_gives(1_000)), 2);
    let view = shop.till.counter().expect("a counter");
    assert!(
        !view.said.contains("reglas"),
        "nothing changed for this basket: {}",
        view.said
    );
    publish(&shop, version(&shop, 3, verano_gives(2_000)), 3);
    // A payment of what was on the screen is not taken unseen.
    let (code, said) = trouble(shop.till.pay(&[cash(before)], before));
    assert_eq!(
        (code.as_str(), said.as_str()),
        ("price_changed", "El total cambió: ahora es $\u{a0}16.000.")
    );
    let view = shop.till.counter().expect("a counter");
    assert_eq!(
        (view.total, view.said.as_str()),
        (
            1_600_000,
            "Cambiaron las reglas de la tienda: el total pasó de $\u{a0}18.000 a $\u{a0}16.000. Confírmelo con el cliente."
        )
    );
    let again = shop.till.counter().expect("a counter");
    assert_eq!(again.said, view.said, "it stays until the next action");
    let next = shop.till.add_product("queso", "").expect("added");
    assert!(!next.said.contains("reglas"), "{}", next.said);
    shop.pay_cash();
    shop.settle();
    assert_eq!(priced_by(&shop), [3]);
}

#[test]
fn a_parked_basket_is_priced_by_the_rules_of_the_day_it_comes_back() {
    let shop = Shop::open();
    shop.settle();
    scan_cheese(&shop);
    shop.till.park().expect("parked");
    publish(&shop, version(&shop, 2, verano_gives(2_000)), 2);
    let view = shop.till.recall().expect("recalled");
    assert_eq!(view.total, 1_600_000);
}

#[test]
fn a_till_sells_on_with_the_newest_program_that_it_can_read_and_says_so() {
    let shop = Shop::open();
    shop.settle();
    let later = r#"{"kind":"program","body":{"version":2,"name":"LIVEX","moon":{"phase":"full"}}}"#;
    publish(&shop, serde_json::from_str(later).expect("a row"), 2);
    // What comes behind it in the feed arrives.
    shop.until("told", |till| {
        till.sync_view().expect("a view").state == SyncState::NeedsAttention
    });
    let view = shop.till.sync_view().expect("a view");
    assert_eq!(view.sentence, "Requiere atención (1)");
    assert_eq!(
        view.attention,
        [
            "Llegó la versión 2 de las reglas y este programa no la entiende: se sigue vendiendo con la versión 1. Actualice el programa de la caja. [program_unread]"
        ]
    );
    assert_eq!(scan_cheese(&shop), 1_800_000);
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    shop.pay_cash();
    shop.until("sent", |_| shop.server.sales().len() == 1);
    assert_eq!(priced_by(&shop), [1]);

    // One that can be read but not compiled is passed over as well; the next good one is in force.
    let broken = version(&shop, 3, |document| document.currency = "moons".to_owned());
    publish(&shop, broken, 3);
    assert!(shop.till.sync_view().expect("a view").attention[0].contains("versión 3"));
    let shop = shop.restart();
    shop.till.unlock("1212").expect("Rosa is at work");
    assert_eq!(scan_cheese(&shop), 1_800_000);
    let good = version(&shop, 4, |document| {
        document.currency = "COP".to_owned();
        verano_gives(2_000)(document);
    });
    publish(&shop, good, 4);
    assert_eq!(shop.till.counter().expect("a counter").total, 1_600_000);
    assert_eq!(
        shop.till.sync_view().expect("a view").attention,
        Vec::<String>::new()
    );
}

#[test]
fn a_till_that_never_had_a_program_says_so() {
    let shop = Shop::open();
    shop.stop();
    let folder = tempfile::tempdir().expect("a folder");
    let till = mostrador_terminal::Till::open(options(&folder, &shop.server, &shop.clock))
        .expect("a new till");
    let said = till
        .parse_amount("5")
        .expect_err("no program")
        .trouble(Language::Es);
    assert_eq!(said.code, "no_program");
    assert!(!said.hint.is_empty());
}
