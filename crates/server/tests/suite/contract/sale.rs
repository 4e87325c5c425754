//! Sales by their number, with what undid them.

use chrono::NaiveDate;
use mostrador_loyalty::basket::Quantity;
use mostrador_loyalty::refund::ReturnedLine;
use mostrador_protocol::entry::{Chosen, Decoded, Payload, SaleCompleted, SaleRefunded, UndoneAt};
use mostrador_protocol::found::FoundSale;
use mostrador_server::{Mint, Store};
use uuid::Uuid;

use super::scribe::{Scribe, TENANT, sale};

const ANA: Uuid = Uuid::from_u128(1);

fn sold(receipt: &str) -> SaleCompleted {
    let Payload::SaleCompleted(sale) = sale(ANA, "FREE") else {
        panic!("a sale")
    };
    SaleCompleted {
        receipt: receipt.to_owned(),
        ..*sale
    }
}

fn first_line_back(sale: &SaleCompleted, receipt: &str) -> SaleRefunded {
    let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let chosen = Chosen {
        refund_id: Mint::system().id().unwrap(),
        lines: vec![ReturnedLine {
            line: 0,
            quantity: Quantity::ONE,
        }],
        tender: "cash".to_owned(),
        at: UndoneAt {
            receipt: receipt.to_owned(),
            store: "centro".to_owned(),
            terminal_id: Uuid::nil(),
            cashier_id: Uuid::nil(),
            local_time: day.and_hms_opt(9, 0, 0).unwrap(),
            reason: Some("damaged".to_owned()),
            note: None,
            approval_id: None,
        },
    };
    sale.refund(&[], chosen, |_| false).unwrap()
}

fn kinds(found: &FoundSale) -> Vec<String> {
    let entries = std::iter::once(&found.sale).chain(&found.undone);
    entries
        .map(|entry| entry.entry.header().unwrap().kind)
        .collect()
}

pub(crate) async fn a_sale_is_found_by_its_number_with_what_undid_it<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let sale = sold("CAJA1-7K00001");
    let write = |till: &mut Scribe, payload: Payload| {
        till.write(Mint::system().id().unwrap(), &payload);
    };
    write(&mut till, Payload::SaleCompleted(Box::new(sale.clone())));
    let other = sold("CAJA1-7K00002");
    write(&mut till, Payload::SaleCompleted(Box::new(other)));
    till.push(&store, 0).await;
    let mut elsewhere = Scribe::another(&store).await;
    let refund = first_line_back(&sale, "CAJA2-9900001");
    write(
        &mut elsewhere,
        Payload::SaleRefunded(Box::new(refund.clone())),
    );
    elsewhere.push(&store, 0).await;

    let id = sale.sale_id.to_string();
    for number in ["CAJA1-7K00001", "caja1-7k00001", "CAJA2-9900001", &id] {
        let found = store.sales(TENANT, number).await.unwrap();
        let [found] = found.as_slice() else {
            panic!("{number}: {found:?}")
        };
        assert_eq!(kinds(found), ["sale_completed", "sale_refunded"]);
        let raw = &found.undone[0].entry;
        let Decoded::Known(Payload::SaleRefunded(told)) =
            raw.payload(&raw.header().unwrap()).unwrap()
        else {
            panic!("a refund")
        };
        assert_eq!(*told, refund);
    }
    assert!(
        store
            .sales(TENANT, "CAJA1-7K00003")
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store
            .sales("other", "CAJA1-7K00001")
            .await
            .unwrap()
            .is_empty()
    );
}

pub(crate) async fn two_sales_of_one_number_are_both_found<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let mut another = Scribe::another(&store).await;
    for scribe in [&mut till, &mut another] {
        let sale = Payload::SaleCompleted(Box::new(sold("CAJA1-7K00001")));
        scribe.write(Mint::system().id().unwrap(), &sale);
        scribe.push(&store, 0).await;
    }
    let found = store.sales(TENANT, "CAJA1-7K00001").await.unwrap();
    assert_eq!(found.len(), 2);
    assert_ne!(found[0].sale.place, found[1].sale.place);
}
