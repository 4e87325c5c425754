//! Every expected "no", with what a person needs to hear.

use crate::code::CodeText;
use crate::money::Amount;

/// Why a code did not join the quote. Declared in the order of precedence: of several reasons the
/// first is given (PRICING section 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// One sign of a generated code is wrong.
    BadCheckSign {
        /// The only code one wrong sign or one swap of neighbours away, if there is exactly one.
        did_you_mean: Option<CodeText>,
    },
    /// No such code in the program.
    UnknownCode,
    /// Switched off by the program.
    Inactive,
    /// Valid from a later day.
    NotStarted {
        /// The first day.
        from: chrono::NaiveDate,
    },
    /// Its last day is over.
    Expired {
        /// The last day.
        until: chrono::NaiveDate,
    },
    /// Valid, but not at this weekday or hour.
    OutsideHours,
    /// Valid in other stores.
    WrongStore,
    /// Needs an identified customer.
    CustomerRequired,
    /// Given to somebody else.
    WrongCustomer,
    /// The customer's tier is below the one needed.
    TierTooLow {
        /// Slug of the lowest tier that would do.
        needs: String,
    },
    /// For customers who were awarded a badge.
    BadgeRequired {
        /// Slug of the badge.
        badge: String,
    },
    /// The customer has bought before.
    NotFirstPurchase,
    /// The customer's own referral code.
    OwnCode,
    /// Already on this basket.
    AlreadyApplied,
    /// Nothing in the basket that it applies to.
    NoEligibleLine,
    /// The eligible lines are worth less than the minimum purchase.
    MinimumNotMet {
        /// What is missing.
        missing: Amount,
        /// The minimum purchase.
        minimum: Amount,
    },
    /// Used up by everybody.
    TotalLimitReached {
        /// The limit.
        limit: u64,
    },
    /// Used up by this customer.
    CustomerLimitReached {
        /// The limit.
        limit: u64,
    },
    /// Used up for today.
    DayLimitReached {
        /// The limit.
        limit: u64,
    },
    /// Its discount budget is spent.
    BudgetSpent,
    /// The till holds no right to it: what is left may be used up elsewhere unseen.
    LeaseRequired {
        /// Whether what is missing is the right to decide on the customer alone; otherwise it is one to
        /// the code's limits of everybody.
        of_customer: bool,
    },
    /// The basket has as many codes as the program allows.
    StackLimit {
        /// The most codes.
        max: usize,
    },
    /// It, or one that is already there, does not meet others.
    NotStackable {
        /// The first accepted code it cannot meet.
        with: CodeText,
    },
}

impl Refusal {
    /// The stable code for screens, receipts, the wire and reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadCheckSign { .. } => "bad_check_sign",
            Self::UnknownCode => "unknown_code",
            Self::Inactive => "inactive",
            Self::NotStarted { .. } => "not_started",
            Self::Expired { .. } => "expired",
            Self::OutsideHours => "outside_hours",
            Self::WrongStore => "wrong_store",
            Self::CustomerRequired => "customer_required",
            Self::WrongCustomer => "wrong_customer",
            Self::TierTooLow { .. } => "tier_too_low",
            Self::BadgeRequired { .. } => "badge_required",
            Self::NotFirstPurchase => "not_first_purchase",
            Self::OwnCode => "own_code",
            Self::AlreadyApplied => "already_applied",
            Self::NoEligibleLine => "no_eligible_line",
            Self::MinimumNotMet { .. } => "minimum_not_met",
            Self::TotalLimitReached { .. } => "total_limit_reached",
            Self::CustomerLimitReached { .. } => "customer_limit_reached",
            Self::DayLimitReached { .. } => "day_limit_reached",
            Self::BudgetSpent => "budget_spent",
            Self::LeaseRequired { .. } => "lease_required",
            Self::StackLimit { .. } => "stack_limit",
            Self::NotStackable { .. } => "not_stackable",
        }
    }
}

/// Something to say about a code that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// It changes nothing on this basket, and is not consumed.
    NoEffect,
    /// A part of it fitted nowhere (floors, basket cap, empty lines).
    Truncated {
        /// What was lost.
        lost: Amount,
    },
}

impl Note {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoEffect => "no_effect",
            Self::Truncated { .. } => "truncated",
        }
    }
}
