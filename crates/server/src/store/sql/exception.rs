//! Column `entry.exceptions`: what an owner looks at.

use mostrador_protocol::entry::RawEntry;
use uuid::Uuid;

use super::column::Param;
use super::session::Connection;
use super::{Answer, column};
use crate::ingest::exception::Exception;
use crate::ingest::{ExceptionEntry, ExceptionRequest};

/// The entries of a period that have any, after a place, by the instant at which they came.
pub(super) const OF_PERIOD: &str = "select e.stream_id, e.seq, s.terminal_id, e.header, e.payload,
        e.exceptions, e.received_ms
    from entry e
    join stream s on s.tenant_id = e.tenant_id and s.stream_id = e.stream_id
    where e.tenant_id = ?1 and e.exceptions is not null
          and e.received_ms >= ?2 and e.received_ms < ?3
          and (e.received_ms, e.stream_id, e.seq) > (?4, ?5, ?6)
    order by e.received_ms, e.stream_id, e.seq limit ?7";

/// As the column keeps them; none when there are none.
pub(super) fn text(exceptions: &[Exception]) -> Answer<Option<String>> {
    if exceptions.is_empty() {
        return Ok(None);
    }
    column::json("exceptions", &exceptions).map(Some)
}

pub(super) fn page(conn: &dyn Connection, asked: &ExceptionRequest) -> Answer<Vec<ExceptionEntry>> {
    let after = asked.after.unwrap_or((asked.from_ms, Uuid::nil(), 0));
    let (after_ms, stream, seq) = after;
    let values: [&dyn Param; 7] = [
        &asked.tenant,
        &asked.from_ms.max(after_ms),
        &asked.until_ms,
        &after_ms,
        &stream.to_string(),
        &column::int(seq),
        &asked.limit,
    ];
    column::rows(conn, "listing exceptions", (OF_PERIOD, &values), |row| {
        Ok(ExceptionEntry {
            stream: column::id(row, 0)?,
            seq: column::uint(row, 1)?,
            terminal: column::id(row, 2)?,
            raw: RawEntry {
                header: row.get(3)?,
                payload: row.get(4)?,
            },
            exceptions: column::document(row, 5)?,
            received_ms: row.get(6)?,
        })
    })
}
