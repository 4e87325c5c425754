//! The wire form of `loyalty::account::Account`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use loyalty::account::{
    Account, CodeTally, HeldCoupon, HeldTier, Lot, LotDays, ReferralState, Referrer, Visit,
};
use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;

use crate::row::CodeUseRow;

/// An account as it travels and as it is stored. Every key may be missing: an account written by an
/// earlier version has none of the later ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountDocument {
    /// Lots that still hold points.
    pub lots: Vec<LotDocument>,
    /// Points owed.
    pub debt: i64,
    /// What expiry entries took lately.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expired: Vec<LotDocument>,
    /// Points earned by local day.
    pub earned_by_day: BTreeMap<NaiveDate, i64>,
    /// Purchases by local day, the latest days.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub visits: BTreeMap<NaiveDate, VisitDocument>,
    /// Purchases completed and not fully undone.
    pub purchases: i64,
    /// Paid in all purchases less what was given back, minor units.
    pub spent: i64,
    /// Milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_purchase_ms: Option<i64>,
    /// Milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_purchase_ms: Option<i64>,
    /// Uses of each code by this customer.
    pub code_uses: BTreeMap<String, i64>,
    /// Redemptions of each reward, by slug.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rewards: BTreeMap<String, i64>,
    /// Reward coupons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<CouponDocument>,
    /// Own code, referrer, and what came of them.
    #[serde(skip_serializing_if = "ReferralDocument::is_empty")]
    pub referral: Box<ReferralDocument>,
    /// The tier that was announced last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<TierDocument>,
    /// Categories bought at least once.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub categories: BTreeSet<String>,
    /// Badges with their days.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub badges: BTreeMap<String, NaiveDate>,
    /// The account that took this one over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Uuid>,
}

/// A lot, or a share of one, on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotDocument {
    /// The store's local day of earning.
    pub earned_on: NaiveDate,
    /// The last local day on which the points can be spent.
    pub expires_on: NaiveDate,
    /// The first local day on which they can be spent; none: the day of earning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usable_from: Option<NaiveDate>,
    /// Points left, or the share's points.
    pub points: i64,
}

/// What was bought on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitDocument {
    /// Purchases not fully undone.
    pub sales: i64,
    /// Minor units.
    pub spent: i64,
}

/// A reward coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponDocument {
    /// Its text.
    pub code: String,
    /// Slug of the reward.
    pub reward: String,
    /// The local day on which it was made.
    pub made_on: NaiveDate,
    /// The last local day on which it can be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
}

/// What is known of referrals.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReferralDocument {
    /// The own code and when it was made, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_code: Option<(i64, String)>,
    /// Other own codes that still work.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub aliases: BTreeSet<String>,
    /// Who brought the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referred_by: Option<Uuid>,
    /// When that was registered, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referred_ms: Option<i64>,
    /// Bonuses given because this customer bought.
    pub bonuses: i64,
    /// Customers brought.
    pub brought: i64,
}

/// The tier that was announced last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierDocument {
    /// Its slug.
    pub tier: String,
    /// The local day of the move.
    pub since: NaiveDate,
    /// Milliseconds since the epoch.
    pub at_ms: i64,
}

