//! Giving back a part of a sale, or all of it: the preview and the one transaction.

use std::sync::Arc;

use mostrador_ledger::Connection;
use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::refund::{Undoing, gives_use_back};
use mostrador_protocol::entry::{Chosen, Payload, SaleRefunded, UndoneAt};
use mostrador_protocol::program::RefundsDocument;
use mostrador_protocol::row::Role;

use super::choice::{self, Reason};
use super::found::Found;
use super::paper::Slip;
use super::undoer::Undoer;
use crate::Error;
use crate::approve::Ask;
use crate::price::Buyer;
use crate::rules::Rules;
use crate::session::Cashier;
use crate::till::Till;
use crate::view::{ReceiptView, RefundInput, RefundView};

impl Till {
    /// What follows if what is chosen of the sale on the screen comes back. Nothing is recorded.
    pub fn preview_refund(&self, input: &RefundInput) -> Result<RefundView, Error> {
        let (session, _) = self.at_work()?;
        let held = session.found.clone().ok_or(Error::UnknownSale)?;
        drop(session);
        self.show_refund(&held, input)
    }

    /// Gives back what is chosen of the sale on the screen; `pin` is a manager's where the program asks
    /// for one. When the amount is not `input.seen` any more, nothing is recorded.
    ///
    /// When this returns `Ok`, the refund is on the disk. Any error means that nothing was recorded.
    pub fn refund(&self, input: &RefundInput, pin: &str) -> Result<ReceiptView, Error> {
        let (mut session, cashier) = self.at_work()?;
        let held = session.found.clone().ok_or(Error::UnknownSale)?;
        let rules = self.read(|connection| self.shared.shelf.current(connection))?;
        let reason = Reason::needed(&rules, &input.reason, &input.note)?;
        let mut undoer = Undoer::new(self, &cashier, reason)?;
        let preview = self.read(|connection| {
            let at = undoer.at(&rules, "");
            self.plan(connection, &rules, (&held.with_own(connection)?, input), at)
        })?;
        same_as_seen(&preview, input, &rules)?;
        if needs_manager(&rules, &cashier, preview.money) {
            let ask = Ask {
                action: "sale_refunded",
                subject: preview.sale_id.to_string(),
                amount: Some(preview.money),
            };
            undoer.approval = Some(self.approve(pin, &cashier, ask)?);
        }
        let receipt = self.shared.ledger.transact(|tx| {
            let found = held.with_own(tx)?;
            let number = undoer.record_approval(self, tx)?;
            let at = undoer.at(&rules, &number);
            let refund = self.plan(tx, &rules, (&found, input), at)?;
            same_as_seen(&refund, input, &rules)?;
            let payload = Payload::SaleRefunded(Box::new(refund.clone()));
            undoer.record(self, tx, &rules, &payload)?;
            self.print_slip(tx, &rules, &Slip::of_refund(&refund))
        })?;
        session.found = None;
        session.said.clear();
        drop(session);
        self.nudge();
        Ok(receipt)
    }

    /// The refund of what is chosen, by the rules that priced the sale where they are still here.
    pub(super) fn plan(
        &self,
        connection: &Connection,
        rules: &Arc<Rules>,
        (found, input): (&Found, &RefundInput),
        at: UndoneAt,
    ) -> Result<SaleRefunded, Error> {
        found.is_not_voided()?;
        let version = found.program_version;
        let priced_it = crate::reprint::rules_of(connection, Arc::clone(rules), version)?;
        let now = rules.moment(self.now_ms());
        let buyer = match found.sale.customer_id {
            Some(id) => Some(Buyer::load(connection, &priced_it, id, now)?),
            None => None,
        };
        let tender = choice::tender(&found.sale, &input.tender)?;
        let chosen = Chosen {
            refund_id: self.shared.random.id(self.shared.clock.now_ms()),
            lines: choice::lines(input)?,
            tender: tender.to_owned(),
            at,
        };
        let reinstates = |code: &CodeText| comes_back(&priced_it, buyer.as_ref(), code);
        let refund = found.sale.refund(&found.refunds, chosen, reinstates);
        let refund = refund.map_err(|refusal| found.refused(refusal))?;
        let back = (tender, refund.money);
        choice::check_gift_card(&found.sale, &found.refunds, back, rules.money)?;
        Ok(refund)
    }
}

/// Whether somebody at work needs a manager to give back `value`, minor units.
pub(super) fn needs_manager(rules: &Rules, cashier: &Cashier, value: i64) -> bool {
    let asked = rules.document.refunds.as_ref().map_or_else(
        || RefundsDocument::default().refund_needs_manager(value),
        |refunds| refunds.refund_needs_manager(value),
    );
    cashier.role != Role::Manager && asked
}

/// Whether the use of a code comes back on a full return: one of the program's, or a coupon that the
/// customer bought with points.
pub(super) fn comes_back(rules: &Rules, buyer: Option<&Buyer>, text: &CodeText) -> bool {
    let mut own = buyer.iter().flat_map(|buyer| &buyer.own_codes);
    let own = own.find(|code| code.text == *text);
    let code = own.or_else(|| rules.program.code(text));
    code.is_some_and(|code| gives_use_back(code.reinstate, Undoing::FullReturn))
}

fn same_as_seen(refund: &SaleRefunded, input: &RefundInput, rules: &Rules) -> Result<(), Error> {
    if refund.money == input.seen {
        return Ok(());
    }
    Err(Error::RefundChanged {
        value: refund.money,
        money: rules.money,
    })
}
