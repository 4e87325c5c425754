//! Where new things come from: the time, random bytes and ids of the server.

use std::sync::Arc;

use uuid::{Builder, Uuid};

use crate::Error;
use crate::clock::{Clock, SystemClock};

/// Makes times, ids and secrets. Everything that needs one takes this as a parameter.
#[derive(Debug, Clone)]
pub struct Mint {
    clock: Arc<dyn Clock>,
}

impl Mint {
    /// One that reads this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }

    /// One that reads the machine's clock.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock))
    }

    /// Milliseconds since the epoch.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// The hybrid logical clock of a change made now: milliseconds x 65536.
    pub fn hlc(&self) -> u64 {
        u64::try_from(self.now_ms()).unwrap_or(0) << 16
    }

    /// A new `UUIDv7`.
    ///
    /// # Errors
    /// [`Error::Random`] when the machine gives no random bytes.
    pub fn id(&self) -> Result<Uuid, Error> {
        let millis = u64::try_from(self.now_ms()).unwrap_or(0);
        let random = self.random::<10>()?;
        Ok(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Random bytes fit for keys.
    ///
    /// # Errors
    /// [`Error::Random`] when the machine gives none.
    #[expect(
        clippy::unused_self,
        reason = "whoever draws bytes must hold the source, as with the clock"
    )]
    pub fn random<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).map_err(Error::Random)?;
        Ok(bytes)
    }
}
