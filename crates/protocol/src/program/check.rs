//! The rules that a document has to keep, whatever form it came in.

mod code;
mod derived;

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;

use loyalty::account::EARNING_DAYS_KEPT;
use loyalty::code::generated::{LONGEST, SHORTEST};
use loyalty::money::{Currency, MAX_MINOR};
use mostrador_loyalty as loyalty;

use super::adjustments::check_adjustments;
use super::badge;
use super::consent::check_consent;
use super::fault::{KeyFault, Path};
use super::label::check_labels;
use super::near::nearest;
use super::refunds::check_refunds;
use super::shape::LANGUAGES;
use super::{Fault, PointsDocument, ProgramDocument, RewardDocument, TiersDocument};

/// The most codes that a basket may be allowed.
const MOST_CODES: i64 = 20;
/// The most decimals of a multiplier or of points per unit.
const MOST_PLACES: u32 = 6;
/// The largest multiplier, and the most points for one major unit.
const MOST_FACTOR: u32 = 1_000_000;
const LONGEST_DAYS: i64 = 36_500;

impl ProgramDocument {
    /// Every fault of the document; none: it compiles.
    pub fn check(&self) -> Vec<Fault> {
        self.key_faults().into_iter().map(Fault::from).collect()
    }

    pub(super) fn key_faults(&self) -> Vec<KeyFault> {
        let mut faults = Faults::default();
        let root = Path::default();
        self.check_head(&mut faults, &root);
        if let Some(points) = &self.points {
            check_points(&mut faults, &root.key("points"), points);
        }
        if let Some(tiers) = &self.tiers {
            check_tiers(&mut faults, &root.key("tiers"), tiers);
        }
        let levels = self.tiers.iter().flat_map(|tiers| &tiers.levels);
        let tier_slugs: Vec<&str> = levels.map(|tier| tier.slug.as_str()).collect();
        self.check_rewards(&mut faults, &root.key("rewards"), &tier_slugs);
        if let Some(referral) = &self.referral {
            let path = root.key("referral");
            faults.whole(
                &path.key("bonus_points"),
                referral.bonus_points,
                0,
                MAX_MINOR,
            );
            faults.whole(
                &path.key("welcome_points"),
                referral.welcome_points,
                0,
                MAX_MINOR,
            );
            faults.amount(&path.key("min_purchase"), referral.min_purchase, 0);
        }
        check_consent(&mut faults, &root, self);
        if let Some(adjustments) = &self.adjustments {
            check_adjustments(&mut faults, &root.key("adjustments"), adjustments);
        }
        if let Some(refunds) = &self.refunds {
            check_refunds(&mut faults, &root.key("refunds"), refunds);
        }
        check_labels(&mut faults, &root.key("labels"), &self.labels);
        code::check_codes(&mut faults, &root.key("codes"), &self.codes, &tier_slugs);
        badge::check(&mut faults, &root, self);
        derived::check(&mut faults, &root, self);
        faults.found
    }

    fn check_head(&self, faults: &mut Faults, root: &Path) {
        faults.whole(
            &root.key("version"),
            self.version.into(),
            1,
            u32::MAX.into(),
        );
        faults.text(&root.key("name"), &self.name);
        if Currency::from_code(&self.currency).is_none() {
            faults.add(
                root.key("currency"),
                format!("{:?} is not a currency", self.currency),
                "write the three capital letters of ISO 4217, as in \"COP\"",
            );
        }
        if self.time_zone.parse::<chrono_tz::Tz>().is_err() {
            let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
            let remedy = nearest(&self.time_zone, names).map_or_else(
                || "write its IANA name, as in \"America/Bogota\"".to_owned(),
                |near| format!("did you mean {near:?}?"),
            );
            faults.add(
                root.key("time_zone"),
                format!("{:?} is no time zone", self.time_zone),
                remedy,
            );
        }
        if !LANGUAGES.contains(&self.language.as_str()) {
            faults.add(
                root.key("language"),
                format!("{:?} is unknown", self.language),
                format!("write one of {}", LANGUAGES.join(", ")),
            );
        }
        faults.whole(&root.key("max_codes"), self.max_codes.into(), 0, MOST_CODES);
        faults.rate(&root.key("basket_cap_bp"), self.basket_cap_bp, 0);
        if let Some(length) = self.generated_length {
            let path = root.key("generated_length");
            faults.whole(&path, length.into(), SHORTEST.into(), LONGEST.into());
        }
    }

    fn check_rewards(&self, faults: &mut Faults, path: &Path, tier_slugs: &[&str]) {
        let slugs = self.rewards.iter().map(|reward| reward.slug.as_str());
        faults.unique(path, "slug", slugs);
        for (index, reward) in self.rewards.iter().enumerate() {
            check_reward(faults, &path.at(index), reward, tier_slugs);
        }
    }
}

