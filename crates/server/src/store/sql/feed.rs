//! Tables `feed` and `feed_head`: every change in the order of commits.

use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::row::{Customer, FeedRow, Row};

use super::column::Param;
use super::session::{Connection, Transaction};
use super::{Answer, column};
use crate::Error;
use crate::feed::{MAX_PAGE_BYTES, PAGE_BYTES, Page, PageRequest, chain};

/// Appends the rows of this transaction. It is the last thing before the commit: from here on every
/// other writer of the tenant waits, so positions appear in the order of commits.
pub(super) fn append(tx: &dyn Transaction, tenant: &str, rows: &[Row]) -> Answer<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let what = "moving the head of the feed";
    let count = rows.len() as u64;
    let sql = "update feed_head set position = position + ?2 where tenant_id = ?1
               returning position, hash";
    let values: [&dyn Param; 2] = [&tenant, &column::int(count)];
    let (ends, mut hash) = column::row(tx, what, (sql, &values), |row| {
        Ok((column::uint(row, 0)?, column::hash(row, 1)?))
    })?
    .ok_or_else(|| Error::UnknownTenant(tenant.to_owned()))?;
    let sql = "insert into feed (tenant_id, position, ends, kind, row_key, body, through, hash)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    for (row, position) in rows.iter().zip(ends - count + 1..) {
        let (kind, key) = row.key();
        let through = match row {
            Row::Stream { through, .. } => Some(*through),
            _ => None,
        };
        let body = column::json("a row of the feed", row)?;
        hash = chain(&hash, &body);
        let values: [&dyn Param; 8] = [
            &tenant,
            &column::int(position),
            &column::int(ends),
            &kind,
            &key,
            &body,
            &through.map(column::int),
            &column::hash_text(&hash),
        ];
        column::send(tx, "appending to the feed", (sql, &values))?;
    }
    let sql = "update feed_head set hash = ?2 where tenant_id = ?1";
    column::send(tx, what, (sql, &[&tenant, &column::hash_text(&hash)]))
}

/// Takes what earlier rows said of a customer out of them: they say that the customer is gone instead. Their
/// chain stays as it was made, so that a terminal that read them recognises this feed.
pub(super) fn forget(tx: &dyn Transaction, tenant: &str, gone: &Customer) -> Answer<()> {
    let sql = "update feed set body = ?3
               where tenant_id = ?1 and row_key = ?2 and kind = 'customer'";
    let body = column::json("a row of the feed", &Row::Customer(gone.clone()))?;
    let values: [&dyn Param; 3] = [&tenant, &gone.id.to_string(), &body];
    column::run(tx, "taking a customer out of the feed", (sql, &values))?;
    Ok(())
}

/// Rows after the cursor, up to the end of a transaction.
pub(super) fn page(conn: &dyn Connection, request: &PageRequest) -> Answer<Page> {
    let what = "reading the feed";
    let tenant = &request.tenant;
    let cursor = column::int(request.cursor);
    let head = head(conn, tenant)?;
    let is_other = is_other(conn, tenant, (request.cursor, request.hash))?;
    let is_compacted = request.cursor < horizon(conn, tenant)?;
    if is_other || is_compacted {
        return Ok(Page {
            rows: Vec::new(),
            next_cursor: request.cursor,
            own_through: 0,
            more: false,
            next_hash: None,
            is_other,
            is_compacted,
        });
    }
    let until = column::int(end_of_page(conn, request)?);
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
        next_hash: hash_at(conn, tenant, next_cursor)?,
        is_other: false,
        is_compacted: false,
    })
}

/// Where the last transaction of a page ends: the one in which the wanted number of rows is reached, or an
/// earlier one that is the last within the bytes of a page, but always a first one.
fn end_of_page(conn: &dyn Connection, request: &PageRequest) -> Answer<u64> {
    let what = "finding the end of a page";
    let (tenant, cursor) = (&request.tenant, column::int(request.cursor));
    let sql = "select max(ends) from (
                   select ends from feed where tenant_id = ?1 and position > ?2
                   order by position limit ?3) as wanted";
    let values: [&dyn Param; 3] = [tenant, &cursor, &request.limit.max(1)];
    let ends: Option<i64> = column::row(conn, what, (sql, &values), |row| row.get(0))?.flatten();
    let Some(ends) = ends else {
        return Ok(request.cursor);
    };
    let sql = "select ends, sum(octet_length(body)) from feed
               where tenant_id = ?1 and position > ?2 and position <= ?3
               group by ends order by ends";
    let values: [&dyn Param; 3] = [tenant, &cursor, &ends];
    let transactions = column::rows(conn, what, (sql, &values), |row| {
        Ok((column::uint(row, 0)?, column::uint(row, 1)?))
    })?;
    let (mut until, mut bytes) = (request.cursor, 0);
    for (ends, of_it) in transactions {
        if bytes > 0 && bytes + of_it > PAGE_BYTES {
            break;
        }
        if of_it > MAX_PAGE_BYTES {
            return Err(Error::PageTooLarge { ends, bytes: of_it });
        }
        (until, bytes) = (ends, bytes + of_it);
    }
    Ok(until)
}

/// Whether a terminal that read up to `cursor`, where the chain was `hash`, read another feed: this one was
/// restored from a backup. Without a chain nothing tells.
pub(super) fn is_other(
    conn: &dyn Connection,
    tenant: &str,
    (cursor, hash): (u64, Option<EntryHash>),
) -> Answer<bool> {
    let Some(hash) = hash else {
        return Ok(false);
    };
    if cursor > head(conn, tenant)? {
        return Ok(true);
    }
    let here = hash_at(conn, tenant, cursor)?;
    Ok(here.is_some_and(|here| here != hash))
}

/// The chain up to a position; none where it is not known. Of a row that compaction took, the chain is
/// kept where its transaction ended: a terminal stands nowhere else.
pub(super) fn hash_at(
    conn: &dyn Connection,
    tenant: &str,
    position: u64,
) -> Answer<Option<EntryHash>> {
    if position == 0 {
        return Ok(Some(EntryHash::ZERO));
    }
    let sql = "select hash from feed where tenant_id = ?1 and position = ?2 and hash is not null
               union all
               select hash from feed_past where tenant_id = ?1 and position = ?2";
    let values: [&dyn Param; 2] = [&tenant, &column::int(position)];
    let what = "reading the chain of the feed";
    column::row(conn, what, (sql, &values), |row| column::hash(row, 0))
}

/// The position up to which only the latest row of every key is left.
pub(super) fn horizon(conn: &dyn Connection, tenant: &str) -> Answer<u64> {
    let sql = "select horizon from feed_head where tenant_id = ?1";
    let what = "reading how far the feed is compacted";
    let horizon = column::row(conn, what, (sql, &[&tenant]), |row| column::uint(row, 0))?;
    horizon.ok_or_else(|| Error::UnknownTenant(tenant.to_owned()))
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
