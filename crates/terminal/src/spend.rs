//! What the open basket spends of its customer's points: rewards first, then points as money.
//!
//! Catalogue, applying and coupons all go by this order. A coupon bought meanwhile goes before points as
//! money, as a reward on the basket does: what pays shrinks, and says so.
//!
//! Nothing is kept of it but what was asked for: at every price the purse of that moment is opened again,
//! so what is reserved is never more than there is, and forgetting what was asked for gives it back.

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::account::{Account, Lot};
use mostrador_loyalty::code::{Code, CodeText};
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::quote::Quote;
use mostrador_loyalty::redeem::{
    Asking, PointsTender, Purse, RedeemRefusal, RewardPlan, coupon_code, find_reward, pay_at_most,
};
use mostrador_loyalty::time::Moment;

use crate::Error;
use crate::price::Buyer;
use crate::rules::Rules;
use crate::session::OpenBasket;

/// A reward of the basket that the customer can have.
#[derive(Debug, Clone)]
pub(crate) struct Bought {
    /// Slug.
    pub(crate) reward: String,
    /// The code that carries it on this basket.
    pub(crate) code: Code,
    /// What it costs.
    pub(crate) points: i64,
    /// Where they come from; none while the quote does not use the reward up.
    pub(crate) lots: Vec<Lot>,
}

impl Bought {
    fn paid_from(&self, purse: &mut Purse) -> Result<Vec<Lot>, Missed> {
        purse.take(self.points).map_err(|refusal| Missed {
            code: self.code.text.clone(),
            refusal,
        })
    }
}

/// A reward of the basket that the customer cannot have now.
#[derive(Debug, Clone)]
pub(crate) struct Missed {
    /// The code that would carry it.
    pub(crate) code: CodeText,
    pub(crate) refusal: RedeemRefusal,
}

/// What the basket spends.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spending {
    /// Rewards that the customer can have; only those that the quote uses up are paid for.
    pub(crate) bought: Vec<Bought>,
    pub(crate) missed: Vec<Missed>,
    /// Points asked for as money; 0: none.
    pub(crate) asked: i64,
    /// What came of that.
    pub(crate) tender: Option<Result<PointsTender, RedeemRefusal>>,
    /// What the rewards leave of the customer's points: what could buy a coupon or pay as money.
    pub(crate) purse: Purse,
}

impl Spending {
    /// The rewards of `open` that the customer may have, whatever they cost; without those of `unpaid`,
    /// for which the points did not suffice.
    pub(crate) fn rewards(
        wish: &Wish<'_>,
        open: &OpenBasket,
        unpaid: &[Missed],
    ) -> Result<Self, Error> {
        let mut spending = Self::default();
        let mut account = wish.buyer.account.clone();
        for wanted in &open.rewards {
            let Some(code) = CodeText::parse(&wanted.code) else {
                continue;
            };
            if let Some(missed) = unpaid.iter().find(|missed| missed.code == code) {
                spending.missed.push(missed.clone());
                continue;
            }
            let found = {
                let asking = wish.asking(&account, &wanted.reward)?;
                find_reward(&asking, &wanted.reward)
            };
            let reward = match found {
                Ok(reward) => reward,
                Err(refusal) => {
                    spending.missed.push(Missed { code, refusal });
                    continue;
                }
            };
            // It is paid for when the quote uses it up.
            let plan = RewardPlan {
                reward,
                lots: Vec::new(),
                day: wish.now.local_day(),
            };
            let coupon = plan.coupon(code);
            let code = coupon_code(&wish.rules.program, &coupon, wish.buyer.id);
            spending.bought.extend(code.map(|code| Bought {
                reward: reward.slug.clone(),
                points: reward.points,
                lots: Vec::new(),
                code,
            }));
            let times = account.rewards.entry(wanted.reward.clone()).or_default();
            *times = times.saturating_add(1);
        }
        Ok(spending)
    }

    /// Pays for the rewards that `quote` uses up, soonest expiry first, and then for as much of it as was
    /// asked for. A reward that does nothing yet costs nothing, but has to be within reach. The first one
    /// that is not is the error.
    pub(crate) fn settle(
        &mut self,
        wish: &Wish<'_>,
        quote: &Quote,
        asked: i64,
    ) -> Result<(), Missed> {
        let mut purse = wish.buyer.purse(wish.now.local_day());
        let (used, idle): (Vec<&mut Bought>, Vec<&mut Bought>) = self
            .bought
            .iter_mut()
            .partition(|bought| is_used(quote, &bought.code.text));
        for bought in used {
            bought.lots = bought.paid_from(&mut purse)?;
        }
        for bought in idle {
            bought.paid_from(&mut purse.clone())?;
        }
        self.purse = purse.clone();
        if asked > 0 {
            self.asked = asked;
            self.tender = Some(match &wish.rules.program.points {
                Some(points) => pay_at_most(points, &mut purse, quote.total, asked),
                None => Err(RedeemRefusal::PointsCannotPay),
            });
        }
        Ok(())
    }

    /// The rewards that `quote` uses up: what a sale pays for.
    pub(crate) fn used<'a>(&'a self, quote: &'a Quote) -> impl Iterator<Item = &'a Bought> {
        let bought = self.bought.iter();
        bought.filter(|bought| is_used(quote, &bought.code.text) && !bought.lots.is_empty())
    }

    /// Why the reward with this code cannot be had; none: it can.
    pub(crate) fn refusal_of(&self, code: &CodeText) -> Option<RedeemRefusal> {
        let mut missed = self.missed.iter();
        let missed = missed.find(|missed| missed.code == *code)?;
        Some(missed.refusal.clone())
    }

    /// The customer's account with the rewards of the basket counted.
    pub(crate) fn account_after(&self, account: &Account) -> Account {
        let mut account = account.clone();
        for bought in &self.bought {
            let times = account.rewards.entry(bought.reward.clone()).or_default();
            *times = times.saturating_add(1);
        }
        account
    }

    /// What pays as money, if anything does.
    pub(crate) fn paid(&self) -> Option<&PointsTender> {
        self.tender.as_ref()?.as_ref().ok()
    }

    /// What the points pay, minor units.
    pub(crate) fn amount(&self) -> Amount {
        self.paid().map_or(Amount::ZERO, |tender| tender.amount)
    }
}

fn is_used(quote: &Quote, code: &CodeText) -> bool {
    let mut accepted = quote.accepted.iter();
    accepted.any(|accepted| accepted.text == *code && accepted.consumed)
}

/// Who wants rewards, when, and by which rules.
#[derive(Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) rules: &'a Rules,
    pub(crate) buyer: &'a Buyer,
    pub(crate) now: Moment,
}

impl<'a> Wish<'a> {
    /// The question whether the customer may have a reward; `account` is theirs as it would be by then,
    /// with what the basket has taken before.
    pub(crate) fn asking(&self, account: &'a Account, reward: &str) -> Result<Asking<'a>, Error> {
        let before = self.buyer.account.redemptions_of(reward);
        let on_basket = account.redemptions_of(reward).saturating_sub(before);
        let by_all = ledger::reward::redeemed_by_all(self.connection, reward)?;
        Ok(Asking {
            program: &self.rules.program,
            account,
            tier: self.buyer.facts.tier.as_deref(),
            redeemed_by_all: by_all.saturating_add(on_basket),
            day: self.now.local_day(),
        })
    }
}
