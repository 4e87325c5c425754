//! Who writes now: some at once, but of one tenant never more than it takes to follow each other without a
//! pause. Of a tenant one writes and all others would wait in the database, each with a connection that no
//! other tenant has then; they wait here instead.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::store::sql::Whose;

/// Of one tenant: who writes, and who has a transaction open already when that one is done.
const OF_A_TENANT: usize = 2;

/// The turns of one server.
#[derive(Debug)]
pub(super) struct Queue {
    all: Arc<Semaphore>,
    of_tenants: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// A turn; it is over when this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _tenant: Option<OwnedSemaphorePermit>,
    _all: OwnedSemaphorePermit,
}

impl Queue {
    /// One in which so many write at once.
    pub(super) fn of(writers: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(writers)),
            of_tenants: Mutex::default(),
        }
    }

    /// Waits for a turn: first behind others of the tenant, then behind everybody.
    pub(super) async fn turn(&self, whose: &Whose) -> Turn {
        let tenant = match whose {
            Whose::Tenant(tenant) => Some(next(self.of_tenant(tenant)).await),
            Whose::Anybody => None,
        };
        Turn {
            _tenant: tenant,
            _all: next(Arc::clone(&self.all)).await,
        }
    }

    fn of_tenant(&self, tenant: &str) -> Arc<Semaphore> {
        let mut known = self
            .of_tenants
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let turns = known.entry(tenant.to_owned());
        let turns = turns.or_insert_with(|| Arc::new(Semaphore::new(OF_A_TENANT)));
        Arc::clone(turns)
    }
}

async fn next(turns: Arc<Semaphore>) -> OwnedSemaphorePermit {
    let turn = turns.acquire_owned().await;
    turn.expect("BUG: nobody closes the queue of writers")
}
