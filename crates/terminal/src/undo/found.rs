//! A sale by its number: this till's own at once, any store's from the server.

use std::sync::Arc;

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::basket::Quantity;
use mostrador_loyalty::refund::ReturnRefusal;
use mostrador_protocol::entry::{Decoded, Payload, SaleCompleted, SaleRefunded, SaleVoided};
use mostrador_protocol::found::FoundSale;
use mostrador_protocol::message::Disposition;
use uuid::Uuid;

use crate::Error;
use crate::error::shortened;
use crate::till::Till;
use crate::view::RefundView;

/// The longest number or id.
const MAX_SIGNS: usize = 40;

/// Who was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// This till alone: refunds of other tills are not known.
    Till,
    /// The server too.
    Server,
}

/// A sale and what came back of it.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) sale: SaleCompleted,
    /// The program that priced it.
    pub(crate) program_version: u32,
    /// In the order in which they were made.
    pub(crate) refunds: Vec<SaleRefunded>,
    pub(crate) void: Option<SaleVoided>,
    pub(crate) source: Source,
}

impl Till {
    /// A sale of this till by its number or id, to give back something of it.
    ///
    /// # Errors
    /// [`Error::UnknownSale`] when it is another till's: [`Till::find_sale_online`] knows those.
    pub fn find_sale(&self, number: &str) -> Result<RefundView, Error> {
        self.require_cashier()?;
        let number = clean(number)?;
        let found = self.read(|connection| own(connection, &number))?;
        self.hold_sale(found.ok_or(Error::UnknownSale)?)
    }

    /// A sale of any store as the server knows it, with what every till gave back of it.
    ///
    /// # Errors
    /// [`Error::SaleElsewhere`] when the server cannot be asked, [`Error::UnknownSale`] when it knows
    /// no such sale, [`Error::SeveralSales`] when several stores have one of this number.
    pub async fn find_sale_online(&self, number: &str) -> Result<RefundView, Error> {
        self.require_cashier()?;
        let number = clean(number)?;
        let identity = self.enrolled()?;
        let conversation = self.conversation(&identity)?;
        let reply = conversation.sales(&number).await;
        let reply = reply.map_err(Error::SaleElsewhere)?;
        let sales: Vec<Found> = reply.sales.iter().filter_map(read).collect();
        let found = choose(sales, &identity.store)?;
        let found = self.read(|connection| found.with_own(connection))?;
        self.hold_sale(found)
    }

    /// The sale on the screen from now on.
    fn hold_sale(&self, found: Found) -> Result<RefundView, Error> {
        let found = Arc::new(found);
        let (mut session, _) = self.at_work()?;
        session.found = Some(Arc::clone(&found));
        drop(session);
        self.show_refund(&found, &crate::view::RefundInput::default())
    }
}

impl Found {
    /// A sale of this till, before anything is known to be undone.
    pub(super) fn of(sold: ledger::sale::Sold, source: Source) -> Self {
        Self {
            program_version: sold.program_version,
            sale: sold.sale,
            refunds: Vec::new(),
            void: None,
            source,
        }
    }

    /// With what this till has undone by now.
    pub(super) fn with_own(&self, connection: &Connection) -> Result<Self, Error> {
        let mut found = self.clone();
        found.learn(ledger::undo::of_sale(connection, found.sale.sale_id)?);
        Ok(found)
    }

    /// How many units of each line can still come back.
    pub(super) fn left(&self) -> Vec<Quantity> {
        let returns = self.sale.returns(&self.refunds);
        returns.map_or_else(|_| Vec::new(), |returns| returns.left())
    }

    /// # Errors
    /// [`Error::SaleVoided`] with the moment.
    pub(super) fn is_not_voided(&self) -> Result<(), Error> {
        match &self.void {
            Some(void) => Err(Error::SaleVoided {
                voided: void.at.local_time,
            }),
            None => Ok(()),
        }
    }

