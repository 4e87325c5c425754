//! Refunds and voids against the sale that they undo, and those that wait for their sale.

use mostrador_protocol::entry::{Payload, SaleCompleted};
use mostrador_protocol::message::Disposition;
use uuid::Uuid;

use super::column::Param;
use super::sale_outcome::Place;
use super::session::{Connection, Transaction};
use super::{Answer, column, sale_outcome, stream};
use crate::ingest::reading::{Link, again};
use crate::ingest::undoing::{Before, Judgement, judge_refund, judge_void, sale_of};
use crate::rules::Rules;

/// What becomes of a refund or void.
#[derive(Debug)]
pub(super) enum Undoing {
    /// Its sale is not here: it waits, because of this.
    Waits(String),
    /// Its sale is here.
    Judged(Judgement),
}

/// Judges an entry that undoes a sale; none for any other.
pub(super) fn judge(
    tx: &dyn Transaction,
    tenant: &str,
    (link, rules): (&Link, &Rules),
) -> Answer<Option<Undoing>> {
    let Some((payload, _)) = &link.said else {
        return Ok(None);
    };
    let Some(sale_id) = sale_of(payload) else {
        return Ok(None);
    };
    let Some(sale) = sale(tx, tenant, sale_id)? else {
        return Ok(Some(Undoing::Waits(format!(
            "{WAITS}: sale {sale_id} is not here yet; it is tried again when the sale comes"
        ))));
    };
    let before = before(tx, tenant, sale_id)?;
    Ok(match payload.as_ref() {
        Payload::SaleRefunded(refund) => {
            let reinstates = |code: &_| rules.reinstates_on_full_return(code);
            let judged = judge_refund(&sale, &before, refund, reinstates);
            Some(Undoing::Judged(judged))
        }
        Payload::SaleVoided(void) => {
            let judged = judge_void(&sale, &before, void);
            Some(Undoing::Judged(judged))
        }
        _ => None,
    })
}

fn sale(conn: &dyn Connection, tenant: &str, sale_id: Uuid) -> Answer<Option<SaleCompleted>> {
    let Some(Place { stream, seq }) = sale_outcome::place(conn, tenant, sale_id)? else {
        return Ok(None);
    };
    Ok(match stream::payload_at(conn, (tenant, stream), seq)? {
        Some(Payload::SaleCompleted(sale)) => Some(*sale),
        _ => None,
    })
}

/// What undid the sale so far. Copies of one entry in two streams count once.
fn before(conn: &dyn Connection, tenant: &str, sale_id: Uuid) -> Answer<Before> {
    let mut before = Before::default();
    let had_effects = [Disposition::Applied, Disposition::Adjusted];
    for (stream, seq, _) in places(conn, (tenant, sale_id), had_effects)? {
        match stream::payload_at(conn, (tenant, stream), seq)? {
            Some(Payload::SaleRefunded(refund)) => {
                let mut ids = before.refunds.iter().map(|known| known.refund_id);
                if !ids.any(|id| id == refund.refund_id) {
                    before.refunds.push(*refund);
                }
            }
            Some(Payload::SaleVoided(_)) => before.is_voided = true,
            _ => {}
        }
    }
    Ok(before)
}

/// The held entries that wait for this sale. What is held because this version cannot read it is none of them: a
/// version that can tries it.
pub(super) fn waiting(
    conn: &dyn Connection,
    tenant: &str,
    sale_id: Uuid,
) -> Answer<Vec<(Uuid, Link)>> {
    let mut waiting = Vec::new();
    let held = places(conn, (tenant, sale_id), [Disposition::Held; 2])?;
    for (stream, seq, _) in held.into_iter().filter(|(_, _, reason)| waits(reason)) {
        if let Some(stored) = stream::entry_at(conn, (tenant, stream), seq)? {
            waiting.push((
                stream,
                again((stream, seq), stored.hash, (stored.raw, stored.received_ms)),
            ));
        }
    }
    Ok(waiting)
}

/// Of these sales, those that held entries wait for.
pub(super) fn awaited(conn: &dyn Connection, tenant: &str, sales: &[Uuid]) -> Answer<Vec<Uuid>> {
    let held = stream::disposition_text(Disposition::Held);
    let ids: Vec<String> = sales.iter().map(Uuid::to_string).collect();
    let many: Vec<[&dyn Param; 4]> = ids
        .iter()
        .map(|id| -> [&dyn Param; 4] { [&tenant, id, &held, &held] })
        .collect();
    let what = "looking for what waits for sales";
    let found = column::rows_of(conn, what, (PLACES, &many), |row| row.get::<String>(2))?;
    let is_awaited = |held: &[String]| held.iter().any(|reason| waits(reason));
    let found = sales.iter().zip(found).filter(|(_, held)| is_awaited(held));
    Ok(found.map(|(sale, _)| *sale).collect())
}

/// How the reason begins of what waits for its sale.
const WAITS: &str = "unknown_sale";

fn waits(reason: &str) -> bool {
    reason.starts_with(WAITS)
}

const PLACES: &str = "select s.stream_id, s.seq, coalesce(e.reason, '') from sale_entry s
    join entry e on e.tenant_id = s.tenant_id and e.stream_id = s.stream_id and e.seq = s.seq
    where s.tenant_id = ?1 and s.sale_id = ?2 and s.kind <> 'sale_completed'
          and e.disposition in (?3, ?4)
    order by s.effective_ms, s.stream_id, s.seq";

/// Where the entries stand that undo a sale and became one of these, and why.
fn places(
    conn: &dyn Connection,
    (tenant, sale_id): (&str, Uuid),
    became: [Disposition; 2],
) -> Answer<Vec<(Uuid, u64, String)>> {
    let [one, other] = became.map(stream::disposition_text);
    let values: [&dyn Param; 4] = [&tenant, &sale_id.to_string(), &one, &other];
    let what = "looking for what undoes a sale";
    column::rows(conn, what, (PLACES, &values), |row| {
        Ok((column::id(row, 0)?, column::uint(row, 1)?, row.get(2)?))
    })
}
