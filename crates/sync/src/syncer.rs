//! The background task: asks the plan, acts, reports. Thin on purpose.

mod snapshot;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_ledger::Ledger;
use mostrador_ledger::branch::Branch;
use mostrador_ledger::record::Stamp;
use mostrador_protocol::lease::{LeaseState, LeasesReply, LeasesRequest};
use mostrador_protocol::message::{ErrorCode, HelloRequest, OLDEST_PROTOCOL, PROTOCOL};
use mostrador_protocol::row::Row;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::watch;
use uuid::Uuid;

use self::snapshot::{CHUNK_ROWS, Fetched};
use crate::conversation::{Conversation, Failure};
use crate::exchange::{
    BOUND_SETTING, Contact, LEASES_SETTING, Standing, acknowledge, apply, doubt, generation,
    greeted, part, sent_back, to_push, waiting,
};
use crate::handle::{Asked, SyncHandle};
use crate::keeper::Keeper;
use crate::plan::{Cause, Limit, Outcome, Parting, Plan, Step};
use crate::random::Random;
use crate::state::{Attention, State};

/// A difference of clocks below this is the time that a reply takes, milliseconds.
const CLOCK_NOISE_MS: u64 = 5_000;

/// What the task needs.
#[derive(Debug)]
pub struct SyncOptions {
    /// The till's file.
    pub ledger: Arc<Ledger>,
    /// The talk with the server.
    pub conversation: Conversation,
    /// For the jitter of the backoff.
    pub random: Arc<Random>,
    /// Where the task reports.
    pub state: Arc<watch::Sender<State>>,
    /// Names this start of the program in entries.
    pub boot_id: Uuid,
    /// What looks after leases; none: the till has none.
    pub keeper: Option<Keeper>,
}

/// Keeps a till and its server together.
#[derive(Debug)]
pub struct Syncer {
    ledger: Arc<Ledger>,
    conversation: Conversation,
    random: Arc<Random>,
    report: Arc<watch::Sender<State>>,
    asked: Arc<Asked>,
    stop: watch::Receiver<bool>,
    plan: Plan,
    boot_id: Uuid,
    /// The stream and position of which the server last heard in a hello.
    greeted: Option<(Uuid, u64)>,
    keeper: Option<Keeper>,
    /// The next part of a snapshot, where it was asked for while the one before was taken over.
    fetched: Option<Fetched>,
    /// Rows of a snapshot that one transaction takes over.
    chunk_rows: usize,
    /// Whether the server said in this conversation which leases are open.
    knows_leases: bool,
}

impl Syncer {
    /// Starts the task on the current async runtime.
    pub fn start(options: SyncOptions) -> SyncHandle {
        let asked = Arc::<Asked>::default();
        let (stop, stopped) = watch::channel(false);
        let state = options.state.subscribe();
        let syncer = Self {
            ledger: options.ledger,
            conversation: options.conversation,
            random: options.random,
            report: options.state,
            asked: Arc::clone(&asked),
            stop: stopped,
            plan: Plan::default(),
            boot_id: options.boot_id,
            greeted: None,
            keeper: options.keeper,
            fetched: None,
            chunk_rows: CHUNK_ROWS.0,
            knows_leases: false,
        };
        SyncHandle {
            asked,
            stop,
            state,
            task: tokio::spawn(syncer.run()),
        }
    }

