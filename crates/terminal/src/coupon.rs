//! Reward coupons: bought with points at once, printed, used at any till that knows them, and given
//! back while nobody has used them.

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::account::HeldCoupon;
use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::redeem::{RedeemRefusal, buy_reward, coupon_code};
use mostrador_protocol::account::{CouponDocument, LotDocument};
use mostrador_protocol::entry::{Payload, RewardRedeemed};

use crate::error::shortened;
use crate::gives::reward_gives;
use crate::message::say;
use crate::paper::Paper;
use crate::price::{Buyer, Priced, price};
use crate::profile::free_code;
use crate::rules::Rules;
use crate::session::{Cashier, OpenBasket};
use crate::speaker::{Speaker, product_names};
use crate::spend::Wish;
use crate::stamp::stamp;
use crate::till::Till;
use crate::view::{CounterView, CouponMade, CouponView, SlipView};
use crate::{Error, sentence, words};

impl Till {
    /// Buys a reward with the points that the rewards of the open basket leave its customer, as a coupon
    /// to be used later. With a slip in the answer, coupon and points are on the disk; without one, the counter says
    /// why nothing was bought.
    pub fn make_coupon(&self, slug: &str) -> Result<CouponMade, Error> {
        self.ask_for_points()?;
        let (mut session, cashier) = self.at_work()?;
        let open = session.open.clone();
        let language = self.language();
        let slip = match open.customer {
            None => Err(say(language, "redeem.customer_required", &[])),
            Some(_) => self.buy_coupon(slug, &open, &cashier)?,
        };
        let (said, slip) = match slip {
            Ok(slip) => (slip.said.clone(), Some(slip)),
            Err(refused) => (refused, None),
        };
        session.said = said;
        if slip.is_some() {
            self.nudge();
        }
        let counter = self.show(session)?;
        Ok(CouponMade { slip, counter })
    }

    /// The slip of a coupon that the open basket's customer holds, once more.
    pub fn coupon_slip(&self, code: &str) -> Result<SlipView, Error> {
        let (session, _) = self.at_work()?;
        let customer = session.open.customer.ok_or(Error::UnknownCustomer)?;
        drop(session);
        let code = read(code)?;
        let now_ms = self.now_ms();
        self.read_with_rules(|connection, rules| {
            let now = rules.moment(now_ms);
            let buyer = Buyer::load(connection, &rules, customer, now)?;
            let coupon = coupon_of(&buyer, &code)?;
            self.slip(connection, &rules, (&buyer, coupon))
        })
    }

    /// Takes a coupon of the open basket's customer back, unused, and gives the points that it cost back.
    /// What cannot be is said, and changes nothing.
    pub fn return_coupon(&self, code: &str) -> Result<CounterView, Error> {
        let (mut session, cashier) = self.at_work()?;
        let customer = session.open.customer.ok_or(Error::UnknownCustomer)?;
        let identity = self.enrolled()?;
        let code = read(code)?;
        let (wall_ms, now_ms) = (self.shared.clock.now_ms(), self.now_ms());
        let language = self.language();
        let returned = self.shared.ledger.transact(|tx| {
            let rules = self.shared.shelf.current(tx)?;
            let now = rules.moment(now_ms);
            let buyer = Buyer::load(tx, &rules, customer, now)?;
            let coupon = coupon_of(&buyer, &code)?;
            let Ok(made) = redemption_of(tx, &buyer, coupon)? else {
                return Ok::<_, Error>(None);
            };
            let returned = RewardRedeemed {
                store: identity.store.clone(),
                cashier_id: cashier.id,
                local_time: now.local,
                ..made
            };
            let payload = Payload::RewardReturned(Box::new(returned.clone()));
            self.append(tx, (wall_ms, now_ms), &rules, &payload)?;
            Ok(Some(returned.points))
        })?;
        session.said = if let Some(points) = returned {
            session.open.codes.retain(|text| text != code.as_str());
            self.nudge();
            let points = words::number(language, points);
            say(language, "said.coupon_returned", &[("points", &points)])
        } else {
            say(language, "redeem.coupon_kept", &[("code", code.as_str())])
        };
        self.show(session)
    }

