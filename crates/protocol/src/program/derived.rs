//! Codes that derive from another one, as their author writes them: variants and series.

use loyalty::code::series::{Pattern, Series, SeriesKey};
use loyalty::code::variant::Variant;
use loyalty::code::{Benefit, CodeText, Limits};
use mostrador_loyalty as loyalty;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::compile::amount;
use super::{CodeDocument, FreeProductDocument, SpendTierDocument, default};

/// `[[codes.variants]]`. A benefit as in `[[codes]]`, or `tracking`; none of them: the parent's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariantDocument {
    /// What can be typed to have this variant, and its name in figures.
    pub text: String,
    /// Its share of the customers, in proportion to the others.
    #[serde(default = "default::weight")]
    pub weight: u32,
    /// Whether it is assigned and may be used.
    #[serde(default = "default::yes")]
    pub active: bool,
    /// A share of the eligible gross.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_bp: Option<u32>,
    /// A fixed amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<i64>,
    /// Percent or amount by threshold of eligible gross.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spend_tiers: Vec<SpendTierDocument>,
    /// Units of a product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_product: Option<FreeProductDocument>,
    /// Factor of the points of the sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_multiplier: Option<Decimal>,
    /// Points on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus_points: Option<i64>,
    /// Gives nothing, although the parent does.
    #[serde(default)]
    pub tracking: bool,
    /// Eligible gross needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_purchase: Option<i64>,
    /// The most it can take off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_discount: Option<i64>,
    /// Uses of this variant by everybody together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_limit: Option<u64>,
    /// Uses of this variant by one customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_customer_limit: Option<u64>,
    /// Uses of this variant in one local day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day_limit: Option<u64>,
    /// Discount of this variant by everybody together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<i64>,
}

/// `[codes.series]`. Limits are those of each member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesDocument {
    /// `MAR-????-????#`: a beginning, a `?` for each random sign, the check sign.
    pub pattern: String,
    /// Number of the first member.
    #[serde(default)]
    pub from: u64,
    /// How many members.
    pub count: u64,
    /// Uses of a member by everybody together.
    #[serde(default = "default::once")]
    pub total_limit: u64,
    /// Uses of a member by one customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_customer_limit: Option<u64>,
    /// Uses of a member in one local day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day_limit: Option<u64>,
    /// Discount of a member by everybody together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<i64>,
}

impl Default for VariantDocument {
    /// A control of weight 1 without text.
    fn default() -> Self {
        Self {
            text: String::new(),
            weight: default::weight(),
            active: default::yes(),
            percent_bp: None,
            fixed: None,
            spend_tiers: Vec::new(),
            free_product: None,
            points_multiplier: None,
            bonus_points: None,
            tracking: false,
            min_purchase: None,
            max_discount: None,
            total_limit: None,
            per_customer_limit: None,
            per_day_limit: None,
            budget: None,
        }
    }
}

impl Default for SeriesDocument {
    /// Codes without a pattern that may each be used once.
    fn default() -> Self {
        Self {
            pattern: String::new(),
            from: 0,
            count: 0,
            total_limit: default::once(),
            per_customer_limit: None,
            per_day_limit: None,
            budget: None,
        }
    }
}

impl VariantDocument {
    /// The benefit as a code would have it, without the parent's.
    pub(super) fn as_code(&self) -> CodeDocument {
        CodeDocument {
            text: self.text.clone(),
            percent_bp: self.percent_bp,
            fixed: self.fixed,
            spend_tiers: self.spend_tiers.clone(),
            free_product: self.free_product.clone(),
            points_multiplier: self.points_multiplier,
            bonus_points: self.bonus_points,
            min_purchase: self.min_purchase.unwrap_or(0),
            max_discount: self.max_discount,
            total_limit: self.total_limit,
            per_customer_limit: self.per_customer_limit,
            per_day_limit: self.per_day_limit,
            budget: self.budget,
            ..CodeDocument::default()
        }
    }

    /// The rules; `None` for a text that `check` does not let by.
    pub(super) fn compile(&self) -> Option<Variant> {
        let code = self.as_code();
        let benefit = code.benefit();
        let overrides = self.tracking || benefit != Benefit::Tracking;
        Some(Variant {
            text: CodeText::parse(&self.text)?,
            weight: self.weight,
            active: self.active,
            benefit: overrides.then_some(benefit),
            min_purchase: self.min_purchase.map(amount),
            max_discount: self.max_discount.map(amount),
            limits: code.limits(),
        })
    }
}

impl SeriesDocument {
    /// The rules; `None` for a pattern that `check` does not let by.
    pub fn compile(&self) -> Option<Series> {
        Some(Series {
            limits: Limits {
                total: Some(self.total_limit),
                per_customer: self.per_customer_limit,
                per_day: self.per_day_limit,
                budget: self.budget.map(amount),
            },
            ..Series::new(Pattern::parse(&self.pattern).ok()?, self.from, self.count)
        })
    }
}

/// The key of 64 hexadecimal digits.
pub(super) fn series_key(text: &str) -> Option<SeriesKey> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(SeriesKey::from_bytes(bytes))
}
