//! A pen for streams: what a till would write, without a till.

use chrono::NaiveDate;
use mostrador_protocol::entry::{
    EntryHash, Header, Payload, RawEntry, SaleCode, SaleCompleted, SaleLine, SalePoints, Shift,
    Tender,
};
use mostrador_protocol::message::Disposition;
use mostrador_protocol::program::{CodeDocument, ProgramDocument};
use mostrador_protocol::row::Customer;
use mostrador_protocol::signature::SecretKey;
use mostrador_server::feed::{Page, PageRequest};
use mostrador_server::ingest::reading::link;
use mostrador_server::ingest::{Accepted, Batch, Outcome};
use mostrador_server::report::{self, ExceptionLine, Period};
use mostrador_server::terminal::{Enrolment, Shop, Tenant, Terminal};
use mostrador_server::{Mint, Store, enrol_code};
use rust_decimal::Decimal;
use uuid::Uuid;

/// The tenant of most tests.
pub(crate) const TENANT: &str = "cafe";

/// A tenant with a store and a program whose code ONCE may be used once in all, MINE once by each
/// customer, DAILY once a day, and BUDGET until it gave 15.00.
pub(crate) async fn furnish<S: Store>(store: &S, tenant: &str) {
    let mint = Mint::system();
    let company = Tenant {
        id: tenant.to_owned(),
        name: "Café".to_owned(),
    };
    store.add_tenant(company, mint.now_ms()).await.unwrap();
    let shop = Shop {
        tenant: tenant.to_owned(),
        id: "centro".to_owned(),
        name: "Centro".to_owned(),
    };
    store.add_shop(shop, mint.now_ms()).await.unwrap();
    let code = |text: &str| CodeDocument {
        text: text.to_owned(),
        percent_bp: Some(1000),
        ..CodeDocument::default()
    };
    let once_in_all = CodeDocument {
        total_limit: Some(1),
        ..code("ONCE")
    };
    let once_each = CodeDocument {
        per_customer_limit: Some(1),
        ..code("MINE")
    };
    let once_a_day = CodeDocument {
        per_day_limit: Some(1),
        ..code("DAILY")
    };
    let small_budget = CodeDocument {
        budget: Some(1500),
        ..code("BUDGET")
    };
    let program = ProgramDocument {
        codes: vec![
            once_in_all,
            once_each,
            once_a_day,
            small_budget,
            code("FREE"),
        ],
        ..ProgramDocument::bare("Café", "MXN", "America/Mexico_City")
    };
    let published = mostrador_server::publish(store, &mint, tenant, program);
    published.await.unwrap();
}

/// Enrols a terminal of the tenant.
pub(crate) async fn enrol<S: Store>(store: &S, tenant: &str, key: &SecretKey) -> Terminal {
    let mint = Mint::system();
    let place = (tenant, "centro");
    let code = enrol_code::issue(store, &mint, place, "Caja")
        .await
        .unwrap();
    let enrolment = Enrolment {
        code_hash: enrol_code::hash(&code),
        terminal_id: mint.id().unwrap(),
        public_key: key.public().to_hex(),
        now_ms: mint.now_ms(),
    };
    store.enrol(enrolment).await.unwrap().unwrap()
}

/// Writes one stream of one terminal.
#[derive(Debug, Clone)]
pub(crate) struct Scribe {
    pub(crate) tenant: String,
    pub(crate) terminal: Uuid,
    pub(crate) stream: Uuid,
    pub(crate) entries: Vec<RawEntry>,
    /// The chain after each entry, with what stands before the first in front.
    pub(crate) hashes: Vec<EntryHash>,
    /// The latest effective time written, milliseconds since the epoch: a server gets it later.
    pub(crate) latest_ms: i64,
}

impl Scribe {
    /// A furnished tenant, an enrolled terminal and its empty stream.
    pub(crate) async fn new<S: Store>(store: &S) -> Self {
        furnish(store, TENANT).await;
        Self::another(store).await
    }

