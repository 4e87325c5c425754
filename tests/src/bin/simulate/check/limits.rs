//! Invariants 8 and 9: what is scarce is used as far as its limit, what goes beyond is named, and nothing
//! is spent of a lease that its till had given back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mostrador_ledger as ledger;
use mostrador_protocol::entry::{Decoded, Payload};
use mostrador_protocol::lease::LeaseResource;
use mostrador_server::lease::Lease;
use mostrador_server::store::Store;
use rusqlite::Connection;

use super::delivery::Books;
use super::people::People;
use super::told::Told;
use super::{Rest, Violation};
use crate::goods::{CODES, TENANT, program};
use mostrador_tests::Error;

pub(super) async fn check(
    rest: &Rest<'_>,
    (books, told): (&Books, &[Told]),
) -> Result<Vec<Violation>, Error> {
    let named = named(rest.server_file)?;
    let open = rest.store.open_leases(TENANT).await?;
    let mut violations = Vec::new();
    for (resource, stock) in rest.store.stocks(TENANT).await? {
        let mut wrong = |why: String| {
            let what = format!("{resource:?} {why}: {stock:?}");
            violations.push(Violation::new(8, what));
        };
        if stock.used + stock.leased > stock.limit + stock.exposure {
            wrong("is beyond its limit, and nobody named it".to_owned());
        }
        let granted = left_of(&open, &resource);
        if granted != stock.leased {
            wrong(format!("has open leases of {granted} units"));
        }
        let causes = named.get(&resource).cloned().unwrap_or_default();
        if causes.values().sum::<i64>() != stock.exposure {
            wrong(format!("has exposure by {causes:?}"));
        }
        let is_by_edit = |cause: &String| cause == "limit_lowered";
        if !causes.keys().all(is_by_edit) && !rest.journal.is_disturbed() {
            wrong(format!(
                "was passed by {causes:?}, and no till or server was set back or copied"
            ));
        }
    }
    if !rest.journal.is_disturbed() {
        violations.extend(once_each(rest, told).await?);
        violations.extend(points_without_a_right(rest.server_file, told)?);
    }
    violations.extend(spent_after_the_close(books));
    Ok(violations)
}

/// Units of exposure by resource and cause.
fn named(
    server_file: &Path,
) -> Result<BTreeMap<LeaseResource, BTreeMap<String, i64>>, ledger::Error> {
    let mut named: BTreeMap<LeaseResource, BTreeMap<String, i64>> = BTreeMap::new();
    let file = Connection::open(server_file)?;
    let mut statement = file.prepare(
        "select kind, resource_key, cause, sum(units) from exposure
         group by kind, resource_key, cause",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, key): (String, String) = (row.get(0)?, row.get(1)?);
        if let Some(resource) = LeaseResource::from_parts(&kind, &key) {
            let causes = named.entry(resource).or_default();
            causes.insert(row.get(2)?, row.get(3)?);
        }
    }
    Ok(named)
}

/// A code that each customer may use once, decided by the till that holds the customer's right: nobody had
/// it twice.
async fn once_each(rest: &Rest<'_>, told: &[Told]) -> Result<Vec<Violation>, Error> {
    let people = People::of(told);
    let accounts = rest.store.accounts(TENANT).await?.into_iter();
    let twice = accounts.filter(|(customer, account)| {
        let uses = account.code_uses.get(CODES[1]).copied().unwrap_or(0);
        uses > 1 && !people.is_merged(*customer)
    });
    let violations = twice.map(|(customer, _)| {
        let what = format!("customer {customer} used {} more than once", CODES[1]);
        Violation::new(8, what)
    });
    Ok(violations.collect())
}

/// What a till spends of a customer's points without their right, in one sale, is no more than the program
/// allows by which it sold.
fn points_without_a_right(
    server_file: &Path,
    told: &[Told],
) -> Result<Vec<Violation>, ledger::Error> {
    let rights = rights_to_customers(server_file)?;
    let mut violations = Vec::new();
    for entry in told {
        let Payload::SaleCompleted(sale) = &entry.payload else {
            continue;
        };
        let spent: i64 = sale.points_redeemed.iter().map(|paid| paid.points).sum();
        let points = program(entry.header.program_version).points;
        let allowed = points.and_then(|points| points.offline_points);
        let mut leases = sale.leases.iter();
        if leases.any(|spend| rights.contains(&spend.lease_id.to_string())) {
            continue;
        }
        if let Some(allowed) = allowed.filter(|allowed| spent > *allowed) {
            let receipt = &sale.receipt;
            let what = format!(
                "sale {receipt} spends {spent} points without the right to them, {allowed} are allowed"
            );
            violations.push(Violation::new(8, what));
        }
    }
    Ok(violations)
}

/// The leases by which a till decides on a customer alone.
fn rights_to_customers(server_file: &Path) -> Result<BTreeSet<String>, ledger::Error> {
    let file = Connection::open(server_file)?;
    let mut statement = file.prepare("select lease_id from lease where kind = 'customer'")?;
    let ids = statement.query_map([], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

fn left_of(open: &[Lease], resource: &LeaseResource) -> i64 {
    let of_it = open
        .iter()
        .filter(|lease| LeaseResource::from(&lease.resource) == *resource);
    of_it.map(Lease::left).sum()
}

/// Stream by stream, in order.
fn spent_after_the_close(books: &Books) -> Vec<Violation> {
    let mut violations = Vec::new();
    for entries in books.streams.values() {
        let mut closed = BTreeSet::new();
        for entry in entries {
            let decoded = entry
                .raw
                .header()
                .and_then(|header| entry.raw.payload(&header));
            match decoded {
                Ok(Decoded::Known(Payload::LeaseClosed(close))) => {
                    closed.insert(close.lease_id);
                }
                Ok(Decoded::Known(Payload::SaleCompleted(sale))) => {
                    for spend in &sale.leases {
                        if closed.contains(&spend.lease_id) {
                            violations.push(Violation::new(
                                9,
                                format!(
                                    "sale {} spends lease {}, which was given back before",
                                    sale.receipt, spend.lease_id
                                ),
                            ));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    violations
}
