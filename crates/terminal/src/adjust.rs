//! Points by hand: with a manager's PIN, a reason and a limit, also without a network.
//!
//! One PIN allows one adjustment of so many points of one customer; both people stand in the entries.

use chrono::{NaiveDate, NaiveDateTime};
use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::points::expires_on;
use mostrador_protocol::entry::{ApprovalGiven, Payload, PointsAdjusted};
use mostrador_protocol::program::AdjustmentsDocument;
use uuid::Uuid;

use crate::approve::Ask;
use crate::message::say;
use crate::price::Buyer;
use crate::rules::Rules;
use crate::stamp::stamp;
use crate::till::Till;
use crate::view::{AdjustmentForm, AdjustmentInput, AdjustmentSaved, Language, ReasonView};
use crate::{Error, words};

/// The slugs of the reasons that come with the till. The last one says nothing by itself.
const REASONS: [&str; 5] = [
    "missed_sale",
    "wrong_points",
    "promotion",
    "goodwill",
    NEEDS_NOTE,
];

/// The reason that needs a note.
const NEEDS_NOTE: &str = "other";

/// The longest note, signs.
const MAX_NOTE_SIGNS: usize = 120;

/// As many digits in a row are somebody's phone or document.
const PHONE_DIGITS: usize = 7;

/// Why points are not adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AdjustmentRefusal {
    /// The program gives no points.
    NoPoints,
    /// What was typed is no number of points.
    Unreadable,
    /// More than the program allows at once.
    OverLimit { max: i64 },
    /// More than the customer has.
    OverBalance { available: i64 },
    /// No reason was chosen, or one that needs words has none.
    NoReason,
    /// The note is too long.
    NoteTooLong,
    /// The note tells who somebody is.
    NotePersonal,
}

impl AdjustmentRefusal {
    const fn code(self) -> &'static str {
        match self {
            Self::NoPoints => "adjustment_no_points",
            Self::Unreadable => "adjustment_points",
            Self::OverLimit { .. } => "adjustment_over_limit",
            Self::OverBalance { .. } => "adjustment_over_balance",
            Self::NoReason => "adjustment_reason",
            Self::NoteTooLong => "note_too_long",
            Self::NotePersonal => "note_personal",
        }
    }

    fn sentence(self, language: Language) -> String {
        let figure = match self {
            Self::OverLimit { max } => max,
            Self::OverBalance { available } => available,
            Self::NoteTooLong => i64::try_from(MAX_NOTE_SIGNS).unwrap_or(0),
            _ => 0,
        };
        let figure = words::number(language, figure);
        let key = format!("adjustment.{}", self.code());
        say(language, &key, &[("figure", &figure)])
    }
}

/// What is to be recorded.
struct Plan {
    customer: Uuid,
    /// Below zero: taken.
    points: i64,
    /// The last local day on which given ones can be spent.
    expires_on: NaiveDate,
    local_time: NaiveDateTime,
    reason: String,
    note: Option<String>,
}

impl Till {
    /// What may be adjusted of a customer's points.
    pub fn adjustment(&self, customer: &str) -> Result<AdjustmentForm, Error> {
        self.require_cashier()?;
        let id: Uuid = customer.parse().map_err(|_| Error::UnknownCustomer)?;
        let language = self.language();
        self.read_with_rules(|connection, rules| {
            let now = rules.moment(self.now_ms());
            let buyer = Buyer::load(connection, &rules, id, now)?;
            let known = ledger::customer::get(connection, buyer.id)?;
            let max = words::number(language, limits(&rules).max_points);
            Ok(AdjustmentForm {
                customer_id: buyer.id.to_string(),
                name: known.ok_or(Error::UnknownCustomer)?.name,
                balance: buyer.account.available(now.local_day()),
                rules: say(language, "adjustment.rules", &[("max", &max)]),
                reasons: reasons(language, &rules),
            })
        })
    }

    /// Gives or takes points by hand; `pin` is a manager's. Everything is looked at before the PIN is.
    pub fn adjust_points(
        &self,
        input: &AdjustmentInput,
        pin: &str,
    ) -> Result<AdjustmentSaved, Error> {
        let (mut session, cashier) = self.at_work()?;
        let language = self.language();
        let refused = |refusal: AdjustmentRefusal| AdjustmentSaved::Refused {
            refusal: refusal.code().to_owned(),
            sentence: refusal.sentence(language),
        };
        let plan = self
            .read_with_rules(|connection, rules| self.plan_adjustment(connection, &rules, input))?;
        let plan = match plan {
            Ok(plan) => plan,
            Err(refusal) => return Ok(refused(refusal)),
        };
        let ask = Ask {
            action: "points_adjusted",
            subject: plan.customer.to_string(),
            amount: Some(plan.points),
        };
        let approval = self.approve(pin, &cashier, ask)?;
        let written = self.shared.ledger.transact(|tx| {
            let rules = self.shared.shelf.current(tx)?;
            // Another sale may have come between.
            let plan = match self.plan_adjustment(tx, &rules, input)? {
                Ok(plan) => plan,
                Err(refusal) => return Ok::<_, Error>(Err(refusal)),
            };
            self.record_adjustment(tx, &rules, (&plan, &approval))?;
            Ok(Ok(()))
        })?;
        if let Err(refusal) = written {
            return Ok(refused(refusal));
        }
        self.nudge();
        let key = if input.takes {
            "said.points_taken"
        } else {
            "said.points_given"
        };
        let points = words::number(language, plan.points.saturating_abs());
        session.said = say(language, key, &[("points", &points)]);
        let counter = Box::new(self.show(session)?);
        Ok(AdjustmentSaved::Adjusted { counter })
    }

