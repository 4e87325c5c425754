//! Statements that must find what they look for by an index, whatever else a tenant has; as
//! SQLite plans them.

use tempfile::tempdir;

use super::{compaction, exception, lease, sale, snapshot};
use crate::{Mint, SqliteStore};

/// The steps of the plan of a statement with `parameters` parameters.
fn plan(sql: &str, parameters: usize) -> Vec<String> {
    let folder = tempdir().unwrap();
    let path = folder.path().join("server.sqlite");
    drop(SqliteStore::open(&path, &Mint::system()).unwrap());
    let conn = rusqlite::Connection::open(&path).unwrap();
    let mut statement = conn.prepare(&format!("explain query plan {sql}")).unwrap();
    let values = rusqlite::params_from_iter(vec!["x"; parameters]);
    let steps = statement.query_map(values, |row| row.get(3)).unwrap();
    steps.collect::<Result<_, _>>().unwrap()
}

#[test]
fn rows_of_a_snapshot_and_replaced_rows_are_found_by_an_index() {
    for (sql, parameters) in [(snapshot::SLICE, 5), (compaction::REPLACED, 3)] {
        let steps = plan(sql, parameters);
        let on_feed = |step: &&String| step.contains(" feed") || step.contains("SEARCH");
        let by_index = |step: &&String| step.starts_with("SEARCH");
        let found: Vec<_> = steps.iter().filter(on_feed).collect();
        assert!(found.len() >= 2, "{steps:?}");
        assert!(found.iter().all(by_index), "{steps:?}");
    }
}

#[test]
fn sales_and_leases_are_found_by_an_index() {
    let leases = |condition| lease::leases_where(condition);
    let cases = [
        (sale::BY_RECEIPT.to_owned(), 3, "sale_entry_by_receipt"),
        (
            sale::WHOLE.to_owned(),
            2,
            "PRIMARY KEY (tenant_id=? AND sale_id=?)",
        ),
        (
            exception::OF_PERIOD.to_owned(),
            7,
            "entry_exception (tenant_id=? AND ",
        ),
        (leases(lease::OPEN), 1, "lease_open_of_"),
        (
            leases(lease::OPEN_OF_TERMINAL),
            2,
            "lease_open_of_terminal (tenant_id=? AND terminal_id=?)",
        ),
        (
            leases(lease::UNEXPLAINED_OF_TERMINAL),
            2,
            "lease_unexplained (tenant_id=? AND terminal_id=?)",
        ),
        (
            leases(lease::OPEN_OF_RESOURCE),
            3,
            "lease_open_of_resource (tenant_id=? AND kind=? AND resource_key=?)",
        ),
    ];
    for (sql, parameters, index) in cases {
        let steps = plan(&sql, parameters);
        assert!(steps[0].contains(index), "{sql}: {steps:?}");
        assert!(
            steps.iter().all(|step| !step.starts_with("SCAN")),
            "{steps:?}"
        );
    }
}
