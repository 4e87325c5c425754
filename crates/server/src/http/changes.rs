//! Wakes the pulls that wait for rows of a tenant, and those of no other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// One bell for each tenant that has a pull waiting.
#[derive(Debug, Default)]
pub(crate) struct Changes(Mutex<HashMap<String, Arc<Notify>>>);

impl Changes {
    /// What rings when rows of the tenant were committed by this process.
    pub(crate) fn of(&self, tenant: &str) -> Arc<Notify> {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bells.get(tenant) {
            return Arc::clone(bell);
        }
        let bell = Arc::new(Notify::new());
        bells.insert(tenant.to_owned(), Arc::clone(&bell));
        bell
    }

    /// Rows of the tenant were committed.
    pub(crate) fn wake(&self, tenant: &str) {
        let bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bells.get(tenant) {
            bell.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn a_commit_wakes_who_waits_for_its_tenant_only() {
        let changes = Changes::default();
        let (cafe, bar) = (changes.of("cafe"), changes.of("bar"));
        let (mut cafe, mut bar) = (pin!(cafe.notified()), pin!(bar.notified()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(cafe.as_mut().poll(&mut context).is_pending());
        assert!(bar.as_mut().poll(&mut context).is_pending());
        changes.wake("cafe");
        assert_eq!(cafe.as_mut().poll(&mut context), Poll::Ready(()));
        assert!(bar.as_mut().poll(&mut context).is_pending());
    }
}
