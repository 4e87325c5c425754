//! Who undoes something, when and why, and the two entries that it takes: the manager's approval where
//! one was needed, and what is undone.

use std::sync::Arc;

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_ledger::identity::Identity;
use mostrador_protocol::entry::{ApprovalGiven, Payload, UndoneAt};

use super::choice::Reason;
use crate::Error;
use crate::rules::Rules;
use crate::session::Cashier;
use crate::stamp::stamp;
use crate::till::Till;

pub(super) struct Undoer<'a> {
    pub(super) cashier: &'a Cashier,
    pub(super) reason: Reason,
    pub(super) approval: Option<ApprovalGiven>,
    identity: Arc<Identity>,
    /// Milliseconds since the epoch by the till's wall clock, and by the server's.
    wall_ms: i64,
    now_ms: i64,
}

impl<'a> Undoer<'a> {
    /// Now, without an approval.
    pub(super) fn new(till: &Till, cashier: &'a Cashier, reason: Reason) -> Result<Self, Error> {
        Ok(Self {
            cashier,
            reason,
            approval: None,
            identity: till.enrolled()?,
            wall_ms: till.shared.clock.now_ms(),
            now_ms: till.now_ms(),
        })
    }

    /// What the entry says of it; `receipt` is its number.
    pub(super) fn at(&self, rules: &Rules, receipt: &str) -> UndoneAt {
        UndoneAt {
            receipt: receipt.to_owned(),
            store: self.identity.store.clone(),
            terminal_id: self.identity.terminal_id,
            cashier_id: self.cashier.id,
            local_time: rules.moment(self.now_ms).local,
            reason: self.reason.slug.clone(),
            note: self.reason.note.clone(),
            approval_id: self.approval.as_ref().map(|it| it.approval_id),
        }
    }

    /// Records the approval, if there is one; the number of the entry that comes next.
    pub(super) fn record_approval(&self, till: &Till, tx: &Connection) -> Result<String, Error> {
        if let Some(approval) = &self.approval {
            let payload = Payload::ApprovalGiven(approval.clone());
            self.append(till, tx, (0, &payload))?;
        }
        Ok(ledger::receipt::next(tx)?)
    }

    /// Records what is undone, under these rules.
    pub(super) fn record(
        &self,
        till: &Till,
        tx: &Connection,
        rules: &Rules,
        payload: &Payload,
    ) -> Result<(), Error> {
        self.append(till, tx, (rules.document.version, payload))
    }

    fn append(
        &self,
        till: &Till,
        tx: &Connection,
        (version, payload): (u32, &Payload),
    ) -> Result<(), Error> {
        let offset_ms = self.now_ms.saturating_sub(self.wall_ms);
        let stamp = stamp(&till.shared, tx, self.wall_ms, offset_ms, version)?;
        ledger::record::record(tx, &stamp, payload)?;
        Ok(())
    }
}
