//! From the keys of a case to what the engine takes.

use chrono::{NaiveDate, NaiveDateTime};
use loyalty::account::HeldCoupon;
use loyalty::basket::{Basket, Line, Quantity};
use loyalty::code::{
    Benefit, Code, CodeKind, CodeText, Limits, Restrictions, SpendTier, SpendTierBenefit, Window,
};
use loyalty::customer::{CodeUse, CustomerFacts, Place, Usage};
use loyalty::money::{Amount, BasisPoints, Currency};
use loyalty::program::{
    Factor, PointsRules, Program, Reward, Stacking, Tier, TierBasis, TierRules,
};
use loyalty::quote::{Quote, Request, quote};
use loyalty::redeem::coupon_code;
use loyalty::time::Moment;
use mostrador_loyalty as loyalty;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::case::{
    Case, CodeKeys, CustomerKeys, LineKeys, PointsKeys, ProgramKeys, RewardKeys, TierKeys,
};

/// The tier of the customer in a case that only says `tier_discount_bp`.
const ONLY_TIER: &str = "tier";

/// Everything a case gives to the engine.
#[derive(Debug)]
pub(super) struct Scene {
    program: Program,
    customer: Option<CustomerFacts>,
    basket: Basket,
    usage: Usage,
    place: Place,
    now: Moment,
    non_earning_tender: Amount,
    coupons: Vec<Code>,
}

impl Scene {
    pub(super) fn new(case: &Case) -> Result<Self, String> {
        let mut program = program(&case.program)?;
        let mut usage = Usage::default();
        for keys in &case.codes {
            let code = code(keys)?;
            let used = CodeUse {
                total: keys.total_used,
                by_customer: keys.customer_used,
                today: keys.day_used,
                discount: amount(keys.budget_used)?,
                right: None,
            };
            usage.codes.insert(code.text.clone(), used);
            if let Some(twice) = program.codes.insert(code) {
                return Err(format!("code {} stands there twice", twice.text));
            }
        }
        let lines = case.lines.iter().map(line).collect::<Result<_, _>>()?;
        let customer = customer(case);
        for keys in &case.rewards {
            program.rewards.push(reward(keys)?);
        }
        let coupons = customer.as_ref().map(|who| coupons(&program, who.id));
        Ok(Self {
            coupons: coupons.unwrap_or_default(),
            customer,
            program,
            basket: Basket { lines },
            usage,
            place: Place {
                store: case.store.clone(),
            },
            now: moment(case.now.unwrap_or_else(an_ordinary_wednesday)),
            non_earning_tender: amount(case.non_earning_tender)?,
        })
    }

    pub(super) fn quote(&self, scanned: &[CodeText]) -> Quote {
        quote(&Request {
            program: &self.program,
            customer: self.customer.as_ref(),
            basket: &self.basket,
            scanned,
            usage: &self.usage,
            place: &self.place,
            sale: Uuid::nil(),
            now: self.now,
            own_codes: &self.coupons,
            non_earning_tender: self.non_earning_tender,
        })
    }
}

/// 2026-01-07, noon: neither a weekend nor the edge of a day.
fn an_ordinary_wednesday() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 1, 7)
        .and_then(|day| day.and_hms_opt(12, 0, 0))
        .expect("BUG: the seventh of January exists")
}

fn moment(local: NaiveDateTime) -> Moment {
    Moment {
        unix_ms: local.and_utc().timestamp_millis(),
        local,
    }
}

fn customer_id(number: u64) -> Uuid {
    Uuid::from_u128(number.into())
}

fn amount(minor: i64) -> Result<Amount, String> {
    Amount::from_minor(minor).ok_or(format!("{minor} is no amount"))
}

fn customer(case: &Case) -> Option<CustomerFacts> {
    let facts = |keys: &CustomerKeys| CustomerFacts {
        id: customer_id(keys.id),
        tier: keys.tier.clone(),
        purchases: keys.purchases,
        badges: keys.badges.iter().cloned().collect(),
    };
    let of_only_tier = CustomerFacts {
        id: Uuid::nil(),
        tier: Some(ONLY_TIER.to_owned()),
        purchases: 1,
        ..CustomerFacts::default()
    };
    let has_only_tier = case.program.tier_discount_bp > 0;
    let given = case.customer.as_ref().map(facts);
    given.or(has_only_tier.then_some(of_only_tier))
}

