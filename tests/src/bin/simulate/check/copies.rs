//! Invariant 6: at one feed position every till holds the same rows, which are the server's.

use mostrador_ledger as ledger;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::{CodeUseRow, Customer, Product, Staff};
use mostrador_server::store::Store;
use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::tables::Tables;
use super::{Rest, Violation, tables};
use crate::goods::TENANT;
use mostrador_tests::Error;

pub(super) async fn check(rest: &Rest<'_>) -> Result<Vec<Violation>, Error> {
    let server = of_server(rest).await?;
    let mut violations = Vec::new();
    for machine in rest.machines {
        let Some(till) = machine.till() else {
            continue;
        };
        let (copy, cursor) = till.ledger().read(|look| {
            Ok::<_, ledger::Error>((of_till(look)?, ledger::replica::cursor(look)?))
        })?;
        if cursor != rest.feed_head {
            violations.push(Violation::new(
                6,
                format!(
                    "{} stands at {cursor} of the feed, which ends at {}",
                    machine.name, rest.feed_head
                ),
            ));
        }
        let differing = tables::differences(&copy, &server).into_iter();
        violations.extend(differing.map(|difference| {
            Violation::new(
                6,
                format!("{} against the server: {difference}", machine.name),
            )
        }));
    }
    Ok(violations)
}

async fn of_server(rest: &Rest<'_>) -> Result<Tables, Error> {
    let store = rest.store;
    let accounts = store.accounts(TENANT).await?;
    let file = Connection::open(rest.server_file).map_err(ledger::Error::from)?;
    let programs = programs(&file)?;
    let customers: Vec<Customer> = store.customers(TENANT).await?;
    Ok(Tables::from([
        (
            "account".to_owned(),
            lines(
                accounts
                    .iter()
                    .map(|(id, it)| (id.simple().to_string(), it)),
            ),
        ),
        (
            "code_use".to_owned(),
            lines(store.code_uses(TENANT).await?.iter()),
        ),
        ("customer".to_owned(), lines(customers.iter())),
        (
            "product".to_owned(),
            lines(store.products(TENANT).await?.iter()),
        ),
        ("program".to_owned(), programs),
        ("staff".to_owned(), lines(store.staff(TENANT).await?.iter())),
    ]))
}

fn of_till(look: &Connection) -> Result<Tables, ledger::Error> {
    let accounts = accounts(look)?;
    let uses = read(look, "select code, document from code_use")?;
    let products = read(look, "select id, document from product")?;
    let staff = read(look, "select hex(id), document from staff")?;
    let customers = customers(look)?;
    Ok(Tables::from([
        ("account".to_owned(), lines(accounts)),
        (
            "code_use".to_owned(),
            lines(uses.iter().map(|(_, text)| again::<CodeUseRow>(text))),
        ),
        ("customer".to_owned(), lines(customers)),
        (
            "product".to_owned(),
            lines(products.iter().map(|(_, text)| again::<Product>(text))),
        ),
        ("program".to_owned(), programs(look)?),
        (
            "staff".to_owned(),
            lines(staff.iter().map(|(_, text)| again::<Staff>(text))),
        ),
    ]))
}

/// Every account under its customer's id in plain hexadecimal signs; at rest nothing of this till's own
/// stands on top of the server's row.
fn accounts(look: &Connection) -> Result<Vec<(String, AccountDocument)>, ledger::Error> {
    let ids = tables::rows(look, "select lower(hex(customer_id)) from account")?;
    let accounts = ids.into_iter().map(|id| {
        let customer = id.parse().unwrap_or_default();
        let account = ledger::account::shown(look, customer)?;
        Ok((id, AccountDocument::from(&account)))
    });
    accounts.collect()
}

fn customers(look: &Connection) -> Result<Vec<Option<Customer>>, ledger::Error> {
    let ids = tables::rows(look, "select lower(hex(id)) from customer")?;
    let customers = ids.into_iter();
    customers
        .map(|id| ledger::customer::get(look, id.parse().unwrap_or_default()))
        .collect()
}

/// Every program, word for word.
fn programs(look: &Connection) -> Result<Vec<String>, ledger::Error> {
    let found = read(look, "select cast(version as text), document from program")?;
    let programs = found.iter();
    Ok(lines(
        programs.map(|(_, text)| again::<ProgramDocument>(text)),
    ))
}

fn read(look: &Connection, sql: &str) -> Result<Vec<(String, String)>, ledger::Error> {
    let mut statement = look.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A stored document, or nothing when it cannot be read: then it differs from every other.
fn again<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

fn lines<T: Serialize>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    let lines = values
        .into_iter()
        .map(|value| serde_json::to_string(&value));
    let mut lines: Vec<String> = lines.map(Result::unwrap_or_default).collect();
    lines.sort();
    lines
}
