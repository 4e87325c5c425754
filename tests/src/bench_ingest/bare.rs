//! The baselines: the same bytes, the same batches, nothing but an insert of many rows and a commit.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use mostrador_ledger as ledger;
use mostrador_protocol::entry::{EntryHash, RawEntry};
use mostrador_protocol::message::MAX_BATCH_ENTRIES;
use rusqlite::{Connection, params_from_iter, types::Value};
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

use super::Till;
use crate::Error;

const TABLE: &str =
    "create table bare (stream text, seq bigint, header text, payload text, hash text,
    primary key (stream, seq))";

const COLUMNS: usize = 5;

fn insert(rows: usize, place: char) -> String {
    let mut sql = "insert into bare (stream, seq, header, payload, hash) values ".to_owned();
    for row in 0..rows {
        let first = row * COLUMNS + 1;
        let places: Vec<String> = (first..first + COLUMNS)
            .map(|at| format!("{place}{at}"))
            .collect();
        let comma = if row == 0 { "" } else { ", " };
        write!(sql, "{comma}({})", places.join(", ")).expect("BUG: text takes text");
    }
    sql
}

/// Batches of all tills, each with the stream and the position before its first entry.
fn batches(tills: &[Till]) -> impl Iterator<Item = (String, usize, &[(RawEntry, EntryHash)])> {
    tills.iter().flat_map(|till| {
        let stream = till.stream.id.to_string();
        let batches = till.stream.entries.chunks(MAX_BATCH_ENTRIES).enumerate();
        batches.map(move |(number, batch)| (stream.clone(), number * MAX_BATCH_ENTRIES, batch))
    })
}

/// On SQLite with its log and a sync for each commit, as the server has it.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
pub(super) fn sqlite(tills: &[Till], path: &Path) -> Result<Duration, Error> {
    let bare = Connection::open(path).map_err(ledger::Error::from)?;
    let store = || -> rusqlite::Result<Duration> {
        let _: String = bare.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
        bare.execute_batch("pragma synchronous = full")?;
        bare.execute_batch(TABLE)?;
        let begin = Instant::now();
        for (stream, base, batch) in batches(tills) {
            let mut insert = bare.prepare_cached(&insert(batch.len(), '?'))?;
            let values = batch.iter().enumerate().flat_map(|(at, (raw, hash))| {
                [
                    Value::Text(stream.clone()),
                    Value::Integer(i64::try_from(base + at + 1).unwrap_or(i64::MAX)),
                    Value::Text(raw.header.clone()),
                    Value::Text(raw.payload.clone()),
                    Value::Text(hash.to_hex()),
                ]
            });
            insert.execute(params_from_iter(values))?;
        }
        Ok(begin.elapsed())
    };
    Ok(store().map_err(ledger::Error::from)?)
}

/// On PostgreSQL with a prepared statement, in the database of the server.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
pub(super) async fn postgres(tills: &[Till], client: &mut Client) -> Result<Duration, Error> {
    let fresh = format!("drop table if exists bare; {TABLE}");
    client
        .batch_execute(&fresh)
        .await
        .map_err(std::io::Error::other)?;
    let store = async {
        let insert = client.prepare(&insert(MAX_BATCH_ENTRIES, '$')).await?;
        let begin = Instant::now();
        for (stream, base, batch) in batches(tills) {
            let rows: Vec<(i64, String)> = batch
                .iter()
                .enumerate()
                .map(|(at, (_, hash))| {
                    let seq = i64::try_from(base + at + 1).unwrap_or(i64::MAX);
                    (seq, hash.to_hex())
                })
                .collect();
            let mut values: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(batch.len() * COLUMNS);
            for ((raw, _), (seq, hash)) in batch.iter().zip(&rows) {
                values.extend([
                    &stream as &(dyn ToSql + Sync),
                    seq,
                    &raw.header,
                    &raw.payload,
                    hash,
                ]);
            }
            client.execute(&insert, &values).await?;
        }
        Ok(begin.elapsed())
    };
    let took: Result<Duration, tokio_postgres::Error> = store.await;
    Ok(took.map_err(std::io::Error::other)?)
}