fn program(keys: &ProgramKeys) -> Result<Program, String> {
    let letters = keys.currency.as_deref().unwrap_or("COP");
    let currency = Currency::from_code(letters).ok_or(format!("{letters:?} is no currency"))?;
    let bare = Program::bare(currency);
    let stacking = match keys.stacking.as_deref() {
        None | Some("additive") => Stacking::Additive,
        Some("compounding") => Stacking::Compounding,
        Some(other) => return Err(format!("stacking {other:?} is neither of the two")),
    };
    let only = TierKeys {
        slug: ONLY_TIER.to_owned(),
        discount_bp: keys.tier_discount_bp,
        multiplier: None,
    };
    let only = (keys.tier_discount_bp > 0).then_some(only);
    let tiers: Vec<Tier> = (0..)
        .zip(keys.tiers.iter().chain(&only))
        .map(tier)
        .collect();
    Ok(Program {
        stacking,
        max_codes: keys.max_codes.unwrap_or(bare.max_codes),
        basket_cap: keys.basket_cap_bp.map_or(bare.basket_cap, BasisPoints),
        generated_length: keys.generated_length,
        points: keys.points.as_ref().map(points),
        tiers: (!tiers.is_empty()).then_some(TierRules {
            tiers,
            basis: TierBasis::Points,
            window_days: 365,
            grace_days: 30,
        }),
        ..bare
    })
}

fn tier((from_points, keys): (i64, &TierKeys)) -> Tier {
    Tier {
        slug: keys.slug.clone(),
        name: keys.slug.clone(),
        from_points,
        multiplier: keys.multiplier.unwrap_or(Decimal::ONE),
        discount: BasisPoints(keys.discount_bp),
        benefits: Vec::new(),
    }
}

/// A reward whose slug is the text of the coupon that the customer has of it.
fn reward(keys: &RewardKeys) -> Result<Reward, String> {
    let mut benefits = Vec::new();
    benefits.extend(keys.percent_bp.map(BasisPoints).map(Benefit::Percent));
    benefits.extend(keys.fixed.map(amount).transpose()?.map(Benefit::Fixed));
    benefits.extend(keys.free_product.as_ref().map(|free| Benefit::FreeProduct {
        product: free.product.clone(),
        units: free.units,
    }));
    let [benefit] = <[Benefit; 1]>::try_from(benefits)
        .map_err(|_| format!("reward {} has not one benefit", keys.text))?;
    Ok(Reward {
        slug: keys.text.clone(),
        name: keys.text.clone(),
        points: 100,
        tier: None,
        benefit,
        products: keys.products.iter().cloned().collect(),
        categories: keys.categories.iter().cloned().collect(),
        valid_days: None,
        valid_until: None,
        per_customer: None,
        stock: None,
    })
}

/// One coupon of each reward.
fn coupons(program: &Program, customer: Uuid) -> Vec<Code> {
    let held = program.rewards.iter().filter_map(|reward| {
        let coupon = HeldCoupon {
            made_on: an_ordinary_wednesday().date(),
            code: CodeText::parse(&reward.slug)?,
            reward: reward.slug.clone(),
            valid_until: None,
        };
        coupon_code(program, &coupon, customer)
    });
    held.collect()
}

fn points(keys: &PointsKeys) -> PointsRules {
    let campaign = |(number, multiplier): (u32, &Decimal)| Factor {
        name: format!("campaign {number}"),
        multiplier: *multiplier,
    };
    PointsRules {
        per_unit: keys.per_unit,
        lifetime_days: 365,
        pending_days: 0,
        minimum_redeem: 100,
        point_value: Amount::ZERO,
        first_purchase: keys.first_purchase,
        weekend: keys.weekend,
        campaigns: (1..).zip(&keys.multipliers).map(campaign).collect(),
    }
}

