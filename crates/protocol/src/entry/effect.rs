//! What a sale does to a customer's account and to the uses of codes: the facts that till and
//! server fold.

use chrono::NaiveDate;
use uuid::Uuid;

use loyalty::account::Fact;
use loyalty::code::CodeText;
use loyalty::money::Amount;
use mostrador_loyalty as loyalty;

use super::SaleCompleted;

/// Everything a sale changes outside itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleEffects {
    /// Whose account changes, and how.
    pub account: Option<(Uuid, Fact)>,
    /// The codes it used up, and the parents of those that derive from one.
    pub codes: Vec<CodeUsed>,
}

/// One use of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeUsed {
    /// Which.
    pub code: CodeText,
    /// The store's local day.
    pub day: NaiveDate,
    /// What it took off, minor units.
    pub discount: Amount,
}

impl SaleCompleted {
    /// The effects of this sale, made at `effective_ms` (milliseconds since the epoch, from the
    /// entry's header). A text that is no code has no effect; [`SaleCompleted::check`] names it.
    pub fn effects(&self, effective_ms: i64) -> SaleEffects {
        let day = self.local_time.date();
        let codes: Vec<CodeUsed> = self
            .codes
            .iter()
            .filter(|code| code.consumed)
            .flat_map(|code| {
                let texts = [Some(&code.text), code.parent.as_ref()];
                let counted = texts.into_iter().flatten();
                counted.filter_map(|text| {
                    Some(CodeUsed {
                        code: CodeText::parse(text)?,
                        day,
                        discount: Amount::clamped(code.amount.into()),
                    })
                })
            })
            .collect();
        let account = self.customer_id.map(|customer| {
            let fact = Fact::Purchase {
                at_ms: effective_ms,
                day,
                total: Amount::clamped(self.total.into()),
                points: self
                    .points
                    .as_ref()
                    .map_or(0, |points| points.earned.max(0)),
                expires_on: self.points.as_ref().map_or(day, |points| points.expires_on),
                codes: codes.iter().map(|used| used.code.clone()).collect(),
            };
            (customer, fact)
        });
        SaleEffects { account, codes }
    }
}
