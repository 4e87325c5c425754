//! The keys of a program file and what each may hold: what the reader walks along.
//!
//! A test keeps it equal to the keys of `ProgramDocument`.

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Any text.
    Text,
    /// A whole number of minor units.
    Amount,
    /// A rate in basis points.
    Rate,
    /// A whole number between these bounds.
    Whole(i64, i64),
    /// An exact decimal, in quotes.
    Decimal,
    /// `true` or `false`.
    Flag,
    /// `"2026-11-21"`.
    Day,
    /// `"08:30"`.
    Hour,
    /// A customer id.
    Id,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of one shape.
    List(&'static Shape),
    /// A table with these keys.
    Table(&'static [Key]),
}

/// A key of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) is_required: bool,
}

const fn required(name: &'static str, shape: Shape) -> Key {
    Key {
        name,
        shape,
        is_required: true,
    }
}

const fn optional(name: &'static str, shape: Shape) -> Key {
    Key {
        name,
        shape,
        is_required: false,
    }
}

const COUNT: Shape = Shape::Whole(0, u32::MAX as i64);
const MANY: Shape = Shape::Whole(0, i64::MAX);
const TEXTS: Shape = Shape::List(&Shape::Text);

/// The days of a window, in the order of a week.
pub(super) const WEEKDAYS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Languages a till can start in.
pub(super) const LANGUAGES: &[&str] = &["es", "en"];

/// The whole file.
pub(super) const PROGRAM: &[Key] = &[
    required("version", COUNT),
    required("name", Shape::Text),
    required("currency", Shape::Text),
    required("time_zone", Shape::Text),
    optional("language", Shape::Choice(LANGUAGES)),
    optional("demo", Shape::Flag),
    optional("stacking", Shape::Choice(&["additive", "compounding"])),
    optional("max_codes", COUNT),
    optional("basket_cap_bp", Shape::Rate),
    optional("generated_length", COUNT),
    optional("series_key", Shape::Text),
    optional("points", Shape::Table(POINTS)),
    optional("tiers", Shape::Table(TIERS)),
    optional("score", Shape::Table(SCORE)),
    optional("badges", Shape::List(&Shape::Table(BADGE))),
    optional("rewards", Shape::List(&Shape::Table(REWARD))),
    optional("referral", Shape::Table(REFERRAL)),
    optional("calling_code", Shape::Text),
    optional("consent", Shape::Table(CONSENT)),
    optional("refunds", Shape::Table(REFUNDS)),
    optional("adjustments", Shape::Table(ADJUSTMENTS)),
    optional("labels", Shape::List(&Shape::Table(LABEL))),
    optional("codes", Shape::List(&Shape::Table(CODE))),
];

const POINTS: &[Key] = &[
    required("per_unit", Shape::Decimal),
    optional("lifetime_days", COUNT),
    optional("pending_days", COUNT),
    optional("minimum_redeem", MANY),
    optional("offline_points", MANY),
    optional("point_value", Shape::Amount),
    optional("first_purchase", Shape::Decimal),
    optional("weekend", Shape::Decimal),
    optional("campaigns", Shape::List(&Shape::Table(CAMPAIGN))),
];

const CAMPAIGN: &[Key] = &[
    required("name", Shape::Text),
    required("multiplier", Shape::Decimal),
];

const TIERS: &[Key] = &[
    optional("basis", Shape::Choice(&["points", "score"])),
    optional("window_days", COUNT),
    optional("grace_days", COUNT),
    required("levels", Shape::List(&Shape::Table(TIER))),
];

const TIER: &[Key] = &[
    required("slug", Shape::Text),
    required("name", Shape::Text),
    required("from_points", MANY),
    optional("multiplier", Shape::Decimal),
    optional("discount_bp", Shape::Rate),
    optional("benefits", TEXTS),
];

const SCORE: &[Key] = &[
    optional("window_days", COUNT),
    required("visits", COUNT),
    required("spend", Shape::Amount),
    required("categories", COUNT),
    required("referrals", COUNT),
    required("weights", Shape::Table(WEIGHTS)),
];

