//! Rights to what is scarce: what the server granted, and what own entries spent of it.
//!
//! Always true: no entry spends more of a lease than was granted, or anything of one that ended. Only
//! leases that this file asked for are rights: after a rewind an answer may name one that entries which
//! were lost have spent.

use mostrador_protocol::entry::{Header, Payload};
use mostrador_protocol::lease::{LeaseResource, LeaseRow, LeaseSpend, LeaseState};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::{Error, column, setting};

/// A lease that can be spent here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its id.
    pub id: Uuid,
    /// Of what.
    pub resource: LeaseResource,
    /// How much was granted.
    pub granted: i64,
    /// How much own entries spent.
    pub spent: i64,
    /// Whether the server asked for it.
    pub is_recalled: bool,
    /// When the server would like it back, milliseconds since the epoch.
    pub expires_ms: i64,
    /// Of a customer's rights: whether an own entry that decided by them has no effects at the server yet, because
    /// it was not acknowledged or is held. Who has them next would not know of it.
    pub is_untold: bool,
}

impl Held {
    /// What can still be spent.
    pub fn left(&self) -> i64 {
        self.granted.saturating_sub(self.spent).max(0)
    }
}

/// The setting that is there while nobody knows which leases the server still has: it was restored, and has
/// not answered since.
const DOUBTED: &str = "leases_doubted";

/// Nothing can be spent until the server's next answer: it was restored, and may grant others what this till
/// holds.
pub fn doubt(tx: &Connection) -> Result<(), Error> {
    setting::set(tx, DOUBTED, "1")
}

/// Whether the server has yet to say which leases it has.
pub fn is_doubted(connection: &Connection) -> Result<bool, Error> {
    Ok(setting::get(connection, DOUBTED)?.is_some())
}

