//! Tables as text, to compare them.

use std::collections::BTreeMap;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

/// The rows of each table, sorted.
pub(super) type Tables = BTreeMap<String, Vec<String>>;

/// The rows that a query gives, sorted.
pub(super) fn rows(conn: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = conn.prepare(sql)?;
    let columns = statement.column_count();
    let mut found = statement.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let values: Vec<String> = (0..columns)
            .map(|column| Ok(text(row.get_ref(column)?)))
            .collect::<rusqlite::Result<_>>()?;
        rows.push(values.join(" | "));
    }
    rows.sort();
    Ok(rows)
}

/// Every table but the indices of the search, whose rows are numbered as they come.
pub(super) fn all(conn: &Connection) -> rusqlite::Result<Tables> {
    let mut statement = conn.prepare(
        "select name from sqlite_schema where type = 'table' and sql not like 'create virtual%'
         and name not like 'sqlite_%' and name not like 'name_word%'
         and name not like 'customer_words%' and name not like 'customer_digits%'
         and name not like 'product_parts%' order by name",
    )?;
    let names: Vec<String> = statement
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut tables = Tables::new();
    for name in names {
        let found = rows(conn, &format!("select * from {name}"))?;
        tables.insert(name, found);
    }
    Ok(tables)
}

/// The first rows that only one side has, table by table.
pub(super) fn differences(one: &Tables, two: &Tables) -> Vec<String> {
    let mut names: Vec<&String> = one.keys().chain(two.keys()).collect();
    names.sort();
    names.dedup();
    let none = Vec::new();
    let differing = names.into_iter().filter_map(|name| {
        let (left, right) = (
            one.get(name).unwrap_or(&none),
            two.get(name).unwrap_or(&none),
        );
        let only = |these: &[String], those: &[String]| {
            let first = these.iter().find(|row| !those.contains(row));
            first.map_or_else(|| "nothing more".to_owned(), String::clone)
        };
        (left != right).then(|| {
            format!(
                "{name}: {} against {}",
                only(left, right),
                only(right, left)
            )
        })
    });
    differing.collect()
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => {
            use std::fmt::Write;
            bytes.iter().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
        }
    }
}
