//! A store over any SQL database: its statements, its order of work, and nothing of a particular one.
//!
//! One file per table or task, each beside the mapping of its rows. What a database has to offer stands in
//! [`Database`]: transactions, of which one tenant has one at a time, and looks at one moment. Rules of
//! money and points stand in [`crate::ingest`], [`crate::jobs`] and [`crate::lease`].

mod catalogue;
mod column;
mod compaction;
mod customer;
mod directory;
mod erasure;
mod exception;
mod experiment;
mod feed;
mod freeze;
mod generation;
mod held;
mod history;
mod identity;
mod ingest;
mod jobs;
mod leaderboard;
mod lease;
mod own_stream;
#[cfg(test)]
mod plan;
mod program;
mod put;
mod referral;
mod sale;
mod sale_outcome;
mod session;
mod snapshot;
mod stream;
mod undoing;

use std::ops::RangeInclusive;
use std::sync::Arc;

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
use uuid::Uuid;

use super::{
    Brought, Counts, Greeted, Greeting, HistoryRequest, Missed, Published, Ranking, Restores,
    ServerIdentity, Serving, Store, Vitals,
};
use crate::Error;
use crate::compaction::{Compacted, Compaction};
use crate::erasure::{Erased, Erasure};
use crate::feed::{Page, PageRequest};
use crate::ingest::{
    Batch, ExceptionEntry, ExceptionRequest, HeldEntry, Outcome, Release, Released, StoredEntry,
};
use crate::jobs::{Look, Looked};
use crate::lease::{Asked, Granted, Lease, WriteOff, WrittenOff};
use crate::mint::Mint;
use crate::snapshot::{Part, PartRequest, Snapshot};
use crate::terminal::{Enrolment, NewEnrolCode, Shop, StreamHead, Tenant, Terminal};

pub use self::column::{Cells, Column, Param, Row as SqlRow, Value};
pub use self::session::{Connection, Database, Fault, Many, Statement, Transaction, Whose};

/// Data of the server in a database `D`. Clones share it.
#[derive(Debug, Clone)]
pub struct SqlStore<D> {
    database: D,
    rules: Arc<program::RulesCache>,
}

/// The result of work on a database: what it says becomes [`Error::Database`].
type Answer<T> = Result<T, Error>;

/// Makes the server's identity in a database that has none.
pub(super) fn make_identity(tx: &dyn Transaction, mint: &Mint) -> Answer<()> {
    identity::ensure(tx, mint)
}

/// Gives a referral code to every customer whom a version without them wrote.
pub(super) fn give_referral_codes(tx: &dyn Transaction) -> Answer<()> {
    put::give_referral_codes(tx)
}

impl<D: Database> SqlStore<D> {
    /// One over a database whose tables are of this version, with an identity.
    pub(super) fn over(database: D) -> Self {
        Self {
            database,
            rules: Arc::default(),
        }
    }
}

impl<D: Database> Store for SqlStore<D> {
    async fn identity(&self) -> Answer<ServerIdentity> {
        self.database.read(identity::get).await
    }

    async fn begin_serving(&self) -> Answer<Serving> {
        self.database.begin_serving().await
    }

    async fn try_writing(&self) -> Answer<()> {
        self.database.write(Whose::Anybody, identity::touch).await
    }

    async fn settle(&self) -> Answer<()> {
        self.database.settle().await
    }

    async fn add_tenant(&self, tenant: Tenant, now_ms: i64) -> Answer<()> {
        let whose = Whose::Anybody;
        self.database
            .write(whose, move |tx| directory::add_tenant(tx, &tenant, now_ms))
            .await
    }

    async fn tenants(&self) -> Answer<Vec<Tenant>> {
        self.database.read(directory::tenants).await
    }

    async fn add_shop(&self, shop: Shop, now_ms: i64) -> Answer<()> {
        let whose = Whose::tenant(&shop.tenant);
        self.database
            .write(whose, move |tx| directory::add_shop(tx, &shop, now_ms))
            .await
    }

