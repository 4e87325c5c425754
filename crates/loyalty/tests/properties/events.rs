//! Keeps the drawn sales honest: a property over sales in which nothing happens would show nothing.

use std::collections::BTreeMap;

use mostrador_loyalty as loyalty;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::draw::{Sale, sale};
use loyalty::code::{Benefit, Code, CodeKind};
use loyalty::program::Stacking;
use loyalty::quote::{AcceptedCode, Quote};
use loyalty::refusal::Refusal;

/// How many sales are drawn, and in how many of them at least each event occurs.
const SALES: usize = 1_000;
const OFTEN: usize = 15;

/// Every event but `lease_required`, which the till gives and not the quote.
const EVENTS: &str = "\
refused: bad_check_sign, refused: unknown_code, refused: inactive, refused: not_started,
refused: expired, refused: outside_hours, refused: wrong_store, refused: customer_required,
refused: wrong_customer, refused: tier_too_low, refused: badge_required,
refused: not_first_purchase, refused: own_code,
refused: already_applied, refused: no_eligible_line, refused: minimum_not_met,
refused: total_limit_reached, refused: customer_limit_reached, refused: day_limit_reached,
refused: budget_spent, refused: stack_limit, refused: not_stackable,
meant code said, limit of the parent reached,
cut: max_discount, cut: budget, cut: nothing_left, cut: basket_cap, cut: floor, two bounds cut,
note: no_effect, note: truncated,
gives: tracking, gives: percent, gives: fixed, gives: spend_tiers, gives: free_product,
gives: points_multiplier, gives: bonus_points, gives: reward,
variant assigned, variant or member scanned, next step, in an open window, minimum met,
one use before a limit, budget of the parent cut,
additive, compounding, tier discount, tier discount and percent, best set is better,
best set of three, three discounts, six codes, twelve codes allowed, ten codes scanned,
free line, fraction of a unit, floor of a line, floor above the price, line not discountable,
line without points, nobody identified, points earned, points at zero by a factor,
three factors, tender that earns nothing, empty basket";

#[test]
fn in_drawn_sales_everything_happens() {
    let mut runner = TestRunner::deterministic();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..SALES {
        let sale = sale().new_tree(&mut runner).expect("a sale").current();
        let quote = sale.quote(&sale.scanned);
        let mut events = events(&sale, &quote);
        events.sort_unstable();
        events.dedup();
        for event in events {
            *found.entry(event).or_default() += 1;
        }
    }
    let count = |event: &str| found.get(event).copied().unwrap_or(0);
    let names: Vec<&str> = EVENTS.split(',').map(str::trim).collect();
    let counts = names
        .iter()
        .map(|event| format!("{:>5}  {event}", count(event)));
    let counts: Vec<String> = counts.collect();
    eprintln!("events in {SALES} drawn sales:\n{}", counts.join("\n"));
    let rare = names.iter().filter(|event| count(event) < OFTEN);
    assert_eq!(rare.collect::<Vec<_>>(), Vec::<&&str>::new());
    let unlisted = found
        .keys()
        .filter(|event| !names.contains(&event.as_str()));
    assert_eq!(unlisted.collect::<Vec<_>>(), Vec::<&String>::new());
}

fn events(sale: &Sale, quote: &Quote) -> Vec<String> {
    let mut events = Vec::new();
    for refused in &quote.refused {
        events.push(format!("refused: {}", refused.refusal.code()));
        events.extend(of_refusal(sale, &refused.refusal, &refused.text));
    }
    for accepted in &quote.accepted {
        of_accepted(sale, accepted, &mut events);
    }
    let is = of_quote(sale, quote)
        .into_iter()
        .chain(of_basket(sale, quote));
    events.extend(is.filter(|(is, _)| *is).map(|(_, event)| event.to_owned()));
    events
}

fn of_refusal(sale: &Sale, refusal: &Refusal, text: &loyalty::code::CodeText) -> Option<String> {
    if let Refusal::BadCheckSign { did_you_mean } = refusal {
        return did_you_mean.is_some().then(|| "meant code said".to_owned());
    }
    let parent = sale.resolve(text)?.parent?;
    let limit = match refusal {
        Refusal::TotalLimitReached { limit } => (*limit, parent.limits.total),
        Refusal::CustomerLimitReached { limit } => (*limit, parent.limits.per_customer),
        Refusal::DayLimitReached { limit } => (*limit, parent.limits.per_day),
        _ => return None,
    };
    (Some(limit.0) == limit.1).then(|| "limit of the parent reached".to_owned())
}

