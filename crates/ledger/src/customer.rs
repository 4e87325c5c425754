//! Customers' profiles: personal data, replicated beside the ledger and never part of it.
//!
//! Always true: the writer with the later hybrid logical clock wins; a profile changed here waits to be
//! pushed until the server took that very change.

mod index;
mod search;

use mostrador_protocol::row::Customer;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

pub use self::search::{Found, search};
use crate::{Error, column, words};

pub(crate) use self::index::index_all;

const COLUMNS: &str = "id, name, phone, email, birthday, card, marketing_consent, hlc";

fn customer_of(row: &Row<'_>) -> rusqlite::Result<Customer> {
    Ok(Customer {
        id: column::id(row, 0)?,
        name: row.get(1)?,
        phone: row.get(2)?,
        email: row.get(3)?,
        birthday: column::optional_day(row, 4)?,
        card: row.get(5)?,
        marketing_consent: row.get(6)?,
        hlc: column::count(row, 7)?,
    })
}

/// The profile of a customer; an erased customer has none.
pub fn get(connection: &Connection, id: Uuid) -> Result<Option<Customer>, Error> {
    let sql = format!("select {COLUMNS} from customer where id = ?");
    let customer = connection
        .prepare_cached(&sql)?
        .query_row([id.as_bytes()], customer_of)
        .optional()?;
    Ok(customer)
}

/// The customer whose card has this token, exactly. Of several (a card given on) the one changed last.
pub fn by_card(connection: &Connection, token: &str) -> Result<Option<Customer>, Error> {
    let sql =
        format!("select {COLUMNS} from customer where card = ? order by hlc desc, id limit 1");
    let customer = connection
        .prepare_cached(&sql)?
        .query_row([token.trim()], customer_of)
        .optional()?;
    Ok(customer)
}

/// How many profiles are here.
pub fn count(connection: &Connection) -> Result<u64, Error> {
    let count = connection
        .prepare_cached("select count(*) from customer")?
        .query_row([], |row| column::count(row, 0))?;
    Ok(count)
}

/// Writes a profile made or changed at this till, and lets it wait to be pushed. Its clock is raised
/// above that of the row it replaces. Returns what was written.
pub fn save_local(tx: &Connection, customer: &Customer) -> Result<Customer, Error> {
    let before = get(tx, customer.id)?.map_or(0, |row| row.hlc);
    let saved = Customer {
        hlc: customer.hlc.max(before.saturating_add(1)),
        ..customer.clone()
    };
    write(tx, &saved, true)?;
    Ok(saved)
}

/// Writes the server's row, unless this till holds a later one. On equal clocks the server's row
/// stands, so that every till ends with the same.
pub(crate) fn put(tx: &Connection, customer: &Customer) -> Result<(), Error> {
    let before: Option<u64> = tx
        .prepare_cached("select hlc from customer where id = ?")?
        .query_row([customer.id.as_bytes()], |row| column::count(row, 0))
        .optional()?;
    if before.is_some_and(|before| before > customer.hlc) {
        return Ok(());
    }
    write(tx, customer, false)
}

pub(crate) fn to_push(connection: &Connection, limit: u32) -> Result<Vec<Customer>, Error> {
    let sql = format!("select {COLUMNS} from customer where to_push = 1 order by number limit ?");
    let mut statement = connection.prepare_cached(&sql)?;
    let customers = statement
        .query_map([limit], customer_of)?
        .collect::<Result<_, _>>()?;
    Ok(customers)
}

fn write(tx: &Connection, customer: &Customer, to_push: bool) -> Result<(), Error> {
    let names = words::fold(&customer.name).join(" ");
    let digits = customer
        .phone
        .as_deref()
        .map_or_else(String::new, words::digits);
    let before = index::indexed(tx, customer.id)?;
    let number: i64 = tx
        .prepare_cached(
            "insert into customer (id, name, phone, email, birthday, card, marketing_consent, hlc,
                 to_push, words, digits)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set name = excluded.name, phone = excluded.phone,
                 email = excluded.email, birthday = excluded.birthday, card = excluded.card,
                 marketing_consent = excluded.marketing_consent, hlc = excluded.hlc,
                 to_push = excluded.to_push, words = excluded.words, digits = excluded.digits
             returning number",
        )?
        .query_row(
            params![
                customer.id.as_bytes(),
                customer.name,
                customer.phone,
                customer.email,
                customer.birthday.map(|day| day.to_string()),
                customer.card,
                customer.marketing_consent,
                column::integer(customer.hlc),
                to_push,
                names,
                digits
            ],
            |row| row.get(0),
        )?;
    let after = index::Indexed {
        number,
        words: names,
        digits,
    };
    index::update(tx, before.as_ref(), &after)
}
