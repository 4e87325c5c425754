//! Figures of an experiment.

use mostrador_ledger::record::record;
use mostrador_ledger::{Error, experiment, rebuild};
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::entry::{
    DerivedFigures, Payload, PaymentReached, ReachedCode, SaleCompleted, UndoneAt,
};
use uuid::Uuid;

use crate::counter::{Counter, Sold, day};

fn reach(till: &Counter, basket: u128, on: u32, variant: &str, assigned: bool) {
    let reached = PaymentReached {
        basket_id: Uuid::from_u128(basket),
        customer_id: None,
        store: "centro".to_owned(),
        local_time: day(on).and_hms_opt(9, 0, 0).expect("a time"),
        codes: vec![ReachedCode {
            text: variant.to_owned(),
            parent: "VERANO".to_owned(),
            assigned,
        }],
        gross: 10_000,
        discount: 1_500,
    };
    record_one(till, &Payload::PaymentReached(reached));
}

fn pay(till: &Counter, basket: u128, on: u32, variant: &'static str) {
    write(till, |sale| {
        sale.sale_id = Uuid::from_u128(basket);
        variant.clone_into(&mut sale.codes[0].text);
        sale.local_time = day(on).and_hms_opt(10, 0, 0).expect("a time");
    });
}

/// A sale of day 22 with the variant A assigned, but for what `change` says.
fn write(till: &Counter, change: impl FnOnce(&mut SaleCompleted)) -> SaleCompleted {
    let sold = Sold {
        code: Some(("VERANOA", 1_500)),
        day: day(22),
        ..Sold::default()
    };
    let receipt = till.ledger.read(mostrador_ledger::receipt::next);
    let mut sale = sold.sale(Uuid::nil(), receipt.expect("a number"));
    sale.codes[0].parent = Some("VERANO".to_owned());
    sale.codes[0].assigned = true;
    change(&mut sale);
    record_one(till, &Payload::SaleCompleted(Box::new(sale.clone())));
    sale
}

fn record_one(till: &Counter, payload: &Payload) {
    let outcome: Result<(), Error> = till
        .ledger
        .transact(|tx| record(tx, &till.stamp(), payload).map(drop));
    outcome.expect("an entry");
}

fn at() -> UndoneAt {
    UndoneAt {
        receipt: "D-1".to_owned(),
        store: "centro".to_owned(),
        terminal_id: Uuid::nil(),
        cashier_id: Uuid::nil(),
        local_time: day(22).and_hms_opt(11, 0, 0).expect("a time"),
        reason: None,
        note: None,
        approval_id: None,
    }
}

fn arms(till: &Counter, from: u32, through: u32) -> Vec<DerivedFigures> {
    let parent = CodeText::parse("VERANO").expect("a code");
    let found = till
        .ledger
        .read(|look| experiment::arms(look, &parent, day(from), day(through)));
    found.expect("the figures")
}

#[test]
fn a_basket_is_one_use_and_a_paid_one_a_conversion() {
    let till = Counter::enrolled();
    reach(&till, 1, 20, "VERANOA", true);
    reach(&till, 1, 20, "VERANOA", true);
    pay(&till, 1, 20, "VERANOA");
    reach(&till, 2, 21, "VERANOA", false);
    reach(&till, 3, 21, "VERANOB", true);
    pay(&till, 4, 22, "VERANOA");
    let figures = |name: &str, uses, assigned, paid, revenue, discount| DerivedFigures {
        variant: CodeText::parse(name).expect("a code"),
        uses,
        assigned,
        conversions: paid,
        assigned_conversions: paid,
        revenue,
        discount,
    };
    let expected = [
        figures("VERANOA", 3, 2, 2, 17_000, 3_000),
        figures("VERANOB", 1, 1, 0, 0, 0),
    ];
    assert_eq!(arms(&till, 20, 22), expected);
    assert_eq!(arms(&till, 21, 21)[0], figures("VERANOA", 1, 0, 0, 0, 0));
    assert!(arms(&till, 23, 30).is_empty());

    // A code that took nothing off, and a sale that is undone, are uses and convert nobody.
    write(&till, |sale| {
        sale.sale_id = Uuid::from_u128(5);
        sale.codes[0].text = "VERANOB".to_owned();
        sale.codes[0].consumed = false;
    });
    let undone = write(&till, |sale| sale.sale_id = Uuid::from_u128(6));
    let expected = [
        figures("VERANOA", 4, 3, 3, 25_500, 4_500),
        figures("VERANOB", 2, 2, 0, 0, 0),
    ];
    assert_eq!(arms(&till, 20, 22), expected);
    let void = undone.void(Uuid::from_u128(60), at());
    record_one(&till, &Payload::SaleVoided(Box::new(void)));
    let expected = [
        figures("VERANOA", 4, 3, 2, 17_000, 3_000),
        figures("VERANOB", 2, 2, 0, 0, 0),
    ];
    assert_eq!(arms(&till, 20, 22), expected);

    till.ledger
        .transact(rebuild::projections)
        .expect("a rebuild");
    assert_eq!(arms(&till, 20, 22), expected);
}
