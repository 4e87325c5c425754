//! Meaning into balances: the same fold as the till, and the limits that only the server sees whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use loyalty::account::{Account, Accounts, CodeTally, Fact, lots_sum};
use loyalty::code::{CodeText, Limits};
use loyalty::due::next_day;
use loyalty::program::Reward;
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::{CodeUsed, Effects};
use mostrador_protocol::row::{CodeUseRow, Row};
use uuid::Uuid;

use super::Verdict;
use super::exception::{Exception, ExceptionCode};
use super::reading::{Link, Meaning};
use super::rights::Rights;
use crate::rules::Rules;

/// Keys that a batch may change, sorted: the order in which a store locks them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Customers.
    pub customers: BTreeSet<Uuid>,
    /// Codes.
    pub codes: BTreeSet<CodeText>,
    /// Rewards, by slug.
    pub rewards: BTreeSet<String>,
    /// Leases that are spent or given back.
    pub leases: BTreeSet<Uuid>,
}

impl Touched {
    /// What these entries may change.
    pub fn by<'a>(links: impl IntoIterator<Item = &'a Link>) -> Self {
        let mut touched = Self::default();
        for link in links {
            if let Meaning::Effects(effects) = &link.meaning {
                touched.add(effects);
            }
        }
        touched
    }

    /// Adds what these effects change.
    pub fn add(&mut self, effects: &Effects) {
        self.customers.extend(effects.customers());
        let codes = effects.codes.iter().chain(&effects.codes_given_back);
        self.codes.extend(codes.map(|used| used.code.clone()));
        let spent = effects.leases_spent.iter().map(|spend| spend.lease_id);
        let closed = effects.lease_closed.map(|closed| closed.lease_id);
        self.leases.extend(spent.chain(closed));
        for (_, fact) in &effects.accounts {
            let rewards = rewards_moved(fact).into_iter();
            self.rewards
                .extend(rewards.map(|(reward, _)| reward.to_owned()));
        }
    }
}

/// Accounts and tallies as they stand, and what changes them.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// Accounts of the customers touched, and of the records that took theirs over.
    pub accounts: Accounts,
    /// Tallies of the codes touched; absent before the first use.
    pub tallies: BTreeMap<CodeText, CodeTally>,
    /// The day on which something may follow from an account, where there is one.
    pub due: BTreeMap<Uuid, NaiveDate>,
    /// The program in force.
    pub rules: Arc<Rules>,
    /// The local day of now.
    pub today: NaiveDate,
    /// The day from which each account is to be looked at again, where something happened to it.
    since: BTreeMap<Uuid, Since>,
    /// How often everybody had each reward touched, less what came back, by slug.
    pub rewards: BTreeMap<String, i64>,
    /// Resources and leases touched.
    pub rights: Rights,
    changed: BTreeSet<CodeText>,
}

/// From when on an account is to be looked at, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Since {
    day: NaiveDate,
    is_undone: bool,
}

impl Workspace {
    /// One of the local day `today` with these rules and nothing loaded yet.
    pub fn new(rules: Arc<Rules>, today: NaiveDate) -> Self {
        Self {
            rules,
            today,
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

    /// Applies what an entry comes to instead of what it says, because of this.
    pub fn apply_instead(&mut self, effects: &Effects, because: Exception) -> Verdict {
        let mut exceptions = vec![because];
        exceptions.extend(self.apply_effects(effects).exceptions);
        Verdict::with(exceptions)
    }

    /// Rows of everything that changed: accounts by customer, uses by code, leases by id.
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
        let leases = self.rights.changed_leases();
        let leases = leases.map(|lease| Row::Lease(lease.row()));
        accounts.chain(uses).chain(leases).collect()
    }

    fn apply_effects(&mut self, effects: &Effects) -> Verdict {
        let mut over = Vec::new();
        for used in &effects.codes {
            let tally = self.tallies.entry(used.code.clone()).or_default();
            tally.apply(used.day, used.discount);
            self.changed.insert(used.code.clone());
            if let Some(limits) = self.rules.limits(&used.code) {
                over.extend(over_day_limit(used, limits, tally));
            }
        }
        for used in &effects.codes_given_back {
            let tally = self.tallies.entry(used.code.clone()).or_default();
            tally.give_back(used.day, used.discount);
            self.changed.insert(used.code.clone());
        }
        let beyond = self.rights.apply(effects, &self.tallies, &self.rules);
        // What is beyond a limit of everybody is said before the rest.
        over.splice(0..0, beyond);
        for (customer, fact) in &effects.accounts {
            self.accounts.apply(*customer, fact);
            let holder = self.accounts.holder(*customer);
            let account = self.accounts.get(holder);
            let over_limit = |account| over_customer_limit(account, effects, &self.rules);
            over.extend(account.into_iter().flat_map(over_limit));
            self.look_again(holder, fact);
            over.extend(self.count_rewards(holder, fact));
        }
        if let Some(merge) = &effects.merge {
            let (survivor, absorbed) = (merge.survivor, merge.absorbed);
            self.accounts.merge(survivor, absorbed, merge.day);
            let day = merge.day.min(self.today);
            self.look_from(self.accounts.holder(survivor), (day, false));
        }
        Verdict::with(over)
    }
}

impl Workspace {
    /// Counts the rewards that a fact takes or gives back; the limits that were gone beyond.
    fn count_rewards(&mut self, holder: Uuid, fact: &Fact) -> Vec<Exception> {
        let mut over = Vec::new();
        for (reward, uses) in rewards_moved(fact) {
            let total = self.rewards.entry(reward.to_owned()).or_default();
            *total = total.saturating_add(uses);
            let rules = self.rules.program().map(|program| &program.rewards);
            let rule = rules.and_then(|rewards| rewards.iter().find(|known| known.slug == reward));
            if let Some(rule) = rule.filter(|_| uses > 0) {
                let account = self.accounts.get(holder);
                let by_customer = account.map_or(0, |account| account.redemptions_of(reward));
                let said = over_reward_limit(rule, *total, by_customer);
                over.extend(said.into_iter().map(|said| Exception {
                    code: ExceptionCode::RewardOverLimit,
                    subject: reward.to_owned(),
                    amount: points_spent(fact),
                    said,
                }));
            }
        }
        over
    }

