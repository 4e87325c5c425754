//! What a refund or void comes to when it is folded again from the raw entries: as the server judges it.

use std::collections::BTreeMap;

use mostrador_protocol::entry::{Effects, Payload, SaleCompleted};
use mostrador_server::ingest::undoing::{Before, Judgement, judge_refund, judge_void, sale_of};
use uuid::Uuid;

/// Every sale with what undid it, in the order in which the server took the entries.
#[derive(Debug, Default)]
pub(super) struct Undoings(BTreeMap<Uuid, (SaleCompleted, Before)>);

impl Undoings {
    /// The effects of an entry, where they are others than it says.
    pub(super) fn effects(&mut self, payload: &Payload, effective_ms: i64) -> Option<Effects> {
        if let Payload::SaleCompleted(sale) = payload {
            let known = (SaleCompleted::clone(sale), Before::default());
            self.0.insert(sale.sale_id, known);
        }
        let (sale, before) = self.0.get_mut(&sale_of(payload)?)?;
        let judgement = match payload {
            Payload::SaleRefunded(refund) => {
                // No code of the years gives its use back where a refund is adjusted.
                let judgement = judge_refund(sale, before, refund, |_| false);
                before.refunds.push(*refund.clone());
                judgement
            }
            Payload::SaleVoided(void) => {
                let judgement = judge_void(sale, before, void);
                before.is_voided = true;
                judgement
            }
            _ => return None,
        };
        match judgement {
            Judgement::AsSaid => None,
            Judgement::Adjusted { instead, .. } => {
                let instead = instead.map(Payload::SaleRefunded);
                Some(instead.map_or_else(Effects::default, |it| it.effects(effective_ms)))
            }
        }
    }
}
