//! A till on its machine: it can lose power, be set back, be copied, and die.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mostrador_ledger::DatabaseKey;
use mostrador_terminal::{KeySource, Till, TillOptions};

use super::cable::{Cable, Plug};
use super::chance::Chance;
use super::diary::Diary;
use super::files::copy_folder;
use super::goods::KEY_BYTE;
use super::site::Site;
use super::watch::{Calendar, Watch};
use mostrador_tests::Error;

/// Every simulated till's file has this key.
pub(super) const KEY: DatabaseKey = DatabaseKey::from_bytes([KEY_BYTE; 32]);

/// The witness beside a till's file.
const WITNESS: &str = "till.witness";

/// What every machine stands in.
#[derive(Debug, Clone)]
pub(super) struct Room {
    pub(super) seed: u64,
    pub(super) below: PathBuf,
    pub(super) calendar: Arc<Calendar>,
    pub(super) site: Arc<Site>,
    pub(super) diary: Arc<Diary>,
}

/// One machine.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) name: String,
    pub(super) cable: Arc<Cable>,
    /// Its clock is this far from the true time, milliseconds.
    pub(super) wrong_by_ms: i64,
    room: Room,
    folder: PathBuf,
    backup: Option<PathBuf>,
    folders: u64,
    starts: u64,
    running: Option<(Till, Arc<Watch>)>,
}

impl Machine {
    /// A machine whose disk is a copy of `disk`; it is off.
    pub(super) fn new(room: &Room, name: &str, disk: &Path) -> Result<Self, Error> {
        let folder = room.below.join(format!("{name}-0"));
        copy_folder(disk, &folder)?;
        Ok(Self {
            name: name.to_owned(),
            cable: Cable::new(name, (&room.site, &room.diary), room.seed),
            wrong_by_ms: 0,
            room: room.clone(),
            folder,
            backup: None,
            folders: 0,
            starts: 0,
            running: None,
        })
    }

    /// The till, while it is on.
    pub(super) fn till(&self) -> Option<&Till> {
        self.running.as_ref().map(|(till, _)| till)
    }

    /// Where its files are.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Switches it on, unless it is.
    pub(super) fn start(&mut self) -> Result<(), Error> {
        if self.running.is_some() {
            return Ok(());
        }
        self.starts += 1;
        let watch = Arc::new(Watch::new(&self.room.calendar, self.wrong_by_ms));
        let part = format!("start {} of {}", self.starts, self.name);
        let clock: Arc<Watch> = Arc::clone(&watch);
        let till = Till::open(TillOptions {
            data_dir: self.folder.clone(),
            key_source: KeySource::Given(KEY),
            clock,
            random: Chance::source(self.room.seed, &part),
            transport: Some(Arc::new(Plug(Arc::clone(&self.cable)))),
        })?;
        till.start_sync()?;
        self.running = Some((till, watch));
        self.say("starts");
        Ok(())
    }

    /// Its power goes: what was not committed is gone. Whatever still runs of it writes to a disk that
    /// nobody reads again.
    pub(super) fn lose_power(&mut self) -> Result<(), Error> {
        if self.running.take().is_some() {
            let next = self.next_folder();
            copy_folder(&self.folder, &next)?;
            self.folder = next;
            self.say("loses power");
        }
        Ok(())
    }

    /// Copies its disk.
    pub(super) fn back_up(&mut self) -> Result<(), Error> {
        let copy = self.next_folder();
        copy_folder(&self.folder, &copy)?;
        self.backup = Some(copy);
        self.say("is backed up");
        Ok(())
    }

    pub(super) const fn has_backup(&self) -> bool {
        self.backup.is_some()
    }

    /// Puts the backup in the place of its disk; it is off afterwards. The witness is set back too, or
    /// stays and tells.
    pub(super) fn go_back(&mut self, is_with_witness: bool) -> Result<(), Error> {
        self.lose_power()?;
        let Some(backup) = self.backup.clone() else {
            return Ok(());
        };
        let next = self.next_folder();
        copy_folder(&backup, &next)?;
        if !is_with_witness {
            std::fs::copy(self.folder.join(WITNESS), next.join(WITNESS))?;
        }
        self.folder = next;
        self.say(if is_with_witness {
            "is set back, witness and all"
        } else {
            "is set back beside its witness"
        });
        Ok(())
    }

    /// Another machine with a copy of its disk.
    pub(super) fn copied(&self, name: &str) -> Result<Self, Error> {
        self.say("is copied");
        Self::new(&self.room, name, &self.folder)
    }

    /// Somebody sets its clock.
    pub(super) fn set_clock(&mut self, wrong_by_ms: i64) {
        self.wrong_by_ms = wrong_by_ms;
        if let Some((_, watch)) = &self.running {
            watch.set_wrong_by(wrong_by_ms);
        }
        self.room.diary.step(&self.name, || {
            format!("has a clock that is wrong by {wrong_by_ms} ms")
        });
    }

    /// What its clock shows, milliseconds since the epoch.
    pub(super) fn now_ms(&self) -> i64 {
        use mostrador_sync::clock::Clock;
        self.running.as_ref().map_or(0, |(_, watch)| watch.now_ms())
    }

    fn next_folder(&mut self) -> PathBuf {
        self.folders += 1;
        let name = format!("{}-{}", self.name, self.folders);
        self.room.below.join(name)
    }

    fn say(&self, what: &'static str) {
        self.room.diary.step(&self.name, || what.to_owned());
    }
}
