//! Tables `tenant`, `store`, `terminal` and `enrol_code`: who may speak.

use mostrador_protocol::message::Verdict;
use uuid::Uuid;

use super::super::{Counts, Vitals};
use super::column::{Found, Param, Row};
use super::session::{Connection, Transaction};
use super::{Answer, column};
use crate::Error;
use crate::terminal::{Enrolment, NewEnrolCode, Shop, Tenant, Terminal, Told};

pub(super) fn add_tenant(tx: &dyn Transaction, tenant: &Tenant, now_ms: i64) -> Answer<()> {
    let what = "adding a tenant";
    let sql = "insert into tenant (tenant_id, name, created_ms) values (?1, ?2, ?3)
               on conflict (tenant_id) do nothing";
    let added = column::run(tx, what, (sql, &[&tenant.id, &tenant.name, &now_ms]))?;
    if added == 0 {
        return Err(Error::Exists {
            what: "tenant",
            id: tenant.id.clone(),
        });
    }
    let sql = "insert into feed_head (tenant_id, position) values (?1, 0)";
    column::send(tx, what, (sql, &[&tenant.id]))
}

pub(super) fn tenants(conn: &dyn Connection) -> Answer<Vec<Tenant>> {
    let sql = "select tenant_id, name from tenant order by tenant_id";
    column::rows(conn, "listing tenants", (sql, &[]), |row| {
        Ok(Tenant {
            id: row.get(0)?,
            name: row.get(1)?,
        })
    })
}

/// [`Error::UnknownTenant`] unless it exists.
pub(super) fn require_tenant(conn: &dyn Connection, tenant: &str) -> Answer<()> {
    let sql = "select 1 from tenant where tenant_id = ?1";
    let found = column::row(conn, "looking for a tenant", (sql, &[&tenant]), |_| Ok(()))?;
    found.ok_or_else(|| Error::UnknownTenant(tenant.to_owned()))
}

pub(super) fn add_shop(tx: &dyn Transaction, shop: &Shop, now_ms: i64) -> Answer<()> {
    require_tenant(tx, &shop.tenant)?;
    let sql = "insert into store (tenant_id, store_id, name, created_ms) values (?1, ?2, ?3, ?4)
               on conflict (tenant_id, store_id) do nothing";
    let values: [&dyn Param; 4] = [&shop.tenant, &shop.id, &shop.name, &now_ms];
    match column::run(tx, "adding a store", (sql, &values))? {
        0 => Err(Error::Exists {
            what: "store",
            id: shop.id.clone(),
        }),
        _ => Ok(()),
    }
}

pub(super) fn shops(conn: &dyn Connection, tenant: &str) -> Answer<Vec<Shop>> {
    require_tenant(conn, tenant)?;
    let sql = "select tenant_id, store_id, name from store where tenant_id = ?1 order by store_id";
    column::rows(conn, "listing stores", (sql, &[&tenant]), |row| {
        Ok(Shop {
            tenant: row.get(0)?,
            id: row.get(1)?,
            name: row.get(2)?,
        })
    })
}

pub(super) fn add_enrol_code(tx: &dyn Transaction, code: &NewEnrolCode) -> Answer<()> {
    require_tenant(tx, &code.tenant)?;
    let known = shops(tx, &code.tenant)?;
    if !known.iter().any(|shop| shop.id == code.store) {
        return Err(Error::UnknownStore {
            tenant: code.tenant.clone(),
            store: code.store.clone(),
        });
    }
    let sql = "insert into enrol_code (tenant_id, code_hash, store_id, terminal_name, expires_ms)
               values (?1, ?2, ?3, ?4, ?5)";
    let values: [&dyn Param; 5] = [
        &code.tenant,
        &code.code_hash,
        &code.store,
        &code.terminal_name,
        &code.expires_ms,
    ];
    column::send(tx, "keeping a one-time code", (sql, &values))
}

/// The hashes of the one-time codes that are not too old: those of a quarter of an hour.
pub(super) fn enrol_codes(conn: &dyn Connection, now_ms: i64) -> Answer<Vec<String>> {
    let sql = "select code_hash from enrol_code where expires_ms > ?1 order by code_hash";
    let what = "listing one-time codes";
    column::rows(conn, what, (sql, &[&now_ms]), |row| row.get(0))
}

