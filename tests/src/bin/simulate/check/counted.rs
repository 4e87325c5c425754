//! Invariants 4, 15 and 16 without the product's fold: what each person has and how often each code was
//! used, added up from what the raw entries say.

use std::collections::{BTreeMap, BTreeSet};

use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::{Decoded, Payload, ReferralBonus};
use mostrador_protocol::message::Disposition;
use mostrador_protocol::row::CodeUseRow;
use mostrador_server::store::Store;
use uuid::Uuid;

use super::delivery::Books;
use super::people::{People, Span};
use super::sold::{Sales, Sold};
use super::told::Told;
use super::{Rest, Violation};
use crate::goods::TENANT;
use mostrador_tests::Error;

/// What a person has.
#[derive(Debug, Clone, Copy, Default)]
struct Has {
    /// Points in lots, less what is owed, and what expired and nobody has taken since.
    points: Span,
    /// Purchases of which something is left.
    purchases: Span,
    /// Minor units.
    spent: Span,
}

pub(super) async fn check(
    rest: &Rest<'_>,
    (books, told): (&Books, &[Told]),
) -> Result<Vec<Violation>, Error> {
    let people = People::of(told);
    let sales = Sales::of(told);
    let mut counted = Counted::new(&people);
    counted.sales(&sales);
    for entry in told {
        counted.take(&entry.payload);
    }
    let mut violations = still_held(books, &sales);
    violations.extend(sales.violations);
    // What was held has its effects now, as if it had come like the rest.
    let number = if rest.releases.is_empty() { 4 } else { 15 };
    for account in rest.store.accounts(TENANT).await? {
        counted.compare(account, &people);
    }
    let wrong = counted.wrong(&rest.store.code_uses(TENANT).await?);
    violations.extend(wrong.into_iter().map(|what| Violation::new(number, what)));
    Ok(violations)
}

/// Only what undoes a sale that nobody has any more is held at rest.
fn still_held(books: &Books, sales: &Sales) -> Vec<Violation> {
    let entries = books.streams.values().flatten();
    let held = entries.filter(|entry| entry.disposition == Disposition::Held);
    let wrong = held.filter(|entry| {
        let header = entry.raw.header();
        let payload = header.and_then(|header| entry.raw.payload(&header));
        let sale = match &payload {
            Ok(Decoded::Known(Payload::SaleRefunded(refund))) => Some(refund.sale_id),
            Ok(Decoded::Known(Payload::SaleVoided(void))) => Some(void.sale_id),
            _ => None,
        };
        sale.is_none_or(|sale| sales.by_id.contains_key(&sale))
    });
    let violations = wrong.map(|entry| {
        let why = entry.reason.as_deref().unwrap_or("no reason");
        let what = format!("{} is still held: {why}", entry.raw.header);
        Violation::new(15, what)
    });
    violations.collect()
}

struct Counted<'a> {
    people: &'a People,
    by_person: BTreeMap<Uuid, Has>,
    codes: BTreeMap<String, Span>,
    server: BTreeMap<Uuid, [i64; 3]>,
}

impl<'a> Counted<'a> {
    const fn new(people: &'a People) -> Self {
        Self {
            people,
            by_person: BTreeMap::new(),
            codes: BTreeMap::new(),
            server: BTreeMap::new(),
        }
    }

    fn of(&mut self, customer: Uuid) -> &mut Has {
        let person = self.people.person(customer);
        self.by_person.entry(person).or_default()
    }

    fn sales(&mut self, sales: &Sales) {
        for sold in sales.by_id.values() {
            self.sale(sold);
        }
    }

    fn sale(&mut self, sold: &Sold) {
        let back = sold.came_back();
        for code in sold.codes() {
            self.codes.entry(code).or_default().add(Span::exactly(1));
        }
        for (code, times) in back.codes {
            self.codes.entry(code).or_default().take(times);
        }
        let Some(customer) = sold.sale.customer_id else {
            return;
        };
        let has = self.of(customer);
        let gained = sold.earned() - sold.spent();
        has.points.add(Span::exactly(gained));
        has.points.take(back.taken_back);
        has.points.add(back.given_back);
        has.spent.add(Span::exactly(sold.sale.total));
        has.spent.take(back.money);
        let is_left = i64::from(!back.is_whole);
        has.purchases.add(Span::exactly(is_left));
    }

    fn points(&mut self, customer: Uuid, points: i64) {
        self.of(customer).points.add(Span::exactly(points));
    }

    fn take(&mut self, payload: &Payload) {
        match payload {
            Payload::PointsAdjusted(adjusted) => {
                self.points(adjusted.customer_id, adjusted.points);
            }
            Payload::RewardRedeemed(reward) => self.points(reward.customer_id, -reward.points),
            Payload::RewardReturned(reward) => self.points(reward.customer_id, reward.points),
            Payload::BadgeAwarded(badge) => {
                let points = badge.bonus.map_or(0, |lot| lot.points);
                self.points(badge.customer_id, points);
            }
            Payload::ReferralBonus(bonus) => self.bonus(bonus),
            _ => {}
        }
    }

    fn bonus(&mut self, bonus: &ReferralBonus) {
        let sign = if bonus.taken_back { -1 } else { 1 };
        self.points(bonus.referrer_id, sign * bonus.bonus.points);
        self.points(bonus.customer_id, sign * bonus.welcome.points);
    }

    /// Adds what the server says of a record.
    fn compare(&mut self, (record, account): (Uuid, AccountDocument), people: &People) {
        let lots = account.lots.iter().chain(&account.expired);
        let points: i64 = lots.map(|lot| lot.points).sum();
        let says = [points - account.debt, account.purchases, account.spent];
        let sums = self.server.entry(people.person(record)).or_default();
        for (sum, said) in sums.iter_mut().zip(says) {
            *sum += said;
        }
    }

    fn wrong(&self, uses: &[CodeUseRow]) -> Vec<String> {
        let mut wrong = Vec::new();
        let everybody = self.by_person.keys().chain(self.server.keys());
        let everybody: BTreeSet<_> = everybody.collect();
        for person in everybody {
            let has = self.by_person.get(person).copied().unwrap_or_default();
            let says = self.server.get(person).copied().unwrap_or_default();
            let counted = [
                ("points", has.points),
                ("purchases", has.purchases),
                ("minor units spent", has.spent),
            ];
            for ((what, span), said) in counted.into_iter().zip(says) {
                if !span.holds(said) {
                    wrong.push(format!(
                        "customer {person}: the entries add up to {span} {what}, the server says {said}"
                    ));
                }
            }
        }
        wrong.extend(self.wrong_uses(uses));
        wrong
    }

    /// A code of which the server says nothing was not used.
    fn wrong_uses(&self, uses: &[CodeUseRow]) -> Vec<String> {
        let says = uses.iter().map(|row| (row.code.as_str(), row.total));
        let says: BTreeMap<&str, i64> = says.collect();
        let codes = self.codes.keys().map(String::as_str);
        let codes: BTreeSet<&str> = codes.chain(says.keys().copied()).collect();
        let mut wrong = Vec::new();
        for code in codes {
            let span = self.codes.get(code).copied().unwrap_or_default();
            let said = says.get(code).copied().unwrap_or_default();
            if !span.holds(said) {
                wrong.push(format!(
                    "code {code}: the entries add up to {span} uses, the server says {said}"
                ));
            }
        }
        wrong
    }
}
