//! Who brought whom, as a tree, with what each referral came to and why. What looks as if somebody had
//! brought themselves is in [`suspicion`].

pub mod suspicion;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};
use loyalty::money::Amount;
use loyalty::referral::{ReferralRefusal, Tree};
use mostrador_loyalty as loyalty;
use mostrador_protocol::leaderboard::shown_name;
use mostrador_protocol::row::{Customer, Staff};
use serde::Serialize;
use uuid::Uuid;

use crate::Error;
use crate::jobs::following::Sides;
use crate::store::{Brought, GivenBonus, Store};

/// What came of a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Who brought the customer has the points.
    Paid {
        /// How many.
        points: i64,
        /// The local day of the sale.
        day: NaiveDate,
        /// The sale.
        sale: Uuid,
    },
    /// They had them until the sale was undone.
    TakenBack {
        /// How many.
        points: i64,
        /// The local day of the sale.
        day: NaiveDate,
        /// The sale.
        sale: Uuid,
    },
    /// There will be no bonus.
    Refused {
        /// The code of a refusal (`loyalty::referral::ReferralRefusal`).
        reason: &'static str,
    },
    /// There is none yet.
    Waiting {
        /// `no_purchase`, `below_minimum`, `next_jobs`: the sale is there and the server will look, or
        /// `no_program`: the program in force gives no bonus.
        reason: &'static str,
    },
}

/// A customer in the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The record that has the account.
    pub customer: Uuid,
    /// What may be shown of the name.
    pub name: Option<String>,
    /// How many people stand above; none: the way up runs into a loop.
    pub depth: Option<usize>,
    /// How many people this one brought, registrations that were refused too.
    pub brought: usize,
    /// How this one came; none: alone.
    pub came: Option<Came>,
}

/// How a customer came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Came {
    /// Who brought them: the record that has the account.
    pub referrer: Uuid,
    /// The store's wall clock when it was registered.
    pub registered: NaiveDateTime,
    /// Where.
    pub terminal: Uuid,
    /// Who registered it.
    pub cashier: Uuid,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// All referrals of a tenant, as far as they are needed to judge them.
#[derive(Debug, Clone, Default)]
pub struct Referrals {
    /// The earliest first.
    brought: Vec<Brought>,
    profiles: BTreeMap<Uuid, Customer>,
    staff: Vec<Staff>,
    /// What a sale has to come to; none: the program gives no bonus.
    minimum: Option<Amount>,
}

impl Referrals {
    /// Reads those of a tenant.
    ///
    /// # Errors
    /// What the store says.
    pub async fn of<S: Store>(store: &S, tenant: &str) -> Result<Self, Error> {
        let program = store.program(tenant).await?;
        let rules = program.and_then(|program| program.referral);
        let minimum = rules.map(|rules| Amount::clamped(rules.min_purchase.into()));
        let brought = store
            .brought(tenant, minimum.map_or(0, Amount::minor))
            .await?;
        let people = brought.iter().flat_map(|it| [it.customer, it.referrer]);
        let people: BTreeSet<Uuid> = people.collect();
        let profiles = store.customers(tenant).await?.into_iter();
        let profiles = profiles.filter(|profile| people.contains(&profile.id));
        Ok(Self {
            brought,
            staff: store.staff(tenant).await?,
            profiles: profiles.map(|profile| (profile.id, profile)).collect(),
            minimum,
        })
    }

    /// What may be shown of a name; none without a profile.
    pub fn name(&self, customer: Uuid) -> Option<String> {
        self.profiles.get(&customer).and_then(shown_name)
    }

    /// Who is under whom: each customer under the first who brought them.
    pub fn tree(&self) -> Tree {
        let pairs = self.brought.iter();
        Tree::of(pairs.map(|brought| (brought.customer, brought.referrer)))
    }

    /// Everybody who brought somebody or was brought, each after who brought them; those who came alone
    /// first, then those in loops. A customer whom a second one claimed to have brought is named under
    /// that one too.
    pub fn members(&self) -> Vec<Member> {
        let tree = self.tree();
        let mut stands = BTreeSet::new();
        let mut below: BTreeMap<Uuid, Vec<(&Brought, bool)>> = BTreeMap::new();
        for brought in &self.brought {
            let first = stands.insert(brought.customer);
            let list = below.entry(brought.referrer).or_default();
            list.push((brought, first));
        }
        let roots = below.keys().filter(|person| !stands.contains(person));
        let loops = tree.loops().into_iter().flatten();
        let starts: Vec<Uuid> = roots.copied().chain(loops).collect();
        let mut members = Vec::new();
        let mut done = BTreeSet::new();
        for start in starts {
            let mut next = vec![(start, None)];
            while let Some((customer, came)) = next.pop() {
                let stands = came.is_none_or(|(_, first)| first);
                if stands && !done.insert(customer) {
                    continue;
                }
                let under = below.get(&customer).filter(|_| stands);
                members.push(Member {
                    customer,
                    name: self.name(customer),
                    depth: tree.depth(customer),
                    brought: below.get(&customer).map_or(0, Vec::len),
                    came: came
                        .or_else(|| self.first(customer).map(|brought| (brought, true)))
                        .map(|(brought, first)| self.came(brought, first)),
                });
                let under = under.into_iter().flatten().rev();
                next.extend(
                    under.map(|(brought, first)| (brought.customer, Some((*brought, *first)))),
                );
            }
        }
        members
    }

    fn first(&self, customer: Uuid) -> Option<&Brought> {
        self.brought.iter().find(|it| it.customer == customer)
    }

    fn came(&self, brought: &Brought, is_first: bool) -> Came {
        Came {
            referrer: brought.referrer,
            registered: brought.local_time,
            terminal: brought.terminal,
            cashier: brought.cashier,
            outcome: self.outcome(brought, is_first),
        }
    }

    /// In the order in which the server decides on a bonus.
    fn outcome(&self, brought: &Brought, is_first: bool) -> Outcome {
        let given = |taken_back: bool| -> Option<&GivenBonus> {
            let mut bonuses = brought.bonuses.iter().rev();
            bonuses.find(|it| it.taken_back == taken_back && it.referrer == brought.referrer)
        };
        if let Some(bonus) = given(false) {
            return Outcome::Paid {
                points: bonus.points,
                day: bonus.day,
                sale: bonus.sale,
            };
        }
        if let Some(refusal) = self.refusal(brought, is_first) {
            return Outcome::Refused {
                reason: refusal.code(),
            };
        }
        if let Some(bonus) = given(true) {
            return Outcome::TakenBack {
                points: bonus.points,
                day: bonus.day,
                sale: bonus.sale,
            };
        }
        let reason = match (self.minimum, brought.purchases) {
            (None, _) => "no_program",
            (Some(_), ..=0) => "no_purchase",
            (Some(_), _) if brought.has_paid_sale => "next_jobs",
            (Some(_), _) => "below_minimum",
        };
        Outcome::Waiting { reason }
    }

    fn refusal(&self, brought: &Brought, is_first: bool) -> Option<ReferralRefusal> {
        let sides = Sides {
            customer: brought.customer,
            profile: self.profiles.get(&brought.customer),
            referrer: brought.referrer,
            referrer_profile: self.profiles.get(&brought.referrer),
            staff: &self.staff,
        };
        let second = (!is_first).then_some(ReferralRefusal::SecondReferrer);
        let earlier = brought.had_bought.then_some(ReferralRefusal::AlreadyBought);
        sides.refusal().or(second).or(earlier)
    }
}
