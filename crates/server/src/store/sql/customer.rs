//! Tables `customer` and `account`: who they are, apart from what they have.
//!
//! Always true: every profile has a referral code that no other customer of the tenant has.

use chrono::{Datelike as _, NaiveDate};
use loyalty::code::{CodeText, generated};
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::profile::merge;
use mostrador_protocol::row::Customer;
use uuid::Uuid;

use super::column::{Found, Param, Row};
use super::erasure::Met;
use super::session::{Connection, Transaction};
use super::{Answer, column, erasure};
use crate::referral_code;

const PROFILE: &str =
    "select customer_id, name, phone, email, birthday, card, document, referral_code,
        marketing_consent, consent, hlc
    from customer where tenant_id = ?1";

pub(super) fn profile(conn: &dyn Connection, tenant: &str, id: Uuid) -> Answer<Option<Customer>> {
    let sql = format!("{PROFILE} and customer_id = ?2");
    let values: [&dyn Param; 2] = [&tenant, &id.to_string()];
    column::row(conn, "reading a profile", (&sql, &values), profile_of)
}

pub(super) fn profiles(conn: &dyn Connection, tenant: &str) -> Answer<Vec<Customer>> {
    let sql = format!("{PROFILE} order by customer_id");
    column::rows(conn, "reading profiles", (&sql, &[&tenant]), profile_of)
}

/// Brings a profile together with the stored one, and gives it a referral code of its own; what is
/// written, where that is anything new.
pub(super) fn put_profile(
    tx: &dyn Transaction,
    tenant: &str,
    arrived: &Customer,
) -> Answer<Option<Customer>> {
    match erasure::met(tx, tenant, arrived)? {
        Met::Living => {}
        Met::Known => return Ok(None),
        Met::News(gone) => return Ok(Some(*gone)),
    }
    let stored = profile(tx, tenant, arrived.id)?;
    let mut after = match &stored {
        Some(stored) => merge(stored, arrived),
        None => arrived.clone(),
    };
    let code = stored
        .as_ref()
        .and_then(|stored| stored.referral_code.clone());
    after.referral_code = Some(match code {
        Some(code) => code,
        None => free_code(tx, tenant, &after)?,
    });
    if stored.as_ref() == Some(&after) {
        return Ok(None);
    }
    write_profile(tx, tenant, &after)?;
    Ok(Some(after))
}

/// The code that the profile came with, unless it is broken or somebody else has it; else a drawn one.
fn free_code(tx: &dyn Transaction, tenant: &str, profile: &Customer) -> Answer<String> {
    let wished = profile.referral_code.as_deref().and_then(CodeText::parse);
    let wished = wished.filter(generated::is_intact).into_iter();
    let drawn = (0..).map(|attempt| referral_code::draw(tenant, profile.id, attempt));
    for code in wished.chain(drawn) {
        let holder = holder(tx, tenant, code.as_str())?;
        if holder.is_none_or(|holder| holder == profile.id) {
            return Ok(code.to_string());
        }
    }
    unreachable!("BUG: there are more codes than customers")
}

fn holder(conn: &dyn Connection, tenant: &str, code: &str) -> Answer<Option<Uuid>> {
    let sql = "select customer_id from customer where tenant_id = ?1 and referral_code = ?2";
    let what = "looking for a referral code";
    column::row(conn, what, (sql, &[&tenant, &code]), |row| {
        column::id(row, 0)
    })
}

/// Gives every profile of the tenant that has none a referral code; what was written. Their clocks stay:
/// on a till the server's row stands at the same clock.
pub(super) fn give_codes(tx: &dyn Transaction, tenant: &str) -> Answer<Vec<Customer>> {
    let sql = format!("{PROFILE} and referral_code is null order by customer_id");
    let what = "looking for profiles without a referral code";
    let mut given = column::rows(tx, what, (&sql, &[&tenant]), profile_of)?;
    for profile in &mut given {
        profile.referral_code = Some(free_code(tx, tenant, profile)?);
        write_profile(tx, tenant, profile)?;
    }
    Ok(given)
}

