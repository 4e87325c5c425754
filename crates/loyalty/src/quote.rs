//! The price of a basket: discounts, refusals and points to earn.

use uuid::Uuid;

use crate::basket::Basket;
use crate::code::{CodeKind, CodeText};
use crate::customer::{CustomerFacts, Place, Usage};
use crate::money::Amount;
use crate::points::PointsQuote;
use crate::program::Program;
use crate::refusal::{Note, Refusal};
use crate::time::Moment;

/// Everything a quote depends on.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The rules in force.
    pub program: &'a Program,
    /// The identified customer, if any.
    pub customer: Option<&'a CustomerFacts>,
    /// What is being bought.
    pub basket: &'a Basket,
    /// The codes in the order they were scanned. Order decides who joins first, never the amounts.
    pub scanned: &'a [CodeText],
    /// What was used before.
    pub usage: &'a Usage,
    /// Where.
    pub place: &'a Place,
    /// When.
    pub now: Moment,
    /// The part that will be paid by points or gift card, which earns nothing; minor units.
    pub non_earning_tender: Amount,
}

/// The answer to a [`Request`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Sum of the lines' gross.
    pub gross: Amount,
    /// Sum of the lines' discounts.
    pub discount: Amount,
    /// What is to be paid: gross less discount.
    pub total: Amount,
    /// The lines in basket order.
    pub lines: Vec<QuotedLine>,
    /// What the customer's tier takes off, if anything: amount and shares per line.
    pub tier_discount: Option<TierDiscount>,
    /// Accepted codes in the order of work (steps, priority, text).
    pub accepted: Vec<AcceptedCode>,
    /// Refused codes in the order they were scanned.
    pub refused: Vec<RefusedCode>,
    /// The best set of the scanned discounting codes.
    pub best_set: BestSet,
    /// Points to earn, if the program has points and somebody can earn them or could.
    pub points: Option<PointsQuote>,
}

/// One line of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotedLine {
    /// Unit price x quantity, rounded half up.
    pub gross: Amount,
    /// Sum of all shares on it.
    pub discount: Amount,
    /// Gross less discount.
    pub net: Amount,
}

/// The percent row of a tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierDiscount {
    /// Slug of the tier.
    pub tier: String,
    /// What it takes off.
    pub amount: Amount,
    /// Its share of each line, in basket order.
    pub shares: Vec<Amount>,
}

/// A code that joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedCode {
    /// Which.
    pub text: CodeText,
    /// Referral code, coupon or reward coupon.
    pub kind: CodeKind,
    /// The agent it belongs to.
    pub owner: Option<String>,
    /// The customer it belongs to.
    pub owner_customer: Option<Uuid>,
    /// Whether it takes money off at all (not tracking, not points).
    pub discounts: bool,
    /// What it takes off; the sum of `shares`.
    pub amount: Amount,
    /// Its share of each line, in basket order.
    pub shares: Vec<Amount>,
    /// Whether a paid sale uses it up. A code with [`Note::NoEffect`] is not consumed.
    pub consumed: bool,
    /// What to say about it.
    pub note: Option<Note>,
    /// Whether `max_discount` cut it.
    pub capped: bool,
}

/// A code that did not join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedCode {
    /// Which.
    pub text: CodeText,
    /// Why.
    pub refusal: Refusal,
}

/// The set of scanned discounting codes, each eligible on its own, that gives the customer most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestSet {
    /// Its codes, ascending by text.
    pub codes: Vec<CodeText>,
    /// Discount of the sale with exactly this set (and the tier discount), minor units.
    pub discount: Amount,
    /// Total of the sale with exactly this set, minor units.
    pub total: Amount,
    /// How much more than the accepted codes it takes off; zero when they are the best already.
    pub gain: Amount,
}
