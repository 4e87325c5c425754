//! Refunds and voids that this till recorded, by the sale that they undo: of this till or another.
//!
//! A refund preview is `sale.refund(&undone.refunds, ...)` with the sale of [`crate::sale`] and what
//! [`of_sale`] says came back. What other tills took back of the same sale, the server says; this till
//! takes a refund that names such earlier ones as the terminal made it.

use mostrador_protocol::entry::{
    Decoded, Header, Payload, PointsUndone, RawEntry, SaleRefunded, SaleVoided, Tender, UndoneAt,
};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::sale::{self, Sold};
use crate::{Error, column};

/// How much of a sale is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// Some units came back.
    Part,
    /// Every unit came back.
    Whole,
    /// It is voided: as if it had not been.
    Voided,
}

impl Extent {
    const fn number(self) -> i64 {
        match self {
            Self::Part => 1,
            Self::Whole => 2,
            Self::Voided => 3,
        }
    }

    /// From the largest number among the undoings of a sale, if there are any.
    pub(crate) const fn of(number: Option<i64>) -> Option<Self> {
        match number {
            Some(1) => Some(Self::Part),
            Some(2) => Some(Self::Whole),
            Some(3) => Some(Self::Voided),
            _ => None,
        }
    }
}

/// What this till undid of a sale.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Undone {
    /// Its refunds, in order: what `SaleCompleted::refund` asks for.
    pub refunds: Vec<SaleRefunded>,
    /// Its void.
    pub void: Option<SaleVoided>,
}

/// What this till undid of the sale with this id.
pub fn of_sale(connection: &Connection, sale_id: Uuid) -> Result<Undone, Error> {
    let mut statement = connection.prepare_cached(
        "select e.header, e.payload
         from undoing u
         join stream t on t.id = u.stream
         join entry e on e.stream = u.stream and e.seq = u.seq
         where u.sale_id = ?
         order by t.opened, u.seq",
    )?;
    let mut rows = statement.query([sale_id.as_bytes()])?;
    let mut undone = Undone::default();
    while let Some(row) = rows.next()? {
        let raw = RawEntry {
            header: row.get(0)?,
            payload: row.get(1)?,
        };
        match raw.payload(&raw.header()?)? {
            Decoded::Known(Payload::SaleRefunded(refund)) => undone.refunds.push(*refund),
            Decoded::Known(Payload::SaleVoided(void)) => undone.void = Some(*void),
            _ => {}
        }
    }
    Ok(undone)
}

/// An own refund or void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Whether the server acknowledged it.
    pub sent: bool,
    /// The program in force when it was made.
    pub program_version: u32,
    /// [`Payload::SaleRefunded`] or [`Payload::SaleVoided`].
    pub payload: Payload,
}

/// The own refund or void with this id.
pub fn by_id(connection: &Connection, undo_id: Uuid) -> Result<Option<Recorded>, Error> {
    let found = connection
        .prepare_cached(
            "select u.seq <= t.acknowledged, e.header, e.payload
             from undoing u
             join stream t on t.id = u.stream
             join entry e on e.stream = u.stream and e.seq = u.seq
             where u.undo_id = ?",
        )?
        .query_row([undo_id.as_bytes()], |row| {
            let raw = RawEntry {
                header: row.get(1)?,
                payload: row.get(2)?,
            };
            Ok((row.get(0)?, raw))
        })
        .optional()?;
    let Some((sent, raw)) = found else {
        return Ok(None);
    };
    let header = raw.header()?;
    let Decoded::Known(payload) = raw.payload(&header)? else {
        return Ok(None);
    };
    Ok(Some(Recorded {
        sent,
        program_version: header.program_version,
        payload,
    }))
}

/// The id of the sale that an own refund or void of this number undid, of this till or another.
pub fn sale_of_receipt(connection: &Connection, receipt: &str) -> Result<Option<Uuid>, Error> {
    let found = connection
        .prepare_cached("select sale_id from undoing where receipt = ?")?
        .query_row([receipt], |row| column::id(row, 0))
        .optional()?;
    Ok(found)
}

/// The sale that the one key for voiding is about: this till's last one, while nothing of it is undone.
/// `loyalty::refund::may_void` says until when.
pub fn void_candidate(connection: &Connection) -> Result<Option<Sold>, Error> {
    let last = sale::recent(connection, 1)?.into_iter().next();
    Ok(last.filter(|sold| sold.undone.is_none()))
}

