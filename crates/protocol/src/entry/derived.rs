//! Uses of derived codes: what experiments are counted from.

use chrono::{NaiveDate, NaiveDateTime};
use loyalty::code::CodeText;
use loyalty::money::Amount;
use mostrador_loyalty as loyalty;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Fault, Payload, SaleCompleted};

/// The payload of `payment_reached`: a basket with a variant on it was shown for payment. It is written
/// once for each basket and set of variants, and not at all without variants. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentReached {
    /// The id that the sale has if it completes.
    pub basket_id: Uuid,
    /// The identified customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Uuid>,
    /// Slug of the store.
    pub store: String,
    /// The store's wall clock.
    pub local_time: NaiveDateTime,
    /// The variants among the accepted codes.
    pub codes: Vec<ReachedCode>,
    /// Sum of the lines' gross.
    pub gross: i64,
    /// Sum of all discounts.
    pub discount: i64,
}

/// A variant on a basket that reached payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachedCode {
    /// Its normalised text.
    pub text: String,
    /// The code that it is a variant of.
    pub parent: String,
    /// Whether the parent was scanned and this variant assigned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub assigned: bool,
}

impl PaymentReached {
    /// Checks that amounts are in range and texts are codes.
    ///
    /// # Errors
    /// The first [`Fault`] found.
    pub fn check(&self) -> Result<(), Fault> {
        for (what, minor) in [("gross", self.gross), ("discount", self.discount)] {
            if Amount::from_minor(minor).is_none() {
                return Err(Fault::Amount { what, minor });
            }
        }
        let mut texts = self
            .codes
            .iter()
            .flat_map(|code| [&code.text, &code.parent]);
        match texts.find(|text| CodeText::parse(text).is_none()) {
            Some(text) => Err(Fault::Code { text: text.clone() }),
            None => Ok(()),
        }
    }
}

/// A derived code on a basket that reached payment or was paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedUse {
    /// The basket, which a sale has as its id: one basket is one use however often it is named.
    pub basket_id: Uuid,
    /// The code that it derives from.
    pub parent: CodeText,
    /// Which.
    pub code: CodeText,
    /// Whether the parent was scanned and this variant assigned.
    pub assigned: bool,
    /// The store's local day.
    pub day: NaiveDate,
    /// What was paid, if it was and the code was used up: a code that took nothing off converts nobody.
    pub paid: Option<DerivedPaid>,
}

/// What a paid basket with a derived code came to, minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DerivedPaid {
    /// Paid for the whole sale.
    pub total: i64,
    /// Taken off by this code.
    pub discount: i64,
}

impl Payload {
    /// The sale of which nothing is left after this entry: no conversion any more, and no purchase that a
    /// referral has its bonus of.
    pub fn undone_sale(&self) -> Option<Uuid> {
        match self {
            Self::SaleVoided(void) => Some(void.sale_id),
            Self::SaleRefunded(refund) => refund.is_full.then_some(refund.sale_id),
            _ => None,
        }
    }

    /// The uses of derived codes that this entry tells of.
    pub fn derived_uses(&self) -> Vec<DerivedUse> {
        match self {
            Self::SaleCompleted(sale) => of_sale(sale),
            Self::PaymentReached(reached) => of_reached(reached),
            _ => Vec::new(),
        }
    }
}

fn of_sale(sale: &SaleCompleted) -> Vec<DerivedUse> {
    let uses = sale.codes.iter().filter_map(|code| {
        Some(DerivedUse {
            basket_id: sale.sale_id,
            parent: CodeText::parse(code.parent.as_deref()?)?,
            code: CodeText::parse(&code.text)?,
            assigned: code.assigned,
            day: sale.local_time.date(),
            paid: code.consumed.then_some(DerivedPaid {
                total: sale.total,
                discount: code.amount,
            }),
        })
    });
    uses.collect()
}

fn of_reached(reached: &PaymentReached) -> Vec<DerivedUse> {
    let uses = reached.codes.iter().filter_map(|code| {
        Some(DerivedUse {
            basket_id: reached.basket_id,
            parent: CodeText::parse(&code.parent)?,
            code: CodeText::parse(&code.text)?,
            assigned: code.assigned,
            day: reached.local_time.date(),
            paid: None,
        })
    });
    uses.collect()
}

/// What a code derived from a parent came to in a range of local days. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedFigures {
    /// The variant.
    pub variant: CodeText,
    /// Baskets with it that reached payment.
    pub uses: u64,
    /// Of them, those whose customer gave the parent's text and was assigned it.
    pub assigned: u64,
    /// Baskets with it that were paid and not fully undone, and on which it took something off.
    pub conversions: u64,
    /// Of them, those to which it was assigned.
    pub assigned_conversions: u64,
    /// What was paid for them.
    pub revenue: i64,
    /// What it took off.
    pub discount: i64,
}
