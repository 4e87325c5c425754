//! Points that move outside a sale: by hand, by their last day, for a reward.

use mostrador_protocol::entry::{Header, PointsAdjusted, PointsExpired, RewardRedeemed};

use super::{Teller, at};
use crate::view::HistoryEvent;
use crate::{Error, adjust};

impl Teller<'_> {
    pub(super) fn adjusted(
        &self,
        header: &Header,
        adjusted: &PointsAdjusted,
    ) -> Result<HistoryEvent, Error> {
        let key = if adjusted.points < 0 {
            "history.kind.points_adjusted.taken"
        } else {
            "history.kind.points_adjusted"
        };
        let mut reasons = Vec::new();
        reasons.extend(self.why_adjusted(&adjusted.reason));
        reasons.extend(self.note(adjusted.note.as_deref()));
        reasons.extend(self.by_staff(adjusted.cashier_id)?);
        reasons.extend(self.approved(header, adjusted.approval_id)?);
        reasons.extend(self.until(adjusted.points, adjusted.expires_on));
        Ok(HistoryEvent {
            what: self.say(key, &[]),
            place: self.place(&adjusted.store),
            points: adjusted.points,
            reasons,
            ..at(adjusted.local_time)
        })
    }

    fn why_adjusted(&self, slug: &str) -> Option<String> {
        let reasons = adjust::reasons(self.language, self.rules);
        let known = reasons.into_iter().find(|reason| reason.slug == slug);
        known.map(|reason| reason.name)
    }

    pub(super) fn expired(&self, header: &Header, expired: &PointsExpired) -> HistoryEvent {
        let (earned, until) = (
            self.day(expired.lot.earned_on),
            self.day(expired.lot.expires_on),
        );
        let parameters = [("earned", earned.as_str()), ("until", &until)];
        HistoryEvent {
            what: self.say("history.kind.points_expired", &[]),
            points: expired.lot.points.saturating_neg(),
            reasons: vec![self.say("history.expired", &parameters)],
            ..self.on(header, expired.day)
        }
    }

    pub(super) fn redeemed(&self, redeemed: &RewardRedeemed) -> HistoryEvent {
        let coupon = redeemed.coupon.as_ref();
        let reasons = coupon.map(|coupon| {
            let day = coupon.valid_until.map(|day| self.day(day));
            match day {
                Some(day) => {
                    let parameters = [("code", coupon.code.as_str()), ("day", &day)];
                    self.say("history.coupon_until", &parameters)
                }
                None => self.say("history.coupon", &[("code", &coupon.code)]),
            }
        });
        HistoryEvent {
            points: redeemed.points.saturating_neg(),
            reasons: reasons.into_iter().collect(),
            ..self.reward(redeemed, "history.kind.reward_redeemed")
        }
    }

    pub(super) fn reward_returned(&self, returned: &RewardRedeemed) -> HistoryEvent {
        HistoryEvent {
            points: returned.points,
            reasons: vec![self.say("history.reward_returned", &[])],
            ..self.reward(returned, "history.kind.reward_returned")
        }
    }

    fn reward(&self, redeemed: &RewardRedeemed, key: &str) -> HistoryEvent {
        let name = self.reward_name(&redeemed.reward);
        HistoryEvent {
            what: self.say(key, &[("reward", &name)]),
            place: self.place(&redeemed.store),
            ..at(redeemed.local_time)
        }
    }
}