fn write_profile(tx: &dyn Transaction, tenant: &str, customer: &Customer) -> Answer<()> {
    let sql = "insert into customer (tenant_id, customer_id, name, phone, email, birthday, card,
                                     document, referral_code, marketing_consent, consent, hlc)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
               on conflict (tenant_id, customer_id) do update set
                   name = excluded.name, phone = excluded.phone, email = excluded.email,
                   birthday = excluded.birthday, card = excluded.card,
                   document = excluded.document, referral_code = excluded.referral_code,
                   marketing_consent = excluded.marketing_consent, consent = excluded.consent,
                   hlc = excluded.hlc";
    let birthday = customer.birthday.map(|day| day.to_string());
    let consent = customer.consent.as_ref();
    let consent = consent.map(|consent| column::json("a consent", consent));
    let values: [&dyn Param; 12] = [
        &tenant,
        &customer.id.to_string(),
        &customer.name,
        &customer.phone,
        &customer.email,
        &birthday,
        &customer.card,
        &customer.document,
        &customer.referral_code,
        &customer.marketing_consent,
        &consent.transpose()?,
        &column::int(customer.hlc),
    ];
    column::send(tx, "writing a profile", (sql, &values))
}

pub(super) fn account(
    conn: &dyn Connection,
    tenant: &str,
    id: Uuid,
) -> Answer<Option<AccountDocument>> {
    let sql = "select document from account where tenant_id = ?1 and customer_id = ?2";
    let values: [&dyn Param; 2] = [&tenant, &id.to_string()];
    column::row(conn, "reading an account", (sql, &values), |row| {
        column::document(row, 0)
    })
}

pub(super) fn accounts(
    conn: &dyn Connection,
    tenant: &str,
) -> Answer<Vec<(Uuid, AccountDocument)>> {
    let sql = "select customer_id, document from account where tenant_id = ?1 order by customer_id";
    column::rows(conn, "reading accounts", (sql, &[&tenant]), |row| {
        Ok((column::id(row, 0)?, column::document(row, 1)?))
    })
}

/// Accounts with the first local day on which something may follow from each, in the order of the customers.
pub(super) fn accounts_due(
    conn: &dyn Connection,
    tenant: &str,
    customers: &[Uuid],
) -> Answer<Vec<Option<AccountDue>>> {
    let ids: Vec<String> = customers.iter().map(Uuid::to_string).collect();
    let many: Vec<[&dyn Param; 2]> = ids
        .iter()
        .map(|id| -> [&dyn Param; 2] { [&tenant, id] })
        .collect();
    let found = column::rows_of(conn, "reading accounts", (ACCOUNT_DUE, &many), |row| {
        Ok((column::document(row, 0)?, day_of(row, 1)?))
    })?;
    let found = found.into_iter().map(|rows| rows.into_iter().next());
    Ok(found.collect())
}

/// The first local day on which something may follow from each account, in the order of the customers.
pub(super) fn days_due(
    conn: &dyn Connection,
    tenant: &str,
    customers: &[Uuid],
) -> Answer<Vec<Option<NaiveDate>>> {
    let sql = "select due_on from account where tenant_id = ?1 and customer_id = ?2";
    let ids: Vec<String> = customers.iter().map(Uuid::to_string).collect();
    let many: Vec<[&dyn Param; 2]> = ids
        .iter()
        .map(|id| -> [&dyn Param; 2] { [&tenant, id] })
        .collect();
    let what = "reading when accounts are due";
    let found = column::rows_of(conn, what, (sql, &many), |row| day_of(row, 0))?;
    let found = found
        .into_iter()
        .map(|rows| rows.into_iter().next().flatten());
    Ok(found.collect())
}

fn day_of(row: &Row<'_>, index: usize) -> Found<Option<NaiveDate>> {
    let day: Option<String> = row.get(index)?;
    Ok(day.and_then(|day| day.parse().ok()))
}

/// An account, and the first local day on which something may follow from it.
pub(super) type AccountDue = (AccountDocument, Option<NaiveDate>);

const ACCOUNT_DUE: &str =
    "select document, due_on from account where tenant_id = ?1 and customer_id = ?2";

