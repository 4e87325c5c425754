//! Referrals that look as if somebody paid themselves. They are for a person to look at: none of them
//! takes anything from anybody.

use std::collections::{BTreeMap, BTreeSet};

use loyalty::referral::shared_contact;
use mostrador_loyalty as loyalty;
use serde::Serialize;
use uuid::Uuid;

use super::Referrals;
use crate::jobs::following::person;
use crate::store::Brought;

/// Registrations at one terminal within [`BURST_MS`] that are a burst.
pub const BURST: usize = 5;
/// One hour.
pub const BURST_MS: i64 = 3_600_000;
/// People one after the other, each brought by the one before, who make a bare chain.
pub const CHAIN: usize = 3;
/// What a purchase may be above the minimum and still be bare, percent.
pub const BARE_PERCENT: i64 = 10;

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "suspicion", rename_all = "snake_case")]
pub enum Suspicion {
    /// Each was brought by the next one, and the last by the first; one person alone was merged with who
    /// brought them.
    Loop {
        /// From the smallest id.
        people: Vec<Uuid>,
    },
    /// Two records have something that one person would have.
    SamePerson {
        /// Who was brought.
        one: Uuid,
        /// Who brought them, or was brought by the same.
        other: Uuid,
        /// `phone`, `email` or `document`.
        shared: &'static str,
    },
    /// Many were registered at one till within an hour.
    Burst {
        /// Where.
        terminal: Uuid,
        /// The first of them, milliseconds since the epoch.
        from_ms: i64,
        /// The last of them, milliseconds since the epoch.
        to_ms: i64,
        /// Who were brought, in order.
        people: Vec<Uuid>,
    },
    /// Each was brought by the one before and bought once, for hardly more than the bonus asks.
    BareChain {
        /// From above.
        people: Vec<Uuid>,
    },
}

impl Referrals {
    /// Everything to look at: loops, records of one person, bursts, bare chains.
    pub fn suspicions(&self) -> Vec<Suspicion> {
        let loops = self.tree().loops().into_iter();
        let mut found: Vec<Suspicion> = loops.map(|people| Suspicion::Loop { people }).collect();
        found.extend(self.same_people());
        found.extend(self.bursts());
        found.extend(self.bare_chains());
        found
    }

    fn same_people(&self) -> Vec<Suspicion> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        let mut beside: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
        for brought in &self.brought {
            let others = beside.entry(brought.referrer).or_default();
            let others_of = others.iter().copied().chain([brought.referrer]);
            for other in others_of {
                let one = brought.customer;
                let shared = self.shared(one, other);
                let is_new = one != other && seen.insert((one.min(other), one.max(other)));
                found.extend(
                    shared
                        .filter(|_| is_new)
                        .map(|shared| Suspicion::SamePerson { one, other, shared }),
                );
            }
            others.insert(brought.customer);
        }
        found
    }

    fn shared(&self, one: Uuid, other: Uuid) -> Option<&'static str> {
        let person = |id: Uuid| person(id, self.profiles.get(&id));
        shared_contact(&person(one), &person(other)).map(loyalty::referral::Contact::code)
    }

    /// The longest from each first one; none is named in two.
    fn bursts(&self) -> Vec<Suspicion> {
        let mut at: BTreeMap<Uuid, Vec<&Brought>> = BTreeMap::new();
        for brought in &self.brought {
            at.entry(brought.terminal).or_default().push(brought);
        }
        let mut found = Vec::new();
        for (terminal, all) in at {
            let mut rest = all.as_slice();
            while let Some(first) = rest.first() {
                let until_ms = first.at_ms.saturating_add(BURST_MS);
                let within = rest.partition_point(|it| it.at_ms < until_ms);
                if within < BURST {
                    rest = &rest[1..];
                    continue;
                }
                let (burst, after) = rest.split_at(within);
                found.push(Suspicion::Burst {
                    terminal,
                    from_ms: first.at_ms,
                    to_ms: burst.last().map_or(first.at_ms, |last| last.at_ms),
                    people: burst.iter().map(|it| it.customer).collect(),
                });
                rest = after;
            }
        }
        found
    }

    fn bare_chains(&self) -> Vec<Suspicion> {
        let mut bare: BTreeMap<Uuid, Uuid> = BTreeMap::new();
        for brought in self.brought.iter().filter(|it| self.is_bare(it)) {
            bare.entry(brought.customer).or_insert(brought.referrer);
        }
        let above: BTreeSet<Uuid> = bare.values().copied().collect();
        let lowest = bare.keys().filter(|person| !above.contains(person));
        let mut found = Vec::new();
        for person in lowest {
            let mut people = vec![*person];
            let mut at = *person;
            while let Some(next) = bare.get(&at).filter(|next| bare.contains_key(next)) {
                if people.contains(next) {
                    break;
                }
                people.push(*next);
                at = *next;
            }
            if people.len() >= CHAIN {
                people.reverse();
                found.push(Suspicion::BareChain { people });
            }
        }
        found
    }

    fn is_bare(&self, brought: &Brought) -> bool {
        let minimum = self.minimum.map_or(0, loyalty::money::Amount::minor);
        let above = (brought.spent - minimum).saturating_mul(100);
        let is_near = (0..=minimum.saturating_mul(BARE_PERCENT)).contains(&above);
        minimum > 0 && brought.purchases == 1 && is_near
    }
}

