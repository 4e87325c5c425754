//! What happens to a ledger file when it is opened: right key, wrong key, second instance, damage.

use std::fs;
use std::path::{Path, PathBuf};

use mostrador_ledger::parked::{self, Parked};
use mostrador_ledger::{DatabaseKey, Error, Ledger, setting};
use tempfile::TempDir;
use uuid::Uuid;

use crate::counter::Counter;

const KEY: DatabaseKey = DatabaseKey::from_bytes([7; 32]);

fn folder() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("till.ledger");
    (folder, path)
}

fn made(path: &Path) {
    let ledger = Ledger::open(path, &KEY).expect("a new ledger");
    ledger
        .transact(|tx| setting::set(tx, "language", "es"))
        .expect("a setting");
}

/// Opens and expects an error whose sentence has `says`; the file stays byte for byte.
fn refuses(path: &Path, key: &DatabaseKey, code: &str, says: &str) {
    let before = fs::read(path).expect("the file");
    let error = Ledger::open(path, key).expect_err("this file must not open");
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(says), "{error}");
    assert_eq!(
        fs::read(path).expect("the file"),
        before,
        "the file was touched"
    );
}

#[test]
fn what_was_committed_is_there_after_reopening() {
    let (_folder, path) = folder();
    made(&path);
    let ledger = Ledger::open(&path, &KEY).expect("the same ledger");
    let language = ledger.read(|connection| setting::get(connection, "language"));
    assert_eq!(language.expect("a read").as_deref(), Some("es"));
}

#[test]
fn the_file_is_encrypted() {
    let (_folder, path) = folder();
    let ledger = Ledger::open(&path, &KEY).expect("a new ledger");
    ledger
        .transact(|tx| setting::set(tx, "canary", "canary-in-the-mine"))
        .expect("a setting");
    drop(ledger);
    for file in fs::read_dir(path.parent().expect("a folder")).expect("a listing") {
        let bytes = fs::read(file.expect("a file").path()).expect("its bytes");
        let found = bytes
            .windows(18)
            .any(|window| window == b"canary-in-the-mine");
        assert!(!found, "plaintext on the disk");
    }
}

#[test]
fn a_second_instance_is_refused_with_a_sentence() {
    let (_folder, path) = folder();
    let first = Ledger::open(&path, &KEY).expect("a new ledger");
    refuses(
        &path,
        &KEY,
        "ledger_already_open",
        "in use by another Mostrador",
    );
    drop(first);
    Ledger::open(&path, &KEY).expect("free again");
}

#[test]
fn a_wrong_key_is_named() {
    let (_folder, path) = folder();
    made(&path);
    refuses(
        &path,
        &DatabaseKey::from_bytes([8; 32]),
        "ledger_wrong_key",
        "put back the key it was made with",
    );
}

#[test]
fn a_damaged_first_page_is_damage_and_not_a_wrong_key() {
    let (_folder, path) = folder();
    made(&path);
    let mut bytes = fs::read(&path).expect("the file");
    bytes[100..200].fill(0x55);
    fs::write(&path, bytes).expect("damage");
    refuses(&path, &KEY, "ledger_corrupt", "keep the file");
}

#[test]
fn a_damaged_page_in_the_middle_is_found_at_start_up() {
    let (_folder, path) = folder();
    made(&path);
    let mut bytes = fs::read(&path).expect("the file");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0x55);
    fs::write(&path, bytes).expect("damage");
    refuses(&path, &KEY, "ledger_corrupt", "keep the file");
}

#[test]
fn a_truncated_file_is_damage() {
    let (_folder, path) = folder();
    made(&path);
    let bytes = fs::read(&path).expect("the file");
    fs::write(&path, &bytes[..300]).expect("damage");
    refuses(&path, &KEY, "ledger_corrupt", "too short");
}

#[test]
fn a_file_without_encryption_is_left_alone() {
    let (_folder, path) = folder();
    let plain = rusqlite::Connection::open(&path).expect("a plain database");
    plain
        .execute_batch("create table theirs (a)")
        .expect("a table");
    drop(plain);
    refuses(&path, &KEY, "ledger_not_encrypted", "without encryption");
}