    fn buy_coupon(
        &self,
        slug: &str,
        open: &OpenBasket,
        cashier: &Cashier,
    ) -> Result<Result<SlipView, String>, Error> {
        let identity = self.enrolled()?;
        let (wall_ms, now_ms) = (self.shared.clock.now_ms(), self.now_ms());
        let language = self.language();
        self.shared.ledger.transact(|tx| {
            let rules = self.shared.shelf.current(tx)?;
            let now = rules.moment(now_ms);
            let priced = price(tx, rules, open, &identity.store, now)?;
            let buyer = priced.buyer.as_ref().ok_or(Error::UnknownCustomer)?.id;
            let code = free_code(tx, &priced.rules, &self.shared.random)?;
            let (coupon, lots) = match buy(tx, &priced, slug, code)? {
                Ok(bought) => bought,
                Err(refusal) => {
                    let said = sentence::redeem::of_reward(language, &priced.rules, &refusal);
                    return Ok(Err(said));
                }
            };
            let redeemed = RewardRedeemed {
                redemption_id: self.shared.random.id(wall_ms),
                customer_id: buyer,
                store: identity.store.clone(),
                cashier_id: cashier.id,
                local_time: now.local,
                reward: slug.to_owned(),
                points: lots.iter().map(|lot| lot.points).sum(),
                lots,
                coupon: Some(CouponDocument::from(&coupon)),
            };
            let payload = Payload::RewardRedeemed(Box::new(redeemed));
            self.append(tx, (wall_ms, now_ms), &priced.rules, &payload)?;
            let buyer = Buyer::load(tx, &priced.rules, buyer, now)?;
            Ok(Ok(self.slip(tx, &priced.rules, (&buyer, &coupon))?))
        })
    }

    fn append(
        &self,
        tx: &Connection,
        (wall_ms, now_ms): (i64, i64),
        rules: &Rules,
        payload: &Payload,
    ) -> Result<(), Error> {
        let offset_ms = now_ms.saturating_sub(wall_ms);
        let version = rules.document.version;
        let stamp = stamp(&self.shared, tx, wall_ms, offset_ms, version)?;
        ledger::record::record(tx, &stamp, payload)?;
        Ok(())
    }

    fn slip(
        &self,
        connection: &Connection,
        rules: &Rules,
        (buyer, coupon): (&Buyer, &HeldCoupon),
    ) -> Result<SlipView, Error> {
        let identity = self.enrolled()?;
        let language = self.language();
        let code = coupon_code(&rules.program, coupon, buyer.id);
        let products = product_names(connection, code.iter())?;
        let speaker = Speaker {
            language,
            rules,
            products: &products,
            own: &[],
        };
        let name = reward_name(rules, coupon);
        let profile = ledger::customer::get(connection, buyer.id)?;
        let customer = profile.map_or_else(
            || say(language, "word.no_profile", &[]),
            |profile| profile.name,
        );
        let mut paper = Paper::new(language, rules);
        paper.centred(&identity.tenant_name);
        paper.centred(&identity.store_name);
        paper.rule();
        paper.centred(&paper.say("coupon.title", &[]));
        paper.centred(&name);
        if let Some(gives) = code
            .map(|code| reward_gives(&speaker, &code, Some(&name)))
            .filter(|it| *it != name)
        {
            paper.centred(&crate::paper::on_paper(&gives));
        }
        paper.centred("");
        paper.centred(&spaced(&coupon.code));
        paper.centred("");
        paper.centred(&paper.say("receipt.customer", &[("name", &customer)]));
        if let Some(until) = coupon.valid_until {
            let day = words::day(language, until);
            paper.centred(&paper.say("coupon.until", &[("day", &day)]));
        }
        paper.rule();
        paper.centred(&paper.say("coupon.how", &[]));
        let parameters = [("reward", name.as_str()), ("code", coupon.code.as_str())];
        Ok(SlipView {
            code: coupon.code.to_string(),
            text: paper.into_text(),
            said: say(language, "said.coupon_made", &parameters),
        })
    }
}

