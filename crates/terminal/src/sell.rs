//! A sale in one call, for another system's baskets: the same quote, the same payment, no screen.

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::account::Account;
use mostrador_loyalty::basket::Quantity;
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::entry::SaleCompleted;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::Error;
use crate::apply_code::MAX_SCANNED;
use crate::error::shortened;
use crate::pay::{Order, Payment};
use crate::session::{OpenBasket, OpenLine};
use crate::till::Till;

/// A basket that another system completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRequest {
    /// The other system's number: one reference is sold once on a till.
    pub reference: String,
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// Who sold; none: the first of this store's staff.
    pub cashier: Option<Uuid>,
    /// Who bought.
    pub customer: Option<Uuid>,
    /// What.
    pub lines: Vec<SaleRequestLine>,
    /// Codes in scan order, as typed; as many as a basket remembers at most.
    pub codes: Vec<String>,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRequestLine {
    /// Product id of the catalogue.
    pub product: String,
    /// How many.
    pub quantity: Decimal,
    /// Price of one unit, minor units; none: the catalogue's.
    pub unit_price: Option<i64>,
}

/// What became of a [`SaleRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sold {
    /// The sale as its entry says it.
    pub sale: SaleCompleted,
    /// Whether the reference was sold before: this is that sale, and nothing was recorded.
    pub repeated: bool,
}

impl Till {
    /// Sells `request` against exact cash. Codes that the quote refuses are in the sale's refusals.
    /// The same reference again answers the earlier sale. Nobody needs to be at work.
    ///
    /// Whatever a till's screen would not let by is an error and nothing is recorded: a product that is
    /// unknown or not sold any more, a quantity of zero, a price below zero, a customer of whom this till
    /// has neither profile nor account.
    pub fn sell(&self, request: &SaleRequest) -> Result<Sold, Error> {
        if request.reference.trim().is_empty() {
            return Err(Error::ReferenceEmpty);
        }
        let identity = self.enrolled()?;
        let cashier_id = match request.cashier {
            Some(id) => id,
            None => self.staff()?.first().ok_or(Error::NoStaff)?.id,
        };
        let sold = self.shared.ledger.transact(|tx| {
            if let Some(earlier) = ledger::sale::by_reference(tx, &request.reference)? {
                return Ok::<_, Error>(Sold {
                    sale: earlier.sale,
                    repeated: true,
                });
            }
            let open = OpenBasket {
                id: self.shared.random.id(request.at_ms),
                ..open_basket(tx, request)?
            };
            let order = Order {
                open: &open,
                cashier_id,
                reference: Some(request.reference.clone()),
                wall_ms: request.at_ms,
                now_ms: request.at_ms,
                payment: Payment::ExactCash,
            };
            let (sale, _) = self.record_sale(tx, &identity, order)?;
            Ok(Sold {
                sale,
                repeated: false,
            })
        })?;
        if !sold.repeated {
            self.nudge();
        }
        Ok(sold)
    }
}

fn open_basket(tx: &Connection, request: &SaleRequest) -> Result<OpenBasket, Error> {
    if request.codes.len() > MAX_SCANNED {
        return Err(Error::TooManyCodes { max: MAX_SCANNED });
    }
    if let Some(customer) = request.customer {
        check_customer(tx, customer)?;
    }
    let lines = request.lines.iter().map(|line| open_line(tx, line));
    let codes = request.codes.iter().map(|text| {
        let code = CodeText::parse(text).ok_or_else(|| Error::CodeUnreadable {
            text: shortened(text),
        })?;
        Ok(code.as_str().to_owned())
    });
    Ok(OpenBasket {
        id: Uuid::nil(),
        customer: request.customer,
        lines: lines.collect::<Result<_, Error>>()?,
        codes: codes.collect::<Result<_, Error>>()?,
        ..OpenBasket::default()
    })
}

/// A customer whose profile was erased has an account still, and buys.
fn check_customer(tx: &Connection, id: Uuid) -> Result<(), Error> {
    let is_known = ledger::customer::get(tx, id)?.is_some()
        || ledger::account::held(tx, id)?.1 != Account::default();
    is_known.then_some(()).ok_or(Error::UnknownCustomer)
}

fn open_line(tx: &Connection, line: &SaleRequestLine) -> Result<OpenLine, Error> {
    let product = ledger::product::get(tx, &line.product)?.ok_or(Error::UnknownProduct)?;
    if !product.active {
        let product = product.id;
        return Err(Error::ProductInactive { product });
    }
    if line.quantity.is_zero() {
        return Err(Error::QuantityZero);
    }
    let quantity = Quantity::new(line.quantity).ok_or_else(|| Error::QuantityUnreadable {
        text: line.quantity.to_string(),
    })?;
    let mut open = OpenLine::of_product(&product, quantity);
    match line.unit_price {
        Some(..0) => return Err(Error::PriceNegative),
        Some(unit_price) => open.unit_price = unit_price,
        None => {}
    }
    Ok(open)
}
