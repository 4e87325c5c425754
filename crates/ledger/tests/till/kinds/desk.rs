//! Entries of every kind, made from what a counter knows.

use loyalty::account::Account;
use loyalty::basket::Quantity;
use loyalty::redeem::Purse;
use loyalty::refund::ReturnedLine;
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::{CouponDocument, LotDocument};
use mostrador_protocol::entry::{
    ApprovalGiven, BadgeAwarded, Chosen, CustomerLinked, Payload, PointsAdjusted, PointsExpired,
    PointsRedeemed, ReferralBonus, ReferralCodeMade, ReferralRegistered, RewardRedeemed,
    SaleCompleted, SaleRefunded, SaleReward, SaleVoided, Tender, TierMoved, UndoneAt,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::counter::{Sold, customer_id, day, identity};

pub(super) const CUSTOMERS: u32 = 4;
pub(super) const CODES: [&str; 2] = ["VERANO10", "VERANO"];

/// What somebody does at a counter; numbers choose among what is there.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Sell {
        customer: Option<u32>,
        code: Option<usize>,
        points: i64,
        spent: i64,
        reward: bool,
    },
    Refund {
        sale: usize,
        quarters: u32,
    },
    Void,
    Adjust(u32, i64),
    Expire(u32),
    Redeem(u32),
    GiveRewardBack(usize),
    MakeCode(u32),
    Refer(u32, u32),
    Bonus {
        pair: (u32, u32),
        taken_back: bool,
    },
    Link(u32, u32),
    Move(u32),
    Award(u32),
    Approve,
}

pub(super) fn deed() -> impl Strategy<Value = Deed> {
    let who = || 0..CUSTOMERS;
    let pair = || (who(), 1..CUSTOMERS).prop_map(|(one, step)| (one, (one + step) % CUSTOMERS));
    let sell = (
        proptest::option::weighted(0.9, who()),
        proptest::option::of(0..CODES.len()),
        0_i64..100,
        0_i64..60,
        any::<bool>(),
    );
    prop_oneof![
        6 => sell.prop_map(|(customer, code, points, spent, reward)| Deed::Sell { customer, code, points, spent, reward }),
        5 => (any::<usize>(), 1_u32..5).prop_map(|(sale, quarters)| Deed::Refund { sale, quarters }),
        2 => Just(Deed::Void),
        2 => (who(), -80_i64..80).prop_map(|(who, points)| Deed::Adjust(who, points)),
        2 => who().prop_map(Deed::Expire),
        2 => who().prop_map(Deed::Redeem),
        1 => any::<usize>().prop_map(Deed::GiveRewardBack),
        1 => who().prop_map(Deed::MakeCode),
        1 => pair().prop_map(|(who, by)| Deed::Refer(who, by)),
        1 => (pair(), any::<bool>()).prop_map(|(pair, taken_back)| Deed::Bonus { pair, taken_back }),
        2 => pair().prop_map(|(one, other)| Deed::Link(one, other)),
        1 => who().prop_map(Deed::Move),
        1 => who().prop_map(Deed::Award),
        1 => Just(Deed::Approve),
    ]
}

/// What all counters together did.
#[derive(Default)]
pub(super) struct Desk {
    made: u32,
    sales: Vec<SaleCompleted>,
    refunds: Vec<SaleRefunded>,
    voids: Vec<SaleVoided>,
    redemptions: Vec<RewardRedeemed>,
}

