//! Where new things come from: the time, random bytes and ids of the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::Error;
use crate::clock::{Clock, SystemClock};

/// Makes times, ids and secrets. Everything that needs one takes this as a parameter.
#[derive(Debug, Clone)]
pub struct Mint {
    clock: Arc<dyn Clock>,
    source: Source,
}

/// Where random bytes come from.
#[derive(Debug, Clone)]
enum Source {
    System,
    /// A seed and how often it was drawn from; clones draw from the same.
    Seeded(u64, Arc<AtomicU64>),
}

impl Mint {
    /// One that reads this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            source: Source::System,
        }
    }

    /// One that draws the same bytes for the same seed, for simulations: never for keys that last.
    pub fn seeded(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self {
            clock,
            source: Source::Seeded(seed, Arc::default()),
        }
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

    /// Random bytes, fit for keys unless a seed decides them.
    ///
    /// # Errors
    /// [`Error::Random`] when the machine gives none.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        match &self.source {
            Source::System => getrandom::fill(&mut bytes).map_err(Error::Random)?,
            Source::Seeded(seed, drawn) => {
                for chunk in bytes.chunks_mut(32) {
                    let place = drawn.fetch_add(1, Ordering::SeqCst);
                    let mut hasher = Sha256::new();
                    hasher.update(seed.to_le_bytes());
                    hasher.update(place.to_le_bytes());
                    chunk.copy_from_slice(&hasher.finalize()[..chunk.len()]);
                }
            }
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn a_seed_gives_the_same_bytes_again_and_never_the_same_twice() {
        let seeded = |seed| Mint::seeded(Arc::new(ManualClock::new(5)), seed);
        let draw = |mint: &Mint| mint.random::<40>().unwrap();
        let (one, two) = (seeded(1), seeded(1));
        let first = draw(&one);
        assert_eq!(first, draw(&two));
        assert_ne!(first, draw(&one.clone()));
        assert_ne!(first, draw(&seeded(2)));
        assert_ne!(draw(&Mint::system()), draw(&Mint::system()));
    }
}
