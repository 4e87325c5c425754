//! What a screen shows: plain data for a window, a receipt printer or a test.
//!
//! Amounts are minor units below 2^53; sentences are already in the session's language; the screen
//! formats and adds nothing. Every action of the counter answers with the whole [`CounterView`].

use serde::{Deserialize, Serialize};
use specta::Type;

/// Languages of the message catalogue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Spanish (es-CO).
    #[default]
    Es,
    /// English.
    En,
}

impl Language {
    /// The language of a tag such as `es`, `es-CO` or `en_US`; `None` for others.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()? {
            "es" => Some(Self::Es),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// `es` or `en`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
        }
    }
}

/// What the window needs before anybody unlocks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TillView {
    /// The company, for the header; empty before enrolment.
    pub tenant_name: String,
    /// The shop.
    pub store_name: String,
    /// The till.
    pub terminal_name: String,
    /// ISO 4217 of every amount.
    pub currency: String,
    /// Digits of its minor unit.
    pub currency_exponent: u8,
    /// Decimals that people expect to see (0 for COP).
    pub shown_decimals: u8,
    /// The language in use.
    pub language: Language,
    /// Whether the terminal is enrolled; if not, the window asks for server and code.
    pub enrolled: bool,
    /// Who is at work; none: locked.
    pub session: Option<SessionView>,
    /// Staff and PINs to show on the PIN screen: demo tenants only, else empty.
    pub demo_pins: Vec<DemoPin>,
    /// Something the owner must know (key kept in a file, say), in words.
    pub warnings: Vec<String>,
}

/// The person at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SessionView {
    /// Name.
    pub name: String,
    /// `cashier` or `manager`.
    pub role: String,
}

/// A PIN that the demo shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DemoPin {
    /// Whose.
    pub name: String,
    /// `cashier` or `manager`.
    pub role: String,
    /// The PIN.
    pub pin: String,
}

/// What the one box made of its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "saw", rename_all = "snake_case")]
pub enum BoxReading {
    /// Nothing in it.
    Empty,
    /// Customers that fit, at most 8; `sure` when the only or an exact one.
    Customers {
        /// Best first.
        hits: Vec<CustomerHit>,
        /// Whether Enter may take the first.
        sure: bool,
    },
    /// Products that fit, at most 8; `sure` when a code or barcode fits exactly.
    Products {
        /// Best first.
        hits: Vec<ProductHit>,
        /// Whether Enter may take the first.
        sure: bool,
    },
    /// Letters that fit customers and products.
    Mixed {
        /// Customers, best first.
        customers: Vec<CustomerHit>,
        /// Products, best first.
        products: Vec<ProductHit>,
    },
    /// It has the shape of a code: Enter applies it.
    Code {
        /// Normalised text.
        text: String,
        /// Whether the program knows it.
        known: bool,
    },
    /// Nothing fits; the sentence says what to do.
    Nothing {
        /// In the session's language.
        sentence: String,
    },
}

/// A customer in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CustomerHit {
    /// Id for `set_customer`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Name of the tier, if the program has tiers.
    pub tier: Option<String>,
    /// Slug of the tier, for its colour.
    pub tier_slug: Option<String>,
    /// Last four digits of the phone.
    pub phone_last4: Option<String>,
    /// Local day of the last visit, ISO.
    pub last_visit: Option<String>,
}

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProductHit {
    /// Id for `add_product`.
    pub id: String,
    /// Stock keeping unit.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Price of one unit, minor units.
    pub unit_price: i64,
}

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
    /// To pay, minor units.
    pub total: i64,
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
}

/// The customer on the left pane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CustomerCard {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Last four digits of the phone.
    pub phone_last4: Option<String>,
    /// Name of the tier.
    pub tier: Option<String>,
    /// Slug of the tier, for its colour.
    pub tier_slug: Option<String>,
    /// Points that can be spent now.
    pub balance: i64,
    /// Points owed.
    pub debt: i64,
    /// Age of the balance: seconds since the server last spoke; none: never.
    pub balance_age_s: Option<u64>,
    /// Whether own entries on this till are in the balance that the server has not seen.
    pub balance_has_pending: bool,
    /// Points to the next tier, "340 points to Gold" in words.
    pub progress: Option<ProgressView>,
    /// Completed purchases.
    pub purchases: u64,
    /// Local day of the last visit, ISO.
    pub last_visit: Option<String>,
}

