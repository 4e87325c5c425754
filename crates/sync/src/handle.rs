//! The running task as the rest of the till sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::state::State;

/// A running task. Dropping it stops the task at its next step.
#[derive(Debug)]
pub struct SyncHandle {
    pub(crate) asked: Arc<Asked>,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) state: watch::Receiver<State>,
    pub(crate) task: JoinHandle<()>,
}

/// What others ask of the task.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) wake: Notify,
    pub(crate) nudged: AtomicBool,
    pub(crate) retry: AtomicBool,
    pub(crate) rights: AtomicBool,
}

impl SyncHandle {
    /// There is something to send: it goes at once, also when a long poll is outstanding. A backoff
    /// goes on unless somebody answers again. Never blocks.
    pub fn nudge(&self) {
        self.asked.nudged.store(true, Ordering::SeqCst);
        self.asked.wake.notify_one();
    }

    /// Tries at once, whatever the backoff says. Never blocks.
    pub fn retry_now(&self) {
        self.asked.retry.store(true, Ordering::SeqCst);
        self.asked.wake.notify_one();
    }

    /// Looks after leases as soon as there is nothing to send. Never blocks.
    pub fn ask_for_rights(&self) {
        self.asked.rights.store(true, Ordering::SeqCst);
        self.asked.wake.notify_one();
    }

    /// How sync stands, and a way to wait for it to change.
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Gives up what is under way on the network, finishes what is under way in the file, and ends.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the sync task did not end by itself");
        }
    }
}
