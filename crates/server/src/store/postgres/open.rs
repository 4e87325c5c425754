//! Connecting, and bringing the tables to this version.

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::Client;

use super::address::Address;
use crate::Error;

mod embedded {
    refinery::embed_migrations!("migrations/postgres");
}

/// The oldest version that still gets corrections.
const OLDEST: u32 = 14;

/// How long work waits for a connection.
const WAIT_FOR_ONE: Duration = Duration::from_secs(15);

/// Names the lock under which tables are changed: two servers that start at once take turns.
const TABLES_LOCK: i64 = 0x6d6f_7374_7261_646f;

/// Connections to a database whose tables are of this version.
pub(super) async fn pool(url: &str, most: usize) -> Result<Pool, Error> {
    let address = Address::read(url)?;
    bring_up(&address).await?;
    let config = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manager = Manager::from_config(address.config, address.tls, config);
    let pool = Pool::builder(manager)
        .max_size(most)
        .wait_timeout(Some(WAIT_FOR_ONE))
        .create_timeout(Some(WAIT_FOR_ONE))
        .runtime(Runtime::Tokio1)
        .build();
    Ok(pool.expect("BUG: the pool has the runtime that its timeouts need"))
}

async fn bring_up(address: &Address) -> Result<(), Error> {
    let name = address.name();
    let cannot_connect = |source| Error::Connect {
        to: name.clone(),
        source,
    };
    let connected = address.config.connect(address.tls.clone()).await;
    let (mut client, connection) = connected.map_err(cannot_connect)?;
    let connection = tokio::spawn(connection);
    let version = client.query_one("show server_version", &[]).await;
    let version: String = version
        .and_then(|row| row.try_get(0))
        .map_err(cannot_connect)?;
    if is_too_old(&version) {
        return Err(Error::DatabaseTooOld {
            of: name.clone(),
            found: version,
            oldest: OLDEST,
        });
    }
    let lock = "select pg_advisory_lock($1)";
    client
        .execute(lock, &[&TABLES_LOCK])
        .await
        .map_err(cannot_connect)?;
    warn_of_lost_commits(&client)
        .await
        .map_err(cannot_connect)?;
    let migrated = embedded::migrations::runner().run_async(&mut client).await;
    migrated.map_err(|source| Error::Migration {
        of: format!("the database {name}"),
        source: Box::new(source),
    })?;
    // Its end gives the lock back.
    drop(client);
    if let Ok(Err(error)) = connection.await {
        tracing::debug!(%error, "the connection that changed the tables ended");
    }
    Ok(())
}

/// Whether a version as the server writes it, `15.14 (Debian 15.14-0+deb12u1)`, is below [`OLDEST`]. One
/// that cannot be read is somebody else's, and tried.
fn is_too_old(version: &str) -> bool {
    let digits = version.split(|sign: char| !sign.is_ascii_digit()).next();
    let major = digits.and_then(|digits| digits.parse::<u32>().ok());
    major.is_some_and(|major| major < OLDEST)
}

async fn warn_of_lost_commits(client: &Client) -> Result<(), tokio_postgres::Error> {
    let row = client.query_one("show synchronous_commit", &[]).await?;
    let setting: &str = row.try_get(0)?;
    if setting == "off" {
        tracing::warn!(
            "synchronous_commit is off: a crash of the database loses sales that tills were told are safe"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_the_server_writes_it() {
        assert!(is_too_old("9.6.24"));
        assert!(is_too_old("13.22 (Debian 13.22-1.pgdg120+1)"));
        assert!(!is_too_old("14.19"));
        assert!(!is_too_old("15.14 (Debian 15.14-0+deb12u1)"));
        assert!(!is_too_old("18beta1"));
        assert!(!is_too_old("a fork of it"));
    }
}
