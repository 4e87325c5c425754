//! Entries as things that happened to a customer, each with its reasons in words.
//!
//! One file for each kind of happening. What an entry does is said from the side of the customer whose
//! history it is: who brought somebody reads another sentence than who was brought.

mod people;
mod points;
mod sale;
mod undo;

use chrono::{NaiveDate, NaiveDateTime};
use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_ledger::customer_entry::Concerning;
use mostrador_ledger::identity::Identity;
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::{Decoded, Header, Payload, RawEntry};
use mostrador_protocol::message::Disposition;
use mostrador_protocol::program::Labelled;
use uuid::Uuid;

use crate::customer::name_of;
use crate::message::say;
use crate::rules::Rules;
use crate::view::{HistoryEvent, Language};
use crate::{Error, words};

/// What is known of an entry beside its bytes.
#[derive(Debug)]
pub(crate) struct Standing {
    /// Whether the server has it.
    pub(crate) is_sent: bool,
    /// What became of it there.
    pub(crate) disposition: Disposition,
}

/// Who tells the history of whom, and where names are looked up.
pub(crate) struct Teller<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) language: Language,
    pub(crate) rules: &'a Rules,
    pub(crate) identity: &'a Identity,
    /// Whose history it is.
    pub(crate) customer: Uuid,
}

