//! What looks after a till's leases: it knows the program and the open basket, which sync does not.

use std::fmt;
use std::sync::Arc;

use mostrador_ledger as ledger;
use mostrador_protocol::lease::LeaseWant;

/// Gives back what the till does not need, by entries in its file, and says what to ask for.
#[derive(Clone)]
pub struct Keeper(Arc<Keep>);

type Keep = dyn Fn() -> Result<Vec<LeaseWant>, ledger::Error> + Send + Sync;

impl Keeper {
    /// One that does `keep` each time, on a thread that may wait for the file.
    pub fn new(
        keep: impl Fn() -> Result<Vec<LeaseWant>, ledger::Error> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(keep))
    }

    pub(crate) fn keep(&self) -> Result<Vec<LeaseWant>, ledger::Error> {
        (self.0)()
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Keeper")
    }
}
