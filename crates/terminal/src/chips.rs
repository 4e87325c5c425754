//! Codes that this customer could use on this basket now, offered before anybody types.

use mostrador_loyalty::code::{Code, CodeKind, CodeText};
use mostrador_loyalty::customer::Usage;
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::quote::{AcceptedCode, RefusedCode, trial};
use mostrador_loyalty::refusal::Refusal;

use crate::gives::gives;
use crate::price::Priced;
use crate::speaker::Speaker;
use crate::view::ChipView;
use crate::words;

/// The most chips on screen.
const MAX_CHIPS: usize = 6;

/// The most of them that still lack something.
const MAX_NEAR: usize = 2;

/// The most codes that are tried: a program may hold thousands, a keystroke may not.
const MAX_TRIED: usize = 200;

/// Codes worth trying, by text: in force today, not on the basket, and not somebody else's. Codes
/// with an owner are not offered, because who recommended is for the customer to say; nor are
/// generated ones, which whoever was given them shows.
pub(crate) fn candidates(priced: &Priced) -> Vec<CodeText> {
    let mut candidates: Vec<&Code> = priced
        .rules
        .program
        .codes
        .iter()
        .filter(|code| is_worth_trying(priced, code))
        .collect();
    candidates.sort_unstable_by(|one, two| one.text.cmp(&two.text));
    candidates.truncate(MAX_TRIED);
    candidates.iter().map(|code| code.text.clone()).collect()
}

fn is_worth_trying(priced: &Priced, code: &Code) -> bool {
    let today = priced.now.local_day();
    let customers = &code.restrictions.customers;
    let for_this_customer = customers.is_empty()
        || priced
            .buyer
            .as_ref()
            .is_some_and(|buyer| customers.contains(&buyer.id));
    code.active
        && code.series.is_none()
        && code.benefit.discounts()
        && code.kind != CodeKind::Reward
        && code.owner.is_none()
        && code.owner_customer.is_none()
        && code.valid_from.is_none_or(|from| from <= today)
        && code.valid_until.is_none_or(|until| today <= until)
        && for_this_customer
        && !priced.rules.program.is_generated(&code.text)
        && !priced.scanned.contains(&code.text)
}

/// Those of `candidates` that would join the basket as it is, or take the place of what is on it, and
/// take more off, most first; then the few that only lack a part of their minimum purchase, nearest first. `usage` covers the scanned codes
/// and the candidates.
pub(crate) fn offer(priced: &Priced, candidates: &[CodeText], usage: &Usage) -> Vec<Offer> {
    let (mut ready, mut near) = (Vec::new(), Vec::new());
    for text in candidates {
        let now = priced.quote.discount;
        let mut scanned = priced.scanned.clone();
        scanned.push(text.clone());
        let with_it = trial(&priced.request(&scanned, usage));
        let gain = with_it.discount.saturating_sub(now);
        let refusal = with_it.refused.iter().find(|code| code.text == *text);
        match refusal.map(|code| &code.refusal) {
            None if !gain.is_zero() => ready.push(Offer::of(text, Promise::Gain(gain))),
            // As if it had been scanned first: what it does not meet makes room.
            Some(Refusal::NotStackable { .. }) => {
                scanned.rotate_right(1);
                let first = trial(&priced.request(&scanned, usage));
                let gain = first.discount.saturating_sub(now);
                if !gain.is_zero() {
                    ready.push(Offer {
                        instead: kept_out(priced, &first.refused),
                        ..Offer::of(text, Promise::Gain(gain))
                    });
                }
            }
            Some(Refusal::MinimumNotMet { missing, .. }) if with_it.near.contains(text) => {
                near.push(Offer::of(text, Promise::Missing(*missing)));
            }
            _ => {}
        }
    }
    ready.sort_unstable_by(|one, two| (two.amount(), &one.text).cmp(&(one.amount(), &two.text)));
    near.sort_unstable_by(|one, two| (one.amount(), &one.text).cmp(&(two.amount(), &two.text)));
    near.truncate(MAX_NEAR);
    ready.truncate(MAX_CHIPS - near.len());
    ready.extend(near);
    ready
}

/// The codes on the basket, as they were scanned, that another one keeps out.
fn kept_out(priced: &Priced, refused: &[RefusedCode]) -> Vec<String> {
    let there = priced.quote.accepted.iter().map(AcceptedCode::scanned);
    let there = there.filter(|text| refused.iter().any(|code| code.text == **text));
    there.map(ToString::to_string).collect()
}

/// A code on offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) text: CodeText,
    pub(crate) promise: Promise,
    /// What it takes the place of.
    pub(crate) instead: Vec<String>,
}

/// What a code would do for this basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Promise {
    /// Takes so much off now.
    Gain(Amount),
    /// Needs so much more of what it applies to.
    Missing(Amount),
}

impl Offer {
    fn of(text: &CodeText, promise: Promise) -> Self {
        Self {
            text: text.clone(),
            promise,
            instead: Vec::new(),
        }
    }

    const fn amount(&self) -> Amount {
        match self.promise {
            Promise::Gain(amount) | Promise::Missing(amount) => amount,
        }
    }
}

/// An offer as the screen shows it.
pub(crate) fn view(speaker: &Speaker<'_>, priced: &Priced, offer: &Offer) -> ChipView {
    let program = &speaker.rules.program;
    let known = program.resolve(&offer.text, priced.subject());
    let amount = speaker.money(offer.amount());
    let codes = words::list(speaker.language, &offer.instead);
    let (key, gain) = match offer.promise {
        Promise::Gain(gain) if offer.instead.is_empty() => ("code.gain", gain.minor()),
        Promise::Gain(gain) => ("code.gain_instead", gain.minor()),
        Promise::Missing(_) => ("code.missing", 0),
    };
    ChipView {
        text: offer.text.to_string(),
        gives: known.map_or_else(String::new, |known| gives(speaker, known.code)),
        gain,
        sentence: speaker.say(key, &[("amount", &amount), ("codes", &codes)]),
        instead: offer.instead.clone(),
    }
}
