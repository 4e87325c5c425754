//! Table `derived_use`: what experiments are counted from. A sale of which nothing is left converts nobody.

use std::ops::RangeInclusive;

use chrono::NaiveDate;
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::entry::{DerivedFigures, DerivedUse};
use uuid::Uuid;

use super::column::Param;
use super::session::{Connection, Fault, Transaction};
use super::{Answer, column};

pub(super) fn put(
    tx: &dyn Transaction,
    tenant: &str,
    (stream, seq): (Uuid, u64),
    uses: &[DerivedUse],
) -> Answer<()> {
    let sql =
        "insert into derived_use (tenant_id, stream_id, seq, parent, code, basket_id, assigned,
                   local_day, paid_total, paid_discount)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
               on conflict (tenant_id, stream_id, seq, code) do nothing";
    for used in uses {
        let values: [&dyn Param; 10] = [
            &tenant,
            &stream.to_string(),
            &column::int(seq),
            &used.parent.as_str(),
            &used.code.as_str(),
            &used.basket_id.to_string(),
            &used.assigned,
            &used.day.to_string(),
            &used.paid.map(|paid| paid.total),
            &used.paid.map(|paid| paid.discount),
        ];
        column::send(tx, "storing the use of a variant", (sql, &values))?;
    }
    Ok(())
}

pub(super) fn arms(
    conn: &dyn Connection,
    (tenant, parent): (&str, &CodeText),
    days: &RangeInclusive<NaiveDate>,
) -> Answer<Vec<DerivedFigures>> {
    let sql = "select code, count(distinct basket_id),
                   count(distinct case when assigned = 1 then basket_id end),
                   count(case when undone = 0 then paid_total end),
                   count(case when undone = 0 and assigned = 1 then paid_total end),
                   cast(coalesce(sum(case when undone = 0 then paid_total end), 0) as bigint),
                   cast(coalesce(sum(case when undone = 0 then paid_discount end), 0) as bigint)
               from (
                   select code, basket_id, assigned, paid_total, paid_discount,
                       case when exists (
                           select 1 from sale_outcome o
                           where o.tenant_id = d.tenant_id and o.sale_id = d.basket_id
                                 and o.undone_ms is not null
                       ) then 1 else 0 end as undone
                   from derived_use d
                   where tenant_id = ?1 and parent = ?2 and local_day between ?3 and ?4
               ) as paid
               group by code
               order by code";
    let (from, through) = (days.start().to_string(), days.end().to_string());
    let values: [&dyn Param; 4] = [&tenant, &parent.as_str(), &from, &through];
    let found = column::rows(conn, "counting an experiment", (sql, &values), |row| {
        let variant = CodeText::parse(&row.get::<String>(0)?);
        let figures = |variant| {
            Ok::<_, Fault>(DerivedFigures {
                variant,
                uses: column::uint(row, 1)?,
                assigned: column::uint(row, 2)?,
                conversions: column::uint(row, 3)?,
                assigned_conversions: column::uint(row, 4)?,
                revenue: row.get(5)?,
                discount: row.get(6)?,
            })
        };
        variant.map(figures).transpose()
    })?;
    Ok(found.into_iter().flatten().collect())
}
