//! From a document to the rules in force.

use chrono::{NaiveTime, Weekday};
use loyalty::code::{
    Benefit, Code, CodeKind, CodeText, Limits, Offline, Reinstate, Restrictions, SpendTier,
    SpendTierBenefit, Window,
};
use loyalty::money::{Amount, BasisPoints, Currency};
use loyalty::program::{
    Factor, PointsRules, Program, ReferralRules, Reward, Stacking, Tier, TierBasis, TierRules,
};
use mostrador_loyalty as loyalty;

use super::{
    BadgeDocument, BasisDocument, CodeDocument, CodeKindDocument, Fault, FreeProductDocument,
    OfflineDocument, PointsDocument, ProgramDocument, ReinstateDocument, RewardDocument,
    ScoreDocument, SpendTierDocument, StackingDocument, TiersDocument, WindowDocument, derived,
};

impl ProgramDocument {
    /// The rules, or every fault of the document.
    pub fn compile(&self) -> Result<Program, Vec<Fault>> {
        let faults = self.check();
        if !faults.is_empty() {
            return Err(faults);
        }
        let currency =
            Currency::from_code(&self.currency).expect("BUG: check() lets no other currency by");
        Ok(Program {
            version: self.version,
            currency,
            stacking: match self.stacking {
                StackingDocument::Additive => Stacking::Additive,
                StackingDocument::Compounding => Stacking::Compounding,
            },
            max_codes: usize::try_from(self.max_codes).unwrap_or(usize::MAX),
            basket_cap: BasisPoints(self.basket_cap_bp),
            generated_length: self
                .generated_length
                .and_then(|length| usize::try_from(length).ok()),
            points: self.points.as_ref().map(points),
            tiers: self.tiers.as_ref().map(|it| tiers(it, self.score.as_ref())),
            score: self.score.as_ref().map(ScoreDocument::compile),
            badges: self
                .badges
                .iter()
                .filter_map(BadgeDocument::compile)
                .collect(),
            rewards: self.rewards.iter().map(reward).collect(),
            referral: self.referral.map(|referral| ReferralRules {
                bonus_points: referral.bonus_points,
                welcome_points: referral.welcome_points,
                min_purchase: amount(referral.min_purchase),
            }),
            series_key: self.series_key.as_deref().and_then(derived::series_key),
            codes: self.codes.iter().filter_map(code).collect(),
        })
    }

    /// The time zone; UTC for a name that [`ProgramDocument::check`] does not let by.
    pub fn zone(&self) -> chrono_tz::Tz {
        self.time_zone.parse().unwrap_or(chrono_tz::UTC)
    }
}

fn points(document: &PointsDocument) -> PointsRules {
    let factor = |campaign: &super::CampaignDocument| Factor {
        name: campaign.name.clone(),
        multiplier: campaign.multiplier,
    };
    PointsRules {
        per_unit: document.per_unit,
        lifetime_days: document.lifetime_days,
        pending_days: document.pending_days,
        minimum_redeem: document.minimum_redeem,
        point_value: amount(document.point_value),
        first_purchase: document.first_purchase,
        weekend: document.weekend,
        campaigns: document.campaigns.iter().map(factor).collect(),
    }
}

fn tiers(document: &TiersDocument, score: Option<&ScoreDocument>) -> TierRules {
    let tier = |tier: &super::TierDocument| Tier {
        slug: tier.slug.clone(),
        name: tier.name.clone(),
        from_points: tier.from_points,
        multiplier: tier.multiplier,
        discount: BasisPoints(tier.discount_bp),
        benefits: tier.benefits.clone(),
    };
    TierRules {
        tiers: document.levels.iter().map(tier).collect(),
        basis: match (document.basis, score) {
            (BasisDocument::Score, Some(score)) => TierBasis::Score(score.compile()),
            _ => TierBasis::Points,
        },
        window_days: document.window_days,
        grace_days: document.grace_days,
    }
}

fn reward(document: &RewardDocument) -> Reward {
    Reward {
        slug: document.slug.clone(),
        name: document.name.clone(),
        points: document.points,
        tier: document.tier.clone(),
        benefit: money_off(
            document.percent_bp,
            document.fixed,
            document.free_product.as_ref(),
        )
        .unwrap_or(Benefit::Tracking),
        products: document.products.iter().cloned().collect(),
        categories: document.categories.iter().cloned().collect(),
        valid_days: document.valid_days,
        valid_until: document.valid_until,
        per_customer: document.per_customer_limit,
        stock: document.stock,
    }
}

