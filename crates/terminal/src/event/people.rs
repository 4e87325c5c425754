//! Referrals, merges, tiers and badges.

use mostrador_protocol::entry::{
    BadgeAwarded, CustomerLinked, Header, ReferralBonus, ReferralCodeMade, ReferralRegistered,
    TierMoved,
};

use super::{Teller, at};
use crate::Error;
use crate::view::HistoryEvent;

impl Teller<'_> {
    pub(super) fn code_made(&self, header: &Header, made: &ReferralCodeMade) -> HistoryEvent {
        HistoryEvent {
            what: self.say("history.kind.referral_code_made", &[("code", &made.code)]),
            ..at(self.rules.moment(header.effective_ms).local)
        }
    }

    pub(super) fn referred(&self, registered: &ReferralRegistered) -> Result<HistoryEvent, Error> {
        let (key, other) = if registered.referrer_id == self.customer {
            let key = "history.kind.referral_registered.brought";
            (key, registered.customer_id)
        } else {
            ("history.kind.referral_registered", registered.referrer_id)
        };
        let code = registered.code.as_deref();
        let mut reasons: Vec<String> = code
            .map(|code| self.say("history.with_code", &[("code", code)]))
            .into_iter()
            .collect();
        reasons.extend(self.by_staff(registered.cashier_id)?);
        Ok(HistoryEvent {
            what: self.say(key, &[("name", &self.person(other)?)]),
            reasons,
            ..at(registered.local_time)
        })
    }

    pub(super) fn referral_bonus(
        &self,
        header: &Header,
        bonus: &ReferralBonus,
    ) -> Result<HistoryEvent, Error> {
        let is_referrer = bonus.referrer_id == self.customer;
        let (lot, other) = if is_referrer {
            (&bonus.bonus, bonus.customer_id)
        } else {
            (&bonus.welcome, bonus.referrer_id)
        };
        let other = self.person(other)?;
        let (key, why) = match (is_referrer, bonus.taken_back) {
            (true, false) => ("history.kind.referral_bonus", "history.referral.bought"),
            (false, false) => ("history.kind.referral_welcome", "history.referral.first"),
            (true, true) => (
                "history.kind.referral_bonus.back",
                "history.referral.undone",
            ),
            (false, true) => (
                "history.kind.referral_welcome.back",
                "history.referral.own_undone",
            ),
        };
        let parameters = [("name", other.as_str())];
        let mut reasons = vec![self.say(why, &parameters)];
        let points = if bonus.taken_back {
            lot.points.saturating_neg()
        } else {
            reasons.extend(self.until(lot.points, lot.expires_on));
            lot.points
        };
        Ok(HistoryEvent {
            what: self.say(key, &parameters),
            points,
            reasons,
            ..self.on(header, bonus.day)
        })
    }

    pub(super) fn merged(
        &self,
        header: &Header,
        linked: &CustomerLinked,
    ) -> Result<HistoryEvent, Error> {
        let name = self.person(linked.absorbed_id)?;
        let mut reasons = vec![self.say("history.merged", &[])];
        reasons.extend(self.by_staff(linked.cashier_id)?);
        reasons.extend(self.approved(header, linked.approval_id)?);
        Ok(HistoryEvent {
            what: self.say("history.kind.customer_linked", &[("name", &name)]),
            reasons,
            ..at(linked.local_time)
        })
    }

    pub(super) fn tier_moved(&self, header: &Header, moved: &TierMoved) -> HistoryEvent {
        let to = self.rules.tier_name(&moved.to);
        let from = moved.from.as_deref();
        let rank = |slug: &str| {
            let tiers = self.rules.program.tiers.as_ref()?;
            tiers.rank(slug)
        };
        let is_down = from.is_some_and(|from| rank(&moved.to) < rank(from));
        let key = if is_down {
            "history.kind.tier_moved.down"
        } else {
            "history.kind.tier_moved"
        };
        let points = self.number(moved.window_points);
        let tiers = self.rules.program.tiers.as_ref();
        let days = tiers.map_or(0, |tiers| tiers.window_days).to_string();
        let parameters = [("points", points.as_str()), ("days", &days)];
        let reached = if tiers.is_some_and(|tiers| tiers.basis.is_score()) {
            "history.tier_score"
        } else {
            "history.tier_points"
        };
        let mut reasons = vec![self.say(reached, &parameters)];
        if let Some(from) = from {
            let name = self.rules.tier_name(from);
            reasons.push(self.say("history.tier_before", &[("tier", name)]));
        }
        HistoryEvent {
            what: self.say(key, &[("tier", to)]),
            reasons,
            ..self.on(header, moved.day)
        }
    }

    pub(super) fn badge(&self, header: &Header, awarded: &BadgeAwarded) -> HistoryEvent {
        let mut known = self.rules.program.badges.iter();
        let known = known.find(|badge| badge.slug == awarded.badge);
        let what = match known {
            Some(badge) => self.say(
                "history.kind.badge_awarded.named",
                &[("badge", &badge.name)],
            ),
            None => self.say("history.kind.badge_awarded", &[]),
        };
        let bonus = awarded.bonus.as_ref();
        let reasons = bonus.and_then(|lot| self.until(lot.points, lot.expires_on));
        HistoryEvent {
            what,
            points: bonus.map_or(0, |lot| lot.points),
            reasons: reasons.into_iter().collect(),
            ..self.on(header, awarded.day)
        }
    }
}
