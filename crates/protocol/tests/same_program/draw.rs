//! Program documents without a fault, drawn at random.

use chrono::{Days, NaiveDate};
use mostrador_protocol::program::{
    BadgeDocument, BasisDocument, CampaignDocument, CodeDocument, CodeKindDocument,
    FreeProductDocument, LabelDocument, PointsDocument, ProgramDocument, ReasonDocument,
    ReferralDocument, RefundsDocument, ReinstateDocument, RewardDocument, ScoreDocument,
    SeriesDocument, SpendTierDocument, StackingDocument, TierDocument, TiersDocument,
    VariantDocument, VoidByDocument, WeightsDocument, WindowDocument,
};
use proptest::option;
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

fn minor() -> impl Strategy<Value = i64> {
    prop_oneof![4 => 1..20_000_i64, 1 => Just((1 << 53) - 1)]
}

fn factor() -> impl Strategy<Value = Decimal> {
    (1..4_000_i64, 0..4_u32).prop_map(|(number, places)| Decimal::new(number, places))
}

/// What people write: accents, quotes, signs that TOML or JSON have to escape.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-zñáé ]{0,8}[a-z]",
        Just("\"Café\" \\ 50 %\n🎉".to_owned())
    ]
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (1..366_u32).prop_map(|day| NaiveDate::from_yo_opt(2026, day).expect("a day"))
}

fn some(words: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    let chosen = prop::sample::subsequence(words, 0..=words.len());
    option::weighted(0.2, chosen).prop_map(|words| {
        let words = words.unwrap_or_default();
        words.into_iter().map(str::to_owned).collect()
    })
}

/// Everything that a code and a variant give; at most one of the fields is there.
#[derive(Debug, Clone, Default)]
struct Gives {
    percent_bp: Option<u32>,
    fixed: Option<i64>,
    spend_tiers: Vec<SpendTierDocument>,
    free_product: Option<FreeProductDocument>,
    points_multiplier: Option<Decimal>,
    bonus_points: Option<i64>,
}

fn gives() -> BoxedStrategy<Gives> {
    let none = Gives::default;
    let step = (0..9_000_i64, 1..9_000_i64, 1..10_001_u32, minor());
    let steps = step.prop_map(|(from, more, rate, fixed)| {
        let (percent_bp, fixed) = (Some(rate), Some(fixed));
        let low = SpendTierDocument {
            from,
            percent_bp,
            fixed: None,
        };
        let high = SpendTierDocument {
            from: from + more,
            percent_bp: None,
            fixed,
        };
        vec![low, high]
    });
    let free =
        (name(), 1..9_u32).prop_map(|(product, units)| FreeProductDocument { product, units });
    prop_oneof![
        Just(none()),
        (1..10_001_u32).prop_map(move |rate| Gives {
            percent_bp: Some(rate),
            ..none()
        }),
        minor().prop_map(move |fixed| Gives {
            fixed: Some(fixed),
            ..none()
        }),
        steps.prop_map(move |spend_tiers| Gives {
            spend_tiers,
            ..none()
        }),
        free.prop_map(move |free| Gives {
            free_product: Some(free),
            ..none()
        }),
        factor().prop_map(move |factor| Gives {
            points_multiplier: Some(factor),
            ..none()
        }),
        minor().prop_map(move |points| Gives {
            bonus_points: Some(points),
            ..none()
        }),
    ]
    .boxed()
}

type Limits = (Option<u64>, Option<u64>, Option<u64>, Option<i64>);

fn limits() -> BoxedStrategy<Limits> {
    let limit = || option::weighted(0.2, 1..u64::from(u32::MAX));
    (limit(), limit(), limit(), option::weighted(0.2, minor())).boxed()
}

fn window() -> impl Strategy<Value = WindowDocument> {
    let hour =
        || (0..24_u32, 0..60_u32).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}"));
    (some(&["monday", "friday", "sunday"]), hour(), hour())
        .prop_map(|(weekdays, from, to)| WindowDocument { weekdays, from, to })
}

fn variant() -> BoxedStrategy<VariantDocument> {
    let money = (
        option::weighted(0.2, minor()),
        option::weighted(0.2, minor()),
    );
    (gives(), limits(), money, 1..1_001_u32, any::<bool>())
        .prop_map(
            |(gives, limits, (min_purchase, max_discount), weight, active)| {
                let (total_limit, per_customer_limit, per_day_limit, budget) = limits;
                VariantDocument {
                    weight,
                    active,
                    percent_bp: gives.percent_bp,
                    fixed: gives.fixed,
                    spend_tiers: gives.spend_tiers,
                    free_product: gives.free_product,
                    points_multiplier: gives.points_multiplier,
                    bonus_points: gives.bonus_points,
                    min_purchase,
                    max_discount,
                    total_limit,
                    per_customer_limit,
                    per_day_limit,
                    budget,
                    ..VariantDocument::default()
                }
            },
        )
        .boxed()
}

