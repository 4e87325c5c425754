//! Two records of one person become one: points add up, and cards, phones and codes of both find the
//! record that stays.
//!
//! Works without a network: the merge is an entry with a manager's approval, and till and server fold it
//! alike. The other record keeps its profile, which is how its card and its phone are still known.

use loyalty::account::{Account, Accounts};
use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::{ApprovalGiven, CustomerLinked, Payload};
use mostrador_protocol::row::{Consent, Customer};
use uuid::Uuid;

use crate::approve::Ask;
use crate::identify::Look;
use crate::message::say;
use crate::price::standing_of;
use crate::stamp::stamp;
use crate::till::Till;
use crate::view::{Language, MergeRow, MergeSaved, MergeView};
use crate::{Error, words};

/// Stable code of the one refusal: the two are one already, or one and the same.
const ALREADY_ONE: &str = "already_one";

/// A record with its account.
struct Side {
    profile: Customer,
    account: Account,
}

impl Till {
    /// Two records as they would be as one, `survivor` staying. Nothing is written.
    pub fn preview_merge(&self, survivor: &str, absorbed: &str) -> Result<MergeView, Error> {
        self.require_cashier()?;
        let ids = (id(survivor)?, id(absorbed)?);
        self.read_with_rules(|connection, rules| {
            let look = self.look(connection, &rules);
            let sides = (side(connection, ids.0)?, side(connection, ids.1)?);
            Ok(show(&look, &sides))
        })
    }

    /// Makes the record `absorbed` a part of `survivor`; `pin` is a manager's.
    pub fn merge_customers(
        &self,
        survivor: &str,
        absorbed: &str,
        pin: &str,
    ) -> Result<MergeSaved, Error> {
        let (mut session, cashier) = self.at_work()?;
        let ids = (id(survivor)?, id(absorbed)?);
        let language = self.language();
        let (one, other) =
            self.read(|connection| Ok((side(connection, ids.0)?, side(connection, ids.1)?)))?;
        if one.profile.id == other.profile.id {
            return Ok(MergeSaved::Refused {
                refusal: ALREADY_ONE.to_owned(),
                sentence: say(language, "merge.already_one", &[]),
            });
        }
        let ask = Ask {
            action: "customer_linked",
            subject: one.profile.id.to_string(),
            amount: None,
        };
        let approval = self.approve(pin, &cashier, ask)?;
        let ids = (one.profile.id, other.profile.id);
        self.shared
            .ledger
            .transact(|tx| self.record_merge(tx, ids, &approval))?;
        self.nudge();
        session.open.customer = Some(ids.0);
        session.said = say(language, "said.merged", &[("name", &one.profile.name)]);
        let counter = Box::new(self.show(session)?);
        Ok(MergeSaved::Merged { counter })
    }

    fn record_merge(
        &self,
        tx: &Connection,
        (survivor, absorbed): (Uuid, Uuid),
        approval: &ApprovalGiven,
    ) -> Result<(), Error> {
        let rules = self.shared.shelf.current(tx)?;
        let (wall_ms, now_ms) = (self.shared.clock.now_ms(), self.now_ms());
        let offset_ms = now_ms.saturating_sub(wall_ms);
        let linked = CustomerLinked {
            survivor_id: survivor,
            absorbed_id: absorbed,
            cashier_id: approval.cashier_id,
            local_time: rules.moment(now_ms).local,
            approval_id: Some(approval.approval_id),
        };
        let version = rules.document.version;
        for payload in [
            Payload::ApprovalGiven(approval.clone()),
            Payload::CustomerLinked(linked),
        ] {
            let stamp = stamp(&self.shared, tx, wall_ms, offset_ms, version)?;
            ledger::record::record(tx, &stamp, &payload)?;
        }
        let known = |id| ledger::customer::get(tx, id);
        if let (Some(stays), Some(goes)) = (known(survivor)?, known(absorbed)?) {
            let given = (now_ms, self.enrolled()?.terminal_id);
            let one = Customer {
                hlc: ledger::hlc::next(stays.hlc, now_ms),
                ..united(&stays, &goes, given)
            };
            ledger::customer::save_local(tx, &one)?;
        }
        Ok(())
    }
}

/// The record that has the account of `id`.
fn side(connection: &Connection, id: Uuid) -> Result<Side, Error> {
    let (holder, account) = ledger::account::held(connection, id)?;
    let profile = ledger::customer::get(connection, holder)?.ok_or(Error::UnknownCustomer)?;
    Ok(Side { profile, account })
}

fn id(text: &str) -> Result<Uuid, Error> {
    text.parse().map_err(|_| Error::UnknownCustomer)
}

/// The profile that stays: what it lacks comes from the other, and of two answers about messages the
/// more restrictive holds, as an answer `given` now: milliseconds since the epoch, and where.
fn united(stays: &Customer, goes: &Customer, given: (i64, Uuid)) -> Customer {
    let or = |one: &Option<String>, other: &Option<String>| one.clone().or_else(|| other.clone());
    let withdrawn = stays.marketing_consent && !goes.marketing_consent;
    let said = stays.consent.as_ref();
    let consent = withdrawn.then(|| Consent {
        version: said.map_or(0, |said| said.version),
        marketing: false,
        given_ms: given.0,
        terminal: given.1,
        answers_ms: said.map(|said| said.given_ms),
    });
    Customer {
        phone: or(&stays.phone, &goes.phone),
        email: or(&stays.email, &goes.email),
        document: or(&stays.document, &goes.document),
        card: or(&stays.card, &goes.card),
        birthday: stays.birthday.or(goes.birthday),
        referral_code: or(&stays.referral_code, &goes.referral_code),
        marketing_consent: stays.marketing_consent && goes.marketing_consent,
        consent: consent.or_else(|| stays.consent.clone()),
        ..stays.clone()
    }
}

