//! Accounts of several customers, some of whom are one person by now.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::posting::Postings;
use super::{Account, Fact};

/// How many records of one person may have been merged one after the other.
pub const MOST_MERGES: usize = 16;

/// A record whose account another took over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// Who had the account until then.
    pub absorbed: Uuid,
    /// Who has it from then on.
    pub survivor: Uuid,
}

/// Accounts by customer. What happens to a record that another took over happens to that one.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    by_customer: BTreeMap<Uuid, Account>,
    changed: BTreeSet<Uuid>,
    merges: Vec<Merged>,
}

impl Accounts {
    /// Puts in an account as it stands. A customer without one has an empty account.
    pub fn insert(&mut self, customer: Uuid, account: Account) {
        self.by_customer.insert(customer, account);
    }

    /// The account under this id, as far as it is here; empty where another record took it over.
    pub fn get(&self, customer: Uuid) -> Option<&Account> {
        self.by_customer.get(&customer)
    }

    /// Who has the account of `customer` now: itself, or the record that took it over.
    pub fn holder(&self, customer: Uuid) -> Uuid {
        let mut holder = customer;
        for _ in 0..=MOST_MERGES {
            match self.get(holder).and_then(|account| account.merged_into) {
                Some(next) => holder = next,
                None => break,
            }
        }
        holder
    }

    /// Folds a fact into the account that `customer` has now.
    pub fn apply(&mut self, customer: Uuid, fact: &Fact) -> Postings {
        let holder = self.holder(customer);
        self.changed.insert(holder);
        self.by_customer.entry(holder).or_default().apply(fact)
    }

    /// Makes two records one; records that are one already stay as they are. The postings are those of
    /// both sides: their sum over the customers' books is zero.
    pub fn merge(&mut self, survivor: Uuid, absorbed: Uuid, day: NaiveDate) -> Postings {
        let (survivor, absorbed) = (self.holder(survivor), self.holder(absorbed));
        if survivor == absorbed {
            return Postings::default();
        }
        let gone = self.by_customer.entry(absorbed).or_default();
        let (state, mut postings) = gone.hand_over(survivor);
        let absorbed_state = Box::new(state);
        self.changed.insert(absorbed);
        self.merges.push(Merged { absorbed, survivor });
        postings.append(self.apply(
            survivor,
            &Fact::Merge {
                day,
                absorbed: absorbed_state,
            },
        ));
        postings
    }

    /// The records that were taken over since the accounts were put in, in order: those that had an
    /// account at that moment, whichever records the entry named.
    pub fn merges(&self) -> &[Merged] {
        &self.merges
    }

    /// The accounts that changed since they were put in, by customer.
    pub fn changed(&self) -> impl Iterator<Item = (Uuid, &Account)> {
        let changed = self.changed.iter();
        changed.filter_map(|customer| Some((*customer, self.by_customer.get(customer)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::LotDays;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn given(points: i64) -> Fact {
        let on = day("2026-01-05");
        Fact::Adjustment {
            day: on,
            points,
            lot: LotDays::at_once(on, day("2027-01-05")),
        }
    }

    #[test]
    fn what_happens_to_an_absorbed_record_happens_to_the_one_that_has_it() {
        let [ana, old, older] = [1, 2, 3].map(Uuid::from_u128);
        let mut accounts = Accounts::default();
        accounts.apply(old, &given(50));
        accounts.apply(older, &given(-20));
        let on = day("2026-02-01");
        assert_eq!(accounts.merge(old, older, on).balance_change(), 0);
        assert_eq!(accounts.merge(ana, old, on).balance_change(), 0);
        assert_eq!(accounts.holder(older), ana);
        assert_eq!(accounts.merge(older, ana, on), Postings::default());
        let taken_over = |absorbed, survivor| Merged { absorbed, survivor };
        assert_eq!(
            accounts.merges(),
            [taken_over(older, old), taken_over(old, ana)]
        );
        accounts.apply(older, &given(7));
        let balances: Vec<_> = accounts
            .changed()
            .map(|(customer, account)| (customer, account.balance()))
            .collect();
        assert_eq!(balances, [(ana, 37), (old, 0), (older, 0)]);
    }
}
