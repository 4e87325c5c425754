//! Voiding the last sale of this till: on its day, whole, by whom the program lets.

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::refund::may_void;
use mostrador_protocol::entry::{Payload, SaleCompleted, SaleVoided, UndoneAt};
use mostrador_protocol::program::RefundsDocument;
use mostrador_protocol::row::Role;
use uuid::Uuid;

use super::choice::Reason;
use super::found::{Found, Source};
use super::paper::Slip;
use super::undoer::Undoer;
use crate::Error;
use crate::approve::Ask;
use crate::rules::Rules;
use crate::session::Cashier;
use crate::till::Till;
use crate::view::{ReceiptView, VoidInput, VoidView};

impl Till {
    /// The last sale of this till, and what voiding it undoes. Nothing is recorded.
    ///
    /// # Errors
    /// [`Error::NothingToVoid`] before the first sale.
    pub fn offer_void(&self) -> Result<VoidView, Error> {
        let (session, cashier) = self.at_work()?;
        drop(session);
        self.read_with_rules(|connection, rules| {
            let last = last_sale(connection)?.ok_or(Error::NothingToVoid)?;
            self.show_void(connection, &rules, &last, &cashier)
        })
    }

    /// Voids the last sale, if it is still the one on the screen; `pin` is a manager's where the program
    /// asks for one.
    ///
    /// When this returns `Ok`, the void is on the disk. Any error means that nothing was recorded.
    pub fn void_sale(&self, input: &VoidInput, pin: &str) -> Result<ReceiptView, Error> {
        let (mut session, cashier) = self.at_work()?;
        let shown: Uuid = input.sale_id.parse().map_err(|_| Error::UnknownSale)?;
        let rules = self.read(|connection| self.shared.shelf.current(connection))?;
        let reason = Reason::needed(&rules, &input.reason, &input.note)?;
        let mut undoer = Undoer::new(self, &cashier, reason)?;
        let sale = self.read(|connection| {
            let last = the_last(connection, shown)?;
            plan(&last, undoer.at(&rules, ""), Uuid::nil())?;
            Ok(last.sale)
        })?;
        if needs_manager(&rules, &cashier, &sale) {
            let ask = Ask {
                action: "sale_voided",
                subject: shown.to_string(),
                amount: Some(sale.total),
            };
            undoer.approval = Some(self.approve(pin, &cashier, ask)?);
        }
        let void_id = self.shared.random.id(self.shared.clock.now_ms());
        let receipt = self.shared.ledger.transact(|tx| {
            let last = the_last(tx, shown)?;
            let number = undoer.record_approval(self, tx)?;
            let void = plan(&last, undoer.at(&rules, &number), void_id)?;
            let payload = Payload::SaleVoided(Box::new(void.clone()));
            undoer.record(self, tx, &rules, &payload)?;
            self.print_slip(tx, &rules, &Slip::of_void(&last.sale, &void))
        })?;
        session.found = None;
        session.said.clear();
        drop(session);
        self.nudge();
        Ok(receipt)
    }
}

/// The void of this sale, if its day and what came back of it allow one.
///
/// # Errors
/// [`Error::SaleVoided`], [`Error::Return`].
pub(super) fn plan(found: &Found, at: UndoneAt, void_id: Uuid) -> Result<SaleVoided, Error> {
    found.is_not_voided()?;
    let sold_on = found.sale.local_time.date();
    let came_back = !found.refunds.is_empty();
    may_void(sold_on, at.local_time.date(), came_back).map_err(|refusal| found.refused(refusal))?;
    Ok(found.sale.void(void_id, at))
}

/// Whether somebody at work needs a manager to void this sale.
pub(super) fn needs_manager(rules: &Rules, cashier: &Cashier, sale: &SaleCompleted) -> bool {
    let is_seller = cashier.id == sale.cashier_id;
    let asked = rules.document.refunds.as_ref().map_or_else(
        || RefundsDocument::default().void_needs_manager(is_seller, sale.total),
        |refunds| refunds.void_needs_manager(is_seller, sale.total),
    );
    cashier.role != Role::Manager && asked
}

/// The last sale of this till, voided or not: a key that is struck again never goes on to the sale
/// before it.
fn last_sale(connection: &Connection) -> Result<Option<Found>, Error> {
    let Some(sold) = ledger::sale::recent(connection, 1)?.into_iter().next() else {
        return Ok(None);
    };
    let found = Found::of(sold, Source::Till);
    found.with_own(connection).map(Some)
}

/// The last sale, while it is the one that somebody looked at.
fn the_last(connection: &Connection, shown: Uuid) -> Result<Found, Error> {
    let last = last_sale(connection)?.ok_or(Error::NothingToVoid)?;
    if last.sale.sale_id == shown {
        Ok(last)
    } else {
        Err(Error::NotTheLastSale)
    }
}
