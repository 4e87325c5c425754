//! Points as money: reserved with the open basket, spent when it is paid.

use mostrador_ledger::Connection;
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::program::PointsRules;
use mostrador_loyalty::rate;
use mostrador_loyalty::redeem::{RedeemRefusal, most_points, pay_with_points, points_for};
use mostrador_loyalty::tier::Standing;

use crate::counter::progress;
use crate::customer::name_of;
use crate::error::shortened;
use crate::message::say;
use crate::price::{Priced, price, standing_of};
use crate::session::OpenBasket;
use crate::speaker::{Speaker, product_names};
use crate::spend::Wish;
use crate::till::Till;
use crate::view::{
    CounterView, Language, PointsOffer, PointsPreview, RedeemView, RedemptionView, TierView,
};
use crate::words::{self, Money};
use crate::{Error, coupon, reward, sentence};

impl Till {
    /// What the points of the open basket's customer can do now: pay, buy rewards, and which coupons
    /// they have bought already.
    pub fn redeem_view(&self) -> Result<RedeemView, Error> {
        self.ask_for_points()?;
        let (session, _) = self.at_work()?;
        let open = session.open.clone();
        drop(session);
        let language = self.language();
        self.with_price(&open, |connection, priced| {
            let Some(buyer) = &priced.buyer else {
                return Ok(RedeemView {
                    customer: None,
                    tier: None,
                    points: PointsOffer::default(),
                    rewards: Vec::new(),
                    coupons: Vec::new(),
                });
            };
            let trials = reward::trials(priced, buyer);
            let codes = priced.own_codes.iter();
            let codes = codes.chain(trials.iter().map(|trial| &trial.code));
            let products = product_names(connection, codes)?;
            let speaker = Speaker {
                language,
                rules: &priced.rules,
                products: &products,
                own: &priced.own_codes,
            };
            let wish = Wish {
                connection,
                rules: &priced.rules,
                buyer,
                now: priced.now,
            };
            let name = name_of(connection, language, buyer.id)?;
            let standing = standing_of(&priced.rules, &buyer.account, priced.now);
            Ok(RedeemView {
                customer: Some(name),
                tier: standing.map(|standing| tier_view(language, &standing)),
                points: offer(&speaker, &open, priced),
                rewards: reward::catalogue(&speaker, &wish, (&open, priced), &trials)?,
                coupons: coupon::held(&speaker, &wish, &open)?,
            })
        })
    }

    /// What the points typed so far would pay: a number of points, money after a `$`, or nothing for the
    /// most that can be used. Reserves nothing.
    pub fn preview_points(&self, text: &str) -> Result<PointsPreview, Error> {
        let (session, _) = self.at_work()?;
        let open = session.open.clone();
        drop(session);
        let language = self.language();
        self.with_price(&open, |_, priced| {
            let asked = asked(priced, text)?;
            Ok(preview(language, priced, asked))
        })
    }

    /// Reserves points as money for the open basket, as typed; `0` gives them up. What cannot be is said,
    /// and changes nothing.
    pub fn redeem_points(&self, text: &str) -> Result<CounterView, Error> {
        self.ask_for_points()?;
        let (mut session, _) = self.at_work()?;
        let language = self.language();
        let open = session.open.clone();
        let asked = self.with_price(&open, |_, priced| {
            let asked = asked(priced, text)?;
            Ok((asked != Ok(0)).then(|| preview(language, priced, asked)))
        })?;
        session.said = match asked {
            None => {
                session.open.points = 0;
                say(language, "said.points_given_up", &[])
            }
            Some(preview) if preview.refusal.is_empty() => {
                session.open.points = preview.points;
                let rules = self.read(|connection| self.shared.shelf.current(connection))?;
                let points = words::number(language, preview.points);
                let amount = rules.money.say(language, preview.amount);
                let parameters = [("points", points.as_str()), ("amount", &amount)];
                say(language, "said.points_reserved", &parameters)
            }
            Some(preview) => preview.refusal,
        };
        self.show(session)
    }

    /// Prices the open basket on the state of this moment and looks at it.
    pub(crate) fn with_price<T>(
        &self,
        open: &OpenBasket,
        look: impl FnOnce(&Connection, &Priced) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let identity = self.enrolled()?;
        let now_ms = self.now_ms();
        self.read_with_rules(|connection, rules| {
            let now = rules.moment(now_ms);
            let priced = price(connection, rules, open, &identity.store, now)?;
            look(connection, &priced)
        })
    }
}

/// The points that a text asks for, or why none can pay.
fn asked(priced: &Priced, text: &str) -> Result<Result<i64, RedeemRefusal>, Error> {
    let Some(rules) = &priced.rules.program.points else {
        return Ok(Err(RedeemRefusal::PointsCannotPay));
    };
    match text.trim() {
        "" => Ok(most(priced, rules)),
        text => read_points(priced.rules.money, rules, text).map(Ok),
    }
}

/// The most points that can pay for the basket beside its rewards.
fn most(priced: &Priced, rules: &PointsRules) -> Result<i64, RedeemRefusal> {
    most_points(rules, &priced.spending.purse, priced.quote.total)
}

