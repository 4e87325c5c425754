//! Codes: what they give (benefit), where (restriction), how often (limit).

pub mod generated;
pub mod series;
pub mod text;
pub mod variant;

use std::collections::BTreeSet;
use std::fmt;

use chrono::{NaiveDate, NaiveTime, Weekday};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::money::{Amount, BasisPoints};
use series::Series;
use variant::Variant;

/// The longest code a person can be asked to type.
pub const MAX_CODE_CHARS: usize = 40;

/// A code as the rules know it: trimmed, upper case, without spaces and dashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeText(String);

impl CodeText {
    /// Reads what a person typed or a scanner sent. This is the only way in.
    ///
    /// It is [`text::normalised`]. `None` when nothing is left, when it is longer than
    /// [`MAX_CODE_CHARS`], or when a sign is neither a letter, a digit nor an underscore.
    ///
    /// ```
    /// use mostrador_loyalty::code::CodeText;
    /// assert_eq!(CodeText::parse(" verano-10 ").unwrap().as_str(), "VERANO10");
    /// assert!(CodeText::parse("🎉").is_none());
    /// ```
    pub fn parse(raw: &str) -> Option<Self> {
        let text = text::normalised(raw);
        let signs_are_fine = text
            .chars()
            .all(|sign| sign.is_alphanumeric() || sign == '_');
        let length_is_fine = (1..=MAX_CODE_CHARS).contains(&text.chars().count());
        (signs_are_fine && length_is_fine).then_some(Self(text))
    }

    /// The normalised text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CodeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a code comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeKind {
    /// Belongs to an agent or a customer who brings buyers.
    Referral,
    /// Given to customers.
    Coupon,
    /// Bought with points.
    Reward,
}

/// What a code gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Benefit {
    /// Nothing: the use is counted for its owner.
    Tracking,
    /// A share of the eligible gross.
    Percent(BasisPoints),
    /// A fixed amount off what is left of the eligible lines.
    Fixed(Amount),
    /// Percent or fixed amount by threshold of eligible gross, ascending thresholds.
    SpendTiers(Vec<SpendTier>),
    /// Up to `units` of the product free; the units must be in the basket. The code's restrictions
    /// say what has to be bought, not what is free.
    FreeProduct {
        /// The product's id.
        product: String,
        /// How many units are free.
        units: u32,
    },
    /// Multiplies the points of the whole sale; restrictions say only whether it may be used.
    PointsMultiplier(Decimal),
    /// Adds points after the floor.
    BonusPoints(i64),
}

impl Benefit {
    /// Whether it takes money off; only such codes compete for stacking.
    pub const fn discounts(&self) -> bool {
        matches!(
            self,
            Self::Percent(_) | Self::Fixed(_) | Self::SpendTiers(_) | Self::FreeProduct { .. }
        )
    }
}

/// One step of [`Benefit::SpendTiers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpendTier {
    /// Eligible gross from which it holds, inclusive.
    pub from: Amount,
    /// What it gives.
    pub gives: SpendTierBenefit,
}

/// What a spend tier gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpendTierBenefit {
    /// A share of the eligible gross.
    Percent(BasisPoints),
    /// A fixed amount.
    Fixed(Amount),
}

/// Where a code applies. Several of one kind: any of them; different kinds: all of them; an empty
/// set restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restrictions {
    /// Product ids.
    pub products: BTreeSet<String>,
    /// Category slugs.
    pub categories: BTreeSet<String>,
    /// Partner slugs.
    pub partners: BTreeSet<String>,
    /// Store ids (slugs of the program).
    pub stores: BTreeSet<String>,
    /// Customers who may use it.
    pub customers: BTreeSet<Uuid>,
    /// Tier slugs of which the customer needs one, or a higher one.
    pub tiers: BTreeSet<String>,
    /// Slug of the badge that the customer needs.
    pub badge: Option<String>,
    /// Weekday and hour windows in the store's local time.
    pub windows: Vec<Window>,
    /// Only on the customer's first purchase.
    pub first_purchase_only: bool,
}

