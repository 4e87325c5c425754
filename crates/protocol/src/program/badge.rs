//! Badges and the score as a program writes them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use loyalty::badge::{Badge, BadgeRule, LONGEST_DAYS, LONGEST_WEEKS, Period};
use loyalty::code::CodeText;
use loyalty::money::{BasisPoints, MAX_MINOR};
use loyalty::score::{HIGHEST, ScoreRules, Weights};
use mostrador_loyalty as loyalty;
use serde::{Deserialize, Serialize};

use super::check::Faults;
use super::compile::amount;
use super::default;
use super::fault::Path;
use super::{BasisDocument, ProgramDocument};

/// The most badges of a program: a person looks at them all.
const MOST_BADGES: usize = 50;

/// `[[badges]]`. Exactly one of `visits`, `spend`, `streak_days`, `streak_weeks`, `tried`, `categories`,
/// `code` with `uses`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BadgeDocument {
    /// Stable slug.
    pub slug: String,
    /// What a person reads.
    pub name: String,
    /// So many purchases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visits: Option<u32>,
    /// So much paid, minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spend: Option<i64>,
    /// Purchases on so many days in a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streak_days: Option<u32>,
    /// Purchases in so many weeks in a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streak_weeks: Option<u32>,
    /// So many different categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<u32>,
    /// Each of these categories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// A code that was used `uses` times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// How often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// The first day that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// The last day that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// Points that come with it.
    #[serde(default)]
    pub bonus_points: i64,
}

/// `[score]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreDocument {
    /// Length of the window.
    #[serde(default = "default::score_days")]
    pub window_days: u32,
    /// Days with a purchase for the full frequency.
    pub visits: u32,
    /// Money for the full amount, minor units.
    pub spend: i64,
    /// Categories for the full variety.
    pub categories: u32,
    /// Customers brought for the full referrals.
    pub referrals: u32,
    /// What each part counts for.
    pub weights: WeightsDocument,
}

/// `weights` of `[score]`, basis points that sum to 10000.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_field_names,
    reason = "keys of rates end in their unit, as docs/program.md says"
)]
pub struct WeightsDocument {
    /// How often.
    #[serde(default)]
    pub frequency_bp: u32,
    /// How much.
    #[serde(default)]
    pub amount_bp: u32,
    /// How lately.
    #[serde(default)]
    pub recency_bp: u32,
    /// How varied.
    #[serde(default)]
    pub variety_bp: u32,
    /// Whom they brought.
    #[serde(default)]
    pub referrals_bp: u32,
}

impl BadgeDocument {
    /// The badge; `None` for one that `check` does not let by.
    pub(super) fn compile(&self) -> Option<Badge> {
        let used = || {
            Some(BadgeRule::CodeUsed {
                code: CodeText::parse(self.code.as_deref()?)?,
                times: self.uses?,
            })
        };
        let all = || {
            let all: BTreeSet<String> = self.categories.iter().cloned().collect();
            (!all.is_empty()).then_some(BadgeRule::Categories(all))
        };
        let rule = None
            .or(self.visits.map(BadgeRule::Visits))
            .or(self.spend.map(|spend| BadgeRule::Spend(amount(spend))))
            .or(self.streak_days.map(BadgeRule::StreakDays))
            .or(self.streak_weeks.map(BadgeRule::StreakWeeks))
            .or(self.tried.map(BadgeRule::Tried))
            .or_else(all)
            .or_else(used)?;
        Some(Badge {
            slug: self.slug.clone(),
            name: self.name.clone(),
            rule,
            period: Period {
                from: self.from,
                until: self.until,
            },
            bonus_points: self.bonus_points,
        })
    }

