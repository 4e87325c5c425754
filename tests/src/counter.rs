//! Who stands at a till in a story, and what they do there again and again.

use mostrador_protocol::row::Customer;
use mostrador_server::Store as _;
use mostrador_sync::clock::{Clock as _, SystemClock};
use mostrador_terminal::view::{ProfileInput, ProfileSaved, ReceiptView, TenderInput};
use mostrador_terminal::{SaleRequest, SaleRequestLine, Till};
use rust_decimal::Decimal;

use crate::Error;
use crate::shop::Shop;

/// The PIN of somebody with this role, which a demo company shows.
///
/// # Panics
/// When it shows none: then nothing that follows can be told.
pub fn pin(till: &Till, role: &str) -> String {
    let pins = till.view().demo_pins;
    let found = pins.iter().find(|person| person.role == role);
    found.expect("the demo shows its PINs").pin.clone()
}

/// A code of a program that can be used once, by anybody at any till.
#[must_use]
pub fn usable_once(code: &str) -> String {
    format!("\n[[codes]]\ntext = \"{code}\"\npercent_bp = 1000\ntotal_limit = 1\n")
}

/// A cashier comes to work.
///
/// # Errors
/// When there is none, or the till refuses.
pub fn work(till: &Till) -> Result<(), Error> {
    till.unlock(&pin(till, "cashier"))?;
    Ok(())
}

/// Pays what is due of the open basket exactly, with one tender of this kind where anything is due.
///
/// # Errors
/// When the till refuses.
pub fn pay_with(till: &Till, kind: &str) -> Result<ReceiptView, Error> {
    let due = till.counter()?.due;
    let tender = TenderInput {
        kind: kind.to_owned(),
        amount: due,
    };
    let tenders: Vec<TenderInput> = (due > 0).then_some(tender).into_iter().collect();
    Ok(till.pay(&tenders, due)?)
}

/// Pays what is due of the open basket in cash.
///
/// # Errors
/// When the till refuses.
pub fn pay(till: &Till) -> Result<ReceiptView, Error> {
    pay_with(till, "cash")
}

/// Every customer of a shop, by card.
///
/// # Errors
/// When the server's data cannot be read.
pub async fn regulars(shop: &Shop) -> Result<Vec<Customer>, Error> {
    let mut customers = shop.store()?.customers(shop.tenant()).await?;
    customers.sort_by(|one, other| one.card.cmp(&other.card));
    Ok(customers)
}

/// The first of them.
///
/// # Errors
/// When there is none.
pub async fn somebody(shop: &Shop) -> Result<Customer, Error> {
    let first = regulars(shop).await?.into_iter().next();
    first.ok_or_else(|| std::io::Error::other("no customers were imported").into())
}

/// Points to begin with: a purchase of 2,000 pesos now; how many points it earned.
///
/// # Errors
/// When the till refuses.
pub fn earn(till: &Till, customer: &Customer) -> Result<i64, Error> {
    let sold = till.sell(&SaleRequest {
        reference: "first".to_owned(),
        at_ms: SystemClock::new().now_ms(),
        cashier: None,
        customer: Some(customer.id),
        lines: vec![SaleRequestLine {
            product: "chemex".to_owned(),
            quantity: Decimal::ONE,
            unit_price: Some(200_000),
        }],
        codes: Vec::new(),
    })?;
    Ok(sold.sale.points.map_or(0, |points| points.earned))
}

/// Enrols Zulema, whom nobody knows yet, onto the open basket; her id.
///
/// # Errors
/// When the till refuses, or somebody has her phone already.
pub fn enrol_zulema(till: &Till) -> Result<String, Error> {
    let input = ProfileInput {
        name: "Zulema Ñáñez".to_owned(),
        phone: "55 1234 9876".to_owned(),
        ..ProfileInput::default()
    };
    let saved = match till.save_profile(&input)? {
        ProfileSaved::Saved { counter } => counter.customer,
        ProfileSaved::Known { .. } | ProfileSaved::Refused { .. } => None,
    };
    let nobody = || std::io::Error::other("she is not on the basket").into();
    saved.map(|card| card.id).ok_or_else(nobody)
}
