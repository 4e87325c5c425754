//! What bounds a code: where it applies, how often, and what was used of that before.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime, Weekday};
use mostrador_loyalty as loyalty;
use proptest::prelude::*;
use uuid::Uuid;

use loyalty::code::{Limits, Restrictions, Window};
use loyalty::customer::CodeUse;
use loyalty::money::Amount;

use super::program::{HOURS_MIN, at};
use super::{day, prices};

/// Most codes apply everywhere, to everybody and always; each restriction is there now and then.
pub(super) fn restrictions() -> impl Strategy<Value = Restrictions> {
    let goods = (
        some(0.06, &["p0", "p1"]),
        some(0.25, &["a", "b", "c"]),
        some(0.06, &["finca", "resort"]),
    );
    let people = (
        prop::bool::weighted(0.04),
        some(0.04, &["silver", "gold"]),
        prop::bool::weighted(0.04),
        prop::bool::weighted(0.04),
    );
    let windows = prop::collection::vec(window(), 1..3);
    let windows = prop::option::weighted(0.09, windows);
    (goods, people, some(0.05, &["centro"]), windows)
        .prop_map(
            |(
                (products, categories, partners),
                (is_personal, tiers, is_first, for_badge),
                stores,
                windows,
            )| {
                let customers = is_personal.then(|| Uuid::from_u128(1));
                Restrictions {
                    products,
                    categories,
                    partners,
                    stores,
                    customers: customers.into_iter().collect(),
                    tiers,
                    windows: windows.unwrap_or_default(),
                    badge: for_badge.then(|| "regular".to_owned()),
                    first_purchase_only: is_first,
                }
            },
        )
        .boxed()
}

/// With this chance, one or two of the words.
fn some(chance: f64, words: &'static [&'static str]) -> impl Strategy<Value = BTreeSet<String>> {
    let chosen = prop::sample::subsequence(words, 1..=2.min(words.len()));
    prop::option::weighted(chance, chosen).prop_map(|words| {
        let words = words.unwrap_or_default();
        words.into_iter().map(str::to_owned).collect()
    })
}

/// Over midnight as often as not.
fn window() -> impl Strategy<Value = Window> {
    use Weekday::{Fri, Sat, Sun, Thu};
    let weekdays = prop::sample::subsequence(vec![Thu, Fri, Sat, Sun], 0..4);
    let hour = || prop::sample::select(HOURS_MIN.to_vec()).prop_map(time);
    (weekdays, hour(), hour())
        .prop_map(|(weekdays, from, to)| Window { weekdays, from, to })
        .boxed()
}

fn time(minute: u32) -> NaiveTime {
    at(day(0), minute).time()
}

/// First and last day around the days of the sales.
pub(super) fn validity() -> impl Strategy<Value = (Option<NaiveDate>, Option<NaiveDate>)> {
    let from = prop::option::weighted(0.06, (0..5_u64).prop_map(day));
    let until = prop::option::weighted(0.06, (2..7_u64).prop_map(day));
    (from, until)
}

/// Limits, and uses that are one short of them, at them, or beyond; a budget near its end.
pub(super) fn limits() -> impl Strategy<Value = (Limits, CodeUse)> {
    let near = || prop::option::weighted(0.06, (1..4_u64, 0..3_u64));
    let budget = prop::option::weighted(0.2, (prices(), prices(), 0..6_u32));
    (near(), near(), near(), budget)
        .prop_map(|(total, customer, per_day, budget)| {
            let used =
                |near: Option<(u64, u64)>| near.map_or(0, |(limit, up)| limit - 1 + up.min(1));
            let limit = |near: Option<(u64, u64)>| near.map(|(limit, _)| limit);
            let (budget, spent) = budget.map_or((None, Amount::ZERO), |(whole, left, spent)| {
                let more = if spent == 0 { whole } else { Amount::ZERO };
                (Some(whole.saturating_add(left)), whole.saturating_add(more))
            });
            let limits = Limits {
                total: limit(total),
                per_customer: limit(customer),
                per_day: limit(per_day),
                budget,
            };
            let used = CodeUse {
                total: used(total),
                by_customer: used(customer),
                today: used(per_day),
                discount: spent,
                right: None,
            };
            (limits, used)
        })
        .boxed()
}
