//! What a page of the server's rows changes of what is shown here, and what that was computed from.
//!
//! What is shown is the fold of the server's row and of the own entries that it does not include. A row
//! that changed by just those entries which it includes now leaves that fold as it was. After months
//! offline every page includes a few of very many entries, so this is asked first, and the many are not
//! read.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use loyalty::account::{Account, CodeTally};
use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;
use rusqlite::Connection;
use uuid::Uuid;

use crate::{Error, account, code_use, stream};

/// Customers and codes whose shown state may change, with the server's row from which it was computed.
/// Whatever changes such a row, or how far an own stream is included, says so here before.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// None where nothing is shown but the row, or where the row went.
    customers: BTreeMap<Uuid, Option<Account>>,
    codes: BTreeMap<CodeText, Option<CodeTally>>,
    /// How far own streams were included.
    included: BTreeMap<Uuid, u64>,
}

/// Positions of an own stream that the server's rows include since this page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Included {
    pub(crate) stream: Uuid,
    pub(crate) after: u64,
    pub(crate) through: u64,
}

impl Touched {
    /// The row of a customer is about to change.
    pub(crate) fn customer(&mut self, tx: &Connection, customer_id: Uuid) -> Result<(), Error> {
        if let Entry::Vacant(place) = self.customers.entry(customer_id) {
            place.insert(account::under_own(tx, customer_id)?);
        }
        Ok(())
    }

    /// The row of a code is about to change.
    pub(crate) fn code(&mut self, tx: &Connection, code: CodeText) -> Result<(), Error> {
        if let Entry::Vacant(place) = self.codes.entry(code) {
            let before = code_use::under_own(tx, place.key())?;
            place.insert(before);
        }
        Ok(())
    }

    /// How far an own stream is included is about to change.
    pub(crate) fn stream(&mut self, stream: Uuid, included: u64) {
        self.included.entry(stream).or_insert(included);
    }

    /// These rows went.
    pub(crate) fn gone(
        &mut self,
        customers: impl IntoIterator<Item = Uuid>,
        codes: impl IntoIterator<Item = CodeText>,
    ) {
        let customers = customers.into_iter().map(|customer| (customer, None));
        self.customers.extend(customers);
        self.codes
            .extend(codes.into_iter().map(|code| (code, None)));
    }

    /// Customers and codes.
    pub(crate) fn all(&self) -> (Vec<Uuid>, Vec<CodeText>) {
        let customers = self.customers.keys().copied();
        (customers.collect(), self.codes.keys().cloned().collect())
    }

    /// What is shown of this customer follows already.
    pub(crate) fn follows(&mut self, customer_id: Uuid) {
        self.customers.remove(&customer_id);
    }

    /// Computes what is shown again, where it is not what it was.
    pub(crate) fn refold(&self, tx: &Connection) -> Result<(), Error> {
        let included = self.newly_included(tx)?;
        let mut customers = BTreeSet::new();
        for (customer, before) in &self.customers {
            let stands = match (before, &included) {
                (Some(before), Some(included)) => {
                    account::stands(tx, (*customer, before), included)?
                }
                _ => false,
            };
            if !stands {
                customers.insert(*customer);
            }
        }
        account::refold(tx, &customers)?;
        for (code, before) in &self.codes {
            let stands = match (before, &included) {
                (Some(before), Some(included)) => code_use::stands(tx, (code, before), included)?,
                _ => false,
            };
            if !stands {
                code_use::refold(tx, code)?;
            }
        }
        Ok(())
    }

    /// What the rows include now and did not. None where that is not the first of what waited: where
    /// they include less than before, or where entries of an older stream still wait.
    fn newly_included(&self, tx: &Connection) -> Result<Option<Vec<Included>>, Error> {
        let mut included = Vec::new();
        let mut all_before = true;
        for head in stream::all(tx)? {
            if let Some(before) = self.included.get(&head.stream) {
                if head.included < *before || !all_before {
                    return Ok(None);
                }
                included.push(Included {
                    stream: head.stream,
                    after: *before,
                    through: head.included,
                });
            }
            all_before &= head.included >= head.end();
        }
        Ok(Some(included))
    }
}
