//! The rewards catalogue, and rewards on the open basket.

use mostrador_loyalty::account::HeldCoupon;
use mostrador_loyalty::code::{Code, CodeText};
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::program::Reward;
use mostrador_loyalty::quote::{Request, quote};
use mostrador_loyalty::redeem::{RedeemRefusal, coupon_code};
use mostrador_loyalty::refusal::Refusal;

use crate::gives::reward_gives;
use crate::message::say;
use crate::price::{Buyer, Priced};
use crate::profile::free_code;
use crate::session::{OpenBasket, OpenReward};
use crate::speaker::Speaker;
use crate::spend::Wish;
use crate::till::Till;
use crate::view::{CounterView, RewardView};
use crate::{Error, sentence, words};

/// The most rewards on one basket.
const MAX_REWARDS: usize = 5;

impl Till {
    /// Puts a reward on the open basket: its points are reserved, and spent when the basket is paid. What
    /// cannot be is said, and changes nothing.
    pub fn apply_reward(&self, slug: &str) -> Result<CounterView, Error> {
        self.ask_for_points()?;
        let (mut session, _) = self.at_work()?;
        let language = self.language();
        let mut open = session.open.clone();
        if open.rewards.len() >= MAX_REWARDS {
            return Err(Error::TooManyCodes { max: MAX_REWARDS });
        }
        let code = self.read_with_rules(|connection, rules| {
            free_code(connection, &rules, &self.shared.random)
        })?;
        open.rewards.push(OpenReward {
            reward: slug.to_owned(),
            code: code.to_string(),
        });
        let refused = self.with_price(&open, |_, priced| {
            if priced.buyer.is_none() {
                return Ok(Some(say(language, "redeem.customer_required", &[])));
            }
            let refusal = priced.spending.refusal_of(&code);
            Ok(refusal.map(|it| sentence::redeem::of_reward(language, &priced.rules, &it)))
        })?;
        session.said = if let Some(refused) = refused {
            refused
        } else {
            session.open = open;
            String::new()
        };
        let is_on = session.said.is_empty();
        let view = self.show(session)?;
        Ok(if is_on {
            self.say_of_reward(view, &code)
        } else {
            view
        })
    }

    /// Says what the reward with this code did, or why it does nothing yet.
    fn say_of_reward(&self, view: CounterView, code: &CodeText) -> CounterView {
        let language = self.language();
        let refused = view.refused.iter().find(|row| row.text == code.as_str());
        let accepted = view.codes.iter().find(|row| row.text == code.as_str());
        let said = match (refused, accepted) {
            (Some(row), _) => row.sentence.clone(),
            (None, Some(row)) => {
                let parameters = [("reward", row.gives.as_str())];
                say(language, "said.reward_applied", &parameters)
            }
            (None, None) => return view,
        };
        self.session().said.clone_from(&said);
        CounterView { said, ..view }
    }
}

/// A reward with the code that it would be.
pub(crate) struct Trial<'a> {
    pub(crate) reward: &'a Reward,
    pub(crate) code: Code,
}

/// Every reward of the program as a code of the buyer, to try it on the basket.
pub(crate) fn trials<'a>(priced: &'a Priced, buyer: &Buyer) -> Vec<Trial<'a>> {
    let program = &priced.rules.program;
    let numbered = program.rewards.iter().enumerate();
    numbered
        .filter_map(|(number, reward)| {
            let coupon = HeldCoupon {
                made_on: priced.now.local_day(),
                code: CodeText::parse(&format!("_{number}"))?,
                reward: reward.slug.clone(),
                valid_until: None,
            };
            let code = coupon_code(program, &coupon, buyer.id)?;
            Some(Trial { reward, code })
        })
        .collect()
}