impl Teller<'_> {
    /// An entry in words; `None` when not even its header can be read, or it says nothing about a
    /// customer.
    pub(crate) fn of_entry(
        &self,
        raw: &RawEntry,
        standing: &Standing,
    ) -> Result<Option<HistoryEvent>, Error> {
        let Ok(header) = raw.header() else {
            return Ok(None);
        };
        let told = match raw.payload(&header) {
            Ok(Decoded::Known(payload)) => self.of_payload(&header, &payload)?,
            _ => Some(self.of_later(&header)),
        };
        Ok(told.map(|event| self.standing_at(&header, event, standing)))
    }

    /// An entry of this till in words.
    pub(crate) fn of_own(&self, own: &Concerning) -> Result<Option<HistoryEvent>, Error> {
        let header = &own.header;
        let told = match &own.payload {
            Decoded::Known(payload) => self.of_payload(header, payload)?,
            Decoded::Unknown => Some(self.of_later(header)),
        };
        let standing = Standing {
            is_sent: own.sent,
            disposition: Disposition::Applied,
        };
        Ok(told.map(|event| self.standing_at(header, event, &standing)))
    }

    fn standing_at(
        &self,
        header: &Header,
        event: HistoryEvent,
        standing: &Standing,
    ) -> HistoryEvent {
        let mut reasons = event.reasons;
        reasons.extend(self.state(standing));
        HistoryEvent {
            key: format!("{}.{}", header.stream, header.seq),
            reasons,
            ..event
        }
    }

    fn of_payload(
        &self,
        header: &Header,
        payload: &Payload,
    ) -> Result<Option<HistoryEvent>, Error> {
        Ok(Some(match payload {
            Payload::SaleCompleted(sale) => self.sale(sale),
            Payload::SaleRefunded(refund) => self.refund(header, refund)?,
            Payload::SaleVoided(void) => self.void(header, void)?,
            Payload::PointsAdjusted(adjusted) => self.adjusted(header, adjusted)?,
            Payload::PointsExpired(expired) => self.expired(header, expired),
            Payload::RewardRedeemed(redeemed) => self.redeemed(redeemed),
            Payload::RewardReturned(returned) => self.reward_returned(returned),
            Payload::ReferralCodeMade(made) => self.code_made(header, made),
            Payload::ReferralRegistered(registered) => self.referred(registered)?,
            Payload::ReferralBonus(bonus) => self.referral_bonus(header, bonus)?,
            Payload::CustomerLinked(linked) => self.merged(header, linked)?,
            Payload::TierMoved(moved) => self.tier_moved(header, moved),
            Payload::BadgeAwarded(awarded) => self.badge(header, awarded),
            Payload::StreamOpened(_)
            | Payload::ApprovalGiven(_)
            | Payload::ShiftOpened(_)
            | Payload::ShiftClosed(_)
            | Payload::LeaseClosed(_)
            | Payload::PaymentReached(_) => return Ok(None),
        }))
    }

    /// Something newer than this software: only its time can be said.
    fn of_later(&self, header: &Header) -> HistoryEvent {
        HistoryEvent {
            what: self.say("history.kind.later", &[]),
            reasons: vec![self.say("history.later", &[])],
            ..at(self.rules.moment(header.effective_ms).local)
        }
    }

    fn say(&self, key: &str, parameters: &[(&str, &str)]) -> String {
        say(self.language, key, parameters)
    }

    fn number(&self, value: i64) -> String {
        words::number(self.language, value)
    }

    fn money(&self, minor: i64) -> String {
        self.rules.money.say(self.language, minor)
    }

    fn day(&self, day: NaiveDate) -> String {
        words::day(self.language, day)
    }

    /// A store as people call it; nothing for one that has no name here.
    fn place(&self, store: &str) -> String {
        let labelled = Labelled::Store(store);
        let label = self.rules.document.label(labelled, self.language.tag());
        let own = (store == self.identity.store).then_some(self.identity.store_name.as_str());
        label.or(own).unwrap_or_default().to_owned()
    }

    /// A customer's name, or that there is none.
    fn person(&self, id: Uuid) -> Result<String, Error> {
        name_of(self.connection, self.language, id)
    }

    /// Who of the staff did it.
    fn by_staff(&self, id: Uuid) -> Result<Option<String>, Error> {
        let staff = ledger::staff::all(self.connection)?;
        let person = staff.into_iter().find(|person| person.id == id);
        Ok(person.map(|person| self.say("history.by", &[("name", &person.name)])))
    }

    /// Which manager allowed it, where one was asked. An approval stands right before what it allows; of
    /// another till's only that there was one is known here.
    fn approved(&self, header: &Header, approval: Option<Uuid>) -> Result<Option<String>, Error> {
        if approval.is_none() {
            return Ok(None);
        }
        let before = header.seq.saturating_sub(1);
        let raw = ledger::entry::at(self.connection, header.stream, before)?;
        let given = raw.and_then(|raw| match raw.payload(&raw.header().ok()?) {
            Ok(Decoded::Known(Payload::ApprovalGiven(given))) => Some(given),
            _ => None,
        });
        let given = given.filter(|given| Some(given.approval_id) == approval);
        let staff = ledger::staff::all(self.connection)?;
        let manager =
            given.and_then(|given| staff.into_iter().find(|it| it.id == given.manager_id));
        Ok(Some(match manager {
            Some(person) => self.say("history.approved", &[("name", &person.name)]),
            None => self.say("history.approved.somebody", &[]),
        }))
    }

    /// What somebody wrote beside it.
    fn note(&self, note: Option<&str>) -> Option<String> {
        note.map(|note| self.say("history.note", &[("note", note)]))
    }

    /// What a reward of the program is called.
    fn reward_name(&self, slug: &str) -> String {
        let rewards = &self.rules.program.rewards;
        let known = rewards.iter().find(|reward| reward.slug == slug);
        known.map_or_else(
            || self.say("word.reward", &[]),
            |reward| reward.name.clone(),
        )
    }

    /// Where the points of a lot end.
    fn until(&self, points: i64, expires_on: NaiveDate) -> Option<String> {
        let day = self.day(expires_on);
        (points > 0).then(|| self.say("receipt.points_expire", &[("day", &day)]))
    }

    fn state(&self, standing: &Standing) -> Option<String> {
        if !standing.is_sent {
            return Some(self.say("history.unsent", &[]));
        }
        let key = match standing.disposition {
            Disposition::Applied => return None,
            Disposition::Adjusted => "history.adjusted",
            Disposition::Held => "history.held",
        };
        Some(self.say(key, &[]))
    }

    /// The moment of an entry whose payload has only a day: its own clock, if that is of the same day.
    fn on(&self, header: &Header, day: NaiveDate) -> HistoryEvent {
        let local = self.rules.moment(header.effective_ms).local;
        if local.date() == day {
            return at(local);
        }
        HistoryEvent {
            time: String::new(),
            ..at(day.into())
        }
    }
}

fn at(local: NaiveDateTime) -> HistoryEvent {
    HistoryEvent {
        key: String::new(),
        day: local.date().to_string(),
        time: local.format("%H:%M").to_string(),
        place: String::new(),
        what: String::new(),
        amount: None,
        points: 0,
        reasons: Vec::new(),
    }
}

/// Points of shares of lots.
fn points_of(lots: &[mostrador_protocol::account::LotDocument]) -> i64 {
    let lots: Vec<_> = lots.iter().map(loyalty::account::Lot::from).collect();
    loyalty::account::lots_sum(&lots)
}

#[cfg(test)]
mod tests;
