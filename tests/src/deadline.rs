//! Waiting for something that comes, or for the end of patience.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// How often waiting looks again.
const PAUSE: Duration = Duration::from_millis(5);

/// The end of patience.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// `patience` from now.
    #[expect(
        clippy::disallowed_methods,
        reason = "patience of a harness is real time"
    )]
    pub fn after(patience: Duration) -> Self {
        Self(Instant::now() + patience)
    }

    /// Waits a moment.
    ///
    /// # Errors
    /// When patience is over, naming what did not come.
    pub fn pause(&self, what: &str) -> io::Result<()> {
        self.check(what)?;
        thread::sleep(PAUSE);
        Ok(())
    }

    /// Waits a moment without holding a thread.
    ///
    /// # Errors
    /// When patience is over, naming what did not come.
    pub async fn pause_async(&self, what: &str) -> io::Result<()> {
        self.check(what)?;
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "patience of a harness is real time"
    )]
    fn check(&self, what: &str) -> io::Result<()> {
        if Instant::now() > self.0 {
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("waited too long for {what}"),
            ));
        }
        Ok(())
    }
}
