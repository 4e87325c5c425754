//! Two tills, a server and a calendar.

use std::collections::BTreeMap;
use std::sync::Arc;

use mostrador_ledger::{outbox, replica};
use mostrador_loyalty as loyalty;
use mostrador_protocol::message::PullReply;
use mostrador_protocol::program::ProgramDocument;
use mostrador_server::clock::ManualClock;
use mostrador_server::feed::PageRequest;
use mostrador_server::ingest::reading::link;
use mostrador_server::ingest::{Batch, Outcome};
use mostrador_server::terminal::Enrolment;
use mostrador_server::{Mint, SqliteStore, Store as _, enrol_code, jobs};
use tempfile::TempDir;
use uuid::Uuid;

use loyalty::account::Accounts;
use loyalty::program::Program;

use super::counter::Counter;
use super::deed::Memory;
use super::draw::Draw;
use super::recount::Recount;
use super::undoings::Undoings;
use super::{Plan, Played};
use crate::Error;
use crate::shop::{CAFE_VT, fixtures};

/// The company of the years.
pub(super) const TENANT: &str = CAFE_VT.tenant;

const DAY_MS: i64 = 86_400_000;

/// A Thursday in January, at nine.
const BEGIN_MS: i64 = 1_767_862_800_000;

/// What can be done in a step.
#[derive(Debug, Clone, Copy)]
enum Act {
    Sell,
    RefundOwn,
    RefundOther,
    Void,
    Redeem,
    GiveRewardBack,
    Adjust,
    Refer,
    MakeCode,
    Merge,
    Wait,
    StepClock,
    Meet,
    RunJobs,
    Settle,
}

/// Each with how often it is done.
const ACTS: [(i64, Act); 15] = [
    (22, Act::Sell),
    (7, Act::RefundOwn),
    (5, Act::RefundOther),
    (3, Act::Void),
    (4, Act::Redeem),
    (2, Act::GiveRewardBack),
    (4, Act::Adjust),
    (3, Act::Refer),
    (1, Act::MakeCode),
    (2, Act::Merge),
    (14, Act::Wait),
    (2, Act::StepClock),
    (9, Act::Meet),
    (3, Act::RunJobs),
    (1, Act::Settle),
];

/// Everything that one seed decides.
pub(super) struct World {
    pub(super) draw: Draw,
    pub(super) program: Program,
    pub(super) families: Vec<[Uuid; 3]>,
    pub(super) tills: [Counter; 2],
    pub(super) memory: Memory,
    pub(super) store: SqliteStore,
    pub(super) mint: Mint,
    clock: Arc<ManualClock>,
    _folder: TempDir,
    /// How far each stream was counted below.
    heard: BTreeMap<Uuid, u64>,
    /// The raw entries in the order in which the server took them, folded from nothing.
    pub(super) folded: Accounts,
    /// What undid each sale so far.
    pub(super) undoings: Undoings,
    /// The same, counted point by point.
    pub(super) recount: Recount,
    /// Sum of the postings of each entry that changed a book of a customer.
    pub(super) balance: i64,
    pub(super) played: Played,
}

impl World {
    pub(super) async fn open(plan: Plan) -> Result<Self, Error> {
        let draw = Draw::of(plan.seed);
        let folder = TempDir::new()?;
        let clock = Arc::new(ManualClock::new(BEGIN_MS));
        let mint = Mint::seeded(Arc::clone(&clock) as Arc<_>, plan.seed);
        let store = SqliteStore::open(&folder.path().join("server.sqlite"), &mint)?;
        let program = found(&store, &mint).await?;
        let mut tills = Vec::new();
        for number in 1..=2 {
            let place = (TENANT, "centro");
            let name = format!("Caja {number}");
            let code = enrol_code::issue(&store, &mint, place, &name).await?;
            let enrolment = Enrolment {
                code_hash: enrol_code::hash(&code),
                terminal_id: mint.id()?,
                public_key: format!("{number:064}"),
                now_ms: mint.now_ms(),
            };
            let terminal = store.enrol(enrolment).await?;
            let terminal = terminal.expect("a code that was just made");
            let file = folder.path().join(format!("{number}.ledger"));
            tills.push(Counter::open(&file, &terminal, (&clock, &draw))?);
        }
        let records = || [(); 3].map(|()| draw.id(BEGIN_MS));
        let families = (0..plan.histories).map(|_| records()).collect();
        Ok(Self {
            program,
            families,
            tills: tills.try_into().expect("two tills"),
            memory: Memory::default(),
            store,
            mint,
            clock,
            _folder: folder,
            heard: BTreeMap::new(),
            folded: Accounts::default(),
            undoings: Undoings::default(),
            recount: Recount::default(),
            balance: 0,
            played: Played {
                histories: plan.histories.into(),
                ..Played::default()
            },
            draw,
        })
    }

