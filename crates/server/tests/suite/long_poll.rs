//! A pull that waits: woken by a commit, by another process, by the end of the server.

use std::time::Duration;

use mostrador_protocol::row::Row;
use mostrador_server::{Mint, SqliteStore, Store};
use tokio::time::timeout;
use uuid::Uuid;

use crate::client::Client;
use crate::contract::scribe::{TENANT, profile};
use crate::http::start;

const ANA: Uuid = Uuid::from_u128(1);

/// Far below the wait that the pulls ask for, far above what a wake-up takes.
const SOON: Duration = Duration::from_secs(10);

/// A pull with nothing to give, under way.
async fn waiting(client: &Client) -> tokio::task::JoinHandle<usize> {
    let cursor = client.pull("cursor=0").await.next_cursor;
    let client = client.clone();
    tokio::spawn(async move {
        let page = client.pull(&format!("cursor={cursor}&wait=25000")).await;
        page.rows.len()
    })
}

#[tokio::test]
async fn a_waiting_pull_is_woken_by_a_push() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let pull = waiting(&client).await;
    let mut till = client.scribe(&server).await;
    till.sell(ANA, "FREE");
    client.pushed(&till, 0).await;
    assert_eq!(timeout(SOON, pull).await.unwrap().unwrap(), 3);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn rows_of_another_process_are_noticed() {
    let (server, folder) = start().await;
    let client = Client::enrol(&server).await;
    let pull = waiting(&client).await;
    let path = folder.path().join("server.sqlite");
    let beside = SqliteStore::open(&path, &Mint::system()).unwrap();
    let row = Row::Customer(profile(ANA, "Ana", 1));
    beside.put(TENANT, vec![row]).await.unwrap();
    assert_eq!(timeout(SOON, pull).await.unwrap().unwrap(), 1);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_stop_answers_those_who_wait() {
    let (server, folder) = start().await;
    let client = Client::enrol(&server).await;
    let pull = waiting(&client).await;
    // The stop must meet the pull under way: another exchange on the same server comes after it.
    client.pull("cursor=0").await;
    timeout(SOON, server.stop()).await.unwrap().unwrap();
    let rows = timeout(SOON, pull).await.unwrap();
    assert_eq!(rows.unwrap_or(0), 0);
    let log = folder.path().join("server.sqlite-wal");
    let left = std::fs::metadata(&log).map_or(0, |file| file.len());
    assert_eq!(left, 0, "a stop writes everything into the main file");
}

#[tokio::test]
async fn a_server_that_is_dropped_answers_those_who_wait() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let pull = waiting(&client).await;
    client.pull("cursor=0").await;
    drop(server);
    let rows = timeout(SOON, pull).await.unwrap();
    assert_eq!(rows.unwrap_or(0), 0);
}

#[tokio::test]
async fn a_pull_without_wait_answers_at_once() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let cursor = client.pull("").await.next_cursor;
    let query = format!("cursor={cursor}");
    let page = timeout(SOON, client.pull(&query)).await.unwrap();
    assert_eq!((page.rows.len(), page.next_cursor), (0, cursor));
    server.stop().await.unwrap();
}
