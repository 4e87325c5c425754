//! Tables `program`, `code_use` and `reward_use`: rules that were published, and how often codes and
//! rewards were used.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use loyalty::account::CodeTally;
use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::{CodeUseRow, Row};

use super::column::{Found, Param};
use super::session::{Connection, Transaction};
use super::{Answer, column, customer, directory, feed};
use crate::Error;
use crate::rules::Rules;
use crate::store::Published;

/// Rules of the program in force, by tenant: published programs never change, so a version is read
/// and compiled once.
#[derive(Debug, Default)]
pub(super) struct RulesCache(Mutex<HashMap<String, (u32, Arc<Rules>)>>);

impl RulesCache {
    /// The rules in force; none before the first publication.
    pub(super) fn of(&self, conn: &dyn Connection, tenant: &str) -> Answer<Arc<Rules>> {
        let Some(version) = version(conn, tenant)? else {
            return Ok(Arc::default());
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rules)) = kept.get(tenant).filter(|(known, _)| *known == version) {
            return Ok(Arc::clone(rules));
        }
        let rules = Arc::new(compile(conn, tenant, version)?);
        kept.insert(tenant.to_owned(), (version, Arc::clone(&rules)));
        Ok(rules)
    }

    /// The rules in force in a transaction that changed them. They are not kept: when it rolls back, others
    /// may be published under the same number.
    pub(super) fn uncommitted(tx: &dyn Transaction, tenant: &str) -> Answer<Arc<Rules>> {
        match version(tx, tenant)? {
            Some(version) => Ok(Arc::new(compile(tx, tenant, version)?)),
            None => Ok(Arc::default()),
        }
    }
}

/// A program that an earlier version let by and this one does not must keep no sale out: then no limit
/// is watched until the next publication.
fn compile(conn: &dyn Connection, tenant: &str, version: u32) -> Answer<Rules> {
    let document = in_force(conn, tenant)?;
    match document.map(|document| (document.compile(), document.zone())) {
        Some((Ok(program), zone)) => return Ok(Rules::of(program, zone)),
        Some((Err(faults), _)) => {
            let faults = faults.len();
            tracing::error!(
                tenant,
                version,
                faults,
                "the program in force cannot be read: limits of codes are not watched, nothing expires"
            );
        }
        None => {}
    }
    Ok(Rules::default())
}

fn version(conn: &dyn Connection, tenant: &str) -> Answer<Option<u32>> {
    let sql = "select max(version) from program where tenant_id = ?1";
    let what = "reading the version in force";
    Ok(column::row(conn, what, (sql, &[&tenant]), |row| row.get(0))?.flatten())
}

pub(super) fn in_force(conn: &dyn Connection, tenant: &str) -> Answer<Option<ProgramDocument>> {
    let sql = "select document from program where tenant_id = ?1 order by version desc limit 1";
    column::row(
        conn,
        "reading the program in force",
        (sql, &[&tenant]),
        |row| column::document(row, 0),
    )
}

pub(super) fn publish(
    tx: &dyn Transaction,
    tenant: &str,
    program: &ProgramDocument,
    now_ms: i64,
) -> Answer<Published> {
    directory::require_tenant(tx, tenant)?;
    let known = in_force(tx, tenant)?;
    if known.as_ref() == Some(program) {
        return Ok(Published::Already);
    }
    if let Some(published) = version(tx, tenant)?.filter(|known| *known >= program.version) {
        return Err(Error::ProgramVersion {
            offered: program.version,
            published,
        });
    }
    insert(tx, tenant, (program, known.as_ref()), now_ms)?;
    feed::append(tx, tenant, &[Row::Program(Box::new(program.clone()))])?;
    Ok(Published::Now)
}

/// Takes back what this server published and has lost; the rows of what it did not have.
pub(super) fn take_back(
    tx: &dyn Transaction,
    tenant: &str,
    (programs, now_ms): (&[ProgramDocument], i64),
) -> Answer<Vec<Row>> {
    let mut rows = Vec::new();
    for program in programs {
        let version = program.version;
        let sql = "select document from program where tenant_id = ?1 and version = ?2";
        let values: [&dyn Param; 2] = [&tenant, &version];
        let what = "looking for a program";
        let held: Option<ProgramDocument> =
            column::row(tx, what, (sql, &values), |row| column::document(row, 0))?;
        match held {
            None => {
                let known = in_force(tx, tenant)?;
                insert(tx, tenant, (program, known.as_ref()), now_ms)?;
                tracing::warn!(
                    tenant,
                    version,
                    "a program came back that a restore had lost"
                );
                rows.push(Row::Program(Box::new(program.clone())));
            }
            Some(held) if held == *program => {}
            Some(_) => tracing::error!(
                tenant,
                version,
                "a program that a restore had lost was published again with other rules under the \
                 same number: sales before that name the number with the lost rules"
            ),
        }
    }
    Ok(rows)
}

