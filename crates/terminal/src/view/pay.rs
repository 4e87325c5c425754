//! Paying, and what comes out of it.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::merit::BadgeView;
use super::redeem::TierUpView;

/// A means of payment as the cashier enters it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TenderInput {
    /// `cash`, `card`, `transfer` or `gift_card`.
    pub kind: String,
    /// Minor units handed over.
    pub amount: i64,
}

/// A means of payment while the cashier types it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TypedTender {
    /// `cash`, `card`, `transfer` or `gift_card`.
    pub kind: String,
    /// As typed; empty: what the others leave to pay.
    pub text: String,
}

/// What the tenders entered so far come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TendersView {
    /// To pay, minor units.
    pub total: i64,
    /// Sum of the tenders, minor units.
    pub given: i64,
    /// Still to pay, minor units; zero when the tenders suffice.
    pub missing: i64,
    /// To give back in cash, minor units.
    pub change: i64,
    /// Amounts a customer is likely to hand over in cash, smallest first.
    pub quick: Vec<i64>,
    /// What an empty field stands for, minor units.
    pub rest: i64,
    /// All tenders, the typed one as it was read: what pays.
    pub entered: Vec<TenderInput>,
    /// Why what is typed is no amount, in words; empty: it is one.
    pub wrong: String,
}

/// What a receipt is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptKind {
    /// A sale.
    #[default]
    Sale,
    /// A part of a sale that came back, or all of it.
    Refund,
    /// A sale that was voided.
    Void,
}

/// What a paid or undone sale shows and prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReceiptView {
    /// Of what.
    pub kind: ReceiptKind,
    /// The id of the sale, or of what undid it: for `receipt`.
    pub sale_id: String,
    /// Receipt number.
    pub receipt: String,
    /// The receipt as monospaced text, 42 columns, in the session's language.
    pub text: String,
    /// Paid, or given back of a sale that was undone, minor units.
    pub total: i64,
    /// Change in cash, minor units.
    pub change: i64,
    /// Points earned; below zero: taken back.
    pub points_earned: i64,
    /// Points spent, as money and on rewards.
    pub points_spent: i64,
    /// The tier that this sale reached; only right after it.
    pub tier_up: Option<TierUpView>,
    /// The badges that this sale won; only right after it.
    pub badges: Vec<BadgeView>,
    /// The number of the sale as a square code: a refund begins with scanning it. None: it cannot.
    pub square: Option<SquareCode>,
    /// The customer's balance afterwards.
    pub balance: Option<i64>,
    /// What happens next, in words: sent, or kept until the connection returns.
    pub said: String,
}

/// A QR code to draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SquareCode {
    /// Modules on a side, the quiet zone included.
    pub size: u32,
    /// The dark modules as a path of SVG, one unit each.
    pub path: String,
}
