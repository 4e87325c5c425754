//! Tables `customer` and `account`: who they are, apart from what they have.

use loyalty::account::Account;
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::row::Customer;
use rusqlite::{Connection, Row, Transaction};
use uuid::Uuid;

use super::{Answer, column};

const PROFILE: &str =
    "select customer_id, name, phone, email, birthday, card, marketing_consent, hlc
    from customer where tenant_id = ?1";

pub(super) fn profile(conn: &Connection, tenant: &str, id: Uuid) -> Answer<Option<Customer>> {
    let sql = format!("{PROFILE} and customer_id = ?2");
    let values: [&dyn rusqlite::ToSql; 2] = [&tenant, &id.to_string()];
    column::row(conn, "reading a profile", (&sql, &values), profile_of)
}

pub(super) fn profiles(conn: &Connection, tenant: &str) -> Answer<Vec<Customer>> {
    let sql = format!("{PROFILE} order by customer_id");
    column::rows(conn, "reading profiles", (&sql, &[&tenant]), profile_of)
}

/// Writes a profile if it is later than the stored one; whether it was. Of two with the same clock
/// the one without consent stands.
pub(super) fn put_profile(tx: &Transaction<'_>, tenant: &str, customer: &Customer) -> Answer<bool> {
    let sql = "insert into customer (tenant_id, customer_id, name, phone, email, birthday, card,
                                     marketing_consent, hlc)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
               on conflict (tenant_id, customer_id) do update set
                   name = excluded.name, phone = excluded.phone, email = excluded.email,
                   birthday = excluded.birthday, card = excluded.card,
                   marketing_consent = excluded.marketing_consent, hlc = excluded.hlc
               where excluded.hlc > customer.hlc
                   or (excluded.hlc = customer.hlc
                       and excluded.marketing_consent < customer.marketing_consent)";
    let birthday = customer.birthday.map(|day| day.to_string());
    let values: [&dyn rusqlite::ToSql; 9] = [
        &tenant,
        &customer.id.to_string(),
        &customer.name,
        &customer.phone,
        &customer.email,
        &birthday,
        &customer.card,
        &customer.marketing_consent,
        &column::int(customer.hlc),
    ];
    Ok(column::run(tx, "writing a profile", (sql, &values))? > 0)
}

pub(super) fn account(
    conn: &Connection,
    tenant: &str,
    id: Uuid,
) -> Answer<Option<AccountDocument>> {
    let sql = "select document from account where tenant_id = ?1 and customer_id = ?2";
    let values: [&dyn rusqlite::ToSql; 2] = [&tenant, &id.to_string()];
    column::row(conn, "reading an account", (sql, &values), |row| {
        column::document(row, 0)
    })
}

pub(super) fn accounts(conn: &Connection, tenant: &str) -> Answer<Vec<(Uuid, AccountDocument)>> {
    let sql = "select customer_id, document from account where tenant_id = ?1 order by customer_id";
    column::rows(conn, "reading accounts", (sql, &[&tenant]), |row| {
        Ok((column::id(row, 0)?, column::document(row, 1)?))
    })
}

pub(super) fn put_account(
    tx: &Transaction<'_>,
    tenant: &str,
    (id, account): (Uuid, &Account),
) -> Answer<()> {
    let sql = "insert into account (tenant_id, customer_id, document) values (?1, ?2, ?3)
               on conflict (tenant_id, customer_id) do update set document = excluded.document";
    let document = column::json("an account", &AccountDocument::from(account))?;
    let values: [&dyn rusqlite::ToSql; 3] = [&tenant, &id.to_string(), &document];
    column::run(tx, "writing an account", (sql, &values))?;
    Ok(())
}

pub(super) fn look_up(
    conn: &Connection,
    tenant: &str,
    id: Uuid,
) -> Answer<Option<(Option<Customer>, AccountDocument)>> {
    let profile = profile(conn, tenant, id)?;
    let account = account(conn, tenant, id)?;
    if profile.is_none() && account.is_none() {
        return Ok(None);
    }
    Ok(Some((profile, account.unwrap_or_default())))
}

fn profile_of(row: &Row<'_>) -> rusqlite::Result<Customer> {
    let birthday: Option<String> = row.get(4)?;
    Ok(Customer {
        id: column::id(row, 0)?,
        name: row.get(1)?,
        phone: row.get(2)?,
        email: row.get(3)?,
        birthday: birthday.and_then(|day| day.parse().ok()),
        card: row.get(5)?,
        marketing_consent: row.get(6)?,
        hlc: column::uint(row, 7)?,
    })
}
