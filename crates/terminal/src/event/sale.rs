//! A sale: what was paid, the points with every factor, the codes.

use mostrador_loyalty::program::Factor;
use mostrador_protocol::entry::SaleCompleted;

use super::{Teller, at};
use crate::sentence;
use crate::view::HistoryEvent;

impl Teller<'_> {
    /// A sale to the customer.
    pub(crate) fn sale(&self, sale: &SaleCompleted) -> HistoryEvent {
        let mut reasons = self.discounts(sale);
        reasons.extend(self.spent(sale));
        reasons.extend(self.earned(sale));
        let earned = sale.points.as_ref().map_or(0, |points| points.earned);
        HistoryEvent {
            place: self.place(&sale.store),
            what: self.say("history.sale", &[("receipt", &sale.receipt)]),
            amount: Some(sale.total),
            points: earned.saturating_sub(points_spent(sale)),
            reasons,
            ..at(sale.local_time)
        }
    }

    fn discounts(&self, sale: &SaleCompleted) -> Vec<String> {
        let mut reasons = Vec::new();
        if let Some(tier) = &sale.tier_discount {
            let amount = self.money(tier.amount);
            let name = self.rules.tier_name(&tier.tier);
            let parameters = [("tier", name), ("amount", &amount)];
            reasons.push(self.say("history.tier_discount", &parameters));
        }
        for code in &sale.codes {
            let amount = self.money(code.amount);
            let parameters = [("code", code.text.as_str()), ("amount", &amount)];
            let key = if code.amount == 0 {
                "history.code_counted"
            } else {
                "history.code"
            };
            reasons.push(self.say(key, &parameters));
        }
        for refused in &sale.refused {
            let why = sentence::refusal_title(self.language, &refused.refusal);
            let parameters = [("code", refused.text.as_str()), ("why", &why)];
            reasons.push(self.say("history.refused", &parameters));
        }
        reasons
    }

    fn spent(&self, sale: &SaleCompleted) -> Vec<String> {
        let tender = sale.points_redeemed.iter().map(|spent| {
            let (points, amount) = (self.number(spent.points), self.money(spent.amount));
            let parameters = [("points", points.as_str()), ("amount", &amount)];
            self.say("history.paid_with_points", &parameters)
        });
        let rewards = sale.rewards.iter().map(|reward| {
            let (name, points) = (self.reward_name(&reward.reward), self.number(reward.points));
            let parameters = [("reward", name.as_str()), ("points", &points)];
            self.say("history.reward_applied", &parameters)
        });
        tender.chain(rewards).collect()
    }

    fn earned(&self, sale: &SaleCompleted) -> Vec<String> {
        let Some(points) = &sale.points else {
            return Vec::new();
        };
        let mut reasons = Vec::new();
        // The figure of the line is less what was spent.
        if points_spent(sale) > 0 {
            let earned = self.number(points.earned);
            reasons.push(self.say("history.earned", &[("points", &earned)]));
        }
        reasons.push(sentence::points_base(self.language, self.rules, points));
        for factor in &points.factors {
            let factor = Factor {
                name: factor.name.clone(),
                multiplier: factor.multiplier,
            };
            reasons.push(sentence::factor(self.language, &factor, None));
        }
        if points.bonus != 0 {
            let bonus = self.number(points.bonus);
            reasons.push(self.say("history.bonus", &[("points", &bonus)]));
        }
        reasons.extend(self.until(points.earned, points.expires_on));
        reasons
    }
}

/// Points that the customer gave for this sale.
fn points_spent(sale: &SaleCompleted) -> i64 {
    mostrador_loyalty::account::lots_sum(&sale.redeemed())
}