/// A weekday and hour window in the store's local time; `from` is inside, `to` is outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Days on which it opens; empty means every day.
    pub weekdays: Vec<Weekday>,
    /// Opens at, inclusive.
    pub from: NaiveTime,
    /// Closes at, exclusive; at or before `from` it closes on the next day.
    pub to: NaiveTime,
}

/// How often a code may be used. Counted from the ledger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Uses by everybody together.
    pub total: Option<u64>,
    /// Uses by one customer.
    pub per_customer: Option<u64>,
    /// Uses in one local day of the store.
    pub per_day: Option<u64>,
    /// Discount by everybody together, minor units.
    pub budget: Option<Amount>,
}

/// One code of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Its normalised text, which is also its identity in the ledger.
    pub text: CodeText,
    /// Referral code, coupon or reward coupon.
    pub kind: CodeKind,
    /// The agent it belongs to, as named in the program.
    pub owner: Option<String>,
    /// The customer it belongs to (own referral code): who may not use it.
    pub owner_customer: Option<Uuid>,
    /// What it gives.
    pub benefit: Benefit,
    /// Whether it may meet other discounting codes.
    pub stackable: bool,
    /// Higher goes first inside its step.
    pub priority: i32,
    /// Eligible gross needed, inclusive.
    pub min_purchase: Amount,
    /// The most it can take off.
    pub max_discount: Option<Amount>,
    /// Where it applies.
    pub restrictions: Restrictions,
    /// How often.
    pub limits: Limits,
    /// First local day on which it is valid.
    pub valid_from: Option<NaiveDate>,
    /// Last local day on which it is valid, inclusive.
    pub valid_until: Option<NaiveDate>,
    /// Whether it may be used at all.
    pub active: bool,
    /// When an undone sale gives the use back.
    pub reinstate: Reinstate,
    /// What a till does that holds no right to it, where its limits of everybody are shared out.
    pub offline: Offline,
    /// Codes of an experiment that are priced like this one but for what they override; scanning this
    /// one assigns one of them.
    pub variants: Vec<Variant>,
    /// Generated codes that are priced like this one. The code's own text is then a name that nobody
    /// can scan.
    pub series: Option<Series>,
}

impl Code {
    /// A coupon with this text and benefit that nothing restricts: the start of a test or an import.
    pub fn new(text: CodeText, benefit: Benefit) -> Self {
        Self {
            text,
            kind: CodeKind::Coupon,
            owner: None,
            owner_customer: None,
            benefit,
            stackable: false,
            priority: 0,
            min_purchase: Amount::ZERO,
            max_discount: None,
            restrictions: Restrictions::default(),
            limits: Limits::default(),
            valid_from: None,
            valid_until: None,
            active: true,
            reinstate: Reinstate::default(),
            offline: Offline::default(),
            variants: Vec::new(),
            series: None,
        }
    }
}

/// What a till does that holds no right to a code whose limits of everybody are shared out to tills.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Offline {
    /// Nothing was said: limits of everybody are as with `Block`, those of each customer go by what the
    /// till knows of uses.
    #[default]
    Unsaid,
    /// The code is refused.
    Block,
    /// The tills of one store take it by what they know of its uses, the others refuse it.
    HomeStore(String),
    /// A manager may allow it.
    Approval {
        /// The most that it may take off then.
        most: Option<Amount>,
    },
}

impl Offline {
    /// Whether the counts decide although no right is held: in the home store, or with an approval.
    pub fn lets_by(&self, store: &str, is_approved: bool) -> bool {
        match self {
            Self::Unsaid | Self::Block => false,
            Self::HomeStore(home) => home == store,
            Self::Approval { .. } => is_approved,
        }
    }

    /// The stable word for entries and reasons.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Unsaid | Self::Block => "block",
            Self::HomeStore(_) => "home_store",
            Self::Approval { .. } => "approval",
        }
    }
}

/// When an undone sale gives the use of a code back (PRICING section 11).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Reinstate {
    /// Only when the sale is voided before the day closes.
    #[default]
    Void,
    /// Also when every line of it was returned.
    FullReturn,
}