fn show(look: &Look<'_>, (one, other): &(Side, Side)) -> MergeView {
    let language = look.language;
    let is_one = one.profile.id == other.profile.id;
    let united = united(&one.profile, &other.profile, (look.now_ms, Uuid::nil()));
    let mut rows = profile_rows(language, (&one.profile, &other.profile), &united);
    rows.extend(account_rows(look, (one, other)));
    let mut notes = vec![say(language, "merge.both_found", &[])];
    if let (Some(stays), Some(goes)) = (&united.referral_code, &other.profile.referral_code)
        && stays != goes
    {
        let parameters = [("code", stays.as_str()), ("other", goes)];
        notes.push(say(language, "merge.codes", &parameters));
    }
    if one.profile.marketing_consent && !united.marketing_consent {
        notes.push(say(language, "merge.consent", &[]));
    }
    let refusal = if is_one {
        say(language, "merge.already_one", &[])
    } else {
        String::new()
    };
    MergeView {
        survivor_id: one.profile.id.to_string(),
        absorbed_id: other.profile.id.to_string(),
        survivor: one.profile.name.clone(),
        absorbed: other.profile.name.clone(),
        rows,
        notes,
        refusal,
    }
}

/// A field of a profile: its name, and what is in it.
type Field = (&'static str, fn(&Customer) -> Option<String>);

fn profile_rows(
    language: Language,
    (one, other): (&Customer, &Customer),
    united: &Customer,
) -> Vec<MergeRow> {
    let day = |profile: &Customer| profile.birthday.map(|day| words::day(language, day));
    let fields: [Field; 5] = [
        ("phone", |profile| profile.phone.clone()),
        ("email", |profile| profile.email.clone()),
        ("document", |profile| profile.document.clone()),
        ("card", |profile| profile.card.clone()),
        ("code", |profile| profile.referral_code.clone()),
    ];
    let row = |name: &str, values: [Option<String>; 3]| {
        let [survivor, absorbed, after] = values;
        MergeRow {
            name: say(language, &format!("merge.row.{name}"), &[]),
            same: survivor.is_some() && survivor == absorbed,
            survivor: survivor.unwrap_or_default(),
            absorbed: absorbed.unwrap_or_default(),
            after: after.unwrap_or_default(),
        }
    };
    let mut rows: Vec<MergeRow> = fields
        .into_iter()
        .map(|(name, of)| row(name, [of(one), of(other), of(united)]))
        .collect();
    rows.insert(3, row("birthday", [day(one), day(other), day(united)]));
    rows.retain(|row| !row.survivor.is_empty() || !row.absorbed.is_empty());
    rows
}

fn account_rows(look: &Look<'_>, (one, other): (&Side, &Side)) -> Vec<MergeRow> {
    let language = look.language;
    let now = look.rules.moment(look.now_ms);
    let day = now.local_day();
    let mut accounts = Accounts::default();
    accounts.insert(one.profile.id, one.account.clone());
    accounts.insert(other.profile.id, other.account.clone());
    accounts.merge(one.profile.id, other.profile.id, day);
    let after = accounts.get(one.profile.id).cloned().unwrap_or_default();
    let tier = |account: &Account| {
        let standing = standing_of(look.rules, account, now);
        standing.map_or_else(String::new, |standing| standing.tier.name.clone())
    };
    let points = |account: &Account| words::number(language, account.available(day));
    let debt = |account: &Account| words::number(language, account.debt);
    let purchases = |account: &Account| account.completed_purchases().to_string();
    let row = |name: &str, of: &dyn Fn(&Account) -> String| MergeRow {
        name: say(language, name, &[]),
        survivor: of(&one.account),
        absorbed: of(&other.account),
        after: of(&after),
        same: false,
    };
    let mut rows = vec![row("history.fact.balance", &points)];
    if one.account.debt > 0 || other.account.debt > 0 {
        rows.push(row("history.fact.debt", &debt));
    }
    if look.rules.program.tiers.is_some() {
        rows.push(row("history.fact.tier", &tier));
    }
    rows.push(row("history.fact.purchases", &purchases));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(phone: Option<&str>, marketing: bool) -> Customer {
        Customer {
            name: "Ana".to_owned(),
            phone: phone.map(str::to_owned),
            marketing_consent: marketing,
            consent: Some(Consent {
                version: 1,
                marketing,
                given_ms: 5,
                terminal: Uuid::nil(),
                answers_ms: None,
            }),
            ..Customer::default()
        }
    }

    #[test]
    fn what_one_record_lacks_comes_from_the_other_and_the_stricter_consent_holds() {
        let (one, other) = (profile(None, true), profile(Some("300"), false));
        let both = united(&one, &other, (9, Uuid::nil()));
        assert_eq!(both.phone.as_deref(), Some("300"));
        assert!(!both.marketing_consent);
        let consent = both.consent.expect("an answer");
        assert_eq!(
            (consent.marketing, consent.given_ms, consent.answers_ms),
            (false, 9, Some(5))
        );
        // Who did not want messages does not get them because of the other record.
        let both = united(&other, &one, (9, Uuid::nil()));
        assert!(!both.marketing_consent);
        assert_eq!(both.consent, other.consent);
    }
}
