//! Figures of the till's file, each beside its baseline measured in the same process: a durable sale
//! against bare SQLite writing the same bytes, and customer search against a scan with `like`.

pub(crate) mod people;

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use mostrador_ledger::identity::{self, Identity};
use mostrador_ledger::record::{Stamp, record};
use mostrador_ledger::{DatabaseKey, Error, Ledger, customer, entry, receipt, replica, stream};
use mostrador_protocol::entry::{
    Payload, SaleCode, SaleCompleted, SaleLine, SalePoints, StreamOpened, Tender,
};
use mostrador_protocol::message::PullReply;
use mostrador_protocol::row::{FeedRow, Row};
use rusqlite::{Connection, params};
use uuid::Uuid;

use self::people::{Chance, person, remembered, visit};

/// Sales that are committed, one by one.
const SALES: u32 = 1_500;

/// Searches at each size.
const SEARCHES: usize = 400;

/// Scans with `like`, which are slow, at each size.
const SCANS: usize = 40;

/// Customers that are loaded in one transaction.
const PAGE: u32 = 5_000;

/// One measured figure beside its baseline, both in `unit`.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// The till.
    pub measured: f64,
    /// The baseline.
    pub baseline: f64,
    /// Unit of both.
    pub unit: &'static str,
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            measured,
            baseline,
            unit,
        } = self;
        write!(
            f,
            "{name}: {measured:.3} {unit} (baseline {baseline:.3} {unit})"
        )
    }
}

/// Measures everything in files below `folder`: the commit of a sale, and customer search at each of
/// `sizes`.
pub fn figures(folder: &Path, sizes: &[u32]) -> Result<Vec<Figure>, Error> {
    let mut figures = sale_commit(folder)?;
    for size in sizes {
        figures.extend(customer_search(folder, *size)?);
    }
    Ok(figures)
}

const KEY: DatabaseKey = DatabaseKey::from_bytes([9; 32]);
const STREAM: Uuid = Uuid::from_u128(0xbe7c);

fn sale_commit(folder: &Path) -> Result<Vec<Figure>, Error> {
    let ledger = enrolled(&folder.join("commit.ledger"))?;
    let mut till = Vec::with_capacity(SALES as usize);
    for number in 0..SALES {
        let started = now();
        ledger.transact(|tx| -> Result<(), Error> {
            let payload = Payload::SaleCompleted(Box::new(sale(number, receipt::next(tx)?)));
            record(tx, &stamp(number), &payload)?;
            Ok(())
        })?;
        till.push(started.elapsed());
    }
    let mut rows = Vec::with_capacity(SALES as usize);
    ledger.read(|connection| {
        entry::walk(connection, STREAM, |seq, raw, hash| {
            rows.push((seq, raw.clone(), hash));
            Ok(())
        })
    })?;
    let bare = Connection::open(folder.join("bare.sqlite"))?;
    let _: String = bare.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
    bare.execute_batch(
        "pragma synchronous = full;
         create table entry (seq integer primary key, header text, payload text, hash blob) strict;",
    )?;
    let mut baseline = Vec::with_capacity(SALES as usize);
    for (seq, raw, hash) in &rows {
        let started = now();
        bare.prepare_cached("insert into entry (seq, header, payload, hash) values (?, ?, ?, ?)")?
            .execute(params![seq.cast_signed(), raw.header, raw.payload, hash.0])?;
        baseline.push(started.elapsed());
    }
    Ok(beside(
        "durable sale commit",
        &mut till,
        &mut baseline,
        &[50, 99],
    ))
}

fn customer_search(folder: &Path, size: u32) -> Result<Vec<Figure>, Error> {
    let ledger = enrolled(&folder.join(format!("search-{size}.ledger")))?;
    let mut chance = Chance(u64::from(size));
    let mut position = 0;
    let mut known = Vec::new();
    for page in 0..size.div_ceil(PAGE) {
        let mut rows = Vec::new();
        for number in (page * PAGE)..size.min((page + 1) * PAGE) {
            let customer = person(&mut chance, number);
            if chance.below(4) == 0 {
                rows.push(visit(&mut chance, customer.id));
            }
            known.push((
                customer.name.clone(),
                customer.phone.clone().unwrap_or_default(),
            ));
            rows.push(Row::Customer(customer));
        }
        position = load(&ledger, position, rows)?;
    }
    let mut till = Vec::new();
    for _ in 0..SEARCHES {
        let text = remembered(&mut chance, &known);
        let started = now();
        ledger.read(|connection| customer::search(connection, &text, 8))?;
        till.push(started.elapsed());
    }
    let mut baseline = Vec::new();
    for _ in 0..SCANS {
        let text = format!("%{}%", remembered(&mut chance, &known));
        let started = now();
        ledger.read(|connection| -> Result<(), Error> {
            let mut statement = connection.prepare_cached(
                "select name, phone from customer where name like ?1 or phone like ?1 limit 8",
            )?;
            let mut rows = statement.query([&text])?;
            while rows.next()?.is_some() {}
            Ok(())
        })?;
        baseline.push(started.elapsed());
    }
    let name = format!("customer search among {size}");
    Ok(beside(&name, &mut till, &mut baseline, &[50, 95]))
}

