//! Who earned most at this till in a period.

use std::ops::RangeInclusive;

use chrono::NaiveDate;
use mostrador_protocol::leaderboard::{Place, shown_name};
use rusqlite::{Connection, params};

use crate::{Error, column, customer};

/// The customers who earned most by sales of this till on these local days, both inside, at most `limit`;
/// of the same points whoever bought more often first. What was taken back here since does not count.
pub fn leaderboard(
    connection: &Connection,
    days: &RangeInclusive<NaiveDate>,
    limit: u32,
) -> Result<Vec<Place>, Error> {
    let mut statement = connection.prepare_cached(
        "select customer, sum(earned - taken_back) as points, sum(1 - gone) as sales
         from (
             select coalesce(a.merged_into, s.customer_id) as customer, s.points as earned,
                    coalesce(sum(u.points_taken_back), 0) as taken_back,
                    coalesce(max(u.extent) > 1, 0) as gone
             from sale s
             left join account a on a.customer_id = s.customer_id
             left join undoing u on u.sale_id = s.sale_id
             where s.local_day between ? and ? and s.customer_id is not null
             group by s.stream, s.seq
         )
         group by customer
         having points > 0
         order by points desc, sales desc, customer
         limit ?",
    )?;
    let (first, last) = (days.start().to_string(), days.end().to_string());
    let found = statement.query_map(params![first, last, limit], |row| {
        Ok(Place {
            customer_id: column::id(row, 0)?,
            name: None,
            points: row.get(1)?,
            sales: column::count(row, 2)?,
        })
    })?;
    let mut places = found.collect::<Result<Vec<_>, _>>()?;
    for place in &mut places {
        let profile = customer::get(connection, place.customer_id)?;
        place.name = profile.as_ref().and_then(shown_name);
    }
    Ok(places)
}
