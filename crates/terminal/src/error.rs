//! Everything that a till can answer instead of what was asked, each with its code.

mod trouble;

use chrono::NaiveDateTime;
use mostrador_ledger as ledger;
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::refund::ReturnRefusal;
use mostrador_sync::conversation::Failure;
use mostrador_sync::transport::TransportError;

use crate::message::has;
use crate::profile::ProfileField;
use crate::view::Language;
use crate::words::Money;

pub(crate) use self::trouble::shortened;

/// What went wrong. [`Error::trouble`] puts it in words: what happened, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No server knows this till yet.
    #[error("this till is not enrolled")]
    NotEnrolled,
    /// A server knows it already.
    #[error("this till is enrolled already")]
    AlreadyEnrolled,
    /// The one-time code is of another company than the till's.
    #[error("the one-time code is of another company")]
    OtherTenant {
        /// The till's company.
        own: String,
        /// The code's.
        other: String,
    },
    /// Nobody is at work.
    #[error("the till is locked")]
    Locked,
    /// Nobody of the staff has this PIN.
    #[error("wrong PIN, {left} tries left before a wait")]
    PinWrong {
        /// Misses left before a wait.
        left: u32,
    },
    /// Too many misses.
    #[error("wrong PIN too often, {seconds} seconds to wait")]
    PinDelayed {
        /// Until the next try.
        seconds: u64,
    },
    /// Not the PIN of anybody who may try; somebody else has to wait, whose it may be.
    #[error("wrong PIN, or of somebody with {seconds} seconds to wait")]
    PinHeld {
        /// Until everybody may try again.
        seconds: u64,
    },
    /// A manager has to allow it.
    #[error("a manager has to allow it")]
    ApprovalNeeded,
    /// The PIN of somebody who cannot allow it.
    #[error("only a manager can allow it")]
    NotAManager,
    /// No staff was received from the server yet.
    #[error("no staff of this store is known")]
    NoStaff,
    /// No program was received from the server yet.
    #[error("no program is known")]
    NoProgram,
    /// The program has faults.
    #[error("program {version} does not compile: {faults}")]
    ProgramUnusable {
        /// Which.
        version: u32,
        /// What is wrong with it.
        faults: String,
    },
    /// No such customer here.
    #[error("unknown customer")]
    UnknownCustomer,
    /// A field of a customer's profile cannot be read, or is missing.
    #[error("field {field} of a profile")]
    Profile {
        /// Which.
        field: ProfileField,
        /// As typed, shortened.
        text: String,
    },
    /// No such product, or it is not sold any more.
    #[error("unknown product")]
    UnknownProduct,
    /// It is not sold any more.
    #[error("product {product} is not sold any more")]
    ProductInactive {
        /// Its id.
        product: String,
    },
    /// A price below zero.
    #[error("a price below zero")]
    PriceNegative,
    /// Nothing of a thing.
    #[error("a quantity of zero")]
    QuantityZero,
    /// No such line in the basket.
    #[error("unknown line")]
    UnknownLine,
    /// Nothing can cost nothing.
    #[error("an amount of zero")]
    AmountZero,
    /// More than an amount can be.
    #[error("an amount that is too large")]
    AmountTooLarge,
    /// Not an amount.
    #[error("cannot read {text:?} as an amount")]
    AmountUnreadable {
        /// As typed, shortened.
        text: String,
        /// How the currency is written.
        money: Option<Money>,
    },
    /// Not a quantity.
    #[error("cannot read {text:?} as a quantity")]
    QuantityUnreadable {
        /// As typed, shortened.
        text: String,
    },
    /// More than a line can hold.
    #[error("a quantity that is too large")]
    QuantityTooLarge,
    /// More lines than a basket can hold.
    #[error("a basket of more than {max} lines")]
    BasketFull {
        /// The most lines.
        max: usize,
    },
    /// A name for an open amount that fits on no receipt.
    #[error("a name of more than {max} letters")]
    NameTooLong {
        /// The most letters.
        max: usize,
    },
    /// Nothing to pay for.
    #[error("the basket is empty")]
    EmptyBasket,
    /// It cannot be a code, whatever the program holds.
    #[error("cannot read {text:?} as a code")]
    CodeUnreadable {
        /// As typed, shortened.
        text: String,
    },
    /// Neither a number of points nor money.
    #[error("cannot read {text:?} as points")]
    PointsUnreadable {
        /// As typed, shortened.
        text: String,
    },
    /// The customer holds no such reward coupon.
    #[error("the customer holds no coupon {code}")]
    UnknownCoupon {
        /// Its text.
        code: String,
    },
    /// More codes scanned than anybody needs.
    #[error("more than {max} scanned codes")]
    TooManyCodes {
        /// The most scanned codes, accepted and refused.
        max: usize,
    },
    /// No basket was parked.
    #[error("no basket is parked")]
    NothingParked,
    /// Every parked basket was written by a later version.
    #[error("no parked basket can be read")]
    ParkedUnreadable,
    /// Too many baskets are parked.
    #[error("more than {max} parked baskets")]
    TooManyParked {
        /// The most parked baskets.
        max: usize,
    },
    /// Not a means of payment.
    #[error("unknown tender {kind:?}")]
    UnknownTender {
        /// As asked, shortened.
        kind: String,
    },
    /// The tenders do not reach the total.
    #[error("{missing} minor units are missing to pay {total}")]
    Underpaid {
        /// What is missing.
        missing: Amount,
        /// To pay.
        total: Amount,
        /// How it is written.
        money: Money,
    },
    /// Card or transfer pay more than the total: no change comes out of those.
    #[error("{excess} minor units too much without cash")]
    Overpaid {
        /// What is too much.
        excess: Amount,
        /// How it is written.
        money: Money,
    },
    /// The quote inside the payment differs from what was on screen; nothing was recorded.
    #[error("the total is {total} minor units now")]
    PriceChanged {
        /// To pay now.
        total: Amount,
        /// How it is written.
        money: Money,
    },
    /// More than can be charged at once.
    #[error("a total that is too large")]
    TotalTooLarge,
    /// No such sale here.
    #[error("unknown sale")]
    UnknownSale,
    /// Not the number of a sale.
    #[error("cannot read {text:?} as the number of a sale")]
    ReceiptUnreadable {
        /// As typed, shortened.
        text: String,
    },
    /// The sale is not of this till, and the server cannot be asked.
    #[error("asking the server for a sale")]
    SaleElsewhere(#[source] Failure),
    /// Sales of several other stores have this number.
    #[error("several sales have this number")]
    SeveralSales,
    /// Units of a sale cannot come back.
    #[error("a return is refused: {}", refusal.code())]
    Return {
        /// Why.
        refusal: ReturnRefusal,
        /// The line that it is about; empty: none.
        name: String,
        /// When something of it came back last.
        last: Option<NaiveDateTime>,
    },
    /// Everything of the sale came back before.
    #[error("everything of the sale came back")]
    AllReturned {
        /// When the last of it came.
        last: Option<NaiveDateTime>,
    },
    /// The sale was voided.
    #[error("the sale was voided at {voided}")]
    SaleVoided {
        /// When, by the store's clock.
        voided: NaiveDateTime,
    },
    /// What comes back differs from what was on screen; nothing was recorded.
    #[error("{value} minor units come back now")]
    RefundChanged {
        /// What comes back now, minor units.
        value: i64,
        /// How it is written.
        money: Money,
    },
    /// A gift card paid a part of the sale and is not turned into money.
    #[error("at most {most} minor units come back this way")]
    GiftCardPaid {
        /// What this means has paid and not given back.
        most: Amount,
        /// How it is written.
        money: Money,
    },
    /// Money goes back for a reason.
    #[error("a refund without a reason")]
    ReasonNeeded,
    /// A reason that the program does not have.
    #[error("unknown reason")]
    UnknownReason,
    /// A note that is longer than anybody reads.
    #[error("a note of more than {max} letters")]
    NoteTooLong {
        /// The most letters.
        max: usize,
    },
    /// Nothing was sold here yet.
    #[error("no sale to void")]
    NothingToVoid,
    /// Something was sold since.
    #[error("not the last sale any more")]
    NotTheLastSale,
    /// No step to take back.
    #[error("no step to take back")]
    NothingToUndo,
    /// A sale for another system needs its number.
    #[error("a sale without a reference")]
    ReferenceEmpty,
    /// Not the address of a server.
    #[error("cannot read {text:?} as the address of a server")]
    ServerAddress {
        /// As typed, shortened.
        text: String,
    },
    /// Enrolling failed.
    #[error("enrolling this till")]
    Enrol(#[source] Failure),
    /// Asking the server for something failed.
    #[error("asking the server")]
    LookUp(#[source] Failure),
    /// The key of the database cannot be had.
    #[error("reading the database key")]
    Key(#[source] crate::secret::SecretError),
    /// The till's file.
    #[error("using the till's file")]
    Ledger(#[from] ledger::Error),
    /// The data folder cannot be made.
    #[error("creating {}", folder.display())]
    Folder {
        /// Which.
        folder: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Sync was started outside an async runtime.
    #[error("starting sync outside an async runtime")]
    NoRuntime,
}

impl Error {
    /// The stable code, documented in the catalogue as `error.<code>.message` and `.hint`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotEnrolled => "not_enrolled",
            Self::AlreadyEnrolled => "already_enrolled",
            Self::OtherTenant { .. } => "other_tenant",
            Self::Locked => "locked",
            Self::PinWrong { .. } => "pin_wrong",
            Self::PinDelayed { .. } => "pin_delayed",
            Self::PinHeld { .. } => "pin_held",
            Self::ApprovalNeeded => "approval_needed",
            Self::NotAManager => "not_a_manager",
            Self::NoStaff => "no_staff",
            Self::NoProgram => "no_program",
            Self::ProgramUnusable { .. } => "program_unusable",
            Self::UnknownCustomer => "unknown_customer",
            Self::Profile { field, .. } => field.code(),
            Self::UnknownProduct => "unknown_product",
            Self::ProductInactive { .. } => "product_inactive",
            Self::PriceNegative => "price_negative",
            Self::QuantityZero => "quantity_zero",
            Self::UnknownLine => "unknown_line",
            Self::AmountZero => "amount_zero",
            Self::AmountTooLarge => "amount_too_large",
            Self::AmountUnreadable { .. } => "amount_unreadable",
            Self::QuantityUnreadable { .. } => "quantity_unreadable",
            Self::QuantityTooLarge => "quantity_too_large",
            Self::BasketFull { .. } => "basket_full",
            Self::NameTooLong { .. } => "name_too_long",
            Self::EmptyBasket => "empty_basket",
            Self::CodeUnreadable { .. } => "code_unreadable",
            Self::PointsUnreadable { .. } => "points_unreadable",
            Self::UnknownCoupon { .. } => "unknown_coupon",
            Self::TooManyCodes { .. } => "too_many_codes",
            Self::NothingParked => "nothing_parked",
            Self::ParkedUnreadable => "parked_unreadable",
            Self::TooManyParked { .. } => "too_many_parked",
            Self::UnknownTender { .. } => "unknown_tender",
            Self::Underpaid { .. } => "underpaid",
            Self::Overpaid { .. } => "overpaid",
            Self::PriceChanged { .. } => "price_changed",
            Self::TotalTooLarge => "total_too_large",
            Self::UnknownSale => "unknown_sale",
            Self::ReceiptUnreadable { .. } => "receipt_unreadable",
            Self::SaleElsewhere(Failure::Refused(_)) => "server_refused",
            Self::SaleElsewhere(_) => "sale_elsewhere",
            Self::SeveralSales => "several_sales",
            Self::Return { refusal, .. } => refusal.code(),
            Self::AllReturned { .. } => "all_returned",
            Self::SaleVoided { .. } => "sale_voided",
            Self::RefundChanged { .. } => "refund_changed",
            Self::GiftCardPaid { .. } => "gift_card_paid",
            Self::ReasonNeeded => "reason_needed",
            Self::UnknownReason => "unknown_reason",
            Self::NoteTooLong { .. } => "note_too_long",
            Self::NothingToVoid => "nothing_to_void",
            Self::NotTheLastSale => "not_the_last_sale",
            Self::NothingToUndo => "nothing_to_undo",
            Self::ReferenceEmpty => "reference_empty",
            Self::ServerAddress { .. } => "server_address",
            Self::Enrol(failure) | Self::LookUp(failure) => failure_code(failure),
            Self::Key(_) => "key_unusable",
            Self::Ledger(error) => ledger_code(error),
            Self::Folder { .. } => "folder",
            Self::NoRuntime => "no_runtime",
        }
    }
}

fn failure_code(failure: &Failure) -> &'static str {
    match failure {
        Failure::Unreachable(TransportError::TooLong)
        | Failure::Unreadable(_)
        | Failure::Frame(_)
        | Failure::TooLarge => "server_unreadable",
        Failure::Unreachable(_) => "server_unreachable",
        Failure::Timeout => "server_timeout",
        Failure::Busy { .. } => "server_busy",
        Failure::NotTheServer { .. } => "not_the_server",
        Failure::Refused(reply) if reply.code == "enrol_code_invalid" => "enrol_code_invalid",
        Failure::Refused(_) => "server_refused",
    }
}

/// Errors that ask a person for nothing particular share one sentence.
fn ledger_code(error: &ledger::Error) -> &'static str {
    let code = error.code();
    if has(Language::Es, &format!("error.{code}.message")) {
        code
    } else {
        "ledger_failed"
    }
}