fn code(document: &CodeDocument) -> Option<Code> {
    let text = CodeText::parse(&document.text)?;
    Some(Code {
        text,
        kind: match document.kind {
            CodeKindDocument::Referral => CodeKind::Referral,
            CodeKindDocument::Coupon => CodeKind::Coupon,
            CodeKindDocument::Reward => CodeKind::Reward,
        },
        owner: document.owner.clone(),
        owner_customer: document.owner_customer,
        benefit: document.benefit(),
        stackable: document.stackable,
        priority: document.priority,
        min_purchase: amount(document.min_purchase),
        max_discount: document.max_discount.map(amount),
        restrictions: Restrictions {
            products: document.products.iter().cloned().collect(),
            categories: document.categories.iter().cloned().collect(),
            partners: document.partners.iter().cloned().collect(),
            stores: document.stores.iter().cloned().collect(),
            customers: document.customers.iter().copied().collect(),
            tiers: document.customer_tiers.iter().cloned().collect(),
            badge: document.badge.clone(),
            windows: document.windows.iter().filter_map(window).collect(),
            first_purchase_only: document.first_purchase_only,
        },
        limits: document.limits(),
        valid_from: document.valid_from,
        valid_until: document.valid_until,
        active: document.active,
        reinstate: match document.reinstate {
            ReinstateDocument::Void => Reinstate::Void,
            ReinstateDocument::FullReturn => Reinstate::FullReturn,
        },
        offline: document.offline(),
        variants: document
            .variants
            .iter()
            .filter_map(derived::VariantDocument::compile)
            .collect(),
        series: document
            .series
            .as_ref()
            .and_then(derived::SeriesDocument::compile),
    })
}

impl CodeDocument {
    fn offline(&self) -> Offline {
        match (self.offline, &self.home_store) {
            (Some(OfflineDocument::HomeStore), Some(store)) => Offline::HomeStore(store.clone()),
            (Some(OfflineDocument::Approval), _) => Offline::Approval {
                most: self.offline_max.map(amount),
            },
            (Some(_), _) => Offline::Block,
            (None, _) => Offline::Unsaid,
        }
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            total: self.total_limit,
            per_customer: self.per_customer_limit,
            per_day: self.per_day_limit,
            budget: self.budget.map(amount),
        }
    }

    pub(super) fn benefit(&self) -> Benefit {
        let spend_tiers: Vec<SpendTier> = self.spend_tiers.iter().map(spend_tier).collect();
        money_off(self.percent_bp, self.fixed, self.free_product.as_ref())
            .or((!spend_tiers.is_empty()).then_some(Benefit::SpendTiers(spend_tiers)))
            .or(self.points_multiplier.map(Benefit::PointsMultiplier))
            .or(self.bonus_points.map(Benefit::BonusPoints))
            .unwrap_or(Benefit::Tracking)
    }
}

fn money_off(
    percent_bp: Option<u32>,
    fixed: Option<i64>,
    free_product: Option<&FreeProductDocument>,
) -> Option<Benefit> {
    let free = |free: &FreeProductDocument| Benefit::FreeProduct {
        product: free.product.clone(),
        units: free.units,
    };
    percent_bp
        .map(|rate| Benefit::Percent(BasisPoints(rate)))
        .or(fixed.map(|fixed| Benefit::Fixed(amount(fixed))))
        .or(free_product.map(free))
}

fn spend_tier(document: &SpendTierDocument) -> SpendTier {
    let percent = document
        .percent_bp
        .map(BasisPoints)
        .map(SpendTierBenefit::Percent);
    let fixed = SpendTierBenefit::Fixed(amount(document.fixed.unwrap_or(0)));
    SpendTier {
        from: amount(document.from),
        gives: percent.unwrap_or(fixed),
    }
}

fn window(document: &WindowDocument) -> Option<Window> {
    Some(Window {
        weekdays: document
            .weekdays
            .iter()
            .filter_map(|name| weekday(name))
            .collect(),
        from: hour(&document.from)?,
        to: hour(&document.to)?,
    })
}

/// A weekday by its full English name in lower case.
pub(super) fn weekday(name: &str) -> Option<Weekday> {
    match name {
        "monday" => Some(Weekday::Mon),
        "tuesday" => Some(Weekday::Tue),
        "wednesday" => Some(Weekday::Wed),
        "thursday" => Some(Weekday::Thu),
        "friday" => Some(Weekday::Fri),
        "saturday" => Some(Weekday::Sat),
        "sunday" => Some(Weekday::Sun),
        _ => None,
    }
}

/// A time of day as `HH:MM`.
pub(super) fn hour(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

pub(super) fn amount(minor: i64) -> Amount {
    Amount::clamped(minor.into())
}