/// The account with the first local day on which something may follow from it.
pub(super) fn account_due(
    conn: &dyn Connection,
    tenant: &str,
    id: Uuid,
) -> Answer<Option<AccountDue>> {
    let found = accounts_due(conn, tenant, &[id])?;
    Ok(found.into_iter().next().flatten())
}

pub(super) fn put_account(
    tx: &dyn Transaction,
    tenant: &str,
    (id, account, due_on): (Uuid, &AccountDocument, Option<NaiveDate>),
) -> Answer<()> {
    let sql = "insert into account (tenant_id, customer_id, document, due_on, merged_into)
               values (?1, ?2, ?3, ?4, ?5)
               on conflict (tenant_id, customer_id) do update set
                   document = excluded.document, due_on = excluded.due_on,
                   merged_into = excluded.merged_into";
    let document = column::json("an account", account)?;
    let due_on = day_text(due_on);
    let merged_into = account.merged_into.map(|id| id.to_string());
    let values: [&dyn Param; 5] = [&tenant, &id.to_string(), &document, &due_on, &merged_into];
    column::send(tx, "writing an account", (sql, &values))
}

/// The accounts that are due on `today` or before, by day and customer, after a place.
pub(super) fn due(
    conn: &dyn Connection,
    (tenant, today): (&str, NaiveDate),
    after: Option<(NaiveDate, Uuid)>,
    limit: u32,
) -> Answer<Vec<(NaiveDate, Uuid)>> {
    let sql = "select due_on, customer_id from account
               where tenant_id = ?1 and due_on <= ?2 and (due_on, customer_id) > (?3, ?4)
               order by due_on, customer_id limit ?5";
    let (after_day, after_id) = after.map_or_else(Default::default, |(day, id)| {
        (day.to_string(), id.to_string())
    });
    let values: [&dyn Param; 5] = [&tenant, &today.to_string(), &after_day, &after_id, &limit];
    let what = "looking for accounts that are due";
    let found = column::rows(conn, what, (sql, &values), |row| {
        Ok((row.get::<String>(0)?, column::id(row, 1)?))
    })?;
    let parsed = found.into_iter();
    Ok(parsed
        .filter_map(|(day, id)| Some((day.parse().ok()?, id)))
        .collect())
}

/// Notes the first day on which something may follow from an account that did not change.
pub(super) fn set_due(
    tx: &dyn Transaction,
    tenant: &str,
    (id, due_on): (Uuid, Option<NaiveDate>),
) -> Answer<()> {
    let sql = "update account set due_on = ?3 where tenant_id = ?1 and customer_id = ?2";
    let due_on = day_text(due_on);
    let values: [&dyn Param; 3] = [&tenant, &id.to_string(), &due_on];
    column::send(tx, "noting when an account is due", (sql, &values))
}

/// A day as SQL compares it: four digits of a year. What is due after that year never is.
fn day_text(day: Option<NaiveDate>) -> Option<String> {
    let day = day.filter(|day| (0..=9999).contains(&day.year()));
    day.map(|day| day.to_string())
}

/// Every account is looked at on `day`, unless its own day comes before: the rules changed.
pub(super) fn look_at_all(tx: &dyn Transaction, tenant: &str, day: NaiveDate) -> Answer<()> {
    let sql = "update account set due_on = ?2
               where tenant_id = ?1 and (due_on is null or due_on > ?2)";
    let values: [&dyn Param; 2] = [&tenant, &day.to_string()];
    column::send(tx, "noting that all accounts are due", (sql, &values))
}

pub(super) fn look_up(
    conn: &dyn Connection,
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

fn profile_of(row: &Row<'_>) -> Found<Customer> {
    let birthday: Option<String> = row.get(4)?;
    Ok(Customer {
        id: column::id(row, 0)?,
        name: row.get(1)?,
        phone: row.get(2)?,
        email: row.get(3)?,
        birthday: birthday.and_then(|day| day.parse().ok()),
        card: row.get(5)?,
        document: row.get(6)?,
        referral_code: row.get(7)?,
        marketing_consent: row.get(8)?,
        erased: false,
        consent: column::maybe_document(row, 9)?,
        hlc: column::uint(row, 10)?,
    })
}
