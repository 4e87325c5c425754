//! Entries as things that happened to a customer, each with its reasons in words.

use chrono::NaiveDateTime;
use mostrador_loyalty::program::Factor;
use mostrador_protocol::entry::{Decoded, Header, Payload, RawEntry, SaleCompleted};
use mostrador_protocol::message::Disposition;
use mostrador_protocol::program::Labelled;

use crate::message::{has, say};
use crate::rules::Rules;
use crate::view::{HistoryEvent, Language};
use crate::{sentence, words};

/// What is known of an entry beside its bytes.
#[derive(Debug)]
pub(crate) struct Standing {
    /// Whether the server has it.
    pub(crate) is_sent: bool,
    /// What became of it there.
    pub(crate) disposition: Disposition,
}

/// An entry in words; `None` when not even its header can be read.
pub(crate) fn of_entry(
    language: Language,
    rules: &Rules,
    raw: &RawEntry,
    standing: &Standing,
) -> Option<HistoryEvent> {
    let header = raw.header().ok()?;
    let mut event = match raw.payload(&header) {
        Ok(Decoded::Known(Payload::SaleCompleted(sale))) => of_sale(language, rules, &sale),
        _ => of_kind(language, rules, &header),
    };
    event.key = format!("{}.{}", header.stream, header.seq);
    event.reasons.extend(state(language, standing));
    Some(event)
}

/// A sale: what was paid, the points with every factor, the codes.
pub(crate) fn of_sale(language: Language, rules: &Rules, sale: &SaleCompleted) -> HistoryEvent {
    let mut reasons = Vec::new();
    if let Some(tier) = &sale.tier_discount {
        let amount = rules.money.say(language, tier.amount);
        let parameters = [("tier", rules.tier_name(&tier.tier)), ("amount", &amount)];
        reasons.push(say(language, "history.tier_discount", &parameters));
    }
    for code in &sale.codes {
        let amount = rules.money.say(language, code.amount);
        let parameters = [("code", code.text.as_str()), ("amount", &amount)];
        let key = if code.amount == 0 {
            "history.code_counted"
        } else {
            "history.code"
        };
        reasons.push(say(language, key, &parameters));
    }
    for refused in &sale.refused {
        let why = sentence::refusal_title(language, &refused.refusal);
        let parameters = [("code", refused.text.as_str()), ("why", &why)];
        reasons.push(say(language, "history.refused", &parameters));
    }
    if let Some(points) = &sale.points {
        reasons.push(sentence::points_base(language, rules, points));
        for factor in &points.factors {
            let factor = Factor {
                name: factor.name.clone(),
                multiplier: factor.multiplier,
            };
            reasons.push(sentence::factor(language, &factor, None));
        }
        if points.bonus != 0 {
            let bonus = words::number(language, points.bonus);
            reasons.push(say(language, "history.bonus", &[("points", &bonus)]));
        }
        if points.earned > 0 {
            let day = words::day(language, points.expires_on);
            reasons.push(say(language, "receipt.points_expire", &[("day", &day)]));
        }
    }
    let place = rules
        .document
        .label(Labelled::Store(&sale.store), language.tag());
    HistoryEvent {
        place: place.unwrap_or(&sale.store).to_owned(),
        what: say(language, "history.sale", &[("receipt", &sale.receipt)]),
        amount: Some(sale.total),
        points: sale.points.as_ref().map_or(0, |points| points.earned),
        reasons,
        ..at(sale.local_time)
    }
}

/// An entry of which only kind and time can be said.
fn of_kind(language: Language, rules: &Rules, header: &Header) -> HistoryEvent {
    let key = format!("history.kind.{}", header.kind);
    let what = if has(language, &key) {
        say(language, &key, &[])
    } else {
        say(language, "history.other", &[("kind", &header.kind)])
    };
    HistoryEvent {
        what,
        ..at(rules.moment(header.effective_ms).local)
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

fn state(language: Language, standing: &Standing) -> Option<String> {
    if !standing.is_sent {
        return Some(say(language, "history.unsent", &[]));
    }
    let key = match standing.disposition {
        Disposition::Applied => return None,
        Disposition::Adjusted => "history.adjusted",
        Disposition::Held => "history.held",
    };
    Some(say(language, key, &[]))
}
