//! The contract of whatever keeps the server's data.
//!
//! Each method is one transaction: it happens whole or not at all, and its answer is given after the
//! commit. Every change that terminals must learn becomes rows of the tenant's feed, whose positions
//! are dense and appear in the order of commits. `tests/contract` holds what any implementation must
//! pass; [`sqlite::SqliteStore`] is the embedded one, [`postgres::PostgresStore`] is for several servers on one
//! database. Both run the statements of [`sql`].

pub mod postgres;
pub mod sql;
pub mod sqlite;

use std::future::Future;
use std::ops::RangeInclusive;

use chrono::{NaiveDate, NaiveDateTime};
use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::lease::Stock;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::{DerivedFigures, EntryHash};
use mostrador_protocol::found::FoundSale;
use mostrador_protocol::history::{HistoryEntry, HistoryPlace};
use mostrador_protocol::leaderboard::Place;
use mostrador_protocol::lease::LeaseResource;
use mostrador_protocol::message::Verdict;
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::{CodeUseRow, Customer, Product, Row, Staff};
use mostrador_protocol::signature::SecretKey;
use uuid::Uuid;

use crate::Error;
use crate::compaction::{Compacted, Compaction};
use crate::erasure::{Erased, Erasure};
use crate::feed::{Page, PageRequest};
use crate::ingest::{
    Batch, ExceptionEntry, ExceptionRequest, HeldEntry, Outcome, Release, Released, StoredEntry,
};
use crate::jobs::{Look, Looked};
use crate::lease::{Asked, Granted, Lease, WriteOff, WrittenOff};
use crate::snapshot::{Part, PartRequest, Snapshot};
use crate::terminal::{Enrolment, NewEnrolCode, Shop, StreamHead, Tenant, Terminal, Told};

/// Who this server is; made on the first start.
#[derive(Debug, Clone)]
pub struct ServerIdentity {
    /// The generation of every tenant's feed that was never found to be restored, see
    /// [`Greeted::generation`].
    pub generation: Uuid,
    /// Signs replies.
    pub secret_key: SecretKey,
}

/// The right to serve a store, given back when it is dropped.
#[derive(Debug)]
pub struct Serving {
    _lock: Option<std::fs::File>,
}

impl Serving {
    /// The right that a lock on a file stands for.
    pub(crate) const fn by(lock: std::fs::File) -> Self {
        Self { _lock: Some(lock) }
    }

    /// The right that any number of servers have at once.
    pub(crate) const fn beside_others() -> Self {
        Self { _lock: None }
    }
}

/// What a terminal says of itself in a hello.
#[derive(Debug, Clone)]
pub struct Greeting {
    /// Its tenant.
    pub tenant: String,
    /// Itself.
    pub terminal: Uuid,
    /// The stream it writes.
    pub stream: Uuid,
    /// Its last entry.
    pub seq: u64,
    /// The chain up to it.
    pub hash: EntryHash,
    /// What it says of itself.
    pub told: Told,
    /// The feed position that it holds, and the chain of the feed that it read up to there.
    pub cursor: (u64, Option<EntryHash>),
    /// The last entry of the stream that the terminal was told is here, and the chain up to it.
    pub acknowledged: Option<(u64, EntryHash)>,
    /// The generation of the feed as the terminal knows it.
    pub generation: Option<Uuid>,
    /// The generation that the feed takes when what the terminal holds shows that it was restored.
    pub next_generation: Uuid,
    /// Milliseconds since the epoch.
    pub now_ms: i64,
    /// Since when this server runs, milliseconds since the epoch.
    pub serving_since_ms: i64,
}

/// What the server knows of a greeted stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeted {
    /// How far the server holds it.
    pub head: StreamHead,
    /// What the server thinks of where the terminal stands.
    pub verdict: Verdict,
    /// The generation of the tenant's feed from now on. It changes when what a terminal of this generation
    /// holds shows that the feed was restored from a backup and goes on with other rows.
    pub generation: Uuid,
}

/// A push that begins after entries which the server does not hold and once said that it does.
#[derive(Debug, Clone)]
pub struct Missed {
    /// The tenant.
    pub tenant: String,
    /// Whose push.
    pub terminal: Uuid,
    /// The stream.
    pub stream: Uuid,
    /// The entry before the push.
    pub seq: u64,
    /// The generation that the feed takes.
    pub next_generation: Uuid,
    /// Milliseconds since the epoch.
    pub now_ms: i64,
    /// Since when this server runs, milliseconds since the epoch.
    pub serving_since_ms: i64,
}

/// A terminal's word that a feed was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restore {
    /// When it came, milliseconds since the epoch.
    pub at_ms: i64,
    /// Whose it was.
    pub terminal: Uuid,
}