/// A code without variants and series, and without its text.
fn plain_code() -> BoxedStrategy<CodeDocument> {
    let kinds = [
        CodeKindDocument::Referral,
        CodeKindDocument::Coupon,
        CodeKindDocument::Reward,
    ];
    let ids = option::weighted(0.1, any::<u128>().prop_map(Uuid::from_u128));
    let who = (
        prop::sample::select(kinds.to_vec()),
        option::of(name()),
        ids,
    );
    let flags = (
        prop::bool::weighted(0.8),
        any::<bool>(),
        prop::bool::weighted(0.9),
        any::<bool>(),
    );
    let money = (0..9_000_i64, option::weighted(0.2, minor()), -9..9_i32);
    let days = (option::weighted(0.1, day()), option::weighted(0.1, day()));
    let bounds = (
        (some(&["p0", "p1"]), some(&["a", "b"]), some(&["finca"])),
        (some(&["centro", "norte"]), some(&["bronze", "gold"])),
        option::weighted(0.1, window()),
    );
    (gives(), limits(), who, flags, money, days, bounds)
        .prop_map(|(gives, limits, who, flags, money, days, bounds)| {
            let (total_limit, per_customer_limit, per_day_limit, budget) = limits;
            let ((products, categories, partners), (stores, customer_tiers), windows) = bounds;
            let (valid_from, valid_until) = days;
            CodeDocument {
                kind: who.0,
                owner: who.1,
                owner_customer: who.2,
                customers: who.2.into_iter().collect(),
                percent_bp: gives.percent_bp,
                fixed: gives.fixed,
                spend_tiers: gives.spend_tiers,
                free_product: gives.free_product,
                points_multiplier: gives.points_multiplier,
                bonus_points: gives.bonus_points,
                stackable: flags.0,
                first_purchase_only: flags.1,
                active: flags.2,
                reinstate: if flags.3 {
                    ReinstateDocument::FullReturn
                } else {
                    ReinstateDocument::Void
                },
                min_purchase: money.0,
                max_discount: money.1,
                priority: money.2,
                products,
                categories,
                partners,
                stores,
                customer_tiers,
                windows: windows.into_iter().collect(),
                total_limit,
                per_customer_limit,
                per_day_limit,
                budget,
                valid_from: valid_from.min(valid_until),
                valid_until: valid_from.max(valid_until),
                ..CodeDocument::default()
            }
        })
        .boxed()
}

fn series() -> impl Strategy<Value = SeriesDocument> {
    (0..9_u64, 1..9_u64, limits()).prop_map(|(from, count, limits)| SeriesDocument {
        from,
        count,
        total_limit: limits.0.unwrap_or(1),
        per_customer_limit: limits.1,
        per_day_limit: limits.2,
        budget: limits.3,
        ..SeriesDocument::default()
    })
}

/// A code, its variants and its series, without their texts.
type Parts = (CodeDocument, (Vec<VariantDocument>, Option<SeriesDocument>));

fn codes() -> BoxedStrategy<Vec<CodeDocument>> {
    let variants = prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(variant(), 1..3)];
    let derived = (variants, option::weighted(0.3, series()));
    prop::collection::vec((plain_code(), derived), 0..8)
        .prop_map(|codes| {
            let place = |(index, (mut code, (mut variants, series))): (usize, Parts)| {
                code.text = format!("CODE {index}");
                for (number, variant) in variants.iter_mut().enumerate() {
                    variant.text = format!("CODE {index}V{number}");
                }
                code.series = series
                    .filter(|_| variants.is_empty())
                    .map(|series| SeriesDocument {
                        pattern: format!("M{}-?????#", index + 2),
                        ..series
                    });
                code.variants = variants;
                code
            };
            codes.into_iter().enumerate().map(place).collect()
        })
        .boxed()
}

fn rewards() -> impl Strategy<Value = Vec<RewardDocument>> {
    let reward = (name(), minor(), 1..10_001_u32, option::of(1..99_u64));
    prop::collection::vec(reward, 0..3).prop_map(|rewards| {
        (0..)
            .zip(rewards)
            .map(|(index, (name, points, rate, stock))| RewardDocument {
                slug: format!("reward-{index}"),
                name,
                points,
                tier: Some("gold".to_owned()),
                percent_bp: Some(rate),
                valid_days: Some(30),
                stock,
                ..RewardDocument::default()
            })
            .collect()
    })
}

