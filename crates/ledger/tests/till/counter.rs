//! A till for tests: a real file in a folder of its own, enrolled, with time and ids that count up.

use std::path::PathBuf;

use chrono::NaiveDate;
use mostrador_ledger::identity::{self, Identity};
use mostrador_ledger::record::{Recorded, Stamp, record};
use mostrador_ledger::{DatabaseKey, Error, Ledger, receipt, stream};
use mostrador_protocol::entry::{
    Payload, SaleCode, SaleCompleted, SaleLine, SalePoints, SaleRefusal, StreamOpened, Tender,
};
use mostrador_protocol::row::Customer;
use rusqlite::Connection;
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const KEY: DatabaseKey = DatabaseKey::from_bytes([7; 32]);
pub(crate) const STREAM: Uuid = Uuid::from_u128(0x5712_0001);
pub(crate) const START_MS: i64 = 1_790_000_000_000;

pub(crate) fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, number).expect("a day of November")
}

pub(crate) fn customer_id(number: u32) -> Uuid {
    Uuid::from_u128(0xc0_0000 + u128::from(number))
}

pub(crate) struct Counter {
    pub(crate) ledger: Ledger,
    pub(crate) path: PathBuf,
    pub(crate) folder: TempDir,
    made: std::cell::Cell<u32>,
}

impl Counter {
    /// An enrolled till whose stream has its first entry.
    pub(crate) fn enrolled() -> Self {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("till.ledger");
        let ledger = Ledger::open(&path, &KEY).expect("a new ledger");
        let counter = Self {
            ledger,
            path,
            folder,
            made: std::cell::Cell::new(0),
        };
        let outcome: Result<Recorded, Error> = counter.ledger.transact(|tx| {
            identity::save(tx, &identity())?;
            stream::open(tx, STREAM)?;
            counter.open_stream(tx, "enrolled")
        });
        outcome.expect("the first entry");
        counter
    }

    pub(crate) fn open_stream(&self, tx: &Connection, reason: &str) -> Result<Recorded, Error> {
        let opened = StreamOpened {
            terminal_id: identity().terminal_id,
            reason: reason.to_owned(),
            parent: None,
        };
        record(tx, &self.stamp(), &Payload::StreamOpened(opened))
    }

    /// The next stamp: one second later, with a new id.
    pub(crate) fn stamp(&self) -> Stamp {
        let made = self.made.get() + 1;
        self.made.set(made);
        let now_ms = START_MS + i64::from(made) * 1_000;
        Stamp {
            entry_id: Uuid::from_u128(0xe0_0000 + u128::from(made)),
            wall_ms: now_ms,
            effective_ms: now_ms,
            boot_id: Uuid::from_u128(0xb0),
            monotonic_ms: u64::from(made) * 1_000,
            program_version: 1,
        }
    }

    /// Sells and commits.
    pub(crate) fn sell(&self, basket: &Sold) -> Recorded {
        let outcome: Result<Recorded, Error> = self.ledger.transact(|tx| self.sell_in(tx, basket));
        outcome.expect("a sale")
    }

    pub(crate) fn sell_in(&self, tx: &Connection, basket: &Sold) -> Result<Recorded, Error> {
        let stamp = self.stamp();
        let receipt = receipt::next(tx)?;
        let sale_id = Uuid::from_u128(stamp.entry_id.as_u128() + 0x5a_0000_0000);
        let sale = basket.sale(sale_id, receipt);
        record(tx, &stamp, &Payload::SaleCompleted(Box::new(sale)))
    }

    /// Closes the file and leaves it where it is.
    pub(crate) fn closed(self) -> (PathBuf, TempDir) {
        (self.path, self.folder)
    }

    /// A till over a file that is there already.
    pub(crate) fn over(path: PathBuf, folder: TempDir) -> Self {
        let ledger = Ledger::open(&path, &KEY).expect("a file");
        Self {
            ledger,
            path,
            folder,
            made: std::cell::Cell::new(1_000),
        }
    }

