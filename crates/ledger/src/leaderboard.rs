//! Who earned most at this till in a period.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use mostrador_protocol::leaderboard::{Place, shown_name};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::{Error, account, column, customer};

/// The customers who earned most by sales of this till on these local days, both inside, at most `limit`;
/// of the same points whoever bought more often first. What was taken back here since does not count.
/// Records that were merged are one customer, also by a merge that the server has not heard of.
pub fn leaderboard(
    connection: &Connection,
    days: &RangeInclusive<NaiveDate>,
    limit: u32,
) -> Result<Vec<Place>, Error> {
    let mut sums: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
    for (record, points, sales) in by_record(connection, days)? {
        let sum = sums
            .entry(account::holder(connection, record)?)
            .or_default();
        sum.0 = sum.0.saturating_add(points);
        sum.1 = sum.1.saturating_add(sales);
    }
    let mut order: Vec<(Uuid, (i64, i64))> = sums.into_iter().collect();
    order.retain(|(_, (points, _))| *points > 0);
    order.sort_by_key(|(customer, (points, sales))| (Reverse((*points, *sales)), *customer));
    order.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let places = order.into_iter().map(|(customer_id, (points, sales))| {
        let profile = customer::get(connection, customer_id)?;
        Ok(Place {
            customer_id,
            name: profile.as_ref().and_then(shown_name),
            points,
            sales: u64::try_from(sales).unwrap_or(0),
        })
    });
    places.collect()
}

/// Points and sales that stand, of each record that was sold to.
fn by_record(
    connection: &Connection,
    days: &RangeInclusive<NaiveDate>,
) -> Result<Vec<(Uuid, i64, i64)>, Error> {
    let mut statement = connection.prepare_cached(
        "select customer_id, sum(earned - taken_back), sum(1 - gone)
         from (
             select s.customer_id, s.points as earned,
                    coalesce(sum(u.points_taken_back), 0) as taken_back,
                    coalesce(max(u.extent) > 1, 0) as gone
             from sale s
             left join undoing u on u.sale_id = s.sale_id
             where s.local_day between ? and ? and s.customer_id is not null
             group by s.stream, s.seq
         )
         group by customer_id",
    )?;
    let (first, last) = (days.start().to_string(), days.end().to_string());
    let found = statement.query_map(params![first, last], |row| {
        Ok((column::id(row, 0)?, row.get(1)?, row.get(2)?))
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}
