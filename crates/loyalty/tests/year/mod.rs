//! A year of two people at a counter, played by drawn steps on the fold that till and server share.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use mostrador_loyalty as loyalty;
use proptest::prelude::*;
use proptest::sample::Index;
use uuid::Uuid;

use loyalty::account::{
    Account, Book, Fact, Lot, LotDays, Purchase, Redemption, ReferralGain, ReferralRole, Undo,
};
use loyalty::basket::Quantity;
use loyalty::code::CodeText;
use loyalty::money::Amount;
use loyalty::redeem::Purse;
use loyalty::refund::{ReturnedLine, Returns, SoldLine, SoldSale};

/// Histories that each property plays.
pub(crate) const HISTORIES: u32 = 256;
/// The most steps of a history.
pub(crate) const STEPS: usize = 120;
/// People at the counter.
const PEOPLE: usize = 3;
/// Days that points live.
const LIFETIME_DAYS: u64 = 60;

/// A day, counted from the first of the year.
pub(crate) fn day(number: u64) -> NaiveDate {
    NaiveDate::default() + Days::new(20_454 + number)
}

/// One thing that somebody does.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Days go by; now and then a till's clock stands some days back.
    Wait { days: i64 },
    /// A sale of three units; a part of what can be spent pays.
    Buy {
        person: usize,
        points: i64,
        pending: u64,
        spends_percent: i64,
    },
    /// One or more units of a sale come back.
    Return { sale: Index, units: u32 },
    /// The latest sale is voided, if nothing of it came back.
    Void,
    /// A reward outside a sale.
    Redeem { person: usize, percent: i64 },
    /// The latest reward comes back.
    ReturnReward,
    /// Everything that is over expires, twice.
    Expire { person: usize },
    /// Points by hand.
    Adjust { person: usize, points: i64 },
    /// A referral bonus, and its taking back.
    Refer { person: usize, taken_back: bool },
    /// Another till spends the same lots, not knowing of the first.
    SpendTwice { person: usize },
    /// Two records become one.
    Merge { person: usize },
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let person = || 0..PEOPLE;
    let step = prop_oneof![
        4 => (-4..25_i64).prop_map(|days| Step::Wait { days }),
        6 => (person(), 0..900_i64, 0..9_u64, 0..100_i64).prop_map(
            |(person, points, pending, spends_percent)| Step::Buy { person, points, pending, spends_percent }
        ),
        4 => (any::<Index>(), 1..4_u32).prop_map(|(sale, units)| Step::Return { sale, units }),
        1 => Just(Step::Void),
        2 => (person(), 1..101_i64).prop_map(|(person, percent)| Step::Redeem { person, percent }),
        1 => Just(Step::ReturnReward),
        2 => person().prop_map(|person| Step::Expire { person }),
        1 => (person(), -400..400_i64).prop_map(|(person, points)| Step::Adjust { person, points }),
        1 => (person(), any::<bool>()).prop_map(|(person, taken_back)| Step::Refer { person, taken_back }),
        1 => person().prop_map(|person| Step::SpendTwice { person }),
        1 => person().prop_map(|person| Step::Merge { person }),
    ];
    prop::collection::vec(step, 1..STEPS)
}

/// A sale and what came back of it.
#[derive(Debug, Clone)]
struct Sold {
    person: usize,
    purchase: Purchase,
    returns: Returns,
    units_left: u32,
    is_voided: bool,
}

/// What the counter and its books hold.
#[derive(Debug, Clone)]
pub(crate) struct Year {
    pub(crate) today: NaiveDate,
    pub(crate) people: Vec<Account>,
    /// Sum of the postings to each person's books.
    pub(crate) balances: Vec<i64>,
    /// Sum of the postings to each of the program's books.
    pub(crate) books: BTreeMap<Book, i64>,
    /// What expired of each person's points.
    expired: Vec<i64>,
    /// Every fact with the person it was about.
    facts: Vec<(usize, Fact)>,
    sold: Vec<Sold>,
    redemptions: Vec<(usize, Redemption)>,
}

