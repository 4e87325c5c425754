//! Who brought whom: entries `referral_registered`, with what came of each.

use loyalty::account::MOST_MERGES;
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::{Payload, ReferralBonus};
use uuid::Uuid;

use super::super::{Brought, GivenBonus};
use super::session::Connection;
use super::{Answer, column, customer, sale_outcome, stream};
use crate::ingest::reading::effective_ms;
use crate::jobs::cause::Cause;

pub(super) fn brought(
    conn: &dyn Connection,
    tenant: &str,
    least_total: i64,
) -> Answer<Vec<Brought>> {
    let sql = "select stream_id, seq from entry
               where tenant_id = ?1 and kind = 'referral_registered' and disposition <> 'held'
               order by stream_id, seq";
    let what = "looking for who brought whom";
    let places = column::rows(conn, what, (sql, &[&tenant]), |row| {
        Ok((column::id(row, 0)?, column::uint(row, 1)?))
    })?;
    let mut found = Vec::with_capacity(places.len());
    for place in places {
        found.extend(one(conn, (tenant, least_total), place)?);
    }
    found.sort_by_key(|brought| (brought.at_ms, brought.customer, brought.referrer));
    Ok(found)
}

/// One that cannot be read any more is left out.
fn one(
    conn: &dyn Connection,
    (tenant, least_total): (&str, i64),
    (written, seq): (Uuid, u64),
) -> Answer<Option<Brought>> {
    let Some(stored) = stream::entry_at(conn, (tenant, written), seq)? else {
        return Ok(None);
    };
    let payload = stream::payload_at(conn, (tenant, written), seq)?;
    let (Ok(header), Some(Payload::ReferralRegistered(registered))) =
        (stored.raw.header(), payload)
    else {
        return Ok(None);
    };
    let at_ms = effective_ms(&header, stored.received_ms);
    let (customer, account) = held(conn, tenant, registered.customer_id)?;
    let whose = (tenant, customer);
    let least_total = least_total.max(1);
    let paid = sale_outcome::first_paid(conn, whose, (at_ms, least_total))?;
    Ok(Some(Brought {
        customer,
        referrer: held(conn, tenant, registered.referrer_id)?.0,
        at_ms,
        terminal: stream::terminal_of(conn, tenant, written)?,
        cashier: registered.cashier_id,
        local_time: registered.local_time,
        had_bought: sale_outcome::had_bought(conn, whose, at_ms)?,
        has_paid_sale: paid.is_some(),
        purchases: account.purchases,
        spent: account.spent,
        bonuses: bonuses(conn, whose)?,
    }))
}

fn bonuses(conn: &dyn Connection, (tenant, customer): (&str, Uuid)) -> Answer<Vec<GivenBonus>> {
    let mut bonuses = Vec::new();
    for (sale, taken_back) in sale_outcome::with_bonus(conn, (tenant, customer))? {
        if let Some(bonus) = given(conn, tenant, sale)? {
            bonuses.push(GivenBonus {
                sale,
                referrer: held(conn, tenant, bonus.referrer_id)?.0,
                points: bonus.bonus.points,
                day: bonus.day,
                taken_back,
            });
        }
    }
    Ok(bonuses)
}

/// The bonus that a sale gave.
pub(super) fn given(
    conn: &dyn Connection,
    tenant: &str,
    sale: Uuid,
) -> Answer<Option<ReferralBonus>> {
    let id = Cause::Bonus { sale }.entry_id(tenant, 0);
    let Some((written, seq)) = stream::claimed(conn, tenant, id)? else {
        return Ok(None);
    };
    let payload = stream::payload_at(conn, (tenant, written), seq)?;
    Ok(match payload {
        Some(Payload::ReferralBonus(bonus)) => Some(bonus),
        _ => None,
    })
}

/// Who has the account of this record now, and the account.
fn held(conn: &dyn Connection, tenant: &str, record: Uuid) -> Answer<(Uuid, AccountDocument)> {
    let mut holder = record;
    let mut account = customer::account(conn, tenant, holder)?.unwrap_or_default();
    for _ in 0..MOST_MERGES {
        let Some(next) = account.merged_into else {
            break;
        };
        holder = next;
        account = customer::account(conn, tenant, holder)?.unwrap_or_default();
    }
    Ok((holder, account))
}
