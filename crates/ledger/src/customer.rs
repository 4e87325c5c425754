//! Customers' profiles: personal data, replicated beside the ledger and never part of it.
//!
//! Always true: the writer with the later hybrid logical clock wins, as `protocol::profile::merge` says;
//! a profile changed here waits to be pushed until the server took that very change, and again when the
//! feed, read to its end, does not show it ([`crate::restored`]).

mod erased;
mod holder;
mod index;
mod search;

use mostrador_loyalty::code::CodeText;
use mostrador_protocol::profile::merge;
use mostrador_protocol::row::Customer;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

pub use self::erased::is_erased;
pub use self::holder::{Holder, Unique, holder};
pub use self::search::{Found, search};
use crate::{Error, column, referral_code, words};

pub(crate) use self::erased::{pushed, tidy};
pub(crate) use self::index::index_all;

const COLUMNS: &str = "id, name, phone, email, birthday, card, document, referral_code,
    marketing_consent, consent, hlc";

fn customer_of(row: &Row<'_>) -> rusqlite::Result<Customer> {
    Ok(Customer {
        id: column::id(row, 0)?,
        name: row.get(1)?,
        phone: row.get(2)?,
        email: row.get(3)?,
        birthday: column::optional_day(row, 4)?,
        card: row.get(5)?,
        document: row.get(6)?,
        referral_code: row.get(7)?,
        marketing_consent: row.get(8)?,
        erased: false,
        consent: column::optional_document(row, 9)?,
        hlc: column::count(row, 10)?,
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

/// The customer whose own referral code this is, by the profile or because this till made it. Their
/// account may be another record's by now: [`crate::account::held`] knows.
pub fn by_referral_code(
    connection: &Connection,
    code: &CodeText,
) -> Result<Option<Customer>, Error> {
    let sql =
        format!("select {COLUMNS} from customer where referral_code = ? order by hlc, id limit 1");
    let customer = connection
        .prepare_cached(&sql)?
        .query_row([code.as_str()], customer_of)
        .optional()?;
    if customer.is_some() {
        return Ok(customer);
    }
    match referral_code::owner(connection, code)? {
        Some(owner) => get(connection, owner),
        None => Ok(None),
    }
}

/// How many profiles are here.
pub fn count(connection: &Connection) -> Result<u64, Error> {
    let count = connection
        .prepare_cached("select count(*) from customer")?
        .query_row([], |row| column::count(row, 0))?;
    Ok(count)
}

/// Writes a profile made or changed at this till, and lets it wait to be pushed. Its clock is raised
/// above that of the row it replaces. A consent that takes the place of one that was never sent answers
/// what that one answered. Returns what was written.
pub fn save_local(tx: &Connection, customer: &Customer) -> Result<Customer, Error> {
    let before = get(tx, customer.id)?;
    let is_unsent = is_waiting(tx, customer.id)?;
    let mut saved = Customer {
        hlc: customer
            .hlc
            .max(before.as_ref().map_or(0, |row| row.hlc).saturating_add(1)),
        ..customer.clone()
    };
    let unsent = before.as_ref().filter(|_| is_unsent);
    let replaced = unsent.and_then(|row| row.consent.as_ref());
    if let (Some(consent), Some(replaced)) = (&mut saved.consent, replaced)
        && consent.answers_ms == Some(replaced.given_ms)
    {
        consent.answers_ms = replaced.answers_ms;
    }
    write(tx, &saved, true)?;
    Ok(saved)
}

/// Writes the server's row. Where a change of this till has not been sent yet, both are merged and what
/// the server does not have goes on waiting; otherwise the later row stands, on equal clocks the
/// server's, so that every till ends with the same.
pub(crate) fn put(tx: &Connection, customer: &Customer) -> Result<(), Error> {
    if customer.erased {
        return erased::forget(tx, customer);
    }
    if erased::keeps_away(tx, customer)? {
        return Ok(());
    }
    let Some(before) = get(tx, customer.id)? else {
        return write(tx, customer, false);
    };
    if !is_waiting(tx, customer.id)? {
        let is_stale = before.hlc > customer.hlc;
        return if is_stale {
            Ok(())
        } else {
            write(tx, customer, false)
        };
    }
    let merged = merge(customer, &before);
    let is_the_servers = merged == *customer;
    write(tx, &merged, !is_the_servers)
}

fn is_waiting(connection: &Connection, id: Uuid) -> Result<bool, Error> {
    let waiting = connection
        .prepare_cached("select exists (select 1 from customer where id = ? and to_push = 1)")?
        .query_row([id.as_bytes()], |row| row.get(0))?;
    Ok(waiting)
}

/// How many profiles, and erased ones, wait to be pushed.
pub(crate) fn waiting(connection: &Connection) -> Result<u64, Error> {
    let waiting = connection
        .prepare_cached(
            "select (select count(*) from customer where to_push = 1)
                 + (select count(*) from erased_customer where to_push = 1)",
        )?
        .query_row([], |row| column::count(row, 0))?;
    Ok(waiting)
}

pub(crate) fn to_push(connection: &Connection, limit: u32) -> Result<Vec<Customer>, Error> {
    let sql = format!("select {COLUMNS} from customer where to_push = 1 order by number limit ?");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut customers: Vec<Customer> = statement
        .query_map([limit], customer_of)?
        .collect::<Result<_, _>>()?;
    let room = limit.saturating_sub(u32::try_from(customers.len()).unwrap_or(limit));
    customers.extend(erased::to_push(connection, room)?);
    Ok(customers)
}

fn write(tx: &Connection, customer: &Customer, to_push: bool) -> Result<(), Error> {
    let names = words::fold(&customer.name).join(" ");
    let digits = customer
        .phone
        .as_deref()
        .map_or_else(String::new, words::digits);
    let consent = customer.consent.as_ref().map(serde_json::to_string);
    let consent = consent.transpose()?;
    let before = index::indexed(tx, customer.id)?;
    let number: i64 = tx
        .prepare_cached(
            "insert into customer (id, name, phone, email, birthday, card, document, referral_code,
                 marketing_consent, consent, hlc, to_push, words, digits, confirmed_epoch)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                 (select epoch from feed where only = 1))
             on conflict (id) do update set name = excluded.name, phone = excluded.phone,
                 email = excluded.email, birthday = excluded.birthday, card = excluded.card,
                 document = excluded.document, referral_code = excluded.referral_code,
                 marketing_consent = excluded.marketing_consent, consent = excluded.consent,
                 hlc = excluded.hlc,
                 to_push = excluded.to_push, confirmed_epoch = excluded.confirmed_epoch,
                 words = excluded.words, digits = excluded.digits
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
                customer.document,
                customer.referral_code,
                customer.marketing_consent,
                consent,
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
