//! Figures of a day, from the sales of this till.

use chrono::{NaiveDate, NaiveDateTime};
use rusqlite::{Connection, Row};
use uuid::Uuid;

use crate::{Error, column, outbox};

/// How many sales the list of the day shows.
const RECENT: u32 = 20;

/// What this till sold on a local day. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Today {
    /// The day.
    pub day: NaiveDate,
    /// Sales.
    pub sales: u64,
    /// Sum of gross.
    pub gross: i64,
    /// Sum of discounts.
    pub discount: i64,
    /// Sum of what was paid.
    pub total: i64,
    /// Points awarded.
    pub points: i64,
    /// Sales with an identified customer.
    pub with_customer: u64,
    /// By code, most discount first.
    pub codes: Vec<CodeFigures>,
    /// By refusal, most first.
    pub refusals: Vec<RefusalFigures>,
    /// By means of payment, most first.
    pub tenders: Vec<TenderFigures>,
    /// The latest sales of the day, newest first, at most 20.
    pub recent: Vec<RecentSale>,
    /// Entries that the server has not acknowledged, of any day.
    pub waiting: u64,
}

/// A code's figures. Variants and members of a series are part of their parent's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeFigures {
    /// Normalised text.
    pub text: String,
    /// Sales it was used in.
    pub uses: u64,
    /// What it took off.
    pub discount: i64,
    /// What was paid in those sales.
    pub total: i64,
}

/// Refusals of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalFigures {
    /// Stable code of the refusal.
    pub refusal: String,
    /// How often, on baskets that were sold.
    pub count: u64,
}

/// Money by means of payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenderFigures {
    /// `cash`, `card`, `transfer` ...
    pub kind: String,
    /// Kept, change taken off.
    pub kept: i64,
}

/// A sale in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentSale {
    /// Its id.
    pub sale_id: Uuid,
    /// Its receipt number.
    pub receipt: String,
    /// The store's wall clock.
    pub local_time: NaiveDateTime,
    /// Who bought.
    pub customer_id: Option<Uuid>,
    /// The customer's name, while a profile is here.
    pub customer_name: Option<String>,
    /// Paid.
    pub total: i64,
    /// Whether the server acknowledged it.
    pub sent: bool,
}

/// The figures of the local `day`.
pub fn today(connection: &Connection, day: NaiveDate) -> Result<Today, Error> {
    let text = day.to_string();
    let sums = connection
        .prepare_cached(
            "select count(*), coalesce(sum(gross), 0), coalesce(sum(discount), 0),
                    coalesce(sum(total), 0), coalesce(sum(points), 0), count(customer_id)
             from sale where local_day = ?",
        )?
        .query_row([&text], |row| {
            Ok(Today {
                day,
                sales: column::count(row, 0)?,
                gross: row.get(1)?,
                discount: row.get(2)?,
                total: row.get(3)?,
                points: row.get(4)?,
                with_customer: column::count(row, 5)?,
                codes: Vec::new(),
                refusals: Vec::new(),
                tenders: Vec::new(),
                recent: Vec::new(),
                waiting: 0,
            })
        })?;
    Ok(Today {
        codes: codes(connection, &text)?,
        refusals: refusals(connection, &text)?,
        tenders: tenders(connection, &text)?,
        recent: recent(connection, &text)?,
        waiting: outbox::waiting(connection)?,
        ..sums
    })
}

fn codes(connection: &Connection, day: &str) -> Result<Vec<CodeFigures>, Error> {
    let mut statement = connection.prepare_cached(
        "select name, count(*), sum(amount), sum(total)
         from (
             select coalesce(c.parent, c.code) as name, sum(c.amount) as amount, s.total as total
             from sale s
             join sale_code c on c.stream = s.stream and c.seq = s.seq
             where s.local_day = ? and c.consumed = 1
             group by s.stream, s.seq, name
         )
         group by name
         order by 3 desc, 2 desc, 1",
    )?;
    collect(statement.query_map([day], |row| {
        Ok(CodeFigures {
            text: row.get(0)?,
            uses: column::count(row, 1)?,
            discount: row.get(2)?,
            total: row.get(3)?,
        })
    })?)
}

fn refusals(connection: &Connection, day: &str) -> Result<Vec<RefusalFigures>, Error> {
    let mut statement = connection.prepare_cached(
        "select r.refusal, count(*)
         from sale s
         join sale_refusal r on r.stream = s.stream and r.seq = s.seq
         where s.local_day = ?
         group by r.refusal
         order by 2 desc, 1",
    )?;
    collect(statement.query_map([day], |row| {
        Ok(RefusalFigures {
            refusal: row.get(0)?,
            count: column::count(row, 1)?,
        })
    })?)
}

fn tenders(connection: &Connection, day: &str) -> Result<Vec<TenderFigures>, Error> {
    let mut statement = connection.prepare_cached(
        "select t.kind, sum(t.kept)
         from sale s
         join sale_tender t on t.stream = s.stream and t.seq = s.seq
         where s.local_day = ?
         group by t.kind
         order by 2 desc, 1",
    )?;
    collect(statement.query_map([day], |row| {
        Ok(TenderFigures {
            kind: row.get(0)?,
            kept: row.get(1)?,
        })
    })?)
}

fn recent(connection: &Connection, day: &str) -> Result<Vec<RecentSale>, Error> {
    let mut statement = connection.prepare_cached(
        "select s.sale_id, s.receipt, s.local_time, s.customer_id, p.name, s.total,
                s.seq <= t.acknowledged
         from sale s
         join stream t on t.id = s.stream
         left join customer p on p.id = s.customer_id
         where s.local_day = ?
         order by t.opened desc, s.seq desc
         limit ?",
    )?;
    collect(statement.query_map((day, RECENT), recent_of)?)
}

fn recent_of(row: &Row<'_>) -> rusqlite::Result<RecentSale> {
    Ok(RecentSale {
        sale_id: column::id(row, 0)?,
        receipt: row.get(1)?,
        local_time: column::local_time(row, 2)?,
        customer_id: column::optional_id(row, 3)?,
        customer_name: row.get(4)?,
        total: row.get(5)?,
        sent: row.get(6)?,
    })
}

fn collect<T>(rows: impl Iterator<Item = rusqlite::Result<T>>) -> Result<Vec<T>, Error> {
    Ok(rows.collect::<Result<_, _>>()?)
}
