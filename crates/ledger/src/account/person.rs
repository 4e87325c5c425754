//! All records of one person, with what this till did to them since the server's rows.

use std::collections::{BTreeMap, BTreeSet};

use loyalty::account::Accounts;
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::Effects;
use rusqlite::Connection;
use uuid::Uuid;

use super::{fold, server_account};
use crate::{Error, column, customer_entry};

/// Records that the server's rows and the own entries not included in them make one person; mostly a
/// single one.
#[derive(Default)]
pub(super) struct Person {
    records: BTreeSet<Uuid>,
    accounts: Accounts,
    /// By the order of their streams and their positions.
    own: BTreeMap<(u64, u64), Effects>,
}

impl Person {
    /// Whoever is one person with `customer`.
    pub(super) fn around(tx: &Connection, customer: Uuid) -> Result<Self, Error> {
        let mut person = Self::default();
        let mut next = vec![customer];
        while let Some(record) = next.pop() {
            if !person.records.insert(record) {
                continue;
            }
            if let Some(account) = server_account(tx, record)? {
                next.extend(account.merged_into);
                person.accounts.insert(record, account);
            }
            next.extend(absorbed_by(tx, record)?);
            for pending in customer_entry::pending(tx, record)? {
                let merge = pending.effects.merge;
                next.extend(merge.into_iter().flat_map(|it| [it.survivor, it.absorbed]));
                person.own.insert(pending.place, pending.effects);
            }
        }
        Ok(person)
    }

    pub(super) fn records(&self) -> impl Iterator<Item = Uuid> {
        self.records.iter().copied()
    }

    /// As the server's row says it.
    pub(super) fn last_purchase_ms(&self, record: Uuid) -> Option<i64> {
        self.accounts.get(record)?.last_purchase_ms
    }

    /// The server's rows with the own entries on top.
    pub(super) fn folded(self) -> Accounts {
        let mut accounts = self.accounts;
        for effects in self.own.values() {
            fold(&mut accounts, effects, |customer| {
                self.records.contains(&customer)
            });
        }
        accounts
    }
}

/// The records that the server's rows merged into this one.
pub(super) fn absorbed_by(tx: &Connection, holder: Uuid) -> Result<Vec<Uuid>, Error> {
    let mut statement =
        tx.prepare_cached("select customer_id from account where merged_into = ?")?;
    let absorbed = statement
        .query_map([holder.as_bytes()], |row| column::id(row, 0))?
        .collect::<Result<_, _>>()?;
    Ok(absorbed)
}
