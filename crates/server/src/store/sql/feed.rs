//! Tables `feed` and `feed_head`: every change in the order of commits.

use mostrador_protocol::row::{FeedRow, Row};

use super::column::Param;
use super::session::{Connection, Transaction};
use super::{Answer, column};
use crate::Error;
use crate::feed::{Page, PageRequest};

/// Appends the rows of this transaction. It is the last thing before the commit: from here on every
/// other writer of the tenant waits, so positions appear in the order of commits.
pub(super) fn append(tx: &dyn Transaction, tenant: &str, rows: &[Row]) -> Answer<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let what = "moving the head of the feed";
    let count = rows.len() as u64;
    let sql = "update feed_head set position = position + ?2 where tenant_id = ?1
               returning position";
    let values: [&dyn Param; 2] = [&tenant, &column::int(count)];
    let ends = column::row(tx, what, (sql, &values), |row| column::uint(row, 0))?
        .ok_or_else(|| Error::UnknownTenant(tenant.to_owned()))?;
    let sql = "insert into feed (tenant_id, position, ends, kind, row_key, body, through)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    for (row, position) in rows.iter().zip(ends - count + 1..) {
        let (kind, key, through) = key_of(row);
        let values: [&dyn Param; 7] = [
            &tenant,
            &column::int(position),
            &column::int(ends),
            &kind,
            &key,
            &column::json("a row of the feed", row)?,
            &through.map(column::int),
        ];
        column::run(tx, "appending to the feed", (sql, &values))?;
    }
    Ok(())
}

/// Rows after the cursor, up to the end of a transaction.
pub(super) fn page(conn: &dyn Connection, request: &PageRequest) -> Answer<Page> {
    let what = "reading the feed";
    let tenant = &request.tenant;
    let cursor = column::int(request.cursor);
    let head = head(conn, tenant)?;
    // Where the transaction ends in which the wanted number of rows is reached.
    let sql = "select max(ends) from (
                   select ends from feed where tenant_id = ?1 and position > ?2
                   order by position limit ?3) as wanted";
    let values: [&dyn Param; 3] = [tenant, &cursor, &request.limit.max(1)];
    let ends: Option<i64> = column::row(conn, what, (sql, &values), |row| row.get(0))?.flatten();
    let until = ends.unwrap_or(cursor);
    let sql = "select position, body from feed
               where tenant_id = ?1 and position > ?2 and position <= ?3 order by position";
    let values: [&dyn Param; 3] = [tenant, &cursor, &until];
    let rows = column::rows(conn, what, (sql, &values), |row| {
        Ok(FeedRow {
            position: column::uint(row, 0)?,
            row: column::document(row, 1)?,
        })
    })?;
    let next_cursor = rows.last().map_or(request.cursor, |row| row.position);
    Ok(Page {
        own_through: own_through(conn, request, next_cursor)?,
        more: next_cursor < head,
        rows,
        next_cursor,
    })
}

/// The last position of a tenant's feed.
pub(super) fn head(conn: &dyn Connection, tenant: &str) -> Answer<u64> {
    let sql = "select position from feed_head where tenant_id = ?1";
    let what = "reading the head of the feed";
    let head = column::row(conn, what, (sql, &[&tenant]), |row| column::uint(row, 0))?;
    head.ok_or_else(|| Error::UnknownTenant(tenant.to_owned()))
}

fn own_through(conn: &dyn Connection, request: &PageRequest, next_cursor: u64) -> Answer<u64> {
    let Some(stream) = request.stream else {
        return Ok(0);
    };
    let sql = "select through from feed
               where tenant_id = ?1 and kind = 'stream' and row_key = ?2 and position <= ?3
               order by position desc limit 1";
    let values: [&dyn Param; 3] = [
        &request.tenant,
        &stream.to_string(),
        &column::int(next_cursor),
    ];
    let what = "reading how far a stream is included";
    let through = column::row(conn, what, (sql, &values), |row| column::uint(row, 0))?;
    Ok(through.unwrap_or(0))
}

/// Kind and key of a row, and the position of a stream row.
fn key_of(row: &Row) -> (&'static str, String, Option<u64>) {
    match row {
        Row::Customer(customer) => ("customer", customer.id.to_string(), None),
        Row::Account { customer_id, .. } => ("account", customer_id.to_string(), None),
        Row::Program(program) => ("program", program.version.to_string(), None),
        Row::UnreadProgram(program) => ("program", program.version().to_string(), None),
        Row::Staff(staff) => ("staff", staff.id.to_string(), None),
        Row::Product(product) => ("product", product.id.clone(), None),
        Row::CodeUse(code_use) => ("code_use", code_use.code.clone(), None),
        Row::Disposition { stream, entry } => {
            ("disposition", format!("{stream}/{}", entry.seq), None)
        }
        Row::Lease(lease) => ("lease", lease.lease_id.to_string(), None),
        Row::Stream { stream, through } => ("stream", stream.to_string(), Some(*through)),
    }
}
