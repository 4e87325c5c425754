//! The dependency table: who may know whom, checked against `cargo metadata`.

use serde_json::Value;

use crate::cargo::cargo;
use crate::error::Error;
use crate::shell;

/// Members of the workspace and the members that they may depend on.
const TABLE: [(&str, &[&str]); 9] = [
    ("mostrador-loyalty", &[]),
    ("mostrador-protocol", &["mostrador-loyalty"]),
    (
        "mostrador-ledger",
        &["mostrador-loyalty", "mostrador-protocol"],
    ),
    (
        "mostrador-sync",
        &[
            "mostrador-ledger",
            "mostrador-loyalty",
            "mostrador-protocol",
        ],
    ),
    (
        "mostrador-terminal",
        &[
            "mostrador-ledger",
            "mostrador-loyalty",
            "mostrador-protocol",
            "mostrador-sync",
        ],
    ),
    (
        "mostrador-server",
        &["mostrador-loyalty", "mostrador-protocol"],
    ),
    ("mostrador", &["mostrador-terminal"]),
    (
        "mostrador-tests",
        &[
            "mostrador-ledger",
            "mostrador-loyalty",
            "mostrador-protocol",
            "mostrador-server",
            "mostrador-sync",
            "mostrador-terminal",
        ],
    ),
    ("xtask", &[]),
];

/// Crates from outside that only some members may know.
const OUTSIDE: [(&str, &[&str]); 6] = [
    ("tauri", &["mostrador"]),
    (
        "rusqlite",
        &["mostrador-ledger", "mostrador-server", "mostrador-tests"],
    ),
    ("axum", &["mostrador-server", "mostrador-tests"]),
    ("reqwest", &["mostrador-sync", "mostrador-tests"]),
    ("keyring", &["mostrador-terminal"]),
    ("indicatif", &["mostrador-tests"]),
];

/// All that the domain may know of the outside.
const DOMAIN: [&str; 8] = [
    "aes",
    "chrono",
    "fpe",
    "rust_decimal",
    "siphasher",
    "statrs",
    "unicode-normalization",
    "uuid",
];

/// Edges of the workspace that are not in the table.
pub(crate) fn broken_rules() -> Result<Vec<String>, Error> {
    let metadata =
        shell::read(cargo("metadata").args(["--format-version", "1", "--no-deps", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&metadata)
        .map_err(|source| Error::Rules(vec![format!("cargo metadata cannot be read: {source}")]))?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    Ok(packages.flat_map(package_rules).collect())
}

fn package_rules(package: &Value) -> Vec<String> {
    let name = package["name"].as_str().unwrap_or_default();
    let Some((_, allowed)) = TABLE.iter().find(|(member, _)| *member == name) else {
        return vec![format!("{name} is not in the dependency table")];
    };
    package["dependencies"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
        .filter_map(|dependency| dependency["name"].as_str())
        .filter_map(|dependency| edge_rule(name, allowed, dependency))
        .collect()
}

fn edge_rule(name: &str, allowed: &[&str], dependency: &str) -> Option<String> {
    let is_member = TABLE.iter().any(|(member, _)| *member == dependency);
    if is_member {
        return (!allowed.contains(&dependency))
            .then(|| format!("{name} -> {dependency} is not in the dependency table"));
    }
    if name == "mostrador-loyalty" && !DOMAIN.contains(&dependency) {
        return Some(format!(
            "{name} -> {dependency}: the domain knows {} and nothing else",
            DOMAIN.join(", ")
        ));
    }
    let (outside, homes) = OUTSIDE.iter().find(|(outside, _)| {
        dependency == *outside || dependency.starts_with(&format!("{outside}-"))
    })?;
    (!homes.contains(&name)).then(|| {
        format!(
            "{name} -> {dependency}: {outside} belongs to {}",
            homes.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(name: &str, dependency: &str, kind: &str, expected: &[&str]) {
        let kind = (kind != "normal").then_some(kind);
        let package = json!({
            "name": name,
            "dependencies": [{ "name": dependency, "kind": kind }],
        });
        assert_eq!(package_rules(&package), expected);
    }

    #[test]
    fn an_edge_against_the_direction_is_named() {
        check("mostrador-sync", "mostrador-ledger", "normal", &[]);
        check(
            "mostrador-ledger",
            "mostrador-sync",
            "normal",
            &["mostrador-ledger -> mostrador-sync is not in the dependency table"],
        );
    }

    #[test]
    fn tests_of_a_crate_may_know_more_than_the_crate() {
        check("mostrador-ledger", "mostrador-sync", "dev", &[]);
        check("mostrador-loyalty", "proptest", "dev", &[]);
    }

    #[test]
    fn the_window_system_and_the_database_have_homes() {
        check("mostrador", "tauri-plugin-single-instance", "normal", &[]);
        check(
            "mostrador-terminal",
            "tauri-specta",
            "normal",
            &["mostrador-terminal -> tauri-specta: tauri belongs to mostrador"],
        );
        check(
            "mostrador-loyalty",
            "serde",
            "normal",
            &[
                "mostrador-loyalty -> serde: the domain knows aes, chrono, fpe, rust_decimal, siphasher, statrs, unicode-normalization, uuid and nothing else",
            ],
        );
    }

    #[test]
    fn a_new_member_asks_for_a_row() {
        check(
            "mostrador-cloud",
            "axum",
            "normal",
            &["mostrador-cloud is not in the dependency table"],
        );
    }
}
