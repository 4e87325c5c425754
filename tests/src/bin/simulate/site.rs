//! The server's machine: it can lose power, and its disk can be set back.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use mostrador_protocol::signature::SecretKey;
use mostrador_server::in_process::{Answered, Asked, InProcess};
use mostrador_server::store::Store;
use mostrador_server::{Limits, Mint, SqliteStore};
use tokio::sync::Notify;
use uuid::Uuid;

use super::broken::Broken;
use super::chance::Chance;
use super::diary::Diary;
use super::files::copy_folder;
use super::goods::TENANT;
use super::run::chain;
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
    /// Why it could not be broken as it should have been, the first time.
    unspoiled: OnceLock<String>,
    /// Power cuts: whoever waits for an answer gets none, in the order in which they asked.
    cuts: Notify,
}

#[derive(Debug)]
struct Now {
    folder: PathBuf,
    backup: Option<(PathBuf, Vec<Release>)>,
    made: u64,
    /// Kinds of entries that are those of a later version to it.
    unread: &'static [&'static str],
    /// What its disk knows of entries that it held.
    releases: Vec<Release>,
    running: Option<Running>,
    /// The disk as it is, of a server that answers before it writes.
    written: Option<PathBuf>,
}

/// Held entries that were tried again, and that had their effects then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Release {
    /// How many entries the server had by then.
    pub(super) after: u64,
    /// Streams and positions, in the order in which they were tried.
    pub(super) places: Vec<(Uuid, u64)>,
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
                unread: &[],
                releases: Vec::new(),
                running: None,
                written: None,
            }),
            broken: None,
            unspoiled: OnceLock::new(),
            cuts: Notify::new(),
        }
    }

    /// The same server, broken.
    pub(super) fn broken(self, broken: Option<Broken>, seed: u64) -> Self {
        Self {
            broken: broken.map(|broken| (broken, Chance::of(seed, "broken"))),
            ..self
        }
    }

    /// What is broken on purpose.
    pub(super) fn breakage(&self) -> Option<Broken> {
        self.broken.as_ref().map(|(broken, _)| *broken)
    }

    /// Why it could not be broken as it should have been; nothing when it could.
    pub(super) fn unspoiled(&self) -> Option<String> {
        self.unspoiled.get().cloned()
    }

    /// Notes what went wrong with breaking it: such a run shows nothing.
    fn spoiled(&self, spoiled: Result<(), Error>) -> Result<(), Error> {
        spoiled.inspect_err(|error| {
            self.unspoiled.get_or_init(|| chain(error));
        })
    }

    /// The same server in a version that does not know these kinds of entries yet.
    pub(super) fn of_version_before(self, unread: &'static [&'static str]) -> Self {
        self.now().unread = unread;
        self
    }

    /// Whether its version does not know every kind of entry.
    pub(super) fn is_older(&self) -> bool {
        !self.now().unread.is_empty()
    }

    /// Installs the version that knows every kind of entry.
    pub(super) async fn upgrade(&self) -> Result<(), Error> {
        if let Some(store) = self.store() {
            let held = store.counts(TENANT).await?.held;
            self.diary.reached("entries held", held);
        }
        self.lose_power()?;
        self.now().unread = &[];
        self.diary.step("server", || "is upgraded".to_owned());
        self.start().await
    }

    /// Held entries that were tried again, in order.
    pub(super) fn releases(&self) -> Vec<Release> {
        self.now().releases.clone()
    }

    /// Switches it on, unless it is.
    pub(super) async fn start(&self) -> Result<(), Error> {
        if self.is_up() {
            return Ok(());
        }
        let (path, unread) = {
            let now = self.now();
            (now.folder.join(SERVER_FILE), now.unread)
        };
        if let Some((broken, _)) = &self.broken {
            self.spoiled(broken.spoil_before_start(&path, !unread.is_empty()))?;
        }
        let store = SqliteStore::open(&path, &self.mint)?;
        let held = held(&store).await?;
        let (limits, mint) = (Limits::default(), self.mint.clone());
        let server = InProcess::start_older(store.clone(), limits, mint, unread).await?;
        self.note_released(&store, held).await?;
        let key = store.identity().await?.secret_key;
        self.now().running = Some(Running {
            server: Arc::new(server),
            store,
            key,
        });
        self.diary.step("server", || "starts".to_owned());
        Ok(())
    }

    async fn note_released(
        &self,
        store: &SqliteStore,
        before: Vec<(Uuid, u64)>,
    ) -> Result<(), Error> {
        if before.is_empty() {
            return Ok(());
        }
        let still = held(store).await?;
        let freed = before.into_iter().filter(|place| !still.contains(place));
        let places: Vec<_> = freed.collect();
        self.diary
            .reached("held entries released", places.len() as u64);
        let after = store.counts(TENANT).await?.entries;
        if !places.is_empty() {
            self.now().releases.push(Release { after, places });
        }
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
        self.cuts.notify_waiters();
        self.diary.step("server", || "loses power".to_owned());
        Ok(())
    }

    /// Copies its disk.
    pub(super) fn back_up(&self) -> Result<(), Error> {
        let mut now = self.now();
        let copy = self.next_folder(&mut now);
        copy_folder(&now.folder, &copy)?;
        now.backup = Some((copy, now.releases.clone()));
        drop(now);
        self.diary.step("server", || "is backed up".to_owned());
        Ok(())
    }

    /// Puts the backup in the place of its disk; it is off afterwards. `false` when there is no backup.
    pub(super) fn go_back(&self) -> Result<bool, Error> {
        self.lose_power()?;
        let mut now = self.now();
        let Some((backup, releases)) = now.backup.clone() else {
            return Ok(false);
        };
        now.releases = releases;
        let next = self.next_folder(&mut now);
        copy_folder(&backup, &next)?;
        if let Some((broken, _)) = &self.broken {
            self.spoiled(broken.spoil_disk(&next.join(SERVER_FILE)))?;
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
            self.spoiled(self.note_what_is_written()).ok()?;
        }
        if let Some((broken, _)) = &self.broken {
            let spoiled = broken.spoil_before_answer(&asked, (&self.file(), self.mint.now_ms()));
            self.spoiled(spoiled).ok()?;
        }
        let cut = self.cuts.notified();
        tokio::pin!(cut);
        cut.as_mut().enable();
        let answer = tokio::select! {
            biased;
            () = cut => return None,
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

/// Where entries stand that are held, in the order in which they are tried again.
async fn held(store: &SqliteStore) -> Result<Vec<(Uuid, u64)>, Error> {
    let held = store.held(TENANT).await?.into_iter();
    Ok(held.map(|entry| (entry.stream, entry.seq)).collect())
}
