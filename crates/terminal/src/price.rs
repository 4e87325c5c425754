//! The quote of the open basket on the state of this moment.

use std::sync::Arc;

use chrono::NaiveDate;
use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::account::Account;
use mostrador_loyalty::basket::Basket;
use mostrador_loyalty::code::{Code, CodeText};
use mostrador_loyalty::customer::{CustomerFacts, Place, Usage};
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::quote::{Quote, Request, quote};
use mostrador_loyalty::redeem::{Purse, coupon_code};
use mostrador_loyalty::tier::{Standing, standing};
use mostrador_loyalty::time::Moment;
use uuid::Uuid;

use crate::Error;
use crate::rights::{self, Counted};
use crate::rules::Rules;
use crate::session::OpenBasket;
use crate::spend::{Spending, Wish};

/// Everything a quote was made from, and the quote.
#[derive(Debug)]
pub(crate) struct Priced {
    pub(crate) rules: Arc<Rules>,
    pub(crate) now: Moment,
    pub(crate) place: Place,
    /// The id that the sale will have.
    pub(crate) sale: Uuid,
    pub(crate) basket: Basket,
    pub(crate) scanned: Vec<CodeText>,
    /// What was used before of the scanned codes.
    pub(crate) usage: Usage,
    pub(crate) buyer: Option<Buyer>,
    /// Codes that the program does not list: reward coupons, rewards of this basket.
    pub(crate) own_codes: Vec<Code>,
    /// What the basket spends of its customer's points.
    pub(crate) spending: Spending,
    pub(crate) quote: Quote,
}

impl Priced {
    /// What is left to pay when the points have paid their part.
    pub(crate) fn due(&self) -> Amount {
        self.quote.total.saturating_sub(self.spending.amount())
    }

    /// The same sale where other means that earn nothing, gift cards, pay `amount` beside the points.
    pub(crate) fn paid_beside_points(&self, amount: Amount) -> Quote {
        let non_earning_tender = self.spending.amount().saturating_add(amount);
        quote(&Request {
            non_earning_tender,
            ..self.request(&self.scanned, &self.usage)
        })
    }

    /// The same sale with other codes; `usage` covers them.
    pub(crate) fn request<'a>(&'a self, scanned: &'a [CodeText], usage: &'a Usage) -> Request<'a> {
        Request {
            program: &self.rules.program,
            customer: self.buyer.as_ref().map(|buyer| &buyer.facts),
            basket: &self.basket,
            scanned,
            usage,
            place: &self.place,
            sale: self.sale,
            now: self.now,
            own_codes: &self.own_codes,
            non_earning_tender: self.spending.amount(),
        }
    }
}

/// The identified customer with what this till knows of the account.
#[derive(Debug, Clone)]
pub(crate) struct Buyer {
    pub(crate) id: Uuid,
    pub(crate) account: Account,
    pub(crate) facts: CustomerFacts,
    /// The customer's reward coupons.
    pub(crate) own_codes: Vec<Code>,
    /// The most points that this till may spend of theirs; none: all of them.
    points_at_most: Option<i64>,
}

impl Priced {
    /// To whom variants are assigned: the customer, or the sale while nobody is identified.
    pub(crate) fn subject(&self) -> Uuid {
        self.buyer.as_ref().map_or(self.sale, |buyer| buyer.id)
    }

    /// What the reward is called whose code this is: one bought for the basket, or a coupon of its
    /// customer.
    pub(crate) fn reward_name(&self, code: &CodeText) -> Option<&str> {
        let mut bought = self.spending.bought.iter();
        let bought = bought.find(|bought| bought.code.text == *code);
        let mut held = self.buyer.iter().flat_map(|buyer| &buyer.account.coupons);
        let mut held = || held.find(|coupon| coupon.code == *code);
        let slug = bought.map(|bought| &bought.reward);
        let slug = slug.or_else(|| held().map(|coupon| &coupon.reward))?;
        self.rules.reward_name(slug)
    }
}

impl Buyer {
    /// The customer with the account of `id`: another record where two were merged.
    pub(crate) fn load(
        connection: &Connection,
        rules: &Rules,
        id: Uuid,
        now: Moment,
    ) -> Result<Self, Error> {
        // A parked basket may name a record that was merged since.
        let (id, account) = ledger::account::held(connection, id)?;
        let tier = standing_of(rules, &account, now).map(|standing| standing.tier.slug.clone());
        let facts = CustomerFacts {
            id,
            tier,
            purchases: account.completed_purchases(),
            badges: account.badges.keys().cloned().collect(),
        };
        let points_at_most = rights::points_at_most(connection, rules, id)?;
        let coupons = account.coupons.iter();
        let own_codes = coupons.filter_map(|coupon| coupon_code(&rules.program, coupon, id));
        Ok(Self {
            id,
            own_codes: own_codes.collect(),
            account,
            facts,
            points_at_most,
        })
    }

    /// What may be spent of the customer's points here on a day.
    pub(crate) fn purse(&self, day: NaiveDate) -> Purse {
        let purse = Purse::of(&self.account, day);
        match self.points_at_most {
            Some(most) => purse.at_most(most),
            None => purse,
        }
    }
}

/// To whom variants on `open` are assigned before it is priced: whoever has its customer's account, or the
/// sale that it will be.
pub(crate) fn subject(connection: &Connection, open: &OpenBasket) -> Result<Uuid, Error> {
    Ok(match open.customer {
        Some(id) => ledger::account::held(connection, id)?.0,
        None => open.id,
    })
}