fn points() -> impl Strategy<Value = PointsDocument> {
    let campaigns = prop::collection::vec((name(), factor()), 0..2);
    (
        factor(),
        0..9_i64,
        option::of(factor()),
        option::of(factor()),
        campaigns,
    )
        .prop_map(
            |(per_unit, point_value, first_purchase, weekend, campaigns)| PointsDocument {
                per_unit,
                point_value,
                first_purchase,
                weekend,
                campaigns: campaigns
                    .into_iter()
                    .map(|(name, multiplier)| CampaignDocument { name, multiplier })
                    .collect(),
                ..PointsDocument::default()
            },
        )
}

fn tiers() -> impl Strategy<Value = TiersDocument> {
    (name(), factor(), 0..10_001_u32).prop_map(|(name, multiplier, discount_bp)| {
        let tier = |slug: &str, from_points, discount_bp| TierDocument {
            slug: slug.to_owned(),
            name: name.clone(),
            from_points,
            multiplier,
            discount_bp,
            benefits: vec![name.clone()],
        };
        TiersDocument {
            basis: BasisDocument::Points,
            window_days: 365,
            grace_days: 30,
            levels: vec![tier("bronze", 0, 0), tier("gold", 1_000, discount_bp)],
        }
    })
}

fn score() -> impl Strategy<Value = ScoreDocument> {
    (1..366_u32, 1..121_u32, minor(), 0..5_001_u32).prop_map(|(days, visits, spend, weight)| {
        ScoreDocument {
            window_days: days,
            visits,
            spend,
            categories: visits.min(100),
            referrals: visits,
            weights: WeightsDocument {
                frequency_bp: weight,
                amount_bp: 5_000 - weight,
                recency_bp: 4_000,
                variety_bp: 1_000,
                referrals_bp: 0,
            },
        }
    })
}

fn badges() -> impl Strategy<Value = Vec<BadgeDocument>> {
    let challenge = option::of((day(), 0..120_u64));
    let badge = (name(), 0..6_u8, 1..18_u32, minor(), challenge);
    prop::collection::vec(badge, 0..4).prop_map(|badges| {
        let place = |(index, (name, rule, count, spend, challenge))| {
            let challenge = Option::filter(challenge, |_| rule < 4);
            let challenge =
                challenge.map(|(from, days): (NaiveDate, u64)| (from, from + Days::new(days)));
            BadgeDocument {
                slug: format!("badge-{index}"),
                name,
                visits: (rule == 0).then_some(count),
                spend: (rule == 1).then_some(spend),
                streak_days: (rule == 2).then_some(count),
                streak_weeks: (rule == 3).then_some(count),
                tried: (rule == 4).then_some(count),
                categories: (rule == 5).then(|| "a".to_owned()).into_iter().collect(),
                from: challenge.map(|(from, _)| from),
                until: challenge.map(|(_, until)| until),
                ..BadgeDocument::default()
            }
        };
        (0..).zip(badges).map(place).collect()
    })
}

pub(crate) fn document() -> BoxedStrategy<ProgramDocument> {
    let head = (
        name(),
        any::<bool>(),
        any::<bool>(),
        1..13_u32,
        0..10_001_u32,
        1..u32::MAX,
    );
    let earn = (option::of(points()), tiers(), rewards(), any::<bool>());
    let people = (option::of(score()), badges());
    (head, earn, codes(), people)
        .prop_map(|(head, earn, mut codes, (score, badges))| {
            let (points, mut tiers, rewards, is_referring) = earn;
            if score.is_some() && is_referring {
                tiers.basis = BasisDocument::Score;
                tiers.levels[1].from_points = 50;
            }
            for (code, badge) in codes.iter_mut().step_by(3).zip(&badges) {
                code.badge = Some(badge.slug.clone());
            }
            let (name, demo, compounds, max_codes, basket_cap_bp, version) = head;
            let referral = ReferralDocument {
                bonus_points: 500,
                welcome_points: 0,
                min_purchase: 1,
            };
            ProgramDocument {
                version,
                demo,
                stacking: if compounds {
                    StackingDocument::Compounding
                } else {
                    StackingDocument::Additive
                },
                max_codes,
                basket_cap_bp,
                generated_length: demo.then_some(8),
                series_key: Some("0f".repeat(32)),
                points,
                tiers: Some(tiers),
                score,
                badges,
                rewards,
                referral: is_referring.then_some(referral),
                labels: vec![LabelDocument {
                    store: Some("centro".to_owned()),
                    es: name.clone(),
                    ..LabelDocument::default()
                }],
                refunds: demo.then(|| RefundsDocument {
                    approval_from: i64::from(max_codes) * 1_000,
                    void_by: VoidByDocument::Anyone,
                    reasons: vec![ReasonDocument {
                        slug: "damaged".to_owned(),
                        es: name.clone(),
                        en: None,
                    }],
                }),
                codes,
                ..ProgramDocument::bare(&name, "COP", "America/Bogota")
            }
        })
        .boxed()
}