/// Writes a version; every account is looked at when what follows from accounts changes with it.
fn insert(
    tx: &dyn Transaction,
    tenant: &str,
    (program, known): (&ProgramDocument, Option<&ProgramDocument>),
    now_ms: i64,
) -> Answer<()> {
    let sql = "insert into program (tenant_id, version, document, published_ms)
               values (?1, ?2, ?3, ?4)";
    let document = column::json("a program", program)?;
    let values: [&dyn Param; 4] = [&tenant, &program.version, &document, &now_ms];
    column::send(tx, "publishing a program", (sql, &values))?;
    let what_follows = |program: &ProgramDocument| {
        let ProgramDocument {
            points,
            tiers,
            score,
            badges,
            referral,
            time_zone,
            ..
        } = program;
        let people = (tiers.clone(), *score, badges.clone());
        (points.is_some(), people, *referral, time_zone.clone())
    };
    if known.is_none_or(|known| what_follows(known) != what_follows(program)) {
        let day = Rules::day_in(program.zone(), now_ms);
        customer::look_at_all(tx, tenant, day)?;
    }
    Ok(())
}

pub(super) fn code_uses(conn: &dyn Connection, tenant: &str) -> Answer<Vec<CodeUseRow>> {
    let sql = "select code, total, discount, day, on_day from code_use
               where tenant_id = ?1 order by code";
    column::rows(
        conn,
        "reading uses of codes",
        (sql, &[&tenant]),
        code_use_of,
    )
}

pub(super) fn tally(
    conn: &dyn Connection,
    tenant: &str,
    code: &CodeText,
) -> Answer<Option<CodeTally>> {
    let found = tallies(conn, tenant, &[code])?;
    Ok(found.into_iter().next().flatten())
}

/// The tallies of codes, in their order; none before the first use.
pub(super) fn tallies(
    conn: &dyn Connection,
    tenant: &str,
    codes: &[&CodeText],
) -> Answer<Vec<Option<CodeTally>>> {
    let sql = "select code, total, discount, day, on_day from code_use
               where tenant_id = ?1 and code = ?2";
    let texts: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let many: Vec<[&dyn Param; 2]> = texts
        .iter()
        .map(|text| -> [&dyn Param; 2] { [&tenant, text] })
        .collect();
    let found = column::rows_of(conn, "reading uses of codes", (sql, &many), code_use_of)?;
    let first = |rows: Vec<CodeUseRow>| rows.first().map(CodeUseRow::tally);
    Ok(found.into_iter().map(first).collect())
}

pub(super) fn put_tally(tx: &dyn Transaction, tenant: &str, code_use: &CodeUseRow) -> Answer<()> {
    let sql = "insert into code_use (tenant_id, code, total, discount, day, on_day)
               values (?1, ?2, ?3, ?4, ?5, ?6)
               on conflict (tenant_id, code) do update set
                   total = excluded.total, discount = excluded.discount,
                   day = excluded.day, on_day = excluded.on_day";
    let values: [&dyn Param; 6] = [
        &tenant,
        &code_use.code,
        &code_use.total,
        &code_use.discount,
        &code_use.day.map(|day| day.to_string()),
        &code_use.on_day,
    ];
    column::send(tx, "writing uses of a code", (sql, &values))
}

/// How often everybody had a reward, less what came back.
pub(super) fn reward_uses(conn: &dyn Connection, tenant: &str, reward: &str) -> Answer<i64> {
    let sql = "select total from reward_use where tenant_id = ?1 and reward = ?2";
    let values: [&dyn Param; 2] = [&tenant, &reward];
    let what = "reading uses of a reward";
    Ok(column::row(conn, what, (sql, &values), |row| row.get(0))?.unwrap_or(0))
}

pub(super) fn put_reward_uses(
    tx: &dyn Transaction,
    tenant: &str,
    (reward, total): (&str, i64),
) -> Answer<()> {
    let sql = "insert into reward_use (tenant_id, reward, total) values (?1, ?2, ?3)
               on conflict (tenant_id, reward) do update set total = excluded.total";
    let values: [&dyn Param; 3] = [&tenant, &reward, &total];
    column::send(tx, "writing uses of a reward", (sql, &values))
}

fn code_use_of(row: &column::Row<'_>) -> Found<CodeUseRow> {
    let day: Option<String> = row.get(3)?;
    Ok(CodeUseRow {
        code: row.get(0)?,
        total: row.get(1)?,
        discount: row.get(2)?,
        day: day.and_then(|day| day.parse().ok()),
        on_day: row.get(4)?,
    })
}
