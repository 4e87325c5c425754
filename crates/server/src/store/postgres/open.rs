//! Connecting, and bringing the tables to this version.

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::Client;

use super::address::Address;
use crate::Error;

mod embedded {
    refinery::embed_migrations!("migrations/postgres");
}

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