const WEIGHTS: &[Key] = &[
    optional("frequency_bp", Shape::Rate),
    optional("amount_bp", Shape::Rate),
    optional("recency_bp", Shape::Rate),
    optional("variety_bp", Shape::Rate),
    optional("referrals_bp", Shape::Rate),
];

const BADGE: &[Key] = &[
    required("slug", Shape::Text),
    required("name", Shape::Text),
    optional("visits", COUNT),
    optional("spend", Shape::Amount),
    optional("streak_days", COUNT),
    optional("streak_weeks", COUNT),
    optional("tried", COUNT),
    optional("categories", TEXTS),
    optional("code", Shape::Text),
    optional("uses", COUNT),
    optional("from", Shape::Day),
    optional("until", Shape::Day),
    optional("bonus_points", MANY),
];

const REWARD: &[Key] = &[
    required("slug", Shape::Text),
    required("name", Shape::Text),
    required("points", MANY),
    optional("tier", Shape::Text),
    optional("percent_bp", Shape::Rate),
    optional("fixed", Shape::Amount),
    optional("free_product", Shape::Table(FREE_PRODUCT)),
    optional("products", TEXTS),
    optional("categories", TEXTS),
    optional("valid_days", COUNT),
    optional("valid_until", Shape::Day),
    optional("per_customer_limit", MANY),
    optional("stock", MANY),
];

const REFERRAL: &[Key] = &[
    required("bonus_points", MANY),
    optional("welcome_points", MANY),
    optional("min_purchase", Shape::Amount),
];

const CONSENT: &[Key] = &[
    required("version", COUNT),
    required("text_es", Shape::Text),
    optional("text_en", Shape::Text),
];

const ADJUSTMENTS: &[Key] = &[
    optional("max_points", MANY),
    optional("reasons", Shape::List(&Shape::Table(REASON))),
];

const REFUNDS: &[Key] = &[
    optional("approval_from", Shape::Amount),
    optional("void_by", Shape::Choice(&["seller", "anyone", "manager"])),
    optional("reasons", Shape::List(&Shape::Table(REASON))),
];

const REASON: &[Key] = &[
    required("slug", Shape::Text),
    required("es", Shape::Text),
    optional("en", Shape::Text),
];

const LABEL: &[Key] = &[
    optional("category", Shape::Text),
    optional("partner", Shape::Text),
    optional("store", Shape::Text),
    required("es", Shape::Text),
    optional("en", Shape::Text),
];

const CODE: &[Key] = &[
    required("text", Shape::Text),
    optional("kind", Shape::Choice(&["referral", "coupon", "reward"])),
    optional("owner", Shape::Text),
    optional("owner_customer", Shape::Id),
    optional("percent_bp", Shape::Rate),
    optional("fixed", Shape::Amount),
    optional("spend_tiers", Shape::List(&Shape::Table(SPEND_TIER))),
    optional("free_product", Shape::Table(FREE_PRODUCT)),
    optional("points_multiplier", Shape::Decimal),
    optional("bonus_points", MANY),
    optional("stackable", Shape::Flag),
    optional("priority", Shape::Whole(i32::MIN as i64, i32::MAX as i64)),
    optional("min_purchase", Shape::Amount),
    optional("max_discount", Shape::Amount),
    optional("products", TEXTS),
    optional("categories", TEXTS),
    optional("partners", TEXTS),
    optional("stores", TEXTS),
    optional("customers", Shape::List(&Shape::Id)),
    optional("customer_tiers", TEXTS),
    optional("badge", Shape::Text),
    optional("windows", Shape::List(&Shape::Table(WINDOW))),
    optional("first_purchase_only", Shape::Flag),
    optional("total_limit", MANY),
    optional("per_customer_limit", MANY),
    optional("per_day_limit", MANY),
    optional("budget", Shape::Amount),
    optional("valid_from", Shape::Day),
    optional("valid_until", Shape::Day),
    optional("active", Shape::Flag),
    optional("reinstate", Shape::Choice(&["void", "full_return"])),
    optional(
        "offline",
        Shape::Choice(&["block", "home_store", "approval"]),
    ),
    optional("home_store", Shape::Text),
    optional("offline_max", Shape::Amount),
    optional("variants", Shape::List(&Shape::Table(VARIANT))),
    optional("series", Shape::Table(SERIES)),
];

