//! The rules for codes.

use loyalty::code::{CodeText, MAX_CODE_CHARS};
use loyalty::money::MAX_MINOR;
use mostrador_loyalty as loyalty;

use super::super::compile::{hour, weekday};
use super::super::fault::Path;
use super::super::near::nearest;
use super::super::shape::WEEKDAYS;
use super::super::{
    CodeDocument, FreeProductDocument, OfflineDocument, SpendTierDocument, WindowDocument,
};
use super::Faults;

/// The most units of a product that one code gives.
const MOST_UNITS: i64 = 1_000;

pub(super) fn check_codes(
    faults: &mut Faults,
    path: &Path,
    codes: &[CodeDocument],
    tier_slugs: &[&str],
) {
    // Codes are the same when their normalised texts are.
    let texts: Vec<String> = codes
        .iter()
        .map(|code| CodeText::parse(&code.text).map_or(code.text.clone(), |text| text.to_string()))
        .collect();
    faults.unique(path, "text", texts.iter().map(String::as_str));
    for (index, code) in codes.iter().enumerate() {
        check_code(faults, &path.at(index), code, tier_slugs);
    }
}

fn check_code(faults: &mut Faults, path: &Path, code: &CodeDocument, tier_slugs: &[&str]) {
    if CodeText::parse(&code.text).is_none() {
        faults.add(
            path.key("text"),
            format!("{:?} cannot be a code", code.text),
            format!("write 1 to {MAX_CODE_CHARS} letters, digits and underscores"),
        );
    }
    check_values(faults, path, code);
    for (key, words) in [
        ("products", &code.products),
        ("categories", &code.categories),
        ("partners", &code.partners),
        ("stores", &code.stores),
    ] {
        for (index, word) in words.iter().enumerate() {
            faults.text(&path.key(key).at(index), word);
        }
    }
    for (index, slug) in code.customer_tiers.iter().enumerate() {
        faults.known_tier(&path.key("customer_tiers").at(index), slug, tier_slugs);
    }
    for (index, window) in code.windows.iter().enumerate() {
        check_window(faults, &path.key("windows").at(index), window);
    }
    check_offline(faults, path, code);
    if let (Some(from), Some(until)) = (code.valid_from, code.valid_until)
        && until < from
    {
        faults.add(
            path.key("valid_until"),
            format!("{until} is before valid_from {from}"),
            "write a last day that is not before the first",
        );
    }
}

/// The keys that belong to one word of `offline`.
fn check_offline(faults: &mut Faults, path: &Path, code: &CodeDocument) {
    let is = |word| code.offline == Some(word);
    if is(OfflineDocument::HomeStore) && code.home_store.is_none() {
        faults.add(
            path.key("home_store"),
            "is missing: offline is \"home_store\"".to_owned(),
            "write the slug of the store whose tills take the code",
        );
    }
    if let Some(store) = &code.home_store {
        faults.text(&path.key("home_store"), store);
    }
    if let Some(minor) = code.offline_max {
        faults.amount(&path.key("offline_max"), minor, 1);
    }
    let belongs = [
        (
            "home_store",
            code.home_store.is_some(),
            OfflineDocument::HomeStore,
        ),
        (
            "offline_max",
            code.offline_max.is_some(),
            OfflineDocument::Approval,
        ),
    ];
    for (key, is_there, word) in belongs {
        if is_there && !is(word) {
            faults.add(
                path.key(key),
                format!("says nothing: offline is not {:?}", word.as_str()),
                "remove it, or write that word",
            );
        }
    }
}

impl OfflineDocument {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::HomeStore => "home_store",
            Self::Approval => "approval",
        }
    }
}

