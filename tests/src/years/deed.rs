//! What is done at the tills: one entry each, as far as the till knows.

use chrono::Days;
use mostrador_ledger::undo;
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::CouponDocument;
use mostrador_protocol::entry::{
    Chosen, CustomerLinked, Payload, PointsAdjusted, ReferralCodeMade, ReferralRegistered,
    RewardRedeemed, SaleCompleted, SaleRefunded, UndoneAt,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use loyalty::basket::Quantity;
use loyalty::points::expires_on;
use loyalty::redeem::Purse;
use loyalty::refund::{ReturnedLine, may_void};

use super::counter::Counter;
use super::sale::{Buying, documents};
use super::world::World;
use crate::Error;

/// A sale, where it was made, and what came back of it where.
#[derive(Debug, Clone)]
pub(super) struct Made {
    till: usize,
    seq: u64,
    sale: SaleCompleted,
    /// Till, position and refund.
    refunds: Vec<(usize, u64, SaleRefunded)>,
    /// Till and position of its void.
    void: Option<(usize, u64)>,
}

impl Made {
    /// Whether the till knows of an entry at this place: its own, or one that the server holds, when its
    /// cashier asks the server.
    fn knows((till, asks): (usize, bool), reach: [u64; 2], (at, seq): (usize, u64)) -> bool {
        at == till || (asks && seq <= reach[at])
    }
}

/// What the world remembers of its tills' deeds.
#[derive(Debug, Default)]
pub(super) struct Memory {
    sales: Vec<Made>,
    /// Till and redemption.
    redemptions: Vec<(usize, RewardRedeemed)>,
}

impl World {
    /// One of the three records of a family, as the till's cashier finds it.
    fn record(&self, family: usize) -> Uuid {
        let records = &self.families[family];
        *self.draw.pick(records).expect("a family has records")
    }

    pub(super) fn sell(&mut self, till: usize, family: usize) -> Result<bool, Error> {
        let counter = &self.tills[till];
        let record = self.record(family);
        let held = counter.held(record)?;
        // Now and then nobody is identified, or a card of before the merge is.
        let buyer = match self.draw.between(1, 12) {
            1 => None,
            2 => Some((record, &held.1)),
            _ => Some((held.0, &held.1)),
        };
        let local = counter.local();
        let id = self.draw.id(counter.now_ms());
        let sale = Buying {
            program: &self.program,
            draw: &self.draw,
            id,
            receipt: format!("R-{}", id.simple()),
            terminal: counter.terminal,
            local,
            buyer,
        }
        .sale();
        let payload = Payload::SaleCompleted(Box::new(sale.clone()));
        let seq = counter.record(&self.draw, &payload)?.seq;
        let refunds = Vec::new();
        self.memory.sales.push(Made {
            till,
            seq,
            sale,
            refunds,
            void: None,
        });
        Ok(true)
    }

    /// Takes some units of one line, or everything, back: of another till's sale after all that the server
    /// says came back before, of an own one often without asking.
    pub(super) fn refund(&mut self, till: usize, of_others: bool) -> Result<bool, Error> {
        let reach = self.reach();
        let asks = of_others || self.draw.percent(60);
        let latest = self.memory.sales.len().saturating_sub(40);
        let wanted: Vec<usize> = (latest..self.memory.sales.len())
            .filter(|place| {
                let made = &self.memory.sales[*place];
                let is_meant = (made.till != till) == of_others;
                let is_found = !of_others || made.seq <= reach[made.till];
                let void = made.void;
                let is_void = void.is_some_and(|at| Made::knows((till, asks), reach, at));
                is_meant && is_found && !is_void
            })
            .collect();
        let Some(place) = self.draw.pick(&wanted).copied() else {
            return Ok(false);
        };
        let made = &self.memory.sales[place];
        let known = made.refunds.iter();
        let known = known.filter(|(at, seq, _)| Made::knows((till, asks), reach, (*at, *seq)));
        let earlier: Vec<SaleRefunded> = known.map(|(_, _, refund)| refund.clone()).collect();
        let counter = &self.tills[till];
        let chosen = Chosen {
            refund_id: self.draw.id(counter.now_ms()),
            lines: self.units(&made.sale),
            tender: "cash".to_owned(),
            at: at(counter, &self.draw.id(counter.now_ms())),
        };
        let Ok(refund) = made.sale.refund(&earlier, chosen, |_| true) else {
            return Ok(false);
        };
        let payload = Payload::SaleRefunded(Box::new(refund.clone()));
        let seq = counter.record(&self.draw, &payload)?.seq;
        let refunds = &mut self.memory.sales[place].refunds;
        refunds.push((till, seq, refund));
        Ok(true)
    }

    fn units(&self, sale: &SaleCompleted) -> Vec<ReturnedLine> {
        let all = |(line, sold): (usize, &mostrador_protocol::entry::SaleLine)| {
            let quantity = Quantity::new(sold.quantity)?;
            Some(ReturnedLine { line, quantity })
        };
        if self.draw.percent(40) {
            return sale.lines.iter().enumerate().filter_map(all).collect();
        }
        let line = self.draw.place(sale.lines.len()).unwrap_or(0);
        let half = Decimal::new(self.draw.between(1, 4) * 5, 1);
        let quantity = Quantity::new(half).expect("up to two units");
        vec![ReturnedLine { line, quantity }]
    }

    pub(super) fn void(&mut self, till: usize) -> Result<bool, Error> {
        let counter = &self.tills[till];
        let Some(last) = counter.ledger.read(undo::void_candidate)? else {
            return Ok(false);
        };
        let (sold_on, today) = (last.sale.local_time.date(), counter.local().date());
        if may_void(sold_on, today, false).is_err() {
            return Ok(false);
        }
        let id = self.draw.id(counter.now_ms());
        let void = last.sale.void(id, at(counter, &id));
        let payload = Payload::SaleVoided(Box::new(void));
        let seq = counter.record(&self.draw, &payload)?.seq;
        let mut sales = self.memory.sales.iter_mut();
        let made = sales.find(|made| made.sale.sale_id == last.sale.sale_id);
        made.expect("a sale of this world").void = Some((till, seq));
        Ok(true)
    }

    pub(super) fn redeem(&mut self, till: usize, family: usize) -> Result<bool, Error> {
        let counter = &self.tills[till];
        let (customer_id, account) = counter.held(self.record(family))?;
        let now = counter.local();
        let points = 100;
        let Ok(lots) = Purse::of(&account, now.date()).take(points) else {
            return Ok(false);
        };
        let redemption_id = self.draw.id(counter.now_ms());
        let redeemed = RewardRedeemed {
            redemption_id,
            customer_id,
            store: "centro".to_owned(),
            cashier_id: Uuid::nil(),
            local_time: now,
            reward: "espresso".to_owned(),
            points,
            lots: documents(&lots),
            coupon: Some(CouponDocument {
                code: format!("CUPON{}", self.draw.between(1_000_000, 9_999_999)),
                reward: "espresso".to_owned(),
                made_on: now.date(),
                valid_until: None,
            }),
        };
        let payload = Payload::RewardRedeemed(Box::new(redeemed.clone()));
        counter.record(&self.draw, &payload)?;
        self.memory.redemptions.push((till, redeemed));
        Ok(true)
    }

    pub(super) fn give_reward_back(&mut self, till: usize) -> Result<bool, Error> {
        let own = |(_, (at, _)): &(usize, &(usize, RewardRedeemed))| *at == till;
        let places = self.memory.redemptions.iter().enumerate().filter(own);
        let places: Vec<usize> = places.map(|(place, _)| place).collect();
        let Some(place) = self.draw.pick(&places).copied() else {
            return Ok(false);
        };
        let (_, mut returned) = self.memory.redemptions.swap_remove(place);
        let counter = &self.tills[till];
        returned.local_time = counter.local();
        counter.record(&self.draw, &Payload::RewardReturned(Box::new(returned)))?;
        Ok(true)
    }

    pub(super) fn adjust(&mut self, till: usize, family: usize) -> Result<bool, Error> {
        let counter = &self.tills[till];
        let (customer_id, _) = counter.held(self.record(family))?;
        let now = counter.local();
        let rules = self.program.points.as_ref().expect("a program with points");
        let points = match self.draw.between(-150, 150) {
            0 => 1,
            points => points,
        };
        let adjusted = PointsAdjusted {
            customer_id,
            store: "centro".to_owned(),
            cashier_id: Uuid::nil(),
            points,
            reason: "goodwill".to_owned(),
            note: None,
            local_time: now,
            expires_on: expires_on(now.date(), rules) - Days::new(30),
            approval_id: None,
        };
        counter.record(&self.draw, &Payload::PointsAdjusted(adjusted))?;
        Ok(true)
    }

    /// Before the first purchase, as far as this till knows; somebody of another family brought them.
    pub(super) fn refer(&mut self, till: usize, family: usize) -> Result<bool, Error> {
        let counter = &self.tills[till];
        let (customer_id, account) = counter.held(self.record(family))?;
        let other = (family + 1) % self.families.len();
        let (referrer_id, _) = counter.held(self.record(other))?;
        let is_new = account.completed_purchases() == 0 && account.referral.referred_by.is_none();
        if !is_new || customer_id == referrer_id {
            return Ok(false);
        }
        let registered = ReferralRegistered {
            customer_id,
            referrer_id,
            code: None,
            cashier_id: Uuid::nil(),
            local_time: counter.local(),
        };
        counter.record(&self.draw, &Payload::ReferralRegistered(registered))?;
        Ok(true)
    }

    pub(super) fn make_code(&mut self, till: usize, family: usize) -> Result<bool, Error> {
        let counter = &self.tills[till];
        let (customer_id, _) = counter.held(self.record(family))?;
        let code = format!("AMIGO{}", self.draw.between(1_000_000, 9_999_999));
        let made = ReferralCodeMade { customer_id, code };
        counter.record(&self.draw, &Payload::ReferralCodeMade(made))?;
        Ok(true)
    }

    pub(super) fn merge(&mut self, till: usize, family: usize) -> Result<bool, Error> {
        let counter = &self.tills[till];
        let (survivor_id, _) = counter.held(self.record(family))?;
        let (absorbed_id, _) = counter.held(self.record(family))?;
        if survivor_id == absorbed_id {
            return Ok(false);
        }
        let linked = CustomerLinked {
            survivor_id,
            absorbed_id,
            cashier_id: Uuid::nil(),
            local_time: counter.local(),
            approval_id: None,
        };
        counter.record(&self.draw, &Payload::CustomerLinked(linked))?;
        Ok(true)
    }
}

fn at(counter: &Counter, id: &Uuid) -> UndoneAt {
    UndoneAt {
        receipt: format!("D-{}", id.simple()),
        store: "centro".to_owned(),
        terminal_id: counter.terminal,
        cashier_id: Uuid::nil(),
        local_time: counter.local(),
        reason: None,
        note: None,
        approval_id: None,
    }
}
