//! Where the server's data is: a folder, or a PostgreSQL database.

use std::path::PathBuf;

use mostrador_server::{Error, Mint, PostgresStore, SqliteStore, Store};

use super::Stop;

/// The file below the data folder.
const FILE: &str = "server.sqlite";

/// A place that keeps the server's data.
pub(super) trait Place {
    /// What keeps it there.
    type Store: Store;
    /// Opens what there is.
    async fn open(&self, mint: &Mint) -> Result<Self::Store, Stop>;
    /// Opens what there is for a command that only looks: it waits for nobody who writes.
    async fn look(&self, mint: &Mint) -> Result<Self::Store, Stop>;
    /// Opens it; new data begins where there is none.
    async fn open_or_make(&self, mint: &Mint) -> Result<Self::Store, Stop>;
    /// Refuses when another server, perhaps of another version, must not be disturbed by opening it.
    fn reserve(&self) -> Result<(), Stop>;
}

/// A folder with one file, for one server.
pub(super) struct Folder(pub(super) Option<PathBuf>);

impl Folder {
    fn file(&self) -> Result<PathBuf, Stop> {
        let folder = self.0.as_ref().ok_or(Stop::NoData)?;
        Ok(folder.join(FILE))
    }
}

impl Place for Folder {
    type Store = SqliteStore;

    /// A mistyped folder must not become an empty server.
    async fn open(&self, mint: &Mint) -> Result<SqliteStore, Stop> {
        match self.file()? {
            path if path.is_file() => self.open_or_make(mint).await,
            path => Err(Error::NoDatabase(path).into()),
        }
    }

    async fn look(&self, mint: &Mint) -> Result<SqliteStore, Stop> {
        match self.file()? {
            path if path.is_file() => Ok(SqliteStore::open_to_read(&path, mint)?),
            path => Err(Error::NoDatabase(path).into()),
        }
    }

    async fn open_or_make(&self, mint: &Mint) -> Result<SqliteStore, Stop> {
        Ok(SqliteStore::open(&self.file()?, mint)?)
    }

    fn reserve(&self) -> Result<(), Stop> {
        drop(SqliteStore::reserve(&self.file()?)?);
        Ok(())
    }
}

/// A PostgreSQL database by its URL, for any number of servers. Who runs the cluster made it.
pub(super) struct Database(pub(super) String);

impl Place for Database {
    type Store = PostgresStore;

    async fn open(&self, mint: &Mint) -> Result<PostgresStore, Stop> {
        Ok(PostgresStore::open(&self.0, mint).await?)
    }

    async fn look(&self, mint: &Mint) -> Result<PostgresStore, Stop> {
        self.open(mint).await
    }

    async fn open_or_make(&self, mint: &Mint) -> Result<PostgresStore, Stop> {
        self.open(mint).await
    }

    fn reserve(&self) -> Result<(), Stop> {
        Ok(())
    }
}
