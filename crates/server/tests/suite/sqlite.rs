//! The embedded store keeps the contract, and its file keeps what was written.

use mostrador_server::{Error, Mint, SqliteStore, Store};
use tempfile::TempDir;

use crate::contract::scribe::{furnish, profile};
use crate::contract_suite;

pub(crate) fn open() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.sqlite");
    let store = SqliteStore::open(&path, &Mint::system()).unwrap();
    (store, folder)
}

contract_suite!(open);

#[tokio::test]
async fn a_second_start_is_the_same_server() {
    let (store, folder) = open();
    let first = store.identity().await.unwrap();
    store.settle().await.unwrap();
    drop(store);
    let path = folder.path().join("server.sqlite");
    let again = SqliteStore::open(&path, &Mint::system()).unwrap();
    let second = again.identity().await.unwrap();
    assert_eq!(first.generation, second.generation);
    assert_eq!(first.secret_key.to_bytes(), second.secret_key.to_bytes());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.sqlite");
    let bytes =
        b"this is a shopping list, not a database, and it is long enough to be read".repeat(100);
    std::fs::write(&path, &bytes).unwrap();
    let error = SqliteStore::open(&path, &Mint::system()).unwrap_err();
    assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
    assert!(error.hint().contains("backup"));
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[tokio::test]
async fn a_start_gives_a_code_to_who_came_before_there_were_any() {
    let (store, folder) = open();
    furnish(&store, "cafe").await;
    let profile = profile(uuid::Uuid::from_u128(9), "Ana", 1);
    let rows = vec![mostrador_protocol::row::Row::Customer(profile)];
    store.put("cafe", rows).await.unwrap();
    let given = store.customers("cafe").await.unwrap();
    let feed = store.counts("cafe").await.unwrap().feed;
    store.settle().await.unwrap();
    drop(store);
    let path = folder.path().join("server.sqlite");
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute("update customer set referral_code = null", [])
        .unwrap();
    drop(file);
    for _ in 0..2 {
        let store = SqliteStore::open(&path, &Mint::system()).unwrap();
        assert_eq!(store.customers("cafe").await.unwrap(), given);
        assert_eq!(
            store.counts("cafe").await.unwrap().feed,
            feed + 1,
            "told once"
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_store, folder) = open();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", file.file_name());
    }
}

#[tokio::test]
async fn a_look_waits_for_nobody_and_can_still_write() {
    let (store, folder) = open();
    furnish(&store, "cafe").await;
    let path = folder.path().join("server.sqlite");
    let writing = rusqlite::Connection::open(&path).unwrap();
    writing.execute_batch("begin immediate").unwrap();
    let look = SqliteStore::open_to_read(&path, &Mint::system()).unwrap();
    assert_eq!(look.shops("cafe").await.unwrap().len(), 1);
    writing.execute_batch("rollback").unwrap();
    let rows = vec![mostrador_protocol::row::Row::Customer(profile(
        uuid::Uuid::from_u128(9),
        "Ana",
        1,
    ))];
    look.put("cafe", rows).await.unwrap();
    assert_eq!(store.customers("cafe").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_stranger_with_a_worthless_code_waits_for_nobody_who_writes() {
    let (store, folder) = open();
    furnish(&store, "cafe").await;
    let path = folder.path().join("server.sqlite");
    let writing = rusqlite::Connection::open(&path).unwrap();
    writing.execute_batch("begin immediate").unwrap();
    let enrolment = mostrador_server::terminal::Enrolment {
        code_hash: "0".repeat(64),
        terminal_id: uuid::Uuid::from_u128(7),
        public_key: "0".repeat(64),
        now_ms: 0,
    };
    let within = std::time::Duration::from_secs(5);
    let answer = tokio::time::timeout(within, store.enrol(enrolment)).await;
    assert_eq!(answer.unwrap().unwrap(), None);
}

#[tokio::test]
async fn a_second_process_sees_and_adds_rows_while_the_first_runs() {
    let (store, folder) = open();
    furnish(&store, "cafe").await;
    let path = folder.path().join("server.sqlite");
    let second = SqliteStore::open(&path, &Mint::system()).unwrap();
    let before = store.counts("cafe").await.unwrap().feed;
    let profile = profile(uuid::Uuid::from_u128(9), "Ana", 1);
    second
        .put(
            "cafe",
            vec![mostrador_protocol::row::Row::Customer(profile)],
        )
        .await
        .unwrap();
    assert_eq!(store.counts("cafe").await.unwrap().feed, before + 1);
}