/// What terminals said of a tenant's feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restores {
    /// Those that were believed, the latest first.
    pub believed: Vec<Restore>,
    /// The last one that was not: its terminal had been believed less than an hour before.
    pub doubted: Option<Restore>,
}

/// Which part of a customer's history is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRequest {
    /// The tenant.
    pub tenant: String,
    /// Whose.
    pub customer: Uuid,
    /// Everything that is asked for stands before this; none: from the latest on.
    pub before: Option<HistoryPlace>,
    /// The most entries.
    pub limit: u32,
}

/// Whose places of a leaderboard are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    /// The tenant.
    pub tenant: String,
    /// Only sales of this store.
    pub store: Option<String>,
    /// Local days of the sales, both inside.
    pub days: RangeInclusive<NaiveDate>,
    /// The most places.
    pub limit: u32,
}

/// A registration that somebody brought a customer, with what the server knows of the two by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// The record that has the customer's account now.
    pub customer: Uuid,
    /// The record that has the account of who brought them now.
    pub referrer: Uuid,
    /// When it was registered, milliseconds since the epoch.
    pub at_ms: i64,
    /// Where.
    pub terminal: Uuid,
    /// Who registered it.
    pub cashier: Uuid,
    /// The store's wall clock.
    pub local_time: NaiveDateTime,
    /// Whether the customer had a purchase then.
    pub had_bought: bool,
    /// Whether a sale since then reaches the minimum, stands, and was not paid for yet.
    pub has_paid_sale: bool,
    /// Purchases of the customer that were not fully undone.
    pub purchases: i64,
    /// What they came to less what was given back, minor units.
    pub spent: i64,
    /// Bonuses that sales of the customer gave, in the order of the sales.
    pub bonuses: Vec<GivenBonus>,
}

/// A referral bonus that a sale gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenBonus {
    /// The sale.
    pub sale: Uuid,
    /// The record that has the account now to which it was given.
    pub referrer: Uuid,
    /// Points of who brought the customer.
    pub points: i64,
    /// The local day of the sale.
    pub day: NaiveDate,
    /// Whether it was taken back, because the sale was undone.
    pub taken_back: bool,
}

/// What is told of a tenant every few seconds: all of it is known without reading whole tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Vitals {
    /// Entries stored.
    pub entries: u64,
    /// Of them, held.
    pub held: u64,
    /// Leases that are open.
    pub open_leases: u64,
}

/// How much there is of everything, for `status` and for checks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries stored.
    pub entries: u64,
    /// Of them, held.
    pub held: u64,
    /// Of them, adjusted.
    pub adjusted: u64,
    /// Leases that are open.
    pub open_leases: u64,
    /// Customers.
    pub customers: u64,
    /// Products.
    pub products: u64,
    /// Staff.
    pub staff: u64,
    /// The last position of the feed.
    pub feed: u64,
}

/// What became of a program that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// It is in force from now on.
    Now,
    /// It was in force already, word for word; nothing was written.
    Already,
}