    /// Closes the file and opens it again.
    pub(crate) fn reopened(self) -> Result<Self, Error> {
        let Self {
            ledger,
            path,
            folder,
            made,
        } = self;
        drop(ledger);
        let ledger = Ledger::open(&path, &KEY)?;
        Ok(Self {
            ledger,
            path,
            folder,
            made,
        })
    }
}

pub(crate) fn identity() -> Identity {
    Identity {
        terminal_id: Uuid::from_u128(0x7e),
        terminal_name: "Caja 1".to_owned(),
        tenant: "livex".to_owned(),
        tenant_name: "LIVEX".to_owned(),
        store: "cartagena".to_owned(),
        store_name: "Cartagena".to_owned(),
        server_url: "http://127.0.0.1:1".to_owned(),
        server_public_key: [1; 32],
        secret_key: [2; 32],
    }
}

/// A sale to be made: one line, one tender, at most one code.
#[derive(Debug, Clone)]
pub(crate) struct Sold {
    pub(crate) customer: Option<Uuid>,
    pub(crate) gross: i64,
    pub(crate) code: Option<(&'static str, i64)>,
    /// Of the code.
    pub(crate) parent: Option<&'static str>,
    pub(crate) refused: Option<(&'static str, &'static str)>,
    pub(crate) points: i64,
    pub(crate) day: NaiveDate,
    pub(crate) reference: Option<String>,
    pub(crate) handed: Option<i64>,
}

impl Default for Sold {
    fn default() -> Self {
        Self {
            customer: None,
            gross: 10_000,
            code: None,
            parent: None,
            refused: None,
            points: 0,
            day: day(21),
            reference: None,
            handed: None,
        }
    }
}

impl Sold {
    pub(crate) fn sale(&self, sale_id: Uuid, receipt: String) -> SaleCompleted {
        let discount = self.code.map_or(0, |(_, amount)| amount);
        let total = self.gross - discount;
        let handed = self.handed.unwrap_or(total);
        let codes = self.code.iter().map(|(text, amount)| SaleCode {
            text: (*text).to_owned(),
            parent: self.parent.map(str::to_owned),
            assigned: false,
            kind: "coupon".to_owned(),
            owner: None,
            amount: *amount,
            shares: vec![*amount],
            consumed: true,
            over_limit: None,
        });
        let refused = self.refused.iter().map(|(text, refusal)| SaleRefusal {
            text: (*text).to_owned(),
            refusal: (*refusal).to_owned(),
        });
        SaleCompleted {
            points_redeemed: None,
            rewards: Vec::new(),
            leases: Vec::new(),
            sale_id,
            receipt,
            store: "cartagena".to_owned(),
            terminal_id: identity().terminal_id,
            cashier_id: Uuid::from_u128(0xca),
            customer_id: self.customer,
            reference: self.reference.clone(),
            currency: "COP".to_owned(),
            local_time: self.day.and_hms_opt(10, 30, 0).expect("a time"),
            lines: vec![SaleLine {
                product: "coffee".to_owned(),
                sku: "CAF-1".to_owned(),
                name: "Café".to_owned(),
                unit_price: self.gross,
                quantity: 1.into(),
                categories: Vec::new(),
                partner: None,
                gross: self.gross,
                discount,
                net: total,
                earns_points: true,
            }],
            tier_discount: None,
            codes: codes.collect(),
            refused: refused.collect(),
            gross: self.gross,
            discount,
            total,
            tenders: vec![Tender {
                kind: "cash".to_owned(),
                amount: handed,
            }],
            change: handed - total,
            points: self.customer.map(|_| SalePoints {
                base: total,
                per_unit: 1.into(),
                factors: Vec::new(),
                bonus: self.points - total / 100,
                earned: self.points,
                expires_on: self.day + chrono::Days::new(365),
                usable_from: None,
            }),
        }
    }
}

pub(crate) fn profile(number: u32, name: &str, phone: &str) -> Customer {
    Customer {
        id: customer_id(number),
        name: name.to_owned(),
        phone: (!phone.is_empty()).then(|| phone.to_owned()),
        email: None,
        birthday: None,
        card: None,
        marketing_consent: false,
        hlc: 1,
        ..Customer::default()
    }
}