impl Default for Year {
    fn default() -> Self {
        Self {
            today: day(0),
            people: vec![Account::default(); PEOPLE],
            balances: vec![0; PEOPLE],
            books: BTreeMap::new(),
            expired: vec![0; PEOPLE],
            facts: Vec::new(),
            sold: Vec::new(),
            redemptions: Vec::new(),
        }
    }
}

pub(crate) fn purchase(on: u64, pending: u64, points: i64) -> Purchase {
    let lot = lot_days(day(on), pending);
    let total = Amount::clamped((points * 100).into());
    Purchase {
        codes: vec![CodeText::parse("VERANO10").expect("a year that can be played")],
        categories: vec!["nautical".to_owned()],
        ..Purchase::earning(
            i64::try_from(on).expect("a year that can be played"),
            total,
            points,
            lot,
        )
    }
}

pub(crate) fn redeemed(on: NaiveDate, lots: Vec<Lot>) -> Redemption {
    Redemption {
        day: on,
        reward: "coffee".to_owned(),
        lots,
        coupon: None,
    }
}

fn lot_days(on: NaiveDate, pending: u64) -> LotDays {
    LotDays {
        expires_on: on + Days::new(LIFETIME_DAYS),
        earned_on: on,
        usable_from: on + Days::new(pending),
    }
}

impl Year {
    /// The facts of the first person in a year without merges.
    pub(crate) fn facts_of_first_person(steps: &[Step]) -> Vec<Fact> {
        let mut year = Self::default();
        for step in steps {
            if !matches!(step, Step::Merge { .. }) {
                year.play(step);
            }
        }
        let own = year.facts.into_iter().filter(|(person, _)| *person == 0);
        own.map(|(_, fact)| fact).collect()
    }

    pub(crate) fn expired_of(&self, person: usize) -> i64 {
        self.expired[person]
    }

    pub(crate) fn play(&mut self, step: &Step) {
        match step {
            Step::Wait { days } => {
                self.today += chrono::Duration::days(*days);
            }
            Step::Buy {
                person,
                points,
                pending,
                spends_percent,
            } => self.buy(self.holder(*person), (*points, *pending), *spends_percent),
            Step::Return { sale, units } => {
                if !self.sold.is_empty() {
                    self.take_back(sale.index(self.sold.len()), *units);
                }
            }
            Step::Void => self.void(),
            Step::Redeem { person, percent } => {
                let person = self.holder(*person);
                let lots = self.spend(person, *percent);
                let redemption = redeemed(self.today, lots);
                self.fold(person, Fact::Redemption(redemption.clone()));
                self.redemptions.push((person, redemption));
            }
            Step::ReturnReward => {
                if let Some((person, redemption)) = self.redemptions.pop() {
                    let day = self.today.max(redemption.day);
                    let returned = Redemption { day, ..redemption };
                    self.fold(self.holder(person), Fact::RewardReturned(returned));
                }
            }
            Step::Expire { person } => self.expire(self.holder(*person)),
            Step::Adjust { person, points } => {
                let fact = Fact::Adjustment {
                    day: self.today,
                    points: *points,
                    lot: lot_days(self.today, 0),
                };
                self.fold(self.holder(*person), fact);
            }
            Step::Refer { person, taken_back } => self.refer(self.holder(*person), *taken_back),
            Step::SpendTwice { person } => {
                let person = self.holder(*person);
                let lots = self.spend(person, 80);
                let fact = Fact::Redemption(redeemed(self.today, lots));
                self.fold(person, fact.clone());
                self.fold(person, fact);
            }
            Step::Merge { person } => self.merge(*person),
        }
    }

    /// Every unit of every sale comes back.
    pub(crate) fn return_everything(&mut self) {
        for sale in 0..self.sold.len() {
            let units = self.sold[sale].units_left;
            self.take_back(sale, units);
        }
    }

    fn holder(&self, person: usize) -> usize {
        let number = |id: Uuid| usize::try_from(id.as_u128()).expect("a year that can be played");
        self.people[person]
            .merged_into
            .map_or(person, |id| self.holder(number(id)))
    }

    fn fold(&mut self, person: usize, fact: Fact) {
        let postings = self.people[person].apply(&fact);
        assert_eq!(postings.sum_of(|_| true), 0, "{fact:?}");
        self.post(person, &postings);
        self.facts.push((person, fact));
    }