    /// A refusal with what a person needs to know of it: which line, and when something of it came
    /// back last.
    pub(super) fn refused(&self, refusal: ReturnRefusal) -> Error {
        let line = match refusal {
            ReturnRefusal::MoreThanSold { line, .. }
            | ReturnRefusal::AlreadyReturned { line, .. } => Some(line),
            _ => None,
        };
        let name = line.and_then(|line| self.sale.lines.get(line));
        let touches = |refund: &&SaleRefunded| {
            line.is_none_or(|line| refund.returned().iter().any(|one| one.line == line))
        };
        let last = self.refunds.iter().rev().find(touches);
        Error::Return {
            refusal,
            name: name.map_or_else(String::new, |line| line.name.clone()),
            last: last.map(|refund| refund.at.local_time),
        }
    }

    /// Adds what this till has undone; what is known already is not counted again. Units that two tills
    /// gave back count once.
    fn learn(&mut self, undone: ledger::undo::Undone) {
        self.refunds.extend(undone.refunds);
        self.refunds = self.sale.effective(&self.refunds);
        self.void = self.void.take().or(undone.void);
    }
}

/// The sale of this till with this id or number, on it or on what undid it.
pub(crate) fn own_sale(
    connection: &Connection,
    number: &str,
) -> Result<Option<ledger::sale::Sold>, Error> {
    let id: Option<Uuid> = number.parse().ok();
    let id = match id {
        Some(id) => Some(id),
        None => ledger::undo::sale_of_receipt(connection, number)?,
    };
    Ok(match id {
        Some(id) => ledger::sale::by_id(connection, id)?,
        None => ledger::sale::by_receipt(connection, number)?,
    })
}

fn own(connection: &Connection, number: &str) -> Result<Option<Found>, Error> {
    let Some(sold) = own_sale(connection, number)? else {
        return Ok(None);
    };
    let found = Found::of(sold, Source::Till);
    found.with_own(connection).map(Some)
}

/// What a person typed or scanned, as numbers are written.
fn clean(number: &str) -> Result<String, Error> {
    let plain: String = number
        .chars()
        .filter(|sign| !sign.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect();
    let is_number = !plain.is_empty()
        && plain.len() <= MAX_SIGNS
        && plain
            .bytes()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == b'-');
    if is_number {
        Ok(plain)
    } else {
        Err(Error::ReceiptUnreadable {
            text: shortened(number),
        })
    }
}

/// What the server found, as far as this version can read it. What the server holds back has no
/// effects, and is not counted as given back.
fn read(found: &FoundSale) -> Option<Found> {
    let raw = &found.sale.entry;
    let header = raw.header().ok()?;
    let Ok(Decoded::Known(Payload::SaleCompleted(sale))) = raw.payload(&header) else {
        return None;
    };
    let mut read = Found {
        sale: *sale,
        program_version: header.program_version,
        refunds: Vec::new(),
        void: None,
        source: Source::Server,
    };
    for undone in &found.undone {
        if undone.disposition == Disposition::Held {
            continue;
        }
        let raw = &undone.entry;
        match raw.header().and_then(|header| raw.payload(&header)) {
            Ok(Decoded::Known(Payload::SaleRefunded(refund))) => {
                read.learn(ledger::undo::Undone {
                    refunds: vec![*refund],
                    void: None,
                });
            }
            Ok(Decoded::Known(Payload::SaleVoided(void))) => read.void = Some(*void),
            _ => {}
        }
    }
    Some(read)
}

/// The one that is meant: the only one, or the only one of this store.
fn choose(mut sales: Vec<Found>, store: &str) -> Result<Found, Error> {
    if sales.len() > 1 {
        let here = |found: &Found| found.sale.store == store;
        if sales.iter().filter(|found| here(found)).count() != 1 {
            return Err(Error::SeveralSales);
        }
        sales.retain(here);
    }
    sales.pop().ok_or(Error::UnknownSale)
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn a_number_is_read_as_people_type_it() {
        let read = |text: &str| clean(text).map_err(|error| error.code());
        assert_eq!(read(" caja1-7k 00123"), Ok("CAJA1-7K00123".to_owned()));
        for text in ["", "  ", "CAJA1/7K", "CAJA1?x=1", &"A".repeat(41), "Ñ-1"] {
            assert_eq!(read(text), Err("receipt_unreadable"), "{text}");
        }
    }
}
