//! Holds the till for the commands, and keeps its work off the thread that paints.

use std::path::PathBuf;
use std::sync::PoisonError;
use std::time::Duration;

use mostrador_terminal::message::say;
use mostrador_terminal::view::{HistoryView, Language, RefundView, SyncView, TillView, Trouble};
use mostrador_terminal::{Error, Till, TillOptions};
use tauri::AppHandle;
use tauri::async_runtime::{Mutex, spawn, spawn_blocking};

use crate::stale;

/// How long leaving waits for sync to put its work down. What it cannot finish waits in the file.
const LEAVE_WITHIN: Duration = Duration::from_secs(2);

/// The till of this window, opened by whoever needs it first.
///
/// While it cannot be opened every command answers with the reason, and tries again: closing the
/// other Mostrador, or giving the folder back, is enough.
pub(crate) struct Desk {
    folder: PathBuf,
    app: AppHandle,
    till: Mutex<Option<Till>>,
    /// Of the sentences about a till that cannot be opened.
    language: std::sync::Mutex<Language>,
}

impl Desk {
    /// A desk over the till in `folder`; opens nothing yet.
    pub(crate) fn new(folder: PathBuf, app: AppHandle) -> Self {
        Self {
            folder,
            app,
            till: Mutex::new(None),
            language: std::sync::Mutex::default(),
        }
    }

    /// Chooses the language of what is said while there is no till to choose it.
    pub(crate) fn speak(&self, language: Language) {
        *self.words() = language;
    }

    fn words(&self) -> std::sync::MutexGuard<'_, Language> {
        self.language.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `act` on a thread of its own and puts its error into the words of the session.
    pub(crate) async fn act<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Till) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Trouble> {
        let till = self.till().await?;
        let keeper = till.clone();
        let done = spawn_blocking(move || act(&till).map_err(|error| in_words(&till, &error)))
            .await
            .unwrap_or_else(|panic| Err(self.broken(&panic)));
        // Nobody waits for it: the answer is on its way already.
        spawn_blocking(move || keep(&keeper));
        done
    }

    /// Joins a store, which waits for the server.
    pub(crate) async fn enrol(&self, server_url: &str, code: &str) -> Result<TillView, Trouble> {
        let till = self.till().await?;
        let enrolled = till.enrol(server_url, code).await;
        enrolled.map_err(|error| in_words(&till, &error))
    }

    /// Asks the server for a customer's history.
    pub(crate) async fn history_online(
        &self,
        id: &str,
        before: &str,
    ) -> Result<HistoryView, Trouble> {
        let till = self.till().await?;
        let history = till.history_online(id, before).await;
        history.map_err(|error| in_words(&till, &error))
    }

    /// Asks the server for a sale of any store.
    pub(crate) async fn find_sale_online(&self, number: &str) -> Result<RefundView, Trouble> {
        let till = self.till().await?;
        let found = till.find_sale_online(number).await;
        found.map_err(|error| in_words(&till, &error))
    }

    /// Asks sync to try now; the answer is how it stands, the event tells what came of it.
    pub(crate) async fn sync_now(&self) -> Result<SyncView, Trouble> {
        self.act(Till::sync_now).await
    }

    /// Puts sync down in order.
    pub(crate) async fn leave(&self) {
        let till = self.till.lock().await.take();
        let Some(till) = till else { return };
        if tokio::time::timeout(LEAVE_WITHIN, till.stop_sync())
            .await
            .is_err()
        {
            tracing::warn!("sync was still at work when the window closed");
        }
    }

    /// Something that should not happen kept one command from being done; the till and its file stay
    /// as they were.
    pub(crate) fn broken(&self, error: &tauri::Error) -> Trouble {
        tracing::error!(%error, "a command broke");
        let language = *self.words();
        Trouble {
            code: "broken".to_owned(),
            message: say(language, "ui.broken.message", &[]),
            hint: say(language, "ui.broken.hint", &[]),
            wait_s: None,
        }
    }

    async fn till(&self) -> Result<Till, Trouble> {
        let mut slot = self.till.lock().await;
        if let Some(till) = &*slot {
            return Ok(till.clone());
        }
        let options = TillOptions::new(self.folder.clone());
        let till = spawn_blocking(move || Till::open(options))
            .await
            .map_err(|panic| self.broken(&panic))?
            .map_err(|error| {
                log(&error);
                error.trouble(*self.words())
            })?;
        if let Err(error) = till.start_sync() {
            log(&error);
        }
        spawn(stale::tell(self.app.clone(), till.clone()));
        tracing::info!("the till is open");
        *slot = Some(till.clone());
        Ok(till)
    }
}

/// Writes the open basket down, if something has changed it.
fn keep(till: &Till) {
    if let Err(error) = till.keep_basket() {
        log_causes(&error, "the open basket could not be written down");
    }
}

/// What the window says; the journal keeps the causes when a person cannot mend it alone.
fn in_words(till: &Till, error: &Error) -> Trouble {
    let trouble = till.trouble(error);
    if let Some(causes) = error.causes() {
        tracing::error!(code = %trouble.code, causes, "not done");
    } else {
        tracing::info!(code = %trouble.code, "refused");
    }
    trouble
}

fn log(error: &Error) {
    log_causes(error, "the till could not be opened");
}

fn log_causes(error: &Error, what: &str) {
    let causes = error.causes().unwrap_or_else(|| error.to_string());
    tracing::error!(code = error.code(), causes, "{what}");
}