    fn post(&mut self, person: usize, postings: &loyalty::account::Postings) {
        self.balances[person] += postings.balance_change();
        self.expired[person] += postings.sum_of(|book| book == Book::Expired);
        for posting in postings.all() {
            if !posting.book.is_customers() {
                *self.books.entry(posting.book).or_default() += posting.points;
            }
        }
    }

    fn spend(&self, person: usize, percent: i64) -> Vec<Lot> {
        let mut purse = Purse::of(&self.people[person], self.today);
        purse
            .take(purse.available() * percent / 100)
            .expect("a year that can be played")
    }

    fn buy(&mut self, person: usize, (points, pending): (i64, u64), spends_percent: i64) {
        let redeemed = self.spend(person, spends_percent);
        let on = (self.today - day(0)).num_days();
        let purchase = Purchase {
            redeemed,
            lot: lot_days(self.today, pending),
            ..purchase(
                u64::try_from(on.max(0)).expect("a year that can be played"),
                pending,
                points,
            )
        };
        let returns = Returns::of(&SoldSale {
            lines: vec![SoldLine {
                net: purchase.total,
                quantity: Quantity::new(3.into()).expect("a year that can be played"),
            }],
            earned: points,
            redeemed: purchase.redeemed.clone(),
            paid_by_points: Amount::ZERO,
        });
        self.fold(person, Fact::Purchase(purchase.clone()));
        self.sold.push(Sold {
            person,
            purchase,
            returns,
            units_left: 3,
            is_voided: false,
        });
    }

    fn take_back(&mut self, sale: usize, units: u32) {
        let sold = &mut self.sold[sale];
        let units = units.min(sold.units_left);
        if units == 0 || sold.is_voided {
            return;
        }
        sold.units_left -= units;
        let returned = ReturnedLine {
            line: 0,
            quantity: Quantity::new(units.into()).expect("a year that can be played"),
        };
        let refund = sold
            .returns
            .take_back(&[returned])
            .expect("a year that can be played");
        assert_eq!(refund.is_full, sold.units_left == 0);
        let whole = sold
            .purchase
            .undone_on(self.today.max(sold.purchase.lot.earned_on));
        let undo = Undo {
            money: refund.money,
            points_taken_back: refund.points_taken_back,
            given_back: refund.given_back,
            codes: if refund.is_full {
                whole.codes
            } else {
                Vec::new()
            },
            is_full: refund.is_full,
            ..whole
        };
        let person = sold.person;
        self.fold(self.holder(person), Fact::Refund(undo));
    }

    fn void(&mut self) {
        let Some(sold) = self.sold.last_mut() else {
            return;
        };
        if sold.units_left < 3 || sold.is_voided {
            return;
        }
        sold.is_voided = true;
        sold.units_left = 0;
        let undo = sold.purchase.undone_on(sold.purchase.lot.earned_on);
        let person = sold.person;
        self.fold(self.holder(person), Fact::Void(undo));
    }

    fn expire(&mut self, person: usize) {
        let day = self.today;
        let due: Vec<Lot> = self.people[person].due_to_expire(day).collect();
        for lot in due.iter().chain(&due) {
            self.fold(person, Fact::Expiry { day, lot: *lot });
        }
    }

    fn refer(&mut self, person: usize, taken_back: bool) {
        let gain = ReferralGain {
            role: ReferralRole::Referrer,
            lot: Lot {
                days: lot_days(self.today, 0),
                points: 50,
            },
        };
        self.fold(person, Fact::ReferralBonus(gain));
        if taken_back {
            let day = self.today;
            self.fold(person, Fact::ReferralTakenBack { day, gain });
        }
    }

    fn merge(&mut self, person: usize) {
        let absorbed = self.holder(person);
        let survivor = self.holder((person + 1) % PEOPLE);
        if absorbed == survivor {
            return;
        }
        let id = Uuid::from_u128(u128::try_from(survivor).expect("a year that can be played"));
        let (state, postings) = self.people[absorbed].hand_over(id);
        self.post(absorbed, &postings);
        let fact = Fact::Merge {
            day: self.today,
            absorbed: Box::new(state),
        };
        self.fold(survivor, fact);
    }
}
