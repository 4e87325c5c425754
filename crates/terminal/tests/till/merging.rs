//! Two records of one person: seen side by side, made one with a manager's PIN, found by everything.

use mostrador_ledger as ledger;
use mostrador_protocol::program::{CodeDocument, VariantDocument};
use mostrador_protocol::row::Customer;
use mostrador_terminal::view::{BoxReading, MergeSaved, MergeView, ProfileInput, ProfileSaved};
use uuid::Uuid;

use crate::server::Line;
use crate::shop::{ANA, ANA_MARIA, BRUNO, Shop, trouble};

const MANAGER: &str = "8080";

/// Ana bought for 54,000 and Ana María for 24,000, and no line is up any more.
fn shop() -> Shop {
    let shop = Shop::open();
    shop.settle();
    shop.server.set_line(Line::Cut);
    for (id, product, quantity) in [(ANA, "queso", "3"), (ANA_MARIA, "limonada", "2")] {
        shop.till.set_customer(&id.to_string()).expect("known");
        shop.till.add_product(product, quantity).expect("added");
        shop.pay_cash();
    }
    shop
}

fn preview(shop: &Shop, survivor: Uuid, absorbed: Uuid) -> MergeView {
    let view = shop
        .till
        .preview_merge(&survivor.to_string(), &absorbed.to_string());
    view.expect("a view")
}

fn merge(shop: &Shop, survivor: Uuid, absorbed: Uuid) -> MergeSaved {
    let (survivor, absorbed) = (survivor.to_string(), absorbed.to_string());
    let saved = shop.till.merge_customers(&survivor, &absorbed, MANAGER);
    saved.expect("an answer")
}

fn profile(shop: &Shop, id: Uuid) -> Customer {
    let found = shop
        .till
        .ledger()
        .read(|look| ledger::customer::get(look, id));
    found.expect("read").expect("a profile")
}

fn row<'a>(view: &'a MergeView, name: &str) -> (&'a str, &'a str, &'a str) {
    let row = view.rows.iter().find(|row| row.name == name);
    let row = row.unwrap_or_else(|| panic!("{name} in {view:?}"));
    (&row.survivor, &row.absorbed, &row.after)
}

