//! Tables `resource`, `lease` and `exposure`: what is scarce, and who has a right to how much of it.

use loyalty::account::CodeTally;
use loyalty::lease::{Resource, Stock};
use mostrador_loyalty as loyalty;
use mostrador_protocol::lease::{LEASE_MS, LeaseResource, LeaseState, LeaseWant};
use mostrador_protocol::row::Row;
use uuid::Uuid;

use super::column::{Found, Param};
use super::program::RulesCache;
use super::session::{Connection, Transaction};
use super::{Answer, column, directory, feed, freeze, program};
use crate::Error;
use crate::ingest::fold::{Touched, Workspace};
use crate::ingest::rights::Rights;
use crate::lease::{ACTIVE_MS, Asked, Exposure, ExposureCause, Granted, Lease, limit_of};
use crate::lease::{UNLIMITED, WriteOff, WrittenOff};
use crate::rules::Rules;

/// Loads the leases that a batch names, and the stock of every resource that it may change.
pub(super) fn load_rights(
    tx: &dyn Transaction,
    tenant: &str,
    (touched, workspace): (&Touched, &mut Workspace),
) -> Answer<()> {
    let mut resources = std::collections::BTreeSet::new();
    let leases = touched.leases.iter().copied();
    let leases: Vec<Uuid> = leases
        .filter(|id| !workspace.rights.leases.contains_key(id))
        .collect();
    for lease in leases_of(tx, tenant, &leases)? {
        resources.insert(lease.resource.clone());
        workspace.rights.leases.insert(lease.id, lease);
    }
    for code in &touched.codes {
        resources.insert(Resource::Uses(code.clone()));
        resources.insert(Resource::Budget(code.clone()));
    }
    resources.retain(|resource| !workspace.rights.stocks.contains_key(resource));
    let resources: Vec<Resource> = resources.into_iter().collect();
    let stored = stocks_of(tx, tenant, &resources)?;
    for (resource, stored) in resources.into_iter().zip(stored) {
        let tally = match &resource {
            // A lease may come back alone, after the sales that it was spent in.
            Resource::Uses(code) | Resource::Budget(code) => match workspace.tallies.get(code) {
                Some(tally) => Some(*tally),
                None => program::tally(tx, tenant, code)?,
            },
            Resource::Customer(_) => None,
        };
        let limit = limit_of(&resource, &workspace.rules);
        if stored.is_none() && (limit.is_none() || tally.is_none()) {
            continue;
        }
        let used = used_of(&resource, tally);
        let limit = limit.unwrap_or(UNLIMITED);
        workspace.rights.load(resource, stored, (used, limit));
    }
    Ok(())
}

/// Writes the stocks and leases that changed, and what was named.
pub(super) fn put_rights(tx: &dyn Transaction, tenant: &str, rights: &Rights) -> Answer<()> {
    for (resource, stock) in rights.changed() {
        put_stock(tx, tenant, (resource, stock))?;
    }
    for lease in rights.changed_leases() {
        put_lease(tx, tenant, lease)?;
    }
    for exposure in rights.named() {
        put_exposure(tx, tenant, exposure)?;
    }
    Ok(())
}

/// Grants what is free of what a terminal asks for. The same question again grants nothing more.
pub(super) fn ask(tx: &dyn Transaction, cache: &RulesCache, asked: &Asked) -> Answer<Granted> {
    let tenant = asked.tenant.as_str();
    let rules = cache.of(tx, tenant)?;
    let tills = active_terminals(tx, tenant, asked.now_ms)?;
    let mut wants: Vec<(Resource, &LeaseWant)> = asked
        .wants
        .iter()
        .filter_map(|want| Some((want.resource.resource()?, want)))
        .collect();
    wants.sort_by(|one, other| one.0.cmp(&other.0));
    let is_frozen = !freeze::awaited(tx, tenant)?.is_empty();
    let mut rows = Vec::new();
    let mut exhausted = Vec::new();
    for (resource, want) in wants {
        let Some(limit) = limit_of(&resource, &rules) else {
            continue;
        };
        if want.units < 1 || lease(tx, tenant, want.lease_id)?.is_some() {
            continue;
        }
        if is_frozen {
            exhausted.push(want.resource.clone());
            continue;
        }
        let mut rights = opened(tx, tenant, (&resource, limit))?;
        let stock = rights.stocks.entry(resource.clone()).or_default();
        let granted = stock.grant(want.units, tills);
        put_stock(tx, tenant, (&resource, stock))?;
        put_rights(tx, tenant, &rights)?;
        if granted > 0 {
            let lease = Lease {
                id: want.lease_id,
                terminal: asked.terminal,
                resource,
                granted,
                used: 0,
                unexplained: 0,
                state: LeaseState::Open,
                granted_ms: asked.now_ms,
                expires_ms: asked.now_ms.saturating_add(LEASE_MS),
            };
            put_lease(tx, tenant, &lease)?;
            rows.push(Row::Lease(lease.row()));
            continue;
        }
        exhausted.push(want.resource.clone());
        if want.urgent {
            rows.extend(recall(tx, (tenant, asked.terminal), &resource)?);
        }
    }
    feed::append(tx, tenant, &rows)?;
    Ok(Granted {
        leases: of_terminal(tx, (tenant, asked.terminal), OPEN_OF_TERMINAL)?,
        exhausted,
        changed: !rows.is_empty(),
    })
}

