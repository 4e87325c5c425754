//! The price of a basket: discounts, refusals and points to earn.
//!
//! [`quote`] reads like the rules: the basket in numbers (`ground`), which of the scanned codes join
//! (`admission`, which asks `eligibility`), what the tier and each accepted code take off in the order
//! of work (`work`, on the `sheet`), the best set of the scanned codes (`best_set`), the points (`earning`).
//!
//! Where the rules leave a corner open, this is what holds:
//! - A code that takes money off works on discountable lines; tracking and points codes on any line.
//!   No such line (an empty basket, say) is `no_eligible_line`.
//! - `max_codes` counts every accepted code, tracking codes and codes without effect too, the tier's
//!   discount not. The best set is bounded by the same number.
//! - A code accepted twice is `already_applied`, and so is a second code of one parent (two variants, two
//!   members of a series); a refused code scanned again is refused again.
//! - A derived code is bound by its parent's limits and by its own; of both the same refusals follow,
//!   the parent's first.
//! - `max_discount` and what is left of a budget cut the amount without a note; what floors, full
//!   lines and the basket cap keep out is [`Note::Truncated`]. [`AcceptedCode::cuts`] names every bound
//!   that bit, in the order `max_discount`, budget, full lines, basket cap, floors.
//! - Percents of reward coupons work like other percents, one step later.

mod admission;
mod best_set;
mod count;
mod cut;
mod earning;
mod eligibility;
mod free;
mod ground;
mod sheet;
mod work;

use std::cmp::Reverse;

use uuid::Uuid;

use crate::basket::Basket;
use crate::code::{Code, CodeKind, CodeText};
use crate::customer::{CustomerFacts, Place, Usage};
use crate::money::Amount;
use crate::points::PointsQuote;
use crate::program::{Program, Resolved};
use crate::refusal::{Note, Refusal};
use crate::time::Moment;
use admission::{Admission, Candidate};
pub use cut::{Bound, Cut, NextStep};
use earning::Points;
use ground::Ground;
use sheet::{Sheet, Taken};
use work::{Job, Takes, Work};

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
    /// The id that the sale will have: while nobody is identified, variants are assigned to it.
    pub sale: Uuid,
    /// When.
    pub now: Moment,
    /// Codes of the identified customer that the program does not list: reward coupons, made by
    /// `redeem::coupon_code`. They go before a code of the program with the same text.
    pub own_codes: &'a [Code],
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
    /// Which; the variant, where one was assigned.
    pub text: CodeText,
    /// The code that it is a variant or a series member of.
    pub parent: Option<CodeText>,
    /// Whether its parent was scanned and this variant assigned.
    pub assigned: bool,
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
    /// Every bound that made it less than its benefit says, in the order in which they work. The
    /// amounts lost and `amount` add up to what the benefit says.
    pub cuts: Vec<Cut>,
    /// What more of its lines would give, for spend tiers; none on the highest step, and none when
    /// `max_discount` or the budget lets no more by.
    pub next_step: Option<NextStep>,
}

impl AcceptedCode {
    /// What was scanned: the parent where a variant was assigned, else the code itself.
    pub fn scanned(&self) -> &CodeText {
        match &self.parent {
            Some(parent) if self.assigned => parent,
            _ => &self.text,
        }
    }

    /// Whether `max_discount` or what is left of the budget cut it.
    pub fn is_capped(&self) -> bool {
        is_capped(&self.cuts)
    }
}

/// A code that did not join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedCode {
    /// What was scanned.
    pub text: CodeText,
    /// Why.
    pub refusal: Refusal,
}

/// The set of scanned discounting codes, each eligible on its own, that gives the customer most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestSet {
    /// Its codes as they were scanned, ascending by text.
    pub codes: Vec<CodeText>,
    /// Discount of the sale with exactly this set (and the tier discount), minor units.
    pub discount: Amount,
    /// Total of the sale with exactly this set, minor units.
    pub total: Amount,
    /// How much more than the accepted codes it takes off; zero when they are the best already.
    pub gain: Amount,
}

/// Prices a basket. Never fails: what cannot be is a refusal beside the result.
///
/// The amounts depend on the set of accepted codes, never on the order in which they were scanned;
/// that order decides only who joins when not all can.
pub fn quote(request: &Request<'_>) -> Quote {
    let ground = Ground::new(request.basket);
    let admission = Admission::new(request, &ground);
    let program = request.program;
    let mut sheet = Sheet::new(&ground, program.basket_cap, program.stacking);
    let tier_discount = take_tier_discount(request, &ground, &mut sheet);
    let (best, best_discount) =
        best_set::best_set(&sheet, &admission.candidates, program.max_codes);
    let mut accepted = take_codes(&mut sheet, &admission.candidates, ground.lines.len());
    let nets: Vec<Amount> = sheet.nets().collect();
    let points = Points::new(request, &ground, &nets, &admission.others);
    accepted.extend(other_codes(
        &admission.others,
        points.as_ref(),
        ground.lines.len(),
    ));
    Quote {
        gross: ground.gross,
        discount: sheet.discount,
        total: ground.gross.saturating_sub(sheet.discount),
        lines: quoted_lines(&ground, &nets),
        tier_discount,
        accepted,
        refused: admission.refused,
        best_set: BestSet {
            codes: best,
            discount: best_discount,
            total: ground.gross.saturating_sub(best_discount),
            gain: best_discount.saturating_sub(sheet.discount),
        },
        points: points.map(|points| points.quote()),
    }
}