pub(crate) fn beside(
    name: &str,
    till: &mut [Duration],
    baseline: &mut [Duration],
    percents: &[usize],
) -> Vec<Figure> {
    till.sort_unstable();
    baseline.sort_unstable();
    let at = |times: &[Duration], percent: usize| {
        let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times
            .get(place)
            .map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    };
    percents
        .iter()
        .map(|percent| Figure {
            name: format!("{name}, p{percent}"),
            measured: at(till, *percent),
            baseline: at(baseline, *percent),
            unit: "ms",
        })
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

pub(crate) fn enrolled(path: &Path) -> Result<Ledger, Error> {
    let ledger = Ledger::open(path, &KEY)?;
    ledger.transact(|tx| -> Result<(), Error> {
        identity::save(
            tx,
            &Identity {
                terminal_id: Uuid::from_u128(1),
                terminal_name: "Caja 1".to_owned(),
                tenant: "livex".to_owned(),
                tenant_name: "LIVEX".to_owned(),
                store: "cartagena".to_owned(),
                store_name: "Cartagena".to_owned(),
                server_url: String::new(),
                server_public_key: [0; 32],
                secret_key: [0; 32],
            },
        )?;
        stream::open(tx, STREAM)?;
        let opened = StreamOpened {
            terminal_id: Uuid::from_u128(1),
            reason: "enrolled".to_owned(),
            parent: None,
        };
        record(tx, &stamp(SALES), &Payload::StreamOpened(opened))?;
        Ok(())
    })?;
    Ok(ledger)
}

fn load(ledger: &Ledger, position: u64, rows: Vec<Row>) -> Result<u64, Error> {
    let rows: Vec<FeedRow> = (position + 1..)
        .zip(rows)
        .map(|(position, row)| FeedRow { position, row })
        .collect();
    let next_cursor = rows.last().map_or(position, |row| row.position);
    let page = PullReply {
        rows,
        next_cursor,
        own_through: 0,
        more: true,
        server_time_ms: 0,
        next_hash: None,
        seals: std::collections::BTreeMap::new(),
    };
    ledger.transact(|tx| replica::apply_page(tx, &page))?;
    Ok(next_cursor)
}

pub(crate) fn stamp(number: u32) -> Stamp {
    let at_ms = 1_790_000_000_000 + i64::from(number) * 1_000;
    Stamp {
        entry_id: Uuid::from_u128(0xe000_0000 + u128::from(number)),
        wall_ms: at_ms,
        effective_ms: at_ms,
        boot_id: Uuid::from_u128(2),
        monotonic_ms: number.into(),
        program_version: 1,
    }
}

/// Six lines, two codes, a customer of two thousand: an ordinary basket.
fn sale(number: u32, receipt: String) -> SaleCompleted {
    let day = NaiveDate::from_ymd_opt(2026, 11, 21).expect("BUG: a day of the calendar");
    let line = |index: i64| SaleLine {
        product: format!("product-{index}"),
        sku: format!("SKU-{index:04}"),
        name: format!("Tour {index} por las Islas del Rosario"),
        unit_price: 10_000,
        quantity: 1.into(),
        categories: vec!["nautical".to_owned()],
        partner: None,
        gross: 10_000,
        discount: 1_500,
        net: 8_500,
        earns_points: true,
    };
    let code = |text: &str, share: i64| SaleCode {
        text: text.to_owned(),
        parent: None,
        assigned: false,
        kind: "coupon".to_owned(),
        owner: None,
        amount: 6 * share,
        shares: vec![share; 6],
        consumed: true,
        over_limit: None,
    };
    SaleCompleted {
        points_redeemed: None,
        rewards: Vec::new(),
        leases: Vec::new(),
        sale_id: Uuid::from_u128(0x5a1e_0000_0000 + u128::from(number)),
        receipt,
        store: "cartagena".to_owned(),
        terminal_id: Uuid::from_u128(1),
        cashier_id: Uuid::from_u128(3),
        customer_id: Some(Uuid::from_u128(0xc000_0000 + u128::from(number % 2_000))),
        reference: Some(format!("basket-{number}")),
        currency: "COP".to_owned(),
        local_time: day.and_hms_opt(10, 30, 0).expect("BUG: a time of the day"),
        lines: (0..6).map(line).collect(),
        tier_discount: None,
        codes: vec![code("VERANO10", 1_000), code("FIRST5", 500)],
        refused: Vec::new(),
        gross: 60_000,
        discount: 9_000,
        total: 51_000,
        tenders: vec![Tender {
            kind: "card".to_owned(),
            amount: 51_000,
        }],
        change: 0,
        points: Some(SalePoints {
            base: 51_000,
            per_unit: 1.into(),
            factors: Vec::new(),
            bonus: 0,
            earned: 510,
            expires_on: day + chrono::Days::new(365),
            usable_from: None,
        }),
    }
}
