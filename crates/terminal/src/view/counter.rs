//! The left pane and the codes: basket, totals, codes, points.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::customer::CustomerCard;
use super::pay::TenderInput;
use super::redeem::RedemptionView;

/// The whole counter: basket, customer, codes, totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CounterView {
    /// The identified customer.
    pub customer: Option<CustomerCard>,
    /// The lines with their discounts.
    pub lines: Vec<LineView>,
    /// Sum of gross, minor units.
    pub gross: i64,
    /// Sum of discounts, minor units.
    pub discount: i64,
    /// What the sale costs, minor units.
    pub total: i64,
    /// Points that pay a part of it, when some were asked for.
    pub redemption: Option<RedemptionView>,
    /// Left to pay after them, minor units.
    pub due: i64,
    /// The tier's percent row.
    pub tier_discount: Option<TierDiscountView>,
    /// Accepted codes in order of work.
    pub codes: Vec<CodeView>,
    /// Refused codes in scan order.
    pub refused: Vec<RefusedView>,
    /// The better set, when there is one.
    pub best_set: Option<BestSetView>,
    /// Points to earn, when the program has points.
    pub points: Option<PointsView>,
    /// Codes that this customer could use now, offered before anybody types.
    pub chips: Vec<ChipView>,
    /// What the last action has to say (a line changed, a product added), in words; may be empty.
    pub said: String,
    /// How many baskets are parked.
    pub parked: u32,
    /// Whether the last step can be taken back.
    pub can_undo: bool,
    /// What was handed over for it before the program stopped.
    pub noted: Vec<TenderInput>,
}

/// A line on screen and receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LineView {
    /// Name.
    pub name: String,
    /// Stock keeping unit.
    pub sku: String,
    /// Units, a decimal in plain digits.
    pub quantity: String,
    /// Price of one unit, minor units.
    pub unit_price: i64,
    /// Before discounts, minor units.
    pub gross: i64,
    /// Discounts, minor units.
    pub discount: i64,
    /// After discounts, minor units.
    pub net: i64,
}

/// The percent row of the tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TierDiscountView {
    /// Name of the tier.
    pub tier: String,
    /// Minor units.
    pub amount: i64,
}

/// An accepted code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CodeView {
    /// Text as it was scanned.
    pub text: String,
    /// The variant that was assigned, in words: "variante B"; empty for other codes.
    pub variant: String,
    /// `referral`, `coupon`, `reward`.
    pub kind: String,
    /// What it gives, in words: "10 % de descuento en náutica".
    pub gives: String,
    /// What it took off, minor units.
    pub amount: i64,
    /// What it took that off, in words: "En toda la compra", or the names of lines; may be empty.
    pub applies_to: String,
    /// Each bound that made it less than it says, in words with figures.
    pub bounds: Vec<String>,
    /// What is missing to its next step and what that gives, in words; may be empty.
    pub next_step: String,
    /// Stable code of its note, if any.
    pub note: Option<String>,
    /// The note or the agent it counts for, in words; may be empty.
    pub sentence: String,
}

/// A refused code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RefusedView {
    /// Text.
    pub text: String,
    /// Stable code of the refusal.
    pub refusal: String,
    /// What happened and what to do, in words, with the stable code in brackets.
    pub sentence: String,
    /// What it probably is, where it was mistyped.
    pub suggestion: Option<SuggestionView>,
    /// Whether a manager may let it join with the PIN.
    pub may_be_allowed: bool,
}

/// A code that a mistyped one probably is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SuggestionView {
    /// Text, for `apply_code`.
    pub text: String,
    /// As it is printed, with its dashes.
    pub printed: String,
    /// The places of the signs that differ from what was typed, counted from 0.
    pub differs: Vec<u32>,
}

/// A better set of the scanned codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BestSetView {
    /// Its codes.
    pub codes: Vec<String>,
    /// Discount with it, minor units.
    pub discount: i64,
    /// What it saves beyond the accepted codes, minor units.
    pub gain: i64,
    /// In words.
    pub sentence: String,
}

/// Points to earn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PointsView {
    /// Points.
    pub earn: i64,
    /// Each factor in words: "Oro × 1,5".
    pub factors: Vec<String>,
    /// Whether a customer is identified who gets them.
    pub for_customer: bool,
}

/// A code on offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChipView {
    /// Text.
    pub text: String,
    /// What it gives, in words.
    pub gives: String,
    /// What it would take off this basket now, minor units; zero: it still lacks something.
    pub gain: i64,
    /// The gain, or what is missing, in words.
    pub sentence: String,
    /// Codes on the basket that it does not meet and takes the place of; none: it joins them.
    pub instead: Vec<String>,
}
