//! One run: what happens, the healing, and the rest in which everything is checked.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mostrador_ledger as ledger;
use mostrador_server::store::Store;
use mostrador_server::{Mint, compaction, jobs};
use tokio::time::Instant;

use super::cable::Weather;
use super::chance::Chance;
use super::check::{self, Newcomer, Rest, Violation};
use super::diary::Diary;
use super::goods::TENANT;
use super::journal::Journal;
use super::machine::{Machine, Room};
use super::run::Setup;
use super::script::{Act, Script, pause, storm, wrong_by_ms};
use super::site::Site;
use super::tally;
use super::watch::{Calendar, Watch};
use mostrador_tests::Error;

/// Until everything must be quiet after the healing.
const QUIET_WITHIN: Duration = Duration::from_mins(1);

/// How often it is looked at whether they are.
const LOOKED_EVERY: Duration = Duration::from_secs(5);

/// How long rows of the feed stay that later ones replaced, milliseconds.
const KEEP_MS: i64 = 2 * 24 * 3_600_000;

/// After so many of a hundred sales somebody comes who comes back.
const OF_SALES_COME_BACK: u64 = 5;

/// The most machines, copies included.
const MOST_MACHINES: usize = 5;

/// A shop in which things go wrong.
#[derive(Debug)]
pub(super) struct World {
    script: Script,
    pub(super) chance: Chance,
    pub(super) room: Room,
    pub(super) mint: Mint,
    pub(super) machines: Vec<Machine>,
    journal: Journal,
    /// Baskets so far.
    pub(super) sold: u64,
    /// Of the program.
    pub(super) version: u32,
    /// Who began with a snapshot, since the server's disk was last set back.
    newcomer: Option<Newcomer>,
    /// Machines that were made from others.
    copies: u64,
    violations: Vec<Violation>,
}

impl World {
    /// The morning of `seed`.
    pub(super) async fn open(
        seed: u64,
        setup: &Setup<'_>,
        (below, diary): (&Path, &Arc<Diary>),
    ) -> Result<Self, Error> {
        let template = setup.template;
        let calendar = Calendar::new();
        let script = Script::of(seed);
        super::files::copy_folder(&template.server(), &below.join("server"))?;
        let mint = Mint::seeded(Arc::new(Watch::new(&calendar, 0)), seed);
        let site = Site::new(below, mint.clone(), Arc::clone(diary));
        let site = site.broken(setup.broken, seed);
        let site = Arc::new(site.of_version_before(script.unread));
        site.start().await?;
        let room = Room {
            seed,
            below: below.to_owned(),
            calendar,
            site,
            diary: Arc::clone(diary),
        };
        let mut journal = Journal::default();
        if let Some(store) = room.site.store() {
            journal.found(&store).await?;
        }
        let mut machines = Vec::new();
        for number in 0..script.tills {
            let mut machine =
                Machine::new(&room, &format!("till-{number}"), &template.till(number))?;
            machine.start()?;
            machines.push(machine);
        }
        Ok(Self {
            chance: Chance::of(seed, "world"),
            script,
            room,
            mint,
            machines,
            journal,
            sold: 0,
            version: 1,
            newcomer: None,
            copies: 0,
            violations: Vec::new(),
        })
    }

    /// Lets everything happen, heals, waits and checks.
    pub(super) async fn live(mut self) -> Result<Vec<Violation>, Error> {
        self.read_all()?;
        for _ in 0..self.script.acts {
            tokio::time::sleep(pause(&self.chance)).await;
            // Tills write by themselves too, and the next act may take one away.
            self.read_all()?;
            let act = self.script.next(&self.chance);
            self.act(act).await?;
            self.read_all()?;
            if !self.violations.is_empty() {
                return Ok(self.violations);
            }
        }
        self.heal().await?;
        if !self.is_quiet_in_time().await? {
            return Ok(self.violations);
        }
        if self.room.site.is_older() {
            // What is held blocked nothing of all that.
            self.upgrade().await?;
        }
        self.write_what_is_due().await?;
        if !self.is_quiet_in_time().await? {
            return Ok(self.violations);
        }
        self.read_all()?;
        self.check().await?;
        Ok(self.violations)
    }