/// `500`, `1.000`, or `$ 50`: the points that this much money stands for.
fn read_points(money: Money, rules: &PointsRules, text: &str) -> Result<i64, Error> {
    let unreadable = || Error::PointsUnreadable {
        text: shortened(text),
    };
    if let Some(amount) = text.strip_prefix('$') {
        let minor = money.parse(amount).ok_or_else(unreadable)?;
        return Ok(points_for(rules, Amount::clamped(minor)));
    }
    let digits: String = text
        .chars()
        .filter(|sign| !".,'".contains(*sign) && !sign.is_whitespace())
        .collect();
    let fine = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !fine {
        return Err(unreadable());
    }
    Ok(digits.parse().unwrap_or(i64::MAX))
}

fn preview(
    language: Language,
    priced: &Priced,
    asked: Result<i64, RedeemRefusal>,
) -> PointsPreview {
    let available = priced.spending.purse.available();
    let total = priced.quote.total;
    let typed = |refusal| sentence::redeem::refusal(language, &priced.rules, &refusal);
    let tender = asked
        .map_err(|refusal| sentence::redeem::of_all(language, &priced.rules, &refusal))
        .and_then(|points| {
            let rules = priced.rules.program.points.as_ref();
            let rules = rules.ok_or(RedeemRefusal::PointsCannotPay).map_err(typed)?;
            let mut purse = priced.spending.purse.clone();
            pay_with_points(rules, &mut purse, total, points).map_err(typed)
        });
    match tender {
        Ok(tender) => PointsPreview {
            points: tender.points,
            amount: tender.amount.minor(),
            due: total.saturating_sub(tender.amount).minor(),
            left: available.saturating_sub(tender.points),
            refusal: String::new(),
        },
        Err(refusal) => PointsPreview {
            points: 0,
            amount: 0,
            due: total.minor(),
            left: available,
            refusal,
        },
    }
}

fn offer(speaker: &Speaker<'_>, open: &OpenBasket, priced: &Priced) -> PointsOffer {
    let language = speaker.language;
    let available = priced.spending.purse.available();
    let points = words::number(language, available);
    let Some(rules) = &priced.rules.program.points else {
        return PointsOffer {
            refusal: sentence::redeem::refusal(
                language,
                &priced.rules,
                &RedeemRefusal::PointsCannotPay,
            ),
            ..PointsOffer::default()
        };
    };
    let worth = speaker.money(rate::times(rules.point_value, available));
    let parameters = [("points", points.as_str()), ("amount", &worth)];
    let mut sentence = speaker.say("redeem.available", &parameters);
    let withheld = priced.spending.purse.withheld();
    if withheld > 0 {
        let withheld = words::number(language, withheld);
        sentence.push(' ');
        sentence.push_str(&speaker.say("redeem.withheld", &[("withheld", &withheld)]));
    }
    let (most, refusal) = match most(priced, rules) {
        Ok(most) => (most, String::new()),
        Err(refusal) => {
            let said = if open.lines.is_empty() {
                speaker.say("redeem.empty_basket", &[])
            } else {
                sentence::redeem::of_all(language, &priced.rules, &refusal)
            };
            (0, said)
        }
    };
    PointsOffer {
        sentence,
        most,
        most_amount: rate::times(rules.point_value, most).minor(),
        asked: open.points,
        refusal,
    }
}

/// Points on the basket as the counter shows them.
pub(crate) fn redemption_view(language: Language, priced: &Priced) -> Option<RedemptionView> {
    let asked = words::number(language, priced.spending.asked);
    match priced.spending.tender.as_ref()? {
        Ok(tender) => {
            let is_whole = tender.points == priced.spending.asked;
            let points = words::number(language, tender.points);
            let parameters = [("asked", asked.as_str()), ("points", &points)];
            Some(RedemptionView {
                points: tender.points,
                amount: tender.amount.minor(),
                note: if is_whole {
                    String::new()
                } else {
                    say(language, "redeem.shrunk", &parameters)
                },
            })
        }
        Err(refusal) => Some(RedemptionView {
            points: 0,
            amount: 0,
            note: sentence::redeem::of_all(language, &priced.rules, refusal),
        }),
    }
}

/// A tier with what it brings, and how far the next one is or how long this one holds.
pub(crate) fn tier_view(language: Language, standing: &Standing<'_>) -> TierView {
    TierView {
        name: standing.tier.name.clone(),
        slug: standing.tier.slug.clone(),
        benefits: standing.tier.benefits.clone(),
        progress: progress(language, standing),
        grace: grace(language, standing),
    }
}

/// "Oro hasta el 30 de diciembre de 2026 si no gana 40 puntos antes"; empty while the points are there.
pub(crate) fn grace(language: Language, standing: &Standing<'_>) -> String {
    let Some(grace) = standing.grace else {
        return String::new();
    };
    let day = words::day(language, grace.until);
    let points = words::number(language, grace.missing);
    let parameters = [
        ("tier", standing.tier.name.as_str()),
        ("day", &day),
        ("points", &points),
    ];
    let key = if standing.basis.is_score() {
        "tier.grace.score"
    } else {
        "tier.grace"
    };
    say(language, key, &parameters)
}
