//! A sale as a till would make it: what it earns follows from the program and the account.

use chrono::{Datelike, NaiveDateTime, Weekday};
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::LotDocument;
use mostrador_protocol::entry::SaleCompleted;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use loyalty::account::{Account, Lot};
use loyalty::money::Amount;
use loyalty::points::{Earning, earn, earning_base, lot_days};
use loyalty::program::{Factor, Program};
use loyalty::redeem::Purse;
use loyalty::tier::standing;

use super::draw::Draw;

/// Where and when a sale is made, and to whom.
pub(super) struct Buying<'a> {
    pub(super) program: &'a Program,
    pub(super) draw: &'a Draw,
    pub(super) id: Uuid,
    pub(super) receipt: String,
    pub(super) terminal: Uuid,
    pub(super) local: NaiveDateTime,
    pub(super) buyer: Option<(Uuid, &'a Account)>,
}

/// A line, before and after what the codes take off.
struct Line {
    price: i64,
    quantity: Decimal,
    gross: i64,
    discount: i64,
    earns: bool,
}

impl Line {
    const fn net(&self) -> i64 {
        self.gross - self.discount
    }
}

impl Buying<'_> {
    /// One or two lines, perhaps a code, perhaps a reward, perhaps points as money.
    pub(super) fn sale(&self) -> SaleCompleted {
        let mut lines = self.lines();
        let mut codes = Vec::new();
        if self.draw.percent(40) {
            codes.push(self.code(&mut lines));
        }
        let mut purse = self.purse();
        let reward = self.reward(&mut lines, &mut codes, purse.as_mut());
        let total: i64 = lines.iter().map(Line::net).sum();
        let paid = self.paid_by_points(total, purse.as_mut());
        let by_points = paid.as_ref().map_or(0, |(_, amount)| *amount);
        let mut tenders = vec![json!({ "kind": "cash", "amount": total - by_points })];
        if by_points > 0 {
            tenders.push(json!({ "kind": "points", "amount": by_points }));
        }
        let sum = |figure: fn(&Line) -> i64| lines.iter().map(figure).sum::<i64>();
        let sale = json!({
            "sale_id": self.id,
            "receipt": self.receipt,
            "store": "centro",
            "terminal_id": self.terminal,
            "cashier_id": Uuid::nil(),
            "customer_id": self.buyer.map(|(customer, _)| customer),
            "currency": self.program.currency.code(),
            "local_time": self.local,
            "lines": lines.iter().map(written).collect::<Vec<_>>(),
            "codes": codes,
            "gross": sum(|line| line.gross),
            "discount": sum(|line| line.discount),
            "total": total,
            "tenders": tenders,
            "change": 0,
            "points": self.points(&lines, by_points),
            "points_redeemed": paid.map(|(lots, amount)| json!({
                "points": points_of(&lots), "amount": amount, "lots": documents(&lots),
            })),
            "rewards": reward.into_iter().collect::<Vec<_>>(),
        });
        serde_json::from_value(sale).expect("a sale as the wire writes it")
    }

    fn lines(&self) -> Vec<Line> {
        let count = self.draw.between(1, 2);
        let line = |_| {
            let quantity = [
                Decimal::ONE,
                Decimal::TWO,
                Decimal::from(3),
                Decimal::new(15, 1),
            ];
            let quantity = *self.draw.pick(&quantity).expect("four quantities");
            // Even prices, so that one and a half of them is whole.
            let price = 2 * self.draw.between(500, 12_000);
            let gross = (Decimal::from(price) * quantity).mantissa() / {
                10_i128.pow((Decimal::from(price) * quantity).scale())
            };
            Line {
                price,
                quantity,
                gross: i64::try_from(gross).expect("a price of a shop"),
                discount: 0,
                earns: self.draw.percent(85),
            }
        };
        (0..count).map(line).collect()
    }

    /// A variant that takes a tenth off, or one that takes nothing off and is not used up.
    fn code(&self, lines: &mut [Line]) -> Value {
        let text = *self.draw.pick(&["PRIMAVERAA", "PRIMAVERAB"]).expect("two");
        let has_effect = self.draw.percent(90);
        let shares: Vec<i64> = lines
            .iter()
            .map(|line| if has_effect { line.gross / 10 } else { 0 })
            .collect();
        for (line, share) in lines.iter_mut().zip(&shares) {
            line.discount += share;
        }
        json!({
            "text": text, "parent": "PRIMAVERA", "assigned": self.draw.percent(50),
            "kind": "coupon", "amount": shares.iter().sum::<i64>(), "shares": shares,
            "consumed": has_effect,
        })
    }

    fn purse(&self) -> Option<Purse> {
        let (_, account) = self.buyer?;
        Some(Purse::of(account, self.local.date()))
    }

    /// A reward of 100 points takes up to thirty pesos off the first line.
    fn reward(
        &self,
        lines: &mut [Line],
        codes: &mut Vec<Value>,
        purse: Option<&mut Purse>,
    ) -> Option<Value> {
        let lots = purse.filter(|_| self.draw.percent(25))?.take(100).ok()?;
        let amount = lines.first()?.net().min(3_000);
        let mut shares = vec![0; lines.len()];
        *shares.first_mut()? = amount;
        lines.first_mut()?.discount += amount;
        let text = format!("PREMIO{}", self.draw.between(1_000_000, 9_999_999));
        codes.push(json!({
            "text": text, "kind": "reward", "amount": amount, "shares": shares, "consumed": true,
        }));
        Some(json!({
            "reward": "espresso", "code": text, "points": 100, "lots": documents(&lots),
        }))
    }

    /// Points and what they pay: at least the minimum, at most the total.
    fn paid_by_points(&self, total: i64, purse: Option<&mut Purse>) -> Option<(Vec<Lot>, i64)> {
        let rules = self.program.points.as_ref()?;
        let purse = purse.filter(|_| self.draw.percent(35))?;
        let value = rules.point_value.minor();
        let most = purse.available().min(total / value);
        if most < rules.minimum_redeem {
            return None;
        }
        let points = self.draw.between(rules.minimum_redeem, most);
        Some((purse.take(points).ok()?, points * value))
    }

    fn points(&self, lines: &[Line], by_points: i64) -> Option<Value> {
        let rules = self.program.points.as_ref()?;
        let (_, account) = self.buyer?;
        let day = self.local.date();
        let amount = |minor: i64| Amount::clamped(minor.into());
        let lines: Vec<(Amount, bool)> = lines
            .iter()
            .map(|line| (amount(line.net()), line.earns))
            .collect();
        let tiers = self.program.tiers.as_ref();
        let tier = tiers.and_then(|tiers| standing(tiers, account, day));
        let is_weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let factor = |name: &str, multiplier| Factor {
            name: name.to_owned(),
            multiplier,
        };
        let first = rules
            .first_purchase
            .filter(|_| account.completed_purchases() == 0);
        let factors = [
            tier.map(|standing| factor("tier", standing.tier.multiplier)),
            first.map(|multiplier| factor("first_purchase", multiplier)),
            rules
                .weekend
                .filter(|_| is_weekend)
                .map(|multiplier| factor("weekend", multiplier)),
        ];
        let earning = Earning {
            base: earning_base(&lines, amount(by_points)),
            factors: factors.into_iter().flatten().collect(),
            bonus: 0,
        };
        let quote = earn(rules, self.program.currency, earning);
        let days = lot_days(day, rules);
        let factors = quote
            .factors
            .iter()
            .map(|it| json!({ "name": it.name, "multiplier": it.multiplier.to_string() }));
        Some(json!({
            "base": quote.base.minor(), "per_unit": quote.per_unit.to_string(),
            "factors": factors.collect::<Vec<_>>(), "bonus": quote.bonus, "earned": quote.total,
            "expires_on": days.expires_on, "usable_from": days.usable_from,
        }))
    }
}

fn written(line: &Line) -> Value {
    json!({
        "product": "cafe", "sku": "CAF-1", "name": "Café", "unit_price": line.price,
        "quantity": line.quantity.to_string(), "categories": ["cafe"], "gross": line.gross,
        "discount": line.discount, "net": line.net(), "earns_points": line.earns,
    })
}

pub(super) fn documents(lots: &[Lot]) -> Vec<LotDocument> {
    lots.iter().map(LotDocument::from).collect()
}

fn points_of(lots: &[Lot]) -> i64 {
    lots.iter().map(|lot| lot.points).sum()
}