fn check_points(faults: &mut Faults, path: &Path, points: &PointsDocument) {
    faults.decimal(&path.key("per_unit"), points.per_unit);
    faults.whole(
        &path.key("lifetime_days"),
        points.lifetime_days.into(),
        1,
        LONGEST_DAYS,
    );
    faults.whole(
        &path.key("pending_days"),
        points.pending_days.into(),
        0,
        points.lifetime_days.into(),
    );
    faults.whole(
        &path.key("minimum_redeem"),
        points.minimum_redeem,
        1,
        MAX_MINOR,
    );
    if let Some(most) = points.offline_points {
        faults.whole(&path.key("offline_points"), most, 0, MAX_MINOR);
    }
    faults.amount(&path.key("point_value"), points.point_value, 0);
    for (key, factor) in [
        ("first_purchase", points.first_purchase),
        ("weekend", points.weekend),
    ] {
        if let Some(factor) = factor {
            faults.decimal(&path.key(key), factor);
        }
    }
    for (index, campaign) in points.campaigns.iter().enumerate() {
        let path = path.key("campaigns").at(index);
        faults.text(&path.key("name"), &campaign.name);
        faults.decimal(&path.key("multiplier"), campaign.multiplier);
    }
}

fn check_tiers(faults: &mut Faults, path: &Path, tiers: &TiersDocument) {
    let longest = i64::try_from(EARNING_DAYS_KEPT).unwrap_or(LONGEST_DAYS);
    faults.whole(
        &path.key("window_days"),
        tiers.window_days.into(),
        1,
        longest,
    );
    let days = i64::from(tiers.window_days) + i64::from(tiers.grace_days);
    if days > longest && i64::from(tiers.window_days) <= longest {
        faults.add(
            path.key("grace_days"),
            format!("window and grace are {days} days together"),
            format!("write at most {longest} for both together"),
        );
    }
    let levels = path.key("levels");
    if tiers.levels.is_empty() {
        faults.add(
            levels.clone(),
            "there is no level".to_owned(),
            "add [[tiers.levels]] with from_points = 0, or remove [tiers]",
        );
    }
    faults.unique(
        &levels,
        "slug",
        tiers.levels.iter().map(|tier| tier.slug.as_str()),
    );
    let mut below: Option<i64> = None;
    for (index, tier) in tiers.levels.iter().enumerate() {
        let path = levels.at(index);
        faults.slug(&path.key("slug"), &tier.slug);
        faults.text(&path.key("name"), &tier.name);
        faults.decimal(&path.key("multiplier"), tier.multiplier);
        faults.rate(&path.key("discount_bp"), tier.discount_bp, 0);
        match below {
            None if tier.from_points != 0 => faults.add(
                path.key("from_points"),
                format!("the lowest level begins at {}", tier.from_points),
                "write 0: everybody has the lowest level",
            ),
            Some(below) if tier.from_points <= below => faults.add(
                path.key("from_points"),
                format!(
                    "{} is not above {below}, the level before",
                    tier.from_points
                ),
                "write levels from the lowest to the highest",
            ),
            _ => {}
        }
        below = Some(tier.from_points);
    }
}

fn check_reward(faults: &mut Faults, path: &Path, reward: &RewardDocument, tier_slugs: &[&str]) {
    faults.slug(&path.key("slug"), &reward.slug);
    faults.text(&path.key("name"), &reward.name);
    faults.whole(&path.key("points"), reward.points, 1, MAX_MINOR);
    if let Some(tier) = &reward.tier {
        faults.known_tier(&path.key("tier"), tier, tier_slugs);
    }
    let gives = [
        ("percent_bp", reward.percent_bp.is_some()),
        ("fixed", reward.fixed.is_some()),
        ("free_product", reward.free_product.is_some()),
    ];
    faults.one_benefit(path, &gives);
    code::check_money_off(
        faults,
        path,
        reward.percent_bp,
        reward.fixed,
        reward.free_product.as_ref(),
    );
    let lists = [
        ("products", &reward.products),
        ("categories", &reward.categories),
    ];
    for (key, words) in lists {
        for (index, word) in words.iter().enumerate() {
            faults.text(&path.key(key).at(index), word);
        }
    }
    if let Some(days) = reward.valid_days {
        faults.whole(&path.key("valid_days"), days.into(), 1, LONGEST_DAYS);
    }
    faults.limit(&path.key("per_customer_limit"), reward.per_customer_limit);
    faults.limit(&path.key("stock"), reward.stock);
}

/// Faults as they are found, and the questions that many keys share.
#[derive(Debug, Default)]
pub(super) struct Faults {
    found: Vec<KeyFault>,
}

