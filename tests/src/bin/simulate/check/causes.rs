//! Invariant 17, entry by entry: what followed has its cause, and each cause once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use mostrador_protocol::entry::{BadgeAwarded, Payload, PointsExpired, TierMoved};
use uuid::Uuid;

use super::people::People;
use super::told::Told;
use crate::goods::{BADGE, BADGE_POINTS, LIFETIME_DAYS, TIERS};

/// The causes of what followed.
#[derive(Debug)]
pub(super) struct Causes<'a> {
    people: &'a People,
    /// Where something last happened to a person that did not follow from something else.
    touched: BTreeMap<Uuid, usize>,
    expired: BTreeMap<(Uuid, [NaiveDate; 3]), usize>,
    /// Day and tier of the last move, and where it was told.
    pub(super) moves: BTreeMap<Uuid, (NaiveDate, String, usize)>,
    /// Who has the badge.
    pub(super) badges: BTreeSet<Uuid>,
    /// What is there without its cause, or twice, in words.
    pub(super) wrong: Vec<String>,
}

impl<'a> Causes<'a> {
    /// Reads them.
    pub(super) fn of(told: &[Told], people: &'a People) -> Self {
        let mut causes = Self {
            people,
            touched: BTreeMap::new(),
            expired: BTreeMap::new(),
            moves: BTreeMap::new(),
            badges: BTreeSet::new(),
            wrong: Vec::new(),
        };
        for (position, entry) in told.iter().enumerate() {
            causes.take(position, &entry.payload);
        }
        causes
    }

    fn take(&mut self, position: usize, payload: &Payload) {
        match payload {
            Payload::PointsExpired(expired) => self.expiry(position, expired),
            Payload::TierMoved(moved) => self.tier(position, moved),
            Payload::BadgeAwarded(badge) => {
                self.badge(badge);
                self.touch(position, payload);
            }
            _ => self.touch(position, payload),
        }
    }

    /// There is one, each has it once, and it comes with a lot of the day.
    fn badge(&mut self, awarded: &BadgeAwarded) {
        if !self.badges.insert(awarded.customer_id) {
            self.wrong.push(format!("{awarded:?} came a second time"));
        }
        let expires_on = awarded.day + Days::new(LIFETIME_DAYS.into());
        let is_right = awarded.badge == BADGE
            && awarded.bonus.as_ref().is_some_and(|lot| {
                let usable_from = lot.usable_from.unwrap_or(lot.earned_on);
                let days = [lot.earned_on, usable_from, lot.expires_on];
                days == [awarded.day, awarded.day, expires_on] && lot.points == BADGE_POINTS
            });
        if !is_right {
            self.wrong
                .push(format!("{awarded:?} is not what the program gives"));
        }
    }

    fn touch(&mut self, position: usize, payload: &Payload) {
        for record in payload.customers() {
            self.touched.insert(self.people.person(record), position);
        }
    }

    /// Whether something happened to the person since then.
    fn is_touched_since(&self, customer: Uuid, position: usize) -> bool {
        let touched = self.touched.get(&self.people.person(customer));
        touched.is_some_and(|last| *last > position)
    }

    /// The same lot expires a second time only when something came to it.
    fn expiry(&mut self, position: usize, expired: &PointsExpired) {
        let (customer, lot) = (expired.customer_id, &expired.lot);
        if expired.day <= lot.expires_on {
            self.wrong.push(format!("{expired:?} expired too early"));
        }
        let usable_from = lot.usable_from.unwrap_or(lot.earned_on);
        let cause = (customer, [lot.expires_on, lot.earned_on, usable_from]);
        if let Some(before) = self.expired.insert(cause, position)
            && !self.is_touched_since(customer, before)
        {
            self.wrong.push(format!("{expired:?} expired twice"));
        }
    }

    /// Each move begins where the one before ended.
    fn tier(&mut self, position: usize, moved: &TierMoved) {
        let customer = moved.customer_id;
        let now = (moved.day, moved.to.clone(), position);
        let before = self.moves.insert(customer, now);
        if self.people.is_merged(customer) {
            return;
        }
        let from = before
            .as_ref()
            .map_or(TIERS[0].0, |before| before.1.as_str());
        let said = moved.from.as_deref().unwrap_or(TIERS[0].0);
        if said != from || said == moved.to {
            self.wrong.push(format!("{moved:?} follows {before:?}"));
        }
    }
}