    /// One step of one family.
    pub(super) async fn step(&mut self) -> Result<(), Error> {
        let act = self.draw.weighted(&ACTS).expect("there are acts");
        let till = usize::from(self.draw.percent(50));
        let family = self.draw.place(self.families.len()).unwrap_or(0);
        let (name, is_done) = match act {
            Act::Sell => ("sale", self.sell(till, family)?),
            Act::RefundOwn => ("refund", self.refund(till, false)?),
            Act::RefundOther => ("refund of another till's sale", self.refund(till, true)?),
            Act::Void => ("void", self.void(till)?),
            Act::Redeem => ("reward", self.redeem(till, family)?),
            Act::GiveRewardBack => ("reward given back", self.give_reward_back(till)?),
            Act::Adjust => ("adjustment", self.adjust(till, family)?),
            Act::Refer => ("referral", self.refer(till, family)?),
            Act::MakeCode => ("referral code", self.make_code(till, family)?),
            Act::Merge => ("merge", self.merge(till, family)?),
            Act::Wait => {
                let hours = self.draw.between(1, 11 * 24);
                self.clock.advance(hours * DAY_MS / 24);
                ("wait", true)
            }
            Act::StepClock => {
                let off = [0, 0, 1, 2, -1, -3, 40, -40];
                let days = self.draw.pick(&off).copied().unwrap_or(0);
                self.tills[till].clock_off_ms = days * DAY_MS;
                ("clock step", true)
            }
            Act::Meet => {
                self.push(till, self.draw.between(1, 20), self.draw.percent(20))
                    .await?;
                self.pull(till, self.draw.between(1, 30)).await?;
                ("push and pull", true)
            }
            Act::RunJobs => {
                self.run_jobs().await?;
                ("run of the jobs", true)
            }
            Act::Settle => {
                self.settle().await?;
                ("quiet moment", true)
            }
        };
        self.played.step(if is_done { name } else { "nothing" });
        Ok(())
    }

    /// A last quiet moment, and projections made from nothing.
    pub(super) async fn close(mut self) -> Result<Played, Error> {
        self.settle().await?;
        self.compare_rebuilt()?;
        Ok(self.played)
    }

    /// How far the server holds each till's stream.
    pub(super) fn reach(&self) -> [u64; 2] {
        let reach = |till: &Counter| self.heard.get(&till.stream).copied().unwrap_or(0);
        [reach(&self.tills[0]), reach(&self.tills[1])]
    }

    /// Everybody hears everything, then all copies are compared.
    async fn settle(&mut self) -> Result<(), Error> {
        for till in 0..self.tills.len() {
            while self.push(till, 500, false).await? {}
        }
        self.run_jobs().await?;
        for till in 0..self.tills.len() {
            while self.pull(till, 200).await? {}
        }
        self.compare().await
    }

