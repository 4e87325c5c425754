//! Experiments are counted over all stores, each basket once.

use chrono::NaiveDate;
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::entry::{Payload, PaymentReached, ReachedCode, UndoneAt};
use mostrador_protocol::message::Disposition::{Adjusted, Applied};
use mostrador_protocol::program::{CodeDocument, ProgramDocument, VariantDocument};
use mostrador_server::{Mint, Store};
use uuid::Uuid;

use super::scribe::{Scribe, TENANT, dispositions, sale, uses};

const ANA: Uuid = Uuid::from_u128(1);

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()
}

fn reached(basket: Uuid, variant: &str) -> Payload {
    Payload::PaymentReached(PaymentReached {
        basket_id: basket,
        customer_id: None,
        store: "centro".to_owned(),
        local_time: day().and_hms_opt(12, 0, 0).unwrap(),
        codes: vec![ReachedCode {
            text: variant.to_owned(),
            parent: "FREE".to_owned(),
            assigned: true,
        }],
        gross: 10_000,
        discount: 1_000,
    })
}

/// A paid basket with a variant of FREE.
fn paid(variant: &str) -> (Uuid, Payload) {
    let Payload::SaleCompleted(mut sale) = sale(ANA, variant) else {
        unreachable!("BUG: sale() makes sales");
    };
    sale.codes[0].parent = Some("FREE".to_owned());
    sale.codes[0].assigned = true;
    (sale.sale_id, Payload::SaleCompleted(sale))
}

fn id() -> Uuid {
    Mint::system().id().unwrap()
}

pub(crate) async fn a_basket_is_one_use_whichever_till_tells_of_it<S: Store>(store: S) {
    let mut first = Scribe::new(&store).await;
    let mut second = Scribe::another(&store).await;
    let (basket, sale) = paid("FREEA");
    first.write(id(), &reached(basket, "FREEA"));
    first.write(id(), &sale);
    second.write(id(), &reached(id(), "FREEA"));
    second.write(id(), &reached(id(), "FREEB"));
    first.push(&store, 0).await;
    assert_eq!(dispositions(&second.push(&store, 0).await), [Applied; 2]);
    first.push(&store, 0).await;

    let parent = CodeText::parse("FREE").unwrap();
    let arms = store.arms(TENANT, &parent, day()..=day()).await.unwrap();
    let told: Vec<String> = arms
        .iter()
        .map(|arm| {
            let money = (arm.revenue, arm.discount);
            format!("{} {} {} {money:?}", arm.variant, arm.uses, arm.conversions)
        })
        .collect();
    assert_eq!(told, ["FREEA 2 1 (9000, 1000)", "FREEB 1 0 (0, 0)"]);
    let other = store.arms("rival", &parent, day()..=day()).await.unwrap();
    assert!(other.is_empty());
}

pub(crate) async fn an_undone_sale_is_a_use_and_no_conversion<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let (_, kept) = paid("FREEA");
    let (_, undone) = paid("FREEA");
    let Payload::SaleCompleted(sold) = &undone else {
        unreachable!("BUG: paid() makes sales");
    };
    let at = UndoneAt {
        receipt: "D-1".to_owned(),
        store: "centro".to_owned(),
        terminal_id: till.terminal,
        cashier_id: id(),
        local_time: sold.local_time,
        reason: None,
        note: None,
        approval_id: None,
    };
    let void = Payload::SaleVoided(Box::new(sold.void(id(), at)));
    for payload in [&kept, &undone, &void] {
        till.write(id(), payload);
    }
    let accepted = till.push(&store, 0).await;
    assert_eq!(dispositions(&accepted), [Applied; 3]);
    let parent = CodeText::parse("FREE").unwrap();
    let arms = store.arms(TENANT, &parent, day()..=day()).await.unwrap();
    let figures = (arms[0].uses, arms[0].conversions, arms[0].revenue);
    assert_eq!(figures, (2, 1, 9_000));
}

pub(crate) async fn the_limits_of_a_parent_hold_over_its_variants<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let variant = |text: &str| VariantDocument {
        text: text.to_owned(),
        ..VariantDocument::default()
    };
    let code = CodeDocument {
        text: "FREE".to_owned(),
        total_limit: Some(1),
        variants: vec![variant("FREEA"), variant("FREEB")],
        ..CodeDocument::default()
    };
    let program = ProgramDocument {
        version: 99,
        codes: vec![code],
        ..ProgramDocument::bare("Café", "MXN", "America/Mexico_City")
    };
    store.publish(TENANT, program, 0).await.unwrap();
    till.write(id(), &paid("FREEA").1);
    till.write(id(), &paid("FREEB").1);
    let accepted = till.push(&store, 0).await;
    assert_eq!(dispositions(&accepted), [Applied, Adjusted]);
    assert_eq!(
        accepted.dispositions[1].reason.as_deref(),
        Some("over_limit: code FREE was used 2 times, its limit is 1")
    );
    assert_eq!(
        (uses(&store, "FREE").await, uses(&store, "FREEA").await),
        (2, 1)
    );
}
