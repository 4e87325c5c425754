//! What the statements of this folder ask of a database: to run them, and to keep a transaction whole.
//!
//! Statements are written once, with places `?1`, `?2` ... and in the SQL that every database behind
//! them understands.

use std::fmt::{Debug, Display};
use std::future::Future;

use super::Answer;
use super::column::{Param, Row};
use crate::store::Serving;

/// A statement and the values of its places.
pub type Statement<'a> = (&'a str, &'a [&'a dyn Param]);

/// A statement, and for each time that it is run the values of its places.
pub type Many<'a> = (&'a str, &'a [&'a [&'a dyn Param]]);

/// Sees the data as it stands at one moment.
pub trait Connection {
    /// Runs a statement and hands its rows over, one after the other.
    ///
    /// # Errors
    /// What the database says, or what `take` says of a row.
    fn each(
        &self,
        statement: Statement<'_>,
        take: &mut dyn FnMut(&Row<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault>;

    /// Runs a statement once for each set of values, and hands over their rows with the number of the set:
    /// one way there and back for all of them, where there is a way.
    ///
    /// # Errors
    /// As [`Connection::each`].
    fn each_of(
        &self,
        (sql, many): Many<'_>,
        take: &mut dyn FnMut(usize, &Row<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        for (number, values) in many.iter().enumerate() {
            self.each((sql, values), &mut |row| take(number, row))?;
        }
        Ok(())
    }
}

/// A transaction that may write. No other one of the same tenant writes meanwhile.
pub trait Transaction: Connection {
    /// Runs a statement; how many rows it changed.
    ///
    /// # Errors
    /// What the database says.
    fn run(&self, statement: Statement<'_>) -> Result<u64, Fault>;

    /// Runs a statement once for each set of values, in their order; how many rows each changed.
    ///
    /// # Errors
    /// What the database says.
    fn run_each(&self, (sql, many): Many<'_>) -> Result<Vec<u64>, Fault> {
        many.iter().map(|values| self.run((sql, values))).collect()
    }

    /// Runs a statement whose answer nobody needs. It takes its place before everything that follows; what
    /// the database says of it may come with the answer to that, or with the commit.
    ///
    /// # Errors
    /// What the database says, also of an earlier one.
    fn send(&self, attempt: &'static str, statement: Statement<'_>) -> Result<(), Fault>;

    /// What stands behind a `select` so that nobody else changes its rows before the commit; empty
    /// where nobody can.
    fn for_update(&self) -> &'static str;
}

/// Whose data a transaction writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// A tenant's. Transactions of one tenant come one after the other.
    Tenant(String),
    /// Rows that are found without their tenant, each locked by itself.
    Anybody,
}

impl Whose {
    /// This tenant's.
    pub fn tenant(tenant: &str) -> Self {
        Self::Tenant(tenant.to_owned())
    }
}

/// A database that keeps transactions whole.
pub trait Database: Debug + Clone + Send + Sync + 'static {
    /// Does work in a transaction and commits it. An error rolls it back. Work whose transaction the
    /// database gave up in favour of another one is done again.
    fn write<T, F>(&self, whose: Whose, act: F) -> impl Future<Output = Answer<T>> + Send
    where
        T: Send + 'static,
        F: Fn(&dyn Transaction) -> Answer<T> + Send + Sync + 'static;

    /// Looks at the data as it stands at one moment.
    fn read<T, F>(&self, look: F) -> impl Future<Output = Answer<T>> + Send
    where
        T: Send + 'static,
        F: Fn(&dyn Connection) -> Answer<T> + Send + Sync + 'static;

    /// Takes the right to serve this data.
    fn begin_serving(&self) -> impl Future<Output = Answer<Serving>> + Send;

    /// Writes everything that is still beside the main file into it.
    fn settle(&self) -> impl Future<Output = Answer<()>> + Send;
}

/// What a database says of a statement, or of a row that is not what this version writes.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// SQLite's words.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL's words.
    #[error(transparent)]
    Postgres(#[from] tokio_postgres::Error),
    /// What PostgreSQL says of a statement that was sent before.
    #[error("{attempt}")]
    Sent {
        /// What was attempted by it.
        attempt: &'static str,
        /// Its words.
        source: tokio_postgres::Error,
    },
    /// No connection could be had.
    #[error(transparent)]
    Pool(#[from] deadpool_postgres::PoolError),
    /// A column holds something else.
    #[error("column {index}: {found}")]
    Column {
        /// Which, from 0.
        index: usize,
        /// What is wrong with it.
        found: String,
    },
}

impl Fault {
    pub(in crate::store) fn column(index: usize, found: &impl Display) -> Self {
        Self::Column {
            index,
            found: found.to_string(),
        }
    }
}
