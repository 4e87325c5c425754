//! A manager's yes, given over the basket: one PIN for one action on one thing.
//!
//! Nothing of it is kept in the session: it is asked for together with what it allows, checked against
//! this till's own staff, so also offline, and recorded in the same transaction, both people in it.

use mostrador_protocol::entry::ApprovalGiven;

use crate::Error;
use crate::pin::PinFor;
use crate::session::Cashier;
use crate::till::Till;

/// What is to be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    /// Slug of the kind of entry that it allows: `sale_refunded`.
    pub(crate) action: &'static str,
    /// The customer, sale or code it is about.
    pub(crate) subject: String,
    /// Points or minor units.
    pub(crate) amount: Option<i64>,
}

impl Till {
    /// The approval of the manager with this PIN, for its transaction to record. Misses cost a wait
    /// as they do when the till is unlocked, and a cashier's PIN is one.
    ///
    /// # Errors
    /// [`Error::ApprovalNeeded`] without a PIN, [`Error::NotAManager`] with a cashier's.
    pub(crate) fn approve(
        &self,
        pin: &str,
        cashier: &Cashier,
        ask: Ask,
    ) -> Result<ApprovalGiven, Error> {
        if pin.trim().is_empty() {
            return Err(Error::ApprovalNeeded);
        }
        let person = self.person_with(pin, PinFor::Approval)?;
        let now_ms = self.now_ms();
        let local_time = self.read_with_rules(|_, rules| Ok(rules.moment(now_ms).local))?;
        Ok(ApprovalGiven {
            approval_id: self.shared.random.id(self.shared.clock.now_ms()),
            manager_id: person.id,
            cashier_id: cashier.id,
            action: ask.action.to_owned(),
            subject: Some(ask.subject),
            amount: ask.amount,
            local_time,
        })
    }
}
