//! Comparing the paper with the files on both sides.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use mostrador_ledger as ledger;
use mostrador_protocol::entry::Payload;
use mostrador_server::Store as _;
use mostrador_sync::clock::{Clock as _, SystemClock};
use mostrador_sync::random::Random;
use mostrador_terminal::view::TenderInput;
use mostrador_terminal::{Error as TillError, SaleRequest, SaleRequestLine, Till};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::books::Books;
use super::tally::Tally;
use super::worker::Receipt;
use crate::Error;
use crate::counter;
use crate::deadline::Deadline;
use crate::shop::{Shop, options};

/// The code that every till of the table scans: its uses on the server are a second count of the sales.
pub const CODE: &str = "CAFE10";

/// The product that every till of the table sells.
pub const PRODUCT: &str = "cortado";

/// The card of the customer who buys everything: their purchases and points on the server are a third one.
pub const CARD: &str = "VT-10000348";

/// What a process is told that sells as [`sell`] does.
pub const SELLING: [&str; 6] = ["--product", PRODUCT, "--code", CODE, "--card", CARD];

/// How often a price may change while one basket is paid.
const CHARGES: usize = 5;

/// A process that another row is just starting holds this one's files, locks too, until it becomes another program.
const UNLOCKING: Duration = Duration::from_secs(5);

/// Opens a till in this process. A panic is a failure of the till like any other, only worse.
///
/// # Errors
/// What the till says, or `None` when it panicked.
pub fn open(data: &Path) -> Result<Till, Option<TillError>> {
    let deadline = Deadline::after(UNLOCKING);
    loop {
        let opened = catch_unwind(AssertUnwindSafe(|| Till::open(options(data))));
        match opened.map_err(|_| None)? {
            Err(error) if error.code() == "ledger_already_open" && deadline.pause("").is_ok() => {}
            opened => return opened.map_err(Some),
        }
    }
}

/// The same for a till that has nothing to complain of.
///
/// # Errors
/// When it complains.
pub fn opened(data: &Path) -> Result<Till, Error> {
    open(data).map_err(|error| match error {
        Some(error) => error.into(),
        None => std::io::Error::other("a till panicked").into(),
    })
}

/// One unit of something, for somebody.
#[derive(Debug, Clone, Copy)]
pub struct Basket<'a> {
    /// Product id.
    pub product: &'a str,
    /// The code that is scanned with it.
    pub code: Option<&'a str>,
    /// The customer's card.
    pub card: Option<&'a str>,
}

impl Basket<'_> {
    /// Sells it, under a number that no other basket has.
    ///
    /// # Errors
    /// When the till refuses, or does not know the card.
    pub fn sell(&self, till: &Till) -> Result<Receipt, TillError> {
        let customer = self.card.map(|card| holder(till, card)).transpose()?;
        let sold = till.sell(&SaleRequest {
            reference: Random::system().name().to_string(),
            at_ms: SystemClock::new().now_ms(),
            cashier: None,
            customer,
            lines: vec![SaleRequestLine {
                product: self.product.to_owned(),
                quantity: Decimal::ONE,
                unit_price: None,
            }],
            codes: self.code.map(str::to_owned).into_iter().collect(),
        })?;
        Ok((sold.sale.sale_id, sold.sale.total))
    }
}

/// Sells one unit to the customer of the table, as its processes do.
///
/// # Errors
/// When the till refuses.
pub fn sell(till: &Till) -> Result<Receipt, TillError> {
    let basket = Basket {
        product: PRODUCT,
        code: Some(CODE),
        card: Some(CARD),
    };
    basket.sell(till)
}

/// Whose card it is.
///
/// # Errors
/// When the till does not know it.
pub fn holder(till: &Till, card: &str) -> Result<Uuid, TillError> {
    let holder = till
        .ledger()
        .read(|look| ledger::customer::by_card(look, card))?;
    let holder = holder.ok_or(TillError::UnknownCustomer)?;
    Ok(holder.id)
}

/// One unit with a code at the counter: scanned by a cashier, who waits for the right as people do, and paid. Where
/// the right comes only then, the price is another, and the cashier charges again.
///
/// # Errors
/// When the till refuses.
pub fn charge(till: &Till, product: &str, code: &str) -> Result<Receipt, TillError> {
    till.unlock(&counter::pin(till, "cashier"))?;
    till.clear_basket()?;
    till.add_product(product, "1")?;
    till.apply_code(code)?;
    let mut paid = pay(till);
    for _ in 0..CHARGES {
        if !matches!(paid, Err(TillError::PriceChanged { .. })) {
            break;
        }
        paid = pay(till);
    }
    paid
}

/// What is due of the open basket, in cash.
fn pay(till: &Till) -> Result<Receipt, TillError> {
    let due = till.counter()?.due;
    let cash = TenderInput {
        kind: "cash".to_owned(),
        amount: due,
    };
    let receipt = till.pay(&[cash], due)?;
    Ok((receipt.sale_id.parse().unwrap_or_default(), receipt.total))
}