    fn look_again(&mut self, customer: Uuid, fact: &Fact) {
        let day = day_of(fact).unwrap_or(self.today).min(self.today);
        let is_undone = matches!(fact, Fact::Refund(_) | Fact::Void(_));
        self.look_from(customer, (day, is_undone));
    }

    fn look_from(&mut self, customer: Uuid, (day, is_undone): (NaiveDate, bool)) {
        let new = Since { day, is_undone };
        let since = self.since.entry(customer).or_insert(new);
        since.day = since.day.min(day);
        since.is_undone |= is_undone;
    }

    /// The first local day on which something may follow from the account of `customer`. None: nothing
    /// will.
    pub fn due_on(&self, customer: Uuid) -> Option<NaiveDate> {
        let due = self.due.get(&customer).copied();
        let Some(program) = self.rules.program() else {
            return due;
        };
        let account = self.accounts.get(customer)?;
        let Some(since) = self.since.get(&customer) else {
            return due;
        };
        let from = due.map_or(since.day, |due| due.min(since.day));
        let is_open = !account.referral.is_bonus_given() && account.purchases > 0;
        let was_brought = program.referral.is_some() && account.referral.referred_by.is_some();
        if was_brought && (is_open || since.is_undone) {
            return Some(from);
        }
        next_day(program, account, from)
    }
}

/// The local day of a fact; none for one that only has an instant.
fn day_of(fact: &Fact) -> Option<NaiveDate> {
    match fact {
        Fact::Purchase(purchase) => Some(purchase.lot.earned_on),
        Fact::Refund(undo) | Fact::Void(undo) => Some(undo.day),
        Fact::Redemption(redemption) | Fact::RewardReturned(redemption) => Some(redemption.day),
        Fact::ReferralBonus(gain) => Some(gain.lot.days.earned_on),
        Fact::Expiry { day, .. }
        | Fact::ReferralTakenBack { day, .. }
        | Fact::Adjustment { day, .. }
        | Fact::Merge { day, .. }
        | Fact::BadgeAwarded { day, .. } => Some(*day),
        Fact::TierMoved(held) => Some(held.since),
        Fact::ReferralRegistered(_) | Fact::OwnCode { .. } => None,
    }
}

/// The rewards that a fact takes, 1 each, or gives back, -1 each.
fn rewards_moved(fact: &Fact) -> Vec<(&str, i64)> {
    match fact {
        Fact::Purchase(purchase) => each(&purchase.rewards, 1),
        Fact::Refund(undo) | Fact::Void(undo) => each(&undo.rewards, -1),
        Fact::Redemption(redemption) => vec![(redemption.reward.as_str(), 1)],
        Fact::RewardReturned(redemption) => vec![(redemption.reward.as_str(), -1)],
        _ => Vec::new(),
    }
}

fn each(rewards: &[String], uses: i64) -> Vec<(&str, i64)> {
    let rewards = rewards.iter();
    rewards.map(|reward| (reward.as_str(), uses)).collect()
}

/// The points that a fact spent.
fn points_spent(fact: &Fact) -> i64 {
    match fact {
        Fact::Purchase(purchase) => lots_sum(&purchase.redeemed),
        Fact::Redemption(redemption) => lots_sum(&redemption.lots),
        _ => 0,
    }
}

fn over_reward_limit(rule: &Reward, total: i64, by_customer: u64) -> Vec<String> {
    let slug = &rule.slug;
    let total = u64::try_from(total).unwrap_or(0);
    let stock = rule.stock.filter(|stock| total > *stock);
    let stock =
        stock.map(|stock| format!("reward {slug} was had {total} times, there were {stock}"));
    let each = rule.per_customer.filter(|limit| by_customer > *limit);
    let each = each.map(|limit| {
        format!("reward {slug} was had {by_customer} times by one customer, the limit is {limit}")
    });
    [stock, each].into_iter().flatten().collect()
}

/// The limit of a day that this use went beyond. A day before the latest day of use is not counted any
/// more. Limits of everybody over all days are the matter of [`Rights`].
fn over_day_limit(used: &CodeUsed, limits: &Limits, tally: &CodeTally) -> Option<Exception> {
    let is_latest = tally.day == Some(used.day);
    let limit = limits
        .per_day
        .filter(|limit| is_latest && tally.used_on(used.day) > *limit)?;
    let (code, times, day) = (&used.code, tally.used_on(used.day), used.day);
    let said = format!("code {code} was used {times} times on {day}, its limit is {limit} a day");
    Some(over_code_limit(used, said))
}

fn over_code_limit(used: &CodeUsed, said: String) -> Exception {
    Exception {
        code: ExceptionCode::CodeOverLimit,
        subject: used.code.to_string(),
        amount: used.discount.minor(),
        said,
    }
}

fn over_customer_limit(account: &Account, effects: &Effects, rules: &Rules) -> Vec<Exception> {
    let over = effects.codes.iter().filter_map(|used| {
        let limit = rules.limits(&used.code)?.per_customer?;
        let uses = account.uses_of(&used.code);
        let code = &used.code;
        (uses > limit).then(|| {
            let said =
                format!("code {code} was used {uses} times by one customer, the limit is {limit}");
            over_code_limit(used, said)
        })
    });
    over.collect()
}