/// Everything that can be spent here, by resource, those that are due back first.
pub fn held(connection: &Connection) -> Result<Vec<Held>, Error> {
    let mut statement = connection.prepare_cached(HELD_ALL)?;
    let rows = statement.query_map([], held_of)?;
    let found = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// What is held of one resource, in its units.
pub fn left(connection: &Connection, resource: &LeaseResource) -> Result<i64, Error> {
    let leases = held_of_resource(connection, resource)?;
    Ok(leases.iter().map(Held::left).sum())
}

/// Whether this till holds a customer's rights.
pub fn holds_customer(connection: &Connection, customer_id: Uuid) -> Result<bool, Error> {
    Ok(of_customer(connection, customer_id)?.is_some())
}

/// The lease by which this till decides on a customer alone, if it does.
pub fn of_customer(connection: &Connection, customer_id: Uuid) -> Result<Option<Uuid>, Error> {
    let resource = LeaseResource::Customer(customer_id);
    let held = held_of_resource(connection, &resource)?;
    Ok(held.first().map(|lease| lease.id))
}

/// Points of a customer that own entries spent without the customer's right and that the server's rows do
/// not include yet.
pub fn points_at_risk(connection: &Connection, customer_id: Uuid) -> Result<i64, Error> {
    let points = connection
        .prepare_cached(
            "select coalesce(sum(r.points), 0)
             from points_at_risk r
             join stream s on s.id = r.stream
             where r.customer_id = ? and r.seq > s.included",
        )?
        .query_row([customer_id.as_bytes()], |row| row.get(0))?;
    Ok(points)
}

/// From which leases `units` of a resource are taken, those that are due back first; fewer units where
/// less is held. Nothing is written: the sale's entry does that.
pub fn plan_spend(
    connection: &Connection,
    resource: &LeaseResource,
    units: i64,
) -> Result<Vec<LeaseSpend>, Error> {
    let mut wanted = units;
    let mut spends = Vec::new();
    for lease in held_of_resource(connection, resource)? {
        let units = lease.left().min(wanted);
        if units > 0 {
            wanted -= units;
            spends.push(LeaseSpend {
                lease_id: lease.id,
                units,
            });
        }
    }
    Ok(spends)
}

/// The id under which a resource is asked for: the one of a question without an answer, or `new_id`.
pub fn ask(tx: &Connection, resource: &LeaseResource, new_id: Uuid) -> Result<Uuid, Error> {
    let (kind, key) = resource.parts();
    tx.prepare_cached(
        "insert into lease_asked (kind, resource_key, lease_id) values (?, ?, ?)
         on conflict (kind, resource_key) do nothing",
    )?
    .execute(params![kind, key, new_id.as_bytes()])?;
    let id = tx
        .prepare_cached("select lease_id from lease_asked where kind = ? and resource_key = ?")?
        .query_row(params![kind, key], |row| column::id(row, 0))?;
    Ok(id)
}

/// Takes an answer over: `open` is every open lease of this terminal, `done` the ids that are asked for no more.
/// A question that was refused is none of them: a copy of it may arrive late and be granted. What is not open
/// any more ends here. Repeating it changes nothing.
pub fn answered(tx: &Connection, done: &[Uuid], open: &[LeaseRow]) -> Result<(), Error> {
    setting::remove(tx, DOUBTED)?;
    for row in open {
        put(tx, row)?;
    }
    for id in done {
        is_answered(tx, *id)?;
    }
    for lease in held(tx)? {
        if open.iter().all(|row| row.lease_id != lease.id) {
            end(tx, lease.id)?;
        }
    }
    Ok(())
}

/// Takes over what the server says of a lease, if it is one that this file asked for.
pub(crate) fn put(tx: &Connection, row: &LeaseRow) -> Result<(), Error> {
    let id = row.lease_id;
    if !row.state.is_open() {
        is_answered(tx, id)?;
        return end(tx, id);
    }
    let state = if row.state == LeaseState::Recalled {
        "recalled"
    } else {
        "open"
    };
    let (kind, key) = row.resource.parts();
    tx.prepare_cached("update lease set state = ?2 where id = ?1 and state <> 'ended'")?
        .execute(params![id.as_bytes(), state])?;
    tx.prepare_cached(
        "insert into lease (id, kind, resource_key, granted, state, granted_ms, expires_ms)
         select ?1, ?2, ?3, ?4, ?5, ?6, ?7
         where ?4 >= 1 and exists (select 1 from lease_asked where lease_id = ?1)
         on conflict (id) do nothing",
    )?
    .execute(params![
        id.as_bytes(),
        kind,
        key,
        row.granted,
        state,
        row.granted_ms,
        row.expires_ms
    ])?;
    if one(tx, id)?.is_some() {
        is_answered(tx, id)?;
    }
    Ok(())
}

fn is_answered(tx: &Connection, id: Uuid) -> Result<(), Error> {
    tx.prepare_cached("delete from lease_asked where lease_id = ?")?
        .execute([id.as_bytes()])?;
    Ok(())
}

fn end(tx: &Connection, id: Uuid) -> Result<(), Error> {
    tx.prepare_cached("update lease set state = 'ended' where id = ?")?
        .execute([id.as_bytes()])?;
    Ok(())
}

/// Whether the latest lease of a resource, granted after `since_ms` (milliseconds since the epoch), was
/// recalled: somebody needed it more.
pub fn was_recalled(
    connection: &Connection,
    resource: &LeaseResource,
    since_ms: i64,
) -> Result<bool, Error> {
    let (kind, key) = resource.parts();
    let state: Option<String> = connection
        .prepare_cached(
            "select state from lease where kind = ?1 and resource_key = ?2 and granted_ms > ?3
             order by granted_ms desc limit 1",
        )?
        .query_row(params![kind, key, since_ms], |row| row.get(0))
        .optional()?;
    Ok(state.as_deref() == Some("recalled"))
}

/// Ends every lease and forgets every question: this file lost entries, or is a copy, and cannot know
/// what was spent.
pub fn void_all(tx: &Connection) -> Result<(), Error> {
    tx.execute("update lease set state = 'ended'", [])?;
    tx.execute("delete from lease_asked", [])?;
    Ok(())
}

/// An entry may spend what is held, and close what is open.
pub(crate) fn check(tx: &Connection, payload: &Payload) -> Result<(), Error> {
    for LeaseSpend { lease_id, units } in spends(payload) {
        let left = one(tx, *lease_id)?.map(|lease| lease.left());
        if left.is_none_or(|left| left < *units) {
            return Err(Error::LeaseSpent {
                lease: *lease_id,
                left: left.unwrap_or(0),
                wanted: *units,
            });
        }
    }
    match payload {
        Payload::LeaseClosed(closed) if one(tx, closed.lease_id)?.is_none() => {
            Err(Error::LeaseSpent {
                lease: closed.lease_id,
                left: 0,
                wanted: 0,
            })
        }
        _ => Ok(()),
    }
}

/// Writes what an entry spends and gives back.
pub(crate) fn project(tx: &Connection, header: &Header, payload: &Payload) -> Result<(), Error> {
    let seq = column::integer(header.seq);
    for LeaseSpend { lease_id, units } in spends(payload) {
        tx.prepare_cached(
            "insert into lease_spent (stream, seq, lease_id, units) values (?, ?, ?, ?)",
        )?
        .execute(params![
            header.stream.as_bytes(),
            seq,
            lease_id.as_bytes(),
            units
        ])?;
    }
    project_points(tx, header, payload)?;
    if let Payload::LeaseClosed(closed) = payload {
        tx.prepare_cached(
            "insert into lease_closed (lease_id, stream, seq) values (?, ?, ?)
             on conflict (lease_id) do nothing",
        )?
        .execute(params![
            closed.lease_id.as_bytes(),
            header.stream.as_bytes(),
            seq
        ])?;
    }
    Ok(())
}

/// Writes the points that an entry spends without the right of their customer. A coupon names no lease.
fn project_points(tx: &Connection, header: &Header, payload: &Payload) -> Result<(), Error> {
    let (customer, points) = match payload {
        Payload::SaleCompleted(sale) => {
            let redeemed = sale.points_redeemed.as_ref().map_or(0, |paid| paid.points);
            let rewards: i64 = sale.rewards.iter().map(|reward| reward.points).sum();
            (sale.customer_id, redeemed.saturating_add(rewards))
        }
        Payload::RewardRedeemed(redeemed) => (Some(redeemed.customer_id), redeemed.points),
        _ => return Ok(()),
    };
    let Some(customer) = customer.filter(|_| points > 0) else {
        return Ok(());
    };
    for spend in spends(payload) {
        let is_the_right: bool = tx
            .prepare_cached(
                "select exists (select 1 from lease
                 where id = ? and kind = 'customer' and resource_key = ?)",
            )?
            .query_row(
                params![spend.lease_id.as_bytes(), customer.to_string()],
                |row| row.get(0),
            )?;
        if is_the_right {
            return Ok(());
        }
    }
    tx.prepare_cached(
        "insert into points_at_risk (stream, seq, customer_id, points) values (?, ?, ?, ?)",
    )?
    .execute(params![
        header.stream.as_bytes(),
        column::integer(header.seq),
        customer.as_bytes(),
        points
    ])?;
    Ok(())
}

