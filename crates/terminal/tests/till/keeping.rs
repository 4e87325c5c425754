//! A till that stops in the middle of a sale.

use mostrador_terminal::view::TenderInput;

use crate::shop::{ANA, Shop};

const CASHIER: &str = "1212";
const MANAGER: &str = "8080";

/// A customer, a line, a code and a note, written down as the window does it after each change.
fn in_the_middle(shop: &Shop) {
    let till = &shop.till;
    till.set_customer(&ANA.to_string()).expect("Ana");
    till.keep_basket().expect("kept");
    till.add_product("queso", "2").expect("two cheeses");
    till.apply_code("verano10").expect("a code");
    till.note_tenders(&[cash(1_000_000)]).expect("noted");
    till.keep_basket().expect("kept");
}

fn cash(amount: i64) -> TenderInput {
    TenderInput {
        kind: "cash".to_owned(),
        amount,
    }
}

#[test]
fn whoever_had_the_basket_goes_on_with_it_after_a_stop() {
    let shop = Shop::open();
    in_the_middle(&shop);
    let before = shop.till.counter().expect("a counter");
    let shop = shop.restart();
    shop.till.unlock(CASHIER).expect("in");
    let view = shop.till.counter().expect("a counter");
    assert_eq!(view.said, "Había una venta abierta: aquí está.");
    assert_eq!((&view.lines, view.total), (&before.lines, before.total));
    assert_eq!(
        view.customer.map(|card| card.name),
        before.customer.map(|card| card.name)
    );
    assert_eq!(view.codes.len(), 1);
    assert_eq!(view.noted, [cash(1_000_000)]);
    shop.pay_cash();
    let shop = shop.restart();
    shop.till.unlock(CASHIER).expect("in");
    assert!(shop.till.counter().expect("a counter").lines.is_empty());
}

#[test]
fn somebody_else_finds_it_among_the_parked_ones() {
    let shop = Shop::open();
    in_the_middle(&shop);
    let shop = shop.restart();
    shop.till.unlock(MANAGER).expect("the manager");
    let view = shop.till.counter().expect("a counter");
    assert_eq!((view.lines.len(), view.parked), (0, 1));
    assert!(view.said.contains("está apartada"), "{}", view.said);
    let view = shop.till.recall().expect("recalled");
    assert_eq!((view.lines.len(), view.codes.len()), (1, 1));
    assert!(view.noted.is_empty());
    // It is there once: nobody finds it again.
    shop.till.clear_basket().expect("cleared");
    shop.till.keep_basket().expect("kept");
    let shop = shop.restart();
    shop.till.unlock(CASHIER).expect("in");
    let view = shop.till.counter().expect("a counter");
    assert_eq!((view.lines.len(), view.parked), (0, 0));
}

#[test]
fn what_was_sold_parked_or_cleared_does_not_come_back() {
    let mut shop = Shop::open();
    for end in ["sold", "parked", "cleared"] {
        in_the_middle(&shop);
        let parked = match end {
            "sold" => {
                shop.pay_cash();
                0
            }
            "parked" => shop.till.park().expect("parked").parked,
            _ => {
                shop.till.clear_basket().expect("cleared");
                shop.till.keep_basket().expect("kept");
                1
            }
        };
        shop = shop.restart();
        shop.till.unlock(CASHIER).expect("in");
        let view = shop.till.counter().expect("a counter");
        assert_eq!((view.lines.len(), view.parked), (0, parked), "{end}");
    }
}
