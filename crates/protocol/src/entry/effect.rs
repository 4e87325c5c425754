//! What an entry does to customers' accounts and to the uses of codes: the facts that till and server
//! fold.

mod account;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use uuid::Uuid;

use loyalty::account::{Fact, Lot, LotDays, Purchase};
use loyalty::code::CodeText;
use loyalty::money::Amount;
use mostrador_loyalty as loyalty;

use super::{Payload, SaleCompleted};
use crate::lease::LeaseSpend;

/// Everything an entry changes outside itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// Whose accounts change, and how, in order.
    pub accounts: Vec<(Uuid, Fact)>,
    /// Two records that become one, after the accounts.
    pub merge: Option<Merge>,
    /// The codes it used up, and the parents of those that derive from one.
    pub codes: Vec<CodeUsed>,
    /// The uses that it gave back.
    pub codes_given_back: Vec<CodeUsed>,
    /// What it spent of leases.
    pub leases_spent: Vec<LeaseSpend>,
    /// The lease that it gave back, and what the terminal says that its entries spent of it.
    pub lease_closed: Option<LeaseSpend>,
}

/// Two records of one person: the fold empties one with `Account::hand_over` and applies
/// `Fact::Merge` with what it had to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// The record that stays.
    pub survivor: Uuid,
    /// The record that is empty afterwards.
    pub absorbed: Uuid,
    /// The store's local day.
    pub day: NaiveDate,
}

/// One use of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeUsed {
    /// Which.
    pub code: CodeText,
    /// The store's local day of the sale.
    pub day: NaiveDate,
    /// What it took off, minor units.
    pub discount: Amount,
}

impl Effects {
    /// Every customer whose account it reads or changes.
    pub fn customers(&self) -> impl Iterator<Item = Uuid> {
        let named = self.accounts.iter().map(|(customer, _)| *customer);
        let merged = self.merge.iter();
        named.chain(merged.flat_map(|merge| [merge.survivor, merge.absorbed]))
    }
}

impl Payload {
    /// Every customer whom the entry concerns: those whose accounts it reads or changes, and who brought
    /// the customer whom it registers.
    pub fn customers(&self) -> BTreeSet<Uuid> {
        let mut customers: BTreeSet<Uuid> = self.effects(0).customers().collect();
        if let Self::ReferralRegistered(registered) = self {
            customers.insert(registered.referrer_id);
        }
        customers
    }
}

impl SaleCompleted {
    /// The effects of this sale, made at `effective_ms` (milliseconds since the epoch, from the
    /// entry's header). A text that is no code has no effect; [`SaleCompleted::check`] names it.
    pub fn effects(&self, effective_ms: i64) -> Effects {
        let codes = self.codes_used();
        let purchase = |customer| {
            let fact = Fact::Purchase(self.purchase(effective_ms, &codes));
            (customer, fact)
        };
        Effects {
            accounts: self.customer_id.map(purchase).into_iter().collect(),
            codes,
            leases_spent: self.leases.clone(),
            ..Effects::default()
        }
    }

    /// The codes that this sale used up, and the parents of those that derive from one.
    pub(super) fn codes_used(&self) -> Vec<CodeUsed> {
        let day = self.local_time.date();
        let consumed = self.codes.iter().filter(|code| code.consumed);
        let used = consumed.flat_map(|code| {
            let texts = [Some(&code.text), code.parent.as_ref()];
            let counted = texts.into_iter().flatten();
            counted.filter_map(|text| {
                Some(CodeUsed {
                    code: CodeText::parse(text)?,
                    day,
                    discount: Amount::clamped(code.amount.into()),
                })
            })
        });
        used.collect()
    }

    /// The days of the lot that the sale's points make.
    pub(super) fn lot_days(&self) -> LotDays {
        let day = self.local_time.date();
        let points = self.points.as_ref();
        LotDays {
            expires_on: points.map_or(day, |points| points.expires_on),
            earned_on: day,
            usable_from: points.and_then(|points| points.usable_from).unwrap_or(day),
        }
    }

    /// The points spent on the sale, as tender and then on rewards, as the till took them.
    pub fn redeemed(&self) -> Vec<Lot> {
        let tender = self.points_redeemed.iter().flat_map(|spent| &spent.lots);
        let rewards = self.rewards.iter().flat_map(|reward| &reward.lots);
        tender.chain(rewards).map(Lot::from).collect()
    }

    fn purchase(&self, effective_ms: i64, codes: &[CodeUsed]) -> Purchase {
        let categories = self.lines.iter().flat_map(|line| &line.categories);
        Purchase {
            at_ms: effective_ms,
            total: Amount::clamped(self.total.into()),
            points: self
                .points
                .as_ref()
                .map_or(0, |points| points.earned.max(0)),
            lot: self.lot_days(),
            redeemed: self.redeemed(),
            codes: codes.iter().map(|used| used.code.clone()).collect(),
            rewards: self
                .rewards
                .iter()
                .map(|reward| reward.reward.clone())
                .collect(),
            categories: categories.cloned().collect(),
        }
    }
}