    fn rules(&self) -> [(&'static str, bool); 7] {
        [
            ("visits", self.visits.is_some()),
            ("spend", self.spend.is_some()),
            ("streak_days", self.streak_days.is_some()),
            ("streak_weeks", self.streak_weeks.is_some()),
            ("tried", self.tried.is_some()),
            ("categories", !self.categories.is_empty()),
            ("code", self.code.is_some()),
        ]
    }
}

impl ScoreDocument {
    /// The rules.
    pub(super) fn compile(&self) -> ScoreRules {
        let weights = &self.weights;
        ScoreRules {
            window_days: self.window_days,
            visits: self.visits,
            spend: amount(self.spend),
            categories: self.categories,
            referrals: self.referrals,
            weights: Weights {
                frequency: BasisPoints(weights.frequency_bp),
                amount: BasisPoints(weights.amount_bp),
                recency: BasisPoints(weights.recency_bp),
                variety: BasisPoints(weights.variety_bp),
                referrals: BasisPoints(weights.referrals_bp),
            },
        }
    }
}

pub(super) fn check(faults: &mut Faults, root: &Path, document: &ProgramDocument) {
    if let Some(score) = &document.score {
        check_score(faults, &root.key("score"), score);
    }
    check_basis(faults, root, document);
    let list = root.key("badges");
    if document.badges.len() > MOST_BADGES {
        faults.add(
            list.clone(),
            format!("there are {} badges", document.badges.len()),
            format!("keep at most {MOST_BADGES}"),
        );
    }
    let slugs = || document.badges.iter().map(|badge| badge.slug.as_str());
    faults.unique(&list, "slug", slugs());
    for (index, badge) in document.badges.iter().enumerate() {
        check_badge(faults, &list.at(index), (badge, document));
    }
    check_codes_of_badges(faults, &list, document);
    let known: Vec<&str> = slugs().collect();
    for (index, code) in document.codes.iter().enumerate() {
        if let Some(badge) = &code.badge {
            let path = root.key("codes").at(index).key("badge");
            faults.known(&path, ("badge", "[[badges]]"), badge, &known);
        }
    }
}

/// A badge for uses of a code names one of the program, or a variant.
fn check_codes_of_badges(faults: &mut Faults, list: &Path, document: &ProgramDocument) {
    let texts = document.codes.iter().flat_map(|code| {
        let variants = code.variants.iter().map(|variant| &variant.text);
        std::iter::once(&code.text).chain(variants)
    });
    let texts = texts.filter_map(|text| CodeText::parse(text));
    let known: BTreeSet<String> = texts.map(|text| text.to_string()).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    for (index, badge) in document.badges.iter().enumerate() {
        if let Some(text) = badge.code.as_deref().and_then(CodeText::parse) {
            let path = list.at(index).key("code");
            faults.known(&path, ("code", "[[codes]]"), text.as_str(), &known);
        }
    }
}

fn check_score(faults: &mut Faults, path: &Path, score: &ScoreDocument) {
    let longest = i64::try_from(LONGEST_DAYS).unwrap_or(i64::MAX);
    faults.whole(&path.key("window_days"), score.window_days.into(), 1, 365);
    let targets = [
        ("visits", score.visits, longest),
        ("categories", score.categories, 100),
        ("referrals", score.referrals, 1_000),
    ];
    for (key, target, most) in targets {
        faults.whole(&path.key(key), target.into(), 1, most);
    }
    faults.amount(&path.key("spend"), score.spend, 1);
    let weights = &score.weights;
    let all = [
        weights.frequency_bp,
        weights.amount_bp,
        weights.recency_bp,
        weights.variety_bp,
        weights.referrals_bp,
    ];
    let sum: u64 = all.iter().map(|weight| u64::from(*weight)).sum();
    if sum != 10_000 {
        faults.add(
            path.key("weights"),
            format!("the weights are {sum} together"),
            "write basis points that sum to 10000, which is 100 %",
        );
    }
}

fn check_basis(faults: &mut Faults, root: &Path, document: &ProgramDocument) {
    let Some(tiers) = &document.tiers else { return };
    if tiers.basis != BasisDocument::Score {
        return;
    }
    let path = root.key("tiers");
    if document.score.is_none() {
        faults.add(
            path.key("basis"),
            "there is no score".to_owned(),
            "add [score], or write basis = \"points\"",
        );
    }
    for (index, level) in tiers.levels.iter().enumerate() {
        let path = path.key("levels").at(index).key("from_points");
        faults.whole(&path, level.from_points, 0, HIGHEST);
    }
}

fn check_badge(
    faults: &mut Faults,
    path: &Path,
    (badge, document): (&BadgeDocument, &ProgramDocument),
) {
    faults.slug(&path.key("slug"), &badge.slug);
    faults.text(&path.key("name"), &badge.name);
    let rules = badge.rules();
    faults.one_rule(path, &rules);
    if rules.iter().all(|(_, is)| !is) {
        faults.add(
            path.clone(),
            "nothing earns it".to_owned(),
            "add one of visits, spend, streak_days, streak_weeks, tried, categories, code",
        );
    }
    check_rule(faults, path, badge);
    check_period(faults, path, badge);
    faults.whole(&path.key("bonus_points"), badge.bonus_points, 0, MAX_MINOR);
    if badge.bonus_points > 0 && document.points.is_none() {
        faults.add(
            path.key("bonus_points"),
            "there are no points".to_owned(),
            "add [points], or remove it",
        );
    }
}

fn check_rule(faults: &mut Faults, path: &Path, badge: &BadgeDocument) {
    let bound = |most: usize| i64::try_from(most).unwrap_or(i64::MAX);
    let counts = [
        ("visits", badge.visits, i64::from(u32::MAX)),
        ("streak_days", badge.streak_days, bound(LONGEST_DAYS)),
        ("streak_weeks", badge.streak_weeks, bound(LONGEST_WEEKS)),
        ("tried", badge.tried, 100),
        ("uses", badge.uses, i64::from(u32::MAX)),
    ];
    for (key, count, most) in counts {
        if let Some(count) = count {
            faults.whole(&path.key(key), count.into(), 1, most);
        }
    }
    if let Some(spend) = badge.spend {
        faults.amount(&path.key("spend"), spend, 1);
    }
    if badge.code.is_some() != badge.uses.is_some() {
        let (missing, there) = if badge.code.is_some() {
            ("uses", "code")
        } else {
            ("code", "uses")
        };
        faults.add(
            path.key(there),
            format!("stands without {missing}"),
            format!("add {missing}, or remove {there}"),
        );
    }
    let text = badge.code.as_ref();
    if let Some(text) = text.filter(|text| CodeText::parse(text).is_none()) {
        faults.add(
            path.key("code"),
            format!("{text:?} cannot be a code"),
            "write the text of a code",
        );
    }
}

fn check_period(faults: &mut Faults, path: &Path, badge: &BadgeDocument) {
    let (Some(from), until) = (badge.from.or(badge.until), badge.until) else {
        return;
    };
    let is_dated = badge.visits.is_some()
        || badge.spend.is_some()
        || badge.streak_days.is_some()
        || badge.streak_weeks.is_some();
    let key = if badge.from.is_some() {
        "from"
    } else {
        "until"
    };
    if !is_dated {
        faults.add(
            path.key(key),
            "categories and codes have no days".to_owned(),
            "use it with visits, spend, streak_days or streak_weeks",
        );
    }
    let longest = i64::try_from(LONGEST_DAYS).unwrap_or(i64::MAX);
    if let Some(until) = until.filter(|until| *until < from) {
        faults.add(
            path.key("until"),
            format!("{until} is before {from}"),
            "write the last day, which is inside",
        );
    }
    let days = until.map_or(0, |until| until.signed_duration_since(from).num_days());
    if badge.from.is_none() || badge.until.is_none() || days >= longest {
        faults.add(
            path.key(key),
            "a challenge needs a beginning and an end".to_owned(),
            format!("write from and until, at most {longest} days"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::program::fault_test::check;

    const SCORE: &str = "[score]\nvisits = 12\nspend = 300000\ncategories = 4\nreferrals = 3\n";

    #[test]
    fn weights_are_one_hundred_percent_together() {
        let weights = "weights = { frequency_bp = 5000, recency_bp = 5000 }";
        check(&format!("{SCORE}{weights}"), &[]);
        let weights = "weights = { frequency_bp = 5000, recency_bp = 4999 }";
        check(
            &format!("{SCORE}{weights}"),
            &["score.weights: the weights are 9999"],
        );
        check(
            "[score]\nvisits = 0\nspend = 0\ncategories = 101\nreferrals = 1\nwindow_days = 366\n\
             weights = { amount_bp = 10000 }",
            &[
                "score.visits",
                "score.spend",
                "score.categories",
                "score.window_days",
            ],
        );
    }

    #[test]
    fn tiers_by_score_need_one_and_begin_below_one_hundred() {
        let tiers = "[tiers]\nbasis = \"score\"\nlevels = [{ slug = \"a\", name = \"A\", from_points = 0 }, \
                     { slug = \"b\", name = \"B\", from_points = 101 }]";
        check(
            tiers,
            &[
                "tiers.basis: there is no score",
                "tiers.levels[2].from_points",
            ],
        );
        let weights = "weights = { frequency_bp = 10000 }\n";
        let fine = tiers.replace("101", "100");
        check(&format!("{SCORE}{weights}{fine}"), &[]);
    }

    #[test]
    fn a_badge_has_one_rule_that_can_be_met() {
        let badge = |rule: &str| format!("[[badges]]\nslug = \"a\"\nname = \"A\"\n{rule}");
        check(&badge("visits = 10"), &[]);
        check(&badge(""), &["badges[1]: nothing earns it"]);
        check(
            &badge("visits = 10\nspend = 5"),
            &["badges[1].spend: visits and spend stand together"],
        );
        check(
            &badge("streak_weeks = 18"),
            &["badges[1].streak_weeks: 18 is out of bounds"],
        );
        check(
            &badge("streak_days = 0"),
            &["badges[1].streak_days: 0 is out of bounds"],
        );
        check(
            &badge("uses = 3"),
            &["nothing earns it", "badges[1].uses: stands without code"],
        );
        check(
            &badge("tried = 3\nbonus_points = 5"),
            &["badges[1].bonus_points: there are no points"],
        );
        let code = "[[codes]]\ntext = \"VERANO10\"\npercent_bp = 1000\n";
        check(
            &badge(&format!("code = \"verano-10\"\nuses = 3\n{code}")),
            &[],
        );
        check(
            &badge(&format!("code = \"VERANO1\"\nuses = 3\n{code}")),
            &["there is no code \"VERANO1\"; did you mean \"VERANO10\"?"],
        );
    }

    #[test]
    fn a_challenge_has_a_beginning_and_an_end_and_counts_purchases() {
        let badge = |rule: &str| format!("[[badges]]\nslug = \"a\"\nname = \"A\"\n{rule}");
        let days = |from: &str, until: &str| format!("\nfrom = \"{from}\"\nuntil = \"{until}\"");
        let visits = |days: &str| badge(&format!("visits = 5{days}"));
        check(&visits(&days("2026-12-01", "2026-12-31")), &[]);
        check(
            &visits("\nfrom = \"2026-12-01\""),
            &["badges[1].from: a challenge needs"],
        );
        check(
            &visits(&days("2026-01-01", "2026-12-31")),
            &["badges[1].from: a challenge needs"],
        );
        check(
            &visits(&days("2026-12-31", "2026-12-01")),
            &["badges[1].until: 2026-12-01 is before"],
        );
        let tried = format!("tried = 5{}", days("2026-12-01", "2026-12-31"));
        check(
            &badge(&tried),
            &["badges[1].from: categories and codes have no days"],
        );
    }

    #[test]
    fn a_code_is_for_a_badge_that_there_is() {
        let badge = "[[badges]]\nslug = \"regular\"\nname = \"A\"\nvisits = 10\n";
        let code = "[[codes]]\ntext = \"VIP\"\npercent_bp = 1000\nbadge = \"regular\"\n";
        check(&format!("{badge}{code}"), &[]);
        check(
            &format!("{badge}{}", code.replace("= \"regular\"", "= \"regulor\"")),
            &["codes[1].badge: there is no badge \"regulor\"; did you mean \"regular\"?"],
        );
    }
}