    /// Sends some entries; what was sent is said again where the answer is lost. Whether there was
    /// anything to send.
    async fn push(&mut self, till: usize, entries: i64, is_lost: bool) -> Result<bool, Error> {
        let most = usize::try_from(entries).unwrap_or(1);
        let counter = &self.tills[till];
        let batch = counter
            .ledger
            .read(|connection| outbox::next(connection, most, 1 << 20))?;
        let Some(batch) = batch else {
            return Ok(false);
        };
        let base = (batch.base_seq, batch.base_hash);
        let received_ms = self.mint.now_ms();
        let links = link(batch.stream, base, batch.entries.clone(), received_ms)
            .expect("a till's own chain");
        let outcome = self.store.ingest(Batch {
            tenant: TENANT.to_owned(),
            terminal: counter.terminal,
            stream: batch.stream,
            base_seq: batch.base_seq,
            base_hash: batch.base_hash,
            links,
            profiles: Vec::new(),
            programs: Vec::new(),
            received_ms,
        });
        let Outcome::Accepted(accepted) = outcome.await? else {
            let what = format!("the server refuses a batch of till {till}");
            return Err(Error::Disagreement(vec![what]));
        };
        self.hear(batch.stream).await?;
        if !is_lost {
            let held = outbox::Held {
                through: accepted.through,
                hash: accepted.head_hash,
            };
            self.tills[till].ledger.transact(|tx| {
                outbox::acknowledge(tx, batch.stream, held, &accepted.dispositions)
            })?;
        }
        Ok(true)
    }

    /// Reads a page; whether there is more.
    async fn pull(&mut self, till: usize, rows: i64) -> Result<bool, Error> {
        let counter = &self.tills[till];
        let cursor = counter.ledger.read(replica::cursor)?;
        let request = PageRequest {
            tenant: TENANT.to_owned(),
            cursor,
            hash: None,
            limit: u32::try_from(rows).unwrap_or(1),
            stream: Some(counter.stream),
        };
        let page = self.store.page(request).await?;
        let reply = PullReply {
            rows: page.rows,
            next_cursor: page.next_cursor,
            own_through: page.own_through,
            more: page.more,
            server_time_ms: self.mint.now_ms(),
            next_hash: None,
            seals: BTreeMap::new(),
        };
        let times = if self.draw.percent(10) { 2 } else { 1 };
        for _ in 0..times {
            let applied = |tx: &_| replica::apply_page(tx, &reply);
            self.tills[till].ledger.transact(applied)?;
        }
        Ok(reply.more)
    }

    async fn run_jobs(&mut self) -> Result<(), Error> {
        jobs::run(&self.store, &self.mint, TENANT).await?;
        for head in self.store.streams(TENANT).await? {
            let is_tills = self.tills.iter().any(|till| till.stream == head.stream);
            if is_tills || self.heard.get(&head.stream) == Some(&head.seq) {
                continue;
            }
            self.hear(head.stream).await?;
        }
        Ok(())
    }

    /// Counts each entry of a stream that the server took, once.
    async fn hear(&mut self, stream: Uuid) -> Result<(), Error> {
        let heard = self.heard.get(&stream).copied().unwrap_or(0);
        let entries = self.store.entries(TENANT, stream).await?;
        for entry in entries.iter().filter(|entry| entry.seq > heard) {
            self.heard.insert(stream, entry.seq);
            let kind = self.count(entry);
            *self.played.entries.entry(kind).or_default() += 1;
        }
        Ok(())
    }
}

/// The coffee house with short lives and windows, so that a year has many ends.
async fn found(store: &SqliteStore, mint: &Mint) -> Result<Program, Error> {
    CAFE_VT.found(store, mint).await?;
    let file = fixtures().join(TENANT).join("program.toml");
    let mut document = mostrador_server::read_program(&file)?;
    "UTC".clone_into(&mut document.time_zone);
    shorten(&mut document);
    let program = document.compile().expect("a program of the fixtures");
    mostrador_server::publish(store, mint, TENANT, document).await?;
    Ok(program)
}

fn shorten(document: &mut ProgramDocument) {
    if let Some(points) = &mut document.points {
        points.lifetime_days = 75;
        points.pending_days = 2;
    }
    if let Some(tiers) = &mut document.tiers {
        tiers.window_days = 90;
        tiers.grace_days = 10;
    }
}