    async fn run(mut self) {
        while !*self.stop.borrow() && self.stop.has_changed().is_ok() {
            if self.asked.nudged.swap(false, Ordering::SeqCst) {
                let now_ms = self.now_ms();
                self.plan = std::mem::take(&mut self.plan).nudged(now_ms);
            }
            if self.asked.retry.swap(false, Ordering::SeqCst) {
                self.plan = std::mem::take(&mut self.plan).retried();
            }
            if self.asked.rights.swap(false, Ordering::SeqCst) {
                self.plan = std::mem::take(&mut self.plan).look_after_leases();
            }
            let waiting = self.with_ledger(|ledger| ledger.read(waiting)).await;
            let waiting = waiting.unwrap_or_else(|error| {
                tracing::error!(%error, "cannot count what waits for the server");
                0
            });
            self.publish(waiting, true);
            let step = self.plan.next(self.now_ms(), waiting > 0);
            let Some(outcome) = self.act(step).await else {
                continue;
            };
            if let Outcome::Failed(cause) = outcome {
                tracing::info!(?cause, waiting, "sync could not go on");
            }
            self.settle_log().await;
            let jitter = u64::from_le_bytes(self.random.bytes());
            let now_ms = self.now_ms();
            self.plan = std::mem::take(&mut self.plan).after(now_ms, step, outcome, jitter);
        }
        let waiting = self.report.borrow().waiting;
        self.publish(waiting, false);
    }

    /// `None` when nothing came of it: a rest is over, or the task stops.
    async fn act(&mut self, step: Step) -> Option<Outcome> {
        match step {
            Step::Rest { until_ms } => {
                let rest = Duration::from_millis(until_ms.saturating_sub(self.now_ms()).max(1));
                let rested = async {
                    tokio::select! {
                        biased;
                        () = tokio::time::sleep(rest) => {}
                        () = self.asked.wake.notified() => {}
                    }
                };
                self.unless_stopped(rested).await;
                None
            }
            Step::Probe => self.probe().await,
            Step::Hello => self.hello().await,
            Step::Push(limit) => self.push(limit).await,
            Step::Lease => self.lease().await,
            Step::Pull { wait_ms } => self.pull(wait_ms).await,
            Step::Snapshot => self.snapshot().await,
            Step::Doubt => {
                let doubted = self.with_ledger(|ledger| ledger.transact(doubt)).await;
                Some(in_file(doubted.map(|()| Outcome::Doubted)))
            }
            Step::Part(parting) => Some(self.part(parting).await),
        }
    }

    /// A try of somebody who asks for one does not wait for it.
    async fn probe(&self) -> Option<Outcome> {
        let looking = async {
            tokio::select! {
                biased;
                answers = self.conversation.answers() => Some(Outcome::Probed { answers }),
                () = self.asked.wake.notified() => None,
            }
        };
        self.unless_stopped(looking).await?
    }

    async fn hello(&mut self) -> Option<Outcome> {
        let read = |connection: &Connection| {
            let standing = Standing::read(connection)?;
            Ok::<_, ledger::Error>((standing, generation(connection)?, waiting(connection)?))
        };
        let found = self.with_ledger(move |ledger| ledger.read(read)).await;
        let (standing, generation, waiting) = match found {
            Ok(found) => found,
            Err(error) => return Some(trouble_in_file(&error)),
        };
        let head = standing.head;
        let request = HelloRequest {
            protocol: PROTOCOL,
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            stream: head.stream,
            head_seq: head.seq,
            head_hash: head.hash,
            cursor: standing.cursor,
            wall_ms: self.conversation.clock.now_ms(),
            waiting: Some(waiting),
            cursor_hash: standing.cursor_hash,
            generation,
            acknowledged: standing.confirmed_hash.map(|_| head.confirmed),
            acknowledged_hash: standing.confirmed_hash,
        };
        let reply = match self
            .unless_stopped(self.conversation.hello(&request))
            .await?
        {
            Ok(reply) => reply,
            Err(failure) => return Some(failed(&failure)),
        };
        let contact = self.contact(reply.server_time_ms);
        if reply.protocol < OLDEST_PROTOCOL {
            return Some(Outcome::Failed(Cause::Attention(Attention::ServerOutdated)));
        }
        self.greeted = Some((head.stream, head.seq));
        let grants = reply.leases && self.keeper.is_some();
        self.knows_leases = false;
        self.report
            .send_modify(|state| state.server_grants_leases = grants);
        self.plan = std::mem::take(&mut self.plan).granting(grants);
        let is_bound = self.conversation.learned.is_bound();
        let noted = self.with_ledger(move |ledger| {
            ledger.transact(|tx| {
                if is_bound {
                    ledger::setting::set(tx, BOUND_SETTING, "1")?;
                }
                greeted(tx, contact, (head.stream, &reply))
            })?;
            Ok(Outcome::Greeted(reply.verdict))
        });
        Some(in_file(noted.await))
    }

