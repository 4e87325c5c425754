//! The embedded store: one SQLite file, one writer, several readers.
//!
//! WAL with `synchronous = full`: what was answered survives a power cut. Work runs on the blocking
//! threads of the runtime (of one with a single thread, on that one); a second process (a command beside a running server) waits its turn.

mod catalogue;
mod column;
mod customer;
mod directory;
mod experiment;
mod feed;
mod freeze;
mod held;
mod history;
mod identity;
mod ingest;
mod jobs;
mod leaderboard;
mod lease;
mod open;
mod own_stream;
mod program;
mod put;
mod referral;
mod sale;
mod sale_outcome;
mod serving;
mod stream;
mod undoing;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::lease::Stock;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::DerivedFigures;
use mostrador_protocol::found::FoundSale;
use mostrador_protocol::history::HistoryEntry;
use mostrador_protocol::leaderboard::Place;
use mostrador_protocol::lease::LeaseResource;
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::{CodeUseRow, Customer, Product, Row, Staff};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::runtime::{Handle, RuntimeFlavor};
use uuid::Uuid;

use super::{
    Brought, Counts, Greeted, Greeting, HistoryRequest, Published, Ranking, ServerIdentity,
    Serving, Store,
};
use crate::Error;
use crate::feed::{Page, PageRequest};
use crate::ingest::{AdjustedEntry, Batch, HeldEntry, Outcome, Release, Released, StoredEntry};
use crate::jobs::{Look, Looked};
use crate::lease::{Asked, Granted, Lease, WriteOff};
use crate::mint::Mint;
use crate::terminal::{Enrolment, NewEnrolCode, Shop, StreamHead, Tenant, Terminal};

/// Readers kept open; more are opened when needed and closed again.
const IDLE_READERS: usize = 8;

/// Data of the server in one SQLite file. Clones share it.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    rules: program::RulesCache,
}

/// The result of work on the database: what `rusqlite` says becomes [`Error::Database`].
type Answer<T> = Result<T, Error>;

/// Gives a failed statement the name of what was attempted.
fn attempt(attempt: &'static str) -> impl FnOnce(rusqlite::Error) -> Error {
    move |source| Error::Database { attempt, source }
}

impl SqliteStore {
    /// Opens the file, makes it on the first start, and brings its tables to this version.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when the file is no intact database; it is left as it is.
    pub fn open(path: &Path, mint: &Mint) -> Result<Self, Error> {
        let mut writer = open::writer(path)?;
        identity::ensure(&mut writer, mint)?;
        put::give_referral_codes(&mut writer)?;
        Ok(Self {
            shared: Arc::new(Shared {
                path: path.to_owned(),
                writer: Mutex::new(writer),
                readers: Mutex::new(Vec::new()),
                rules: program::RulesCache::default(),
            }),
        })
    }

    /// Takes the right to serve the file before it is opened, so that a second server (perhaps of another
    /// version) does not touch it.
    ///
    /// # Errors
    /// [`Error::AlreadyServed`] when another process has it.
    pub fn reserve(path: &Path) -> Result<Serving, Error> {
        serving::begin(path)
    }

    async fn write<T, F>(&self, act: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>, &Shared) -> Answer<T> + Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        away(move || {
            // A panic rolled its transaction back; the connection itself is sound.
            let mut writer = shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
            let tx = writer
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(attempt("beginning a transaction"))?;
            let answer = act(&tx, &shared)?;
            tx.commit().map_err(attempt("committing a transaction"))?;
            Ok(answer)
        })
        .await
    }

    async fn read<T, F>(&self, look: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Answer<T> + Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        away(move || {
            let mut reader = shared.reader()?;
            let tx = reader.transaction().map_err(attempt("beginning to read"))?;
            let answer = look(&tx)?;
            tx.commit().map_err(attempt("ending a read"))?;
            shared.give_back(reader);
            Ok(answer)
        })
        .await
    }
}

/// Does work on the database on a thread for waiting. A runtime of one thread does it right there:
/// who asks for one wants everything to happen in one order.
async fn away<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    if Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
        return work();
    }
    let work = tokio::task::spawn_blocking(work);
    work.await.map_err(Error::Thread)?
}