    async fn shops(&self, tenant: &str) -> Answer<Vec<Shop>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| directory::shops(conn, &tenant))
            .await
    }

    async fn add_enrol_code(&self, code: NewEnrolCode) -> Answer<()> {
        let whose = Whose::tenant(&code.tenant);
        self.database
            .write(whose, move |tx| directory::add_enrol_code(tx, &code))
            .await
    }

    async fn enrol_codes(&self, now_ms: i64) -> Answer<Vec<String>> {
        self.database
            .read(move |conn| directory::enrol_codes(conn, now_ms))
            .await
    }

    async fn enrol(&self, enrolment: Enrolment) -> Answer<Option<Terminal>> {
        // Whoever asks is a stranger: only one with a code that is worth something takes the writer.
        let asked = enrolment.clone();
        let is_worth = self
            .database
            .read(move |conn| directory::is_worth_something(conn, &asked));
        if !is_worth.await? {
            return Ok(None);
        }
        let whose = Whose::Anybody;
        self.database
            .write(whose, move |tx| directory::enrol(tx, &enrolment))
            .await
    }

    async fn terminal(&self, id: Uuid) -> Answer<Option<Terminal>> {
        self.database
            .read(move |conn| directory::terminal(conn, id))
            .await
    }

    async fn terminals(&self, tenant: &str) -> Answer<Vec<Terminal>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| directory::terminals(conn, &tenant))
            .await
    }

    async fn set_terminal_active(&self, id: Uuid, active: bool) -> Answer<bool> {
        let whose = Whose::Anybody;
        self.database
            .write(whose, move |tx| {
                directory::set_terminal_active(tx, id, active)
            })
            .await
    }

    async fn greet(&self, greeting: Greeting) -> Answer<Option<Greeted>> {
        let whose = Whose::tenant(&greeting.tenant);
        self.database
            .write(whose, move |tx| stream::greet(tx, &greeting))
            .await
    }

    async fn missed(&self, missed: Missed) -> Answer<()> {
        let whose = Whose::tenant(&missed.tenant);
        self.database
            .write(whose, move |tx| generation::missed(tx, &missed))
            .await
    }

    async fn restores(&self, tenant: &str) -> Answer<Restores> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| generation::restores(conn, &tenant))
            .await
    }

    async fn ingest(&self, batch: Batch) -> Answer<Outcome> {
        let rules = Arc::clone(&self.rules);
        let whose = Whose::tenant(&batch.tenant);
        self.database
            .write(whose, move |tx| ingest::ingest(tx, &rules, &batch))
            .await
    }

    async fn held(&self, tenant: &str) -> Answer<Vec<HeldEntry>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| held::held(conn, &tenant))
            .await
    }

    async fn release(&self, release: Release) -> Answer<Released> {
        let rules = Arc::clone(&self.rules);
        let whose = Whose::tenant(&release.tenant);
        self.database
            .write(whose, move |tx| held::release(tx, &rules, &release))
            .await
    }

    async fn look(&self, look: Look) -> Answer<Looked> {
        let rules = Arc::clone(&self.rules);
        let whose = Whose::tenant(&look.tenant);
        self.database
            .write(whose, move |tx| jobs::look(tx, &rules, &look))
            .await
    }

    async fn streams(&self, tenant: &str) -> Answer<Vec<StreamHead>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| stream::heads(conn, &tenant))
            .await
    }

    async fn entries(&self, tenant: &str, stream: Uuid) -> Answer<Vec<StoredEntry>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| stream::entries(conn, &tenant, stream))
            .await
    }

    async fn page(&self, request: PageRequest) -> Answer<Page> {
        self.database
            .read(move |conn| feed::page(conn, &request))
            .await
    }

    async fn feed_head(&self, tenant: &str) -> Answer<u64> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| feed::head(conn, &tenant))
            .await
    }

    async fn snapshot(&self, tenant: &str) -> Answer<Snapshot> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| snapshot::begin(conn, &tenant))
            .await
    }

    async fn snapshot_part(&self, request: PartRequest) -> Answer<Part> {
        self.database
            .read(move |conn| snapshot::part(conn, &request))
            .await
    }

    async fn compact(&self, asked: Compaction) -> Answer<Compacted> {
        let whose = Whose::tenant(&asked.tenant);
        self.database
            .write(whose, move |tx| compaction::step(tx, &asked))
            .await
    }

    async fn customer(
        &self,
        tenant: &str,
        id: Uuid,
    ) -> Answer<Option<(Option<Customer>, AccountDocument)>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| customer::look_up(conn, &tenant, id))
            .await
    }

    async fn history(&self, asked: HistoryRequest) -> Answer<Vec<HistoryEntry>> {
        self.database
            .read(move |conn| {
                let whose = (asked.tenant.as_str(), asked.customer);
                history::page(conn, whose, asked.before, asked.limit)
            })
            .await
    }

    async fn sales(&self, tenant: &str, number: &str) -> Answer<Vec<FoundSale>> {
        let (tenant, number) = (tenant.to_owned(), number.to_owned());
        self.database
            .read(move |conn| sale::find(conn, &tenant, &number))
            .await
    }

    async fn erase(&self, erasure: Erasure) -> Answer<Option<Vec<Uuid>>> {
        let whose = Whose::tenant(&erasure.tenant);
        self.database
            .write(whose, move |tx| erasure::erase(tx, &erasure))
            .await
    }

    async fn erased(&self, tenant: &str) -> Answer<Vec<Erased>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| erasure::all(conn, &tenant))
            .await
    }

    async fn records(&self, tenant: &str, customer: Uuid) -> Answer<Vec<Uuid>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| erasure::records(conn, &tenant, customer))
            .await
    }

    async fn customers(&self, tenant: &str) -> Answer<Vec<Customer>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| customer::profiles(conn, &tenant))
            .await
    }

    async fn accounts(&self, tenant: &str) -> Answer<Vec<(Uuid, AccountDocument)>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| customer::accounts(conn, &tenant))
            .await
    }

    async fn code_uses(&self, tenant: &str) -> Answer<Vec<CodeUseRow>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| program::code_uses(conn, &tenant))
            .await
    }

    async fn arms(
        &self,
        tenant: &str,
        parent: &CodeText,
        days: RangeInclusive<NaiveDate>,
    ) -> Answer<Vec<DerivedFigures>> {
        let (tenant, parent) = (tenant.to_owned(), parent.clone());
        self.database
            .read(move |conn| experiment::arms(conn, (&tenant, &parent), &days))
            .await
    }

    async fn leaderboard(&self, asked: Ranking) -> Answer<Vec<Place>> {
        self.database
            .read(move |conn| leaderboard::places(conn, &asked))
            .await
    }

    async fn brought(&self, tenant: &str, least_total: i64) -> Answer<Vec<Brought>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| referral::brought(conn, &tenant, least_total))
            .await
    }

    async fn products(&self, tenant: &str) -> Answer<Vec<Product>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| catalogue::products(conn, &tenant))
            .await
    }

    async fn staff(&self, tenant: &str) -> Answer<Vec<Staff>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| catalogue::staff(conn, &tenant))
            .await
    }

    async fn put(&self, tenant: &str, rows: Vec<Row>) -> Answer<()> {
        let tenant = tenant.to_owned();
        let whose = Whose::tenant(&tenant);
        self.database
            .write(whose, move |tx| put::put(tx, &tenant, &rows))
            .await
    }

    async fn publish(
        &self,
        tenant: &str,
        program: ProgramDocument,
        now_ms: i64,
    ) -> Answer<Published> {
        let tenant = tenant.to_owned();
        let whose = Whose::tenant(&tenant);
        self.database
            .write(whose, move |tx| {
                program::publish(tx, &tenant, &program, now_ms)
            })
            .await
    }

    async fn program(&self, tenant: &str) -> Answer<Option<ProgramDocument>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| program::in_force(conn, &tenant))
            .await
    }

    async fn lease(&self, asked: Asked) -> Answer<Granted> {
        let rules = Arc::clone(&self.rules);
        let whose = Whose::tenant(&asked.tenant);
        self.database
            .write(whose, move |tx| lease::ask(tx, &rules, &asked))
            .await
    }

    async fn open_leases(&self, tenant: &str) -> Answer<Vec<Lease>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| lease::open_leases(conn, &tenant))
            .await
    }

    async fn stocks(&self, tenant: &str) -> Answer<Vec<(LeaseResource, Stock)>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| lease::stocks(conn, &tenant))
            .await
    }

    async fn awaited(&self, tenant: &str) -> Answer<Vec<Uuid>> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| freeze::awaited(conn, &tenant))
            .await
    }

    async fn write_off(&self, tenant: &str, which: WriteOff) -> Answer<Vec<WrittenOff>> {
        let tenant = tenant.to_owned();
        let rules = Arc::clone(&self.rules);
        let whose = Whose::tenant(&tenant);
        self.database
            .write(whose, move |tx| {
                let rules = rules.of(tx, &tenant)?;
                lease::write_off(tx, &tenant, (&rules, which))
            })
            .await
    }

    async fn exceptions(&self, asked: ExceptionRequest) -> Answer<Vec<ExceptionEntry>> {
        self.database
            .read(move |conn| exception::page(conn, &asked))
            .await
    }

    async fn vitals(&self, tenant: &str) -> Answer<Vitals> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| directory::vitals(conn, &tenant))
            .await
    }

    async fn counts(&self, tenant: &str) -> Answer<Counts> {
        let tenant = tenant.to_owned();
        self.database
            .read(move |conn| directory::counts(conn, &tenant))
            .await
    }
}
