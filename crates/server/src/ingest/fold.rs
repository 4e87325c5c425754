//! Meaning into balances: the same fold as the till, and the limits that only the server sees whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use loyalty::account::{Account, Accounts, CodeTally};
use loyalty::code::{CodeText, Limits};
use loyalty::program::Program;
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::{CodeUsed, Effects};
use mostrador_protocol::message::Disposition;
use mostrador_protocol::row::{CodeUseRow, Row};
use uuid::Uuid;

use super::Verdict;
use super::reading::{Link, Meaning};

/// Says the limits of any code by its text, variants and members of series too, which no list holds: it
/// keeps the program in force. No code has limits before the first publication.
#[derive(Debug, Default)]
pub struct LimitsByCode(Option<Program>);

impl LimitsByCode {
    /// Those of `program`.
    pub const fn of(program: Program) -> Self {
        Self(Some(program))
    }

    /// The limits on the uses counted under this text: a listed code, a variant or a member of a series.
    pub fn get(&self, code: &CodeText) -> Option<&Limits> {
        Some(&self.0.as_ref()?.code(code)?.limits)
    }
}

/// Keys that a batch may change, sorted: the order in which a store locks them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Customers.
    pub customers: BTreeSet<Uuid>,
    /// Codes.
    pub codes: BTreeSet<CodeText>,
}

impl Touched {
    /// What these entries may change.
    pub fn by<'a>(links: impl IntoIterator<Item = &'a Link>) -> Self {
        let mut touched = Self::default();
        for link in links {
            if let Meaning::Effects(effects) = &link.meaning {
                touched.customers.extend(effects.customers());
                let codes = effects.codes.iter().chain(&effects.codes_given_back);
                touched.codes.extend(codes.map(|used| used.code.clone()));
            }
        }
        touched
    }
}

/// Accounts and tallies as they stand, and what changes them.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// Accounts of the customers touched, and of the records that took theirs over.
    pub accounts: Accounts,
    /// Tallies of the codes touched; absent before the first use.
    pub tallies: BTreeMap<CodeText, CodeTally>,
    /// Limits of the codes in force.
    pub limits: Arc<LimitsByCode>,
    changed: BTreeSet<CodeText>,
}

impl Workspace {
    /// One with these limits and nothing loaded yet.
    pub fn new(limits: Arc<LimitsByCode>) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Applies an entry that has its id for itself.
    pub fn apply(&mut self, meaning: &Meaning) -> Verdict {
        match meaning {
            Meaning::Held(reason) => Verdict::held(reason.clone()),
            Meaning::Quiet => Verdict::APPLIED,
            Meaning::Effects(effects) => self.apply_effects(effects),
        }
    }

    /// Rows of everything that changed: accounts by customer, then uses by code.
    pub fn rows(&self) -> Vec<Row> {
        let accounts = self.accounts.changed().map(|(customer_id, account)| {
            let account = AccountDocument::from(account);
            Row::Account {
                customer_id,
                account,
            }
        });
        let uses = self.changed.iter().filter_map(|code| {
            let tally = self.tallies.get(code)?;
            Some(Row::CodeUse(CodeUseRow::new(code, tally)))
        });
        accounts.chain(uses).collect()
    }

    fn apply_effects(&mut self, effects: &Effects) -> Verdict {
        let mut over = Vec::new();
        for used in &effects.codes {
            let tally = self.tallies.entry(used.code.clone()).or_default();
            tally.apply(used.day, used.discount);
            self.changed.insert(used.code.clone());
            if let Some(limits) = self.limits.get(&used.code) {
                over.extend(over_limit(used, limits, tally));
            }
        }
        for used in &effects.codes_given_back {
            let tally = self.tallies.entry(used.code.clone()).or_default();
            tally.give_back(used.day, used.discount);
            self.changed.insert(used.code.clone());
        }
        for (customer, fact) in &effects.accounts {
            self.accounts.apply(*customer, fact);
            let account = self.accounts.get(self.accounts.holder(*customer));
            let over_limit = |account| over_customer_limit(account, effects, &self.limits);
            over.extend(account.into_iter().flat_map(over_limit));
        }
        if let Some(merge) = &effects.merge {
            let (survivor, absorbed) = (merge.survivor, merge.absorbed);
            self.accounts.merge(survivor, absorbed, merge.day);
        }
        if over.is_empty() {
            return Verdict::APPLIED;
        }
        Verdict {
            disposition: Disposition::Adjusted,
            reason: Some(format!("over_limit: {}", over.join("; "))),
        }
    }
}

/// Limits of everybody together that this use went beyond. A day before the latest day of use is not
/// counted any more.
fn over_limit(used: &CodeUsed, limits: &Limits, tally: &CodeTally) -> Vec<String> {
    let code = &used.code;
    let total = limits.total.filter(|limit| tally.uses() > *limit);
    let total = total.map(|limit| {
        let times = tally.uses();
        format!("code {code} was used {times} times, its limit is {limit}")
    });
    let is_latest = tally.day == Some(used.day);
    let per_day = limits
        .per_day
        .filter(|limit| is_latest && tally.used_on(used.day) > *limit);
    let per_day = per_day.map(|limit| {
        let (times, day) = (tally.used_on(used.day), used.day);
        format!("code {code} was used {times} times on {day}, its limit is {limit} a day")
    });
    let budget = limits
        .budget
        .filter(|limit| tally.discount_given() > *limit);
    let budget = budget.map(|limit| {
        let given = tally.discount_given();
        format!("code {code} gave {given} minor units, its budget is {limit}")
    });
    [total, per_day, budget].into_iter().flatten().collect()
}

fn over_customer_limit(account: &Account, effects: &Effects, limits: &LimitsByCode) -> Vec<String> {
    let over = effects.codes.iter().filter_map(|used| {
        let limit = limits.get(&used.code)?.per_customer?;
        let uses = account.uses_of(&used.code);
        let code = &used.code;
        (uses > limit).then(|| {
            format!("code {code} was used {uses} times by one customer, the limit is {limit}")
        })
    });
    over.collect()
}