    /// Goes on in a new stream. Of a till that was set back the server holds all that it heard of in the
    /// hello; of one that was copied, what the pushes found out.
    async fn part(&mut self, parting: Parting) -> Outcome {
        let known = self.greeted.filter(|_| parting == Parting::Rewound);
        let clock = &self.conversation.clock;
        let wall_ms = clock.now_ms();
        let branch = Branch {
            stream: self.random.name(),
            terminal_id: self.conversation.terminal_id,
            reason: parting.word(),
            stamp: Stamp {
                entry_id: self.random.id(wall_ms),
                wall_ms,
                effective_ms: wall_ms.saturating_add(self.report.borrow().clock_offset_ms),
                boot_id: self.boot_id,
                monotonic_ms: clock.monotonic_ms(),
                program_version: 0,
            },
        };
        tracing::warn!(stream = %branch.stream, reason = branch.reason, "this till goes on in a new stream");
        let parted = self
            .with_ledger(move |ledger| ledger.transact(|tx| part(tx, &branch, known)))
            .await;
        if parted.is_ok() {
            self.report
                .send_modify(|state| state.parted = Some(parting.attention()));
        }
        in_file(parted.map(|()| Outcome::Parted))
    }

    /// Gives back, asks, and takes the answer over. When nothing is wanted, the server is asked once in a
    /// conversation: what it takes away later, the feed says.
    async fn lease(&mut self) -> Option<Outcome> {
        let Some(keeper) = self.keeper.clone() else {
            return Some(Outcome::Leased { is_short: false });
        };
        let mut round = 0;
        self.report.send_modify(|state| {
            state.lease_rounds_begun += 1;
            round = state.lease_rounds_begun;
        });
        let wants = match self.with_ledger(move |_| keeper.keep()).await {
            Ok(wants) => wants,
            Err(error) => return Some(trouble_in_file(&error)),
        };
        if wants.is_empty() && self.knows_leases {
            self.report.send_modify(|state| {
                state.lease_round_done = round;
                state.lease_is_short = false;
            });
            return Some(Outcome::Leased { is_short: false });
        }
        let request = LeasesRequest { wants };
        let asking = self.conversation.leases(&request);
        let reply = match self.unless_stopped(asking).await? {
            Ok(reply) => reply,
            Err(failure) => return Some(failed(&failure)),
        };
        let contact = self.contact(reply.server_time_ms);
        let LeasesReply {
            leases, exhausted, ..
        } = reply;
        let urgent = request.wants.iter().filter(|want| want.urgent);
        let is_short = urgent
            .clone()
            .any(|want| exhausted.contains(&want.resource));
        // What was refused is asked for by the same id again: the network may have a copy of the question that is
        // granted later, and the till has to know that right.
        let answered = (request.wants.iter()).filter(|want| !exhausted.contains(&want.resource));
        let answered: Vec<Uuid> = answered.map(|want| want.lease_id).collect();
        let noted = self.with_ledger(move |ledger| {
            ledger.transact(|tx| {
                contact.note(tx)?;
                ledger::setting::set(tx, LEASES_SETTING, "1")?;
                let doubted = ledger::lease::is_doubted(tx)?;
                ledger::lease::answered(tx, &answered, &leases)?;
                Ok::<_, ledger::Error>(doubted)
            })
        });
        let doubted = match noted.await {
            Ok(doubted) => doubted,
            Err(error) => return Some(trouble_in_file(&error)),
        };
        self.knows_leases = true;
        self.report.send_modify(|state| {
            state.changes += u64::from(!request.wants.is_empty());
            state.lease_round_done = round;
            state.lease_is_short = is_short;
        });
        // What is missing is asked for now that it is known what is there.
        Some(Outcome::Leased {
            is_short: is_short || doubted,
        })
    }