impl Faults {
    pub(super) fn add(&mut self, path: Path, what: String, remedy: impl Into<String>) {
        let remedy = remedy.into();
        self.found.push(KeyFault { path, what, remedy });
    }

    pub(super) fn text(&mut self, path: &Path, text: &str) {
        if text.trim().is_empty() {
            self.add(path.clone(), "is empty".to_owned(), "write a text");
        }
    }

    /// Slugs are written to entries and URLs: lower case ASCII letters, digits, dashes, underscores.
    pub(super) fn slug(&mut self, path: &Path, slug: &str) {
        let is_fine = |sign: char| {
            sign.is_ascii_lowercase() || sign.is_ascii_digit() || matches!(sign, '-' | '_')
        };
        if slug.is_empty() || !slug.chars().all(is_fine) {
            self.add(
                path.clone(),
                format!("{slug:?} is no slug"),
                "write lower case letters, digits, dashes and underscores",
            );
        }
    }

    pub(super) fn whole(&mut self, path: &Path, number: i64, least: i64, most: i64) {
        if !(least..=most).contains(&number) {
            self.add(
                path.clone(),
                format!("{number} is out of bounds"),
                format!("write a whole number from {least} to {most}"),
            );
        }
    }

    pub(super) fn amount(&mut self, path: &Path, minor: i64, least: i64) {
        if !(least..=MAX_MINOR).contains(&minor) {
            self.add(
                path.clone(),
                format!("{minor} is out of bounds"),
                format!("write minor units from {least} to {MAX_MINOR}: 50000 is 500.00"),
            );
        }
    }

    fn rate(&mut self, path: &Path, rate: u32, least: u32) {
        if !(least..=10_000).contains(&rate) {
            let what = if rate > 10_000 {
                format!("{rate} is more than 100 %")
            } else {
                format!("{rate} gives nothing")
            };
            self.add(
                path.clone(),
                what,
                format!("write basis points from {least} to 10000: 1000 is 10 %"),
            );
        }
    }

    fn decimal(&mut self, path: &Path, number: Decimal) {
        if number <= Decimal::ZERO || number > Decimal::from(MOST_FACTOR) {
            self.add(
                path.clone(),
                format!("{number} is out of bounds"),
                format!("write a number above 0 and at most {MOST_FACTOR}"),
            );
        } else if number.normalize().scale() > MOST_PLACES {
            self.add(
                path.clone(),
                format!("{number} has too many decimals"),
                format!("write at most {MOST_PLACES} decimals"),
            );
        }
    }

    fn limit(&mut self, path: &Path, limit: Option<u64>) {
        if limit == Some(0) {
            self.add(
                path.clone(),
                "0 allows nothing".to_owned(),
                "write at least 1, or leave it out for no limit",
            );
        }
    }

    pub(super) fn unique<'k>(
        &mut self,
        list: &Path,
        key: &str,
        values: impl Iterator<Item = &'k str>,
    ) {
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, value) in values.enumerate() {
            if let Some(first) = first.get(value) {
                self.add(
                    list.at(index).key(key),
                    format!("{value:?} is already {}", list.at(*first)),
                    "give it another one, or remove one of the two",
                );
            } else {
                first.insert(value, index);
            }
        }
    }

    fn known_tier(&mut self, path: &Path, slug: &str, known: &[&str]) {
        self.known(path, ("tier", "[tiers]"), slug, known);
    }

    /// `what` is a noun, with the section that lists what it names.
    pub(super) fn known(
        &mut self,
        path: &Path,
        (what, section): (&str, &str),
        slug: &str,
        known: &[&str],
    ) {
        if known.contains(&slug) {
            return;
        }
        let remedy = match nearest(slug, known.iter().copied()) {
            Some(near) => format!("did you mean {near:?}?"),
            None if known.is_empty() => format!("add it under {section}, or remove it"),
            None => format!("write one of {}", known.join(", ")),
        };
        self.add(path.clone(), format!("there is no {what} {slug:?}"), remedy);
    }

    fn one_benefit(&mut self, path: &Path, gives: &[(&str, bool)]) {
        self.one_of(path, gives, "keep one of them: a benefit is one thing");
    }

    pub(super) fn one_rule(&mut self, path: &Path, rules: &[(&str, bool)]) {
        self.one_of(path, rules, "keep one of them, or make two badges");
    }

    fn one_of(&mut self, path: &Path, gives: &[(&str, bool)], remedy: &str) {
        let chosen: Vec<&str> = gives
            .iter()
            .filter(|(_, is)| *is)
            .map(|(key, _)| *key)
            .collect();
        if let [_, second, ..] = chosen.as_slice() {
            self.add(
                path.key(second),
                format!("{} stand together", list(&chosen)),
                remedy,
            );
        }
    }
}

fn list(words: &[impl fmt::Display]) -> String {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    words.join(" and ")
}
