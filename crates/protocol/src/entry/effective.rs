//! What refunds of a sale come to when tills that could not see each other gave the same units back.

use loyalty::basket::Quantity;
use loyalty::refund::ReturnedLine;
use mostrador_loyalty as loyalty;
use rust_decimal::Decimal;

use super::{Chosen, SaleCompleted, SaleRefunded};

impl SaleCompleted {
    /// The refunds, each once and with the units that were left when it came: more were never sold.
    pub fn effective(&self, refunds: &[SaleRefunded]) -> Vec<SaleRefunded> {
        let mut effective: Vec<SaleRefunded> = Vec::with_capacity(refunds.len());
        for refund in refunds {
            let is_known = |known: &SaleRefunded| known.refund_id == refund.refund_id;
            if effective.iter().any(is_known) {
                continue;
            }
            let lines = self.units_left(&effective, &refund.returned());
            let chosen = Chosen {
                refund_id: refund.refund_id,
                lines,
                tender: "cash".to_owned(),
                at: refund.at.clone(),
            };
            effective.extend(self.refund(&effective, chosen, |_| false).ok());
        }
        effective
    }

    /// Of the units wanted, those that are left after the earlier refunds.
    pub fn units_left(
        &self,
        earlier: &[SaleRefunded],
        wanted: &[ReturnedLine],
    ) -> Vec<ReturnedLine> {
        let mut left: Vec<Decimal> = self.lines.iter().map(|line| line.quantity).collect();
        let gone = earlier.iter().flat_map(SaleRefunded::returned);
        for one in gone {
            if let Some(left) = left.get_mut(one.line) {
                *left -= one.quantity.value();
            }
        }
        let lines = wanted.iter().filter_map(|one| {
            let left = left.get_mut(one.line)?;
            let taken = one.quantity.value().min(*left).max(Decimal::ZERO);
            *left -= taken;
            Some(ReturnedLine {
                line: one.line,
                quantity: Quantity::new(taken).filter(|_| !taken.is_zero())?,
            })
        });
        lines.collect()
    }
}
