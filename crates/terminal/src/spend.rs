//! What the open basket spends of its customer's points: rewards first, then points as money.
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
    Asking, PointsTender, Purse, RedeemRefusal, buy_reward, coupon_code, pay_at_most,
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
    /// What the rewards leave of the customer's points: what could pay as money.
    pub(crate) purse: Purse,
}

impl Spending {
    /// The rewards of `open` as far as its customer can have them, each out of what the ones before left.
    pub(crate) fn rewards(wish: &Wish<'_>, open: &OpenBasket) -> Result<Self, Error> {
        let mut spending = Self::default();
        let mut account = wish.buyer.account.clone();
        let mut purse = Purse::of(&account, wish.now.local_day());
        for wanted in &open.rewards {
            let Some(code) = CodeText::parse(&wanted.code) else {
                continue;
            };
            let plan = {
                let asking = wish.asking(&account, &wanted.reward)?;
                buy_reward(&asking, &wanted.reward, &mut purse)
            };
            let plan = match plan {
                Ok(plan) => plan,
                Err(refusal) => {
                    spending.missed.push(Missed { code, refusal });
                    continue;
                }
            };
            let coupon = plan.coupon(code);
            let code = coupon_code(&wish.rules.program, &coupon, wish.buyer.id);
            spending.bought.extend(code.map(|code| Bought {
                reward: plan.reward.slug.clone(),
                points: plan.reward.points,
                lots: Vec::new(),
                code,
            }));
            let times = account.rewards.entry(wanted.reward.clone()).or_default();
            *times = times.saturating_add(1);
        }
        Ok(spending)
    }

    /// Pays for the rewards that `quote` uses up, soonest expiry first, and then for as much of it as was
    /// asked for.
    pub(crate) fn settle(&mut self, wish: &Wish<'_>, quote: &Quote, asked: i64) {
        let mut purse = Purse::of(&wish.buyer.account, wish.now.local_day());
        for bought in &mut self.bought {
            if is_used(quote, &bought.code.text)
                && let Ok(lots) = purse.take(bought.points)
            {
                bought.lots = lots;
            }
        }
        self.purse = purse.clone();
        if asked <= 0 {
            return;
        }
        self.asked = asked;
        self.tender = Some(match &wish.rules.program.points {
            Some(points) => pay_at_most(points, &mut purse, quote.total, asked),
            None => Err(RedeemRefusal::PointsCannotPay),
        });
    }

    /// The rewards that `quote` uses up: what a sale pays for.
    pub(crate) fn used<'a>(&'a self, quote: &'a Quote) -> impl Iterator<Item = &'a Bought> {
        let bought = self.bought.iter();
        bought.filter(|bought| is_used(quote, &bought.code.text) && !bought.lots.is_empty())
    }

    /// What nothing on the basket has reserved.
    pub(crate) fn purse_left(&self) -> Purse {
        let mut purse = self.purse.clone();
        if let Some(tender) = self.paid() {
            // It was taken from this purse, so it is in it.
            let _ = purse.take(tender.points);
        }
        purse
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