/// Distance to the next tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProgressView {
    /// The next tier's name.
    pub next: String,
    /// Points missing.
    pub missing: i64,
    /// Share of the way from this tier to the next, in basis points.
    pub progress_bp: u32,
    /// In words.
    pub sentence: String,
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
    /// Text.
    pub text: String,
    /// `referral`, `coupon`, `reward`.
    pub kind: String,
    /// What it gives, in words: "10 % en nautical".
    pub gives: String,
    /// What it took off, minor units.
    pub amount: i64,
    /// Stable code of its note, if any.
    pub note: Option<String>,
    /// The note, the cap that bit or the agent it counts for, in words; may be empty.
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
}

/// A means of payment as the cashier enters it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TenderInput {
    /// `cash`, `card` or `transfer`.
    pub kind: String,
    /// Minor units handed over.
    pub amount: i64,
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
}

/// What a paid sale shows and prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReceiptView {
    /// The sale's id.
    pub sale_id: String,
    /// Receipt number.
    pub receipt: String,
    /// The receipt as monospaced text, 42 columns, in the session's language.
    pub text: String,
    /// Paid, minor units.
    pub total: i64,
    /// Given back, minor units.
    pub change: i64,
    /// Points earned.
    pub points_earned: i64,
    /// The customer's balance afterwards.
    pub balance: Option<i64>,
    /// What happens next, in words: sent, or kept until the connection returns.
    pub said: String,
}

/// Today's figures of this till's store as this till knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TodayView {
    /// Local day, ISO.
    pub day: String,
    /// Sales of this till.
    pub sales: u64,
    /// Gross, minor units.
    pub gross: i64,
    /// Discounts, minor units.
    pub discount: i64,
    /// Paid, minor units.
    pub total: i64,
    /// Points awarded.
    pub points: i64,
    /// Sales with an identified customer.
    pub with_customer: u64,
    /// By code, most discount first.
    pub codes: Vec<TodayCode>,
    /// By refusal, most first.
    pub refusals: Vec<TodayRefusal>,
    /// By tender.
    pub tenders: Vec<TodayTender>,
    /// The latest sales, newest first, at most 20.
    pub recent: Vec<TodaySale>,
    /// Entries that the server has not acknowledged.
    pub waiting: u64,
}

/// A code's figures of the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TodayCode {
    /// Text.
    pub text: String,
    /// Sales it was used in.
    pub uses: u64,
    /// Taken off, minor units.
    pub discount: i64,
    /// Paid in those sales, minor units.
    pub total: i64,
}

/// Refusals of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TodayRefusal {
    /// Stable code.
    pub refusal: String,
    /// In words, without parameters.
    pub title: String,
    /// How often.
    pub count: u64,
}

/// Money by means of payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TodayTender {
    /// `cash`, `card`, `transfer`.
    pub kind: String,
    /// Kept (change taken off), minor units.
    pub amount: i64,
}

/// A sale in the list of the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TodaySale {
    /// Id for `receipt`.
    pub sale_id: String,
    /// Receipt number.
    pub receipt: String,
    /// Local time, `HH:MM`.
    pub time: String,
    /// Customer's name, if identified.
    pub customer: Option<String>,
    /// Paid, minor units.
    pub total: i64,
    /// Whether the server has acknowledged it.
    pub sent: bool,
}

/// The strip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SyncView {
    /// The worst state that holds.
    pub state: SyncState,
    /// Entries waiting.
    pub waiting: u64,
    /// In words.
    pub sentence: String,
    /// Seconds until the next try by itself, when offline.
    pub retry_in_s: Option<u64>,
    /// What needs attention, in words with what to do.
    pub attention: Vec<String>,
    /// Seconds since the server last spoke.
    pub last_contact_s: Option<u64>,
}

/// States of the strip, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// Everything is on the server and back.
    UpToDate,
    /// Work is under way.
    Sending,
    /// No connection; sales are kept.
    Offline,
    /// A person has to do something.
    NeedsAttention,
}

/// An answer that is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Trouble {
    /// Stable code.
    pub code: String,
    /// What happened, in the session's language.
    pub message: String,
    /// What to do.
    pub hint: String,
}
