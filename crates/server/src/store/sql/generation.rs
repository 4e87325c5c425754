//! Table `feed_generation`, and the generation of a tenant's feed beside its head: it changes when what a
//! terminal holds shows that the feed was restored from a backup.
//!
//! Before the first time it is the server's own. Earlier ones are kept, so that a terminal that comes back
//! with one of them only hears of the latest: what it lost is known.

use mostrador_protocol::entry::EntryHash;
use uuid::Uuid;

use super::super::{Greeting, Missed, Restore, Restores};
use super::column::{Found, Param, Row};
use super::session::{Connection, Transaction};
use super::{Answer, column, feed, freeze, identity, stream};
use crate::Error;

/// A terminal is believed once in this time that a feed was restored, milliseconds: each time every terminal
/// of its tenant reads the feed again, and nothing scarce is granted until all have spoken. A server that was
/// started since believes it once more: who restores twice in an hour starts it twice, and no terminal can.
const BELIEVED_EVERY_MS: i64 = 60 * 60 * 1000;

/// Who shows that something is missing here, and by what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proof<'a> {
    pub(super) who: (&'a str, Uuid),
    /// What it holds and the server does not.
    pub(super) shown: &'static str,
    /// The generation that the feed takes.
    pub(super) next: Uuid,
    pub(super) now_ms: i64,
    /// Since when this server runs.
    pub(super) since_ms: i64,
}

/// Hears what a terminal holds; the generation of the feed from now on.
pub(super) fn heard(tx: &dyn Transaction, greeting: &Greeting) -> Answer<Uuid> {
    let tenant = greeting.tenant.as_str();
    let current = current(tx, tenant)?;
    if let Some(known) = greeting.generation.filter(|known| *known != current)
        && was_before(tx, tenant, known)?
    {
        return Ok(current);
    }
    let Some(shown) = missing(tx, greeting)? else {
        return Ok(current);
    };
    let proof = Proof {
        who: (tenant, greeting.terminal),
        shown,
        next: greeting.next_generation,
        now_ms: greeting.now_ms,
        since_ms: greeting.serving_since_ms,
    };
    Ok(if renew(tx, &proof)? {
        greeting.next_generation
    } else {
        current
    })
}

/// What a terminal holds that this server gave it and does not have.
fn missing(conn: &dyn Connection, greeting: &Greeting) -> Answer<Option<&'static str>> {
    let (cursor, hash): (u64, Option<EntryHash>) = greeting.cursor;
    if feed::is_other(conn, &greeting.tenant, (cursor, hash))? {
        return Ok(Some("it read another feed than this one"));
    }
    if let Some((seq, hash)) = greeting.acknowledged
        && stream::hash_at(conn, (&greeting.tenant, greeting.stream), seq)? != Some(hash)
    {
        return Ok(Some("it was told that entries are here which are not"));
    }
    Ok(None)
}

/// A push began after what is here. From a terminal that is awaited it shows nothing new: its stream is known
/// to be behind.
pub(super) fn missed(tx: &dyn Transaction, missed: &Missed) -> Answer<()> {
    let Missed {
        terminal,
        stream,
        seq,
        next_generation,
        now_ms,
        serving_since_ms,
        ..
    } = *missed;
    let tenant = missed.tenant.as_str();
    let is_here = stream::hash_at(tx, (tenant, stream), seq)?.is_some();
    if is_here || freeze::awaited(tx, tenant)?.contains(&terminal) {
        return Ok(());
    }
    let proof = Proof {
        who: (tenant, terminal),
        shown: "it goes on after entries that are not here",
        next: next_generation,
        now_ms,
        since_ms: serving_since_ms,
    };
    renew(tx, &proof)?;
    Ok(())
}

