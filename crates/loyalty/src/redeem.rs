//! Spending points: as money, and on rewards.
//!
//! A [`Purse`] is what a customer may spend on a day. Every part of one basket takes from the same
//! purse, so that points reserved for a reward cannot pay too; parking or clearing the basket is
//! forgetting the purse, because nothing is spent before the sale is recorded.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use crate::account::{Account, HeldCoupon, Lot};
use crate::code::{Code, CodeKind, CodeText, Limits, Restrictions};
use crate::money::Amount;
use crate::program::{PointsRules, Program, Reward};
use crate::rate;

/// Why points cannot be spent as asked. Declared in the order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedeemRefusal {
    /// The program gives points no value as money.
    PointsCannotPay,
    /// No such reward in the program.
    RewardUnknown,
    /// The reward could be had until an earlier day.
    RewardExpired {
        /// The last day.
        until: NaiveDate,
    },
    /// The customer's tier is below the one that the reward needs.
    TierTooLow {
        /// Slug of the tier.
        needs: String,
    },
    /// Nothing of the reward is left.
    RewardOutOfStock,
    /// The customer has had the reward as often as one may.
    RewardLimitReached {
        /// The limit.
        limit: u64,
    },
    /// Fewer points than may be spent at once.
    PointsBelowMinimum {
        /// The fewest.
        minimum: i64,
    },
    /// More points than the customer can spend.
    NotEnoughPoints {
        /// What can be spent.
        available: i64,
        /// What is missing.
        missing: i64,
    },
    /// More points than may be spent without the server: another till may be spending them.
    PointsWithheld {
        /// The most that can be spent here now.
        most: i64,
    },
    /// More points than the basket costs.
    PointsAboveTotal {
        /// The most that the basket takes.
        most: i64,
    },
}

impl RedeemRefusal {
    /// The stable code for screens, the wire and reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PointsCannotPay => "points_cannot_pay",
            Self::RewardUnknown => "reward_unknown",
            Self::RewardExpired { .. } => "reward_expired",
            Self::TierTooLow { .. } => "tier_too_low",
            Self::RewardOutOfStock => "reward_out_of_stock",
            Self::RewardLimitReached { .. } => "reward_limit_reached",
            Self::PointsBelowMinimum { .. } => "points_below_minimum",
            Self::NotEnoughPoints { .. } => "not_enough_points",
            Self::PointsWithheld { .. } => "points_withheld",
            Self::PointsAboveTotal { .. } => "points_above_total",
        }
    }
}

/// Points that can be spent on a day, lot by lot in the order of spending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purse {
    lots: Vec<Lot>,
    /// Points that are the customer's and cannot be spent here.
    withheld: i64,
}

impl Purse {
    /// What `account` may spend on `day`; what it owes is set aside first.
    pub fn of(account: &Account, day: NaiveDate) -> Self {
        let lots = account.lots.iter().filter(|lot| lot.days.is_usable(day));
        let mut purse = Self {
            lots: lots.copied().collect(),
            withheld: 0,
        };
        purse.remove(account.debt);
        purse
    }

    /// Keeps at most `most` points in it, those that expire soonest; the others are withheld.
    #[must_use]
    pub fn at_most(mut self, most: i64) -> Self {
        let available = self.available();
        let kept = self.remove(available.min(most));
        self.withheld = self.available().saturating_add(self.withheld);
        self.lots = kept;
        self
    }

    /// Points that are the customer's and cannot be spent here.
    pub fn withheld(&self) -> i64 {
        self.withheld
    }

    /// Why `points` more than are in it cannot be had.
    pub fn lacks(&self, points: i64) -> RedeemRefusal {
        let available = self.available();
        let all = available.saturating_add(self.withheld);
        if self.withheld > 0 && points <= all {
            return RedeemRefusal::PointsWithheld { most: available };
        }
        RedeemRefusal::NotEnoughPoints {
            available: all,
            missing: points.saturating_sub(all),
        }
    }