/// The catalogue: each reward with what it needs, whether it can be had, and what it would do now.
pub(crate) fn catalogue(
    speaker: &Speaker<'_>,
    wish: &Wish<'_>,
    (open, priced): (&OpenBasket, &Priced),
    trials: &[Trial<'_>],
) -> Result<Vec<RewardView>, Error> {
    let account = priced.spending.account_after(&wish.buyer.account);
    let rows = trials.iter().map(|trial| {
        let reward = trial.reward;
        let asking = wish.asking(&account, &reward.slug)?;
        let refusal = refusal(wish, priced, (open, trial))?;
        let (gain, not_now) = try_on(speaker, priced, trial);
        let had = asking.account.redemptions_of(&reward.slug);
        let stock = reward
            .stock
            .map(|stock| stock.saturating_sub(asking.redeemed_by_all));
        Ok(RewardView {
            slug: reward.slug.clone(),
            name: reward.name.clone(),
            gives: reward_gives(speaker, &trial.code, Some(&reward.name)),
            points: reward.points,
            facts: facts(speaker, reward, (stock, had)),
            refusal: refusal.map_or_else(String::new, |refusal| {
                sentence::redeem::in_short(speaker.language, speaker.rules, &refusal)
            }),
            gain: gain.minor(),
            not_now,
        })
    });
    rows.collect()
}

/// Why the reward cannot be had: what applying it would answer.
fn refusal(
    wish: &Wish<'_>,
    priced: &Priced,
    (open, trial): (&OpenBasket, &Trial<'_>),
) -> Result<Option<RedeemRefusal>, Error> {
    let mut open = open.clone();
    open.rewards.push(OpenReward {
        reward: trial.reward.slug.clone(),
        code: trial.code.text.to_string(),
    });
    let with_it = priced.with(wish.connection, &open)?;
    Ok(with_it.spending.refusal_of(&trial.code.text))
}

/// What the reward would take off the basket, or why it cannot be used on it.
fn try_on(speaker: &Speaker<'_>, priced: &Priced, trial: &Trial<'_>) -> (Amount, String) {
    let mut scanned = priced.scanned.clone();
    scanned.push(trial.code.text.clone());
    let mut own_codes = priced.own_codes.clone();
    own_codes.push(trial.code.clone());
    let with_it = quote(&Request {
        own_codes: &own_codes,
        ..priced.request(&scanned, &priced.usage)
    });
    let mut refused = with_it.refused.iter();
    if let Some(refused) = refused.find(|code| code.text == trial.code.text) {
        return (Amount::ZERO, not_now(speaker, trial, &refused.refusal));
    }
    let mut accepted = with_it.accepted.iter();
    let has_effect = accepted.any(|code| code.text == trial.code.text && code.consumed);
    if !has_effect {
        return (Amount::ZERO, speaker.say("redeem.short.no_effect", &[]));
    }
    let gain = with_it.discount.saturating_sub(priced.quote.discount);
    (gain, String::new())
}

fn not_now(speaker: &Speaker<'_>, trial: &Trial<'_>, refusal: &Refusal) -> String {
    use mostrador_loyalty::code::Benefit;
    match (refusal, &trial.code.benefit) {
        (Refusal::NoEligibleLine, Benefit::FreeProduct { product, .. }) => {
            let product = speaker.product(product);
            speaker.say("redeem.short.product_missing", &[("product", &product)])
        }
        (Refusal::NoEligibleLine, _) => speaker.say("redeem.short.empty", &[]),
        _ => sentence::refusal_title(speaker.language, refusal.code()),
    }
}

/// Tier needed, stock left, times left, last day, each in words.
fn facts(speaker: &Speaker<'_>, reward: &Reward, (stock, had): (Option<u64>, u64)) -> Vec<String> {
    let language = speaker.language;
    let number = |value: u64| words::number(language, i64::try_from(value).unwrap_or(i64::MAX));
    let tier = reward.tier.as_ref().map(|needs| {
        let tier = speaker.rules.tier_name(needs);
        speaker.say("reward.fact.tier", &[("tier", tier)])
    });
    let stock = stock.map(|stock| speaker.say("reward.fact.stock", &[("count", &number(stock))]));
    let times = reward.per_customer.map(|limit| {
        let (left, limit) = (number(limit.saturating_sub(had)), number(limit));
        speaker.say("reward.fact.times", &[("left", &left), ("limit", &limit)])
    });
    let until = reward.valid_until.map(|until| {
        let day = words::day(language, until);
        speaker.say("reward.fact.until", &[("day", &day)])
    });
    let coupon = reward.valid_days.map(|days| {
        let days = number(days.into());
        speaker.say("reward.fact.coupon_days", &[("days", &days)])
    });
    let facts = [tier, stock, times, until, coupon];
    facts.into_iter().flatten().collect()
}
