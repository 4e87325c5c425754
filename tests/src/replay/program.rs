//! The program and the customers of a replay, made from the data.

use mostrador_protocol::program::{CodeDocument, PointsDocument, ProgramDocument};
use uuid::Uuid;

use super::data::{Coupon, Dataset};

/// What every coupon takes off, cents.
const COUPON_CENTS: i64 = 100;

/// The customer of a household: the same id in every replay.
pub fn customer_id(household: u32) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(0, &{
        let mut bytes = [0; 10];
        bytes[6..].copy_from_slice(&household.to_be_bytes());
        bytes
    })
    .into_uuid()
}

/// One point per dollar, and every coupon of the data. The data names no time zone, so the store's
/// wall clock is read as UTC, where every local time exists once.
pub fn document(dataset: &Dataset) -> ProgramDocument {
    ProgramDocument {
        language: "en".to_owned(),
        points: Some(PointsDocument::default()),
        codes: dataset.coupons.iter().map(code).collect(),
        ..ProgramDocument::bare("Replay", "USD", "UTC")
    }
}

fn code(coupon: &Coupon) -> CodeDocument {
    CodeDocument {
        text: coupon.text.clone(),
        fixed: Some(COUPON_CENTS),
        stackable: true,
        products: coupon.products.iter().cloned().collect(),
        customers: coupon.households.iter().copied().map(customer_id).collect(),
        per_customer_limit: Some(1),
        valid_from: Some(coupon.from),
        valid_until: Some(coupon.until),
        ..CodeDocument::default()
    }
}

/// The customers as a file for `mostrador-server import customers`: names and phones are made from
/// the household number.
pub fn customers_csv(dataset: &Dataset) -> String {
    let rows = dataset.households.iter().map(|household| {
        let id = customer_id(*household);
        format!("{id},Household {household},555{household:07},,,HH-{household},false\n")
    });
    let header = "id,name,phone,email,birthday,card,marketing_consent\n";
    std::iter::once(header.to_owned()).chain(rows).collect()
}

/// The catalogue as a file for `mostrador-server import products`. Prices are 0: each line of the data
/// brings what was paid for it.
///
/// # Errors
/// Never in practice: the writer writes to memory.
pub fn products_csv(dataset: &Dataset) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "sku", "name", "price", "categories", "partner"])?;
    for (id, product) in &dataset.products {
        let named = format!("Product {id}");
        let name = if product.name.is_empty() {
            &named
        } else {
            &product.name
        };
        let categories = product.categories.join("|");
        let partner = product.partner.as_deref().unwrap_or_default();
        writer.write_record([id, id, name, "0", &categories, partner])?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// One cashier per store, as a file for `mostrador-server import staff`.
pub fn staff_csv(stores: &[String]) -> String {
    let rows = stores
        .iter()
        .enumerate()
        .map(|(number, store)| format!("Cashier {store},cashier,{store},{}\n", 4000 + number));
    std::iter::once("name,role,store,pin\n".to_owned())
        .chain(rows)
        .collect()
}