/// Keeps tenants, terminals, streams, what they came to, and the feed.
pub trait Store: Clone + Send + Sync + 'static {
    /// Who this server is.
    fn identity(&self) -> impl Future<Output = Result<ServerIdentity, Error>> + Send;
    /// Takes the right to serve this data; [`Error::AlreadyServed`] when a store that only one server
    /// may use has one already. Commands beside a server do not need it.
    fn begin_serving(&self) -> impl Future<Output = Result<Serving, Error>> + Send;
    /// Writes something that changes nothing and waits until it would survive a power cut.
    fn try_writing(&self) -> impl Future<Output = Result<(), Error>> + Send;
    /// Writes everything that is still beside the main file into it, before a stop.
    fn settle(&self) -> impl Future<Output = Result<(), Error>> + Send;

    /// Adds a tenant; [`Error::Exists`] when there is one with that slug.
    fn add_tenant(
        &self,
        tenant: Tenant,
        now_ms: i64,
    ) -> impl Future<Output = Result<(), Error>> + Send;
    /// All tenants by slug.
    fn tenants(&self) -> impl Future<Output = Result<Vec<Tenant>, Error>> + Send;
    /// Adds a store; [`Error::Exists`] when the tenant has one with that slug.
    fn add_shop(&self, shop: Shop, now_ms: i64) -> impl Future<Output = Result<(), Error>> + Send;
    /// All stores of a tenant by slug.
    fn shops(&self, tenant: &str) -> impl Future<Output = Result<Vec<Shop>, Error>> + Send;

    /// Keeps a one-time code; [`Error::UnknownStore`] when there is no such store.
    fn add_enrol_code(&self, code: NewEnrolCode) -> impl Future<Output = Result<(), Error>> + Send;
    /// The hashes of the one-time codes that are not too old, of all tenants, see [`crate::enrol_code::hash`].
    fn enrol_codes(&self, now_ms: i64) -> impl Future<Output = Result<Vec<String>, Error>> + Send;
    /// Uses a one-time code up and adds its terminal. `None`: unknown, used or too old. The same key
    /// with the same code gets the same terminal again, so that a lost answer can be asked for.
    fn enrol(
        &self,
        enrolment: Enrolment,
    ) -> impl Future<Output = Result<Option<Terminal>, Error>> + Send;
    /// The terminal with this id.
    fn terminal(&self, id: Uuid) -> impl Future<Output = Result<Option<Terminal>, Error>> + Send;
    /// All terminals of a tenant by name.
    fn terminals(&self, tenant: &str) -> impl Future<Output = Result<Vec<Terminal>, Error>> + Send;
    /// Switches a terminal on or off; `false` when there is no such terminal.
    fn set_terminal_active(
        &self,
        id: Uuid,
        active: bool,
    ) -> impl Future<Output = Result<bool, Error>> + Send;

    /// Notes that a terminal spoke, and which stream it writes; an unknown stream becomes its own.
    /// `None`: the stream belongs to another terminal.
    fn greet(
        &self,
        greeting: Greeting,
    ) -> impl Future<Output = Result<Option<Greeted>, Error>> + Send;
    /// Notes that a terminal began a push after what the server holds: unless it is asked already what it has,
    /// its tenant's feed takes another generation, as after a hello that shows the same.
    fn missed(&self, missed: Missed) -> impl Future<Output = Result<(), Error>> + Send;
    /// When it was found out that the feed of a tenant was restored from a backup, and by whom.
    fn restores(&self, tenant: &str) -> impl Future<Output = Result<Restores, Error>> + Send;
    /// Takes a batch of a stream, see [`crate::ingest`].
    fn ingest(&self, batch: Batch) -> impl Future<Output = Result<Outcome, Error>> + Send;
    /// Entries of a tenant that are held, by stream and position.
    fn held(&self, tenant: &str) -> impl Future<Output = Result<Vec<HeldEntry>, Error>> + Send;
    /// Tries held entries again by the fold that ingests them. Releasing what is not held changes
    /// nothing.
    fn release(&self, release: Release) -> impl Future<Output = Result<Released, Error>> + Send;
    /// Looks at accounts on whose day something may follow from them, and writes what does into the
    /// server's own stream, see [`crate::jobs`].
    fn look(&self, look: Look) -> impl Future<Output = Result<Looked, Error>> + Send;
    /// Heads of all streams of a tenant, the server's own too.
    fn streams(&self, tenant: &str) -> impl Future<Output = Result<Vec<StreamHead>, Error>> + Send;
    /// All entries of a stream in order.
    fn entries(
        &self,
        tenant: &str,
        stream: Uuid,
    ) -> impl Future<Output = Result<Vec<StoredEntry>, Error>> + Send;

    /// Rows after a cursor, see [`crate::feed`].
    fn page(&self, request: PageRequest) -> impl Future<Output = Result<Page, Error>> + Send;

    /// The last position of the feed.
    fn feed_head(&self, tenant: &str) -> impl Future<Output = Result<u64, Error>> + Send;
    /// Where a terminal can begin now, see [`crate::snapshot`].
    fn snapshot(&self, tenant: &str) -> impl Future<Output = Result<Snapshot, Error>> + Send;
    /// A part of the snapshot at a position: the same whenever it is asked for, until the feed is
    /// compacted beyond it.
    fn snapshot_part(
        &self,
        request: PartRequest,
    ) -> impl Future<Output = Result<Part, Error>> + Send;
    /// Deletes rows of the feed that later ones replaced, see [`crate::compaction`].
    fn compact(
        &self,
        compaction: Compaction,
    ) -> impl Future<Output = Result<Compacted, Error>> + Send;

    /// A profile (unless there is none) and the account (empty before the first purchase).
    fn customer(
        &self,
        tenant: &str,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<(Option<Customer>, AccountDocument)>, Error>> + Send;
    /// Entries that name a customer, the latest first.
    fn history(
        &self,
        asked: HistoryRequest,
    ) -> impl Future<Output = Result<Vec<HistoryEntry>, Error>> + Send;
    /// Sales with this id, or with this receipt number on them or on what undid them, the latest first.
    fn sales(
        &self,
        tenant: &str,
        number: &str,
    ) -> impl Future<Output = Result<Vec<FoundSale>, Error>> + Send;
    /// Takes a person's profiles out of the tables and the feed, and feeds that they are gone; the records
    /// that were erased now, none of them the second time. Nobody with this id: none.
    fn erase(
        &self,
        erasure: Erasure,
    ) -> impl Future<Output = Result<Option<Vec<Uuid>>, Error>> + Send;
    /// Everybody who was erased.
    fn erased(&self, tenant: &str) -> impl Future<Output = Result<Vec<Erased>, Error>> + Send;
    /// The records that are one person's: the one that has the account, then those merged into it.
    fn records(
        &self,
        tenant: &str,
        customer: Uuid,
    ) -> impl Future<Output = Result<Vec<Uuid>, Error>> + Send;
    /// All profiles of a tenant.
    fn customers(&self, tenant: &str) -> impl Future<Output = Result<Vec<Customer>, Error>> + Send;
    /// All accounts of a tenant by customer.
    fn accounts(
        &self,
        tenant: &str,
    ) -> impl Future<Output = Result<Vec<(Uuid, AccountDocument)>, Error>> + Send;
    /// Uses of every code that was used, by text.
    fn code_uses(
        &self,
        tenant: &str,
    ) -> impl Future<Output = Result<Vec<CodeUseRow>, Error>> + Send;
    /// What the codes derived from `parent` came to over all stores in a range of local days, both
    /// inside, by text. A basket that reached payment several times is one use.
    fn arms(
        &self,
        tenant: &str,
        parent: &CodeText,
        days: RangeInclusive<NaiveDate>,
    ) -> impl Future<Output = Result<Vec<DerivedFigures>, Error>> + Send;
    /// Who earned most by the sales of a period, most first; what was taken back does not count.
    fn leaderboard(&self, asked: Ranking)
    -> impl Future<Output = Result<Vec<Place>, Error>> + Send;
    /// Every registration that somebody brought a customer, the earliest first, with what came of it. A
    /// bonus asks for a sale of `least_total` minor units.
    fn brought(
        &self,
        tenant: &str,
        least_total: i64,
    ) -> impl Future<Output = Result<Vec<Brought>, Error>> + Send;
    /// All products of a tenant by id.
    fn products(&self, tenant: &str) -> impl Future<Output = Result<Vec<Product>, Error>> + Send;
    /// All staff of a tenant by id.
    fn staff(&self, tenant: &str) -> impl Future<Output = Result<Vec<Staff>, Error>> + Send;

    /// Writes profiles, products and staff and feeds them; other rows are refused as a bug. A
    /// profile meets the stored one in `protocol::profile::merge`, and has a referral code afterwards.
    fn put(&self, tenant: &str, rows: Vec<Row>) -> impl Future<Output = Result<(), Error>> + Send;

    /// Publishes a program. What is in force, offered again unchanged, is no publication; otherwise
    /// [`Error::ProgramVersion`] unless its version ascends: a published one never changes or returns.
    fn publish(
        &self,
        tenant: &str,
        program: ProgramDocument,
        now_ms: i64,
    ) -> impl Future<Output = Result<Published, Error>> + Send;
    /// The program in force: the highest version.
    fn program(
        &self,
        tenant: &str,
    ) -> impl Future<Output = Result<Option<ProgramDocument>, Error>> + Send;
    /// Grants what is free of what a terminal asks for, see [`crate::lease`]. The same question again
    /// grants nothing more.
    fn lease(&self, asked: Asked) -> impl Future<Output = Result<Granted, Error>> + Send;
    /// Every open lease of a tenant, by id.
    fn open_leases(&self, tenant: &str) -> impl Future<Output = Result<Vec<Lease>, Error>> + Send;
    /// Every resource that was ever leased or used under a limit, with its counts. Always true:
    /// [`Stock::holds`].
    fn stocks(
        &self,
        tenant: &str,
    ) -> impl Future<Output = Result<Vec<(LeaseResource, Stock)>, Error>> + Send;
    /// Terminals of a tenant whose word is awaited since the server was restored: not all of what they wrote
    /// is here. While there is one, nothing that is scarce is granted; writing it off ends the wait.
    fn awaited(&self, tenant: &str) -> impl Future<Output = Result<Vec<Uuid>, Error>> + Send;
    /// Writes open leases off: what is left of them becomes named exposure and can be granted again. None
    /// when nothing of that was open.
    fn write_off(
        &self,
        tenant: &str,
        which: WriteOff,
    ) -> impl Future<Output = Result<Vec<WrittenOff>, Error>> + Send;
    /// Entries with something that an owner looks at, a page by the instant at which they came.
    fn exceptions(
        &self,
        asked: ExceptionRequest,
    ) -> impl Future<Output = Result<Vec<ExceptionEntry>, Error>> + Send;
    /// The few counts of a tenant that are asked for all the time.
    fn vitals(&self, tenant: &str) -> impl Future<Output = Result<Vitals, Error>> + Send;
    /// Counts of a tenant.
    fn counts(&self, tenant: &str) -> impl Future<Output = Result<Counts, Error>> + Send;
}