#[test]
fn two_records_are_seen_side_by_side_and_become_one_offline() {
    let shop = shop();
    let view = preview(&shop, ANA, ANA_MARIA);
    // 60 x 1.5 x 1.2 = 108 and 24 x 1.5 x 1.2 = 43.2, down.
    assert_eq!(row(&view, "Puntos"), ("108", "43", "151"));
    assert_eq!(row(&view, "Compras"), ("1", "1", "2"));
    assert_eq!(row(&view, "Nivel"), ("Bronce", "Bronce", "Bronce"));
    assert_eq!(row(&view, "Tarjeta"), ("LX-100", "LX-300", "LX-100"));
    assert!(view.refusal.is_empty(), "{}", view.refusal);
    assert_eq!(preview(&shop, ANA, ANA_MARIA), view, "nothing is written");

    let MergeSaved::Merged { counter } = merge(&shop, ANA, ANA_MARIA) else {
        panic!("they are two");
    };
    let card = counter.customer.expect("on the basket");
    assert_eq!((card.id.as_str(), card.balance), (&*ANA.to_string(), 151));
    assert_eq!(counter.said, "Las dos fichas son una: Ana Peña.");

    // Whatever names either of them finds the one that stays, once.
    for text in ["LX-100", "LX-300", "3001234567", "3151112233", "ana maria"] {
        match shop.till.read_box(text).expect("a reading") {
            BoxReading::Customers { hits, .. } => {
                let ids: Vec<&str> = hits.iter().map(|hit| hit.id.as_str()).collect();
                assert_eq!(ids, [ANA.to_string()], "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    // An old id, as a parked basket holds it, is the same person, and what they buy counts there.
    let counter = shop.till.set_customer(&ANA_MARIA.to_string());
    assert_eq!(
        counter.expect("known").customer.expect("Ana").id,
        ANA.to_string()
    );
    shop.till.add_product("queso", "1").expect("added");
    shop.pay_cash();
    let (holder, account) = shop
        .till
        .ledger()
        .read(|look| ledger::account::held(look, ANA_MARIA))
        .expect("read");
    assert_eq!((holder, account.purchases), (ANA, 3));
    let history = shop.till.history(&ANA.to_string()).expect("a history");
    let told = |part: &str| history.events.iter().any(|event| event.what.contains(part));
    assert!(
        told("Se unió con la ficha de Ana María Ríos"),
        "{history:?}"
    );
}

#[test]
fn a_coupon_of_the_record_that_was_merged_comes_back_as_offered() {
    let shop = crate::points_shop::shop(vec![crate::points_shop::lot(600, "2026-02-01")]);
    shop.settle();
    shop.server.set_line(Line::Cut);
    let made = shop.till.make_coupon("cinco-mil").expect("made");
    let made = crate::points_shop::slip(made);
    merge(&shop, BRUNO, ANA);
    let coupons = shop.till.redeem_view().expect("a view").coupons;
    assert_eq!(
        (coupons[0].code.as_str(), coupons[0].kept.as_str()),
        (made.code.as_str(), "")
    );
    let view = shop.till.return_coupon(&made.code).expect("returned");
    assert!(view.said.contains("150 puntos"), "{}", view.said);
    assert_eq!(view.customer.expect("Bruno").balance, 600);
}

#[test]
fn a_basket_of_the_record_that_was_merged_counts_the_variant_that_it_is_priced_with() {
    let code = |number: u32| format!("PRUEBA{number}");
    let shop = Shop::open_with(|program| {
        for number in 0..6 {
            let variant = |ending: &str, percent_bp| VariantDocument {
                text: format!("{}{ending}", code(number)),
                percent_bp: Some(percent_bp),
                total_limit: Some(1),
                ..VariantDocument::default()
            };
            program.codes.push(CodeDocument {
                text: code(number),
                percent_bp: Some(1_000),
                variants: vec![variant("A", 1_500), variant("B", 500)],
                ..CodeDocument::default()
            });
        }
    });
    shop.settle();
    shop.server.set_line(Line::Cut);
    let variant = |customer: Uuid, number: u32| {
        shop.till
            .set_customer(&customer.to_string())
            .expect("known");
        shop.till.add_product("queso", "").expect("added");
        let view = shop.till.apply_code(&code(number)).expect("scanned");
        view.codes[0].variant.clone()
    };
    let number = (0..6).find(|number| {
        let ana = variant(ANA, *number);
        shop.till.clear_basket().expect("cleared");
        let other = variant(ANA_MARIA, *number);
        shop.till.clear_basket().expect("cleared");
        ana != other
    });
    let number = number.expect("of six codes one has another variant for each of them");
    variant(ANA_MARIA, number);
    shop.till.park().expect("parked");
    variant(ANA, number);
    shop.pay_cash();
    merge(&shop, ANA, ANA_MARIA);
    shop.till.clear_basket().expect("cleared");
    let view = shop.till.recall().expect("recalled");
    assert_eq!(view.refused[0].refusal, "total_limit_reached");
}

#[test]
fn records_that_are_one_are_not_merged_again_and_not_in_a_circle() {
    let shop = shop();
    merge(&shop, ANA, ANA_MARIA);
    merge(&shop, BRUNO, ANA);
    for (survivor, absorbed) in [
        (ANA, ANA_MARIA),
        (ANA_MARIA, ANA),
        (BRUNO, ANA),
        (ANA_MARIA, BRUNO),
        (ANA, ANA),
    ] {
        let view = preview(&shop, survivor, absorbed);
        assert!(view.refusal.ends_with("[already_one]"), "{view:?}");
        let saved = merge(&shop, survivor, absorbed);
        let MergeSaved::Refused { refusal, .. } = saved else {
            panic!("{saved:?}");
        };
        assert_eq!(refusal, "already_one");
    }
    let held = shop
        .till
        .ledger()
        .read(|look| ledger::account::held(look, ANA_MARIA));
    let (holder, account) = held.expect("read");
    assert_eq!((holder, account.purchases), (BRUNO, 2));
}

#[test]
fn a_merge_needs_a_manager_and_two_people_who_are_known() {
    let shop = shop();
    let merge = |other: Uuid, pin: &str| {
        let (ana, other) = (ANA.to_string(), other.to_string());
        trouble(shop.till.merge_customers(&ana, &other, pin)).0
    };
    assert_eq!(merge(BRUNO, ""), "approval_needed");
    assert_eq!(merge(BRUNO, "1212"), "not_a_manager");
    assert_eq!(merge(Uuid::from_u128(99), MANAGER), "unknown_customer");
    assert!(preview(&shop, ANA, BRUNO).refusal.is_empty(), "still two");
}

#[test]
fn what_the_record_that_stays_lacks_comes_from_the_other_and_can_be_corrected() {
    let shop = shop();
    let mut fields = shop
        .till
        .edit_profile(&ANA_MARIA.to_string())
        .expect("a form")
        .fields;
    fields.email = "ana@example.co".to_owned();
    shop.till.save_profile(&fields).expect("saved");
    merge(&shop, ANA, ANA_MARIA);
    let united = profile(&shop, ANA);
    assert_eq!(united.email.as_deref(), Some("ana@example.co"));
    assert_eq!(united.phone.as_deref(), Some("3001234567"));

    // The other record's phone is their own by now.
    let input = ProfileInput {
        phone: "315 111 22 33".to_owned(),
        ..shop
            .till
            .edit_profile(&ANA.to_string())
            .expect("a form")
            .fields
    };
    let saved = shop.till.save_profile(&input).expect("an outcome");
    assert!(matches!(saved, ProfileSaved::Saved { .. }), "{saved:?}");
    let taken = ProfileInput {
        phone: "3109876543".to_owned(),
        ..input
    };
    let saved = shop.till.save_profile(&taken).expect("an outcome");
    assert!(matches!(saved, ProfileSaved::Known { .. }), "{saved:?}");
}