/// A resource as it stands at this moment, with whatever had to be named about it.
fn opened(
    tx: &dyn Transaction,
    tenant: &str,
    (resource, limit): (&Resource, i64),
) -> Answer<Rights> {
    let tally = match resource {
        Resource::Uses(code) | Resource::Budget(code) => program::tally(tx, tenant, code)?,
        Resource::Customer(_) => None,
    };
    let mut rights = Rights::default();
    let stored = stock(tx, tenant, resource)?;
    rights.load(resource.clone(), stored, (used_of(resource, tally), limit));
    Ok(rights)
}

/// Asks the terminals that hold some of it for what they do not need at this moment.
fn recall(
    tx: &dyn Transaction,
    (tenant, asking): (&str, Uuid),
    resource: &Resource,
) -> Answer<Vec<Row>> {
    let mut rows = Vec::new();
    for mut lease in open_of(tx, tenant, resource)? {
        let is_idle = lease.state == LeaseState::Open && lease.left() > 0;
        if lease.terminal != asking && is_idle {
            lease.state = LeaseState::Recalled;
            put_lease(tx, tenant, &lease)?;
            rows.push(Row::Lease(lease.row()));
        }
    }
    Ok(rows)
}

/// Moves what is left of open leases into named exposure, so that it can be granted again.
pub(super) fn write_off(
    tx: &dyn Transaction,
    tenant: &str,
    (rules, which): (&Rules, WriteOff),
) -> Answer<Vec<WrittenOff>> {
    directory::require_tenant(tx, tenant)?;
    let mut leases = match which {
        WriteOff::Terminal(id) => {
            let mut all = of_terminal(tx, (tenant, id), OPEN_OF_TERMINAL)?;
            all.extend(of_terminal(tx, (tenant, id), UNEXPLAINED_OF_TERMINAL)?);
            all
        }
        WriteOff::Lease(id) => lease(tx, tenant, id)?.into_iter().collect(),
    };
    if let WriteOff::Terminal(id) = which {
        freeze::give_up(tx, tenant, id)?;
    }
    leases.retain(|lease| lease.state.is_open() || lease.unexplained > 0);
    let mut written_off = Vec::new();
    for mut lease in leases {
        let limit = limit_of(&lease.resource, rules).unwrap_or(UNLIMITED);
        let mut rights = opened(tx, tenant, (&lease.resource, limit))?;
        let units = lease.outstanding();
        let stock = rights.stocks.entry(lease.resource.clone()).or_default();
        stock.write_off(units);
        put_stock(tx, tenant, (&lease.resource, stock))?;
        put_rights(tx, tenant, &rights)?;
        lease.state = LeaseState::WrittenOff;
        lease.unexplained = 0;
        put_lease(tx, tenant, &lease)?;
        if units > 0 {
            let exposure = Exposure {
                resource: lease.resource.clone(),
                cause: ExposureCause::WrittenOff,
                cause_key: lease.id.to_string(),
                units,
                terminal: Some(lease.terminal),
            };
            put_exposure(tx, tenant, &exposure)?;
        }
        written_off.push(WrittenOff { lease, units });
    }
    let rows: Vec<Row> = written_off
        .iter()
        .map(|ended| Row::Lease(ended.lease.row()))
        .collect();
    feed::append(tx, tenant, &rows)?;
    Ok(written_off)
}

/// What the tally counts of a resource.
fn used_of(resource: &Resource, tally: Option<CodeTally>) -> i64 {
    let tally = tally.unwrap_or_default();
    match resource {
        Resource::Uses(_) => tally.total,
        Resource::Budget(_) => tally.discount,
        Resource::Customer(_) => 0,
    }
}

fn active_terminals(tx: &dyn Transaction, tenant: &str, now_ms: i64) -> Answer<u32> {
    let sql = "select count(*) from terminal
               where tenant_id = ?1 and active = 1 and last_seen_ms > ?2";
    let values: [&dyn Param; 2] = [&tenant, &now_ms.saturating_sub(ACTIVE_MS)];
    let what = "counting terminals";
    let counted = column::row(tx, what, (sql, &values), |row| row.get(0))?;
    Ok(counted.unwrap_or(1))
}

