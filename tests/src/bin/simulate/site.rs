//! The server's machine: it can lose power, and its disk can be set back.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mostrador_protocol::signature::SecretKey;
use mostrador_server::in_process::{Answered, Asked, InProcess};
use mostrador_server::store::Store;
use mostrador_server::{Limits, Mint, SqliteStore};
use tokio::sync::watch;

use super::broken::Broken;
use super::chance::Chance;
use super::diary::Diary;
use super::files::copy_folder;
use mostrador_tests::Error;

/// The server's file in its folder.
pub(super) const SERVER_FILE: &str = "server.sqlite";

/// The server, up or down.
#[derive(Debug)]
pub(super) struct Site {
    below: PathBuf,
    mint: Mint,
    diary: Arc<Diary>,
    now: Mutex<Now>,
    broken: Option<(Broken, Chance)>,
    /// Counts power cuts: whoever waits for an answer of before gets none.
    power: watch::Sender<u64>,
}

#[derive(Debug)]
struct Now {
    folder: PathBuf,
    backup: Option<PathBuf>,
    made: u64,
    running: Option<Running>,
    /// The disk as it is, of a server that answers before it writes.
    written: Option<PathBuf>,
}

/// A server that is up.
#[derive(Debug, Clone)]
struct Running {
    server: Arc<InProcess>,
    store: SqliteStore,
    key: SecretKey,
}

impl Site {
    /// The server over the files in `below/server`.
    pub(super) fn new(below: &Path, mint: Mint, diary: Arc<Diary>) -> Self {
        Self {
            below: below.to_owned(),
            mint,
            diary,
            now: Mutex::new(Now {
                folder: below.join("server"),
                backup: None,
                made: 0,
                running: None,
                written: None,
            }),
            broken: None,
            power: watch::Sender::new(0),
        }
    }

    /// The same server, broken.
    pub(super) fn broken(self, broken: Option<Broken>, seed: u64) -> Self {
        Self {
            broken: broken.map(|broken| (broken, Chance::of(seed, "broken"))),
            ..self
        }
    }

    /// Switches it on, unless it is.
    pub(super) async fn start(&self) -> Result<(), Error> {
        if self.is_up() {
            return Ok(());
        }
        let path = self.now().folder.join(SERVER_FILE);
        let store = SqliteStore::open(&path, &self.mint)?;
        let server = InProcess::start(store.clone(), Limits::default(), self.mint.clone()).await?;
        let key = store.identity().await?.secret_key;
        self.now().running = Some(Running {
            server: Arc::new(server),
            store,
            key,
        });
        self.diary.step("server", || "starts".to_owned());
        Ok(())
    }

    /// Its power goes: what was not committed is gone, and nobody gets an answer. Whatever still runs of
    /// it writes to a disk that nobody reads again.
    pub(super) fn lose_power(&self) -> Result<(), Error> {
        let mut now = self.now();
        if now.running.take().is_none() {
            return Ok(());
        }
        let next = self.next_folder(&mut now);
        let disk = now.written.take().unwrap_or_else(|| now.folder.clone());
        copy_folder(&disk, &next)?;
        now.folder = next;
        drop(now);
        self.power.send_modify(|cuts| *cuts += 1);
        self.diary.step("server", || "loses power".to_owned());
        Ok(())
    }

    /// Copies its disk.
    pub(super) fn back_up(&self) -> Result<(), Error> {
        let mut now = self.now();
        let copy = self.next_folder(&mut now);
        copy_folder(&now.folder, &copy)?;
        now.backup = Some(copy);
        drop(now);
        self.diary.step("server", || "is backed up".to_owned());
        Ok(())
    }

    /// Puts the backup in the place of its disk; it is off afterwards. `false` when there is no backup.
    pub(super) fn go_back(&self) -> Result<bool, Error> {
        self.lose_power()?;
        let mut now = self.now();
        let Some(backup) = now.backup.clone() else {
            return Ok(false);
        };
        let next = self.next_folder(&mut now);
        copy_folder(&backup, &next)?;
        if let Some((broken, _)) = &self.broken {
            broken.spoil_disk(&next.join(SERVER_FILE))?;
        }
        now.folder = next;
        drop(now);
        self.diary
            .step("server", || "is set back to its backup".to_owned());
        Ok(true)
    }

    pub(super) fn has_backup(&self) -> bool {
        self.now().backup.is_some()
    }

    pub(super) fn is_up(&self) -> bool {
        self.now().running.is_some()
    }

    /// Its data, while it is up.
    pub(super) fn store(&self) -> Option<SqliteStore> {
        let now = self.now();
        now.running.as_ref().map(|running| running.store.clone())
    }

    /// Where its file is.
    pub(super) fn file(&self) -> PathBuf {
        self.now().folder.join(SERVER_FILE)
    }

    /// What it answers; nothing when it is down or goes down meanwhile.
    pub(super) async fn answer(&self, asked: Asked) -> Option<Answered> {
        let running = self.now().running.clone()?;
        if let Some((broken, _)) = &self.broken
            && broken.is_early(&asked)
        {
            self.note_what_is_written().ok()?;
        }
        if let Some((broken, _)) = &self.broken {
            let spoiled = broken.free_what_expired(&asked, (&self.file(), self.mint.now_ms()));
            spoiled.ok()?;
        }
        let mut power = self.power.subscribe();
        power.borrow_and_update();
        let answer = tokio::select! {
            biased;
            _ = power.changed() => return None,
            answer = running.server.answer(asked.clone()) => answer,
        };
        Some(match &self.broken {
            Some((broken, chance)) => broken.spoil((&asked, answer), (&running.key, chance)),
            None => answer,
        })
    }

    /// The disk before what is answered now.
    fn note_what_is_written(&self) -> Result<(), Error> {
        let mut now = self.now();
        let copy = self.next_folder(&mut now);
        copy_folder(&now.folder, &copy)?;
        if let Some(before) = now.written.replace(copy) {
            std::fs::remove_dir_all(before)?;
        }
        Ok(())
    }

    fn next_folder(&self, now: &mut Now) -> PathBuf {
        now.made += 1;
        self.below.join(format!("server-{}", now.made))
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
