//! Invariant 8, what only one till decides: nobody uses twice what everybody may use once, and without the
//! right to a customer a till spends no more of their points than the program allows.

use std::collections::BTreeMap;
use std::path::Path;

use mostrador_ledger as ledger;
use mostrador_protocol::entry::{Payload, SaleCompleted};
use mostrador_server::store::Store;
use rusqlite::Connection;
use uuid::Uuid;

use super::people::People;
use super::told::Told;
use super::{Rest, Violation};
use crate::goods::{CODES, TENANT, program};
use mostrador_tests::Error;

/// Where no till and no server was set back or copied.
pub(super) async fn check(rest: &Rest<'_>, told: &[Told]) -> Result<Vec<Violation>, Error> {
    let mut violations = once_each(rest, told).await?;
    violations.extend(points_without_a_right(rest.server_file, told)?);
    Ok(violations)
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

/// Customers by the leases by which a till decides on them alone.
type Rights = BTreeMap<String, String>;

/// What a till spends of a customer's points without their right, before the server has heard of any of it,
/// is no more than the program allows by which it sold. What the server heard of at once, it had not heard of
/// when the first of it was sold.
fn points_without_a_right(
    server_file: &Path,
    told: &[Told],
) -> Result<Vec<Violation>, ledger::Error> {
    let rights = rights_to_customers(server_file)?;
    let mut in_order: Vec<&Told> = told.iter().collect();
    in_order.sort_by_key(|entry| (entry.header.stream, entry.header.seq));
    let mut unheard: BTreeMap<(Uuid, i64, Uuid), i64> = BTreeMap::new();
    let mut violations = Vec::new();
    for entry in in_order {
        let Payload::SaleCompleted(sale) = &entry.payload else {
            continue;
        };
        let points = points_of(sale);
        let Some(customer) = sale.customer_id.filter(|_| points > 0) else {
            continue;
        };
        if is_by_right(sale, customer, &rights) {
            continue;
        }
        let place = (entry.header.stream, entry.received_ms, customer);
        let spent = unheard.entry(place).or_default();
        *spent += points;
        let program = program(entry.header.program_version).points;
        let allowed = program.and_then(|points| points.offline_points);
        if let Some(allowed) = allowed.filter(|allowed| *spent > *allowed) {
            let receipt = &sale.receipt;
            let what = format!(
                "with sale {receipt} a till spends {spent} points of {customer} without the right to \
                 them, {allowed} are allowed until the server has heard of it"
            );
            violations.push(Violation::new(8, what));
        }
    }
    Ok(violations)
}

/// Points that a sale takes from its customer.
fn points_of(sale: &SaleCompleted) -> i64 {
    let paid = sale.points_redeemed.iter().map(|paid| paid.points);
    let rewards = sale.rewards.iter().map(|reward| reward.points);
    paid.chain(rewards).sum()
}

/// Whether a sale names a right to just this customer.
fn is_by_right(sale: &SaleCompleted, customer: Uuid, rights: &Rights) -> bool {
    let customer = customer.to_string();
    let mut named = sale.leases.iter();
    named.any(|spend| rights.get(&spend.lease_id.to_string()) == Some(&customer))
}

fn rights_to_customers(server_file: &Path) -> Result<Rights, ledger::Error> {
    let file = Connection::open(server_file)?;
    let mut statement =
        file.prepare("select lease_id, resource_key from lease where kind = 'customer'")?;
    let rights = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rights.collect::<Result<_, _>>()?)
}