/// Whether a refund or void follows from its sale and what came back before, as far as they are known
/// here.
pub(crate) fn check(tx: &Connection, payload: &Payload) -> Result<(), Error> {
    let (id, sale_id) = match payload {
        Payload::SaleRefunded(refund) => (refund.refund_id, refund.sale_id),
        Payload::SaleVoided(void) => (void.void_id, void.sale_id),
        _ => return Ok(()),
    };
    let undone = of_sale(tx, sale_id)?;
    if undone.void.is_some() {
        return Err(Error::AlreadyUndone { id: sale_id });
    }
    if undone.refunds.iter().any(|earlier| earlier.refund_id == id) {
        return Err(Error::AlreadyUndone { id });
    }
    let Some(sold) = sale::by_id(tx, sale_id)? else {
        return Ok(());
    };
    match payload {
        Payload::SaleRefunded(refund) if knows_all(&undone, refund) => {
            refund.check_against(&sold.sale, &undone.refunds)?;
        }
        Payload::SaleRefunded(refund) => {
            refund.check_units(&sold.sale, &undone.refunds)?;
        }
        Payload::SaleVoided(void) => void.check_against(&sold.sale, &undone.refunds)?,
        _ => {}
    }
    Ok(())
}

/// Whether every refund that this one comes after was made here.
fn knows_all(undone: &Undone, refund: &SaleRefunded) -> bool {
    let known = |id: &Uuid| {
        undone
            .refunds
            .iter()
            .any(|earlier| earlier.refund_id == *id)
    };
    refund.after.iter().all(known)
}

/// Writes the rows of a refund or void.
pub(crate) fn project(tx: &Connection, header: &Header, payload: &Payload) -> Result<(), Error> {
    let Some(row) = UndoingRow::of(payload) else {
        return Ok(());
    };
    let points = row.points;
    tx.prepare_cached(
        "insert into undoing (stream, seq, undo_id, sale_id, receipt, extent, cashier_id,
             customer_id, local_day, local_time, money, points_taken_back, points_given_back)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        header.stream.as_bytes(),
        column::integer(header.seq),
        row.id.as_bytes(),
        row.sale_id.as_bytes(),
        row.at.receipt,
        row.extent.number(),
        row.at.cashier_id.as_bytes(),
        row.customer_id.as_ref().map(Uuid::as_bytes),
        row.at.local_time.date().to_string(),
        row.at.local_time.format(column::LOCAL_TIME).to_string(),
        row.money,
        points.map_or(0, |points| points.taken_back),
        points.map_or(0, given_back)
    ])?;
    let mut insert = tx.prepare_cached(
        "insert into undoing_tender (stream, seq, kind, given) values (?, ?, ?, ?)
         on conflict (stream, seq, kind) do update set given = given + excluded.given",
    )?;
    for tender in row.tenders {
        insert.execute(params![
            header.stream.as_bytes(),
            column::integer(header.seq),
            tender.kind,
            tender.amount
        ])?;
    }
    Ok(())
}

fn given_back(points: &PointsUndone) -> i64 {
    points.given_back.iter().map(|lot| lot.points).sum()
}

/// What refunds and voids have in common.
struct UndoingRow<'a> {
    id: Uuid,
    sale_id: Uuid,
    extent: Extent,
    at: &'a UndoneAt,
    customer_id: Option<Uuid>,
    money: i64,
    points: Option<&'a PointsUndone>,
    tenders: &'a [Tender],
}

impl<'a> UndoingRow<'a> {
    fn of(payload: &'a Payload) -> Option<Self> {
        match payload {
            Payload::SaleRefunded(refund) => Some(Self {
                id: refund.refund_id,
                sale_id: refund.sale_id,
                extent: if refund.is_full {
                    Extent::Whole
                } else {
                    Extent::Part
                },
                at: &refund.at,
                customer_id: refund.customer_id,
                money: refund.money,
                points: refund.points.as_ref(),
                tenders: &refund.tenders,
            }),
            Payload::SaleVoided(void) => Some(Self {
                id: void.void_id,
                sale_id: void.sale_id,
                extent: Extent::Voided,
                at: &void.at,
                customer_id: void.customer_id,
                money: void.total,
                points: void.points.as_ref(),
                tenders: &[],
            }),
            _ => None,
        }
    }
}