/// The first lease that an entry spends or closes: what its header names.
pub(crate) fn first_of(payload: &Payload) -> Option<Uuid> {
    match payload {
        Payload::LeaseClosed(closed) => Some(closed.lease_id),
        _ => spends(payload).first().map(|spend| spend.lease_id),
    }
}

fn spends(payload: &Payload) -> &[LeaseSpend] {
    match payload {
        Payload::SaleCompleted(sale) => &sale.leases,
        _ => &[],
    }
}

macro_rules! held_where {
    ($condition:literal) => {
        concat!(
            "select l.id, l.kind, l.resource_key, l.granted,
                 (select coalesce(sum(s.units), 0) from lease_spent s where s.lease_id = l.id),
                 l.state = 'recalled', l.expires_ms,
                 l.kind = 'customer' and exists (
                     select 1 from lease_spent s
                     join stream t on t.id = s.stream
                     left join disposition d on d.stream = s.stream and d.seq = s.seq
                     where s.lease_id = l.id and (s.seq > t.confirmed or d.disposition = 'held'))
             from lease l
             where l.state <> 'ended'
               and not exists (select 1 from setting where key = 'leases_doubted')
               and not exists (select 1 from lease_closed c where c.lease_id = l.id) ",
            $condition,
            " order by l.kind, l.resource_key, l.expires_ms, l.id"
        )
    };
}

const HELD_ALL: &str = held_where!("");
const HELD_OF_RESOURCE: &str = held_where!("and l.kind = ? and l.resource_key = ?");
const HELD_ONE: &str = held_where!("and l.id = ?");

fn held_of(row: &Row<'_>) -> rusqlite::Result<Option<Held>> {
    let (kind, key): (String, String) = (row.get(1)?, row.get(2)?);
    // A kind of a later version is not spent by this one.
    let Some(resource) = LeaseResource::from_parts(&kind, &key) else {
        return Ok(None);
    };
    Ok(Some(Held {
        id: column::id(row, 0)?,
        resource,
        granted: row.get(3)?,
        spent: row.get(4)?,
        is_recalled: row.get(5)?,
        expires_ms: row.get(6)?,
        is_untold: row.get(7)?,
    }))
}

fn held_of_resource(connection: &Connection, resource: &LeaseResource) -> Result<Vec<Held>, Error> {
    let (kind, key) = resource.parts();
    let mut statement = connection.prepare_cached(HELD_OF_RESOURCE)?;
    let rows = statement.query_map(params![kind, key], held_of)?;
    let found = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

fn one(connection: &Connection, id: Uuid) -> Result<Option<Held>, Error> {
    let found = connection
        .prepare_cached(HELD_ONE)?
        .query_row([id.as_bytes()], held_of)
        .optional()?;
    Ok(found.flatten())
}
