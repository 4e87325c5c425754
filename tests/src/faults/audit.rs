//! Comparing the paper with the files on both sides.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use mostrador_ledger as ledger;
use mostrador_protocol::entry::{Decoded, Payload};
use mostrador_protocol::message::Disposition;
use mostrador_server::Store as _;
use mostrador_sync::clock::{Clock as _, SystemClock};
use mostrador_sync::random::Random;
use mostrador_terminal::view::TenderInput;
use mostrador_terminal::{Error as TillError, SaleRequest, SaleRequestLine, Till};
use rust_decimal::Decimal;
use uuid::Uuid;

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

/// Sells one unit, as the till of [`super::worker`] does.
///
/// # Errors
/// When the till refuses.
pub fn sell(till: &Till) -> Result<Receipt, TillError> {
    let sold = till.sell(&SaleRequest {
        reference: Random::system().name().to_string(),
        at_ms: SystemClock::new().now_ms(),
        cashier: None,
        customer: None,
        lines: vec![SaleRequestLine {
            product: PRODUCT.to_owned(),
            quantity: Decimal::ONE,
            unit_price: None,
        }],
        codes: vec![CODE.to_owned()],
    })?;
    Ok((sold.sale.sale_id, sold.sale.total))
}

/// One unit with a code at the counter: scanned by a cashier, who waits for the right as people do, and paid.
///
/// # Errors
/// When the till refuses.
pub fn charge(till: &Till, product: &str, code: &str) -> Result<Receipt, TillError> {
    till.unlock(&counter::pin(till, "cashier"))?;
    till.clear_basket()?;
    till.add_product(product, "1")?;
    till.apply_code(code)?;
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

/// The file of an open till: every page, every chain from its first entry, every receipt of `printed`.
///
/// # Errors
/// When the file cannot be read at all.
pub fn file(till: &Till, printed: &[Receipt], tally: &mut Tally) -> Result<(), Error> {
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
    let missing = missing(till, printed)?;
    for id in &missing {
        tally.fails(format!("{id} was printed and is not in the till's file"));
    }
    tally.lost += missing.len();
    Ok(())
}

/// The server: every receipt of `printed` is there, and every fact of its company counts once.
///
/// # Errors
/// When its file cannot be read.
pub async fn server(shop: &Shop, printed: &[Receipt], tally: &mut Tally) -> Result<(), Error> {
    let store = shop.store()?;
    let mut facts: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    let mut uses = BTreeSet::new();
    for head in store.streams(shop.tenant()).await? {
        let entries = store.entries(shop.tenant(), head.stream).await?;
        let dense = entries.iter().zip(1..).all(|(entry, seq)| entry.seq == seq);
        tally.expects(dense && entries.len() as u64 == head.seq, || {
            format!("stream {} on the server is not dense", head.stream)
        });
        for entry in entries {
            let Ok(header) = entry.raw.header() else {
                tally.fails(format!("entry {} on the server cannot be read", entry.seq));
                continue;
            };
            if entry.disposition == Disposition::Held {
                tally.fails(format!("{} is held: {:?}", header.kind, entry.reason));
            }
            match entry.raw.payload(&header) {
                Ok(Decoded::Known(Payload::SaleCompleted(sale))) => {
                    if sale
                        .codes
                        .iter()
                        .any(|code| code.text == CODE && code.consumed)
                    {
                        uses.insert(header.entry_id);
                    }
                    facts
                        .entry(sale.sale_id)
                        .or_default()
                        .insert(header.entry_id);
                }
                Ok(Decoded::Known(Payload::SaleRefunded(refund))) => {
                    facts
                        .entry(refund.refund_id)
                        .or_default()
                        .insert(header.entry_id);
                }
                _ => {}
            }
        }
    }
    for (id, total) in printed.iter().filter(|(id, _)| !facts.contains_key(id)) {
        tally.lost += 1;
        tally.fails(format!(
            "{id} over {total} was printed and is not on the server"
        ));
    }
    tally.twice += facts.values().filter(|entries| entries.len() > 1).count();
    let counted = store.code_uses(shop.tenant()).await?;
    let counted = counted
        .iter()
        .find(|row| row.code == CODE)
        .map_or(0, |row| row.total);
    let facts = i64::try_from(uses.len()).unwrap_or(i64::MAX);
    tally.expects(counted == facts, || {
        format!("the server counts {counted} uses of {CODE}, its entries come to {facts}")
    });
    tally.twice += usize::try_from(counted - facts).unwrap_or(0);
    Ok(())
}