    /// Points left in it.
    pub fn available(&self) -> i64 {
        crate::account::lots_sum(&self.lots)
    }

    /// Takes points, soonest expiry first, then oldest: the shares that the entry names.
    pub fn take(&mut self, points: i64) -> Result<Vec<Lot>, RedeemRefusal> {
        if points > self.available() {
            return Err(self.lacks(points));
        }
        Ok(self.remove(points))
    }

    fn remove(&mut self, points: i64) -> Vec<Lot> {
        let mut wanted = points.max(0);
        let mut taken = Vec::new();
        for lot in &mut self.lots {
            let share = lot.points.min(wanted);
            if share > 0 {
                lot.points = lot.points.saturating_sub(share);
                wanted = wanted.saturating_sub(share);
                taken.push(Lot {
                    points: share,
                    ..*lot
                });
            }
        }
        self.lots.retain(|lot| lot.points > 0);
        taken
    }
}

/// Points used as money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointsTender {
    /// How many.
    pub points: i64,
    /// What they pay, minor units.
    pub amount: Amount,
    /// The lots that they come from.
    pub lots: Vec<Lot>,
}

/// The most points that can pay for a basket of `total`: what the purse holds and the basket takes.
pub fn most_points(
    rules: &PointsRules,
    purse: &Purse,
    total: Amount,
) -> Result<i64, RedeemRefusal> {
    let minimum = rules.minimum_redeem;
    let taken = basket_takes(rules, total)?;
    let available = purse.available();
    if available < minimum {
        return Err(purse.lacks(minimum));
    }
    let most = available.min(taken);
    if most < minimum {
        return Err(RedeemRefusal::PointsBelowMinimum { minimum });
    }
    Ok(most)
}

/// Pays `points` of a basket of `total` out of the purse. A refusal leaves the purse as it was.
pub fn pay_with_points(
    rules: &PointsRules,
    purse: &mut Purse,
    total: Amount,
    points: i64,
) -> Result<PointsTender, RedeemRefusal> {
    let most = basket_takes(rules, total)?;
    if points < rules.minimum_redeem {
        let minimum = rules.minimum_redeem;
        return Err(RedeemRefusal::PointsBelowMinimum { minimum });
    }
    let available = purse.available();
    if points > most && available >= points {
        return Err(RedeemRefusal::PointsAboveTotal { most });
    }
    Ok(PointsTender {
        points,
        amount: rate::times(rules.point_value, points),
        lots: purse.take(points)?,
    })
}

/// Pays as much of a basket of `total` as `asked` points and the rules allow: what was asked for while the
/// basket was fuller shrinks with it. A refusal leaves the purse as it was.
pub fn pay_at_most(
    rules: &PointsRules,
    purse: &mut Purse,
    total: Amount,
    asked: i64,
) -> Result<PointsTender, RedeemRefusal> {
    let most = most_points(rules, purse, total)?;
    pay_with_points(rules, purse, total, asked.min(most))
}

/// The points that `amount` of money stands for, rounded down; for a cashier who types money.
pub fn points_for(rules: &PointsRules, amount: Amount) -> i64 {
    rate::whole_times(amount, rules.point_value)
}

fn basket_takes(rules: &PointsRules, total: Amount) -> Result<i64, RedeemRefusal> {
    if rules.point_value.is_zero() {
        return Err(RedeemRefusal::PointsCannotPay);
    }
    Ok(rate::whole_times(total, rules.point_value))
}

/// Who asks for a reward, and when.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The rules in force.
    pub program: &'a Program,
    /// The customer's account.
    pub account: &'a Account,
    /// Slug of the customer's tier, if the program has tiers.
    pub tier: Option<&'a str>,
    /// How often everybody together redeemed the reward, less returns: what stock is counted by.
    pub redeemed_by_all: u64,
    /// The store's local day.
    pub day: NaiveDate,
}

