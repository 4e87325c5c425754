//! Who brought a customer: said at enrolment or before the first purchase, refused by the rules of
//! `loyalty::referral`.
//!
//! Works without a network on what this till knows; the bonus is the server's to give.

use loyalty::account::Account;
use loyalty::code::{CodeText, generated};
use loyalty::program::ReferralRules;
use loyalty::referral::{Person, ReferralRefusal, Registration, refusal_of};
use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::{Payload, ReferralRegistered};
use mostrador_protocol::row::Customer;
use uuid::Uuid;

use crate::customer::name_of;
use crate::error::shortened;
use crate::identify::{Look, payload_of};
use crate::message::say;
use crate::stamp::stamp;
use crate::till::Till;
use crate::view::{Language, PersonReading, ReferralForm, ReferralSaved, ReferrerInput};
use crate::{Error, words};

/// The most names of brought customers that one sentence lists.
const MOST_NAMES: usize = 3;

/// Why a referral was not registered.
pub(crate) enum Registered {
    /// It is written, or it was before.
    Yes,
    /// Nothing is written.
    No(ReferralRefusal),
}

impl Till {
    /// Whom `text` means: a customer by their referral code, card, phone or name.
    pub fn find_person(&self, text: &str) -> Result<PersonReading, Error> {
        self.require_cashier()?;
        let text = payload_of(text);
        self.read_with_rules(|connection, rules| find(&self.look(connection, &rules), text))
    }

    /// Records who brought a customer who has not bought yet.
    pub fn register_referral(
        &self,
        customer: &str,
        referrer: &ReferrerInput,
    ) -> Result<ReferralSaved, Error> {
        let (mut session, cashier) = self.at_work()?;
        let id: Uuid = customer.parse().map_err(|_| Error::UnknownCustomer)?;
        let language = self.language();
        let (registered, names) = self.shared.ledger.transact(|tx| {
            let (holder, _) = ledger::account::held(tx, id)?;
            let known = ledger::customer::get(tx, holder)?.ok_or(Error::UnknownCustomer)?;
            let registered = self.write_referral(tx, &known, (referrer, cashier.id))?;
            let names = (known.name, name_of_text(tx, language, &referrer.id)?);
            Ok::<_, Error>((registered, names))
        })?;
        if let Registered::No(refusal) = registered {
            return Ok(ReferralSaved::Refused {
                refusal: refusal.code().to_owned(),
                sentence: refused(language, refusal),
            });
        }
        self.nudge();
        let parameters = [("name", names.0.as_str()), ("referrer", &names.1)];
        session.said = say(language, "said.referred", &parameters);
        let counter = Box::new(self.show(session)?);
        Ok(ReferralSaved::Registered { counter })
    }

    /// Writes who brought `customer`, in the caller's transaction. The same again is no second entry.
    pub(crate) fn write_referral(
        &self,
        tx: &Connection,
        customer: &Customer,
        (referrer, cashier_id): (&ReferrerInput, Uuid),
    ) -> Result<Registered, Error> {
        let rules = self.shared.shelf.current(tx)?;
        let referrer_id: Uuid = referrer.id.parse().map_err(|_| Error::UnknownCustomer)?;
        let (referrer_id, _) = ledger::account::held(tx, referrer_id)?;
        let known = ledger::customer::get(tx, referrer_id)?.ok_or(Error::UnknownCustomer)?;
        let (holder, account) = ledger::account::held(tx, customer.id)?;
        let registration = Registration {
            customer: Person {
                id: holder,
                ..person(customer)
            },
            account: &account,
            referrer: person(&known),
            referrer_is_employee: ledger::staff::is_employee(tx, &known)?,
        };
        if let Some(refusal) = refusal_of(&registration) {
            return Ok(Registered::No(refusal));
        }
        if account.referral.referred_by.is_some() {
            return Ok(Registered::Yes);
        }
        let (wall_ms, now_ms) = (self.shared.clock.now_ms(), self.now_ms());
        let offset_ms = now_ms.saturating_sub(wall_ms);
        let stamp = stamp(&self.shared, tx, wall_ms, offset_ms, rules.document.version)?;
        let code = referrer.code.as_deref().and_then(CodeText::parse);
        let payload = Payload::ReferralRegistered(ReferralRegistered {
            customer_id: holder,
            referrer_id,
            code: code.map(|code| code.as_str().to_owned()),
            cashier_id,
            local_time: rules.moment(now_ms).local,
        });
        ledger::record::record(tx, &stamp, &payload)?;
        Ok(Registered::Yes)
    }
}

