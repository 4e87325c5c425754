//! The basket is shown for payment: what experiments count a variant's use by.

use mostrador_ledger as ledger;
use mostrador_protocol::entry::{Payload, PaymentReached, ReachedCode};

use crate::Error;
use crate::price::{Priced, price};
use crate::stamp::stamp;
use crate::till::Till;

impl Till {
    /// Notes that the open basket is shown for payment. It is written once for each set of variants
    /// that the basket has had, and not at all when no variant is on it.
    pub fn reach_payment(&self) -> Result<(), Error> {
        let (mut session, _) = self.at_work()?;
        let identity = self.enrolled()?;
        let open = session.open.clone();
        let (wall_ms, now_ms) = (self.shared.clock.now_ms(), self.now_ms());
        let written = self.shared.ledger.transact(|tx| {
            let rules = self.shared.shelf.current(tx)?;
            let now = rules.moment(now_ms);
            let priced = price(tx, rules, &open, &identity.store, now)?;
            let codes = variants(&priced);
            let texts: Vec<String> = codes.iter().map(|code| code.text.clone()).collect();
            if texts.is_empty() || open.reached.contains(&texts) {
                return Ok::<_, Error>(None);
            }
            let reached = PaymentReached {
                basket_id: open.id,
                customer_id: open.customer,
                store: identity.store.clone(),
                local_time: now.local,
                codes,
                gross: priced.quote.gross.minor(),
                discount: priced.quote.discount.minor(),
            };
            let version = priced.rules.document.version;
            let offset_ms = now_ms.saturating_sub(wall_ms);
            let stamp = stamp(&self.shared, tx, wall_ms, offset_ms, version)?;
            ledger::record::record(tx, &stamp, &Payload::PaymentReached(reached))?;
            Ok(Some(texts))
        })?;
        if let Some(texts) = written {
            session.open.reached.push(texts);
            drop(session);
            self.nudge();
        }
        Ok(())
    }
}

/// The variants among the accepted codes, by text. Members of a series are no experiment.
fn variants(priced: &Priced) -> Vec<ReachedCode> {
    let program = &priced.rules.program;
    let accepted = priced.quote.accepted.iter().filter_map(|code| {
        let parent = code.parent.as_ref()?;
        let is_variant = program.codes.get(parent)?.series.is_none();
        is_variant.then(|| ReachedCode {
            text: code.text.to_string(),
            parent: parent.to_string(),
            assigned: code.assigned,
        })
    });
    let mut variants: Vec<ReachedCode> = accepted.collect();
    variants.sort_unstable_by(|one, two| one.text.cmp(&two.text));
    variants
}
