//! Figures of an experiment, from the baskets of this till.

use chrono::NaiveDate;
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::entry::{DerivedFigures, DerivedUse, Header};
use rusqlite::{Connection, params};

use crate::{Error, column};

/// What the codes derived from `parent` came to from one local day through another, by text. A basket
/// that reached payment several times, or reached it and was paid, is one use; a sale of which nothing is
/// left is a use and no conversion.
pub fn arms(
    connection: &Connection,
    parent: &CodeText,
    from: NaiveDate,
    through: NaiveDate,
) -> Result<Vec<DerivedFigures>, Error> {
    let mut statement = connection.prepare_cached(
        "select code, count(distinct basket_id),
                count(distinct basket_id) filter (where assigned = 1),
                count(paid_total) filter (where undone = 0),
                count(paid_total) filter (where undone = 0 and assigned = 1),
                coalesce(sum(paid_total) filter (where undone = 0), 0),
                coalesce(sum(paid_discount) filter (where undone = 0), 0)
         from (
             select code, basket_id, assigned, paid_total, paid_discount, exists (
                 select 1 from undoing u where u.sale_id = d.basket_id and u.extent >= 2) as undone
             from derived_use d
             where parent = ?1 and local_day between ?2 and ?3
         )
         group by code
         order by code",
    )?;
    let days = (from.to_string(), through.to_string());
    let found = statement.query_map(params![parent.as_str(), days.0, days.1], |row| {
        let variant = CodeText::parse(&row.get::<_, String>(0)?);
        let figures = |variant| {
            Ok::<_, rusqlite::Error>(DerivedFigures {
                variant,
                uses: column::count(row, 1)?,
                assigned: column::count(row, 2)?,
                conversions: column::count(row, 3)?,
                assigned_conversions: column::count(row, 4)?,
                revenue: row.get(5)?,
                discount: row.get(6)?,
            })
        };
        variant.map(figures).transpose()
    })?;
    Ok(found
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?)
}

/// Writes the uses of derived codes that an entry tells of.
pub(crate) fn project(tx: &Connection, header: &Header, uses: &[DerivedUse]) -> Result<(), Error> {
    let mut insert = tx.prepare_cached(
        "insert into derived_use (stream, seq, parent, code, basket_id, assigned, local_day,
             paid_total, paid_discount)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (stream, seq, code) do nothing",
    )?;
    for used in uses {
        insert.execute(params![
            header.stream.as_bytes(),
            column::integer(header.seq),
            used.parent.as_str(),
            used.code.as_str(),
            used.basket_id.as_bytes(),
            used.assigned,
            used.day.to_string(),
            used.paid.map(|paid| paid.total),
            used.paid.map(|paid| paid.discount)
        ])?;
    }
    Ok(())
}
