//! Tables `feed_mark` and `feed_past`: how old positions of the feed are, and the chain where rows were
//! that later ones replaced.

use super::column::Param;
use super::session::{Connection, Transaction};
use super::{Answer, column, feed};
use crate::compaction::{Compacted, Compaction, DAY_MS};

/// Positions that nobody has to read when the horizon has moved from `?2` to `?3`: rows of any age that a
/// row in between replaced, and leases in between, which a terminal is told by other means.
pub(super) const REPLACED: &str = "select older.position
    from feed newer
    join feed older on older.tenant_id = newer.tenant_id and older.kind = newer.kind
        and older.row_key = newer.row_key and older.position < newer.position
    where newer.tenant_id = ?1 and newer.position > ?2 and newer.position <= ?3
    union
    select position from feed
    where tenant_id = ?1 and position > ?2 and position <= ?3 and kind = 'lease'";

/// Notes the end of the feed, and moves the horizon a step towards the latest note that is old enough.
pub(super) fn step(tx: &dyn Transaction, asked: &Compaction) -> Answer<Compacted> {
    let tenant = &asked.tenant;
    let head = feed::head(tx, tenant)?;
    let horizon = feed::horizon(tx, tenant)?;
    note(tx, asked, head)?;
    let target = if asked.keep_ms == 0 {
        head
    } else {
        old_enough(tx, tenant, asked.now_ms.saturating_sub(asked.keep_ms))?
    };
    let done = Compacted {
        horizon,
        removed: 0,
        is_done: true,
    };
    if target <= horizon {
        return Ok(done);
    }
    // A transaction of the server is below the horizon as a whole or not at all.
    let sql = "select max(ends) from (
                   select ends from feed
                   where tenant_id = ?1 and position > ?2 and position <= ?3
                   order by position limit ?4) as wanted";
    let (from, to) = (column::int(horizon), column::int(target));
    let values: [&dyn Param; 4] = [tenant, &from, &to, &asked.at_most];
    let what = "reading how far the feed can be compacted";
    let ends: Option<i64> = column::row(tx, what, (sql, &values), |row| row.get(0))?.flatten();
    let Some(ends) = ends else {
        return Ok(done);
    };
    let values: [&dyn Param; 3] = [tenant, &from, &ends];
    let sql = format!(
        "insert into feed_past (tenant_id, position, hash)
         select tenant_id, position, hash from feed
         where tenant_id = ?1 and position = ends and hash is not null and position in ({REPLACED})"
    );
    column::run(
        tx,
        "keeping the chain of what is compacted",
        (&sql, &values),
    )?;
    let sql = format!("delete from feed where tenant_id = ?1 and position in ({REPLACED})");
    let removed = column::run(tx, "compacting the feed", (&sql, &values))?;
    let sql = "update feed_head set horizon = ?2 where tenant_id = ?1";
    column::run(tx, "moving the horizon", (sql, &[tenant, &ends]))?;
    let sql = "delete from feed_mark where tenant_id = ?1 and position < ?2";
    column::run(tx, "forgetting old notes", (sql, &[tenant, &ends]))?;
    Ok(Compacted {
        horizon: u64::try_from(ends).unwrap_or(horizon),
        removed,
        is_done: ends >= to,
    })
}

/// Notes how far the feed is, unless that was noted in the last day.
fn note(tx: &dyn Transaction, asked: &Compaction, head: u64) -> Answer<()> {
    let sql = "select max(at_ms) from feed_mark where tenant_id = ?1";
    let what = "reading when the end of the feed was noted";
    let last = column::row(tx, what, (sql, &[&asked.tenant]), |row| row.get(0))?;
    let last: Option<i64> = last.flatten();
    if last.is_some_and(|last| asked.now_ms < last.saturating_add(DAY_MS)) {
        return Ok(());
    }
    let sql = "insert into feed_mark (tenant_id, at_ms, position) values (?1, ?2, ?3)";
    let values: [&dyn Param; 3] = [&asked.tenant, &asked.now_ms, &column::int(head)];
    column::run(tx, "noting the end of the feed", (sql, &values))?;
    Ok(())
}

/// The end of the feed at the latest note up to a moment; 0 without one.
fn old_enough(conn: &dyn Connection, tenant: &str, until_ms: i64) -> Answer<u64> {
    let sql = "select coalesce(max(position), 0) from feed_mark
               where tenant_id = ?1 and at_ms <= ?2";
    let what = "reading which rows are old enough";
    let values: [&dyn Param; 2] = [&tenant, &until_ms];
    let position = column::row(conn, what, (sql, &values), |row| column::uint(row, 0))?;
    Ok(position.unwrap_or(0))
}