fn line(keys: &LineKeys) -> Result<Line, String> {
    let quantity = keys.quantity.unwrap_or(Decimal::ONE);
    Ok(Line {
        product: keys.product.clone().unwrap_or(keys.sku.clone()),
        sku: keys.sku.clone(),
        name: keys.name.clone().unwrap_or(keys.sku.clone()),
        unit_price: amount(keys.price)?,
        quantity: Quantity::new(quantity).ok_or(format!("{quantity} is no quantity"))?,
        categories: keys.categories.clone(),
        partner: keys.partner.clone(),
        floor: amount(keys.floor)?,
        discountable: keys.discountable.unwrap_or(true),
        earns_points: keys.earns_points.unwrap_or(true),
    })
}

fn code(keys: &CodeKeys) -> Result<Code, String> {
    let text = CodeText::parse(&keys.text).ok_or(format!("{:?} is no code", keys.text))?;
    let kind = match keys.kind.as_deref() {
        None | Some("coupon") => CodeKind::Coupon,
        Some("referral") => CodeKind::Referral,
        Some("reward") => CodeKind::Reward,
        Some(other) => return Err(format!("kind {other:?} is unknown")),
    };
    let customers = keys.customers.iter().copied().map(customer_id);
    let windows = keys.windows.iter().map(|window| Window {
        weekdays: window.weekdays.clone(),
        from: window.from,
        to: window.to,
    });
    Ok(Code {
        kind,
        owner_customer: keys.owner_customer.map(customer_id),
        stackable: keys.stackable,
        priority: keys.priority,
        min_purchase: amount(keys.min_purchase)?,
        max_discount: keys.max_discount.map(amount).transpose()?,
        restrictions: Restrictions {
            products: keys.products.iter().cloned().collect(),
            categories: keys.categories.iter().cloned().collect(),
            partners: keys.partners.iter().cloned().collect(),
            stores: keys.stores.iter().cloned().collect(),
            customers: customers.collect(),
            tiers: keys.customer_tiers.iter().cloned().collect(),
            badge: keys.badge.clone(),
            windows: windows.collect(),
            first_purchase_only: keys.first_purchase_only,
        },
        limits: Limits {
            total: keys.total_limit,
            per_customer: keys.per_customer_limit,
            per_day: keys.per_day_limit,
            budget: keys.budget.map(amount).transpose()?,
        },
        valid_from: keys.valid_from,
        valid_until: keys.valid_until,
        active: keys.active.unwrap_or(true),
        ..Code::new(text, benefit(keys)?)
    })
}

fn benefit(keys: &CodeKeys) -> Result<Benefit, String> {
    let mut benefits = Vec::new();
    benefits.extend(
        keys.percent_bp
            .map(|rate| Benefit::Percent(BasisPoints(rate))),
    );
    benefits.extend(keys.fixed.map(amount).transpose()?.map(Benefit::Fixed));
    benefits.extend(keys.points_multiplier.map(Benefit::PointsMultiplier));
    benefits.extend(keys.bonus_points.map(Benefit::BonusPoints));
    benefits.extend(keys.free_product.as_ref().map(|free| Benefit::FreeProduct {
        product: free.product.clone(),
        units: free.units,
    }));
    let percents = keys.tiers.iter().flatten();
    let percents = percents.map(|(from, rate)| {
        let gives = SpendTierBenefit::Percent(BasisPoints(*rate));
        spend_tier(*from, gives)
    });
    let amounts = keys.fixed_tiers.iter().flatten();
    let amounts =
        amounts.map(|(from, fixed)| spend_tier(*from, SpendTierBenefit::Fixed(amount(*fixed)?)));
    let tiers: Vec<SpendTier> = percents.chain(amounts).collect::<Result<_, String>>()?;
    benefits.extend((!tiers.is_empty()).then_some(Benefit::SpendTiers(tiers)));
    match benefits.len() {
        0 => Ok(Benefit::Tracking),
        1 => Ok(benefits.remove(0)),
        _ => Err(format!("code {} has more than one benefit", keys.text)),
    }
}

fn spend_tier(from: i64, gives: SpendTierBenefit) -> Result<SpendTier, String> {
    let from = amount(from)?;
    Ok(SpendTier { from, gives })
}
