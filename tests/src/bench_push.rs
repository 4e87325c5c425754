//! What pushing costs: entries that waited on a till go to a real server, beside bare SQLite that
//! stores the same bytes in batches of the same size with the same durability; and what whole sales
//! cost on the way there, beside bare SQLite that stores the same bytes one by one. Pushes travel as zstd
//! frames; what that saves and costs is measured on the bodies of the same batches.

use std::path::Path;
use std::time::Instant;

use mostrador_ledger as ledger;
use mostrador_protocol::entry::{EntryHash, RawEntry};
use mostrador_protocol::frame;
use mostrador_protocol::message::{MAX_BATCH_ENTRIES, PushRequest};
use mostrador_sync::clock::{Clock as _, SystemClock};
use mostrador_terminal::{SaleRequest, SaleRequestLine, Till};
use rusqlite::{Connection, params};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::Error;
use crate::bench_ledger::Figure;
use crate::shop::{CAFE_VT, Crowd, Shop, options, until};

/// Sales that wait.
const SALES: u32 = 5_000;

/// Sells offline, then measures how many entries per second reach the server and are acknowledged.
///
/// # Errors
/// When the shop cannot be opened or does not agree at the end.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
pub async fn figures(fixtures: &Path, folder: &Path) -> Result<Vec<Figure>, Error> {
    let shop = Shop::open_from(fixtures, folder, CAFE_VT, Crowd::All)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    till.stop_sync().await;
    drop(till);
    let till = Till::open(options(&shop.till_folder("Caja 1")))?;
    let begin = Instant::now();
    sell(&till)?;
    let selling = begin.elapsed();

    let begin = Instant::now();
    till.start_sync()?;
    until("every entry to be acknowledged", || {
        till.ledger()
            .read(ledger::outbox::waiting)
            .is_ok_and(|waiting| waiting == 0)
    })
    .await?;
    let pushing = begin.elapsed();
    shop.agree(&[&till]).await?;
    till.stop_sync().await;

    let entries = entries_of(&till)?;
    let batches = store_bare(&entries, &folder.join("batches.sqlite"), MAX_BATCH_ENTRIES)?;
    let singles = store_bare(&entries, &folder.join("singles.sqlite"), 1)?;
    let per_second = |took: std::time::Duration| f64::from(SALES) / took.as_secs_f64();
    let mut figures = vec![
        Figure {
            name: "push and ingest in zstd frames, acknowledged".to_owned(),
            measured: per_second(pushing),
            baseline: per_second(batches),
            unit: "entries/s",
        },
        Figure {
            name: "whole sales on one till (price, commit)".to_owned(),
            measured: per_second(selling),
            baseline: per_second(singles),
            unit: "sales/s",
        },
    ];
    figures.extend(frames(&entries));
    Ok(figures)
}

/// What frames of whole batches save, and what making and opening one costs beside writing and reading
/// its JSON.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
#[expect(
    clippy::cast_precision_loss,
    reason = "bytes of a benchmark stay below 2^52"
)]
fn frames(entries: &[(u64, RawEntry, EntryHash)]) -> Vec<Figure> {
    let (mut plain_bytes, mut frame_bytes, mut batches) = (0, 0, 0_u32);
    let (mut packing, mut writing) = (std::time::Duration::ZERO, std::time::Duration::ZERO);
    for batch in entries.chunks(MAX_BATCH_ENTRIES) {
        let request = PushRequest {
            stream: Uuid::nil(),
            base_seq: 0,
            base_hash: EntryHash::ZERO,
            entries: batch.iter().map(|(_, raw, _)| raw.clone()).collect(),
            profiles: Vec::new(),
            programs: Vec::new(),
        };
        let begin = Instant::now();
        let json = serde_json::to_vec(&request).expect("BUG: requests have string keys only");
        let read: PushRequest = serde_json::from_slice(&json).expect("BUG: it was just written");
        writing += begin.elapsed();
        assert_eq!(read.entries.len(), batch.len());
        let begin = Instant::now();
        let packed = frame::compress(&json);
        let opened = frame::expand(&packed, json.len()).expect("BUG: it was just packed");
        packing += begin.elapsed();
        assert_eq!(opened.len(), json.len());
        plain_bytes += json.len();
        frame_bytes += packed.len();
        batches += 1;
    }
    let each = |bytes: usize| bytes as f64 / entries.len() as f64;
    let ms = |took: std::time::Duration| took.as_secs_f64() * 1_000.0 / f64::from(batches);
    vec![
        Figure {
            name: "wire, an entry in a frame / in plain JSON".to_owned(),
            measured: each(frame_bytes),
            baseline: each(plain_bytes),
            unit: "bytes",
        },
        Figure {
            name: "a batch of 500 framed and opened / written and read as JSON".to_owned(),
            measured: ms(packing),
            baseline: ms(writing),
            unit: "ms",
        },
    ]
}

/// The entries of a till's stream, each with its position and the chain up to it.
pub(crate) fn entries_of(till: &Till) -> Result<Vec<(u64, RawEntry, EntryHash)>, Error> {
    let mut entries = Vec::new();
    till.ledger().read(|connection| {
        let Some(head) = ledger::stream::head(connection)? else {
            return Ok(());
        };
        ledger::entry::walk(connection, head.stream, |seq, raw, hash| {
            entries.push((seq, raw.clone(), hash));
            Ok(())
        })
    })?;
    Ok(entries)
}

fn sell(till: &Till) -> Result<(), Error> {
    let clock = SystemClock::new();
    let products = ["espresso", "latte-grande", "cheesecake", "oreja"];
    for number in 0..SALES {
        let lines = products.iter().map(|product| SaleRequestLine {
            product: (*product).to_owned(),
            quantity: Decimal::ONE,
            unit_price: None,
        });
        till.sell(&SaleRequest {
            reference: format!("bench-{number}"),
            at_ms: clock.now_ms(),
            cashier: None,
            customer: None,
            lines: lines.collect(),
            codes: vec!["CAFE10".to_owned()],
        })?;
    }
    Ok(())
}

/// Time that bare SQLite needs for the till's entries, `at_once` in each durable transaction.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
pub(crate) fn store_bare(
    rows: &[(u64, RawEntry, EntryHash)],
    path: &Path,
    at_once: usize,
) -> Result<std::time::Duration, Error> {
    let bare = Connection::open(path).map_err(ledger::Error::from)?;
    let store = || -> rusqlite::Result<std::time::Duration> {
        let _: String = bare.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
        bare.execute_batch(
            "pragma synchronous = full;
             create table entry (seq integer primary key, header text, payload text, hash blob);",
        )?;
        let begin = Instant::now();
        for batch in rows.chunks(at_once) {
            bare.execute_batch("begin immediate")?;
            let mut insert = bare.prepare_cached(
                "insert into entry (seq, header, payload, hash) values (?, ?, ?, ?)",
            )?;
            for (seq, raw, hash) in batch {
                insert.execute(params![seq.cast_signed(), raw.header, raw.payload, hash.0])?;
            }
            drop(insert);
            bare.execute_batch("commit")?;
        }
        Ok(begin.elapsed())
    };
    Ok(store().map_err(ledger::Error::from)?)
}
