//! Invariants 4, 5, 10, 11 and 16: balances are what the raw entries come to, on both sides.

use std::collections::{BTreeMap, BTreeSet};

use mostrador_ledger as ledger;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::row::CodeUseRow;
use mostrador_server::store::Store;
use uuid::Uuid;

use super::fold::Folded;
use super::told::Told;
use super::{Rest, Violation, tables};
use crate::goods::TENANT;
use mostrador_tests::Error;

pub(super) async fn check(rest: &Rest<'_>, told: &[Told]) -> Result<Vec<Violation>, Error> {
    let mut violations = from_entries(rest, told).await?;
    for machine in rest.machines {
        let Some(till) = machine.till() else {
            continue;
        };
        violations.extend(rebuilt(&machine.name, till.ledger())?);
        violations.extend(shown(&machine.name, till.ledger())?);
    }
    Ok(violations)
}

/// The accounts and tallies of the server against every entry that had effects, each id once.
async fn from_entries(rest: &Rest<'_>, told: &[Told]) -> Result<Vec<Violation>, Error> {
    let mut violations = Vec::new();
    let Folded {
        accounts,
        tallies,
        undone,
        ..
    } = Folded::of(told);
    violations.extend(undone.violations());
    let held: BTreeMap<Uuid, AccountDocument> =
        rest.store.accounts(TENANT).await?.into_iter().collect();
    let folded = accounts
        .changed()
        .map(|(id, account)| (id, AccountDocument::from(account)));
    let folded: BTreeMap<Uuid, AccountDocument> = folded.collect();
    violations.extend(unequal(4, "account", (&held, &folded)));
    let uses = rest.store.code_uses(TENANT).await?.into_iter();
    let uses: BTreeMap<String, CodeUseRow> = uses.map(|row| (row.code.clone(), row)).collect();
    let counted = tallies
        .iter()
        .map(|(code, tally)| CodeUseRow::new(code, tally));
    let counted: BTreeMap<String, CodeUseRow> =
        counted.map(|row| (row.code.clone(), row)).collect();
    violations.extend(unequal(4, "code", (&uses, &counted)));
    let debts = accounts
        .changed()
        .filter(|(_, account)| account.debt < 0 || account.lots.iter().any(|lot| lot.points < 0));
    violations.extend(debts.map(|(id, account)| {
        Violation::new(
            10,
            format!("customer {id} has less than nothing: {account:?}"),
        )
    }));
    Ok(violations)
}

fn unequal<K: Ord + std::fmt::Display, V: PartialEq + std::fmt::Debug>(
    invariant: u8,
    what: &str,
    (held, folded): (&BTreeMap<K, V>, &BTreeMap<K, V>),
) -> Vec<Violation> {
    let keys: BTreeSet<&K> = held.keys().chain(folded.keys()).collect();
    let differing = keys
        .into_iter()
        .filter(|key| held.get(key) != folded.get(key));
    let violations = differing.map(|key| {
        let (held, folded) = (held.get(key), folded.get(key));
        Violation::new(
            invariant,
            format!("{what} {key}: the server says {held:?}, its entries come to {folded:?}"),
        )
    });
    violations.collect()
}

/// Projections made again from nothing are the same, row for row. Nothing of it stays.
fn rebuilt(name: &str, till: &ledger::Ledger) -> Result<Vec<Violation>, Error> {
    let mut differing = Vec::new();
    let undone: Result<(), Error> = till.transact(|tx| {
        let live = tables::all(tx).map_err(ledger::Error::from)?;
        ledger::rebuild::projections(tx)?;
        let again = tables::all(tx).map_err(ledger::Error::from)?;
        differing = tables::differences(&live, &again);
        Err(Error::Gone)
    });
    match undone {
        Ok(()) | Err(Error::Gone) => {}
        Err(error) => return Err(error),
    }
    let violations = differing.into_iter().map(|difference| {
        Violation::new(5, format!("{name}, live against made again: {difference}"))
    });
    Ok(violations.collect())
}

/// At rest nothing is pending, so what is shown is what the server says.
fn shown(name: &str, till: &ledger::Ledger) -> Result<Vec<Violation>, Error> {
    let pending = till.read(|look| {
        let mut pending =
            tables::rows(look, "select hex(customer_id), document from account_shown")?;
        pending.extend(tables::rows(
            look,
            "select code, document from code_use_shown",
        )?);
        Ok::<_, ledger::Error>(pending)
    })?;
    let violations = pending.into_iter().map(|row| {
        Violation::new(
            11,
            format!("{name} still adds own entries to what the server says: {row}"),
        )
    });
    Ok(violations.collect())
}
