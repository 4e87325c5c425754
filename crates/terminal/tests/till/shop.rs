//! A shop in Cartagena on a Saturday morning: a program, three products, three customers, two people.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params, Version};
use mostrador_ledger::DatabaseKey;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::{Customer, Product, Role, Row, Staff};
use mostrador_sync::clock::ManualClock;
use mostrador_sync::random::Random;
use mostrador_terminal::view::{Language, TenderInput};
use mostrador_terminal::{KeySource, Till, TillOptions};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::server::{ENROL_CODE, Server};

/// 2025-03-01T15:00:00Z, ten in the morning in Cartagena.
pub(crate) const MORNING_MS: i64 = 1_740_841_200_000;

pub(crate) const ANA: Uuid = Uuid::from_u128(0xa);
pub(crate) const BRUNO: Uuid = Uuid::from_u128(0xb);
pub(crate) const ANA_MARIA: Uuid = Uuid::from_u128(0xc);

const PROGRAM: &str = r#"
version = 1
name = "LIVEX"
currency = "COP"
time_zone = "America/Bogota"
language = "es"
demo = true

[points]
per_unit = "0.001"
weekend = "1.2"
first_purchase = "1.5"

[[tiers.levels]]
slug = "bronze"
name = "Bronce"
from_points = 0

[[tiers.levels]]
slug = "gold"
name = "Oro"
from_points = 200
multiplier = "1.5"

[[codes]]
text = "CARLOSVIP"
kind = "referral"
owner = "Carlos"

[[codes]]
text = "VERANO10"
percent_bp = 1000
stackable = true

[[codes]]
text = "EXTRA10"
percent_bp = 1000
stackable = true
min_purchase = 5000000

[[codes]]
text = "MITAD"
percent_bp = 5000
max_discount = 1000000

[[codes]]
text = "UNAVEZ"
fixed = 200000
per_customer_limit = 1

[[codes]]
text = "VIEJO"
percent_bp = 1000
valid_until = "2025-02-28"
"#;

pub(crate) struct Shop {
    pub(crate) till: Till,
    pub(crate) server: Arc<Server>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) folder: tempfile::TempDir,
    runtime: Runtime,
}

impl Shop {
    /// Enrolled, synced, and Rosa is at work.
    pub(crate) fn open() -> Self {
        Self::open_with(|_| {})
    }

    /// Like [`Shop::open`], with a program that `change` has changed.
    pub(crate) fn open_with(change: impl FnOnce(&mut ProgramDocument)) -> Self {
        let server = Arc::new(Server::new(MORNING_MS));
        let mut document = ProgramDocument::parse(PROGRAM).expect("a program");
        change(&mut document);
        server.publish(std::iter::once(Row::Program(Box::new(document))).chain(rows()));
        let clock = Arc::new(ManualClock::new(MORNING_MS));
        let folder = tempfile::tempdir().expect("a folder");
        let till = Till::open(options(&folder, &server, &clock)).expect("a new till");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let shop = Self {
            till,
            server,
            clock,
            folder,
            runtime,
        };
        let enrolled = shop.till.enrol("https://server.test", ENROL_CODE);
        shop.runtime.block_on(enrolled).expect("enrolled");
        shop.till.unlock("1212").expect("Rosa is at work");
        shop
    }

    /// Ends the program and starts it again on the same file.
    pub(crate) fn restart(self) -> Self {
        self.stop();
        let Self {
            till,
            server,
            clock,
            folder,
            runtime,
        } = self;
        drop(till);
        let till = Till::open(options(&folder, &server, &clock)).expect("the same till");
        let shop = Self {
            till,
            server,
            clock,
            folder,
            runtime,
        };
        let here = shop.runtime.enter();
        shop.till.start_sync().expect("sync runs");
        drop(here);
        shop
    }

    /// Ends the talk with the server.
    pub(crate) fn stop(&self) {
        self.runtime.block_on(self.till.stop_sync());
    }

    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Until the server has everything and the till knows; tries at once.
    pub(crate) fn settle(&self) {
        self.till.sync_now().expect("a view");
        self.until("everything is sent", |till| {
            let view = till.sync_view().expect("a view");
            view.state == mostrador_terminal::view::SyncState::UpToDate
        });
    }

    /// The server says how a customer's account stands, and the till hears it.
    pub(crate) fn tell(&self, customer_id: Uuid, account: AccountDocument) {
        self.server.publish([Row::Account {
            customer_id,
            account,
        }]);
        self.till.sync_now().expect("a view");
        let end = self.server.end();
        self.until("the account is here", |till| {
            let cursor = till.ledger().read(mostrador_ledger::replica::cursor);
            cursor.is_ok_and(|cursor| cursor >= end)
        });
    }