    async fn act(&mut self, act: Act) -> Result<(), Error> {
        match act {
            Act::Sell => {
                self.sell(1, None)?;
                if self.chance.percent(OF_SALES_COME_BACK) {
                    self.come_back().await?;
                }
                Ok(())
            }
            Act::Rush => self.sell(self.chance.between(3, 12), None),
            Act::Race => self.race(),
            Act::Spend => self.spend_points(),
            Act::Adjust => self.adjust(),
            Act::Refer => self.refer(),
            Act::Days => self.let_days_pass().await,
            Act::Upgrade => self.upgrade().await,
            Act::Begin => self.begin_with_a_snapshot().await,
            Act::Profile => self.change_profile(),
            Act::Refund => self.refund(),
            Act::RefundElsewhere => self.refund_elsewhere().await,
            Act::Merge => self.merge(),
            Act::Void => self.void(),
            Act::Publish => self.publish().await,
            Act::Retry => self.with_machine(|machine, _| {
                if let Some(till) = machine.till() {
                    till.sync_now()?;
                }
                Ok(())
            }),
            Act::TillPower => {
                self.fault("till loses power");
                self.with_machine(|machine, _| machine.lose_power())
            }
            Act::ServerPower => {
                self.fault("server loses power");
                self.room.site.lose_power()
            }
            Act::Start => self.start_all().await,
            Act::Storm => self.with_machine(|machine, chance| {
                machine.cable.set_weather(storm(chance));
                Ok(())
            }),
            Act::Calm => self.with_machine(|machine, _| {
                machine.cable.set_weather(Weather::default());
                Ok(())
            }),
            Act::Clock => {
                self.fault("clock set");
                self.with_machine(|machine, chance| {
                    machine.set_clock(wrong_by_ms(chance));
                    Ok(())
                })
            }
            Act::BackUpTill => self.with_machine(|machine, _| machine.back_up()),
            Act::SetTillBack => self.set_till_back(),
            Act::Copy => self.copy(),
            Act::Die => self.die(),
            Act::BackUpServer => self.back_up_server(),
            Act::SetServerBack => self.set_server_back(),
        }
    }

    fn fault(&self, kind: &'static str) {
        self.room.diary.fault(kind);
    }

    /// One machine, drawn.
    fn with_machine(
        &mut self,
        act: impl FnOnce(&mut Machine, &Chance) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let place = self.drawn();
        act(&mut self.machines[place], &self.chance)
    }

    pub(super) fn drawn(&self) -> usize {
        let drawn = self.chance.below(self.machines.len() as u64);
        usize::try_from(drawn).unwrap_or(0)
    }

    fn set_till_back(&mut self) -> Result<(), Error> {
        let place = self.drawn();
        let is_with_witness = self.chance.percent(50);
        let machine = &mut self.machines[place];
        if !machine.has_backup() {
            return Ok(());
        }
        machine.go_back(is_with_witness)?;
        let name = machine.name.clone();
        self.journal.set_back(&name);
        self.fault(if is_with_witness {
            "till set back, witness and all"
        } else {
            "till set back beside its witness"
        });
        Ok(())
    }

    fn copy(&mut self) -> Result<(), Error> {
        if self.machines.len() >= MOST_MACHINES {
            return Ok(());
        }
        let place = self.drawn();
        self.copies += 1;
        let name = format!("copy-{}", self.copies);
        let mut copy = self.machines[place].copied(&name)?;
        copy.start()?;
        let original = self.machines[place].name.clone();
        self.journal.copied(&original, &name);
        self.machines.push(copy);
        self.fault("till copied");
        Ok(())
    }

    fn die(&mut self) -> Result<(), Error> {
        if self.machines.len() < 2 {
            return Ok(());
        }
        let place = self.drawn();
        let mut dead = self.machines.remove(place);
        dead.lose_power()?;
        self.fault("till dies");
        self.room.diary.step(&dead.name, || "dies".to_owned());
        Ok(())
    }

    fn back_up_server(&mut self) -> Result<(), Error> {
        self.room.site.back_up()?;
        self.journal.server_backed_up();
        Ok(())
    }

    fn set_server_back(&mut self) -> Result<(), Error> {
        if self.room.site.has_backup() {
            self.room.site.go_back()?;
            self.journal.server_set_back();
            self.newcomer = None;
            self.fault("server set back");
        }
        Ok(())
    }

    /// Everything is switched off, some days go by, and what is due is written when the server is back.
    async fn let_days_pass(&mut self) -> Result<(), Error> {
        for machine in &mut self.machines {
            machine.lose_power()?;
        }
        self.room.site.lose_power()?;
        let days = self.chance.between(1, 9);
        self.room.calendar.skip_days(days.cast_signed());
        self.fault("days off");
        self.room
            .diary
            .step("world", || format!("is off for {days} days"));
        self.start_all().await?;
        self.write_what_is_due().await?;
        let store = self.room.site.store().ok_or(Error::Gone)?;
        let now_ms = self.room.calendar.now_ms();
        let compacted = compaction::run(&store, TENANT, (now_ms, KEEP_MS)).await?;
        let is_compacted = u64::from(compacted.removed > 0);
        self.room.diary.reached("feeds compacted", is_compacted);
        Ok(())
    }

