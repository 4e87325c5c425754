//! What is known of a customer: by this till at once, by the server when it answers.

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_ledger::customer_entry::Concerning;
use mostrador_ledger::identity::Identity;
use mostrador_protocol::history::{HistoryPlace, HistoryReply};
use uuid::Uuid;

use crate::counter::progress;
use crate::customer::name_of;
use crate::event::{Standing, Teller};
use crate::merit::Merit;
use crate::message::say;
use crate::price::{Buyer, standing_of};
use crate::profile::given;
use crate::rules::Rules;
use crate::till::Till;
use crate::view::{HistoryEvent, HistoryFact, HistoryView};
use crate::{Error, referral, words};

/// The most own entries that are shown without the server.
const MAX_OWN: u32 = 50;

/// Entries of one page from the server.
const PAGE: u32 = 30;

impl Till {
    /// What this till knows of a customer, without asking anybody.
    pub fn history(&self, id: &str) -> Result<HistoryView, Error> {
        self.require_cashier()?;
        let id: Uuid = id.parse().map_err(|_| Error::UnknownCustomer)?;
        let identity = self.enrolled()?;
        let mut view = self.read_with_rules(|connection, rules| {
            let teller = self.teller(connection, &rules, (&identity, id));
            Ok(HistoryView {
                events: own(&teller, |_| true)?,
                ..self.about(connection, &rules, id)?
            })
        })?;
        view.said = self.until_when()?;
        Ok(view)
    }

    /// The history as the server knows it, from `before` on (empty: the latest), with what this till has
    /// not sent yet in front. Fails when the server cannot be asked: [`Till::history`] is there then.
    pub async fn history_online(&self, id: &str, before: &str) -> Result<HistoryView, Error> {
        self.require_cashier()?;
        let id: Uuid = id.parse().map_err(|_| Error::UnknownCustomer)?;
        let place: Option<HistoryPlace> = before.parse().ok();
        let identity = self.enrolled()?;
        let conversation = self.conversation(&identity)?;
        let reply = conversation.history(id, place, PAGE).await;
        let reply = reply.map_err(Error::LookUp)?;
        self.read_with_rules(|connection, rules| {
            let teller = self.teller(connection, &rules, (&identity, id));
            let mut events = Vec::new();
            if place.is_none() {
                events = own(&teller, |entry| !entry.sent)?;
            }
            for event in theirs(&teller, &reply)? {
                if !is_there(&events, &event) {
                    events.push(event);
                }
            }
            let said = say(self.language(), "history.said.server", &[]);
            let next = reply.next.map(|place| place.to_string());
            Ok(HistoryView {
                events,
                is_whole: true,
                said,
                next,
                ..self.about(connection, &rules, id)?
            })
        })
    }

    fn teller<'a>(
        &self,
        connection: &'a Connection,
        rules: &'a Rules,
        (identity, customer): (&'a Identity, Uuid),
    ) -> Teller<'a> {
        Teller {
            connection,
            language: self.language(),
            rules,
            identity,
            customer,
        }
    }

    /// Everything but the events.
    fn about(
        &self,
        connection: &Connection,
        rules: &Rules,
        id: Uuid,
    ) -> Result<HistoryView, Error> {
        let language = self.language();
        let now = rules.moment(self.now_ms());
        let buyer = Buyer::load(connection, rules, id, now)?;
        let profile = ledger::customer::get(connection, id)?;
        let mut facts = Vec::new();
        let mut fact = |key: &str, value: String| {
            let name = say(language, key, &[]);
            facts.push(HistoryFact { name, value });
        };
        let balance = buyer.account.available(now.local_day());
        fact("history.fact.balance", words::number(language, balance));
        if buyer.account.debt > 0 {
            fact(
                "history.fact.debt",
                words::number(language, buyer.account.debt),
            );
        }
        if let Some(standing) = standing_of(rules, &buyer.account, now) {
            let mut tier = standing.tier.name.clone();
            if let Some(progress) = progress(language, &standing) {
                tier = format!("{tier} · {}", progress.sentence);
            }
            fact("history.fact.tier", tier);
        }
        fact(
            "history.fact.purchases",
            buyer.account.purchases.to_string(),
        );
        let look = self.look(connection, rules);
        if let Some(story) = referral::story(&look, &buyer.account)? {
            fact("history.fact.brought_by", story);
        }
        if let Some(brought) = referral::brought(&look, (id, &buyer.account))? {
            fact("history.fact.brought", brought);
        }
        if let Some(profile) = &profile {
            if let Some(code) = &profile.referral_code {
                fact("history.fact.code", code.clone());
            }
            fact("history.fact.consent", given(language, rules, profile));
        }
        Ok(HistoryView {
            customer_id: id.to_string(),
            name: name_of(connection, language, id)?,
            facts,
            merit: Merit {
                language,
                rules,
                account: &buyer.account,
                day: now.local_day(),
            }
            .view(),
            events: Vec::new(),
            is_whole: false,
            said: String::new(),
            next: None,
        })
    }

    /// "What this till knows, until ...".
    fn until_when(&self) -> Result<String, Error> {
        let language = self.language();
        self.read_with_rules(|connection, rules| {
            Ok(match self.last_contact_ms(connection)? {
                Some(at_ms) => {
                    let moment = words::moment(language, rules.moment(at_ms).local);
                    say(language, "history.said.till", &[("moment", &moment)])
                }
                None => say(language, "history.said.till_never", &[]),
            })
        })
    }
}

/// What this till itself wrote about the customer.
fn own(
    teller: &Teller<'_>,
    are_meant: impl Fn(&Concerning) -> bool,
) -> Result<Vec<HistoryEvent>, Error> {
    let own = ledger::customer_entry::recent(teller.connection, teller.customer, MAX_OWN)?;
    let mut events = Vec::new();
    for entry in own.iter().filter(|entry| are_meant(entry)) {
        events.extend(teller.of_own(entry)?);
    }
    Ok(events)
}

fn theirs(teller: &Teller<'_>, reply: &HistoryReply) -> Result<Vec<HistoryEvent>, Error> {
    let mut events = Vec::new();
    for entry in &reply.entries {
        let standing = Standing {
            is_sent: true,
            disposition: entry.disposition,
        };
        events.extend(teller.of_entry(&entry.entry, &standing)?);
    }
    Ok(events)
}

fn is_there(events: &[HistoryEvent], event: &HistoryEvent) -> bool {
    events.iter().any(|other| other.key == event.key)
}
