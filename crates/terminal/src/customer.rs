//! Who buys.

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use uuid::Uuid;

use crate::Error;
use crate::merit::Merit;
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
        let language = self.language();
        let now_ms = self.now_ms();
        let (customer, news) = self.read_with_rules(|connection, rules| {
            let (holder, account) = ledger::account::held(connection, id)?;
            let known = ledger::customer::get(connection, holder)?;
            let merit = Merit {
                language,
                rules: &rules,
                account: &account,
                day: rules.moment(now_ms).local_day(),
            };
            Ok((known.ok_or(Error::UnknownCustomer)?, merit.news()))
        })?;
        let is_released = session.open.belong_to(Some(customer.id));
        session.said = say(language, "said.customer", &[("name", &customer.name)]);
        if !news.is_empty() {
            session.said = format!("{} {news}", session.said);
        }
        if is_released {
            session.said = format!("{} {}", session.said, released(language));
        }
        let view = self.show(session)?;
        self.asked_for_customer(view)
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

/// A customer's name; that they were erased, or that no profile is here.
pub(crate) fn name_of(
    connection: &Connection,
    language: Language,
    id: Uuid,
) -> Result<String, Error> {
    if let Some(profile) = ledger::customer::get(connection, id)? {
        return Ok(profile.name);
    }
    let key = if ledger::customer::is_erased(connection, id)? {
        "word.erased"
    } else {
        "word.no_profile"
    };
    Ok(say(language, key, &[]))
}