    async fn push(&mut self, limit: Limit) -> Option<Outcome> {
        let read = move |connection: &Connection| to_push(connection, limit);
        let request = match self.with_ledger(move |ledger| ledger.read(read)).await {
            Ok(Some(request)) => request,
            Ok(None) => return Some(Outcome::Interrupted),
            Err(error) => return Some(trouble_in_file(&error)),
        };
        let reply = match self
            .unless_stopped(self.conversation.push(&request))
            .await?
        {
            Ok(reply) => reply,
            Err(Failure::TooLarge) if !request.programs.is_empty() => {
                tracing::warn!(
                    "the server lost a program and does not take it back: it is too large"
                );
                let refused = self.with_ledger(move |ledger| {
                    ledger.transact(|tx| ledger::outbox::refuse_programs(tx, &request.programs))
                });
                return Some(in_file(refused.await.map(|()| Outcome::LetGo)));
            }
            Err(failure) => return Some(failed(&failure)),
        };
        let nothing_moved =
            !request.entries.is_empty() && reply.accepted_through <= request.base_seq;
        let is_sent_back = reply.need_from.is_some() || nothing_moved;
        let contact = self.contact(reply.server_time_ms);
        let noted = self.with_ledger(move |ledger| {
            ledger.transact(|tx| {
                contact.note(tx)?;
                if is_sent_back {
                    return sent_back(tx, &request, &reply);
                }
                acknowledge(tx, &request, &reply)
            })
        });
        Some(in_file(noted.await))
    }

    async fn pull(&mut self, wait_ms: u32) -> Option<Outcome> {
        let standing = self.with_ledger(|ledger| ledger.read(Standing::read));
        let standing = match standing.await {
            Ok(standing) => standing,
            Err(error) => return Some(trouble_in_file(&error)),
        };
        let asked_ms = self.now_ms();
        let asking = async {
            let place = (standing.cursor, standing.cursor_hash);
            let answer = self.conversation.pull(standing.head.stream, place, wait_ms);
            if wait_ms == 0 {
                return Some(answer.await);
            }
            tokio::select! {
                biased;
                answer = answer => Some(answer),
                () = self.asked.wake.notified() => None,
            }
        };
        let page = match self.unless_stopped(asking).await? {
            None => return Some(Outcome::Interrupted),
            Some(Ok(page)) => page,
            Some(Err(Failure::Refused(refusal)))
                if refusal.code == ErrorCode::OtherFeed.as_str() =>
            {
                return Some(Outcome::OtherFeed);
            }
            Some(Err(Failure::Refused(refusal)))
                if refusal.code == ErrorCode::Snapshot.as_str() =>
            {
                return Some(Outcome::Behind);
            }
            Some(Err(failure)) => return Some(failed(&failure)),
        };
        let (more, empty) = (page.more, page.rows.is_empty());
        if self.keeper.is_some() && page.rows.iter().any(|row| is_about_rights(&row.row)) {
            self.plan = std::mem::take(&mut self.plan).look_after_leases();
        }
        let contact = self.contact(page.server_time_ms);
        let applied =
            self.with_ledger(move |ledger| ledger.transact(|tx| apply(tx, contact, &page)));
        if let Err(error) = applied.await {
            return Some(trouble_in_file(&error));
        }
        if !empty {
            self.report.send_modify(|state| state.changes += 1);
        }
        Some(Outcome::Pulled {
            more,
            empty,
            asked_ms,
        })
    }

    /// Moves a long log into the file, so that no sale does.
    async fn settle_log(&self) {
        if self.ledger.log_is_long()
            && let Err(error) = self.with_ledger(Ledger::settle_log).await
        {
            tracing::warn!(%error, "the log beside the till's file stays where it is");
        }
    }

