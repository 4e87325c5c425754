//! Payment: one transaction, and only then a receipt.

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_ledger::identity::Identity;
use mostrador_protocol::entry::{ApprovalGiven, Payload, SaleCompleted};
use mostrador_sync::Phase;
use uuid::Uuid;

use crate::Error;
use crate::message::say;
use crate::price::{Priced, price};
use crate::rights;
use crate::sale::{Deal, completed};
use crate::session::OpenBasket;
use crate::settle::{Settled, exact_cash, settle};
use crate::stamp::stamp;
use crate::till::Till;
use crate::view::{ReceiptView, TenderInput};

/// What is to be recorded.
pub(crate) struct Order<'a> {
    pub(crate) open: &'a OpenBasket,
    pub(crate) cashier_id: Uuid,
    pub(crate) reference: Option<String>,
    /// Milliseconds since the epoch by the till's wall clock.
    pub(crate) wall_ms: i64,
    /// The same moment by the server's clock: what windows and expiry go by.
    pub(crate) now_ms: i64,
    pub(crate) payment: Payment<'a>,
}

/// How it is paid.
pub(crate) enum Payment<'a> {
    /// What the cashier entered against what was to be paid on screen.
    Tenders {
        tenders: &'a [TenderInput],
        /// Minor units.
        seen_due: i64,
    },
    /// Exactly the total, in cash.
    ExactCash,
}

impl Till {
    /// Sells the open basket. `seen_due` (minor units) is what the cashier sees as left to pay, after
    /// points: when this moment's differs, nothing is recorded and the basket stays.
    ///
    /// When this returns `Ok`, the sale is on the disk and will reach the server by itself. Any error
    /// means that nothing was recorded.
    pub fn pay(&self, tenders: &[TenderInput], seen_due: i64) -> Result<ReceiptView, Error> {
        let (mut session, cashier) = self.at_work()?;
        let identity = self.enrolled()?;
        let wall_ms = self.shared.clock.now_ms();
        let open = session.open.clone();
        let order = Order {
            open: &open,
            cashier_id: cashier.id,
            reference: None,
            wall_ms,
            now_ms: self.now_ms(),
            payment: Payment::Tenders { tenders, seen_due },
        };
        let is_online = self.is_online();
        let mut receipt = self.shared.ledger.transact(|tx| {
            let (sale, priced) = self.record_sale(tx, &identity, order)?;
            crate::keep_basket::forget(tx)?;
            let before = priced.buyer.as_ref();
            self.receipt_of(tx, &sale, &priced.rules, before, is_online)
        })?;
        session.begin(OpenBasket::default());
        session.said.clear();
        drop(session);
        self.nudge();
        let key = if is_online {
            "sale.said.sent"
        } else {
            "sale.said.offline"
        };
        receipt.said = say(self.language(), key, &[]);
        Ok(receipt)
    }

    /// Prices on the state of this moment, settles and appends, in the caller's transaction.
    pub(crate) fn record_sale(
        &self,
        tx: &Connection,
        identity: &Identity,
        order: Order<'_>,
    ) -> Result<(SaleCompleted, Priced), Error> {
        if order.open.lines.is_empty() {
            return Err(Error::EmptyBasket);
        }
        crate::basket::check_total(order.open)?;
        let rules = self.shared.shelf.current(tx)?;
        let now = rules.moment(order.now_ms);
        let mut priced = price(tx, rules, order.open, &identity.store, now)?;
        let due = priced.due();
        let money = priced.rules.money;
        let settled = match order.payment {
            Payment::Tenders { seen_due, .. } if seen_due != due.minor() => {
                return Err(Error::PriceChanged { total: due, money });
            }
            Payment::Tenders { tenders, .. } => settle(due, tenders, money)?,
            Payment::ExactCash => exact_cash(due),
        };
        let by_gift_card = settled.by_gift_card();
        if !by_gift_card.is_zero() {
            priced.quote = priced.paid_beside_points(by_gift_card);
        }
        // Before the receipt gets its number, which counts entries.
        let approvals = self.record_approvals(tx, &order, &priced)?;
        let Settled { tenders, change } = settled.with_points(priced.spending.amount());
        let deal = Deal {
            sale_id: order.open.id,
            receipt: ledger::receipt::next(tx)?,
            terminal_id: identity.terminal_id,
            cashier_id: order.cashier_id,
            reference: order.reference,
            tenders,
            change,
        };
        let mut sale = completed(&priced, deal);
        rights::spend(tx, &priced.rules, (&mut sale, &approvals))?;
        let version = priced.rules.document.version;
        let offset_ms = order.now_ms.saturating_sub(order.wall_ms);
        let stamp = stamp(&self.shared, tx, order.wall_ms, offset_ms, version)?;
        ledger::record::record(tx, &stamp, &Payload::SaleCompleted(Box::new(sale.clone())))?;
        Ok((sale, priced))
    }

    /// Records what a manager allowed of the codes that the sale uses.
    fn record_approvals(
        &self,
        tx: &Connection,
        order: &Order<'_>,
        priced: &Priced,
    ) -> Result<Vec<ApprovalGiven>, Error> {
        let offset_ms = order.now_ms.saturating_sub(order.wall_ms);
        let mut used = Vec::new();
        for code in priced.quote.accepted.iter().filter(|code| code.consumed) {
            let scanned = code.scanned().as_str();
            let Some(approval) = rights::approval_of(&order.open.approvals, scanned) else {
                continue;
            };
            let stamp = stamp(&self.shared, tx, order.wall_ms, offset_ms, 0)?;
            ledger::record::record(tx, &stamp, &Payload::ApprovalGiven(approval.clone()))?;
            used.push(approval.clone());
        }
        Ok(used)
    }

    /// Now, by the server's clock as far as this till knows it: milliseconds since the epoch.
    pub(crate) fn now_ms(&self) -> i64 {
        let wall_ms = self.shared.clock.now_ms();
        wall_ms.saturating_add(self.shared.state.borrow().clock_offset_ms)
    }

    /// Whether a sale of this moment is likely to leave at once.
    pub(crate) fn is_online(&self) -> bool {
        let state = self.shared.state.borrow();
        state.running
            && matches!(state.phase, Phase::UpToDate | Phase::Sending)
            && state.last_contact_ms.is_some()
    }

    /// Something waits for the server.
    pub(crate) fn nudge(&self) {
        if let Some(sync) = &*crate::till::unpoisoned(&self.shared.sync) {
            sync.nudge();
        }
    }
}