    /// What the server does every day, twice: the second time nothing is left to do.
    async fn write_what_is_due(&mut self) -> Result<(), Error> {
        let store = self.room.site.store().ok_or(Error::Gone)?;
        jobs::run(&store, &self.mint, TENANT).await?;
        let again = jobs::run(&store, &self.mint, TENANT).await?;
        if again.written() > 0 {
            let what = format!("what was due was written twice: {again:?}");
            self.violations.push(Violation::new(17, what));
        }
        Ok(())
    }

    async fn begin_with_a_snapshot(&mut self) -> Result<(), Error> {
        if let Some(store) = self.room.site.store() {
            self.newcomer = Some(Newcomer::begin(&store).await?);
            self.room.diary.reached("snapshots read", 1);
        }
        Ok(())
    }

    async fn upgrade(&mut self) -> Result<(), Error> {
        if self.room.site.is_older() {
            self.fault("entries of a newer version");
            self.room.site.upgrade().await?;
        }
        Ok(())
    }

    async fn start_all(&mut self) -> Result<(), Error> {
        self.room.site.start().await?;
        for machine in &mut self.machines {
            machine.start()?;
        }
        Ok(())
    }

    async fn heal(&mut self) -> Result<(), Error> {
        self.room
            .diary
            .note("world", || "everything heals".to_owned());
        for machine in &self.machines {
            machine.cable.set_weather(Weather::default());
        }
        self.start_all().await
    }

    /// Waits until every till is up to date, with no new write.
    async fn is_quiet_in_time(&mut self) -> Result<bool, Error> {
        let until = Instant::now() + QUIET_WITHIN;
        loop {
            let next = Instant::now() + LOOKED_EVERY;
            tokio::time::sleep_until(next.min(until)).await;
            let restless = self.restless().await?;
            if restless.is_empty() {
                return Ok(true);
            }
            if next >= until {
                let late = restless.into_iter();
                self.violations
                    .extend(late.map(|what| Violation::new(18, what)));
                return Ok(false);
            }
        }
    }

    /// Who still has something to do.
    async fn restless(&self) -> Result<Vec<String>, Error> {
        let head = self.feed_head().await?;
        let mut restless = Vec::new();
        for machine in &self.machines {
            let till = machine.till().ok_or(Error::Gone)?;
            let state = till.sync_changes().borrow().clone();
            let (waiting, cursor, beside) = till.ledger().read(|look| {
                let profiles = ledger::outbox::profiles(look, 1)?.len();
                let programs = ledger::outbox::programs(look, 1)?.len();
                Ok::<_, ledger::Error>((
                    ledger::outbox::waiting(look)?,
                    ledger::replica::cursor(look)?,
                    profiles + programs,
                ))
            })?;
            if waiting > 0 || beside > 0 || cursor != head {
                restless.push(format!(
                    "{} is not quiet: {waiting} entries and {beside} profiles or programs wait, feed \
                     {cursor} of {head}, {:?}, {:?}",
                    machine.name, state.phase, state.trouble
                ));
            }
        }
        Ok(restless)
    }

    async fn feed_head(&self) -> Result<u64, Error> {
        let store = self.room.site.store().ok_or(Error::Gone)?;
        Ok(store.counts(TENANT).await?.feed)
    }

    fn read_all(&mut self) -> Result<(), Error> {
        for machine in &self.machines {
            if let Some(till) = machine.till() {
                let found = self.journal.read(&machine.name, till.ledger())?;
                self.violations.extend(found);
            }
        }
        Ok(())
    }

    async fn check(&mut self) -> Result<(), Error> {
        let store = self.room.site.store().ok_or(Error::Gone)?;
        let file = self.room.site.file();
        let rest = Rest {
            journal: &self.journal,
            machines: &self.machines,
            store: &store,
            server_file: &file,
            feed_head: self.feed_head().await?,
            releases: &self.room.site.releases(),
            seed: self.room.seed,
            version: self.version,
            newcomer: self.newcomer.as_ref(),
            now_ms: self.room.calendar.now_ms(),
        };
        let found = check::everything(&rest).await?;
        self.violations.extend(found);
        tally::note(&store, &file, &self.room.diary).await?;
        let diary = &self.room.diary;
        diary.reached("streams opened", self.journal.count("stream_opened"));
        Ok(())
    }
}
