//! The latest row of every key of table `feed` up to a position.

use mostrador_protocol::row::Row;
use mostrador_protocol::snapshot::{KINDS, SnapshotPlace};

use super::column::Param;
use super::session::Connection;
use super::{Answer, column, feed, generation};
use crate::Error;
use crate::snapshot::{PART_BYTES, Part, PartRequest, Snapshot};

/// Rows that are read at once, which may exceed the bytes of a part.
const SLICE_ROWS: u32 = 500;

/// The same of programs, each of which may be large.
const SLICE_PROGRAMS: u32 = 1;

/// The keys come from the index in order; then each row is one look-up.
pub(super) const SLICE: &str = "select f.body from (
        select row_key, max(position) as position from feed
        where tenant_id = ?1 and kind = ?2 and row_key > ?3 and position <= ?4
        group by row_key order by row_key limit ?5) as latest
    join feed f on f.tenant_id = ?1 and f.position = latest.position
    order by latest.row_key";

/// Where a terminal can begin: the end of the feed.
pub(super) fn begin(conn: &dyn Connection, tenant: &str) -> Answer<Snapshot> {
    let sql = "select position, hash,
                   (select count(*) from customer where tenant_id = ?1),
                   (select count(*) from account where tenant_id = ?1)
               from feed_head where tenant_id = ?1";
    let what = "counting what a snapshot holds";
    let generation = generation::current(conn, tenant)?;
    let found = column::row(conn, what, (sql, &[&tenant]), |row| {
        Ok(Snapshot {
            generation,
            position: column::uint(row, 0)?,
            hash: column::hash(row, 1)?,
            customers: column::uint(row, 2)?,
            accounts: column::uint(row, 3)?,
        })
    })?;
    found.ok_or_else(|| Error::UnknownTenant(tenant.to_owned()))
}

/// Rows after a place, over the kinds in their order.
pub(super) fn part(conn: &dyn Connection, request: &PartRequest) -> Answer<Part> {
    let tenant = &request.tenant;
    let (position, hash) = request.at;
    if feed::is_other(conn, tenant, (position, Some(hash)))? {
        return Ok(Part::Other);
    }
    if position < feed::horizon(conn, tenant)? {
        return Ok(Part::Gone);
    }
    let (first, mut key) = match &request.after {
        Some(place) => (place.kind.as_str(), place.key.clone()),
        None => (KINDS[0], String::new()),
    };
    let mut rows: Vec<Row> = Vec::new();
    let mut bytes = 0;
    for kind in KINDS.into_iter().skip_while(|kind| *kind != first) {
        loop {
            let left = request.limit.saturating_sub(length(&rows));
            if left == 0 || bytes >= PART_BYTES {
                let next = rows.last().map(SnapshotPlace::after);
                return Ok(Part::Rows(rows, next));
            }
            let most = if kind == "program" {
                SLICE_PROGRAMS
            } else {
                SLICE_ROWS
            };
            let wanted = left.min(most);
            let slice = slice(conn, (tenant, position), (kind, &key, wanted), &mut bytes)?;
            let is_last = length(&slice) < wanted;
            key = slice.last().map_or_else(String::new, |row| row.key().1);
            rows.extend(slice);
            if is_last {
                break;
            }
        }
        key.clear();
    }
    Ok(Part::Rows(rows, None))
}

fn length(rows: &[Row]) -> u32 {
    u32::try_from(rows.len()).unwrap_or(u32::MAX)
}

fn slice(
    conn: &dyn Connection,
    (tenant, position): (&str, u64),
    (kind, key, wanted): (&str, &str, u32),
    bytes: &mut usize,
) -> Answer<Vec<Row>> {
    let values: [&dyn Param; 5] = [&tenant, &kind, &key, &column::int(position), &wanted];
    let what = "reading a part of a snapshot";
    column::rows(conn, what, (SLICE, &values), |row| {
        let body: String = row.get(0)?;
        *bytes += body.len();
        column::document(row, 0)
    })
}
