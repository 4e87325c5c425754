//! Statements that must find what they look for by an index, whatever else a tenant has; as
//! SQLite plans them.

use tempfile::tempdir;

use super::{exception, lease, sale};
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