const VARIANT: &[Key] = &[
    required("text", Shape::Text),
    optional("weight", COUNT),
    optional("active", Shape::Flag),
    optional("percent_bp", Shape::Rate),
    optional("fixed", Shape::Amount),
    optional("spend_tiers", Shape::List(&Shape::Table(SPEND_TIER))),
    optional("free_product", Shape::Table(FREE_PRODUCT)),
    optional("points_multiplier", Shape::Decimal),
    optional("bonus_points", MANY),
    optional("tracking", Shape::Flag),
    optional("min_purchase", Shape::Amount),
    optional("max_discount", Shape::Amount),
    optional("total_limit", MANY),
    optional("per_customer_limit", MANY),
    optional("per_day_limit", MANY),
    optional("budget", Shape::Amount),
];

const SERIES: &[Key] = &[
    required("pattern", Shape::Text),
    optional("from", MANY),
    required("count", MANY),
    optional("total_limit", MANY),
    optional("per_customer_limit", MANY),
    optional("per_day_limit", MANY),
    optional("budget", Shape::Amount),
];

const SPEND_TIER: &[Key] = &[
    required("from", Shape::Amount),
    optional("percent_bp", Shape::Rate),
    optional("fixed", Shape::Amount),
];

const FREE_PRODUCT: &[Key] = &[required("product", Shape::Text), optional("units", COUNT)];

const WINDOW: &[Key] = &[
    optional("weekdays", Shape::List(&Shape::Choice(WEEKDAYS))),
    optional("from", Shape::Hour),
    optional("to", Shape::Hour),
];

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::{Key, PROGRAM, Shape};
    use crate::program::ProgramDocument;

    /// A value with every key that the shape knows.
    fn full(shape: &Shape) -> Value {
        match shape {
            Shape::Text => Value::from("text"),
            Shape::Amount | Shape::Rate | Shape::Whole(..) => Value::from(7),
            Shape::Decimal => Value::from("1.5"),
            Shape::Flag => Value::from(true),
            Shape::Day => Value::from("2026-11-21"),
            Shape::Hour => Value::from("08:30"),
            Shape::Id => Value::from(uuid::Uuid::nil().to_string()),
            Shape::Choice(words) => Value::from(words[0]),
            Shape::List(element) => Value::Array(vec![full(element)]),
            Shape::Table(keys) => table(keys),
        }
    }

    fn table(keys: &[Key]) -> Value {
        let entries = keys
            .iter()
            .map(|key| (key.name.to_owned(), full(&key.shape)));
        Value::Object(entries.collect::<Map<_, _>>())
    }

    fn names(keys: &[Key], found: &mut Vec<&'static str>) {
        for key in keys {
            found.push(key.name);
            let shape = match key.shape {
                Shape::List(element) => *element,
                shape => shape,
            };
            if let Shape::Table(keys) = shape {
                names(keys, found);
            }
        }
    }

    #[test]
    fn the_document_explains_every_key() {
        let document = include_str!("../../../../docs/program.md");
        let mut all = Vec::new();
        names(PROGRAM, &mut all);
        let is_explained = |name: &&str| {
            let mentions = [
                format!("`{name}`"),
                format!("[{name}]"),
                format!("{{ {name},"),
            ];
            let listed = [
                format!(", {name} }}"),
                format!(", {name},"),
                format!(".{name}]"),
            ];
            mentions
                .iter()
                .chain(&listed)
                .any(|text| document.contains(text))
        };
        all.retain(|name| !is_explained(name));
        assert!(all.is_empty(), "docs/program.md does not explain {all:?}");
    }

    #[test]
    fn a_file_has_the_keys_that_the_wire_has() {
        let all = table(PROGRAM);
        let document: ProgramDocument = serde_json::from_value(all.clone()).unwrap();
        assert_eq!(serde_json::to_value(&document).unwrap(), all);
    }
}
