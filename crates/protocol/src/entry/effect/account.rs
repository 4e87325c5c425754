//! What the entries other than sales do to accounts.

use loyalty::account::{
    Fact, HeldTier, Lot, LotDays, Redemption, ReferralGain, ReferralRole, Referrer, Undo,
};
use loyalty::code::CodeText;
use loyalty::money::Amount;
use mostrador_loyalty as loyalty;
use uuid::Uuid;

use super::{CodeUsed, Effects, Merge};
use crate::account::CouponDocument;
use crate::entry::undo::{CodeGivenBack, PointsUndone};
use crate::entry::{
    BadgeAwarded, CustomerLinked, Payload, PointsAdjusted, ReferralBonus, RewardRedeemed,
    SaleRefunded, SaleVoided,
};
use crate::lease::LeaseSpend;

impl Payload {
    /// What the entry changes outside itself, made at `effective_ms` (milliseconds since the epoch,
    /// from its header).
    pub fn effects(&self, effective_ms: i64) -> Effects {
        match self {
            Self::SaleCompleted(sale) => sale.effects(effective_ms),
            Self::SaleRefunded(refund) => refund.effects(),
            Self::SaleVoided(void) => void.effects(),
            Self::PointsAdjusted(adjusted) => one(adjusted.customer_id, adjusted.fact()),
            Self::PointsExpired(expired) => {
                let (day, lot) = (expired.day, Lot::from(&expired.lot));
                one(expired.customer_id, Fact::Expiry { day, lot })
            }
            Self::RewardRedeemed(it) => one(it.customer_id, Fact::Redemption(it.redemption())),
            Self::RewardReturned(it) => one(it.customer_id, Fact::RewardReturned(it.redemption())),
            Self::ReferralCodeMade(made) => {
                let fact = |code| Fact::OwnCode {
                    at_ms: effective_ms,
                    code,
                };
                let code = CodeText::parse(&made.code);
                code.map_or_else(Effects::default, |code| one(made.customer_id, fact(code)))
            }
            Self::ReferralRegistered(registered) => {
                let referrer = Referrer {
                    at_ms: effective_ms,
                    customer: registered.referrer_id,
                };
                one(registered.customer_id, Fact::ReferralRegistered(referrer))
            }
            Self::ReferralBonus(bonus) => bonus.effects(),
            Self::CustomerLinked(linked) => linked.effects(),
            Self::TierMoved(moved) => {
                let held = HeldTier {
                    since: moved.day,
                    at_ms: effective_ms,
                    tier: moved.to.clone(),
                };
                one(moved.customer_id, Fact::TierMoved(held))
            }
            Self::BadgeAwarded(awarded) => awarded.effects(),
            Self::LeaseClosed(closed) => Effects {
                lease_closed: Some(LeaseSpend {
                    lease_id: closed.lease_id,
                    units: closed.spent,
                }),
                ..Effects::default()
            },
            Self::StreamOpened(_)
            | Self::ShiftOpened(_)
            | Self::ShiftClosed(_)
            | Self::PaymentReached(_)
            | Self::ApprovalGiven(_) => Effects::default(),
        }
    }
}

fn one(customer: Uuid, fact: Fact) -> Effects {
    Effects {
        accounts: vec![(customer, fact)],
        ..Effects::default()
    }
}

impl SaleRefunded {
    /// The effects of this refund.
    pub fn effects(&self) -> Effects {
        let codes_given_back = codes_back(&self.codes, self.sold_on);
        let undo = Undo {
            day: self.at.local_time.date(),
            lot: lot_days(self.points.as_ref(), self.sold_on),
            money: Amount::clamped(self.money.into()),
            points_taken_back: self.points.as_ref().map_or(0, |points| points.taken_back),
            given_back: shares_back(self.points.as_ref()),
            codes: texts(&codes_given_back),
            rewards: self.rewards.clone(),
            is_full: self.is_full,
        };
        let fact = |customer| (customer, Fact::Refund(undo));
        Effects {
            accounts: self.customer_id.map(fact).into_iter().collect(),
            codes_given_back,
            ..Effects::default()
        }
    }
}