    fn now_ms(&self) -> u64 {
        self.conversation.clock.monotonic_ms()
    }

    /// Remembers that the server spoke, and how its clock differs.
    fn contact(&self, server_time_ms: i64) -> Contact {
        let at_ms = self.conversation.clock.now_ms();
        let offset_ms = server_time_ms.saturating_sub(at_ms);
        let is_noise = offset_ms.unsigned_abs() < CLOCK_NOISE_MS;
        let contact = Contact {
            at_ms,
            offset_ms: if is_noise { 0 } else { offset_ms },
        };
        self.report.send_modify(|state| {
            state.last_contact_ms = Some(contact.at_ms);
            state.clock_offset_ms = contact.offset_ms;
        });
        contact
    }

    fn publish(&self, waiting: u64, running: bool) {
        self.report.send_if_modified(|state| {
            let before = state.clone();
            state.phase = self.plan.phase(waiting > 0);
            state.waiting = waiting;
            state.trouble = self.plan.trouble();
            state.retry_at_ms = self.plan.retry_at_ms();
            state.running = running;
            *state != before
        });
    }

    /// The file is slow where the network is not: its work has threads of its own. A runtime of one
    /// thread does it right there: who asks for one wants everything to happen in one order.
    async fn with_ledger<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Ledger) -> Result<T, ledger::Error> + Send + 'static,
    ) -> Result<T, ledger::Error> {
        if Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
            return act(&self.ledger);
        }
        let ledger = Arc::clone(&self.ledger);
        match tokio::task::spawn_blocking(move || act(&ledger)).await {
            Ok(answer) => answer,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime ends, and this task with it.
                Err(_) => std::future::pending().await,
            },
        }
    }

    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut stop = self.stop.clone();
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => None,
            done = work => Some(done),
        }
    }
}

fn in_file(done: Result<Outcome, ledger::Error>) -> Outcome {
    done.unwrap_or_else(|error| trouble_in_file(&error))
}

/// Whether a row may change what the till should hold: a recall, or other limits.
fn is_about_rights(row: &Row) -> bool {
    match row {
        Row::Lease(lease) => lease.state == LeaseState::Recalled,
        Row::Program(_) => true,
        _ => false,
    }
}

fn trouble_in_file(error: &ledger::Error) -> Outcome {
    tracing::error!(%error, "sync cannot use the till's file");
    Outcome::Failed(Cause::Attention(Attention::Ledger))
}

fn failed(failure: &Failure) -> Outcome {
    Outcome::Failed(match failure {
        Failure::Unreachable(_) => Cause::Unreachable,
        Failure::Timeout => Cause::Timeout,
        Failure::TooLarge => Cause::TooLarge,
        Failure::Busy {
            status,
            retry_after,
        } => {
            let retry_after = *retry_after;
            if *status == 429 {
                Cause::SlowDown { retry_after }
            } else {
                Cause::Busy { retry_after }
            }
        }
        Failure::NotTheServer { .. } => Cause::NotTheServer,
        Failure::Refused(refusal) if refusal.code == ErrorCode::Stale.as_str() => Cause::Clock,
        Failure::Refused(refusal) if refusal.code == ErrorCode::Fork.as_str() => Cause::Forked,
        Failure::Refused(refusal) => {
            tracing::warn!(
                code = refusal.code,
                message = refusal.message,
                "the server refused"
            );
            Cause::Attention(Attention::of_refusal(&refusal.code))
        }
        Failure::Unreadable(error) => {
            tracing::warn!(%error, "the server's answer cannot be read");
            Cause::Attention(Attention::Unreadable)
        }
        Failure::Frame(error) => {
            tracing::warn!(%error, "the server's answer cannot be opened");
            Cause::Attention(Attention::Unreadable)
        }
    })
}
