//! Figures of a day, from the sales of this till and what was undone here.
//!
//! Sales stay in the figures of sales, also when they are undone: what was given back stands beside
//! them, on the day on which it was, and [`Today::net`] is what is left.

use chrono::{NaiveDate, NaiveDateTime};
use rusqlite::{Connection, Row};
use uuid::Uuid;

use crate::undo::Extent;
use crate::{Error, column, outbox};

/// How many rows the list of the day shows.
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
    /// Given back: parts of sales and whole ones, of any day, till and store.
    pub refunds: UndoingFigures,
    /// Voided: as if they had not been sold.
    pub voids: UndoingFigures,
    /// Points awarded, less those taken back.
    pub points: i64,
    /// Sales with an identified customer.
    pub with_customer: u64,
    /// By code, most discount first.
    pub codes: Vec<CodeFigures>,
    /// By refusal, most first.
    pub refusals: Vec<RefusalFigures>,
    /// By means of payment, most first.
    pub tenders: Vec<TenderFigures>,
    /// The latest sales, refunds and voids of the day, newest first, at most 20.
    pub recent: Vec<RecentSale>,
    /// Entries that the server has not acknowledged, of any day.
    pub waiting: u64,
}

/// How often something was undone, and for how much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UndoingFigures {
    /// How often.
    pub count: u64,
    /// For how much, money and points together.
    pub money: i64,
}

impl Today {
    /// What was paid, less what was given back and voided.
    pub const fn net(&self) -> i64 {
        self.total
            .saturating_sub(self.refunds.money)
            .saturating_sub(self.voids.money)
    }
}

/// A code's figures, without voided sales. Variants and members of a series are part of their parent's.
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
    /// Kept: change and what was given back taken off; below zero when more went out than came in.
    pub kept: i64,
}

/// A sale in a list, or what undid one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentSale {
    /// Of a refund or void, how much it undid; none: a sale.
    pub undid: Option<Extent>,
    /// Of a sale, how much of it this till undid.
    pub undone: Option<Extent>,
    /// The id of the sale, the refund or the void.
    pub id: Uuid,
    /// Its receipt number.
    pub receipt: String,
    /// The store's wall clock.
    pub local_time: NaiveDateTime,
    /// Who bought.
    pub customer_id: Option<Uuid>,
    /// The customer's name, while a profile is here.
    pub customer_name: Option<String>,
    /// Paid, or given back.
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
                refunds: UndoingFigures::default(),
                voids: UndoingFigures::default(),
                points: row.get(4)?,
                with_customer: column::count(row, 5)?,
                codes: Vec::new(),
                refusals: Vec::new(),
                tenders: Vec::new(),
                recent: Vec::new(),
                waiting: 0,
            })
        })?;
    let (refunds, voids, taken_back) = undoings(connection, &text)?;
    Ok(Today {
        refunds,
        voids,
        points: sums.points.saturating_sub(taken_back),
        codes: codes(connection, &text)?,
        refusals: refusals(connection, &text)?,
        tenders: tenders(connection, &text)?,
        recent: recent(connection, &text)?,
        waiting: outbox::waiting(connection)?,
        ..sums
    })
}

/// Refunds, voids, and the points that both took back.
fn undoings(
    connection: &Connection,
    day: &str,
) -> Result<(UndoingFigures, UndoingFigures, i64), Error> {
    let figures = connection
        .prepare_cached(
            "select count(*) filter (where extent < 3),
                    coalesce(sum(money) filter (where extent < 3), 0),
                    count(*) filter (where extent = 3),
                    coalesce(sum(money) filter (where extent = 3), 0),
                    coalesce(sum(points_taken_back), 0)
             from undoing where local_day = ?",
        )?
        .query_row([day], |row| {
            let refunds = UndoingFigures {
                count: column::count(row, 0)?,
                money: row.get(1)?,
            };
            let voids = UndoingFigures {
                count: column::count(row, 2)?,
                money: row.get(3)?,
            };
            Ok((refunds, voids, row.get(4)?))
        })?;
    Ok(figures)
}

fn codes(connection: &Connection, day: &str) -> Result<Vec<CodeFigures>, Error> {
    let mut statement = connection.prepare_cached(
        "select name, count(*), sum(amount), sum(total)
         from (
             select coalesce(c.parent, c.code) as name, sum(c.amount) as amount, s.total as total
             from sale s
             join sale_code c on c.stream = s.stream and c.seq = s.seq
             where s.local_day = ? and c.consumed = 1
                 and not exists (
                     select 1 from undoing u where u.sale_id = s.sale_id and u.extent = 3)
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

/// A void gives back what its sale kept; a refund says what it gave.
fn tenders(connection: &Connection, day: &str) -> Result<Vec<TenderFigures>, Error> {
    let mut statement = connection.prepare_cached(
        "select kind, sum(kept)
         from (
             select t.kind as kind, t.kept as kept
             from sale s
             join sale_tender t on t.stream = s.stream and t.seq = s.seq
             where s.local_day = ?1
             union all
             select t.kind, -t.given
             from undoing u
             join undoing_tender t on t.stream = u.stream and t.seq = u.seq
             where u.local_day = ?1
             union all
             select t.kind, -t.kept
             from undoing u
             join sale s on s.sale_id = u.sale_id
             join sale_tender t on t.stream = s.stream and t.seq = s.seq
             where u.local_day = ?1 and u.extent = 3
         )
         group by kind
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
        "select d.undid, d.undone, d.id, d.receipt, d.local_time, d.customer_id, p.name, d.total,
                d.seq <= t.acknowledged
         from (
             select null as undid,
                    (select max(u.extent) from undoing u where u.sale_id = s.sale_id) as undone,
                    s.sale_id as id, s.receipt, s.local_time, s.customer_id, s.total, s.stream,
                    s.seq
             from sale s
             where s.local_day = ?1
             union all
             select u.extent, null, u.undo_id, u.receipt, u.local_time, u.customer_id, u.money,
                    u.stream, u.seq
             from undoing u
             where u.local_day = ?1
         ) d
         join stream t on t.id = d.stream
         left join customer p on p.id = d.customer_id
         order by t.opened desc, d.seq desc
         limit ?2",
    )?;
    collect(statement.query_map((day, RECENT), recent_of)?)
}

fn recent_of(row: &Row<'_>) -> rusqlite::Result<RecentSale> {
    Ok(RecentSale {
        undid: Extent::of(row.get(0)?),
        undone: Extent::of(row.get(1)?),
        id: column::id(row, 2)?,
        receipt: row.get(3)?,
        local_time: column::local_time(row, 4)?,
        customer_id: column::optional_id(row, 5)?,
        customer_name: row.get(6)?,
        total: row.get(7)?,
        sent: row.get(8)?,
    })
}

fn collect<T>(rows: impl Iterator<Item = rusqlite::Result<T>>) -> Result<Vec<T>, Error> {
    Ok(rows.collect::<Result<_, _>>()?)
}