/// Where an account stands now, if the program has tiers.
pub(crate) fn standing_of<'a>(
    rules: &'a Rules,
    account: &Account,
    now: Moment,
) -> Option<Standing<'a>> {
    let tiers = rules.program.tiers.as_ref()?;
    standing(tiers, account, now.local_day())
}

/// Prices `open` at `now` in the store with the slug `store`.
pub(crate) fn price(
    connection: &Connection,
    rules: Arc<Rules>,
    open: &OpenBasket,
    store: &str,
    now: Moment,
) -> Result<Priced, Error> {
    let buyer = match open.customer {
        Some(id) => Some(Buyer::load(connection, &rules, id, now)?),
        None => None,
    };
    let place = Place {
        store: store.to_owned(),
    };
    let counter = Counter {
        connection,
        rules: &rules,
        place: &place,
        now,
        subject: buyer.as_ref().map_or(open.id, |buyer| buyer.id),
    };
    let (codes, spending, quote) = counter.settled(open, buyer.as_ref())?;
    Ok(Priced {
        now,
        place,
        sale: open.id,
        basket: open.basket(),
        scanned: codes.scanned,
        usage: codes.usage,
        own_codes: codes.own,
        buyer,
        spending,
        quote,
        rules,
    })
}

impl Priced {
    /// What this counter would be with `open` on it, which is of the same customer.
    pub(crate) fn with(&self, connection: &Connection, open: &OpenBasket) -> Result<Self, Error> {
        let rules = Arc::clone(&self.rules);
        price(connection, rules, open, &self.place.store, self.now)
    }
}

/// The codes of a basket, rewards bought for it among them.
struct Codes {
    scanned: Vec<CodeText>,
    own: Vec<Code>,
    usage: Usage,
}

/// Where and when a basket is priced, and to whom variants are assigned.
struct Counter<'a> {
    connection: &'a Connection,
    rules: &'a Rules,
    place: &'a Place,
    now: Moment,
    subject: Uuid,
}

impl Counter<'_> {
    /// The quote with every reward on it that the customer can pay for, and every code that a manager may
    /// have allowed. One that takes points which
    /// another one used up leaves, and what is left is quoted again.
    fn settled(
        &self,
        open: &OpenBasket,
        buyer: Option<&Buyer>,
    ) -> Result<(Codes, Spending, Quote), Error> {
        let wish = buyer.map(|buyer| Wish {
            connection: self.connection,
            rules: self.rules,
            buyer,
            now: self.now,
        });
        let basket = open.basket();
        let held = self.coupons(buyer, open)?;
        let mut unpaid = Vec::new();
        let mut approved = (self.rules.program).texts_counted(&open.approved(), self.subject);
        loop {
            let mut spending = match &wish {
                Some(wish) => Spending::rewards(wish, open, &unpaid)?,
                None => Spending::default(),
            };
            let codes = self.codes(open, (buyer, &held, &approved), &spending)?;
            let request = Request {
                program: &self.rules.program,
                customer: buyer.map(|buyer| &buyer.facts),
                basket: &basket,
                scanned: &codes.scanned,
                usage: &codes.usage,
                place: self.place,
                sale: open.id,
                now: self.now,
                own_codes: &codes.own,
                non_earning_tender: Amount::ZERO,
            };
            let mut quoted = quote(&request);
            let beyond = rights::beyond_approval(self.rules, &quoted, &approved);
            if !beyond.is_empty() {
                approved.retain(|text| !beyond.contains(text));
                continue;
            }
            if let Some(wish) = &wish
                && let Err(missed) = spending.settle(wish, &quoted, open.points)
            {
                unpaid.push(missed);
                continue;
            }
            // What points pay earns nothing: the total is the same, the points to earn are fewer.
            if !spending.amount().is_zero() {
                quoted = quote(&Request {
                    non_earning_tender: spending.amount(),
                    ..request
                });
            }
            return Ok((codes, spending, quoted));
        }
    }

    fn codes(
        &self,
        open: &OpenBasket,
        (buyer, held, approved): (Option<&Buyer>, &[Code], &[CodeText]),
        spending: &Spending,
    ) -> Result<Codes, Error> {
        let (mut scanned, mut own) = (open.scanned(), held.to_vec());
        for bought in &spending.bought {
            scanned.push(bought.code.text.clone());
            own.push(bought.code.clone());
        }
        let mut counted = self.rules.program.texts_counted(&scanned, self.subject);
        let texts = own.iter().map(|code| &code.text);
        counted.extend(texts.filter(|text| scanned.contains(text)).cloned());
        let usage = rights::usage(
            self.connection,
            &Counted {
                rules: self.rules,
                store: &self.place.store,
                codes: &counted,
                customer: buyer.map(|buyer| buyer.id),
                day: self.now.local_day(),
                approved,
            },
        )?;
        Ok(Codes {
            scanned,
            own,
            usage,
        })
    }

    /// The reward coupons that this basket may hold: its customer's, and those of others among the
    /// scanned codes, which are refused because of their holder and not because nobody knew them.
    fn coupons(&self, buyer: Option<&Buyer>, open: &OpenBasket) -> Result<Vec<Code>, Error> {
        let mut coupons = buyer.map_or_else(Vec::new, |buyer| buyer.own_codes.clone());
        for text in open.scanned() {
            let is_known = coupons.iter().any(|coupon| coupon.text == text)
                || self.rules.program.resolve(&text, self.subject).is_some();
            if is_known {
                continue;
            }
            if let Some(holder) = ledger::reward::coupon_holder(self.connection, &text)? {
                let holder = Buyer::load(self.connection, self.rules, holder, self.now)?;
                let theirs = holder.own_codes.into_iter();
                coupons.extend(theirs.filter(|coupon| coupon.text == text));
            }
        }
        Ok(coupons)
    }
}
