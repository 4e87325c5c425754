//! Invariant 17: what follows from entries is there once for each cause, and is there; counted on the raw
//! entries.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate};
use mostrador_protocol::entry::{Payload, ReferralBonus};
use mostrador_server::store::Store;
use uuid::Uuid;

use super::causes::Causes;
use super::people::People;
use super::sold::{Sales, Sold};
use super::told::Told;
use super::{Rest, Violation};
use crate::goods::{BADGE_VISITS, REFERRAL_FROM, REFERRAL_POINTS, TENANT, TIER_DAYS, TIERS};
use mostrador_tests::Error;

/// How far the store's day is behind UTC, milliseconds: its zone has no summer time.
const BEHIND_UTC_MS: i64 = 5 * 3_600_000;

/// How far ahead of the server a till's time is believed, milliseconds.
const BELIEVED_MS: i64 = 10 * 60_000;

pub(super) async fn check(rest: &Rest<'_>, told: &[Told]) -> Result<Vec<Violation>, Error> {
    let people = People::of(told);
    let sales = Sales::of(told);
    let causes = Causes::of(told, &people);
    let today = day_of(rest.now_ms);
    let mut wrong = causes.wrong;
    let accounts = rest.store.accounts(TENANT).await?;
    for (customer, account) in &accounts {
        let over = account.lots.iter().filter(|lot| lot.expires_on < today);
        wrong.extend(over.map(|lot| format!("customer {customer} has {lot:?} on {today}")));
    }
    let brought = Brought {
        told,
        sales: &sales,
    };
    for customer in accounts.iter().map(|(customer, _)| *customer) {
        if people.is_merged(customer) {
            continue;
        }
        let said = causes.moves.get(&customer);
        let said = said.map_or(TIERS[0].0, |moved| moved.1.as_str());
        let stands = standing(&brought, customer, today).filter(|tier| *tier != said);
        wrong.extend(stands.map(|tier| {
            format!("customer {customer} stands in {tier} on {today}, and {said} was announced")
        }));
        wrong.extend(brought.badge(customer, &causes.badges));
        wrong.extend(brought.missing_bonus(customer, &people));
    }
    wrong.extend(brought.unfounded(&people));
    let violations = wrong.into_iter().map(|what| Violation::new(17, what));
    Ok(violations.collect())
}

/// The store's day of an instant.
fn day_of(unix_ms: i64) -> NaiveDate {
    let local = DateTime::from_timestamp_millis(unix_ms - BEHIND_UTC_MS);
    local.unwrap_or_default().date_naive()
}

/// When an entry counts as made.
fn counts_from(entry: &Told) -> i64 {
    let said = entry.header.effective_ms;
    if said > entry.received_ms + BELIEVED_MS {
        entry.received_ms
    } else {
        said
    }
}

/// Sales, and who brought whom.
struct Brought<'a> {
    told: &'a [Told],
    sales: &'a Sales,
}