/// Which of `printed` the till's file does not have, or has with another amount.
///
/// # Errors
/// When the file cannot be read.
pub fn missing(till: &Till, printed: &[Receipt]) -> Result<Vec<Uuid>, Error> {
    let mut missing = Vec::new();
    for (id, total) in printed {
        let found = till.ledger().read(|look| {
            let sold = ledger::sale::by_id(look, *id)?.map(|sold| sold.sale.total);
            let undone = || {
                let undone = ledger::undo::by_id(look, *id)?;
                Ok::<_, ledger::Error>(undone.and_then(|undone| match undone.payload {
                    Payload::SaleRefunded(refund) => Some(refund.money),
                    _ => None,
                }))
            };
            sold.map_or_else(undone, |total| Ok(Some(total)))
        })?;
        if found != Some(*total) {
            missing.push(*id);
        }
    }
    Ok(missing)
}

/// How many purchases the till shows of the customer of the table.
///
/// # Errors
/// When its file cannot be read, or does not know the customer.
pub fn shown_purchases(till: &Till) -> Result<i64, Error> {
    let holder = holder(till, CARD)?;
    let shown = till
        .ledger()
        .read(|look| ledger::account::shown(look, holder))?;
    Ok(shown.purchases)
}

/// The file of an open till: every page, every chain from its first entry, every receipt of `printed`.
///
/// # Errors
/// When the file cannot be read at all.
pub fn file(till: &Till, printed: &[Receipt], tally: &mut Tally) -> Result<(), Error> {
    whole(till, tally)?;
    let missing = missing(till, printed)?;
    for id in &missing {
        tally.fails(format!("{id} was printed and is not in the till's file"));
    }
    tally.lost += missing.len();
    Ok(())
}

/// The same of several tills, of which nobody wrote down whose receipts are whose: each is in one of the files.
///
/// # Errors
/// When a file cannot be read at all.
pub fn files(tills: &[Till], printed: &[Receipt], tally: &mut Tally) -> Result<(), Error> {
    let mut nowhere = printed.to_vec();
    for till in tills {
        whole(till, tally)?;
        let missing = missing(till, &nowhere)?;
        nowhere.retain(|(id, _)| missing.contains(id));
    }
    for (id, total) in &nowhere {
        tally.fails(format!("{id} over {total} was printed and no till has it"));
    }
    tally.lost += nowhere.len();
    Ok(())
}

/// Every page, and every chain from its first entry.
fn whole(till: &Till, tally: &mut Tally) -> Result<(), Error> {
    if let Err(error) = till.ledger().quick_check() {
        tally.fails(format!("quick_check after the fault: {error}"));
    }
    for head in till.ledger().read(ledger::stream::all)? {
        let verified = till
            .ledger()
            .read(|look| ledger::stream::verify(look, head.stream));
        if let Err(error) = verified {
            tally.fails(format!("the chain after the fault: {error}"));
        }
    }
    Ok(())
}

/// The server: every receipt of `printed` is there with its amount, and every fact of its company counts once: in the
/// uses of its codes, and in the purchases and points of its customers.
///
/// # Errors
/// When its file cannot be read.
pub async fn server(shop: &Shop, printed: &[Receipt], tally: &mut Tally) -> Result<(), Error> {
    let books = Books::read(shop, tally).await?;
    for (id, total) in printed {
        let Some(amounts) = books.amounts(*id) else {
            tally.lost += 1;
            tally.fails(format!(
                "{id} over {total} was printed and is not on the server"
            ));
            continue;
        };
        tally.expects(amounts.iter().eq([total]), || {
            format!("{id} over {total} was printed and is on the server over {amounts:?}")
        });
    }
    tally.twice += books.told_twice();
    let store = shop.store()?;
    let rows = store.code_uses(shop.tenant()).await?.into_iter();
    let counted = rows.map(|row| (row.code, row.total)).collect();
    counts_as("uses of code", (&counted, &books.code_uses()), tally);
    let mut purchases = BTreeMap::new();
    let mut points = BTreeMap::new();
    for (customer, account) in store.accounts(shop.tenant()).await? {
        purchases.insert(customer, account.purchases);
        let lots: i64 = account.lots.iter().map(|lot| lot.points).sum();
        points.insert(customer, lots - account.debt);
    }
    let worth = books.worth();
    let bought = worth.iter().map(|(who, has)| (*who, has.purchases));
    counts_as("purchases of", (&purchases, &bought.collect()), tally);
    let earned = worth.iter().map(|(who, has)| (*who, has.points));
    counts_as("points of", (&points, &earned.collect()), tally);
    Ok(())
}

/// What the server counts is what its entries come to; what nobody has is 0.
fn counts_as<K: Ord + std::fmt::Display>(
    what: &str,
    (counted, told): (&BTreeMap<K, i64>, &BTreeMap<K, i64>),
    tally: &mut Tally,
) {
    let keys: BTreeSet<&K> = counted.keys().chain(told.keys()).collect();
    for key in keys {
        let of = |sums: &BTreeMap<K, i64>| sums.get(key).copied().unwrap_or(0);
        let (counts, tells) = (of(counted), of(told));
        tally.expects(counts == tells, || {
            format!("the server counts {counts} {what} {key}, its entries come to {tells}")
        });
        tally.twice += usize::from(counts > tells);
    }
}