impl CodeDocument {
    /// The keys of a benefit, and whether each is there.
    pub(super) fn gives(&self) -> [(&'static str, bool); 6] {
        [
            ("percent_bp", self.percent_bp.is_some()),
            ("fixed", self.fixed.is_some()),
            ("spend_tiers", !self.spend_tiers.is_empty()),
            ("free_product", self.free_product.is_some()),
            ("points_multiplier", self.points_multiplier.is_some()),
            ("bonus_points", self.bonus_points.is_some()),
        ]
    }
}

/// Benefit, amounts and limits, which variants may have too.
pub(super) fn check_values(faults: &mut Faults, path: &Path, code: &CodeDocument) {
    check_benefit(faults, path, code);
    faults.amount(&path.key("min_purchase"), code.min_purchase, 0);
    for (key, amount) in [("max_discount", code.max_discount), ("budget", code.budget)] {
        if let Some(minor) = amount {
            faults.amount(&path.key(key), minor, 1);
        }
    }
    faults.limit(&path.key("total_limit"), code.total_limit);
    faults.limit(&path.key("per_customer_limit"), code.per_customer_limit);
    faults.limit(&path.key("per_day_limit"), code.per_day_limit);
}

fn check_benefit(faults: &mut Faults, path: &Path, code: &CodeDocument) {
    faults.one_benefit(path, &code.gives());
    check_money_off(
        faults,
        path,
        code.percent_bp,
        code.fixed,
        code.free_product.as_ref(),
    );
    check_spend_tiers(faults, &path.key("spend_tiers"), &code.spend_tiers);
    if let Some(multiplier) = code.points_multiplier {
        faults.decimal(&path.key("points_multiplier"), multiplier);
    }
    if let Some(points) = code.bonus_points {
        faults.whole(&path.key("bonus_points"), points, 1, MAX_MINOR);
    }
}

/// The benefits that codes and rewards share.
pub(super) fn check_money_off(
    faults: &mut Faults,
    path: &Path,
    percent_bp: Option<u32>,
    fixed: Option<i64>,
    free_product: Option<&FreeProductDocument>,
) {
    if let Some(rate) = percent_bp {
        faults.rate(&path.key("percent_bp"), rate, 1);
    }
    if let Some(minor) = fixed {
        faults.amount(&path.key("fixed"), minor, 1);
    }
    if let Some(free) = free_product {
        let path = path.key("free_product");
        faults.text(&path.key("product"), &free.product);
        faults.whole(&path.key("units"), free.units.into(), 1, MOST_UNITS);
    }
}

fn check_spend_tiers(faults: &mut Faults, path: &Path, tiers: &[SpendTierDocument]) {
    let mut below: Option<i64> = None;
    for (index, tier) in tiers.iter().enumerate() {
        let path = path.at(index);
        faults.amount(&path.key("from"), tier.from, 0);
        if let Some(below) = below.filter(|below| tier.from <= *below) {
            faults.add(
                path.key("from"),
                format!("{} is not above {below}, the one before", tier.from),
                "write thresholds from the lowest to the highest",
            );
        }
        below = Some(tier.from);
        let gives = [
            ("percent_bp", tier.percent_bp.is_some()),
            ("fixed", tier.fixed.is_some()),
        ];
        faults.one_benefit(&path, &gives);
        if gives.iter().all(|(_, is)| !is) {
            faults.add(
                path.clone(),
                "gives nothing".to_owned(),
                "add percent_bp or fixed",
            );
        }
        check_money_off(faults, &path, tier.percent_bp, tier.fixed, None);
    }
}

fn check_window(faults: &mut Faults, path: &Path, window: &WindowDocument) {
    for (index, name) in window.weekdays.iter().enumerate() {
        if weekday(name).is_none() {
            let remedy = nearest(name, WEEKDAYS.iter().copied()).map_or_else(
                || format!("write one of {}", WEEKDAYS.join(", ")),
                |near| format!("did you mean {near:?}?"),
            );
            faults.add(
                path.key("weekdays").at(index),
                format!("{name:?} is no weekday"),
                remedy,
            );
        }
    }
    for (key, text) in [("from", &window.from), ("to", &window.to)] {
        if hour(text).is_none() {
            faults.add(
                path.key(key),
                format!("{text:?} is no time of day"),
                "write \"08:30\"",
            );
        }
    }
}