/// Whether the one-time code of an enrolment is known and not too old.
pub(super) fn is_worth_something(conn: &dyn Connection, enrolment: &Enrolment) -> Answer<bool> {
    let sql = "select 1 from enrol_code where code_hash = ?1 and expires_ms > ?2";
    let values: [&dyn Param; 2] = [&enrolment.code_hash, &enrolment.now_ms];
    let what = "looking for a one-time code";
    Ok(column::row(conn, what, (sql, &values), |_| Ok(()))?.is_some())
}

pub(super) fn enrol(tx: &dyn Transaction, enrolment: &Enrolment) -> Answer<Option<Terminal>> {
    let what = "using a one-time code";
    let sql = format!(
        "select tenant_id, store_id, terminal_name, terminal_id from enrol_code
         where code_hash = ?1 and expires_ms > ?2{}",
        tx.for_update()
    );
    let values: [&dyn Param; 2] = [&enrolment.code_hash, &enrolment.now_ms];
    let found = column::row(tx, what, (&sql, &values), |row| {
        let text = |index| row.get::<String>(index);
        Ok((text(0)?, text(1)?, text(2)?, column::maybe_id(row, 3)?))
    })?;
    let Some((tenant, store, name, used_by)) = found else {
        return Ok(None);
    };
    if let Some(id) = used_by {
        let known = terminal(tx, id)?;
        return Ok(known.filter(|terminal| terminal.public_key == enrolment.public_key));
    }
    let id = enrolment.terminal_id.to_string();
    let sql = "insert into terminal
                   (tenant_id, terminal_id, store_id, name, public_key, enrolled_ms)
               values (?1, ?2, ?3, ?4, ?5, ?6)";
    let values: [&dyn Param; 6] = [
        &tenant,
        &id,
        &store,
        &name,
        &enrolment.public_key,
        &enrolment.now_ms,
    ];
    column::send(tx, what, (sql, &values))?;
    let sql = "update enrol_code set used_ms = ?3, terminal_id = ?4
               where tenant_id = ?1 and code_hash = ?2";
    let values: [&dyn Param; 4] = [&tenant, &enrolment.code_hash, &enrolment.now_ms, &id];
    column::send(tx, what, (sql, &values))?;
    terminal(tx, enrolment.terminal_id)
}

const TERMINAL: &str = "select t.terminal_id, t.tenant_id, c.name, t.store_id, s.name, t.name,
           t.public_key, t.active, t.last_seen_ms, t.stream_id, t.verdict, t.told_ms,
           t.told_protocol, t.told_version, t.told_seq, t.told_waiting, t.told_skew_ms,
           (select count(*) from lease_freeze f
            where f.tenant_id = t.tenant_id and f.terminal_id = t.terminal_id
              and f.stream_id is null)
    from terminal t
    join tenant c on c.tenant_id = t.tenant_id
    join store s on s.tenant_id = t.tenant_id and s.store_id = t.store_id";

fn terminal_of(row: &Row<'_>) -> Found<Terminal> {
    let tenant = Tenant {
        id: row.get(1)?,
        name: row.get(2)?,
    };
    Ok(Terminal {
        id: column::id(row, 0)?,
        shop: Shop {
            tenant: tenant.id.clone(),
            id: row.get(3)?,
            name: row.get(4)?,
        },
        tenant,
        name: row.get(5)?,
        public_key: row.get(6)?,
        active: row.get(7)?,
        last_seen_ms: row.get(8)?,
        stream: column::maybe_id(row, 9)?,
        verdict: row.get::<Option<String>>(10)?.as_deref().map(verdict_of),
        told: told_of(row)?,
        is_unheard: row.get(17)?,
    })
}

fn told_of(row: &Row<'_>) -> Found<Option<Told>> {
    let Some(at_ms) = row.get(11)? else {
        return Ok(None);
    };
    let waiting: Option<i64> = row.get(15)?;
    Ok(Some(Told {
        protocol: row.get(12)?,
        app_version: row.get(13)?,
        head_seq: column::uint(row, 14)?,
        waiting: waiting.and_then(|waiting| u64::try_from(waiting).ok()),
        skew_ms: row.get(16)?,
        at_ms,
    }))
}

fn verdict_of(text: &str) -> Verdict {
    match text {
        "ok" => Verdict::Ok,
        "rewound" => Verdict::Rewound,
        "fork" => Verdict::Fork,
        _ => Verdict::Upgrade,
    }
}

const fn verdict_text(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::Rewound => "rewound",
        Verdict::Fork => "fork",
        Verdict::Upgrade => "upgrade",
    }
}

