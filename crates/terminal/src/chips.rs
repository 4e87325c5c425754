//! Codes that this customer could use on this basket now, offered before anybody types.

use mostrador_loyalty::code::{Code, CodeKind, CodeText};
use mostrador_loyalty::customer::Usage;
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::quote::{Request, quote};

use crate::price::Priced;
use crate::sentence;
use crate::view::{ChipView, Language};

/// The most chips on screen.
const MAX_CHIPS: usize = 6;

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
        .values()
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
        && code.benefit.discounts()
        && code.kind != CodeKind::Reward
        && code.owner.is_none()
        && code.owner_customer.is_none()
        && code.valid_from.is_none_or(|from| from <= today)
        && code.valid_until.is_none_or(|until| today <= until)
        && for_this_customer
        && !priced.rules.program.has_generated_shape(&code.text)
        && !priced.scanned.contains(&code.text)
}

/// Those of `candidates` that would join the basket as it is and take money off. `usage` covers the
/// scanned codes and the candidates.
pub(crate) fn offer(
    language: Language,
    priced: &Priced,
    candidates: &[CodeText],
    usage: &Usage,
) -> Vec<ChipView> {
    let joins = |candidate: &&CodeText| {
        let mut scanned = priced.scanned.clone();
        scanned.push((*candidate).clone());
        let with_it = quote(&Request {
            program: &priced.rules.program,
            customer: priced.buyer.as_ref().map(|buyer| &buyer.facts),
            basket: &priced.basket,
            scanned: &scanned,
            usage,
            place: &priced.place,
            now: priced.now,
            non_earning_tender: Amount::ZERO,
        });
        with_it.discount > priced.quote.discount
            && with_it.accepted.iter().any(|code| code.text == **candidate)
    };
    let program = &priced.rules.program;
    candidates
        .iter()
        .filter(joins)
        .take(MAX_CHIPS)
        .filter_map(|text| program.codes.get(text))
        .map(|code| ChipView {
            text: code.text.to_string(),
            gives: sentence::gives(language, &priced.rules, code),
        })
        .collect()
}
