//! Figures of an experiment.

use mostrador_ledger::record::record;
use mostrador_ledger::{Error, experiment, rebuild};
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::entry::{DerivedFigures, Payload, PaymentReached, ReachedCode};
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
    let payload = Payload::PaymentReached(reached);
    till.ledger
        .transact(|tx| record(tx, &till.stamp(), &payload).map(drop))
        .expect("an entry");
}

fn pay(till: &Counter, basket: u128, on: u32, variant: &'static str) {
    let sold = Sold {
        code: Some((variant, 1_500)),
        day: day(on),
        ..Sold::default()
    };
    let outcome: Result<(), Error> = till.ledger.transact(|tx| {
        let receipt = mostrador_ledger::receipt::next(tx)?;
        let mut sale = sold.sale(Uuid::from_u128(basket), receipt);
        sale.codes[0].parent = Some("VERANO".to_owned());
        sale.codes[0].assigned = true;
        record(tx, &till.stamp(), &Payload::SaleCompleted(Box::new(sale))).map(drop)
    });
    outcome.expect("a sale");
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

    till.ledger
        .transact(rebuild::projections)
        .expect("a rebuild");
    assert_eq!(arms(&till, 20, 22), expected);
}