impl Desk {
    /// The entry of a deed, or none where it cannot be done. `account` says what the counter shows of a
    /// customer, and `may_void` which sale it may void.
    pub(super) fn entry(
        &mut self,
        deed: &Deed,
        account: impl Fn(Uuid) -> Account,
        may_void: Option<SaleCompleted>,
    ) -> Option<Payload> {
        self.made += 1;
        let id = Uuid::from_u128(0xdeed_0000 + u128::from(self.made));
        let now = day(20 + self.made % 4).and_hms_opt(9, 0, 0)?;
        Some(match deed {
            Deed::Sell { customer, .. } => {
                let customer = customer.map(customer_id);
                let sale = self.sale(deed, (id, now), customer.map(account))?;
                self.sales.push(sale.clone());
                Payload::SaleCompleted(Box::new(sale))
            }
            Deed::Refund { sale, quarters } => {
                let refund = self.refund(*sale, *quarters, (id, now))?;
                self.refunds.push(refund.clone());
                Payload::SaleRefunded(Box::new(refund))
            }
            Deed::Void => {
                let void = may_void?.void(id, self.at(now));
                self.voids.push(void.clone());
                Payload::SaleVoided(Box::new(void))
            }
            Deed::Adjust(who, points) => Payload::PointsAdjusted(PointsAdjusted {
                customer_id: customer_id(*who),
                store: "cartagena".to_owned(),
                cashier_id: Uuid::nil(),
                points: if *points == 0 { 1 } else { *points },
                reason: "gift".to_owned(),
                note: None,
                local_time: now,
                expires_on: day(21),
                approval_id: None,
            }),
            Deed::Expire(who) => {
                let account = account(customer_id(*who));
                let lot = account.due_to_expire(day(25)).next()?;
                Payload::PointsExpired(PointsExpired {
                    customer_id: customer_id(*who),
                    day: day(25),
                    lot: LotDocument::from(&lot),
                })
            }
            Deed::Redeem(_) | Deed::GiveRewardBack(_) => self.reward(deed, (id, now), account)?,
            Deed::Approve => Payload::ApprovalGiven(ApprovalGiven {
                approval_id: id,
                manager_id: Uuid::nil(),
                cashier_id: Uuid::nil(),
                action: "refund".to_owned(),
                subject: None,
                amount: None,
                local_time: now,
            }),
            _ => self.of_people(deed, now),
        })
    }

    fn of_people(&self, deed: &Deed, now: chrono::NaiveDateTime) -> Payload {
        let lot = |points| LotDocument {
            earned_on: day(21),
            expires_on: day(28),
            usable_from: None,
            points,
        };
        match deed {
            Deed::MakeCode(who) => Payload::ReferralCodeMade(ReferralCodeMade {
                customer_id: customer_id(*who),
                code: format!("AMIGO{}", self.made),
            }),
            Deed::Refer(who, by) => Payload::ReferralRegistered(ReferralRegistered {
                customer_id: customer_id(*who),
                referrer_id: customer_id(*by),
                code: None,
                cashier_id: Uuid::nil(),
                local_time: now,
            }),
            Deed::Bonus { pair, taken_back } => Payload::ReferralBonus(ReferralBonus {
                customer_id: customer_id(pair.0),
                referrer_id: customer_id(pair.1),
                sale_id: Uuid::nil(),
                day: now.date(),
                bonus: lot(50),
                welcome: lot(0),
                taken_back: *taken_back,
            }),
            Deed::Link(one, other) => Payload::CustomerLinked(CustomerLinked {
                survivor_id: customer_id(*one),
                absorbed_id: customer_id(*other),
                cashier_id: Uuid::nil(),
                local_time: now,
                approval_id: None,
            }),
            Deed::Move(who) => Payload::TierMoved(TierMoved {
                customer_id: customer_id(*who),
                from: None,
                to: "gold".to_owned(),
                day: now.date(),
                window_points: 0,
            }),
            Deed::Award(who) => Payload::BadgeAwarded(BadgeAwarded {
                customer_id: customer_id(*who),
                badge: "regular".to_owned(),
                day: now.date(),
                bonus: None,
            }),
            _ => unreachable!("{deed:?} is made elsewhere"),
        }
    }