fn stock(conn: &dyn Connection, tenant: &str, resource: &Resource) -> Answer<Option<Stock>> {
    let found = stocks_of(conn, tenant, std::slice::from_ref(resource))?;
    Ok(found.into_iter().next().flatten())
}

/// The stocks of resources, in their order; none of what was never leased or used under a limit.
fn stocks_of(
    conn: &dyn Connection,
    tenant: &str,
    resources: &[Resource],
) -> Answer<Vec<Option<Stock>>> {
    let parts = resources.iter();
    let parts: Vec<_> = parts
        .map(|resource| LeaseResource::from(resource).parts())
        .collect();
    let sql = "select used, leased, limit_units, exposure from resource
               where tenant_id = ?1 and kind = ?2 and resource_key = ?3";
    let many: Vec<[&dyn Param; 3]> = parts
        .iter()
        .map(|(kind, key)| -> [&dyn Param; 3] { [&tenant, kind, key] })
        .collect();
    let found = column::rows_of(conn, "reading what is scarce", (sql, &many), |row| {
        Ok(Stock {
            used: row.get(0)?,
            leased: row.get(1)?,
            limit: row.get(2)?,
            exposure: row.get(3)?,
        })
    })?;
    let first = |rows: Vec<Stock>| rows.into_iter().next();
    Ok(found.into_iter().map(first).collect())
}

fn put_stock(
    tx: &dyn Transaction,
    tenant: &str,
    (resource, stock): (&Resource, &Stock),
) -> Answer<()> {
    let (kind, key) = LeaseResource::from(resource).parts();
    let sql = "insert into resource
                   (tenant_id, kind, resource_key, used, leased, limit_units, exposure)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               on conflict (tenant_id, kind, resource_key) do update set
                   used = excluded.used, leased = excluded.leased,
                   limit_units = excluded.limit_units, exposure = excluded.exposure";
    let values: [&dyn Param; 7] = [
        &tenant,
        &kind,
        &key,
        &stock.used,
        &stock.leased,
        &stock.limit,
        &stock.exposure,
    ];
    column::send(tx, "writing what is scarce", (sql, &values))
}

fn put_exposure(tx: &dyn Transaction, tenant: &str, exposure: &Exposure) -> Answer<()> {
    let (kind, key) = LeaseResource::from(&exposure.resource).parts();
    let sql = "insert into exposure
                   (tenant_id, kind, resource_key, cause, cause_key, units, terminal_id)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               on conflict (tenant_id, kind, resource_key, cause, cause_key) do update set
                   units = exposure.units + excluded.units";
    let values: [&dyn Param; 7] = [
        &tenant,
        &kind,
        &key,
        &exposure.cause.as_str(),
        &exposure.cause_key,
        &exposure.units,
        &exposure.terminal.map(|id| id.to_string()),
    ];
    column::send(tx, "naming what a limit may be passed by", (sql, &values))
}

const LEASE: &str = "select lease_id, terminal_id, kind, resource_key, granted, used, state,
        granted_ms, expires_ms, unexplained
    from lease where tenant_id = ?1";

/// Open leases of all terminals. None of these statements asks for an order: it would be had from the key, over
/// every lease that ever was.
pub(super) const OPEN: &str = "and state in ('open', 'recalled')";

/// Open leases of one terminal.
pub(super) const OPEN_OF_TERMINAL: &str = "and terminal_id = ?2 and state in ('open', 'recalled')";

/// Leases of one terminal that ended while something that it spent is not here yet.
pub(super) const UNEXPLAINED_OF_TERMINAL: &str = "and terminal_id = ?2 and unexplained > 0";

/// Open leases of one resource.
pub(super) const OPEN_OF_RESOURCE: &str =
    "and kind = ?2 and resource_key = ?3 and state in ('open', 'recalled')";

/// The leases of the tenant that a condition picks, as a statement.
pub(super) fn leases_where(condition: &str) -> String {
    format!("{LEASE} {condition}")
}

fn lease(conn: &dyn Connection, tenant: &str, id: Uuid) -> Answer<Option<Lease>> {
    Ok(leases_of(conn, tenant, &[id])?.into_iter().next())
}

/// Of these leases those that are here.
fn leases_of(conn: &dyn Connection, tenant: &str, leases: &[Uuid]) -> Answer<Vec<Lease>> {
    let sql = leases_where("and lease_id = ?2");
    let ids: Vec<String> = leases.iter().map(Uuid::to_string).collect();
    let many: Vec<[&dyn Param; 2]> = ids
        .iter()
        .map(|id| -> [&dyn Param; 2] { [&tenant, id] })
        .collect();
    let found = column::rows_of(conn, "reading leases", (&sql, &many), lease_of)?;
    found.into_iter().flatten().map(known).collect()
}