/// What a basket would come to, without the best set and the points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The quote's.
    pub discount: Amount,
    /// The quote's.
    pub refused: Vec<RefusedCode>,
    /// Of the refused ones those that only lack a part of their minimum: with it they would join.
    pub near: Vec<CodeText>,
    /// Of the refused ones those that more in the basket would not let in either, with the refusal that
    /// they would get then: what they lack is not worth buying for them.
    pub blocked: Vec<RefusedCode>,
}

/// The part of [`quote`] that tells what one more code would change: for trying many.
pub fn trial(request: &Request<'_>) -> Trial {
    let ground = Ground::new(request.basket);
    let admission = Admission::new(request, &ground);
    let program = request.program;
    let mut sheet = Sheet::new(&ground, program.basket_cap, program.stacking);
    take_tier_discount(request, &ground, &mut sheet);
    take_codes(&mut sheet, &admission.candidates, ground.lines.len());
    Trial {
        discount: sheet.discount,
        refused: admission.refused,
        near: admission.near,
        blocked: admission.blocked,
    }
}

/// The tier's percent comes first, on every discountable line, and is not counted in `max_codes`.
fn take_tier_discount(
    request: &Request<'_>,
    ground: &Ground<'_>,
    sheet: &mut Sheet<'_>,
) -> Option<TierDiscount> {
    let slug = request.customer?.tier.as_ref()?;
    let tier = request.program.tiers.as_ref()?.tier(slug)?;
    let work = Work {
        takes: Takes::Share(tier.discount),
        reach: ground.reach_of(|line| line.discountable),
        max_discount: None,
        budget_left: None,
    };
    let taken = sheet.take(&work);
    (!taken.amount.is_zero()).then(|| TierDiscount {
        tier: tier.slug.clone(),
        amount: taken.amount,
        shares: taken.shares,
    })
}

/// Makes the discounts of the accepted candidates in the order of work.
fn take_codes(
    sheet: &mut Sheet<'_>,
    candidates: &[Candidate<'_>],
    line_count: usize,
) -> Vec<AcceptedCode> {
    let mut jobs: Vec<&Job<'_>> = candidates
        .iter()
        .filter(|candidate| candidate.is_accepted)
        .map(|candidate| &candidate.job)
        .collect();
    jobs.sort_unstable_by_key(|job| job.order());
    let take = |job: &Job<'_>| {
        let taken = sheet.take(&job.work);
        AcceptedCode {
            note: note(&taken),
            consumed: !taken.amount.is_zero(),
            amount: taken.amount,
            next_step: job.next_step.filter(|_| !is_capped(&taken.cuts)),
            shares: taken.shares,
            cuts: taken.cuts,
            ..without_discount(&job.resolved, line_count)
        }
    };
    jobs.into_iter().map(take).collect()
}

/// Whether the code's own bounds bit.
fn is_capped(cuts: &[Cut]) -> bool {
    cuts.iter().any(|cut| cut.by.is_of_the_code())
}

fn note(taken: &Taken) -> Option<Note> {
    if taken.amount.is_zero() {
        return Some(Note::NoEffect);
    }
    let lost = taken.lost;
    (!lost.is_zero()).then_some(Note::Truncated { lost })
}

/// Points codes, then tracking codes; inside each by priority descending, then text.
fn other_codes(
    codes: &[Resolved<'_>],
    points: Option<&Points<'_>>,
    line_count: usize,
) -> Vec<AcceptedCode> {
    let mut codes = codes.to_vec();
    let is_tracking = |code: &Resolved<'_>| code.code.benefit == crate::code::Benefit::Tracking;
    codes.sort_unstable_by_key(|code| (is_tracking(code), Reverse(code.code.priority), code.text));
    let accept = |code: &Resolved<'_>| {
        let is_moved = points.is_some_and(|points| points.is_moved_by(code.text));
        let has_effect = is_tracking(code) || is_moved;
        AcceptedCode {
            consumed: has_effect,
            note: (!has_effect).then_some(Note::NoEffect),
            ..without_discount(code, line_count)
        }
    };
    codes.iter().map(accept).collect()
}

fn without_discount(resolved: &Resolved<'_>, line_count: usize) -> AcceptedCode {
    let code = resolved.code;
    AcceptedCode {
        text: resolved.text.clone(),
        parent: resolved.parent.map(|parent| parent.text.clone()),
        assigned: resolved.assigned,
        kind: code.kind,
        owner: code.owner.clone(),
        owner_customer: code.owner_customer,
        discounts: code.benefit.discounts(),
        amount: Amount::ZERO,
        shares: vec![Amount::ZERO; line_count],
        consumed: false,
        note: None,
        cuts: Vec::new(),
        next_step: None,
    }
}

fn quoted_lines(ground: &Ground<'_>, nets: &[Amount]) -> Vec<QuotedLine> {
    let quoted = |(line, net): (&ground::GroundLine<'_>, &Amount)| QuotedLine {
        gross: line.gross,
        discount: line.gross.saturating_sub(*net),
        net: *net,
    };
    ground.lines.iter().zip(nets).map(quoted).collect()
}
