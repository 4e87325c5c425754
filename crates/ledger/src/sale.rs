//! Sales of this till as rows beside their entries: what reports and receipts are found by.

use mostrador_loyalty::code::CodeText;
use mostrador_protocol::entry::{Decoded, Header, Payload, RawEntry, SaleCompleted};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use uuid::Uuid;

use crate::undo::Extent;
use crate::{Error, column};

/// A sale as its entry says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sold {
    /// Stream of its entry.
    pub stream: Uuid,
    /// Position of its entry.
    pub seq: u64,
    /// Milliseconds since the epoch.
    pub effective_ms: i64,
    /// The program that priced it.
    pub program_version: u32,
    /// Whether the server acknowledged it.
    pub sent: bool,
    /// How much of it this till undid.
    pub undone: Option<Extent>,
    /// The sale.
    pub sale: SaleCompleted,
}

/// The sale of another system's basket number. One reference is sold once on a till; a voided sale does
/// not count.
pub fn by_reference(connection: &Connection, reference: &str) -> Result<Option<Sold>, Error> {
    let standing = "s.reference = ? and not exists (
             select 1 from undoing u where u.sale_id = s.sale_id and u.extent = 3)";
    one(connection, standing, &[&reference])
}

/// The sale with this id.
pub fn by_id(connection: &Connection, sale_id: Uuid) -> Result<Option<Sold>, Error> {
    one(connection, "s.sale_id = ?", &[sale_id.as_bytes()])
}

/// The sale with this receipt number.
pub fn by_receipt(connection: &Connection, receipt: &str) -> Result<Option<Sold>, Error> {
    one(connection, "s.receipt = ?", &[&receipt])
}

/// The latest sales of this till, newest first.
pub fn recent(connection: &Connection, limit: u32) -> Result<Vec<Sold>, Error> {
    let mut statement = connection.prepare_cached(SELECT_RECENT)?;
    let rows: Vec<Found> = statement
        .query_map([limit], found_of)?
        .collect::<Result<_, _>>()?;
    rows.into_iter().map(Found::decode).collect()
}

/// The latest sales of this till to a customer, newest first.
pub fn of_customer(
    connection: &Connection,
    customer_id: Uuid,
    limit: u32,
) -> Result<Vec<Sold>, Error> {
    let mut statement = connection.prepare_cached(SELECT_OF_CUSTOMER)?;
    let rows: Vec<Found> = statement
        .query_map(params![customer_id.as_bytes(), limit], found_of)?
        .collect::<Result<_, _>>()?;
    rows.into_iter().map(Found::decode).collect()
}

/// Whether a basket of this number was sold here; a voided sale does not count, one that came back does.
pub fn is_sold(connection: &Connection, reference: &str) -> Result<bool, Error> {
    let sold = connection
        .prepare_cached(
            "select exists (
                 select 1 from sale s where s.reference = ? and not exists (
                     select 1 from undoing u where u.sale_id = s.sale_id and u.extent = 3))",
        )?
        .query_row([reference], |row| row.get(0))?;
    Ok(sold)
}

const SELECT: &str = "select s.stream, s.seq, s.seq <= t.acknowledged,
        (select max(u.extent) from undoing u where u.sale_id = s.sale_id), e.header, e.payload
    from sale s
    join stream t on t.id = s.stream
    join entry e on e.stream = s.stream and e.seq = s.seq
    where";

/// `cross join` keeps this order of work: from the newest stream's end, without sorting all sales.
const SELECT_RECENT: &str = "select s.stream, s.seq, s.seq <= t.acknowledged,
        (select max(u.extent) from undoing u where u.sale_id = s.sale_id), e.header, e.payload
    from stream t
    cross join sale s on s.stream = t.id
    cross join entry e on e.stream = s.stream and e.seq = s.seq
    order by t.opened desc, s.seq desc
    limit ?";

const SELECT_OF_CUSTOMER: &str = "select s.stream, s.seq, s.seq <= t.acknowledged,
        (select max(u.extent) from undoing u where u.sale_id = s.sale_id), e.header, e.payload
    from stream t
    cross join sale s on s.customer_id = ? and s.stream = t.id
    cross join entry e on e.stream = s.stream and e.seq = s.seq
    order by t.opened desc, s.seq desc
    limit ?";

struct Found {
    stream: Uuid,
    seq: u64,
    sent: bool,
    undone: Option<Extent>,
    raw: RawEntry,
}