#[test]
fn an_encrypted_file_of_somebody_else_is_left_alone() {
    let (_folder, path) = folder();
    let theirs = rusqlite::Connection::open(&path).expect("a database");
    let key = format!("pragma key = \"x'{}'\"", "07".repeat(32));
    theirs.execute_batch(&key).expect("their key");
    theirs
        .execute_batch("create table theirs (a)")
        .expect("a table");
    drop(theirs);
    refuses(&path, &KEY, "ledger_foreign", "not a Mostrador ledger");
}

#[test]
fn a_text_file_is_left_alone() {
    let (_folder, path) = folder();
    fs::write(&path, "not a database at all, just words\n".repeat(60)).expect("a text");
    refuses(&path, &KEY, "ledger_wrong_key", "move the file away");
}

#[test]
fn a_broken_chain_of_an_older_file_is_left_alone() {
    let (path, _folder) = Counter::enrolled().closed();
    let file = rusqlite::Connection::open(&path).expect("the file");
    let key = format!("pragma key = \"x'{}'\"", "07".repeat(32));
    file.execute_batch(&key).expect("its key");
    // It is of the version before, and ends otherwise than its head says.
    file.execute_batch(
        "update stream set hash = zeroblob(32);
         delete from refinery_schema_history
         where version = (select max(version) from refinery_schema_history);",
    )
    .expect("an older, broken file");
    drop(file);
    refuses(&path, &KEY, "ledger_chain_broken", "");
}

#[test]
fn an_error_inside_a_transaction_leaves_nothing() {
    let (_folder, path) = folder();
    let ledger = Ledger::open(&path, &KEY).expect("a new ledger");
    let outcome: Result<(), Error> = ledger.transact(|tx| {
        setting::set(tx, "language", "en")?;
        Err(Error::NoStream)
    });
    assert!(matches!(outcome, Err(Error::NoStream)));
    let language = ledger.read(|connection| setting::get(connection, "language"));
    assert_eq!(language.expect("a read"), None);
}

/// Also after a transaction that does not wait, and after one that failed.
#[test]
fn a_commit_waits_for_the_disk_unless_it_can_wait() {
    let (_folder, path) = folder();
    let ledger = Ledger::open(&path, &KEY).expect("a new ledger");
    let waits = |tx: &rusqlite::Connection| {
        let level: i64 = tx.pragma_query_value(None, "synchronous", |row| row.get(0))?;
        Ok::<_, Error>(level == 2)
    };
    for _ in 0..2 {
        assert!(ledger.transact(waits).expect("a look"));
        assert!(!ledger.transact_when_free(waits).expect("a look"));
        assert!(ledger.transact(waits).expect("a look"));
        let failed: Result<(), Error> = ledger.transact_when_free(|_| Err(Error::NoStream));
        assert!(matches!(failed, Err(Error::NoStream)));
    }
}

#[test]
fn a_large_file_opens_without_reading_all_of_it_and_is_checked_later() {
    let (_folder, path) = folder();
    let ledger = Ledger::open(&path, &KEY).expect("a new ledger");
    let large = Parked {
        id: Uuid::from_u128(1),
        parked_at_ms: 0,
        cashier_id: Uuid::from_u128(2),
        label: String::new(),
        body: "x".repeat(40 << 20),
    };
    ledger
        .transact(|tx| parked::put(tx, &large))
        .expect("a large row");
    ledger.quick_check().expect("a sound file");
    drop(ledger);
    let ledger = Ledger::open(&path, &KEY).expect("the same ledger");
    ledger.quick_check().expect("a sound file");
    drop(ledger);
    let mut bytes = fs::read(&path).expect("the file");
    let late = bytes.len() - (8 << 20);
    bytes[late..late + 64].fill(0x55);
    fs::write(&path, bytes).expect("damage");
    let ledger = Ledger::open(&path, &KEY).expect("pages that nobody reads yet");
    let error = ledger.quick_check().expect_err("damage in the middle");
    assert_eq!(error.code(), "ledger_corrupt", "{error}");
}