    fn sale(
        &self,
        deed: &Deed,
        (id, now): (Uuid, chrono::NaiveDateTime),
        account: Option<Account>,
    ) -> Option<SaleCompleted> {
        let Deed::Sell {
            customer,
            code,
            points,
            spent,
            reward,
        } = deed
        else {
            return None;
        };
        let code = code.map(|code| CODES[code]);
        let sold = Sold {
            customer: customer.map(customer_id),
            code: code.map(|text| (text, 100)),
            parent: code.filter(|text| *text != "VERANO").map(|_| "VERANO"),
            points: if customer.is_some() { *points } else { 0 },
            day: now.date(),
            ..Sold::default()
        };
        let mut sale = sold.sale(id, format!("R-{}", self.made));
        let Some(account) = account else {
            return Some(sale);
        };
        let mut purse = Purse::of(&account, now.date());
        let lots = |purse: &mut Purse, points: i64| -> Vec<LotDocument> {
            let taken = purse.take(points.min(purse.available()));
            taken.iter().flatten().map(LotDocument::from).collect()
        };
        let paid = lots(&mut purse, *spent);
        let paid_points = paid.iter().map(|lot| lot.points).sum();
        if paid_points > 0 {
            let amount = paid_points * 10;
            sale.points_redeemed = Some(PointsRedeemed {
                points: paid_points,
                amount,
                lots: paid,
            });
            sale.tenders[0].amount -= amount;
            sale.tenders.push(Tender {
                kind: "points".to_owned(),
                amount,
            });
            let earned = sale.points.as_mut()?;
            earned.base -= amount;
            earned.bonus = earned.earned - earned.base / 100;
        }
        let bought = lots(&mut purse, 5);
        if let (true, false, Some(code)) = (*reward, bought.is_empty(), code) {
            sale.rewards.push(SaleReward {
                reward: "coffee".to_owned(),
                code: code.to_owned(),
                points: bought.iter().map(|lot| lot.points).sum(),
                lots: bought,
            });
        }
        Some(sale)
    }

    fn refund(
        &self,
        sale: usize,
        quarters: u32,
        (id, now): (Uuid, chrono::NaiveDateTime),
    ) -> Option<SaleRefunded> {
        let sale = self.sales.get(sale % self.sales.len().max(1))?;
        if self.voids.iter().any(|void| void.sale_id == sale.sale_id) {
            return None;
        }
        let earlier: Vec<SaleRefunded> = self
            .refunds
            .iter()
            .filter(|refund| refund.sale_id == sale.sale_id)
            .cloned()
            .collect();
        let quantity = Quantity::new(Decimal::new(i64::from(quarters) * 25, 2))?;
        let chosen = Chosen {
            refund_id: id,
            lines: vec![ReturnedLine { line: 0, quantity }],
            tender: "cash".to_owned(),
            at: self.at(now),
        };
        sale.refund(&earlier, chosen, |code| code.as_str() == "VERANO10")
            .ok()
    }

    fn reward(
        &mut self,
        deed: &Deed,
        (id, now): (Uuid, chrono::NaiveDateTime),
        account: impl Fn(Uuid) -> Account,
    ) -> Option<Payload> {
        if let Deed::GiveRewardBack(which) = deed {
            let count = self.redemptions.len().max(1);
            (which % count < self.redemptions.len()).then_some(())?;
            let mut returned = self.redemptions.swap_remove(which % count);
            returned.local_time = now;
            return Some(Payload::RewardReturned(Box::new(returned)));
        }
        let Deed::Redeem(who) = deed else { return None };
        let customer = customer_id(*who);
        let mut purse = Purse::of(&account(customer), now.date());
        let lots = purse.take(10).ok()?;
        let redeemed = RewardRedeemed {
            redemption_id: id,
            customer_id: customer,
            store: "cartagena".to_owned(),
            cashier_id: Uuid::nil(),
            local_time: now,
            reward: "mug".to_owned(),
            points: 10,
            lots: lots.iter().map(LotDocument::from).collect(),
            coupon: Some(CouponDocument {
                code: format!("TAZA{}", self.made),
                reward: "mug".to_owned(),
                made_on: now.date(),
                valid_until: Some(day(28)),
            }),
        };
        self.redemptions.push(redeemed.clone());
        Some(Payload::RewardRedeemed(Box::new(redeemed)))
    }

    fn at(&self, now: chrono::NaiveDateTime) -> UndoneAt {
        UndoneAt {
            receipt: format!("D-{}", self.made),
            store: "cartagena".to_owned(),
            terminal_id: identity().terminal_id,
            cashier_id: Uuid::nil(),
            local_time: now,
            reason: Some("changed_mind".to_owned()),
            note: None,
            approval_id: None,
        }
    }
}