impl ReferralDocument {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl From<&Account> for AccountDocument {
    fn from(account: &Account) -> Self {
        Self {
            lots: account.lots.iter().map(LotDocument::from).collect(),
            debt: account.debt,
            expired: account.expired.iter().map(LotDocument::from).collect(),
            earned_by_day: account.earned_by_day.clone(),
            visits: account
                .visits
                .iter()
                .map(|(day, visit)| (*day, VisitDocument::from(visit)))
                .collect(),
            purchases: account.purchases,
            spent: account.spent,
            first_purchase_ms: account.first_purchase_ms,
            last_purchase_ms: account.last_purchase_ms,
            code_uses: account
                .code_uses
                .iter()
                .map(|(code, uses)| (code.as_str().to_owned(), *uses))
                .collect(),
            rewards: account.rewards.clone(),
            coupons: account.coupons.iter().map(CouponDocument::from).collect(),
            referral: Box::new(ReferralDocument::from(&account.referral)),
            tier: account.tier.as_ref().map(TierDocument::from),
            categories: account.categories.clone(),
            badges: account.badges.clone(),
            merged_into: account.merged_into,
        }
    }
}

impl From<&AccountDocument> for Account {
    fn from(document: &AccountDocument) -> Self {
        Self {
            lots: document.lots.iter().map(Lot::from).collect(),
            debt: document.debt,
            expired: document.expired.iter().map(Lot::from).collect(),
            earned_by_day: document.earned_by_day.clone(),
            visits: document
                .visits
                .iter()
                .map(|(day, visit)| (*day, Visit::from(visit)))
                .collect(),
            purchases: document.purchases,
            spent: document.spent,
            first_purchase_ms: document.first_purchase_ms,
            last_purchase_ms: document.last_purchase_ms,
            code_uses: document
                .code_uses
                .iter()
                .filter_map(|(code, uses)| Some((CodeText::parse(code)?, *uses)))
                .collect(),
            rewards: document.rewards.clone(),
            coupons: document
                .coupons
                .iter()
                .filter_map(CouponDocument::coupon)
                .collect(),
            referral: document.referral.state(),
            tier: document.tier.as_ref().map(HeldTier::from),
            categories: document.categories.clone(),
            badges: document.badges.clone(),
            merged_into: document.merged_into,
        }
    }
}

impl LotDocument {
    /// The days of the lot.
    pub fn days(&self) -> LotDays {
        LotDays {
            expires_on: self.expires_on,
            earned_on: self.earned_on,
            usable_from: self.usable_from.unwrap_or(self.earned_on),
        }
    }
}

impl From<&Lot> for LotDocument {
    fn from(lot: &Lot) -> Self {
        let days = lot.days;
        Self {
            earned_on: days.earned_on,
            expires_on: days.expires_on,
            usable_from: (days.usable_from != days.earned_on).then_some(days.usable_from),
            points: lot.points,
        }
    }
}

impl From<&LotDocument> for Lot {
    fn from(lot: &LotDocument) -> Self {
        Self {
            days: lot.days(),
            points: lot.points,
        }
    }
}

impl From<&Visit> for VisitDocument {
    fn from(visit: &Visit) -> Self {
        Self {
            sales: visit.sales,
            spent: visit.spent,
        }
    }
}

impl From<&VisitDocument> for Visit {
    fn from(visit: &VisitDocument) -> Self {
        Self {
            sales: visit.sales,
            spent: visit.spent,
        }
    }
}

impl From<&HeldCoupon> for CouponDocument {
    fn from(coupon: &HeldCoupon) -> Self {
        Self {
            code: coupon.code.as_str().to_owned(),
            reward: coupon.reward.clone(),
            made_on: coupon.made_on,
            valid_until: coupon.valid_until,
        }
    }
}

impl CouponDocument {
    /// The coupon; `None` if its text is no code.
    pub fn coupon(&self) -> Option<HeldCoupon> {
        Some(HeldCoupon {
            made_on: self.made_on,
            code: CodeText::parse(&self.code)?,
            reward: self.reward.clone(),
            valid_until: self.valid_until,
        })
    }
}

impl From<&ReferralState> for ReferralDocument {
    fn from(state: &ReferralState) -> Self {
        let own = state.own_code.as_ref();
        Self {
            own_code: own.map(|(at_ms, code)| (*at_ms, code.as_str().to_owned())),
            aliases: state
                .aliases
                .iter()
                .map(|code| code.as_str().to_owned())
                .collect(),
            referred_by: state.referred_by.map(|referrer| referrer.customer),
            referred_ms: state.referred_by.map(|referrer| referrer.at_ms),
            bonuses: state.bonuses,
            brought: state.brought,
        }
    }
}

impl ReferralDocument {
    fn state(&self) -> ReferralState {
        let own = self.own_code.as_ref();
        ReferralState {
            own_code: own.and_then(|(at_ms, code)| Some((*at_ms, CodeText::parse(code)?))),
            aliases: self
                .aliases
                .iter()
                .filter_map(|code| CodeText::parse(code))
                .collect(),
            referred_by: self.referred_by.map(|customer| Referrer {
                at_ms: self.referred_ms.unwrap_or(0),
                customer,
            }),
            bonuses: self.bonuses,
            brought: self.brought,
        }
    }
}

impl From<&HeldTier> for TierDocument {
    fn from(held: &HeldTier) -> Self {
        Self {
            tier: held.tier.clone(),
            since: held.since,
            at_ms: held.at_ms,
        }
    }
}

impl From<&TierDocument> for HeldTier {
    fn from(held: &TierDocument) -> Self {
        Self {
            since: held.since,
            at_ms: held.at_ms,
            tier: held.tier.clone(),
        }
    }
}

impl CodeUseRow {
    /// The tally of `code` as a row.
    pub fn new(code: &CodeText, tally: &CodeTally) -> Self {
        Self {
            code: code.as_str().to_owned(),
            total: tally.total,
            discount: tally.discount,
            day: tally.day,
            on_day: tally.on_day,
        }
    }

    /// The tally it carries.
    pub fn tally(&self) -> CodeTally {
        CodeTally {
            total: self.total,
            discount: self.discount,
            day: self.day,
            on_day: self.on_day,
        }
    }
}
