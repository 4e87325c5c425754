//! What this till can still give away of shared limits while it sees nobody.

use std::collections::BTreeMap;

use mostrador_ledger::lease::Held;
use mostrador_loyalty::quote::AcceptedCode;
use mostrador_protocol::lease::LeaseResource;

use crate::message::say;
use crate::price::Priced;
use crate::speaker::Speaker;
use crate::view::Language;
use crate::words::{self, Money};

/// The most codes that the strip names.
const MAX_CODES_SHOWN: usize = 3;

/// How many uses and how much of a budget this till holds of a code that is shared out: "Quedan 3 en
/// esta caja sin conexión." Nothing of a code that is not.
pub(crate) fn of_code(speaker: &Speaker<'_>, priced: &Priced, code: &AcceptedCode) -> Vec<String> {
    let texts = [Some(&code.text), code.parent.as_ref()];
    let rights = texts.into_iter().flatten();
    let rights = rights.filter_map(|text| priced.usage.codes.get(text)?.right);
    let rights: Vec<_> = rights.collect();
    let uses = rights.iter().filter_map(|right| right.uses).min();
    let budget = rights.iter().filter_map(|right| right.budget).min();
    let uses = uses.map(|left| {
        let key = match left {
            1 => "code.left_here.one",
            _ => "code.left_here",
        };
        let left = words::number(speaker.language, i64::try_from(left).unwrap_or(i64::MAX));
        speaker.say(key, &[("left", &left)])
    });
    let budget = budget.map(|left| {
        let left = speaker.money(left);
        speaker.say("code.left_here.budget", &[("left", &left)])
    });
    [uses, budget].into_iter().flatten().collect()
}

/// The codes of which this till holds something, with how much: "Quedan en esta caja: ONCE 1,
/// SEPT10 $ 120.000." `None` while it holds nothing.
pub(crate) fn of_all(language: Language, money: Money, held: &[Held]) -> Option<String> {
    let mut left: BTreeMap<&str, Left> = BTreeMap::new();
    for lease in held {
        match &lease.resource {
            LeaseResource::CodeUses(code) => {
                let uses = &mut left.entry(code).or_default().uses;
                *uses = Some(uses.unwrap_or(0).saturating_add(lease.left()));
            }
            LeaseResource::CodeBudget(code) => {
                let budget = &mut left.entry(code).or_default().budget;
                *budget = Some(budget.unwrap_or(0).saturating_add(lease.left()));
            }
            LeaseResource::Customer(_) => {}
        }
    }
    let codes = left.iter().filter(|(_, left)| left.is_something());
    let codes = codes.take(MAX_CODES_SHOWN).map(|(code, left)| {
        let uses = left.uses.map(|uses| words::number(language, uses));
        let budget = left.budget.map(|budget| money.say(language, budget));
        let said: Vec<String> = uses.into_iter().chain(budget).collect();
        format!("{code} {}", said.join(" / "))
    });
    let codes: Vec<String> = codes.collect();
    if codes.is_empty() {
        return None;
    }
    Some(say(
        language,
        "sync.left_here",
        &[("codes", &codes.join(", "))],
    ))
}

/// What is left of one code, as far as it is shared out.
#[derive(Default)]
struct Left {
    uses: Option<i64>,
    /// Minor units.
    budget: Option<i64>,
}

impl Left {
    /// A code with both limits can be given while something is left of each.
    fn is_something(&self) -> bool {
        [self.uses, self.budget]
            .into_iter()
            .flatten()
            .all(|left| left > 0)
    }
}

#[cfg(test)]
mod tests {
    use mostrador_loyalty::money::Currency;
    use uuid::Uuid;

    use super::*;

    fn held(resource: LeaseResource, granted: i64, spent: i64) -> Held {
        Held {
            id: Uuid::nil(),
            resource,
            granted,
            spent,
            is_recalled: false,
            expires_ms: 0,
            is_untold: false,
        }
    }

    fn said(held: &[Held]) -> Option<String> {
        let currency = Currency::from_code("COP").expect("a currency");
        of_all(Language::En, Money { currency }, held)
    }

    #[test]
    fn uses_and_budgets_of_a_code_stand_together_and_its_leases_are_one_sum() {
        let uses = |code: &str, granted, spent| {
            held(LeaseResource::CodeUses(code.to_owned()), granted, spent)
        };
        let budget = |code: &str, granted, spent| {
            held(LeaseResource::CodeBudget(code.to_owned()), granted, spent)
        };
        let leases = [
            uses("ONCE", 3, 1),
            uses("ONCE", 2, 0),
            budget("SEPT10", 12_000_000, 0),
            uses("SEPT10", 9, 2),
        ];
        let sentence = said(&leases).expect("something is held");
        assert_eq!(
            sentence.replace('\u{a0}', " "),
            "Left at this till: ONCE 4, SEPT10 7 / $120,000."
        );
    }

    #[test]
    fn a_code_whose_budget_is_spent_is_not_named_whatever_uses_are_left() {
        let leases = [
            held(LeaseResource::CodeUses("SEPT10".to_owned()), 9, 0),
            held(LeaseResource::CodeBudget("SEPT10".to_owned()), 500, 500),
            held(LeaseResource::Customer(Uuid::nil()), 1, 0),
        ];
        assert_eq!(said(&leases), None);
    }
}