#[cfg(test)]
mod tests {
    use mostrador_protocol::row::Customer;

    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    /// Customer, who brought them, when (minutes), purchases, what they came to.
    type Row = (u128, u128, i64, i64, i64);

    fn referrals(rows: &[Row]) -> Referrals {
        let brought = rows
            .iter()
            .map(|(customer, referrer, minute, purchases, spent)| Brought {
                customer: id(*customer),
                referrer: id(*referrer),
                at_ms: minute * 60_000,
                terminal: id(900 + u128::from(*minute < 0)),
                cashier: Uuid::nil(),
                local_time: chrono::NaiveDateTime::default(),
                had_bought: false,
                has_paid_sale: false,
                purchases: *purchases,
                spent: *spent,
                bonuses: Vec::new(),
            });
        Referrals {
            brought: brought.collect(),
            minimum: loyalty::money::Amount::from_minor(5_000),
            ..Referrals::default()
        }
    }

    fn check(referrals: &Referrals, expected: &[Suspicion]) {
        assert_eq!(referrals.suspicions(), expected);
    }

    fn ids(numbers: &[u128]) -> Vec<Uuid> {
        numbers.iter().copied().map(id).collect()
    }

    #[test]
    fn whoever_brings_each_other_is_a_loop_also_alone() {
        let people = |numbers: &[u128]| Suspicion::Loop {
            people: ids(numbers),
        };
        let around = referrals(&[(2, 1, 0, 0, 0), (1, 2, 90, 0, 0), (3, 1, 200, 0, 0)]);
        check(&around, &[people(&[1, 2])]);
        check(&referrals(&[(7, 7, 0, 0, 0)]), &[people(&[7])]);
        check(&referrals(&[(2, 1, 0, 0, 0), (3, 2, 90, 0, 0)]), &[]);
    }

    #[test]
    fn what_one_person_would_have_is_named_once() {
        let mut same = referrals(&[(2, 1, 0, 0, 0), (3, 1, 100, 0, 0), (4, 9, 300, 0, 0)]);
        for (number, phone, email) in [
            (1, "+57 300 111 2233", None),
            (2, "3004445566", Some("a@b.co")),
            (3, "3001112233", Some("A@b.co")),
            (4, "3004445566", None),
        ] {
            let profile = Customer {
                id: id(number),
                phone: Some(phone.to_owned()),
                email: email.map(str::to_owned),
                ..Customer::default()
            };
            same.profiles.insert(id(number), profile);
        }
        let found = |other, shared| Suspicion::SamePerson {
            one: id(3),
            other: id(other),
            shared,
        };
        // Who was brought by somebody else shares a phone with nobody who matters.
        check(&same, &[found(2, "email"), found(1, "phone")]);
    }

    #[test]
    fn five_within_an_hour_at_one_till_are_a_burst() {
        let at = |minutes: &[i64]| {
            let rows = (10..)
                .zip(minutes)
                .map(|(who, minute)| (who, who + 100, *minute, 0, 0));
            referrals(&rows.collect::<Vec<_>>())
        };
        check(&at(&[0, 10, 20, 30, 60]), &[]);
        let burst = Suspicion::Burst {
            terminal: id(900),
            from_ms: 600_000,
            to_ms: 4_140_000,
            people: ids(&[11, 12, 13, 14, 15]),
        };
        check(&at(&[0, 10, 20, 30, 60, 69, 70]), &[burst]);
        check(&at(&[-5, -4, 0, 1, 2, 3]), &[]);
    }

    #[test]
    fn three_in_a_row_who_bought_once_at_the_minimum_are_a_bare_chain() {
        let chain = |last: Row| {
            referrals(&[
                (2, 1, 0, 1, 5_000),
                (3, 2, 90, 1, 5_500),
                last,
                (5, 3, 300, 2, 5_000),
            ])
        };
        let found = Suspicion::BareChain {
            people: ids(&[2, 3, 4]),
        };
        check(&chain((4, 3, 200, 1, 5_200)), &[found]);
        check(&chain((4, 3, 200, 1, 5_501)), &[]);
        check(&chain((4, 3, 200, 1, 4_999)), &[]);
        check(&chain((4, 3, 200, 2, 5_000)), &[]);
    }
}