/// Takes another generation and asks every terminal of the tenant what it has, unless this one was believed
/// a short while ago: then that is noted for the owner, and `false`.
pub(super) fn renew(tx: &dyn Transaction, proof: &Proof<'_>) -> Answer<bool> {
    let Proof {
        who: (tenant, terminal),
        shown,
        next,
        now_ms,
        ..
    } = *proof;
    if !is_believed(tx, proof)? {
        let sql = "update feed_head set doubted_ms = ?2, doubted_by = ?3 where tenant_id = ?1";
        let values: [&dyn Param; 3] = [&tenant, &now_ms, &terminal.to_string()];
        column::run(tx, "noting who is not believed", (sql, &values))?;
        tracing::warn!(
            tenant,
            %terminal,
            shown,
            "a terminal says again that the server was restored, within an hour: it is not believed"
        );
        return Ok(false);
    }
    let what = "changing the generation of a feed";
    let sql = "insert into feed_generation (tenant_id, generation, terminal_id, begun_ms)
               values (?1, ?2, ?3, ?4)";
    let generation = next.to_string();
    let values: [&dyn Param; 4] = [&tenant, &generation, &terminal.to_string(), &now_ms];
    column::run(tx, what, (sql, &values))?;
    let sql = "update feed_head set generation = ?2 where tenant_id = ?1";
    column::run(tx, what, (sql, &[&tenant, &generation]))?;
    freeze::begin(tx, tenant)?;
    tracing::warn!(
        tenant,
        %terminal,
        shown,
        "what a terminal holds shows that the server was restored: every terminal reads the feed again, \
         and nothing scarce is granted before all of them have spoken"
    );
    Ok(true)
}

fn is_believed(conn: &dyn Connection, proof: &Proof<'_>) -> Answer<bool> {
    let (tenant, terminal) = proof.who;
    let sql = "select max(begun_ms) from feed_generation where tenant_id = ?1 and terminal_id = ?2";
    let values: [&dyn Param; 2] = [&tenant, &terminal.to_string()];
    let what = "reading when a terminal was believed";
    let last: Option<i64> = column::row(conn, what, (sql, &values), |row| row.get(0))?.flatten();
    Ok(last.is_none_or(|last| {
        last < proof.since_ms || proof.now_ms.abs_diff(last) >= BELIEVED_EVERY_MS.unsigned_abs()
    }))
}

/// The generation of a tenant's feed.
pub(super) fn current(conn: &dyn Connection, tenant: &str) -> Answer<Uuid> {
    let sql = "select generation from feed_head where tenant_id = ?1";
    let what = "reading the generation of a feed";
    let found = column::row(conn, what, (sql, &[&tenant]), |row| {
        column::maybe_id(row, 0)
    })?;
    match found.ok_or_else(|| Error::UnknownTenant(tenant.to_owned()))? {
        Some(generation) => Ok(generation),
        None => Ok(identity::get(conn)?.generation),
    }
}

/// Whether the feed had a generation before its current one.
fn was_before(conn: &dyn Connection, tenant: &str, generation: Uuid) -> Answer<bool> {
    if identity::get(conn)?.generation == generation {
        return Ok(true);
    }
    let sql = "select 1 from feed_generation where tenant_id = ?1 and generation = ?2";
    let values: [&dyn Param; 2] = [&tenant, &generation.to_string()];
    let what = "looking for a generation";
    Ok(column::row(conn, what, (sql, &values), |_| Ok(()))?.is_some())
}

/// When it was found out that a tenant's feed was restored, the latest first.
pub(super) fn restores(conn: &dyn Connection, tenant: &str) -> Answer<Restores> {
    let sql = "select begun_ms, terminal_id from feed_generation
               where tenant_id = ?1 order by begun_ms desc, generation";
    let what = "listing restores";
    let believed = column::rows(conn, what, (sql, &[&tenant]), restore_of)?;
    let sql = "select doubted_ms, doubted_by from feed_head
               where tenant_id = ?1 and doubted_ms is not null";
    let doubted = column::row(conn, what, (sql, &[&tenant]), restore_of)?;
    Ok(Restores { believed, doubted })
}

fn restore_of(row: &Row<'_>) -> Found<Restore> {
    Ok(Restore {
        at_ms: row.get(0)?,
        terminal: column::id(row, 1)?,
    })
}