    /// Waits for a state of sync, at most ten seconds.
    pub(crate) fn until(&self, what: &str, holds: impl Fn(&Till) -> bool) {
        let waited = self.runtime.block_on(async {
            let mut changes = self.till.sync_changes();
            tokio::time::timeout(Duration::from_secs(10), async {
                while !holds(&self.till) {
                    // The tick is for what no report announces, like a poll that begins to wait.
                    let tick = Duration::from_millis(20);
                    let _ = tokio::time::timeout(tick, changes.changed()).await;
                }
            })
            .await
        });
        waited.unwrap_or_else(|_| panic!("{what}: {:?}", self.till.sync_view()));
    }

    /// Pays what is left of the open basket in exact cash.
    pub(crate) fn pay_cash(&self) -> mostrador_terminal::view::ReceiptView {
        let due = self.till.counter().expect("a counter").due;
        let tenders: Vec<TenderInput> = (due > 0).then(|| cash(due)).into_iter().collect();
        self.till.pay(&tenders, due).expect("paid")
    }
}

/// The error's code and its message in Spanish.
pub(crate) fn trouble<T>(answer: Result<T, mostrador_terminal::Error>) -> (String, String) {
    let Err(error) = answer else {
        panic!("an error was expected")
    };
    let trouble = error.trouble(Language::Es);
    let is_whole = !trouble.hint.is_empty() && !trouble.message.contains('{');
    assert!(is_whole, "{trouble:?}");
    (trouble.code, trouble.message)
}

pub(crate) fn cash(amount: i64) -> TenderInput {
    tender("cash", amount)
}

pub(crate) fn tender(kind: &str, amount: i64) -> TenderInput {
    TenderInput {
        kind: kind.to_owned(),
        amount,
    }
}

pub(crate) fn options(
    folder: &tempfile::TempDir,
    server: &Arc<Server>,
    clock: &Arc<ManualClock>,
) -> TillOptions {
    TillOptions {
        data_dir: folder.path().to_owned(),
        key_source: KeySource::Given(DatabaseKey::from_bytes([1; 32])),
        clock: Arc::clone(clock) as _,
        random: Arc::new(Random::system()),
        transport: Some(Arc::clone(server) as _),
    }
}

fn rows() -> Vec<Row> {
    let mut rows = vec![
        product("lancha", "LX-001", "Paseo en lancha", 12_000_000),
        product("limonada", "LX-002", "Limonada de coco", 1_200_000),
        product("queso", "LX-003", "Queso costeño", 2_000_000),
    ];
    rows.extend([
        customer(ANA, "Ana Peña", "3001234567", "LX-100"),
        customer(BRUNO, "Bruno Díaz", "3109876543", "LX-200"),
        customer(ANA_MARIA, "Ana María Ríos", "3151112233", "LX-300"),
    ]);
    rows.extend([
        person(1, "Rosa Ibarra", Role::Cashier, "1212"),
        person(2, "Mónica Gil", Role::Manager, "8080"),
    ]);
    rows
}

fn product(id: &str, sku: &str, name: &str, unit_price: i64) -> Row {
    Row::Product(Product {
        id: id.to_owned(),
        sku: sku.to_owned(),
        barcode: Some(format!("77012345{}", &sku[3..])),
        name: name.to_owned(),
        unit_price,
        categories: vec!["food".to_owned()],
        partner: None,
        floor: 0,
        discountable: true,
        earns_points: true,
        active: true,
    })
}

fn customer(id: Uuid, name: &str, phone: &str, card: &str) -> Row {
    Row::Customer(Customer {
        id,
        name: name.to_owned(),
        phone: Some(phone.to_owned()),
        email: None,
        birthday: None,
        card: Some(card.to_owned()),
        marketing_consent: false,
        hlc: 1,
        ..Customer::default()
    })
}

fn person(id: u128, name: &str, role: Role, pin: &str) -> Row {
    // As cheap as the format allows: what is tested is not the hash.
    let params = Params::new(8, 1, 1, None).expect("parameters");
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = hasher
        .hash_password_with_salt(pin.as_bytes(), &[3; 16])
        .expect("hashed");
    Row::Staff(Staff {
        id: Uuid::from_u128(id),
        name: name.to_owned(),
        role,
        store: Some("cartagena".to_owned()),
        phone: None,
        pin_hash: hash.to_string(),
        demo_pin: Some(pin.to_owned()),
        active: true,
    })
}