fn of_accepted(sale: &Sale, accepted: &AcceptedCode, events: &mut Vec<String>) {
    let code = sale.program.code(&accepted.text).expect("an accepted code");
    let parent = accepted
        .parent
        .as_ref()
        .and_then(|parent| sale.program.code(parent));
    events.push(format!("gives: {}", benefit(code)));
    events.extend(
        accepted
            .cuts
            .iter()
            .map(|cut| format!("cut: {}", cut.by.code())),
    );
    events.extend(
        accepted
            .note
            .as_ref()
            .map(|note| format!("note: {}", note.code())),
    );
    let is_cut_by_budget = accepted.cuts.iter().any(|cut| cut.by.code() == "budget");
    let used = sale
        .usage
        .codes
        .get(&accepted.text)
        .copied()
        .unwrap_or_default();
    let is = [
        (accepted.kind == CodeKind::Reward, "gives: reward"),
        (accepted.cuts.len() > 1, "two bounds cut"),
        (accepted.assigned, "variant assigned"),
        (
            parent.is_some() && !accepted.assigned,
            "variant or member scanned",
        ),
        (accepted.next_step.is_some(), "next step"),
        (!code.restrictions.windows.is_empty(), "in an open window"),
        (!code.min_purchase.is_zero(), "minimum met"),
        (
            code.limits.total == Some(used.total + 1),
            "one use before a limit",
        ),
        (
            is_cut_by_budget && code.limits.budget.is_none() && parent.is_some(),
            "budget of the parent cut",
        ),
    ];
    events.extend(
        is.iter()
            .filter(|(is, _)| *is)
            .map(|(_, event)| (*event).to_owned()),
    );
}

const fn benefit(code: &Code) -> &'static str {
    match code.benefit {
        Benefit::Tracking => "tracking",
        Benefit::Percent(_) => "percent",
        Benefit::Fixed(_) => "fixed",
        Benefit::SpendTiers(_) => "spend_tiers",
        Benefit::FreeProduct { .. } => "free_product",
        Benefit::PointsMultiplier(_) => "points_multiplier",
        Benefit::BonusPoints(_) => "bonus_points",
    }
}

fn of_quote(sale: &Sale, quote: &Quote) -> Vec<(bool, &'static str)> {
    let discounts = quote
        .accepted
        .iter()
        .filter(|code| !code.amount.is_zero())
        .count();
    let points = quote.points.as_ref();
    let is_compounding = sale.program.stacking == Stacking::Compounding;
    vec![
        (!is_compounding && discounts > 1, "additive"),
        (is_compounding && discounts > 1, "compounding"),
        (quote.tier_discount.is_some(), "tier discount"),
        (
            quote.tier_discount.is_some() && discounts > 0,
            "tier discount and percent",
        ),
        (!quote.best_set.gain.is_zero(), "best set is better"),
        (quote.best_set.codes.len() > 2, "best set of three"),
        (discounts > 2, "three discounts"),
        (quote.accepted.len() > 5, "six codes"),
        (sale.program.max_codes == 12, "twelve codes allowed"),
        (sale.scanned.len() > 9, "ten codes scanned"),
        (sale.customer.is_none(), "nobody identified"),
        (
            points.is_some_and(|points| points.total > 0),
            "points earned",
        ),
        (
            points.is_some_and(|points| points.floored == 0 && points.base.minor() > 10_000),
            "points at zero by a factor",
        ),
        (
            points.is_some_and(|points| points.factors.len() > 2),
            "three factors",
        ),
        (!sale.tender.is_zero(), "tender that earns nothing"),
    ]
}

fn of_basket(sale: &Sale, quote: &Quote) -> Vec<(bool, &'static str)> {
    let lines = &sale.basket.lines;
    let whole = |value: rust_decimal::Decimal| value == value.trunc();
    vec![
        (
            quote.lines.iter().any(|line| line.gross.is_zero()),
            "free line",
        ),
        (
            lines.iter().any(|line| !whole(line.quantity.value())),
            "fraction of a unit",
        ),
        (
            lines.iter().any(|line| !line.floor.is_zero()),
            "floor of a line",
        ),
        (
            lines.iter().any(|line| line.floor > line.unit_price),
            "floor above the price",
        ),
        (
            lines.iter().any(|line| !line.discountable),
            "line not discountable",
        ),
        (
            lines.iter().any(|line| !line.earns_points),
            "line without points",
        ),
        (lines.is_empty(), "empty basket"),
    ]
}