/// Keeps what a terminal said of itself.
pub(super) fn set_told(
    tx: &dyn Transaction,
    (tenant, terminal): (&str, Uuid),
    told: &Told,
) -> Answer<()> {
    let sql = "update terminal
               set told_protocol = ?3, told_version = ?4, told_seq = ?5, told_waiting = ?6,
                   told_skew_ms = ?7, told_ms = ?8
               where tenant_id = ?1 and terminal_id = ?2";
    let values: [&dyn Param; 8] = [
        &tenant,
        &terminal.to_string(),
        &told.protocol,
        &told.app_version,
        &column::int(told.head_seq),
        &told.waiting.map(column::int),
        &told.skew_ms,
        &told.at_ms,
    ];
    column::send(tx, "noting what a terminal says of itself", (sql, &values))
}

/// Keeps what the server thinks of where a terminal stands.
pub(super) fn set_verdict(
    tx: &dyn Transaction,
    (tenant, terminal): (&str, Uuid),
    verdict: Verdict,
) -> Answer<()> {
    let sql = "update terminal set verdict = ?3 where tenant_id = ?1 and terminal_id = ?2";
    let values: [&dyn Param; 3] = [&tenant, &terminal.to_string(), &verdict_text(verdict)];
    column::send(tx, "noting how a terminal stands", (sql, &values))
}

pub(super) fn terminal(conn: &dyn Connection, id: Uuid) -> Answer<Option<Terminal>> {
    let sql = format!("{TERMINAL} where t.terminal_id = ?1 and t.is_server = 0");
    let what = "looking for a terminal";
    column::row(conn, what, (&sql, &[&id.to_string()]), terminal_of)
}

pub(super) fn terminals(conn: &dyn Connection, tenant: &str) -> Answer<Vec<Terminal>> {
    require_tenant(conn, tenant)?;
    let sql = format!(
        "{TERMINAL} where t.tenant_id = ?1 and t.is_server = 0 order by t.name, t.terminal_id"
    );
    column::rows(conn, "listing terminals", (&sql, &[&tenant]), terminal_of)
}

pub(super) fn set_terminal_active(tx: &dyn Transaction, id: Uuid, active: bool) -> Answer<bool> {
    let sql = "update terminal set active = ?2 where terminal_id = ?1 and is_server = 0";
    let values: [&dyn Param; 2] = [&id.to_string(), &active];
    Ok(column::run(tx, "switching a terminal", (sql, &values))? > 0)
}

/// The entries of a tenant are counted by the heads of their streams, which have no gaps.
pub(super) fn vitals(conn: &dyn Connection, tenant: &str) -> Answer<Vitals> {
    let sql = "select
            (select cast(coalesce(sum(seq), 0) as bigint) from stream where tenant_id = ?1),
            (select count(*) from entry where tenant_id = ?1 and disposition = 'held'),
            (select count(*) from lease
             where tenant_id = ?1 and state in ('open', 'recalled'))";
    let counted = column::row(conn, "counting", (sql, &[&tenant]), |row| {
        Ok(Vitals {
            entries: column::uint(row, 0)?,
            held: column::uint(row, 1)?,
            open_leases: column::uint(row, 2)?,
        })
    })?;
    Ok(counted.unwrap_or_default())
}

pub(super) fn counts(conn: &dyn Connection, tenant: &str) -> Answer<Counts> {
    require_tenant(conn, tenant)?;
    let sql = "select
            (select count(*) from entry where tenant_id = ?1),
            (select count(*) from entry where tenant_id = ?1 and disposition = 'held'),
            (select count(*) from entry where tenant_id = ?1 and disposition = 'adjusted'),
            (select count(*) from lease
             where tenant_id = ?1 and state in ('open', 'recalled')),
            (select count(*) from customer where tenant_id = ?1),
            (select count(*) from product where tenant_id = ?1),
            (select count(*) from staff where tenant_id = ?1),
            (select position from feed_head where tenant_id = ?1)";
    let counted = column::row(conn, "counting", (sql, &[&tenant]), |row| {
        Ok(Counts {
            entries: column::uint(row, 0)?,
            held: column::uint(row, 1)?,
            adjusted: column::uint(row, 2)?,
            open_leases: column::uint(row, 3)?,
            customers: column::uint(row, 4)?,
            products: column::uint(row, 5)?,
            staff: column::uint(row, 6)?,
            feed: column::uint(row, 7)?,
        })
    })?;
    Ok(counted.unwrap_or_default())
}