    /// Another terminal of the same tenant.
    pub(crate) async fn another<S: Store>(store: &S) -> Self {
        let terminal = enrol(store, TENANT, &SecretKey::from_bytes(&[7; 32])).await;
        Self::of(&terminal)
    }

    /// An empty stream of the terminal.
    pub(crate) fn of(terminal: &Terminal) -> Self {
        Self {
            tenant: terminal.tenant.id.clone(),
            terminal: terminal.id,
            stream: Mint::system().id().unwrap(),
            entries: Vec::new(),
            hashes: vec![EntryHash::ZERO],
            latest_ms: 0,
        }
    }

    /// The same entries in another stream of the same terminal, as a till writes them again after a fork.
    pub(crate) fn again_in(&self, stream: Uuid) -> Self {
        let mut copy = Self {
            stream,
            entries: Vec::new(),
            hashes: vec![EntryHash::ZERO],
            ..self.clone()
        };
        for entry in &self.entries {
            let (old, new) = (self.stream.to_string(), stream.to_string());
            copy.write_raw(RawEntry {
                header: entry.header.replace(&old, &new),
                payload: entry.payload.clone(),
            });
        }
        copy
    }

    pub(crate) fn seq(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(crate) fn head(&self) -> EntryHash {
        self.hashes[self.entries.len()]
    }

    /// Appends a payload under an entry id.
    pub(crate) fn write(&mut self, entry_id: Uuid, payload: &Payload) {
        self.write_at(entry_id, payload, 1_000);
    }

    /// Appends a payload made at an instant, milliseconds since the epoch.
    pub(crate) fn write_at(&mut self, entry_id: Uuid, payload: &Payload, effective_ms: i64) {
        let header = Header {
            format: 1,
            kind: String::new(),
            stream: self.stream,
            seq: self.seq() + 1,
            entry_id,
            hlc: 0,
            wall_ms: effective_ms,
            effective_ms,
            boot_id: Uuid::nil(),
            monotonic_ms: 0,
            program_version: 1,
            lease_id: None,
            payload_len: 0,
        };
        self.latest_ms = self.latest_ms.max(effective_ms);
        self.write_raw(payload.seal(&header));
    }

    pub(crate) fn write_raw(&mut self, raw: RawEntry) {
        self.hashes.push(raw.hash(&self.head()));
        self.entries.push(raw);
    }

    /// Appends a sale of 100.00 with a code for this customer, who earns 90 points.
    pub(crate) fn sell(&mut self, customer: Uuid, code: &str) -> Uuid {
        let entry_id = Mint::system().id().unwrap();
        self.write(entry_id, &sale(customer, code));
        entry_id
    }

    pub(crate) fn open_shift(&mut self) {
        let shift = Shift {
            cashier_id: Uuid::nil(),
        };
        let entry_id = Mint::system().id().unwrap();
        self.write(entry_id, &Payload::ShiftOpened(shift));
    }

    /// Entries after `base` up to the end, as a batch that the server gets after the latest of them.
    pub(crate) fn batch(&self, base: u64) -> Batch {
        self.batch_at(base, self.latest_ms.max(1_000) + 1_000)
    }

    /// Entries after `base` up to the end, as a batch that the server gets at an instant.
    pub(crate) fn batch_at(&self, base: u64, received_ms: i64) -> Batch {
        let at = usize::try_from(base).unwrap();
        let base_hash = self.hashes[at];
        let entries = self.entries[at..].to_vec();
        Batch {
            tenant: self.tenant.clone(),
            terminal: self.terminal,
            stream: self.stream,
            base_seq: base,
            base_hash,
            links: link(self.stream, (base, base_hash), entries, received_ms).unwrap(),
            profiles: Vec::new(),
            programs: Vec::new(),
            received_ms,
        }
    }

    /// Pushes entries after `base`; they must be accepted.
    pub(crate) async fn push<S: Store>(&self, store: &S, base: u64) -> Accepted {
        match store.ingest(self.batch(base)).await.unwrap() {
            Outcome::Accepted(accepted) => accepted,
            other => panic!("{other:?}"),
        }
    }
}

/// A sale of 100.00 in two lines, ten percent off by the code, 90 points.
pub(crate) fn sale(customer: Uuid, code: &str) -> Payload {
    let line = |sku: &str, gross: i64, discount: i64| SaleLine {
        product: sku.to_owned(),
        sku: sku.to_owned(),
        name: sku.to_owned(),
        unit_price: gross,
        quantity: Decimal::ONE,
        categories: vec![],
        partner: None,
        gross,
        discount,
        net: gross - discount,
        earns_points: true,
    };
    let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    Payload::SaleCompleted(Box::new(SaleCompleted {
        points_redeemed: None,
        rewards: Vec::new(),
        leases: Vec::new(),
        sale_id: Mint::system().id().unwrap(),
        receipt: "C-1".to_owned(),
        store: "centro".to_owned(),
        terminal_id: Uuid::nil(),
        cashier_id: Uuid::nil(),
        customer_id: Some(customer),
        reference: None,
        currency: "MXN".to_owned(),
        local_time: day.and_hms_opt(12, 0, 0).unwrap(),
        lines: vec![line("A", 6000, 600), line("B", 4000, 400)],
        tier_discount: None,
        codes: vec![SaleCode {
            text: code.to_owned(),
            parent: None,
            assigned: false,
            kind: "coupon".to_owned(),
            owner: None,
            amount: 1000,
            shares: vec![600, 400],
            consumed: true,
            over_limit: None,
        }],
        refused: vec![],
        gross: 10000,
        discount: 1000,
        total: 9000,
        tenders: vec![Tender {
            kind: "cash".to_owned(),
            amount: 9000,
        }],
        change: 0,
        points: Some(SalePoints {
            base: 9000,
            per_unit: Decimal::ONE,
            factors: vec![],
            bonus: 0,
            earned: 90,
            expires_on: day + chrono::Days::new(365),
            usable_from: None,
        }),
    }))
}

/// What a terminal is told that has read the feed up to here: at most a thousand rows.
pub(crate) async fn page_after<S: Store>(store: &S, cursor: u64) -> Page {
    let request = PageRequest {
        tenant: TENANT.to_owned(),
        cursor,
        hash: None,
        limit: 1_000,
        stream: None,
    };
    store.page(request).await.unwrap()
}

/// Purchases and points of a customer.
pub(crate) async fn standing<S: Store>(store: &S, customer: Uuid) -> (i64, i64) {
    let found = store.customer(TENANT, customer).await.unwrap();
    let account = found.map(|(_, account)| account).unwrap_or_default();
    let points = account.lots.iter().map(|lot| lot.points).sum();
    (account.purchases, points)
}

/// Total uses of a code.
pub(crate) async fn uses<S: Store>(store: &S, code: &str) -> i64 {
    let all = store.code_uses(TENANT).await.unwrap();
    let row = all.iter().find(|row| row.code == code);
    row.map_or(0, |row| row.total)
}

/// Everything that an owner is told to look at.
pub(crate) async fn exceptions<S: Store>(store: &S) -> Vec<ExceptionLine> {
    let mut all = Vec::new();
    let told = |line| all.push(line);
    report::exceptions(store, (TENANT, Period::default()), told)
        .await
        .unwrap();
    all
}

/// Dispositions in order.
pub(crate) fn dispositions(accepted: &Accepted) -> Vec<Disposition> {
    let answers = accepted.dispositions.iter();
    answers.map(|entry| entry.disposition).collect()
}

pub(crate) fn profile(id: Uuid, name: &str, hlc: u64) -> Customer {
    Customer {
        id,
        name: name.to_owned(),
        phone: Some("3001234567".to_owned()),
        email: None,
        birthday: NaiveDate::from_ymd_opt(1990, 12, 31),
        card: None,
        marketing_consent: true,
        hlc,
        ..Customer::default()
    }
}
