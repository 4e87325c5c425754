//! A stream of sales as a till writes them, without a till.

use std::sync::LazyLock;

use chrono::NaiveDate;
use mostrador_protocol::entry::{
    EntryHash, FORMAT, Header, Payload, RawEntry, SaleCode, SaleCompleted, SaleLine, SalePoints,
    Tender,
};
use mostrador_protocol::message::{HelloRequest, MAX_BATCH_ENTRIES, PROTOCOL, PushRequest};
use mostrador_server::Mint;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::Error;

/// Customers who buy, in turn.
const CUSTOMERS: u64 = 2_000;

/// Between two sales, milliseconds.
const PAUSE_MS: i64 = 40;

/// A day in the company's time, for all of them.
static DAY: LazyLock<NaiveDate> =
    LazyLock::new(|| NaiveDate::from_ymd_opt(2026, 11, 20).expect("BUG: a day of the calendar"));

/// Entries of one stream, with the chain after each.
pub(super) struct Stream {
    pub(super) id: Uuid,
    pub(super) entries: Vec<(RawEntry, EntryHash)>,
}

impl Stream {
    /// So many sales of the last minutes, two lines and a code each.
    pub(super) fn of_sales(terminal: Uuid, count: usize) -> Result<Self, Error> {
        let mint = Mint::system();
        let id = mint.id()?;
        let mut hash = EntryHash::ZERO;
        let mut entries = Vec::with_capacity(count);
        let begin_ms = mint.now_ms() - PAUSE_MS * i64::try_from(count).unwrap_or(0);
        for number in 0..count as u64 {
            let at_ms = begin_ms + PAUSE_MS * number.cast_signed();
            let header = Header {
                format: FORMAT,
                kind: String::new(),
                stream: id,
                seq: number + 1,
                entry_id: mint.id()?,
                hlc: 0,
                wall_ms: at_ms,
                effective_ms: at_ms,
                boot_id: Uuid::nil(),
                monotonic_ms: 0,
                program_version: 1,
                lease_id: None,
                payload_len: 0,
            };
            let payload = sale(&mint, (terminal, number))?;
            let raw = payload.seal(&header);
            hash = raw.hash(&hash);
            entries.push((raw, hash));
        }
        Ok(Self { id, entries })
    }

    /// Its last position and the chain up to there.
    pub(super) fn head(&self) -> (u64, EntryHash) {
        let last = self.entries.last();
        let hash = last.map_or(EntryHash::ZERO, |(_, hash)| *hash);
        (self.entries.len() as u64, hash)
    }

    /// What the till says before it pushes.
    pub(super) fn hello(&self) -> HelloRequest {
        HelloRequest {
            protocol: PROTOCOL,
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            stream: self.id,
            head_seq: 0,
            head_hash: EntryHash::ZERO,
            cursor: 0,
            wall_ms: Mint::system().now_ms(),
            waiting: None,
            cursor_hash: None,
            generation: None,
            acknowledged: None,
            acknowledged_hash: None,
        }
    }

    /// All of it, as it is pushed.
    pub(super) fn batches(&self) -> Vec<PushRequest> {
        let mut base = (0, EntryHash::ZERO);
        let mut batches = Vec::new();
        for batch in self.entries.chunks(MAX_BATCH_ENTRIES) {
            let (base_seq, base_hash) = base;
            batches.push(PushRequest {
                stream: self.id,
                base_seq,
                base_hash,
                entries: batch.iter().map(|(raw, _)| raw.clone()).collect(),
                profiles: Vec::new(),
                programs: Vec::new(),
            });
            let hash = batch.last().map_or(base_hash, |(_, hash)| *hash);
            base = (base_seq + batch.len() as u64, hash);
        }
        batches
    }
}

fn sale(mint: &Mint, (terminal, number): (Uuid, u64)) -> Result<Payload, Error> {
    let line = |sku: &str, gross: i64, discount: i64| SaleLine {
        product: sku.to_owned(),
        sku: sku.to_owned(),
        name: sku.to_owned(),
        unit_price: gross,
        quantity: Decimal::ONE,
        categories: vec!["bebidas".to_owned()],
        partner: None,
        gross,
        discount,
        net: gross - discount,
        earns_points: true,
    };
    let code = SaleCode {
        text: "CAFE10".to_owned(),
        parent: None,
        assigned: false,
        kind: "coupon".to_owned(),
        owner: None,
        amount: 1_000,
        shares: vec![600, 400],
        consumed: true,
        over_limit: None,
    };
    Ok(Payload::SaleCompleted(Box::new(SaleCompleted {
        sale_id: mint.id()?,
        receipt: format!("CAJA1-7K{number:05}"),
        store: "centro".to_owned(),
        terminal_id: terminal,
        cashier_id: Uuid::nil(),
        customer_id: Some(Uuid::from_u128(u128::from(1 + number % CUSTOMERS))),
        reference: None,
        currency: "MXN".to_owned(),
        local_time: DAY.and_hms_opt(12, 0, 0).expect("BUG: noon is a time"),
        lines: vec![line("espresso", 6_000, 600), line("cheesecake", 4_000, 400)],
        tier_discount: None,
        codes: vec![code],
        refused: Vec::new(),
        gross: 10_000,
        discount: 1_000,
        total: 9_000,
        tenders: vec![Tender {
            kind: "cash".to_owned(),
            amount: 9_000,
        }],
        change: 0,
        points: Some(SalePoints {
            base: 9_000,
            per_unit: Decimal::ONE,
            factors: Vec::new(),
            bonus: 0,
            earned: 90,
            expires_on: *DAY + chrono::Days::new(365),
            usable_from: None,
        }),
        points_redeemed: None,
        rewards: Vec::new(),
        leases: Vec::new(),
    })))
}
