//! Who buys.

use mostrador_ledger as ledger;
use uuid::Uuid;

use crate::Error;
use crate::message::say;
use crate::till::Till;
use crate::view::{CounterView, Language};

/// That reserved points are free again.
pub(crate) fn released(language: Language) -> String {
    say(language, "said.points_released", &[])
}

impl Till {
    /// Identifies the customer of the open basket; of merged records, the one that has the account.
    pub fn set_customer(&self, id: &str) -> Result<CounterView, Error> {
        let (mut session, _) = self.at_work()?;
        let id: Uuid = id.parse().map_err(|_| Error::UnknownCustomer)?;
        let customer = self.read(|connection| {
            let (holder, _) = ledger::account::held(connection, id)?;
            let known = ledger::customer::get(connection, holder)?;
            known.ok_or(Error::UnknownCustomer)
        })?;
        let is_released = session.open.belong_to(Some(customer.id));
        let language = self.language();
        session.said = say(language, "said.customer", &[("name", &customer.name)]);
        if is_released {
            session.said = format!("{} {}", session.said, released(language));
        }
        self.show(session)
    }

    /// The open basket is nobody's again; lines and codes stay.
    pub fn clear_customer(&self) -> Result<CounterView, Error> {
        let (mut session, _) = self.at_work()?;
        let language = self.language();
        session.said = say(language, "said.customer_cleared", &[]);
        if session.open.belong_to(None) {
            session.said = format!("{} {}", session.said, released(language));
        }
        self.show(session)
    }
}