    fn plan_adjustment(
        &self,
        connection: &Connection,
        rules: &Rules,
        input: &AdjustmentInput,
    ) -> Result<Result<Plan, AdjustmentRefusal>, Error> {
        let id: Uuid = input
            .customer_id
            .parse()
            .map_err(|_| Error::UnknownCustomer)?;
        let now = rules.moment(self.now_ms());
        let (customer, account) = ledger::account::held(connection, id)?;
        ledger::customer::get(connection, customer)?.ok_or(Error::UnknownCustomer)?;
        let Some(lifetime) = &rules.program.points else {
            return Ok(Err(AdjustmentRefusal::NoPoints));
        };
        let available = account.available(now.local_day());
        Ok(checked(rules, input, available).map(|(points, note)| Plan {
            customer,
            points,
            expires_on: expires_on(now.local_day(), lifetime),
            local_time: now.local,
            reason: input.reason.clone(),
            note,
        }))
    }

    fn record_adjustment(
        &self,
        tx: &Connection,
        rules: &Rules,
        (plan, approval): (&Plan, &ApprovalGiven),
    ) -> Result<(), Error> {
        let (wall_ms, now_ms) = (self.shared.clock.now_ms(), self.now_ms());
        let offset_ms = now_ms.saturating_sub(wall_ms);
        let adjusted = PointsAdjusted {
            customer_id: plan.customer,
            store: self.enrolled()?.store.clone(),
            cashier_id: approval.cashier_id,
            points: plan.points,
            reason: plan.reason.clone(),
            note: plan.note.clone(),
            local_time: plan.local_time,
            expires_on: plan.expires_on,
            approval_id: Some(approval.approval_id),
        };
        let version = rules.document.version;
        for payload in [
            Payload::ApprovalGiven(approval.clone()),
            Payload::PointsAdjusted(adjusted),
        ] {
            let stamp = stamp(&self.shared, tx, wall_ms, offset_ms, version)?;
            ledger::record::record(tx, &stamp, &payload)?;
        }
        Ok(())
    }
}

/// Points with their sign and the note, or the first thing that speaks against it.
fn checked(
    rules: &Rules,
    input: &AdjustmentInput,
    available: i64,
) -> Result<(i64, Option<String>), AdjustmentRefusal> {
    let points = read_points(&input.points).ok_or(AdjustmentRefusal::Unreadable)?;
    let max = limits(rules).max_points;
    if points > max {
        return Err(AdjustmentRefusal::OverLimit { max });
    }
    if input.takes && points > available {
        return Err(AdjustmentRefusal::OverBalance { available });
    }
    let is_known = reasons(Language::Es, rules)
        .iter()
        .any(|reason| reason.slug == input.reason);
    let note = input.note.trim();
    if !is_known || (input.reason == NEEDS_NOTE && note.is_empty()) {
        return Err(AdjustmentRefusal::NoReason);
    }
    if note.chars().count() > MAX_NOTE_SIGNS {
        return Err(AdjustmentRefusal::NoteTooLong);
    }
    if is_personal(note) {
        return Err(AdjustmentRefusal::NotePersonal);
    }
    let signed = if input.takes { -points } else { points };
    Ok((signed, (!note.is_empty()).then(|| note.to_owned())))
}

/// What the program says of adjustments.
fn limits(rules: &Rules) -> AdjustmentsDocument {
    rules.document.adjustments.clone().unwrap_or_default()
}

/// What a cashier chooses from.
pub(crate) fn reasons(language: Language, rules: &Rules) -> Vec<ReasonView> {
    let own = limits(rules).reasons;
    if own.is_empty() {
        let ready = REASONS.iter().map(|slug| ReasonView {
            slug: (*slug).to_owned(),
            name: say(language, &format!("adjustment.reason.{slug}"), &[]),
        });
        return ready.collect();
    }
    let own = own.iter().map(|reason| ReasonView {
        slug: reason.slug.clone(),
        name: reason.text(language.tag()).to_owned(),
    });
    own.collect()
}

/// A number above zero, with its thousands grouped or not.
fn read_points(text: &str) -> Option<i64> {
    let plain: String = text
        .chars()
        .filter(|sign| !sign.is_whitespace() && !".,".contains(*sign))
        .collect();
    let is_number = !plain.is_empty() && plain.bytes().all(|sign| sign.is_ascii_digit());
    plain.parse().ok().filter(|points| is_number && *points > 0)
}

/// Whether a note holds a phone, a document or an address: personal data stays out of entries.
fn is_personal(note: &str) -> bool {
    let mut digits = 0;
    for sign in note.chars() {
        if sign.is_ascii_digit() {
            digits += 1;
        } else if !" .-".contains(sign) {
            digits = 0;
        }
        if digits >= PHONE_DIGITS {
            return true;
        }
    }
    note.contains('@')
}

#[cfg(test)]
mod tests {
    use super::{is_personal, read_points};

    #[test]
    fn points_are_a_whole_number_above_zero() {
        for (text, points) in [
            ("50", Some(50)),
            (" 1.500 ", Some(1_500)),
            ("1,500", Some(1_500)),
            ("0", None),
            ("-5", None),
            ("+5", None),
            ("", None),
            ("cinco", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(read_points(text), points, "{text}");
        }
    }

    #[test]
    fn a_phone_or_an_address_in_a_note_is_personal() {
        for note in ["llamar al 300 123 45 67", "CC 12.345.678", "ana@x.co"] {
            assert!(is_personal(note), "{note}");
        }
        for note in ["compra del 12 de marzo", "recibo C1-00042", ""] {
            assert!(!is_personal(note), "{note}");
        }
    }
}
