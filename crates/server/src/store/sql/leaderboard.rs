//! Who earned most, from the table `sale_outcome`.

use mostrador_protocol::leaderboard::{Place, shown_name};

use super::super::Ranking;
use super::column::Param;
use super::session::Connection;
use super::{Answer, column, customer};

pub(super) fn places(conn: &dyn Connection, asked: &Ranking) -> Answer<Vec<Place>> {
    let sql = "select customer_id, cast(sum(points) as bigint) as earned,
                      sum(case when undone_ms is null then 1 else 0 end) as sales
               from sale_outcome
               where tenant_id = ?1 and local_day between ?2 and ?3 and customer_id is not null
                     and (cast(?4 as text) is null or store_id = ?4)
               group by customer_id
               having sum(points) > 0
               order by earned desc, sales desc, customer_id limit ?5";
    let (first, last) = (asked.days.start().to_string(), asked.days.end().to_string());
    let values: [&dyn Param; 5] = [&asked.tenant, &first, &last, &asked.store, &asked.limit];
    let what = "looking for who earned most";
    let mut places = column::rows(conn, what, (sql, &values), |row| {
        Ok(Place {
            customer_id: column::id(row, 0)?,
            name: None,
            points: row.get(1)?,
            sales: column::uint(row, 2)?,
        })
    })?;
    for place in &mut places {
        let profile = customer::profile(conn, &asked.tenant, place.customer_id)?;
        place.name = profile.as_ref().and_then(shown_name);
    }
    Ok(places)
}
