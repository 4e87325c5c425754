//! The schema, step by step. Steps are only ever added at the end.

use refinery::error::Kind;
use refinery::{Migration, Runner};
use rusqlite::Connection;

use crate::Error;

const STEPS: [(&str, &str); 21] = [
    ("V1__ledger", include_str!("../migrations/V1__ledger.sql")),
    ("V2__till", include_str!("../migrations/V2__till.sql")),
    ("V3__replica", include_str!("../migrations/V3__replica.sql")),
    ("V4__sale", include_str!("../migrations/V4__sale.sql")),
    ("V5__search", include_str!("../migrations/V5__search.sql")),
    (
        "V6__derived_use",
        include_str!("../migrations/V6__derived_use.sql"),
    ),
    ("V7__profile", include_str!("../migrations/V7__profile.sql")),
    (
        "V8__code_parent",
        include_str!("../migrations/V8__code_parent.sql"),
    ),
    (
        "V9__every_kind",
        include_str!("../migrations/V9__every_kind.sql"),
    ),
    (
        "V10__brought",
        include_str!("../migrations/V10__brought.sql"),
    ),
    ("V11__reward", include_str!("../migrations/V11__reward.sql")),
    ("V12__branch", include_str!("../migrations/V12__branch.sql")),
    ("V13__lease", include_str!("../migrations/V13__lease.sql")),
    (
        "V14__account_days",
        include_str!("../migrations/V14__account_days.sql"),
    ),
    (
        "V16__restored",
        include_str!("../migrations/V16__restored.sql"),
    ),
    (
        "V17__bootstrap",
        include_str!("../migrations/V17__bootstrap.sql"),
    ),
    ("V18__erased", include_str!("../migrations/V18__erased.sql")),
    (
        "V20__program_lost",
        include_str!("../migrations/V20__program_lost.sql"),
    ),
    (
        "V21__read_again",
        include_str!("../migrations/V21__read_again.sql"),
    ),
    (
        "V22__sale_by_time",
        include_str!("../migrations/V22__sale_by_time.sql"),
    ),
    (
        "V23__held_entries",
        include_str!("../migrations/V23__held_entries.sql"),
    ),
];

/// What went wrong with the schema.
pub(crate) enum Trouble {
    /// The file has steps that this version does not know.
    Newer,
    /// Anything else.
    Other(Error),
}

/// Brings the schema to this version, each step in its own transaction.
pub(crate) fn run(connection: &mut Connection) -> Result<(), Trouble> {
    let steps = STEPS
        .iter()
        .map(|(name, sql)| Migration::unapplied(name, sql))
        .collect::<Result<Vec<_>, _>>()
        .map_err(trouble)?;
    Runner::new(&steps).run(connection).map_err(trouble)?;
    Ok(())
}

fn trouble(error: refinery::Error) -> Trouble {
    match error.kind() {
        Kind::MissingVersion(_) => Trouble::Newer,
        _ => Trouble::Other(Error::Migration(Box::new(error))),
    }
}

#[cfg(test)]
mod tests {
    use super::STEPS;

    #[test]
    fn every_step_says_why_in_its_first_line() {
        for (name, sql) in STEPS {
            assert!(sql.starts_with("-- Why: "), "{name}");
        }
    }
}