impl Brought<'_> {
    fn sales_of(&self, customer: Uuid) -> impl Iterator<Item = &Sold> {
        let sales = self.sales.by_id.values();
        sales.filter(move |sold| sold.sale.customer_id == Some(customer))
    }

    /// Who has a badge and never bought so often, or bought so often and has none.
    fn badge(&self, customer: Uuid, badges: &BTreeSet<Uuid>) -> Option<String> {
        let stand = self.sales_of(customer);
        let stand = stand.filter(|sold| !sold.came_back().is_whole).count();
        let all = self.sales_of(customer).count();
        let visits = BADGE_VISITS as usize;
        match badges.contains(&customer) {
            true if all < visits => Some(format!(
                "customer {customer} bought {all} times and has a badge"
            )),
            false if stand >= visits => Some(format!(
                "customer {customer} bought {stand} times and has no badge"
            )),
            _ => None,
        }
    }

    fn bonuses(&self) -> impl Iterator<Item = &ReferralBonus> {
        self.told.iter().filter_map(|entry| match &entry.payload {
            Payload::ReferralBonus(bonus) => Some(bonus),
            _ => None,
        })
    }

    /// Who brought the customer, and when that was registered; each time that it was.
    fn registered(&self, customer: Uuid) -> Vec<(Uuid, i64)> {
        let registered = self.told.iter().filter_map(|entry| match &entry.payload {
            Payload::ReferralRegistered(it) if it.customer_id == customer => {
                Some((it.referrer_id, counts_from(entry)))
            }
            _ => None,
        });
        registered.collect()
    }

    /// Where it is beyond doubt that a customer was brought before the first purchase: one bonus stands
    /// while a sale does that reaches the minimum, and none otherwise.
    fn missing_bonus(&self, customer: Uuid, people: &People) -> Option<String> {
        let [(referrer, at_ms)] = self.registered(customer)[..] else {
            return None;
        };
        let is_first = |sold: &Sold| counts_from(&self.told[sold.position]) > at_ms;
        if people.is_merged(referrer) || !self.sales_of(customer).all(is_first) {
            return None;
        }
        let mut paid = self.sales_of(customer);
        let is_due =
            paid.any(|sold| sold.sale.total >= REFERRAL_FROM && !sold.came_back().is_whole);
        let of_customer = self.bonuses().filter(|bonus| bonus.customer_id == customer);
        let stand: i64 = of_customer
            .map(|bonus| if bonus.taken_back { -1 } else { 1 })
            .sum();
        (stand != i64::from(is_due)).then(|| {
            format!("{stand} bonuses stand for customer {customer}, whom {referrer} brought")
        })
    }

    /// Bonuses without a cause, or with one that another had.
    fn unfounded(&self, people: &People) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut known = BTreeSet::new();
        for bonus in self.bonuses() {
            let is_first = known.insert((bonus.sale_id, bonus.taken_back));
            let is_given = known.contains(&(bonus.sale_id, false));
            let sold = self.sales.by_id.get(&bonus.sale_id);
            let person = people.person(bonus.customer_id);
            let is_theirs = sold.and_then(|sold| sold.sale.customer_id);
            let is_theirs = is_theirs.is_some_and(|buyer| people.person(buyer) == person);
            let is_undone = sold.is_some_and(|sold| sold.came_back().is_whole);
            let points = (bonus.bonus.points, bonus.welcome.points);
            let is_registered = self.told.iter().any(|entry| match &entry.payload {
                Payload::ReferralRegistered(it) => {
                    people.person(it.customer_id) == person
                        && people.person(it.referrer_id) == people.person(bonus.referrer_id)
                }
                _ => false,
            });
            let is_right = is_first
                && is_given
                && is_theirs
                && is_registered
                && points == REFERRAL_POINTS
                && (!bonus.taken_back || is_undone);
            if !is_right {
                wrong.push(format!("{bonus:?} has no cause of its own"));
            }
        }
        for (sale, _) in known.iter().filter(|(_, taken_back)| !taken_back) {
            let sold = self.sales.by_id.get(sale);
            let is_undone = sold.is_some_and(|sold| sold.came_back().is_whole);
            if is_undone && !known.contains(&(*sale, true)) {
                wrong.push(format!(
                    "nothing is left of sale {sale}, and its bonus stands"
                ));
            }
        }
        wrong
    }
}

/// The tier of a customer whose earnings are known exactly.
fn standing(brought: &Brought<'_>, customer: Uuid, today: NaiveDate) -> Option<&'static str> {
    let mut earned: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for sold in brought.sales_of(customer) {
        let back = sold.came_back().taken_back;
        if back.least != back.most {
            return None;
        }
        let day = sold.sale.local_time.date();
        *earned.entry(day).or_default() += sold.earned() - back.least;
    }
    for bonus in brought.bonuses() {
        let sign = if bonus.taken_back { -1 } else { 1 };
        for (whose, lot) in [
            (bonus.referrer_id, &bonus.bonus),
            (bonus.customer_id, &bonus.welcome),
        ] {
            if whose == customer {
                *earned.entry(lot.earned_on).or_default() += sign * lot.points;
            }
        }
    }
    let (window, grace) = TIER_DAYS;
    let held = (0..=u64::from(grace)).map(|ago| {
        let last = today - Days::new(ago);
        let first = last - Days::new(u64::from(window) - 1);
        earned
            .range(first..=last)
            .map(|(_, points)| points)
            .sum::<i64>()
    });
    let best = held.max().unwrap_or(0);
    let reached = TIERS.iter().rfind(|(_, from)| *from <= best);
    Some(reached.map_or(TIERS[0].0, |(tier, _)| tier))
}
