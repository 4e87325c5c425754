//! PostgreSQL: several servers on one database behave as one.
//!
//! A transaction that writes a tenant's data first takes the row of its feed's head, so that one tenant has
//! one writer at a time in whatever process, and the feed's positions are dense in the order of commits.
//! Tenants do not wait for each other, and who looks waits for nobody. Work that the database gave up
//! (a conflict, a failover before the commit) is done again.

mod address;
mod open;
mod queue;
mod session;
mod trouble;
mod wire;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use tokio::runtime::Handle;

use self::queue::Queue;
use self::session::{Ended, Session, Tries};
pub(crate) use self::trouble::{MUST_OWN, may_not, remedy};
use super::Serving;
use super::sql::{self, Connection, Database, Fault, SqlStore, Transaction, Whose};
use crate::Error;
use crate::mint::Mint;

/// Connections of one server at most.
const CONNECTIONS: usize = 16;

/// Of them, those that write or wait for their turn to: the rest is for those who look.
const WRITERS: usize = 8;

/// How often work that was given up is done again.
const MOST_TRIES: u32 = 8;

/// For how long: whoever waited longer than this for a connection or a turn is told, and comes again.
const MOST_TRYING: Duration = Duration::from_secs(5);

/// The pause before the second try; it doubles with each.
const PAUSE: Duration = Duration::from_millis(10);

/// Data of the server in a PostgreSQL database.
pub type PostgresStore = SqlStore<Postgres>;

/// One PostgreSQL database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Postgres {
    pool: Pool,
    writers: Arc<Queue>,
}

impl PostgresStore {
    /// Connects to the database at a `postgres://` URL, and brings its tables to this version.
    ///
    /// TLS follows the URL: `sslmode=require` (or `verify-full`) encrypts and verifies the certificate,
    /// against `sslrootcert` where that is given; `prefer`, the default, encrypts where it can.
    ///
    /// # Errors
    /// [`Error::DatabaseUrl`], [`Error::Connect`], or [`Error::Migration`].
    pub async fn open(url: &str, mint: &Mint) -> Result<Self, Error> {
        let pool = open::pool(url, CONNECTIONS).await?;
        let database = Postgres {
            pool,
            writers: Arc::new(Queue::of(WRITERS)),
        };
        let mint = mint.clone();
        let prepare = move |tx: &dyn Transaction| sql::make_identity(tx, &mint);
        database.write(Whose::Anybody, prepare).await?;
        Ok(Self::over(database))
    }
}

impl Postgres {
    async fn connection(&self) -> Result<Object, Error> {
        let connection = self.pool.get().await;
        connection.map_err(|source| Error::Database {
            attempt: "getting a connection",
            source: source.into(),
        })
    }
}

impl Database for Postgres {
    async fn write<T, F>(&self, whose: Whose, act: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(&dyn Transaction) -> Result<T, Error> + Send + Sync + 'static,
    {
        let turn = Arc::new(self.writers.turn(&whose).await);
        let act = Arc::new(act);
        let mut tries = Tries::of(MOST_TRIES, PAUSE, MOST_TRYING);
        loop {
            let done = match self.connection().await {
                Ok(connection) => {
                    let (act, whose) = (Arc::clone(&act), whose.clone());
                    // Whoever asked may hang up; the work goes on to its end, and the turn with it.
                    let turn = Arc::clone(&turn);
                    away(move |handle| {
                        let _turn = turn;
                        Session::write(connection, handle, &whose, &*act)
                    })
                    .await?
                }
                Err(error) => Err(Ended::before(error)),
            };
            match done {
                Ok(answer) => return Ok(answer),
                Err(ended) => tries.again(ended).await?,
            }
        }
    }

    async fn read<T, F>(&self, look: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(&dyn Connection) -> Result<T, Error> + Send + Sync + 'static,
    {
        let look = Arc::new(look);
        let mut tries = Tries::of(MOST_TRIES, PAUSE, MOST_TRYING);
        loop {
            let done = match self.connection().await {
                Ok(connection) => {
                    let look = Arc::clone(&look);
                    away(move |handle| Session::read(connection, handle, &*look)).await?
                }
                Err(error) => Err(Ended::before(error)),
            };
            match done {
                Ok(answer) => return Ok(answer),
                Err(ended) => tries.again(ended).await?,
            }
        }
    }

    /// Any number of servers serve one database.
    fn begin_serving(&self) -> impl Future<Output = Result<Serving, Error>> + Send {
        std::future::ready(Ok(Serving::beside_others()))
    }

    /// Every commit is on the disks of the database already.
    fn settle(&self) -> impl Future<Output = Result<(), Error>> + Send {
        std::future::ready(Ok(()))
    }
}

/// Does work on a thread that may wait for the database; the runtime moves the bytes.
async fn away<T: Send + 'static>(
    work: impl FnOnce(Handle) -> T + Send + 'static,
) -> Result<T, Error> {
    let handle = Handle::current();
    let work = tokio::task::spawn_blocking(move || work(handle));
    work.await.map_err(Error::Thread)
}

/// Gives what the database says the name of what was attempted.
fn attempt<E: Into<Fault>>(attempt: &'static str) -> impl FnOnce(E) -> Error {
    move |source| Error::Database {
        attempt,
        source: source.into(),
    }
}