impl Shared {
    fn reader(&self) -> Answer<Connection> {
        let idle = self
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        idle.map_or_else(|| open::reader(&self.path), Ok)
    }

    fn give_back(&self, reader: Connection) {
        let mut idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS {
            idle.push(reader);
        }
    }
}

impl Store for SqliteStore {
    async fn identity(&self) -> Answer<ServerIdentity> {
        self.read(identity::get).await
    }

    async fn begin_serving(&self) -> Answer<Serving> {
        serving::begin(&self.shared.path)
    }

    async fn try_writing(&self) -> Answer<()> {
        self.write(|tx, _| identity::touch(tx)).await
    }

    async fn settle(&self) -> Answer<()> {
        let shared = Arc::clone(&self.shared);
        away(move || {
            let writer = shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
            shared
                .readers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clear();
            writer
                .query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))
                .map_err(attempt("writing the log into the main file"))
        })
        .await
    }

    async fn add_tenant(&self, tenant: Tenant, now_ms: i64) -> Answer<()> {
        self.write(move |tx, _| directory::add_tenant(tx, &tenant, now_ms))
            .await
    }

    async fn tenants(&self) -> Answer<Vec<Tenant>> {
        self.read(directory::tenants).await
    }

    async fn add_shop(&self, shop: Shop, now_ms: i64) -> Answer<()> {
        self.write(move |tx, _| directory::add_shop(tx, &shop, now_ms))
            .await
    }

    async fn shops(&self, tenant: &str) -> Answer<Vec<Shop>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| directory::shops(conn, &tenant)).await
    }

    async fn add_enrol_code(&self, code: NewEnrolCode) -> Answer<()> {
        self.write(move |tx, _| directory::add_enrol_code(tx, &code))
            .await
    }

    async fn enrol(&self, enrolment: Enrolment) -> Answer<Option<Terminal>> {
        self.write(move |tx, _| directory::enrol(tx, &enrolment))
            .await
    }

    async fn terminal(&self, id: Uuid) -> Answer<Option<Terminal>> {
        self.read(move |conn| directory::terminal(conn, id)).await
    }

    async fn terminals(&self, tenant: &str) -> Answer<Vec<Terminal>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| directory::terminals(conn, &tenant))
            .await
    }

    async fn set_terminal_active(&self, id: Uuid, active: bool) -> Answer<bool> {
        self.write(move |tx, _| directory::set_terminal_active(tx, id, active))
            .await
    }

    async fn greet(&self, greeting: Greeting) -> Answer<Option<Greeted>> {
        self.write(move |tx, _| stream::greet(tx, &greeting)).await
    }

    async fn ingest(&self, batch: Batch) -> Answer<Outcome> {
        self.write(move |tx, shared| ingest::ingest(tx, &shared.rules, &batch))
            .await
    }

    async fn held(&self, tenant: &str) -> Answer<Vec<HeldEntry>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| held::held(conn, &tenant)).await
    }

    async fn release(&self, release: Release) -> Answer<Released> {
        self.write(move |tx, shared| held::release(tx, &shared.rules, &release))
            .await
    }

    async fn look(&self, look: Look) -> Answer<Looked> {
        self.write(move |tx, shared| jobs::look(tx, &shared.rules, &look))
            .await
    }

    async fn streams(&self, tenant: &str) -> Answer<Vec<StreamHead>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| stream::heads(conn, &tenant)).await
    }

    async fn entries(&self, tenant: &str, stream: Uuid) -> Answer<Vec<StoredEntry>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| stream::entries(conn, &tenant, stream))
            .await
    }

    async fn page(&self, request: PageRequest) -> Answer<Page> {
        self.read(move |conn| feed::page(conn, &request)).await
    }

    async fn customer(
        &self,
        tenant: &str,
        id: Uuid,
    ) -> Answer<Option<(Option<Customer>, AccountDocument)>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| customer::look_up(conn, &tenant, id))
            .await
    }

    async fn history(&self, asked: HistoryRequest) -> Answer<Vec<HistoryEntry>> {
        self.read(move |conn| {
            let whose = (asked.tenant.as_str(), asked.customer);
            history::page(conn, whose, asked.before, asked.limit)
        })
        .await
    }

    async fn sales(&self, tenant: &str, number: &str) -> Answer<Vec<FoundSale>> {
        let (tenant, number) = (tenant.to_owned(), number.to_owned());
        self.read(move |conn| sale::find(conn, &tenant, &number))
            .await
    }

    async fn customers(&self, tenant: &str) -> Answer<Vec<Customer>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| customer::profiles(conn, &tenant))
            .await
    }

    async fn accounts(&self, tenant: &str) -> Answer<Vec<(Uuid, AccountDocument)>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| customer::accounts(conn, &tenant))
            .await
    }

    async fn code_uses(&self, tenant: &str) -> Answer<Vec<CodeUseRow>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| program::code_uses(conn, &tenant))
            .await
    }

    async fn arms(
        &self,
        tenant: &str,
        parent: &CodeText,
        days: RangeInclusive<NaiveDate>,
    ) -> Answer<Vec<DerivedFigures>> {
        let (tenant, parent) = (tenant.to_owned(), parent.clone());
        self.read(move |conn| experiment::arms(conn, (&tenant, &parent), &days))
            .await
    }

    async fn leaderboard(&self, asked: Ranking) -> Answer<Vec<Place>> {
        self.read(move |conn| leaderboard::places(conn, &asked))
            .await
    }

    async fn brought(&self, tenant: &str, least_total: i64) -> Answer<Vec<Brought>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| referral::brought(conn, &tenant, least_total))
            .await
    }

    async fn products(&self, tenant: &str) -> Answer<Vec<Product>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| catalogue::products(conn, &tenant))
            .await
    }

    async fn staff(&self, tenant: &str) -> Answer<Vec<Staff>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| catalogue::staff(conn, &tenant)).await
    }

    async fn put(&self, tenant: &str, rows: Vec<Row>) -> Answer<()> {
        let tenant = tenant.to_owned();
        self.write(move |tx, _| put::put(tx, &tenant, rows)).await
    }

    async fn publish(
        &self,
        tenant: &str,
        program: ProgramDocument,
        now_ms: i64,
    ) -> Answer<Published> {
        let tenant = tenant.to_owned();
        self.write(move |tx, _| program::publish(tx, &tenant, program, now_ms))
            .await
    }

    async fn program(&self, tenant: &str) -> Answer<Option<ProgramDocument>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| program::in_force(conn, &tenant))
            .await
    }

    async fn lease(&self, asked: Asked) -> Answer<Granted> {
        self.write(move |tx, shared| lease::ask(tx, &shared.rules, &asked))
            .await
    }

    async fn open_leases(&self, tenant: &str) -> Answer<Vec<Lease>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| lease::open_leases(conn, &tenant, None))
            .await
    }

    async fn stocks(&self, tenant: &str) -> Answer<Vec<(LeaseResource, Stock)>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| lease::stocks(conn, &tenant)).await
    }

    async fn awaited(&self, tenant: &str) -> Answer<Vec<Uuid>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| freeze::awaited(conn, &tenant)).await
    }

    async fn write_off(&self, tenant: &str, which: WriteOff) -> Answer<Vec<Lease>> {
        let tenant = tenant.to_owned();
        self.write(move |tx, shared| {
            let rules = shared.rules.of(tx, &tenant)?;
            lease::write_off(tx, &tenant, (&rules, which))
        })
        .await
    }

    async fn adjusted(&self, tenant: &str) -> Answer<Vec<AdjustedEntry>> {
        let tenant = tenant.to_owned();
        self.read(move |conn| held::adjusted(conn, &tenant)).await
    }

    async fn counts(&self, tenant: &str) -> Answer<Counts> {
        let tenant = tenant.to_owned();
        self.read(move |conn| directory::counts(conn, &tenant))
            .await
    }
}