fn read(text: &str) -> Result<CodeText, Error> {
    CodeText::parse(text).ok_or_else(|| Error::CodeUnreadable {
        text: shortened(text),
    })
}

/// Signs in groups of four, as people read them to each other; a scanner's reading joins them again.
fn spaced(code: &CodeText) -> String {
    let signs: Vec<char> = code.as_str().chars().collect();
    let groups: Vec<String> = signs
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(" ")
}

fn coupon_of<'a>(buyer: &'a Buyer, code: &CodeText) -> Result<&'a HeldCoupon, Error> {
    let mut coupons = buyer.account.coupons.iter();
    let found = coupons.find(|coupon| coupon.code == *code);
    found.ok_or_else(|| Error::UnknownCoupon {
        code: code.to_string(),
    })
}

fn reward_name(rules: &Rules, coupon: &HeldCoupon) -> String {
    let name = rules.reward_name(&coupon.reward);
    name.unwrap_or(&coupon.reward).to_owned()
}

/// Buys a reward out of what the rewards of the basket leave; points that pay it shrink.
fn buy(
    tx: &Connection,
    priced: &Priced,
    slug: &str,
    code: CodeText,
) -> Result<Result<(HeldCoupon, Vec<LotDocument>), RedeemRefusal>, Error> {
    let Some(buyer) = &priced.buyer else {
        return Err(Error::UnknownCustomer);
    };
    let wish = Wish {
        connection: tx,
        rules: &priced.rules,
        buyer,
        now: priced.now,
    };
    let account = priced.spending.account_after(&buyer.account);
    let mut purse = priced.spending.purse.clone();
    let bought = buy_reward(&wish.asking(&account, slug)?, slug, &mut purse).map(|plan| {
        let lots = plan.lots.iter().map(LotDocument::from).collect();
        (plan.coupon(code), lots)
    });
    Ok(bought)
}

/// The redemption that made a coupon of `buyer`, if its points can come back here; else the key of why
/// not. It may stand in the name of a record that was merged into the buyer's since.
fn redemption_of(
    connection: &Connection,
    buyer: &Buyer,
    coupon: &HeldCoupon,
) -> Result<Result<RewardRedeemed, &'static str>, Error> {
    if buyer.account.uses_of(&coupon.code) > 0 {
        return Ok(Err("coupon.kept.used"));
    }
    let made = ledger::reward::redemption(connection, &coupon.code)?;
    let holder = match &made {
        Some(made) => Some(ledger::account::held(connection, made.customer_id)?.0),
        None => None,
    };
    let made = made.filter(|_| holder == Some(buyer.id));
    Ok(made.ok_or("coupon.kept.elsewhere"))
}

/// The coupons that the customer can use today.
pub(crate) fn held(
    speaker: &Speaker<'_>,
    wish: &Wish<'_>,
    open: &OpenBasket,
) -> Result<Vec<CouponView>, Error> {
    let usable = wish.buyer.account.usable_coupons(wish.now.local_day());
    let views = usable.map(|coupon| {
        let kept = redemption_of(wish.connection, wish.buyer, coupon)?.err();
        let until = coupon.valid_until.map(|until| {
            let day = words::day(speaker.language, until);
            speaker.say("coupon.until", &[("day", &day)])
        });
        Ok(CouponView {
            code: coupon.code.to_string(),
            name: reward_name(speaker.rules, coupon),
            until: until.unwrap_or_default(),
            on_basket: open.codes.iter().any(|text| text == coupon.code.as_str()),
            kept: kept.map_or_else(String::new, |key| speaker.say(key, &[])),
        })
    });
    views.collect()
}