fn found_of(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok(Found {
        stream: column::id(row, 0)?,
        seq: column::count(row, 1)?,
        sent: row.get(2)?,
        undone: Extent::of(row.get(3)?),
        raw: RawEntry {
            header: row.get(4)?,
            payload: row.get(5)?,
        },
    })
}

impl Found {
    fn decode(self) -> Result<Sold, Error> {
        let header = self.raw.header()?;
        let Decoded::Known(Payload::SaleCompleted(sale)) = self.raw.payload(&header)? else {
            return Err(Error::ChainBroken {
                stream: self.stream,
                seq: self.seq,
            });
        };
        Ok(Sold {
            stream: self.stream,
            seq: self.seq,
            effective_ms: header.effective_ms,
            program_version: header.program_version,
            sent: self.sent,
            undone: self.undone,
            sale: *sale,
        })
    }
}

fn one(
    connection: &Connection,
    condition: &str,
    bound: &[&dyn ToSql],
) -> Result<Option<Sold>, Error> {
    let sql = format!("{SELECT} {condition}");
    let found = connection
        .prepare_cached(&sql)?
        .query_row(bound, found_of)
        .optional()?;
    found.map(Found::decode).transpose()
}

/// Writes the rows of a sale.
pub(crate) fn project(tx: &Connection, header: &Header, sale: &SaleCompleted) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into sale (stream, seq, sale_id, receipt, reference, store, cashier_id,
             customer_id, local_day, local_time, effective_ms, gross, discount, total, points)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        header.stream.as_bytes(),
        column::integer(header.seq),
        sale.sale_id.as_bytes(),
        sale.receipt,
        sale.reference,
        sale.store,
        sale.cashier_id.as_bytes(),
        sale.customer_id.as_ref().map(Uuid::as_bytes),
        sale.local_time.date().to_string(),
        sale.local_time.format(column::LOCAL_TIME).to_string(),
        header.effective_ms,
        sale.gross,
        sale.discount,
        sale.total,
        sale.points.as_ref().map_or(0, |points| points.earned)
    ])?;
    project_codes(tx, header, sale)?;
    project_refusals(tx, header, sale)?;
    project_tenders(tx, header, sale)
}

fn project_codes(tx: &Connection, header: &Header, sale: &SaleCompleted) -> Result<(), Error> {
    let mut insert = tx.prepare_cached(
        "insert into sale_code (stream, seq, place, code, parent, kind, amount, consumed)
         values (?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for (place, code) in (0_i64..).zip(&sale.codes) {
        let parent = code.parent.as_deref().and_then(CodeText::parse);
        insert.execute(params![
            header.stream.as_bytes(),
            column::integer(header.seq),
            place,
            CodeText::parse(&code.text)
                .as_ref()
                .map_or(code.text.as_str(), CodeText::as_str),
            parent.as_ref().map(CodeText::as_str),
            code.kind,
            code.amount,
            code.consumed
        ])?;
    }
    Ok(())
}

fn project_refusals(tx: &Connection, header: &Header, sale: &SaleCompleted) -> Result<(), Error> {
    let mut insert = tx.prepare_cached(
        "insert into sale_refusal (stream, seq, place, code, refusal) values (?, ?, ?, ?, ?)",
    )?;
    for (place, refused) in (0_i64..).zip(&sale.refused) {
        insert.execute(params![
            header.stream.as_bytes(),
            column::integer(header.seq),
            place,
            refused.text,
            refused.refusal
        ])?;
    }
    Ok(())
}

/// Change is given back in cash, so cash keeps what was handed over less the change.
fn project_tenders(tx: &Connection, header: &Header, sale: &SaleCompleted) -> Result<(), Error> {
    let mut insert = tx.prepare_cached(
        "insert into sale_tender (stream, seq, kind, kept) values (?, ?, ?, ?)
         on conflict (stream, seq, kind) do update set kept = kept + excluded.kept",
    )?;
    let change = ("cash", -sale.change);
    let handed = sale
        .tenders
        .iter()
        .map(|tender| (tender.kind.as_str(), tender.amount));
    for (kind, kept) in handed.chain((sale.change != 0).then_some(change)) {
        insert.execute(params![
            header.stream.as_bytes(),
            column::integer(header.seq),
            kind,
            kept
        ])?;
    }
    Ok(())
}