fn find(look: &Look<'_>, text: &str) -> Result<PersonReading, Error> {
    let nobody = PersonReading {
        hits: Vec::new(),
        sure: false,
        code: None,
        sentence: String::new(),
    };
    if text.is_empty() {
        return Ok(nobody);
    }
    let code = CodeText::parse(text).filter(generated::is_intact);
    if let Some(code) = code
        && let Some(owner) = ledger::customer::by_referral_code(look.connection, &code)?
    {
        return Ok(PersonReading {
            hits: vec![look.hit_of(owner)?],
            sure: true,
            code: Some(code.to_string()),
            ..nobody
        });
    }
    if let Some(owner) = ledger::customer::by_card(look.connection, text)? {
        return Ok(PersonReading {
            hits: vec![look.hit_of(owner)?],
            sure: true,
            ..nobody
        });
    }
    let (hits, sure) = look.customers(text)?;
    if !hits.is_empty() {
        return Ok(PersonReading {
            hits,
            sure,
            ..nobody
        });
    }
    let text = shortened(text);
    Ok(PersonReading {
        sentence: say(look.language, "person.nobody", &[("text", &text)]),
        ..nobody
    })
}

/// Why a referral cannot be, and what to do.
pub(crate) fn refused(language: Language, refusal: ReferralRefusal) -> String {
    let code = refusal.code();
    let key = match refusal {
        ReferralRefusal::SamePerson { shared } => format!("referral.{code}.{}", shared.code()),
        _ => format!("referral.{code}"),
    };
    say(language, &key, &[])
}

/// What a form says of it; `None` when the program has no referrals. A new customer has no account.
pub(crate) fn form(
    look: &Look<'_>,
    known: Option<&Account>,
) -> Result<Option<ReferralForm>, Error> {
    let Some(referral) = &look.rules.program.referral else {
        return Ok(None);
    };
    let sentence = match known {
        Some(account) => story(look, account)?,
        None => None,
    };
    let has_bought = known.is_some_and(|account| account.completed_purchases() > 0);
    let may_say = sentence.is_none() && !has_bought;
    let offer = || {
        if may_say {
            offer(look, referral)
        } else {
            String::new()
        }
    };
    Ok(Some(ReferralForm {
        may_say,
        sentence: sentence.unwrap_or_else(offer),
    }))
}

/// Who brought the customer with this account and what came of it; `None` when nobody did.
pub(crate) fn story(look: &Look<'_>, account: &Account) -> Result<Option<String>, Error> {
    let Some(by) = account.referral.referred_by else {
        return Ok(None);
    };
    let language = look.language;
    let (referrer, _) = ledger::account::held(look.connection, by.customer)?;
    let name = name_of(look.connection, language, referrer)?;
    let Some(referral) = &look.rules.program.referral else {
        return Ok(Some(say(language, "referral.by", &[("name", &name)])));
    };
    let points = words::number(language, referral.bonus_points);
    let minimum = look.rules.money.amount(language, referral.min_purchase);
    let key = if account.referral.is_bonus_given() {
        "referral.by.given"
    } else if referral.min_purchase.is_zero() {
        "referral.by.pending"
    } else {
        "referral.by.pending_from"
    };
    let parameters = [
        ("name", name.as_str()),
        ("points", &points),
        ("minimum", &minimum),
    ];
    Ok(Some(say(language, key, &parameters)))
}

/// Whom the customer brought: how many, some of their names, and for how many the bonus was given;
/// `None` when this till knows of nobody.
pub(crate) fn brought(
    look: &Look<'_>,
    (customer, account): (Uuid, &Account),
) -> Result<Option<String>, Error> {
    let found = ledger::account::brought_by(look.connection, customer, MOST_NAMES)?;
    if found.count == 0 {
        return Ok(None);
    }
    let language = look.language;
    let names = found.latest.iter();
    let names = names.map(|id| name_of(look.connection, language, *id));
    let mut names = names.collect::<Result<Vec<_>, _>>()?;
    let unnamed = found.count.saturating_sub(names.len());
    if unnamed > 0 {
        names.push(say(
            language,
            "word.more",
            &[("count", &unnamed.to_string())],
        ));
    }
    let (count, given) = (found.count.to_string(), account.referral.brought.max(0));
    let parameters = [
        ("count", count.as_str()),
        ("names", &words::list(language, &names)),
        ("given", &given.to_string()),
    ];
    Ok(Some(say(language, "referral.brought", &parameters)))
}

/// What whoever brings somebody gets.
fn offer(look: &Look<'_>, referral: &ReferralRules) -> String {
    let language = look.language;
    let points = words::number(language, referral.bonus_points);
    let welcome = words::number(language, referral.welcome_points);
    let minimum = look.rules.money.amount(language, referral.min_purchase);
    let key = match (referral.welcome_points > 0, referral.min_purchase.is_zero()) {
        (false, true) => "referral.offer",
        (false, false) => "referral.offer.from",
        (true, true) => "referral.offer.both",
        (true, false) => "referral.offer.both_from",
    };
    let parameters = [
        ("points", points.as_str()),
        ("welcome", &welcome),
        ("minimum", &minimum),
    ];
    say(language, key, &parameters)
}

fn person(customer: &Customer) -> Person<'_> {
    Person {
        id: customer.id,
        phone: customer.phone.as_deref(),
        email: customer.email.as_deref(),
        document: customer.document.as_deref(),
    }
}

/// The name of the customer with the id in this text.
fn name_of_text(connection: &Connection, language: Language, id: &str) -> Result<String, Error> {
    match id.parse() {
        Ok(id) => name_of(connection, language, id),
        Err(_) => Ok(say(language, "word.no_profile", &[])),
    }
}
