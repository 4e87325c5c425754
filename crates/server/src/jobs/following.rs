//! What follows from an account on a day, and from a sale by a customer whom somebody brought.

use chrono::NaiveDate;
use loyalty::account::{Account, Lot};
use loyalty::badge;
use loyalty::money::Amount;
use loyalty::points::lot_days;
use loyalty::program::{Program, TierRules};
use loyalty::referral::{
    Colleague, Person, ReferralRefusal, Registration, bonus_due, is_employee, refusal_of,
};
use loyalty::tier;
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::LotDocument;
use mostrador_protocol::entry::{
    BadgeAwarded, Payload, PointsExpired, ReferralBonus, SaleCompleted, TierMoved,
};
use mostrador_protocol::row::{Customer, Staff};
use uuid::Uuid;

use super::cause::Cause;
use crate::rules::Rules;

/// An entry to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Following {
    /// Why.
    pub cause: Cause,
    /// When its cause arose, milliseconds since the epoch: a late run writes the same.
    pub effective_ms: i64,
    /// What it says.
    pub payload: Payload,
}

/// A customer and what they have.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'a> {
    /// Who.
    pub customer: Uuid,
    /// What they have.
    pub account: &'a Account,
}

/// The lots of the account that are over on `day`.
pub fn expiries(rules: &Rules, holder: Holder<'_>, day: NaiveDate) -> Vec<Following> {
    let Holder { customer, account } = holder;
    let expired = account.due_to_expire(day).map(|lot| Following {
        cause: Cause::Expiry {
            customer,
            lot: lot.days,
        },
        effective_ms: rules.start_of(day),
        payload: Payload::PointsExpired(PointsExpired {
            customer_id: customer,
            day,
            lot: LotDocument::from(&lot),
        }),
    });
    expired.collect()
}

/// The tier that the account stands in on `day`, if another was announced last. A day before that
/// announcement moves nothing.
pub fn tier_move(
    rules: &Rules,
    tiers: &TierRules,
    (holder, day): (Holder<'_>, NaiveDate),
) -> Option<Following> {
    let Holder { customer, account } = holder;
    let held = account.tier.as_ref();
    if held.is_some_and(|held| day < held.since) {
        return None;
    }
    let moved = tier::unannounced(tiers, account, day)?;
    let bought_ms = account.last_purchase_ms;
    let instants = [
        Some(rules.start_of(day)),
        bought_ms.filter(|ms| rules.day_of(*ms) == day),
        held.filter(|held| held.since == day).map(|held| held.at_ms),
    ];
    let latest_ms = instants.into_iter().flatten().max()?;
    Some(Following {
        cause: Cause::TierMove {
            customer,
            day,
            tier: moved.to.slug.clone(),
        },
        effective_ms: latest_ms.saturating_add(1),
        payload: Payload::TierMoved(TierMoved {
            customer_id: customer,
            from: moved.from.map(|from| from.slug.clone()),
            to: moved.to.slug.clone(),
            day,
            window_points: moved.window_points,
        }),
    })
}

/// The badges that the account has earned by `day` and was not awarded, with the points that come with
/// them.
pub fn badges(
    rules: &Rules,
    program: &Program,
    (holder, day): (Holder<'_>, NaiveDate),
) -> Vec<Following> {
    let Holder { customer, account } = holder;
    let bought_ms = account.last_purchase_ms;
    let start_ms = rules.start_of(day);
    let latest_ms = bought_ms.filter(|ms| rules.day_of(*ms) == day);
    let earned = badge::unawarded(&program.badges, account).map(|badge| Following {
        cause: Cause::Badge {
            customer,
            badge: badge.slug.clone(),
        },
        effective_ms: latest_ms.unwrap_or(start_ms).saturating_add(1),
        payload: Payload::BadgeAwarded(BadgeAwarded {
            customer_id: customer,
            badge: badge.slug.clone(),
            day,
            bonus: program.points.as_ref().and_then(|rules| {
                let (points, days) = (badge.bonus_points, lot_days(day, rules));
                (points > 0).then(|| LotDocument::from(&Lot { days, points }))
            }),
        }),
    });
    earned.collect()
}

/// Both sides of a referral, as the server knows them.
#[derive(Debug, Clone, Copy)]
pub struct Sides<'a> {
    /// Who was brought.
    pub customer: Uuid,
    /// Their profile.
    pub profile: Option<&'a Customer>,
    /// Who brought them: the record that has the account now.
    pub referrer: Uuid,
    /// Their profile.
    pub referrer_profile: Option<&'a Customer>,
    /// The staff of the company.
    pub staff: &'a [Staff],
}

impl Sides<'_> {
    /// Why the two look like one person, or that who brought works here: a till may not have known that when
    /// it registered them.
    pub fn refusal(&self) -> Option<ReferralRefusal> {
        let registration = Registration {
            customer: person(self.customer, self.profile),
            account: &Account::default(),
            referrer: person(self.referrer, self.referrer_profile),
            referrer_is_employee: self.is_employee(),
        };
        refusal_of(&registration)
    }

    fn is_employee(&self) -> bool {
        let working = self.staff.iter().filter(|person| person.active);
        let colleagues = working.map(|person| Colleague {
            name: &person.name,
            phone: person.phone.as_deref(),
        });
        self.referrer_profile.is_some_and(|profile| {
            is_employee(
                (profile.name.as_str(), profile.phone.as_deref()),
                colleagues,
            )
        })
    }
}

/// What can be compared of a record; nothing of one without a profile.
pub fn person(id: Uuid, profile: Option<&Customer>) -> Person<'_> {
    Person {
        id,
        phone: profile.and_then(|profile| profile.phone.as_deref()),
        email: profile.and_then(|profile| profile.email.as_deref()),
        document: profile.and_then(|profile| profile.document.as_deref()),
    }
}

/// The bonus that this sale, made at `sold_ms`, completes for the account of its customer.
pub fn bonus(
    program: &Program,
    (sides, account): (&Sides<'_>, &Account),
    (sale, sold_ms): (&SaleCompleted, i64),
) -> Option<Following> {
    let referral = program.referral.as_ref()?;
    let day = sale.local_time.date();
    let lot = lot_days(day, program.points.as_ref()?);
    let total = Amount::clamped(sale.total.into());
    let due = bonus_due(referral, account, total, lot)?;
    if sides.refusal().is_some() {
        return None;
    }
    let document = |lot: &Lot| LotDocument::from(lot);
    Some(Following {
        cause: Cause::Bonus { sale: sale.sale_id },
        effective_ms: sold_ms.saturating_add(1),
        payload: Payload::ReferralBonus(ReferralBonus {
            customer_id: sides.customer,
            referrer_id: sides.referrer,
            sale_id: sale.sale_id,
            day,
            bonus: document(&due.bonus),
            welcome: document(&due.welcome),
            taken_back: false,
        }),
    })
}

/// The taking back of a bonus whose sale was undone at `undone_ms`.
pub fn taken_back(rules: &Rules, given: &ReferralBonus, undone_ms: i64) -> Following {
    Following {
        cause: Cause::BonusTakenBack {
            sale: given.sale_id,
        },
        effective_ms: undone_ms.saturating_add(1),
        payload: Payload::ReferralBonus(ReferralBonus {
            day: rules.day_of(undone_ms),
            taken_back: true,
            ..given.clone()
        }),
    }
}