impl SaleVoided {
    /// The effects of this void.
    pub fn effects(&self) -> Effects {
        let codes_given_back = codes_back(&self.codes, self.sold_on);
        let undo = Undo {
            day: self.at.local_time.date(),
            lot: lot_days(self.points.as_ref(), self.sold_on),
            money: Amount::clamped(self.total.into()),
            points_taken_back: self.points.as_ref().map_or(0, |points| points.taken_back),
            given_back: shares_back(self.points.as_ref()),
            codes: texts(&codes_given_back),
            rewards: self.rewards.clone(),
            is_full: true,
        };
        let fact = |customer| (customer, Fact::Void(undo));
        Effects {
            accounts: self.customer_id.map(fact).into_iter().collect(),
            codes_given_back,
            ..Effects::default()
        }
    }
}

impl PointsAdjusted {
    fn fact(&self) -> Fact {
        let day = self.local_time.date();
        Fact::Adjustment {
            day,
            points: self.points,
            lot: LotDays::at_once(day, self.expires_on),
        }
    }
}

impl RewardRedeemed {
    fn redemption(&self) -> Redemption {
        Redemption {
            day: self.local_time.date(),
            reward: self.reward.clone(),
            lots: self.lots.iter().map(Lot::from).collect(),
            coupon: self.coupon.as_ref().and_then(CouponDocument::coupon),
        }
    }
}

impl ReferralBonus {
    fn effects(&self) -> Effects {
        let day = self.day;
        let fact = |role, lot: &_| {
            let lot = Lot::from(lot);
            let gain = ReferralGain { role, lot };
            if self.taken_back {
                Fact::ReferralTakenBack { day, gain }
            } else {
                Fact::ReferralBonus(gain)
            }
        };
        Effects {
            accounts: vec![
                (self.referrer_id, fact(ReferralRole::Referrer, &self.bonus)),
                (
                    self.customer_id,
                    fact(ReferralRole::Referred, &self.welcome),
                ),
            ],
            ..Effects::default()
        }
    }
}

impl BadgeAwarded {
    /// The badge, and its points as given by hand: they do not count for tiers.
    fn effects(&self) -> Effects {
        let (day, badge) = (self.day, self.badge.clone());
        let awarded = Fact::BadgeAwarded { day, badge };
        let points = self.bonus.as_ref().map(|bonus| Fact::Adjustment {
            day,
            points: bonus.points,
            lot: bonus.days(),
        });
        let facts = std::iter::once(awarded).chain(points);
        Effects {
            accounts: facts.map(|fact| (self.customer_id, fact)).collect(),
            ..Effects::default()
        }
    }
}

impl CustomerLinked {
    fn effects(&self) -> Effects {
        Effects {
            merge: Some(Merge {
                survivor: self.survivor_id,
                absorbed: self.absorbed_id,
                day: self.local_time.date(),
            }),
            ..Effects::default()
        }
    }
}

fn lot_days(points: Option<&PointsUndone>, sold_on: chrono::NaiveDate) -> LotDays {
    points.map_or_else(
        || LotDays::at_once(sold_on, sold_on),
        |points| points.lot_days(sold_on),
    )
}

fn shares_back(points: Option<&PointsUndone>) -> Vec<Lot> {
    let shares = points.map_or(&[][..], |points| &points.given_back);
    shares.iter().map(Lot::from).collect()
}

fn codes_back(codes: &[CodeGivenBack], day: chrono::NaiveDate) -> Vec<CodeUsed> {
    let used = codes.iter().filter_map(|back| {
        Some(CodeUsed {
            code: CodeText::parse(&back.text)?,
            day,
            discount: Amount::clamped(back.discount.into()),
        })
    });
    used.collect()
}

fn texts(used: &[CodeUsed]) -> Vec<CodeText> {
    used.iter().map(|used| used.code.clone()).collect()
}
