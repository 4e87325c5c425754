//! Giving money back: the sale, what is chosen of it, what follows, and voiding the last one.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What the cashier has chosen so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RefundInput {
    /// Of each line of the sale how many come back, as typed; empty: none.
    pub lines: Vec<String>,
    /// `cash`, `card` or `transfer`; empty: how most of it was paid.
    pub tender: String,
    /// Slug of the reason; empty: none chosen.
    pub reason: String,
    /// What the cashier wrote.
    pub note: String,
    /// What the screen says comes back, minor units: another amount is not given.
    pub seen: i64,
}

/// How and why a sale is voided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VoidInput {
    /// The sale that the screen shows.
    pub sale_id: String,
    /// Slug of the reason; empty: none chosen.
    pub reason: String,
    /// What the cashier wrote.
    pub note: String,
}

/// A sale of which something can come back, and what follows from the choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RefundView {
    /// Which.
    pub sale: UndoneSale,
    /// Its lines.
    pub lines: Vec<RefundLine>,
    /// What came back before, each in words with the day.
    pub earlier: Vec<String>,
    /// What comes back, money and points together, minor units.
    pub value: i64,
    /// What of it goes to the customer as money: points come back as points, minor units.
    pub money: i64,
    /// The same by means of payment.
    pub tenders: Vec<RefundTender>,
    /// The means in which money can go back.
    pub kinds: Vec<String>,
    /// The one that is chosen.
    pub kind: String,
    /// What else follows.
    pub effects: Vec<UndoEffect>,
    /// Why nothing of this sale can come back, with what to do; empty: it can.
    pub refusal: String,
    /// What has to be done first: choose lines, name a reason; empty: nothing.
    pub missing: String,
    /// Why a manager's PIN is needed; empty: it is not.
    pub approval: String,
    /// What to choose from.
    pub reasons: Vec<ReasonView>,
    /// Where this comes from, in words.
    pub said: String,
    /// Whether this is what the server knows of it: refunds of every store are in it.
    pub is_whole: bool,
    /// Whether to ask the server before anything is given back.
    pub can_ask: bool,
}

/// A sale as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct UndoneSale {
    /// Its id.
    pub id: String,
    /// Its number.
    pub receipt: String,
    /// When, and where unless it was in this store, in words.
    pub when: String,
    /// The customer's name, if one was identified.
    pub customer: Option<String>,
    /// Paid, minor units.
    pub total: i64,
    /// How it was paid.
    pub tenders: Vec<RefundTender>,
}

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RefundLine {
    /// What the receipt says.
    pub name: String,
    /// How many were sold.
    pub sold: String,
    /// How many can still come back; `0`: none.
    pub left: String,
    /// Paid for the line, minor units.
    pub net: i64,
    /// What comes back for the units chosen, minor units.
    pub money: i64,
    /// What came back of it before, in words; empty: nothing.
    pub said: String,
    /// Why the units chosen cannot come back; empty: they can.
    pub trouble: String,
}

/// Money of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RefundTender {
    /// `cash`, `card`, `transfer`, `gift_card` or `points`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Minor units.
    pub amount: i64,
}

/// Something that follows beside the money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct UndoEffect {
    /// `good`: for the customer; `warn`: against; `plain`.
    pub tone: String,
    /// In words.
    pub sentence: String,
}

/// A reason to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReasonView {
    /// For the input.
    pub slug: String,
    /// In words.
    pub name: String,
}

/// The last sale, and what voiding it undoes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VoidView {
    /// Which.
    pub sale: UndoneSale,
    /// Its lines, in words.
    pub lines: Vec<String>,
    /// What goes to the customer as money, minor units.
    pub money: i64,
    /// What follows.
    pub effects: Vec<UndoEffect>,
    /// Why it cannot be voided, with what to do; empty: it can.
    pub refusal: String,
    /// Why a manager's PIN is needed; empty: it is not.
    pub approval: String,
    /// What to choose from.
    pub reasons: Vec<ReasonView>,
}