/// A reward that may be had, and what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewardPlan<'a> {
    /// Which.
    pub reward: &'a Reward,
    /// The lots that its points come from.
    pub lots: Vec<Lot>,
    /// The store's local day.
    pub day: NaiveDate,
}

impl RewardPlan<'_> {
    /// The reward coupon with this text. On the open basket it is scanned at once, otherwise printed.
    pub fn coupon(&self, code: CodeText) -> HeldCoupon {
        let until = |days: u32| self.day.checked_add_days(Days::new(days.into()));
        HeldCoupon {
            made_on: self.day,
            code,
            reward: self.reward.slug.clone(),
            valid_until: self.reward.valid_days.and_then(until),
        }
    }
}

/// Buys the reward with this slug out of the purse. A refusal leaves the purse as it was.
pub fn buy_reward<'a>(
    asking: &Asking<'a>,
    slug: &str,
    purse: &mut Purse,
) -> Result<RewardPlan<'a>, RedeemRefusal> {
    let reward = find_reward(asking, slug)?;
    Ok(RewardPlan {
        reward,
        lots: purse.take(reward.points)?,
        day: asking.day,
    })
}

/// The reward with this slug, if it may be had, points aside.
pub fn find_reward<'a>(asking: &Asking<'a>, slug: &str) -> Result<&'a Reward, RedeemRefusal> {
    let mut rewards = asking.program.rewards.iter();
    let reward = rewards
        .find(|reward| reward.slug == slug)
        .ok_or(RedeemRefusal::RewardUnknown)?;
    refusal_of(asking, reward).map_or(Ok(reward), Err)
}

/// Why a reward cannot be had, points aside: what a catalogue shows beside it.
pub fn refusal_of(asking: &Asking<'_>, reward: &Reward) -> Option<RedeemRefusal> {
    if let Some(until) = reward.valid_until.filter(|until| asking.day > *until) {
        return Some(RedeemRefusal::RewardExpired { until });
    }
    if let Some(needs) = reward.tier.clone().filter(|needs| is_below(asking, needs)) {
        return Some(RedeemRefusal::TierTooLow { needs });
    }
    if reward
        .stock
        .is_some_and(|stock| asking.redeemed_by_all >= stock)
    {
        return Some(RedeemRefusal::RewardOutOfStock);
    }
    let had = asking.account.redemptions_of(&reward.slug);
    let limit = reward.per_customer.filter(|limit| had >= *limit)?;
    Some(RedeemRefusal::RewardLimitReached { limit })
}

fn is_below(asking: &Asking<'_>, needs: &str) -> bool {
    let rank = |slug: &str| asking.program.tiers.as_ref()?.rank(slug);
    match (asking.tier.and_then(rank), rank(needs)) {
        (Some(held), Some(needed)) => held < needed,
        _ => asking.tier != Some(needs),
    }
}

/// The code that a reward coupon is, for `quote::Request::own_codes`: bound to its customer, used once
/// and through its last day, on what the reward works on. It meets other codes, because points paid for it. `None` when the program
/// no longer has the reward.
pub fn coupon_code(program: &Program, coupon: &HeldCoupon, customer: Uuid) -> Option<Code> {
    let mut rewards = program.rewards.iter();
    let reward = rewards.find(|reward| reward.slug == coupon.reward)?;
    Some(Code {
        kind: CodeKind::Reward,
        stackable: true,
        restrictions: Restrictions {
            products: reward.products.clone(),
            categories: reward.categories.clone(),
            customers: [customer].into(),
            ..Restrictions::default()
        },
        limits: Limits {
            per_customer: Some(1),
            ..Limits::default()
        },
        valid_until: coupon.valid_until,
        reinstate: crate::code::Reinstate::FullReturn,
        ..Code::new(coupon.code.clone(), reward.benefit.clone())
    })
}

#[cfg(test)]
mod tests;