/// Open leases of all terminals, by id.
pub(super) fn open_leases(conn: &dyn Connection, tenant: &str) -> Answer<Vec<Lease>> {
    let found = column::rows(
        conn,
        "listing leases",
        (&leases_where(OPEN), &[&tenant]),
        lease_of,
    )?;
    by_id(found)
}

fn of_terminal(
    conn: &dyn Connection,
    (tenant, terminal): (&str, Uuid),
    condition: &str,
) -> Answer<Vec<Lease>> {
    let sql = leases_where(condition);
    let values: [&dyn Param; 2] = [&tenant, &terminal.to_string()];
    let found = column::rows(conn, "listing leases", (&sql, &values), lease_of)?;
    by_id(found)
}

fn open_of(conn: &dyn Connection, tenant: &str, resource: &Resource) -> Answer<Vec<Lease>> {
    let (kind, key) = LeaseResource::from(resource).parts();
    let sql = leases_where(OPEN_OF_RESOURCE);
    let values: [&dyn Param; 3] = [&tenant, &kind, &key];
    let found = column::rows(conn, "listing leases", (&sql, &values), lease_of)?;
    by_id(found)
}

fn by_id(found: Vec<FoundLease>) -> Answer<Vec<Lease>> {
    let mut leases: Vec<Lease> = found.into_iter().map(known).collect::<Answer<_>>()?;
    leases.sort_by_key(|lease| lease.id);
    Ok(leases)
}

/// Every resource that was ever leased or used under a limit.
pub(super) fn stocks(conn: &dyn Connection, tenant: &str) -> Answer<Vec<(LeaseResource, Stock)>> {
    directory::require_tenant(conn, tenant)?;
    let sql = "select used, leased, limit_units, exposure, kind, resource_key from resource
               where tenant_id = ?1 order by kind, resource_key";
    let what = "listing what is scarce";
    let found = column::rows(conn, what, (sql, &[&tenant]), |row| {
        let stock = Stock {
            used: row.get(0)?,
            leased: row.get(1)?,
            limit: row.get(2)?,
            exposure: row.get(3)?,
        };
        Ok((row.get::<String>(4)?, row.get::<String>(5)?, stock))
    })?;
    let known = |(kind, key, stock): (String, String, Stock)| {
        let resource = LeaseResource::from_parts(&kind, &key);
        Ok((resource.ok_or_else(|| unknown(&kind, &key))?, stock))
    };
    found.into_iter().map(known).collect()
}

struct FoundLease {
    lease: Lease,
    kind: String,
    key: String,
}

fn lease_of(row: &column::Row<'_>) -> Found<FoundLease> {
    let state: String = row.get(6)?;
    Ok(FoundLease {
        lease: Lease {
            id: column::id(row, 0)?,
            terminal: column::id(row, 1)?,
            resource: Resource::Customer(Uuid::nil()),
            granted: row.get(4)?,
            used: row.get(5)?,
            state: LeaseState::of(&state),
            granted_ms: row.get(7)?,
            expires_ms: row.get(8)?,
            unexplained: row.get(9)?,
        },
        kind: row.get(2)?,
        key: row.get(3)?,
    })
}

fn known(found: FoundLease) -> Answer<Lease> {
    let FoundLease { lease, kind, key } = found;
    let resource = LeaseResource::from_parts(&kind, &key);
    let resource = resource.and_then(|resource| resource.resource());
    Ok(Lease {
        resource: resource.ok_or_else(|| unknown(&kind, &key))?,
        ..lease
    })
}

fn unknown(kind: &str, key: &str) -> Error {
    Error::Stored {
        what: "a resource",
        found: format!("{kind} {key:?}"),
    }
}

fn put_lease(tx: &dyn Transaction, tenant: &str, lease: &Lease) -> Answer<()> {
    let (kind, key) = LeaseResource::from(&lease.resource).parts();
    let sql = "insert into lease (tenant_id, lease_id, terminal_id, kind, resource_key, granted,
                                  used, state, granted_ms, expires_ms, unexplained)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
               on conflict (tenant_id, lease_id) do update set
                   used = excluded.used, state = excluded.state,
                   unexplained = excluded.unexplained";
    let values: [&dyn Param; 11] = [
        &tenant,
        &lease.id.to_string(),
        &lease.terminal.to_string(),
        &kind,
        &key,
        &lease.granted,
        &lease.used,
        &lease.state.as_str(),
        &lease.granted_ms,
        &lease.expires_ms,
        &lease.unexplained,
    ];
    column::send(tx, "writing a lease", (sql, &values))
}
